"""Open the outbox and the client that a booth's settings describe."""

from __future__ import annotations

import contextlib
from pathlib import Path

from pydantic import SecretStr

from kiosk.central.client import CentralClient
from kiosk.central.errors import OutboxError
from kiosk.central.outbox import Outbox
from kiosk.central.sealing import load_key
from kiosk.settings.model import Settings
from kiosk.settings.reading import SettingsError


def open_outbox(settings: Settings, base: Path, *, make: bool = True) -> Outbox:
    """Return the booth's outbox.

    Args:
        settings: of the booth.
        base: the folder of the settings file, which relative paths start from.
        make: whether it and its key are made where there is none. Who only looks does not.

    Raises:
        OutboxError: the folder or the key cannot be used; or there is none and none is to be made.
    """
    data = base / settings.booth.data_directory
    folder, key_file = data / settings.outbox.directory, data / "outbox.key"
    if not make:
        _need(folder, key_file)
    return Outbox(folder, load_key(key_file), min_free_bytes=settings.outbox.min_free_bytes)


def _need(folder: Path, key_file: Path) -> None:
    """Raise where there is none or its key is gone; what may not be read, opening it tells."""
    with contextlib.suppress(PermissionError):
        if not folder.is_dir():
            raise OutboxError(
                f"There is no outbox in {folder}: the booth has not run with these settings. Name "
                "its settings file with --config."
            )
        if not key_file.exists():
            raise OutboxError(
                f"{key_file}: the outbox's key is gone. Put it back: without it what is in the "
                "outbox cannot be read."
            )


def open_client(settings: Settings, base: Path) -> CentralClient:
    """Return the booth's client of the central backend.

    Raises:
        SettingsError: no booth key is set, or its file cannot be read.
    """
    return CentralClient(settings.central, booth_token(settings, base))


def booth_token(settings: Settings, base: Path) -> SecretStr:
    """Return the booth's key to the central backend.

    Raises:
        SettingsError: none is set, or its file cannot be read.
    """
    central = settings.central
    if central.booth_token is not None:
        return central.booth_token
    if central.booth_token_file is None:
        raise SettingsError(
            "central.booth_token_file is not set. Enrol this booth with 'kiosk central booth add' "
            "and put the key it prints into a file."
        )
    path = base / central.booth_token_file
    try:
        token = path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "not UTF-8 text"
        raise SettingsError(f"{path}: the booth's key cannot be read: {reason}.") from error
    if not token:
        raise SettingsError(f"{path}: the booth's key file is empty.")
    return SecretStr(token)
