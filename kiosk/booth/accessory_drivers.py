"""Lamps, flash, scanner and printer, built as the settings say; None for what there is not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from hardware.base import CodeScanner, Light, Printer
from hardware.cups_ipp import PrintService
from hardware.hid_scanner import HidScanner
from hardware.lights import Factory, FlashTrigger, GpioLight, kernel_pins
from hardware.printer import CupsPrinter
from kiosk.booth.status_lamps import Sign
from kiosk.settings import CodeScannerSettings, LightSettings, PrinterSettings


def _no_lights() -> Mapping[Sign, Light]:
    return MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Lights:
    """The lamps of a booth.

    Attributes:
        modelling: the light on the sitter.
        status: the lamps that show outside how the booth is.
        flash: what fires the flash.
    """

    modelling: Light | None = None
    status: Mapping[Sign, Light] = field(default_factory=_no_lights)
    flash: FlashTrigger | None = None


def build_lights(settings: LightSettings, factory: Factory = kernel_pins) -> Lights:
    """Build the lamps that have a pin; nothing is switched yet.

    Args:
        settings: which pins.
        factory: makes the pins.
    """
    if settings.driver == "none":
        return Lights()
    high = settings.active_high

    def lamp(name: str, pin: int | None, pwm_hz: int | None = None) -> Light | None:
        if pin is None:
            return None
        return GpioLight(name, pin, active_high=high, pwm_hz=pwm_hz, factory=factory)

    signs = {
        Sign.IDLE: lamp("idle lamp", settings.idle_pin),
        Sign.IN_USE: lamp("in-use lamp", settings.in_use_pin),
        Sign.FAULT: lamp("fault lamp", settings.fault_pin),
    }
    flash = None
    if settings.flash_pin is not None:
        flash = FlashTrigger(
            settings.flash_pin, active_high=high, pulse_s=settings.flash_pulse_s, factory=factory
        )
    return Lights(
        modelling=lamp("modelling light", settings.modelling_pin, settings.modelling_hz),
        status={sign: found for sign, found in signs.items() if found is not None},
        flash=flash,
    )


def build_scanner(settings: CodeScannerSettings) -> CodeScanner | None:
    """Build the barcode scanner; whether there is one shows when it is opened."""
    return None if settings.driver == "none" else HidScanner(settings.device)


def build_printer(settings: PrinterSettings) -> Printer | None:
    """Build the printer; whether it is there shows when it is opened."""
    if settings.driver == "none":
        return None
    service = PrintService(settings.server, deadline_s=settings.answer_s)
    return CupsPrinter(settings.queue, service)
