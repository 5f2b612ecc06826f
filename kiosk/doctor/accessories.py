"""Lamps, barcode scanner and printer: does each open, and what is it to be told?"""

from __future__ import annotations

from collections.abc import Iterator

from hardware.base import CodeScanner, Light, Printer
from hardware.errors import (
    DeviceBusy,
    DeviceLost,
    DeviceTimeout,
    HardwareError,
    Misconfigured,
)
from hardware.lights import FlashTrigger
from kiosk.booth.accessory_drivers import Lights
from kiosk.doctor.finding import Finding, failed, ok, warning

_SEE_LIST = "See what is plugged in, and by what name: kiosk devices list"
_PRINT_TEST = "When it is mended, try it: kiosk print PHOTO"


def lights(found: Lights) -> Iterator[Finding]:
    """Take each lamp's pin for a moment, dark. The photo suffers only from the modelling light.

    Args:
        found: the lamps of the settings.
    """
    lamps: list[Light | FlashTrigger] = [
        each for each in (found.modelling, found.flash, *found.status.values()) if each is not None
    ]
    if not lamps:
        yield ok("lamps", "None is set; the booth's light is switched by hand, or always on.")
        return
    names = []
    for lamp in lamps:
        try:
            with lamp:
                names.append(lamp.name)
        except DeviceBusy as error:
            yield warning(
                lamp.name, str(error), "Stop the booth first: sudo systemctl stop kiosk; or give "
                "it another pin in [lights].",
            )  # fmt: skip
        except HardwareError as error:
            yield failed(lamp.name, str(error), "Mend [lights], then: kiosk devices test")
    if names:
        yield ok("lamps", f"{', '.join(names)}: their pins answer. See them: kiosk devices test")


def scanner(device: CodeScanner | None, wanted: str) -> Finding:
    """Take hold of the barcode scanner for a moment.

    Args:
        device: as the settings say; None when they want none.
        wanted: which one they name; empty when any will do, or none.
    """
    name = "barcode scanner"
    if device is None:
        return ok(name, "Not wanted: code_scanner.driver is 'none'.")
    try:
        with device:
            return ok(name, f"{device.name} is there, and types into no screen.")
    except DeviceBusy as error:
        return warning(name, str(error), "If it is the booth, stop it: sudo systemctl stop kiosk")
    except DeviceLost as error:
        if not wanted:
            return ok(name, "None is plugged in; the second camera reads codes.")
        return warning(name, str(error), f"The second camera reads codes meanwhile. {_SEE_LIST}")
    except HardwareError as error:
        return failed(name, str(error), _SEE_LIST)


def printer(device: Printer | None) -> Finding:
    """Ask the printer how it is. No photo is lost without one, so nothing here fails a booth.

    Args:
        device: as the settings say; None when they want none.
    """
    name = "printer"
    if device is None:
        return ok(name, "None is set.")
    try:
        with device:
            state = device.state()
    except Misconfigured as error:
        return failed(name, str(error), _PRINT_TEST)
    except (DeviceLost, DeviceTimeout) as error:
        return warning(name, str(error), f"{_PRINT_TEST}. {_SEE_LIST}")
    if not state.ready:
        return warning(name, state.message, _PRINT_TEST)
    if state.message:
        return warning(name, state.message, "It still prints; see to it when nobody waits.")
    return ok(name, f"{device.name} is ready.")
