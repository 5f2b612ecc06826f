"""What can go wrong with a device, as one small family.

Every message says what happened and what to do next, in English, for support and for the command
line. Beside it stands a `FaultKind`: screens and pages say the same by it in their own language.
"""

from __future__ import annotations

import enum
from typing import ClassVar


class FaultKind(enum.StrEnum):
    """What is wrong with a device and so what helps: a word for programs, which never changes.

    It goes through the wire, the heartbeat and the screens' tables of words. A new one may be
    added; who does not know it shows the message.
    """

    DISCONNECTED = "disconnected"
    """It is not there, or no longer: cable, power, battery."""
    NO_ANSWER = "no_answer"
    """It did not answer in time."""
    NO_PICTURES = "no_pictures"
    """It answers but sends no pictures: it is in its menu, or in playback."""
    FROZEN = "frozen"
    """It sends the same picture again and again."""
    PROCESS_ENDED = "process_ended"
    """Its driver failed or its process ended; it is started again by itself."""
    HELD = "held"
    """Another program holds it."""
    BUSY = "busy"
    """It has not finished the last request."""
    STORAGE_FULL = "storage_full"
    """Its memory card is full or missing."""
    NO_FOCUS = "no_focus"
    """It does not release, mostly because it finds no focus."""
    OWN_FAULT = "own_fault"
    """It reports a fault of its own on its display, or answers nonsense."""
    DAMAGED_PICTURE = "damaged_picture"
    """A picture came damaged or not at all."""
    NO_JPEG = "no_jpeg"
    """It takes RAW alone."""
    USB_BANDWIDTH = "usb_bandwidth"
    """More cameras at one USB hub than it can carry."""
    PERMISSION = "permission"
    """The booth's user may not open it."""
    DRIVER_MISSING = "driver_missing"
    """A library, driver or program is not installed, or is damaged."""
    NOT_NAMED = "not_named"
    """The settings name none of the devices there are, or several."""
    SETTING_REFUSED = "setting_refused"
    """It does not take a value, or reads back another one."""
    UNSUPPORTED = "unsupported"
    """This make or model cannot do it."""
    NOT_OPEN = "not_open"
    """Nobody has opened it yet."""
    PRINT_SERVICE = "print_service"
    """CUPS does not answer, or refuses."""
    NO_PRINTER = "no_printer"
    """No queue is set up."""
    PAPER_OUT = "paper_out"
    PAPER_LOW = "paper_low"
    PAPER_JAM = "paper_jam"
    TRAY_MISSING = "tray_missing"
    OUTPUT_FULL = "output_full"
    SUPPLY_OUT = "supply_out"
    """Ink, toner or ribbon."""
    SUPPLY_LOW = "supply_low"
    WASTE_FULL = "waste_full"
    WASTE_NEARLY_FULL = "waste_nearly_full"
    COVER_OPEN = "cover_open"
    TOO_HOT = "too_hot"
    PAUSED = "paused"
    """The queue is stopped, or takes no new jobs."""
    UNKNOWN = "unknown"
    """None of these."""


def kind_of(word: object) -> FaultKind | None:
    """Return the kind of this word; None for one that a newer release may know."""
    return next((kind for kind in FaultKind if kind == word), None)


class HardwareError(Exception):
    """A device did not do what it was asked to do.

    Args:
        message: what happened and what to do next.
        kind: the same as one word; None for the class's own.
    """

    own_kind: ClassVar[FaultKind] = FaultKind.UNKNOWN

    def __init__(self, message: str = "", kind: FaultKind | None = None) -> None:
        super().__init__(message)
        self.kind = kind or self.own_kind


class DeviceLost(HardwareError):  # noqa: N818 - a state, named as the field names it
    """The device is gone: unplugged, asleep or its process died. Plugging it in again helps."""

    own_kind = FaultKind.DISCONNECTED


class DeviceBusy(HardwareError):  # noqa: N818
    """The device exists but is held by another program, or has not finished the last request."""

    own_kind = FaultKind.BUSY


class DeviceTimeout(HardwareError):  # noqa: N818
    """The device did not answer within its deadline. It is restarted before the next call."""

    own_kind = FaultKind.NO_ANSWER


class Unsupported(HardwareError):  # noqa: N818
    """This make or model cannot do this at all. Trying again does not help."""

    own_kind = FaultKind.UNSUPPORTED


class Misconfigured(HardwareError):  # noqa: N818
    """The device refuses a setting, or reads back another value than was set."""

    own_kind = FaultKind.SETTING_REFUSED


class NotOpen(HardwareError):  # noqa: N818
    """A call that needs an open device came before `open` or after `close`."""

    own_kind = FaultKind.NOT_OPEN
