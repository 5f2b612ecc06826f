"""Which driver takes a camera: the one table from a driver's name to its code.

Only names stand here, no imports: a driver is loaded where it runs, usually in a child process.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from hardware.errors import FaultKind, Misconfigured

MAIN_CAMERAS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "simulated": "hardware.sim.cameras:simulated_main_camera",
        "gphoto2": "hardware.gphoto2_camera:gphoto2_camera",
        "uvc": "hardware.uvc_camera:uvc_camera",
        "pi": "hardware.pi_camera:pi_camera",
    }
)
"""Drivers that can take the portrait, by the name the settings use."""

CODE_CAMERAS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "simulated": "hardware.sim.code_camera:simulated_code_camera",
        "uvc": "hardware.uvc_camera:uvc_code_camera",
        "pi": "hardware.pi_camera:pi_code_camera",
    }
)
"""Drivers that can watch for codes."""


def driver_spec(name: str, role: str = "main") -> str:
    """Return ``module:callable`` of a camera driver.

    Args:
        name: as in the settings, such as ``simulated``.
        role: ``main`` for the portrait, ``code`` for the second camera.

    Raises:
        Misconfigured: there is no such driver.
    """
    table = {"main": MAIN_CAMERAS, "code": CODE_CAMERAS}[role]
    if name not in table:
        raise Misconfigured(
            f"There is no {role} camera driver {name!r}. Choose one of: {', '.join(table)}.",
            FaultKind.NOT_NAMED,
        )
    return table[name]
