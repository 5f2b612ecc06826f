"""The manual values of a camera as libcamera's controls, and its metadata as ours.

Names, units and numbers are those of libcamera's `control_ids_core.yaml`. Pure: no camera here.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import astuple, dataclass
from typing import Any, Final

from hardware.base import CameraSettings
from hardware.errors import Misconfigured, Unsupported

AE_FLICKER_MANUAL: Final = 1
AF_MANUAL: Final = 0
AF_AUTO: Final = 1
AF_CONTINUOUS: Final = 2
AF_START: Final = 0
"""Value of ``AfTrigger``: look for the focus once."""
AF_FAST: Final = 1
AF_FULL_RANGE: Final = 2
AF_SETTLED: Final = (2, 3)
"""Values of ``AfState``: focused, and given up."""
AF_FOCUSED: Final = 2

_US: Final = 1e6
# ISO 100 is taken for a gain of 1. Sensors differ by up to a factor of two from what a light meter
# would say; what a calibrated booth needs is that it is the same every time.
_ISO_OF_GAIN: Final = 100.0
# Automatic exposure may slow the live view down to ten frames a second in the dark.
_SLOWEST_FRAME_US: Final = 100_000
# Beyond the exposure itself a frame needs time to be read out.
_READOUT_US: Final = 1_000
# Sensors count exposure in lines of up to 0.1 ms and gain in steps of a few per cent.
_NEAR: Final = 0.05
_NEAR_EXPOSURE_S: Final = 1e-4

_CONTROLS: Final[Mapping[str, tuple[str, str]]] = {
    "exposure_s": ("ExposureTime", "exposure time"),
    "iso": ("AnalogueGain", "gain"),
    "aperture": ("", "aperture"),
    "red_gain": ("ColourGains", "white balance"),
    "blue_gain": ("ColourGains", "white balance"),
    "focus_dioptre": ("LensPosition", "focus"),
    "colour_temperature_k": ("", "colour temperature"),
}
"""For each of our settings: libcamera's control, and what staff call it."""

Limits = Mapping[str, tuple[Any, Any, Any]]
"""(least, largest, default) of each control a camera has, as picamera2's ``camera_controls``."""


def given(settings: CameraSettings) -> dict[str, float]:
    """Return the values that are set, by their names."""
    return {name: value for name in _CONTROLS if (value := getattr(settings, name)) is not None}


def merged(before: CameraSettings, settings: CameraSettings) -> CameraSettings:
    """Return values with those that are newly set put over them."""
    return CameraSettings(
        *(
            old if new is None else new
            for old, new in zip(astuple(before), astuple(settings), strict=True)
        )
    )


def need_supported(settings: CameraSettings, limits: Limits, camera: str) -> None:
    """Make sure that a camera can be set so.

    Raises:
        Unsupported: it has no such control.
        Misconfigured: a value is outside its range.
    """
    for name, value in given(settings).items():
        control, words = _CONTROLS[name]
        if control not in limits:
            raise Unsupported(f"{camera} has no control for {words}. Leave that setting empty.")
        scale = {"exposure_s": _US, "iso": 1 / _ISO_OF_GAIN}.get(name, 1.0)
        least, most = _range(limits[control])
        if not least <= value * scale <= most:
            raise Misconfigured(
                f"{camera} takes a {words} from {least / scale:g} to {most / scale:g}, not "
                f"{value:g} ({name}). Choose a value between."
            )


def manual_controls(settings: CameraSettings) -> dict[str, Any]:
    """Return the controls that bring a camera to manual values.

    Args:
        settings: the values; None leaves one automatic. Of the white balance's two gains libcamera
            takes both or none.
    """
    controls: dict[str, Any] = {}
    if settings.exposure_s is not None:
        controls["ExposureTime"] = round(settings.exposure_s * _US)
    if settings.iso is not None:
        controls["AnalogueGain"] = settings.iso / _ISO_OF_GAIN
    if settings.red_gain is not None and settings.blue_gain is not None:
        controls["ColourGains"] = (settings.red_gain, settings.blue_gain)
    if settings.focus_dioptre is not None:
        controls |= {"AfMode": AF_MANUAL, "LensPosition": settings.focus_dioptre}
    return controls


def against_flicker(power_line_hz: int) -> dict[str, Any]:
    """Return the controls that keep automatic exposure in step with lamps at the mains.

    They flicker twice in each of its periods.
    """
    return {"AeFlickerMode": AE_FLICKER_MANUAL, "AeFlickerPeriod": round(_US / (2 * power_line_hz))}


