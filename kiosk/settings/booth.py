"""Settings of the booth itself and of its screen."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr

from kiosk.settings.section import Section


class BoothSettings(Section):
    """Who this booth is."""

    name: str = Field("booth-1", pattern=r"^[a-z0-9-]{1,40}$", description="the booth's name")
    batch: str | None = Field(None, description="code of the one batch this booth serves")
    data_directory: Path = Field(Path("data"), description="relative to the settings file")
    profile_file: Path | None = Field(
        Path("profiles"),
        description="calibration profile, or the folder of all, of which the newest counts",
    )
    profile_max_age_days: float = Field(
        30.0, ge=1, le=3650, description="days after which the booth is to be calibrated again"
    )
    staff_pin_hash: SecretStr | None = Field(
        None, description="from 'kiosk config pin'; without it staff cannot log in at the booth"
    )
    status_every_s: float = Field(
        1.0, ge=0.2, le=60, description="seconds between two looks at outbox and devices"
    )
    network_every_s: float = Field(
        15.0, ge=1, le=600, description="seconds between two questions to the central backend"
    )
    heartbeat_every_s: float = Field(
        60.0, ge=5, le=3600, description="seconds from one report of the booth's state to the next"
    )


class ScreenSettings(Section):
    """The touch screen."""

    language: Literal["zh", "en"] = Field("zh", description="language of the idle screen")
    orientation: Literal["portrait", "landscape"] = Field("portrait", description="of the screen")
    width_px: int = Field(1080, ge=480, le=7680, description="window width, pixels")
    height_px: int = Field(1920, ge=480, le=7680, description="window height, pixels")
    fullscreen: bool = Field(True, description="take the whole screen")
