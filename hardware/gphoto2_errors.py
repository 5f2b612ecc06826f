"""libgphoto2's error codes in the words of `hardware.errors`.

The codes are those of libgphoto2's ``gphoto2-result.h`` and ``gphoto2-port-result.h``. They are
written down here so that this file, and what tests it, needs no camera library.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

from hardware.errors import (
    DeviceBusy,
    DeviceLost,
    DeviceTimeout,
    FaultKind,
    HardwareError,
    Misconfigured,
    Unsupported,
)
from hardware.usb_holders import holders, usb_node

BAD_PARAMETERS: Final = -2
NO_MEMORY: Final = -3
NOT_SUPPORTED: Final = -6
USB_CLAIM: Final = -53
CAMERA_BUSY: Final = -110
NO_SPACE: Final = -115

FULL: Final = (NO_MEMORY, NO_SPACE)
"""The camera has no room for another photo. Opening it afresh often makes room."""

_LOST = "does not answer any more. Look at its power, battery and cable; switch it off and on."
_NO_ROOM = "has no room for another photo. Empty its memory card, or put an empty one in."
_UNFINISHED = (
    "has not finished the last request. Try again. If it stays so, put a memory card in and switch "
    "its mirror lock-up off."
)
_BROKEN = "gave an answer that makes no sense. Switch it off and on; try another cable."

_TABLE: Final[Mapping[int, tuple[type[HardwareError], str]]] = MappingProxyType(
    {
        -1: (
            DeviceLost,
            "refused without a reason. If it does so at each photo, set its lens to manual focus.",
        ),
        BAD_PARAMETERS: (Misconfigured, "does not take this value. Correct the camera's settings."),
        NO_MEMORY: (DeviceLost, _NO_ROOM),
        -4: (
            Misconfigured,
            "cannot be reached: libgphoto2 lacks its own drivers. Install python-gphoto2 again.",
        ),
        -5: (DeviceLost, "is not where it was. Plug it in again."),
        NOT_SUPPORTED: (Unsupported, "cannot do this over USB."),
        -7: (DeviceLost, _LOST),
        -10: (
            DeviceTimeout,
            "did not answer in time. If it happens often, look at its cable and power.",
        ),
        -20: (Misconfigured, "cannot be reached: this libgphoto2 has no serial ports."),
        -21: (Misconfigured, "cannot be reached: this libgphoto2 has no USB. Install it again."),
        -31: (DeviceLost, _LOST),
        -34: (DeviceLost, _LOST),
        -35: (DeviceLost, _LOST),
        -37: (DeviceLost, _LOST),
        -51: (DeviceLost, _LOST),
        -52: (DeviceLost, "is not there. Plug it in and switch it on."),
        USB_CLAIM: (DeviceBusy, "is held by another program."),
        -60: (DeviceBusy, "is held by another program."),
        -102: (DeviceLost, _BROKEN),
        -105: (DeviceLost, "is not there. Plug it in and switch it on."),
        -107: (DeviceLost, "no longer has the photo's folder. Take the photo again."),
        -108: (DeviceLost, "no longer has the photo. Take it again."),
        CAMERA_BUSY: (DeviceBusy, _UNFINISHED),
        -112: (DeviceTimeout, "broke the request off. Try again."),
        -113: (
            DeviceLost,
            "reports a fault of its own. Look at its display; switch it off and on.",
        ),
        -114: (DeviceLost, _LOST),
        NO_SPACE: (DeviceLost, _NO_ROOM),
    }
)

_KINDS: Final[Mapping[int, FaultKind]] = MappingProxyType(
    {
        -1: FaultKind.NO_FOCUS,
        NO_MEMORY: FaultKind.STORAGE_FULL,
        NO_SPACE: FaultKind.STORAGE_FULL,
        -4: FaultKind.DRIVER_MISSING,
        -20: FaultKind.DRIVER_MISSING,
        -21: FaultKind.DRIVER_MISSING,
        USB_CLAIM: FaultKind.HELD,
        -60: FaultKind.HELD,
        -102: FaultKind.OWN_FAULT,
        -107: FaultKind.DAMAGED_PICTURE,
        -108: FaultKind.DAMAGED_PICTURE,
        -113: FaultKind.OWN_FAULT,
    }
)
"""Where it is not that of the class."""


def error_from_code(
    code: int,
    camera: str,
    doing: str,
    port: str = "",
    who_holds: Callable[[str], tuple[str, ...]] | None = None,
) -> HardwareError:
    """Build the error for one of libgphoto2's codes.

    A code that is not known becomes DeviceLost: opening the camera afresh is the cure then too.

    Args:
        code: negative, as libgphoto2 returns it.
        camera: the camera's name, to begin the sentence with.
        doing: what was asked of it, such as ``taking a photo``.
        port: where it is, such as ``usb:001,005``; to find out who holds it.
        who_holds: looks that up; None looks in /proc.
    """
    kind, words = _TABLE.get(code, (DeviceLost, _LOST))
    if code == USB_CLAIM:
        words = _held((who_holds or _holders_of)(port))
    return kind(f"{camera} {words} (While {doing}; libgphoto2 says {code}.)", _KINDS.get(code))


def _holders_of(port: str) -> tuple[str, ...]:
    node = usb_node(port)
    return () if node is None else holders(node)


def _held(programs: tuple[str, ...]) -> str:
    if not programs:
        return (
            "is held by another program, which this user may not see. End it, or say: "
            "systemctl --user mask --now gvfs-gphoto2-volume-monitor."
        )
    words = f"is held by {' and '.join(programs)}."
    if any("gvfs" in program for program in programs):
        return f"{words} Say: systemctl --user mask --now gvfs-gphoto2-volume-monitor."
    return f"{words} End that program."