def pace(frames_per_second: float, exposure_s: float | None) -> dict[str, Any]:
    """Return the control of the frame rate; a long exposure must fit into a frame."""
    shortest = round(_US / frames_per_second)
    exposure_us = 0 if exposure_s is None else round(exposure_s * _US) + _READOUT_US
    return {"FrameDurationLimits": (shortest, max(shortest, _SLOWEST_FRAME_US, exposure_us))}


def deviations(settings: CameraSettings, metadata: Mapping[str, float]) -> dict[str, float]:
    """Return those values of a frame that are not as they were set, by their names."""
    read = {**metadata, "iso": metadata.get("gain", math.nan) * _ISO_OF_GAIN}
    wrong = {}
    for name, value in given(settings).items():
        has = read.get(name, math.nan)
        tolerance = _NEAR * value
        if name == "exposure_s":
            tolerance = max(tolerance, _NEAR_EXPOSURE_S)
        if name == "focus_dioptre":
            tolerance = max(tolerance, _NEAR)
        if not abs(has - value) <= tolerance:
            wrong[name] = has
    return wrong


def found_by_itself(metadata: Mapping[str, float], limits: Limits) -> CameraSettings:
    """Return what automatic exposure and white balance have found, as values they can be set to.

    Args:
        metadata: of a frame, as `metadata_of` gives it.
        limits: the controls the camera has; what it cannot be told to keep is left out.
    """

    def kept(name: str, scale: float = 1.0) -> float | None:
        key = "gain" if name == "iso" else name
        control = _CONTROLS[name][0]
        if key not in metadata or control not in limits:
            return None
        least, most = _range(limits[control])
        return min(max(metadata[key] * scale, least), most) / scale

    gain = kept("iso")
    return CameraSettings(
        exposure_s=kept("exposure_s", _US),
        iso=None if gain is None else round(gain * _ISO_OF_GAIN),
        red_gain=kept("red_gain"),
        blue_gain=kept("blue_gain"),
    )


def words_for(name: str) -> str:
    """Return what staff call one of our settings."""
    return _CONTROLS[name][1]


def metadata_of(said: Mapping[str, Any]) -> dict[str, float]:
    """Translate what libcamera says of a frame; what a camera does not say is left out."""
    found: dict[str, float] = {}
    for name, key, scale in (
        ("exposure_s", "ExposureTime", 1 / _US),
        ("lux", "Lux", 1.0),
        ("colour_temperature_k", "ColourTemperature", 1.0),
        ("focus_dioptre", "LensPosition", 1.0),
    ):
        if key in said:
            found[name] = float(said[key]) * scale
    if "AnalogueGain" in said:
        found["gain"] = float(said["AnalogueGain"]) * float(said.get("DigitalGain", 1.0))
    if "ColourGains" in said:
        found["red_gain"], found["blue_gain"] = (float(gain) for gain in said["ColourGains"])
    return found


def exposed_at(said: Mapping[str, Any], now: float) -> float:
    """Return when a frame's exposure began, seconds of `time.monotonic`.

    ``SensorTimestamp`` is when the first row was read out. It is on the clock that also counts
    while a machine sleeps, which a booth never does; a stamp that cannot be right is replaced.

    Args:
        said: the frame's metadata as libcamera gives it.
        now: seconds of `time.monotonic`.
    """
    stamp = float(said.get("SensorTimestamp", 0)) / 1e9 - float(said.get("ExposureTime", 0)) / _US
    return stamp if now - 10.0 < stamp <= now else now


def _range(limit: tuple[Any, Any, Any]) -> tuple[float, float]:
    """Return the least and the largest value of a control.

    libcamera tells 0 as the longest exposure of sensors whose driver knows no longest one.
    """
    least, most = (float(_first(value) or 0.0) for value in limit[:2])
    return least, most if most > least else math.inf


def _first(limit: Any) -> Any:
    """A range of several values, as of the colour gains, has one for each."""
    return limit[0] if isinstance(limit, tuple | list) else limit


@dataclass(frozen=True, slots=True)
class Focus:
    """How a frame was focused.

    Attributes:
        settled: whether autofocus has found its place, or given up.
        focused: whether it has found it.
        dioptre: where the lens stood.
    """

    settled: bool
    focused: bool
    dioptre: float

    @classmethod
    def of(cls, said: Mapping[str, Any]) -> Focus:
        """Read it out of a frame's metadata as libcamera gives it."""
        state = said.get("AfState", 0)
        return cls(state in AF_SETTLED, state == AF_FOCUSED, float(said.get("LensPosition", 0.0)))
