"""Settings of the connection to the central backend, and of the outbox."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field, HttpUrl, SecretStr

from kiosk.settings.section import Section


class CentralSettings(Section):
    """Where the central backend is and how patient the booth is with it."""

    url: HttpUrl = Field(HttpUrl("http://127.0.0.1:8460"), description="the service's address")
    public_url: HttpUrl | None = Field(
        None, description="address students' phones use in the receipt QR; default: url"
    )
    booth_token: SecretStr | None = Field(None, description="this booth's key to the service")
    booth_token_file: Path | None = Field(None, description="file that holds the key instead")
    connect_time_out_s: float = Field(3.0, gt=0, le=60, description="seconds to connect")
    read_time_out_s: float = Field(10.0, gt=0, le=300, description="seconds to an answer")
    retries: int = Field(2, ge=0, le=10, description="further tries of one call")
    retry_first_s: float = Field(0.3, gt=0, le=60, description="first such try after, seconds")
    retry_longest_s: float = Field(3.0, gt=0, le=60, description="longest such wait, seconds")
    store_uploads: bool = Field(
        True, description="put originals straight into the centre's store where it offers that"
    )
    store_pause_s: float = Field(
        600.0,
        ge=0,
        le=86_400,
        description="after the store has failed originals go through the service so long, seconds",
    )


class OutboxSettings(Section):
    """The booth's memory of what is still to be sent."""

    directory: Path = Field(Path("outbox"), description="relative to booth.data_directory")
    min_free_bytes: int = Field(200_000_000, ge=0, description="free disk below which it refuses")
    retry_first_s: float = Field(2.0, gt=0, le=600, description="first retry after, seconds")
    retry_longest_s: float = Field(300.0, gt=0, le=86_400, description="longest retry, seconds")
    keep_sent_days: int = Field(
        90, ge=1, le=3650, description="what was confirmed is listed for so long, days"
    )
