"""What a booth's computer says of itself: heat, supply, clock. Read from sysfs, never written."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_ROOT = Path("/")
_PROCESSOR_ZONES = frozenset({"cpu-thermal", "cpu_thermal", "x86_pkg_temp", "soc_thermal"})
"""``type`` of thermal zones: Raspberry Pi (both spellings), Intel, other ARM boards."""
_PROCESSOR_SENSORS = frozenset({"coretemp", "k10temp", "zenpower", "cpu_thermal"})
"""``name`` of hwmon devices, where no thermal zone says it: AMD has none."""

_UNDER_VOLTAGE_NOW = 1 << 0
"""Bit of the firmware's ``get_throttled``, as Raspberry Pi's documentation of vcgencmd has it."""

_TIME_ERROR = 5
"""What adjtimex(2) returns while the clock is not synchronised."""
_TIMEX_BYTES = 512
"""More than ``struct timex`` has on any Linux; all zero asks without changing anything."""


@dataclass(frozen=True, slots=True)
class MachineHealth:
    """How the computer is; None for what it does not tell.

    Attributes:
        temperature_c: the processor's hottest sensor, degrees Celsius.
        under_voltage: whether the supply's voltage was too low in the last seconds.
        clock_synchronised: whether the clock follows a time server.
    """

    temperature_c: float | None
    under_voltage: bool | None
    clock_synchronised: bool | None


def look(root: Path = _ROOT) -> MachineHealth:
    """Look at the computer whose ``sys`` and ``run`` are below `root`."""
    return MachineHealth(_temperature_c(root), _under_voltage(root), clock_is_synchronised(root))


def clock_is_synchronised(root: Path = _ROOT) -> bool | None:
    """Return whether the clock is synchronised; None when that cannot be asked.

    The kernel knows. Where a sandbox forbids asking it (``ProtectClock=``), systemd-timesyncd's
    mark says whether it has ever succeeded since the machine booted.
    """
    if root == _ROOT and (state := _kernel_says()) is not None:
        return state
    folder = root / "run/systemd/timesync"
    return (folder / "synchronized").exists() if folder.is_dir() else None


def _kernel_says() -> bool | None:
    try:
        adjtimex = ctypes.CDLL(None, use_errno=True).adjtimex
    except (OSError, AttributeError):
        return None
    state = adjtimex(ctypes.create_string_buffer(_TIMEX_BYTES))
    return None if state < 0 else bool(state != _TIME_ERROR)


def _temperature_c(root: Path) -> float | None:
    zones = [
        _number(zone / "temp")
        for zone in _folders(root, "sys/class/thermal/thermal_zone*")
        if _text(zone / "type") in _PROCESSOR_ZONES
    ]
    found = [value for value in zones if value is not None]
    if not found:
        sensors = [
            _number(file)
            for device in _folders(root, "sys/class/hwmon/hwmon*")
            if _text(device / "name") in _PROCESSOR_SENSORS
            for file in device.glob("temp*_input")
        ]
        found = [value for value in sensors if value is not None]
    # The kernel counts thousandths of a degree.
    return max(found) / 1000 if found else None


def _under_voltage(root: Path) -> bool | None:
    # The kernel's driver raspberrypi-hwmon asks the firmware every two seconds and clears its mark.
    for device in _folders(root, "sys/class/hwmon/hwmon*"):
        if _text(device / "name") == "rpi_volt":
            alarm = _number(device / "in0_lcrit_alarm")
            if alarm is not None:
                return alarm > 0
    text = _text(root / "sys/devices/platform/soc/soc:firmware/get_throttled")
    try:
        return bool(int(text, 16) & _UNDER_VOLTAGE_NOW) if text else None
    except ValueError:
        return None


def _folders(root: Path, pattern: str) -> Iterator[Path]:
    yield from sorted(root.glob(pattern))


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="ascii").strip()
    except (OSError, ValueError):
        return ""


def _number(file: Path) -> float | None:
    try:
        return float(_text(file))
    except ValueError:
        return None
