"""What a booth has beside its cameras: lamps, a flash, a barcode scanner, a printer.

Each is there or not, and may fail, without holding up a visit.
"""

from __future__ import annotations

from collections.abc import Callable

from hardware.base import CodeScanner, Light, Printer
from hardware.errors import FaultKind, HardwareError
from kiosk.booth.accessory_drivers import build_lights, build_printer, build_scanner
from kiosk.booth.flash import Flash, TakeStill
from kiosk.booth.lamp import Lamp
from kiosk.booth.printer_watch import PrinterWatch
from kiosk.booth.scanner_reading import ScannerReading
from kiosk.booth.status_lamps import StatusLamps
from kiosk.screens.model import DeviceState
from kiosk.settings import Settings
from kiosk.visit.model import Visit


class Accessories:
    """Builds them from the settings, starts and stops them.

    Args:
        settings: of the booth.
        light: takes the place of the settings' modelling light.
        scanner: takes the place of the settings' barcode scanner.
        printer: takes the place of the settings' printer.
        on_text: called with each code the scanner reads while codes are wanted.
        on_scanner: called with True when a scanner was found, with False when it is gone.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        light: Light | None,
        scanner: CodeScanner | None,
        printer: Printer | None,
        on_text: Callable[[str], None],
        on_scanner: Callable[[bool], None],
    ) -> None:
        self._lights = lights = build_lights(settings.lights)
        self._flash = None
        if lights.flash is not None:
            self._flash = Flash(lights.flash, settings.lights.flash_delay_s)
        self._levels = (settings.lights.modelling_rest_level, settings.lights.modelling_level)
        modelling = light or lights.modelling
        self._modelling = Lamp(modelling) if modelling is not None else None
        self._status_lamps = StatusLamps(lights.status)
        scanner = scanner or build_scanner(settings.code_scanner)
        self._scanner = None
        if scanner is not None:
            self._scanner = ScannerReading(
                scanner,
                on_text=on_text,
                on_ready=on_scanner,
                search_every_s=settings.code_scanner.search_every_s,
            )
        printer = printer or build_printer(settings.printer)
        self._printer = None
        if printer is not None:
            self._printer = PrinterWatch(printer, settings.booth.network_every_s)

    def start(self) -> None:
        """Start their threads."""
        for each in (self._modelling, self._status_lamps, self._scanner, self._printer):
            if each is not None:
                each.start()
        if self._lights.modelling is not None:  # pins are dark until they are told otherwise
            self.light(on=False)

    def stop(self) -> None:
        """Darken the lamps and let go of everything."""
        for each in (self._scanner, self._printer, self._modelling, self._status_lamps):
            if each is not None:
                each.stop()
        if self._flash is not None:
            self._flash.close()

    def light(self, *, on: bool) -> None:
        """Bring the modelling light to its level for posing, or for the rest of the time."""
        if self._modelling is not None:
            self._modelling.shine(self._levels[on])

    def scan(self, *, on: bool) -> None:
        """Switch on or off whether what the scanner reads counts."""
        if self._scanner is not None:
            self._scanner.show(on=on)

    def show(self, visit: Visit) -> None:
        """Show outside how the visit is."""
        self._status_lamps.show(visit)

    def with_flash(self, take_still: TakeStill) -> TakeStill:
        """Return `take_still` with the flash fired for it, where there is one."""
        return take_still if self._flash is None else self._flash.with_still(take_still)

    def devices(self) -> tuple[DeviceState, ...]:
        """Return what the staff screen shows of them."""
        found = []
        if self._scanner is not None:
            if self._scanner.fault is not None:
                found.append(_broken("code_scanner", self._scanner.fault))
            elif self._scanner.ready:
                found.append(DeviceState("code_scanner", works=True))
        for name, fault in (
            ("light", self._modelling.fault if self._modelling is not None else None),
            ("flash", self._flash.fault if self._flash is not None else None),
            ("status_lamps", self._status_lamps.fault),
        ):
            if fault is not None:
                found.append(_broken(name, fault))
        if self._printer is not None:
            state = self._printer.state()
            kind = state.kind or (FaultKind.UNKNOWN if state.message else "")
            found.append(
                DeviceState(
                    "printer", state.ready, self._printer.name, fault=kind, said=state.message
                )
            )
        return tuple(found)


def _broken(name: str, fault: HardwareError) -> DeviceState:
    return DeviceState(name, works=False, fault=fault.kind, said=str(fault))
