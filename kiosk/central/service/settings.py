"""Settings of the central backend, from its own TOML (``central.toml``)."""

from __future__ import annotations

import ipaddress
import tomllib
from pathlib import Path
from typing import Self

from pydantic import (
    ConfigDict,
    Field,
    HttpUrl,
    ValidationError,
    field_validator,
    model_validator,
)

from kiosk.central.service.alert_settings import AlertSettings
from kiosk.central.service.gateways.settings import AlipaySettings, WeChatSettings
from kiosk.central.service.mail_settings import MailSettings
from kiosk.central.service.print_settings import PrintSettings
from kiosk.central.service.s3_settings import StoresOriginals


class ServiceSettingsError(Exception):
    """The settings file is wrong; each line names file, field and mistake."""


class CentralServiceSettings(StoresOriginals):
    """All settings of the service. Relative paths start from `base`, the file's folder."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    base: Path = Field(Path(), description="set by load(): the folder of the settings file")
    host: str = Field("127.0.0.1", description="address to listen on")
    port: int = Field(8460, ge=0, le=65_535, description="port to listen on; 0: any free one")
    public_url: HttpUrl | None = Field(
        None, description="address students' phones use; default: http://host:port"
    )
    trusted_proxies: str = Field(
        "127.0.0.1", description="addresses whose X-Forwarded-For is believed, comma separated"
    )
    workers: int = Field(
        1, ge=1, le=64, description="processes that answer; more than one needs PostgreSQL"
    )
    jobs: bool = Field(
        True, description="each worker does background jobs, too; else 'kiosk central work' does"
    )
    metrics_for: str = Field(
        "127.0.0.1/32, ::1/128", description="networks that may read /metrics, comma separated"
    )
    metrics_booths: int = Field(
        500, ge=0, le=10_000, description="booths with figures of their own in /metrics"
    )
    database_url: str = Field(
        "sqlite:///central.db", description="SQLAlchemy URL; a relative SQLite path is from here"
    )
    database_connections: int = Field(
        20, ge=2, le=1000, description="most connections of a worker to a PostgreSQL"
    )
    secret_key_file: Path = Field(Path("secret.key"), description="signs sessions; made if absent")

    max_photo_bytes: int = Field(1_000_000, ge=10_000, description="largest composed photo, bytes")
    max_original_bytes: int = Field(60_000_000, ge=10_000, description="largest original, bytes")
    # Pillow itself refuses to open more than 179 million.
    max_original_pixels: int = Field(
        120_000_000, ge=10_000, le=178_000_000, description="largest original, pixels"
    )
    max_scans_pixels: int = Field(
        40_000_000, ge=10_000, le=178_000_000,
        description="largest original that is a JPEG in several scans (progressive), pixels",
    )  # fmt: skip
    max_roster_bytes: int = Field(5_000_000, ge=1_000, description="largest roster, bytes")
    poster_font: Path = Field(
        Path("/usr/share/fonts/opentype/noto/NotoSansCJK-Bold.ttc"),
        description="font of the posters, with Chinese",
    )
    max_message_bytes: int = Field(262_144, ge=1_000, description="largest message, bytes")

    receipt_lifetime_days: int = Field(180, ge=1, le=3650, description="a receipt link's life")
    session_hours: float = Field(12.0, gt=0, le=168, description="staff stay signed in, hours")
    login_failures: int = Field(8, ge=1, le=1000, description="wrong passwords of an account")
    login_failures_per_address: int = Field(
        40, ge=1, le=10_000, description="wrong passwords from an address, such as a whole office"
    )
    login_window_s: int = Field(300, ge=1, le=86_400, description="they count for so long, seconds")
    require_second_factor: bool = Field(
        False, description="staff can do nothing before they have set up a second factor"
    )
    review_lease_s: int = Field(
        300, ge=10, le=86_400, description="a photo is a reviewer's so long"
    )

    review_undo_s: int = Field(10, ge=0, le=300, description="a decision can be taken back so long")
    second_look_percent: float = Field(
        2.0, ge=0, le=100, description="of decided photos, judged by another reviewer too"
    )

    booth_silent_s: int = Field(
        600, ge=10, le=86_400, description="a booth unheard of for longer needs a person, seconds"
    )
    booth_outbox_s: int = Field(
        3600, ge=60, le=864_000, description="so does one whose photos wait longer, seconds"
    )
    booth_disk_percent: float = Field(
        10.0, ge=0, le=90, description="and one whose disk has less room than this, percent"
    )
    booth_calibration_days: float = Field(
        7.0, ge=0.1, le=365, description="and one calibrated longer ago, days"
    )

    alerts: AlertSettings = Field(AlertSettings(), description="when operators are alerted, how")

    support_max_bytes: int = Field(
        5_000_000, ge=10_000, le=100_000_000, description="largest support bundle, bytes"
    )
    support_keep_days: int = Field(
        30, ge=1, le=365, description="support bundles and requests for them are kept, days"
    )

    mail: MailSettings = Field(MailSettings(), description="how mail is sent")
    prints: PrintSettings = Field(PrintSettings(), description="orders of prints")
    code_failures: int = Field(
        6, ge=1, le=1000, description="wrong tries to open an order by code, each code"
    )
    upload_max_age_days: int = Field(
        365, ge=1, le=3650, description="a photo sent from a phone may be so old, days"
    )
    code_pictures_per_address: int = Field(
        120, ge=1, le=100_000, description="pictures of codes, from an address, in login_window_s"
    )
    max_code_pixels: int = Field(
        50_000_000, ge=100_000, description="largest picture of a code, pixels: a phone's camera"
    )
    mails_per_day: int = Field(
        5, ge=1, le=1000, description="times a day a student may have the photo mailed"
    )
    starts_per_address: int = Field(
        60, ge=1, le=100_000,
        description="students who begin on a phone, from an address, in login_window_s",
    )  # fmt: skip
    booth_config: Path | None = Field(
        None, description="a booth's settings: how capture codes typed on phones are understood"
    )
    uploads_per_day: int = Field(10, ge=1, le=1000, description="photos a student may send a day")
    kiosk_command: tuple[str, ...] = Field(
        (), description="what runs 'kiosk portrait' for photos from phones; default: this program"
    )

    rollout_silent_s: int = Field(
        21_600,
        ge=600,
        le=604_800,
        description="a booth that tries a new version and says nothing for so long has failed",
    )
    wechat: WeChatSettings | None = Field(None, description="account at WeChat Pay")
    alipay: AlipaySettings | None = Field(None, description="account at Alipay")
    payments_per_hour: int = Field(
        20, ge=1, le=1000, description="payments a student may begin on the page within an hour"
    )
    sandbox: bool = Field(False, description="play money: anybody can settle a sandbox payment")
    sandbox_settles_after_s: float | None = Field(
        None, ge=0, description="sandbox payments settle by themselves after, seconds; none: never"
    )

    @model_validator(mode="after")
    def _sandbox_is_on(self) -> Self:
        if self.sandbox_settles_after_s is not None and not self.sandbox:
            raise ValueError("sandbox_settles_after_s needs sandbox = true")
        return self

    @field_validator("metrics_for")
    @classmethod
    def _are_networks(cls, value: str) -> str:
        for part in value.split(","):
            ipaddress.ip_network(part.strip())
        return value

    @model_validator(mode="after")
    def _alerts_can_be_mailed(self) -> Self:
        if self.alerts.email and not self.mail.host:
            raise ValueError("alerts.email needs a mail server: set mail.host")
        return self

    @model_validator(mode="after")
    def _workers_share_a_server(self) -> Self:
        if self.workers > 1 and self.database_url.startswith("sqlite"):
            raise ValueError("workers above 1 need a PostgreSQL: set database_url")
        return self

    @property
    def resolved_database_url(self) -> str:
        """The database URL with a relative SQLite path made absolute."""
        prefix = "sqlite:///"
        path = self.database_url.removeprefix(prefix)
        if not self.database_url.startswith(prefix) or path in ("", ":memory:"):
            return self.database_url
        return prefix + str(self.base.resolve() / path)

    @property
    def storage_path(self) -> Path:
        """The absolute storage folder."""
        return self.base.resolve() / self.storage_directory

    @property
    def secret_key_path(self) -> Path:
        """The absolute path of the secret key."""
        return self.base.resolve() / self.secret_key_file

    @property
    def public_base(self) -> str:
        """The address students' phones use, without a slash at its end."""
        url = str(self.public_url) if self.public_url else f"http://{self.host}:{self.port}"
        return url.rstrip("/")

    @property
    def is_https(self) -> bool:
        """Whether browsers reach the service by HTTPS only: cookies are marked so."""
        return self.public_url is not None and self.public_url.scheme == "https"


def load_service_settings(path: Path | None) -> CentralServiceSettings:
    """Read `path`, or return the defaults for the current folder when it is None.

    Raises:
        ServiceSettingsError: it cannot be read or holds mistakes; all of them are named.
    """
    if path is None:
        return CentralServiceSettings(base=Path.cwd())
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ServiceSettingsError(f"{path}: cannot be read: {error.strerror}.") from error
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ServiceSettingsError(f"{path}: not TOML: {error}.") from error
    try:
        return CentralServiceSettings.model_validate(values | {"base": path.resolve().parent})
    except ValidationError as error:
        raise ServiceSettingsError(
            "\n".join(_sentence(path, dict(e)) for e in error.errors())
        ) from error


def _sentence(path: Path, error: dict[str, object]) -> str:
    loc = error["loc"]
    name = ".".join(str(part) for part in loc) if isinstance(loc, tuple) else ""
    if error["type"] == "extra_forbidden":
        return f"{path}: {name}: no such setting. Check the spelling."
    field = CentralServiceSettings.model_fields.get(name)
    meaning = f" It is: {field.description}." if field else ""
    return f"{path}: {name or 'file'}: {error['msg']}.{meaning}"
