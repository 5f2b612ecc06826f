"""The way to the central backend."""

from __future__ import annotations

from pathlib import Path

from kiosk.central.client import CentralClient
from kiosk.central.errors import CentralRefused, CentralUnreachable
from kiosk.central.opening import open_client
from kiosk.doctor.finding import Finding, failed, ok, warning
from kiosk.settings import Settings, SettingsError

_NAME = "central backend"
_ENROL = (
    "Enrol the booth: take a one-time code from the fleet page and say "
    "sudo kiosk enrol CODE --config with this booth's settings file; then "
    "sudo systemctl restart kiosk.target"
)
_NO_BATCH = "0000"
"""Asked for when the booth has no batch of its own; any answer but "who are you" will do."""


def central(settings: Settings, base: Path) -> Finding:
    """Ask the central backend whether it is ready, and whether it knows this booth.

    Args:
        settings: of the booth.
        base: the settings file's folder.
    """
    try:
        client = open_client(settings, base)
    except SettingsError as error:
        return failed(_NAME, str(error), f"Without a key no photo can be sent. {_ENROL}")
    return ask(client, str(settings.central.url), settings.booth.batch)


def ask(client: CentralClient, url: str, batch: str | None) -> Finding:
    """Ask through `client`; see `central`."""
    try:
        client.health()
        client.batch(batch or _NO_BATCH)
    except CentralUnreachable as error:
        return warning(
            _NAME,
            f"{url} cannot be reached: {error}",
            "Photos wait in the outbox meanwhile. Look at cable, Wi-Fi and central.url.",
        )
    except CentralRefused as error:
        if error.concerns_booth:
            return failed(
                _NAME,
                f"{url} does not accept this booth: {error}",
                _ENROL,
            )
        if batch is not None:
            return failed(
                _NAME,
                f"{url} does not serve batch {batch}: {error}",
                "Check booth.batch, and the batch's dates at the central backend.",
            )
    return ok(_NAME, f"{url} is ready and knows this booth.")
