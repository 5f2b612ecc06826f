"""Tries lamps, scanner and printer as a booth uses them."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator
from dataclasses import dataclass

from hardware.base import CodeScanner, Light, Printer
from hardware.errors import DeviceLost, HardwareError
from kiosk.booth.accessory_drivers import Lights, build_lights, build_printer, build_scanner
from kiosk.settings import Settings

_LIT_S = 0.5


@dataclass(frozen=True, slots=True)
class AccessoryTrial:
    """What came of trying one.

    Attributes:
        name: what it is.
        passed: whether it works, or may be missing.
        what: what was found, a sentence.
    """

    name: str
    passed: bool
    what: str


def try_accessories(settings: Settings, lit_s: float = _LIT_S) -> Iterator[AccessoryTrial]:
    """Try all that the settings have; lamps are lit one after the other.

    Args:
        settings: of the booth.
        lit_s: how long each lamp is lit, seconds.
    """
    scanner = build_scanner(settings.code_scanner)
    if scanner is not None:
        yield try_scanner(scanner, wanted=bool(settings.code_scanner.device))
    yield from try_lights(build_lights(settings.lights), lit_s)
    printer = build_printer(settings.printer)
    if printer is not None:
        yield try_printer(printer)


def try_scanner(scanner: CodeScanner, *, wanted: bool) -> AccessoryTrial:
    """Open a scanner. Where none is named in the settings it may be missing."""
    try:
        with scanner:
            return AccessoryTrial("code scanner", passed=True, what=f"{scanner.name}: grabbed.")
    except DeviceLost as error:
        what = str(error) if wanted else "None is plugged in; the second camera reads codes."
        return AccessoryTrial("code scanner", passed=not wanted, what=what)
    except HardwareError as error:
        return AccessoryTrial("code scanner", passed=False, what=str(error))


def try_lights(lights: Lights, lit_s: float) -> Iterator[AccessoryTrial]:
    """Light each lamp for a while; the flash is fired once."""
    for lamp in (lights.modelling, *lights.status.values()):
        if lamp is not None:
            yield _try_lamp(lamp, lit_s)
    if lights.flash is not None:
        try:
            with lights.flash as flash:
                flash.fire()
            yield AccessoryTrial("flash", passed=True, what="Was fired: did you see it?")
        except HardwareError as error:
            yield AccessoryTrial("flash", passed=False, what=str(error))


def _try_lamp(lamp: Light, lit_s: float) -> AccessoryTrial:
    try:
        with lamp:
            lamp.set_level(1.0)
            time.sleep(lit_s)
    except HardwareError as error:
        return AccessoryTrial(lamp.name, passed=False, what=str(error))
    return AccessoryTrial(lamp.name, passed=True, what=f"Was lit for {lit_s:g} s: did you see it?")


def try_printer(printer: Printer) -> AccessoryTrial:
    """Ask a printer how it is; nothing is printed."""
    with contextlib.ExitStack() as stack:
        try:
            stack.enter_context(printer)
        except HardwareError as error:
            return AccessoryTrial("printer", passed=False, what=str(error))
        state = printer.state()
        return AccessoryTrial("printer", state.ready, state.message or f"{printer.name} is ready.")
