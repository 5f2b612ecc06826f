"""What can go wrong with a device, as one small family.

Every message says what happened and what to do next; it is shown to booth staff as it is.
"""

from __future__ import annotations


class HardwareError(Exception):
    """A device did not do what it was asked to do."""


class DeviceLost(HardwareError):  # noqa: N818 - a state, named as the field names it
    """The device is gone: unplugged, asleep or its process died. Plugging it in again helps."""


class DeviceBusy(HardwareError):  # noqa: N818
    """The device exists but is held by another program, or has not finished the last request."""


class DeviceTimeout(HardwareError):  # noqa: N818
    """The device did not answer within its deadline. It is restarted before the next call."""


class Unsupported(HardwareError):  # noqa: N818
    """This make or model cannot do this at all. Trying again does not help."""


class Misconfigured(HardwareError):  # noqa: N818
    """The device refuses a setting, or reads back another value than was set."""


class NotOpen(HardwareError):  # noqa: N818
    """A call that needs an open device came before `open` or after `close`."""
