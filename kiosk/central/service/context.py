"""What every part of the running service is handed: settings, database, storage, clock, key."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from kiosk.central.service.database import Database
from kiosk.central.service.gateways import Gateway, open_gateways
from kiosk.central.service.gateways.base import GatewayKeyError
from kiosk.central.service.s3_settings import S3Place
from kiosk.central.service.settings import CentralServiceSettings, ServiceSettingsError
from kiosk.central.service.storage import FolderStorage, Storage

_KEY_BYTES = 32


@dataclass(frozen=True)
class Service:
    """The running service. It keeps no state of its own: several may serve one database.

    Attributes:
        settings: of the service.
        database: orders and all that belongs to them.
        storage: photos and originals.
        secret: 32 bytes that sign sessions and forms.
        clock: the time now, UTC.
        gateways: payment providers that are set up, by the name of the payment method.
    """

    settings: CentralServiceSettings
    database: Database
    storage: Storage
    secret: bytes
    clock: Callable[[], datetime]
    gateways: Mapping[str, Gateway] = field(default_factory=dict)


def utc_now() -> datetime:
    """Return the time now, UTC."""
    return datetime.now(UTC)


def open_service(
    settings: CentralServiceSettings, clock: Callable[[], datetime] = utc_now
) -> Service:
    """Open what the settings describe.

    Raises:
        ServiceSettingsError: the secret key cannot be read or made, or the storage's not be read.
    """
    try:
        gateways = open_gateways(
            settings.wechat, settings.alipay, settings.base.resolve(), settings.public_base
        )
    except GatewayKeyError as error:
        raise ServiceSettingsError(str(error)) from error
    return Service(
        gateways=gateways,
        settings=settings,
        database=Database(settings.resolved_database_url, settings.database_connections),
        storage=_storage(settings),
        secret=_secret(settings.secret_key_path),
        clock=clock,
    )


def _storage(settings: CentralServiceSettings) -> Storage:
    if not settings.storage_url or settings.s3 is None:
        return FolderStorage(settings.storage_path)
    # Late: the client library is large, and most centres have a folder.
    from kiosk.central.service.s3_storage import S3Storage

    base = settings.base.resolve()
    path = base / settings.s3.secret_file
    try:
        secret = path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "not UTF-8 text"
        raise ServiceSettingsError(
            f"{path}: the storage's secret cannot be read: {reason}. Set s3.secret_file."
        ) from error
    return S3Storage(S3Place.of(settings.storage_url), settings.s3, secret, base)


def _secret(path: Path) -> bytes:
    """Read the key; make it, readable by its owner only, when there is none."""
    try:
        if not path.exists():
            _make_secret(path)
        secret = path.read_bytes()
    except OSError as error:
        raise ServiceSettingsError(
            f"{path}: the secret key cannot be read or made: {error.strerror}. "
            "Give the service's user this folder, or set secret_key_file."
        ) from error
    if len(secret) < _KEY_BYTES:
        raise ServiceSettingsError(
            f"{path}: the secret key is too short. Remove the file: a new one is made at the next "
            "start, and everybody signs in again."
        )
    return secret


def _make_secret(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.urandom(6).hex()}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(os.urandom(_KEY_BYTES))
    # Two servers may start at once: the link makes one key the only one, and it is whole.
    with contextlib.suppress(FileExistsError):
        os.link(draft, path)
    draft.unlink()
