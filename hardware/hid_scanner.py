"""A USB barcode scanner that types as a keyboard, read from its event device.

The device is grabbed: no other program sees its keys, so a scan never types into a screen. The
kernel's event interface needs no library, and so no compiler on the booth. Sources:
linux/input.h and the Linux input documentation.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import re
import select
import struct
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from hardware.base import CodeScanner
from hardware.errors import DeviceBusy, DeviceLost, FaultKind, HardwareError, Misconfigured
from hardware.hid_keys import Keys
from hardware.usb_holders import holders

EVENT: Final = struct.Struct("@llHHi")
"""struct input_event: seconds, microseconds, type, code, value."""
GRAB: Final = 0x40044590  # EVIOCGRAB
SYNC: Final = 0  # EV_SYN
EVENTS_LOST: Final = 3  # SYN_DROPPED
KEY: Final = 1  # EV_KEY

_AT_ONCE: Final = 64
# A text without Enter at its end is whole when no key has come for so long; a scanner types a
# key every few milliseconds, the slowest every fifty.
_QUIET_S: Final = 0.3
_LONGEST_TEXT_WAITING: Final = 100
_SCANNER_NAMES: Final = re.compile(r"scanner|barcode|bar code|symbol|honeywell|newland|datalogic",
                                   re.IGNORECASE)  # fmt: skip


@dataclass(frozen=True, slots=True)
class InputDevice:
    """One event device of the kernel.

    Attributes:
        node: its device file now, such as ``/dev/input/event5``.
        name: make and model.
        usb_id: vendor and product, such as ``0c2e:0b61``.
        port: where it is plugged in, as the kernel writes it.
        types: whether it has the letter keys.
    """

    node: Path
    name: str
    usb_id: str
    port: str
    types: bool


def input_devices(root: Path = Path("/")) -> tuple[InputDevice, ...]:
    """Return all event devices, by number; none is opened.

    Args:
        root: the folder with ``dev`` and ``sys``.
    """
    entries = (root / "sys" / "class" / "input").glob("event*")
    return tuple(
        _read_device(entry, root)
        for entry in sorted(entries, key=lambda entry: int(entry.name.removeprefix("event")))
    )


def choose_scanner(found: Sequence[InputDevice], wanted: str = "") -> InputDevice:
    """Return the scanner that is meant.

    Args:
        found: the event devices there are.
        wanted: a part of its name, vendor and product (``0c2e:0b61``), or its port. Empty: the
            first whose name is a scanner's; keyboards are never taken unasked.

    Raises:
        DeviceLost: it is not plugged in.
        Misconfigured: `wanted` is a device file, whose number does not last.
    """
    if re.fullmatch(r"(/dev/input/)?event\d+", wanted):
        raise Misconfigured(
            f"{wanted!r} is no lasting name of a scanner: the kernel numbers them anew. "
            f"{_names_of(found)}",
            FaultKind.NOT_NAMED,
        )
    for device in found:
        if device.types and _fits(device, wanted):
            return device
    what = f"The barcode scanner {wanted!r}" if wanted else "A barcode scanner"
    raise DeviceLost(f"{what} is not plugged in. Check its cable. {_names_of(found)}")


def open_grabbed(device: InputDevice) -> int:
    """Open an event device for this program alone and return the descriptor.

    Raises:
        DeviceLost: it is gone.
        DeviceBusy: another program has grabbed it.
        Misconfigured: this user may not read it.
    """
    try:
        descriptor = os.open(device.node, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        raise _fault(error, device) from error
    try:
        fcntl.ioctl(descriptor, GRAB, 1)
    except OSError as error:
        os.close(descriptor)
        raise _fault(error, device) from error
    return descriptor


class HidScanner(CodeScanner):
    """A USB barcode scanner.

    Args:
        device: which one, as `choose_scanner`.
        find: lists the event devices.
        connect: opens one and returns its descriptor.
    """

    def __init__(
        self,
        device: str = "",
        *,
        find: Callable[[], Sequence[InputDevice]] = input_devices,
        connect: Callable[[InputDevice], int] = open_grabbed,
    ) -> None:
        super().__init__("barcode scanner")
        self._wanted = device
        self._find = find
        self._connect = connect
        self._descriptor = -1
        self._keys = Keys()
        self._texts: deque[str] = deque(maxlen=_LONGEST_TEXT_WAITING)
        self._last_key_at = 0.0
        self._incomplete = False  # the text being typed lacks keys that were lost

    def _do_open(self) -> None:
        device = choose_scanner(self._find(), self._wanted)
        self._descriptor = self._connect(device)
        self.name = device.name
        with contextlib.suppress(BlockingIOError):
            while os.read(self._descriptor, EVENT.size * _AT_ONCE):
                pass  # scanned before anybody listened
        self._keys = Keys()
        self._texts.clear()
        self._incomplete = False

    def _do_close(self) -> None:
        os.close(self._descriptor)  # which ends the grab as well

    def _do_read(self, timeout_s: float) -> str | None:
        until = time.monotonic() + timeout_s
        while True:
            self._take_events()
            if self._texts:
                return self._texts.popleft()
            now = time.monotonic()
            wake_at = until
            if self._keys.typing:
                quiet_at = self._last_key_at + _QUIET_S
                if now >= quiet_at:
                    self._add(self._keys.take())
                    continue
                wake_at = min(until, quiet_at)
            if now >= until:
                return None
            # Not select(): it knows no descriptor above 1023.
            waiting = select.poll()
            waiting.register(self._descriptor, select.POLLIN)
            waiting.poll(max(0.0, wake_at - now) * 1000)

    def _take_events(self) -> None:
        """Read all events there are.

        Raises:
            DeviceLost: the scanner was pulled out.
        """
        while True:
            try:
                data = os.read(self._descriptor, EVENT.size * _AT_ONCE)
            except BlockingIOError:
                return
            except OSError as error:
                raise self._lost(error.strerror) from error
            if not data:
                raise self._lost("no more events")
            whole = len(data) - len(data) % EVENT.size
            for _, _, kind, code, value in EVENT.iter_unpack(data[:whole]):
                self._take_event(kind, code, value)

    def _take_event(self, kind: int, code: int, value: int) -> None:
        if kind == SYNC and code == EVENTS_LOST:
            self._keys.forget()
            self._incomplete = True
            self._last_key_at = time.monotonic()
        elif kind == KEY:
            now = time.monotonic()
            if not self._keys.typing and now - self._last_key_at >= _QUIET_S:
                self._incomplete = False  # the rest of that text was lost too; this is another
            self._last_key_at = now
            self._add(self._keys.event(code, value))

    def _add(self, text: str | None) -> None:
        if text is None:
            return
        if not self._incomplete:
            self._texts.append(text)
        self._incomplete = False

    def _lost(self, why: str | None) -> DeviceLost:
        return DeviceLost(f"{self.name} is gone ({why}). Check its cable and plug it in again.")


def _fits(device: InputDevice, wanted: str) -> bool:
    if not wanted:
        return _SCANNER_NAMES.search(device.name) is not None
    return wanted in (device.usb_id, device.port) or wanted.lower() in device.name.lower()


def _names_of(found: Sequence[InputDevice]) -> str:
    typing = [device for device in found if device.types]
    if not typing:
        return "Nothing that types is plugged in."
    return "What types: " + "; ".join(f"{each.name} ({each.usb_id})" for each in typing) + "."


def _read_device(entry: Path, root: Path) -> InputDevice:
    def content(name: str) -> str:
        try:
            return (entry / "device" / name).read_text(encoding="utf-8", errors="replace").strip()
        except OSError:
            return ""

    # Words of hexadecimal, the lowest last: bits 16 to 50 are the letters and their neighbours.
    words = content("capabilities/key").split()
    keys = int(words[-1], 16) if words else 0
    return InputDevice(
        node=root / "dev" / "input" / entry.name,
        name=content("name"),
        usb_id=f"{content('id/vendor')}:{content('id/product')}",
        port=content("phys"),
        types=keys >> 16 & 0x3FF == 0x3FF,  # noqa: PLR2004 - Q to P
    )


def _fault(error: OSError, device: InputDevice) -> HardwareError:
    if error.errno == errno.EBUSY:
        who = " and ".join(holders(device.node)) or "another program"
        return DeviceBusy(
            f"{device.name} is in use: {who} holds {device.node}. Close it.", FaultKind.HELD
        )
    if error.errno in (errno.EACCES, errno.EPERM):
        return Misconfigured(
            f"{device.name}: {device.node} may not be opened by this user. Add the booth's user "
            "to the group 'input' and log in again.",
            FaultKind.PERMISSION,
        )
    return DeviceLost(
        f"{device.name} is gone ({error.strerror}). Check its cable and plug it in again."
    )
