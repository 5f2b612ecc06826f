"""A USB camera (USB Video Class) as main camera or as second camera for codes.

One stream serves both live view and stills: it runs at the still's size, and the live view is
decoded smaller. So a still interrupts nothing and costs one picture's time.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from hardware import mjpeg
from hardware.base import (
    Camera,
    CameraSettings,
    CameraState,
    Condition,
    Frame,
    Still,
)
from hardware.errors import DeviceBusy, DeviceLost, HardwareError, Misconfigured, Unsupported
from hardware.exposure_turns import exposure_in_turn
from hardware.uvc_node import UvcNode
from hardware.uvc_sizes import Size, in_words, listed, stream_size
from hardware.uvc_stream import Picture, UvcStream
from hardware.v4l2_controls import Controls
from hardware.v4l2_devices import VideoDevice

_log = logging.getLogger(__name__)

# A camera takes up to a second and a half to its first picture.
_START_S: Final = 2.8
# Before a still without live view: automatic exposure and white balance, where they are on,
# have found their way by then.
_SETTLING_FRAMES: Final = 6


class UvcCamera(Camera):
    """A USB camera.

    Args:
        device: which one: the port it is plugged into (``1-1.2``), its serial number, vendor
            and product (``046d:0892``), or a link's name in ``/dev/v4l``. Empty: the first.
        size: (width, height) of the live view, pixels.
        frames_per_second: of the live view.
        still_size: (width, height) of stills and so of the stream, pixels; None for the
            largest the camera sends fast enough.
        large_stills: False: the stream need not be larger than the live view.
        power_line_hz: 50 or 60, for automatic exposure.
        white_balance: fixed, as kelvins such as ``5300 K``; empty leaves it to the camera.
        exposures_s: exposure times to take in turn, seconds; empty for one that stays.
        frames_each: frames each of them lasts.
        root: the folder with ``dev`` and ``sys``.
    """

    def __init__(
        self,
        *,
        device: str = "",
        size: Size = (1280, 720),
        frames_per_second: float = 25.0,
        still_size: Size | None = None,
        large_stills: bool = True,
        power_line_hz: int = 50,
        white_balance: str = "",
        exposures_s: Sequence[float] = (),
        frames_each: int = 6,
        root: Path = Path("/"),
    ) -> None:
        super().__init__("USB camera")
        self._wanted = device
        self._size = size
        self._frames_per_second = frames_per_second
        self._still_size = still_size
        self._large_stills = large_stills
        self._power_line_hz = power_line_hz
        self._white_balance = white_balance
        self._turns = tuple(exposures_s)
        self._frames_each = frames_each
        self._root = root

        self._device: VideoDevice | None = None  # also while closed: the one seen last
        self._node: UvcNode | None = None
        self._stream: UvcStream | None = None
        self._settings = CameraSettings()
        self._fault: str | None = None
        self._frames = 0
        self._turn_set: float | None = None

    def state(self) -> CameraState:
        """Describe the camera as it was last seen."""
        device = self._device
        condition = Condition.CLOSED
        if self.is_open:
            condition = Condition.TEMPORARY_FAULT if self._fault else Condition.READY
        return CameraState(
            driver="uvc",
            model=device.card if device else "",
            serial=device.serial if device else "",
            usb_path=device.port if device else "",
            condition=condition,
            live_view=self._live_view,
            fault=self._fault,
        )

    # --- opening and closing --------------------------------------------------------------

    def _do_open(self) -> None:
        self._fault = None
        self._settings = CameraSettings()
        node = UvcNode.find(self._wanted, self._root)
        try:
            node.need_free()
            with node.asking():
                node.controls.set_power_line(self._power_line_hz)
                if self._white_balance:
                    node.controls.set_white_balance(self._white_balance)
        except HardwareError:
            node.close()
            raise
        self._node = node
        self._device = node.device
        self.name = node.name

    def _do_close(self) -> None:
        self._stop_stream()
        self._opened_node().close()
        self._node = None

    # --- live view and stills -------------------------------------------------------------

    def _do_start_live_view(self) -> None:
        self._start_stream()
        self._frames = 0
        self._turn_set = None

    def _do_stop_live_view(self) -> None:
        self._stop_stream()

    def _do_read_frame(self, timeout_s: float) -> Frame:
        stream = self._running()
        until = time.monotonic() + timeout_s
        self._take_turn()
        reduce = mjpeg.reduction(stream.size, self._size)
        while True:
            picture = self._read(stream, max(0.0, until - time.monotonic()))
            pixels = picture.pixels(reduce)
            if pixels is not None:
                break
        self._frames += 1
        pixels = mjpeg.fitted(pixels, self._size)
        pixels.flags.writeable = False
        return Frame(pixels, picture.number, picture.taken_at, self._metadata())

    def _do_capture_still(self, timeout_s: float) -> Still:
        asked_at = time.monotonic()
        started = self._stream is None
        stream = self._start_stream()
        try:
            if started:
                for _ in range(_SETTLING_FRAMES):
                    self._read(stream, max(0.0, asked_at + timeout_s - time.monotonic()))
            picture = self._still_picture(stream, asked_at, timeout_s)
        finally:
            if started:
                self._stop_stream()
        return Still(
            picture.file(),
            "image/jpeg",
            picture.taken_at,
            picture.taken_at - asked_at,
            self._metadata(),
        )

    def _still_picture(self, stream: UvcStream, asked_at: float, timeout_s: float) -> Picture:
        """Wait for a picture exposed after the request that really can be decoded."""
        while True:
            left_s = max(0.0, asked_at + timeout_s - time.monotonic())
            picture = self._read(stream, left_s, asked_at)
            if picture.pixels() is not None:
                return picture

    def _start_stream(self) -> UvcStream:
        if self._stream is not None:
            return self._stream
        node = self._opened_node()
        try:
            node.need_free()
            offered = node.sizes()
        except HardwareError as error:
            raise self._remember(error) from error
        if offered and self._still_size not in {None, *((s.width, s.height) for s in offered)}:
            raise Misconfigured(
                f"{self.name} gives no pictures of the size asked for. {listed(offered)}"
            )
        rate = self._frames_per_second
        least = None if self._large_stills else self._size
        size = self._still_size or stream_size(offered, rate, least) or self._size
        try:
            stream = UvcStream(self.name, node.device.node, node.descriptor, size, rate)
        except HardwareError as error:
            node.need_free()  # somebody may have been faster
            raise self._remember(error) from None
        if self._still_size is not None and stream.size != size:
            stream.close()
            raise Misconfigured(
                f"{self.name} reads back {in_words(stream.size)} as its size, not "
                f"{in_words(size)}. {listed(offered)}"
            )
        try:
            stream.start(_START_S)
            with node.asking():
                node.controls.restore()
        except HardwareError as error:
            stream.close()
            raise self._remember(error) from None
        self._stream = stream
        return stream

    def _stop_stream(self) -> None:
        if self._stream is not None:
            self._stream.close()
            self._stream = None

    def _read(self, stream: UvcStream, timeout_s: float, not_before: float = 0.0) -> Picture:
        try:
            picture = stream.read(timeout_s, not_before)
        except HardwareError as error:
            raise self._remember(error) from None
        self._fault = None
        return picture

    def _do_check(self) -> None:
        try:
            self._opened_node().need_there()
        except HardwareError as error:
            raise self._remember(error) from error

    # --- settings -------------------------------------------------------------------------

    def _do_apply(self, settings: CameraSettings) -> CameraSettings:
        if settings == CameraSettings():
            return self._ask(Controls.read)
        answer = self._set(settings)
        self._settings = self._settings.updated(answer)
        if answer.exposure_s is not None:
            self._turns = ()  # whoever sets a time wants that one
        return answer

    def _set(self, settings: CameraSettings) -> CameraSettings:
        return self._ask(lambda controls: controls.apply(settings))

    def _ask(self, call: Callable[[Controls], CameraSettings]) -> CameraSettings:
        node = self._opened_node()
        try:
            with node.asking():
                return call(node.controls)
        except HardwareError as error:
            raise self._remember(error) from error

    def _take_turn(self) -> None:
        """Set the exposure time whose turn it is."""
        if not self._turns:
            return
        wanted = exposure_in_turn(self._frames, self._turns, self._frames_each)
        if wanted == self._turn_set:
            return
        try:
            self._set(CameraSettings(exposure_s=wanted))
        except Unsupported as error:
            _log.warning("%s Its exposure stays automatic.", error)
            self._turns = ()
        except Misconfigured as error:
            _log.warning("%s The nearest one is taken.", error)
        self._turn_set = wanted

    def _metadata(self) -> dict[str, float]:
        known = self._settings.exposure_s
        return {} if known is None else {"exposure_s": known}

    # --- faults ---------------------------------------------------------------------------

    def _opened_node(self) -> UvcNode:
        assert self._node is not None  # noqa: S101 - the contract checks that it is open
        return self._node

    def _running(self) -> UvcStream:
        assert self._stream is not None  # noqa: S101 - the contract checks that it runs
        return self._stream

    def _remember(self, error: HardwareError) -> HardwareError:
        """Keep a fault for `state`; a frame that has not come yet is none."""
        if isinstance(error, DeviceLost | DeviceBusy):
            self._fault = str(error)
        return error
