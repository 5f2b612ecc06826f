"""The contracts: what every camera, code scanner, light and printer of the booth can do.

A driver is plain, blocking and simple. The abstract classes do the common work (state, checks,
idempotent open and close); a driver fills in the ``_do_*`` methods and is used by one thread at
a time. Deadlines, restarts and isolation are the business of `hardware.isolation`, not of a
driver.

Pixels are RGB, 8 bit, sRGB-encoded, never mirrored, turned by `hardware.turned` alone. Times are
seconds of `time.monotonic` on this machine.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Self

from hardware.camera_data import (
    CameraSettings,
    CameraState,
    Condition,
    Frame,
    Pixels,
    Still,
)
from hardware.errors import FaultKind, NotOpen

__all__ = [
    "Camera",
    "CameraSettings",
    "CameraState",
    "CodeScanner",
    "Condition",
    "Device",
    "Frame",
    "Light",
    "Pixels",
    "Printer",
    "PrinterState",
    "Still",
]


class Device(ABC):
    """What all devices have in common: a name, and opening and closing that can be repeated."""

    name: str

    def __init__(self, name: str) -> None:
        self.name = name
        self._opened = False

    @property
    def is_open(self) -> bool:
        """Whether `open` succeeded and `close` has not been called since."""
        return self._opened

    def open(self) -> None:
        """Connect. Does nothing when already open.

        Raises:
            DeviceLost: it is not there.
            DeviceBusy: another program holds it.
        """
        if not self._opened:
            self._do_open()
            self._opened = True

    def close(self) -> None:
        """Let go of the device. Does nothing when already closed; never raises on a lost one."""
        if self._opened:
            self._opened = False
            self._do_close()

    def __enter__(self) -> Self:
        self.open()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _need_open(self) -> None:
        if not self._opened:
            raise NotOpen(f"{self.name} is not open. Call open() first.")

    @abstractmethod
    def _do_open(self) -> None: ...

    @abstractmethod
    def _do_close(self) -> None: ...


class Camera(Device):
    """A camera that gives a live view and stills.

    A still may interrupt the live view; the camera restores it by itself before
    `capture_still` returns.
    """

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self._live_view = False

    def close(self) -> None:
        """Stop live view and let go of the camera."""
        self._live_view = False
        super().close()

    def start_live_view(self) -> None:
        """Start the stream. Does nothing when it runs.

        Raises:
            NotOpen, DeviceLost, DeviceBusy, DeviceTimeout.
        """
        self._need_open()
        if not self._live_view:
            self._do_start_live_view()
            self._live_view = True

    def stop_live_view(self) -> None:
        """Stop the stream. Does nothing when it does not run."""
        if self._live_view:
            self._live_view = False
            self._do_stop_live_view()

    def read_frame(self, timeout_s: float = 1.0) -> Frame:
        """Return the newest frame not returned before, waiting for it when there is none yet.

        Raises:
            NotOpen: the camera is closed, or live view does not run.
            DeviceTimeout: no new frame within `timeout_s`.
            DeviceLost: the camera is gone.
        """
        self._need_open()
        if not self._live_view:
            raise NotOpen(f"{self.name} has no live view running. Call start_live_view() first.")
        return self._do_read_frame(timeout_s)

    def capture_still(self, timeout_s: float = 10.0) -> Still:
        """Take one photo at full resolution.

        Raises:
            NotOpen, DeviceLost, DeviceBusy, DeviceTimeout.
        """
        self._need_open()
        return self._do_capture_still(timeout_s)

    def apply(self, settings: CameraSettings) -> CameraSettings:
        """Set manual values and return those the device reads back.

        Without any value nothing is set, and what comes back is what the device has found by
        itself and could be told to keep: applied in turn, it changes nothing more.

        Raises:
            Unsupported: the device has no such control.
            Misconfigured: it reads back something else than was asked for.
        """
        self._need_open()
        return self._do_apply(settings)

    def autofocus(self, timeout_s: float = 5.0) -> bool:
        """Focus on what is before the camera, and keep it so until the next call.

        A still taken afterwards does not focus again.

        Returns:
            False when the camera cannot focus by itself: nothing was done then.

        Raises:
            NotOpen, DeviceLost, DeviceTimeout.
        """
        self._need_open()
        return self._do_autofocus(timeout_s)

    def check(self) -> CameraState:
        """Ask the device itself whether it is there, and how it is; quick.

        Also keeps a camera awake that goes to sleep when nobody asks it for anything.

        Raises:
            NotOpen, DeviceLost, DeviceTimeout.
        """
        self._need_open()
        self._do_check()
        return self.state()

    @abstractmethod
    def state(self) -> CameraState:
        """Describe the camera. Works at any time, open or not, and never raises."""

    def _do_autofocus(self, timeout_s: float) -> bool:
        del timeout_s
        return False

    def _do_check(self) -> None:
        """Raise when the device is gone; renew what `state` tells."""

    @abstractmethod
    def _do_start_live_view(self) -> None: ...

    @abstractmethod
    def _do_stop_live_view(self) -> None: ...

    @abstractmethod
    def _do_read_frame(self, timeout_s: float) -> Frame: ...

    @abstractmethod
    def _do_capture_still(self, timeout_s: float) -> Still: ...

    @abstractmethod
    def _do_apply(self, settings: CameraSettings) -> CameraSettings: ...


class CodeScanner(Device):
    """A device that reads codes by itself, such as a USB barcode scanner."""

    def read(self, timeout_s: float = 1.0) -> str | None:
        """Return the next scanned text, or None when nothing was scanned in time.

        Raises:
            NotOpen, DeviceLost.
        """
        self._need_open()
        return self._do_read(timeout_s)

    @abstractmethod
    def _do_read(self, timeout_s: float) -> str | None: ...


class Light(Device):
    """A lamp the booth can switch."""

    def set_level(self, level: float) -> None:
        """Set the brightness.

        Args:
            level: 0 (off) to 1 (full). A lamp that cannot be dimmed is on from 0.5.

        Raises:
            ValueError: `level` is outside 0 to 1.
            NotOpen, DeviceLost.
        """
        if not 0.0 <= level <= 1.0:
            raise ValueError(f"{self.name}: the level {level} is outside 0 to 1.")
        self._need_open()
        self._do_set_level(level)

    @property
    @abstractmethod
    def level(self) -> float:
        """The brightness last set, 0 to 1."""

    @abstractmethod
    def _do_set_level(self, level: float) -> None: ...


@dataclass(frozen=True, slots=True)
class PrinterState:
    """Whether the printer can print now, and what to do when it can't.

    Attributes:
        ready: whether it can.
        message: what is wrong, or soon will be, and what to do; empty: nothing.
        kind: the same as one word.
    """

    ready: bool
    message: str = ""
    kind: FaultKind | None = None


class Printer(Device):
    """A printer for photo sheets and receipts."""

    def print_file(self, data: bytes, media_type: str, title: str, paper: str = "") -> str:
        """Queue one file, to be printed at its own size, and return the job's name.

        Args:
            data: the file.
            media_type: of the file, such as ``application/pdf``.
            title: the job's name in the queue; nothing personal.
            paper: the paper's PWG 5101.1 name, such as ``iso_a4_210x297mm``; empty for the
                printer's own.

        Raises:
            NotOpen, DeviceLost, Unsupported (a media type it can't print).
        """
        self._need_open()
        return self._do_print_file(data, media_type, title, paper)

    @abstractmethod
    def state(self) -> PrinterState:
        """Ask the printer how it is. Never raises."""

    @abstractmethod
    def _do_print_file(self, data: bytes, media_type: str, title: str, paper: str) -> str: ...
