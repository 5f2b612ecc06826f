"""Which part of the settings uses which device."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from kiosk.devices.found import Found
from kiosk.settings import CameraSection, Settings

_SIMULATED = "simulated"


@dataclass(frozen=True, slots=True)
class _Part:
    """A part of the settings that uses a device.

    Attributes:
        name: its table.
        what: what it asks for, in words.
        fits: whether a device is that.
        required: whether the booth lacks something without it.
    """

    name: str
    what: str
    fits: Callable[[Found], bool]
    required: bool = True


def with_uses(devices: Iterable[Found], settings: Settings) -> list[Found]:
    """Return the devices, each with the parts of the settings that use it."""
    found = list(devices)
    for name, index in _uses(found, settings):
        found[index] = replace(found[index], used_as=(*found[index].used_as, name))
    return found


def unmet(devices: Iterable[Found], settings: Settings) -> list[str]:
    """Return a sentence for each part of the settings whose device is not plugged in."""
    met = {use for device in devices for use in device.used_as}
    return [
        f"{part.name} asks for {part.what}, which is not there."
        for part in _wanted(settings)
        if part.required and part.name not in met
    ]


def _uses(devices: list[Found], settings: Settings) -> Iterable[tuple[str, int]]:
    for part in _wanted(settings):
        for index, device in enumerate(devices):
            if part.fits(device):
                yield part.name, index
                break


def _wanted(settings: Settings) -> list[_Part]:
    cameras: dict[str, CameraSection] = {"main_camera": settings.main_camera}
    if settings.stand_in_camera.used:
        cameras["stand_in_camera"] = settings.stand_in_camera
    cameras["code_camera"] = settings.code_camera
    wanted = [
        _Part(name, _camera_words(section), _camera_fits(section))
        for name, section in cameras.items()
        if section.driver != _SIMULATED
    ]
    scanner, printer = settings.code_scanner, settings.printer
    if scanner.driver != "none":
        what = f"the scanner {scanner.device!r}" if scanner.device else "a scanner"
        fits = _named("hid", scanner.device)
        wanted.append(_Part("code_scanner", what, fits, required=bool(scanner.device)))
    if printer.driver != "none":
        what = f"the printer {printer.queue!r}" if printer.queue else "a printer"
        wanted.append(_Part("printer", what, _named("cups", printer.queue)))
    if settings.lights.driver != "none":
        wanted.append(_Part("lights", "the pins of a Raspberry Pi", _named("gpio", "")))
    return wanted


def _camera_words(section: CameraSection) -> str:
    which = section.device or section.serial or section.model
    return f"the {section.driver} camera {which!r}" if which else f"a {section.driver} camera"


def _camera_fits(section: CameraSection) -> Callable[[Found], bool]:
    def fits(device: Found) -> bool:
        if device.driver != section.driver:
            return False
        if section.driver == "gphoto2":
            return section.model.casefold() in device.name.casefold() and (
                not section.serial or any(name.endswith(section.serial) for name in _names(device))
            )
        return _is_called(device, section.device)

    return fits


def _named(driver: str, wanted: str) -> Callable[[Found], bool]:
    return lambda device: device.driver == driver and _is_called(device, wanted)


def _is_called(device: Found, wanted: str) -> bool:
    """Whether a device is the one of this name, link's path or part of its name."""
    last = wanted.rsplit("/", 1)[-1] if wanted.startswith("/") else wanted
    return not wanted or last in _names(device) or wanted.casefold() in device.name.casefold()


def _names(device: Found) -> tuple[str, ...]:
    return device.lasting, *device.other_names
