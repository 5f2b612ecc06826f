"""The table of what differs from make to make: `gphoto2_quirks.toml`, typed."""

from __future__ import annotations

import dataclasses
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any, Final

from hardware.errors import FaultKind, Misconfigured

_FILE: Final = "gphoto2_quirks.toml"


@dataclass(frozen=True, slots=True)
class Quirks:
    """How cameras of one make are spoken to.

    Of several widgets or words the first one the camera has counts.

    Attributes:
        make: the table's name, such as ``canon``; ``default`` for all others.
        usb_vendor: the make's USB vendor number; 0 in ``default``.
        shutter_speed: widgets of the exposure time.
        aperture: widgets of the f-number.
        iso: widgets of the sensitivity.
        white_balance: widgets of the white balance.
        kelvin_modes: words of `white_balance` under which `kelvin` counts.
        kelvin: widgets of the colour temperature.
        serial: widgets of the serial number.
        battery: widgets of the battery's level.
        lens: widgets of the lens's name.
        shutter_count: widgets of the number of releases.
        autofocus: widgets that have the camera focus once.
        autofocus_hold: widgets and the word each is set to, so that a release does not focus.
        memory_targets: words of ``capturetarget`` for the camera's memory alone.
        card_targets: words of ``capturetarget`` for its card.
        image_format: widgets of the file format.
        jpeg_formats: words for the best JPEG alone.
        raw_and_jpeg_formats: words for the best JPEG and a raw file.
        viewfinder: widgets that switch live view on and off.
        viewfinder_off_for_still: whether live view must rest while a still is taken.
        exposure_simulation: widget, word for on, word for off; or empty.
        at_opening: widgets and the word each is set to when the camera is opened.
    """

    make: str
    usb_vendor: int
    shutter_speed: tuple[str, ...]
    aperture: tuple[str, ...]
    iso: tuple[str, ...]
    white_balance: tuple[str, ...]
    kelvin_modes: tuple[str, ...]
    kelvin: tuple[str, ...]
    serial: tuple[str, ...]
    battery: tuple[str, ...]
    lens: tuple[str, ...]
    shutter_count: tuple[str, ...]
    autofocus: tuple[str, ...]
    autofocus_hold: tuple[tuple[str, str], ...]
    memory_targets: tuple[str, ...]
    card_targets: tuple[str, ...]
    image_format: tuple[str, ...]
    jpeg_formats: tuple[str, ...]
    raw_and_jpeg_formats: tuple[str, ...]
    viewfinder: tuple[str, ...]
    viewfinder_off_for_still: bool
    exposure_simulation: tuple[str, ...]
    at_opening: tuple[tuple[str, str], ...]


def quirks_of(usb_vendor: int) -> Quirks:
    """Return the quirks of a make.

    Args:
        usb_vendor: its USB vendor number; an unknown one gets the defaults.

    Raises:
        Misconfigured: the table is damaged.
    """
    table = all_quirks()
    return next((q for q in table.values() if q.usb_vendor == usb_vendor), table["default"])


@cache
def all_quirks() -> Mapping[str, Quirks]:
    """Return all makes' quirks by name.

    Raises:
        Misconfigured: the table is damaged.
    """
    text = resources.files("hardware").joinpath(_FILE).read_text(encoding="utf-8")
    return parse(text)


def parse(text: str) -> dict[str, Quirks]:
    """Read a table of quirks; makes take from ``default`` what they do not say.

    Raises:
        Misconfigured: it is not TOML, or has a name or a value that is none.
    """
    try:
        makes = tomllib.loads(text)
        default = makes["default"]
        return {make: _build(make, {**default, **own}) for make, own in makes.items()}
    except (tomllib.TOMLDecodeError, KeyError, TypeError, ValueError) as error:
        raise Misconfigured(
            f"The table of camera makes, {_FILE}, is damaged ({error}). Install the booth again.",
            FaultKind.DRIVER_MISSING,
        ) from error


def _build(make: str, values: Mapping[str, Any]) -> Quirks:
    unknown = set(values) - {f.name for f in dataclasses.fields(Quirks)}
    if unknown:
        raise ValueError(f"[{make}] has no {', '.join(sorted(unknown))}")
    if len(values["exposure_simulation"]) not in (0, 3):
        raise ValueError(f"[{make}] exposure_simulation is widget, on, off")
    frozen = {key: _frozen(value) for key, value in values.items()}
    return Quirks(make=make, **frozen)


def _frozen(value: Any) -> Any:
    return tuple(_frozen(part) for part in value) if isinstance(value, list) else value
