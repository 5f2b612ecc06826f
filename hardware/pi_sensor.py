"""One opened sensor: its two modes, and the pictures it gives.

The sensor runs in one mode at a time. The live view's reads the sensor at half its resolution,
binned over the same field of view as the still: without that libcamera would take the smallest
mode that is large enough, which on most modules sees only the middle of the picture.
"""

from __future__ import annotations

import contextlib
import logging
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from hardware import pi_controls, pi_pictures
from hardware.base import Pixels
from hardware.errors import DeviceLost, DeviceTimeout, HardwareError, Misconfigured

_log = logging.getLogger(__name__)

Size: TypeAlias = tuple[int, int]
"""(width, height), pixels."""

# One is shown, one waits to be read, two are being filled.
_LIVE_BUFFERS: Final = 4
# A picture older than so many frames is not given out: a newer one is on its way.
_FRESH_FRAMES: Final = 2.5


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """One picture, copied out of the camera's memory.

    Attributes:
        pixels: (height, width, 3) uint8 RGB.
        taken_at: when its exposure began, seconds of `time.monotonic`.
        metadata: as of `hardware.base.Frame`.
        focus: how it was focused.
    """

    pixels: Pixels
    taken_at: float
    metadata: dict[str, float]
    focus: pi_controls.Focus


class Sensor:
    """An opened camera, not running. Use it from one thread.

    Args:
        picamera: the opened instance of picamera2's class.
        name: the camera's, for messages.
        live_size: wanted of the live view; it is fitted to the still's aspect ratio.
        frames_per_second: of the live view.
        still_size: of stills; None for all the sensor has.

    Raises:
        DeviceLost: it does not answer.
    """

    def __init__(
        self,
        picamera: Any,
        name: str,
        live_size: Size,
        frames_per_second: float,
        still_size: Size | None,
    ) -> None:
        self._picamera = picamera
        self._name = name
        self._fresh_s = _FRESH_FRAMES / frames_per_second
        self._waiting: Any = None  # picamera2's job of a picture that was asked for
        with self._asking():
            full: Size = tuple(picamera.sensor_resolution)
            self._still_size = still_size or full
            self._still = picamera.create_still_configuration(
                main={"size": self._still_size, "format": pi_pictures.WANTED_FORMAT}
            )
            self._live = picamera.create_preview_configuration(
                main={
                    "size": covering(self._still_size, live_size),
                    "format": pi_pictures.WANTED_FORMAT,
                },
                raw={"size": (full[0] // 2, full[1] // 2)},
                buffer_count=_LIVE_BUFFERS,
            )

    @property
    def limits(self) -> pi_controls.Limits:
        """The controls it has, with their ranges."""
        limits: pi_controls.Limits = self._picamera.camera_controls
        return limits

    def run_live(self, controls: Mapping[str, Any], timeout_s: float) -> None:
        """Run in the live view's mode, and return when pictures flow.

        Args:
            controls: libcamera's, from the first picture on; those it lacks are left out.
            timeout_s: how long it may take, seconds.

        Raises:
            DeviceTimeout: no picture in time.
            DeviceLost: the camera refuses.
        """
        self._run(self._live, controls, timeout_s)

    def still(self, controls: Mapping[str, Any], timeout_s: float) -> Picture:
        """Take one picture in the still's mode, and stop.

        Args:
            controls: libcamera's; those it lacks are left out.
            timeout_s: how long it may take, seconds.

        Raises:
            DeviceTimeout, DeviceLost: as `run_live`.
            Misconfigured: it gives no pictures of the size asked for.
        """
        until = time.monotonic() + timeout_s
        self._run(self._still, controls, timeout_s)
        size = tuple(self._picamera.camera_configuration()["main"]["size"])
        if size != self._still_size:
            raise Misconfigured(
                f"{self._name} reads back {size[0]}×{size[1]} as the size of its stills, not "
                f"{self._still_size[0]}×{self._still_size[1]}. Set still_width_px and "
                "still_height_px to that, or to 0 for all the sensor has."
            )
        with self._asking(), self._request(max(0.0, until - time.monotonic())) as request:
            # Given back to a camera that runs, it would at once be filled again; that exposure
            # would have to be waited for.
            self._picamera.stop()
            return self._copied(request, request.get_metadata())

    def stop(self) -> None:
        """Stop it. Does nothing when it does not run."""
        with self._asking():
            self._picamera.stop()
        self._drop_waiting()

    def set(self, controls: Mapping[str, Any]) -> None:
        """Set controls while it runs; they show a few pictures later."""
        with self._asking():
            self._picamera.set_controls(self._known(controls))

    def picture(self, timeout_s: float) -> Picture:
        """Return the newest picture not returned before, waiting for it when there is none yet.

        Raises:
            DeviceTimeout: none came in time.
            DeviceLost: the camera is gone.
        """
        until = time.monotonic() + timeout_s
        while True:
            with self._asking(), self._request(max(0.0, until - time.monotonic())) as request:
                said = request.get_metadata()
                now = time.monotonic()
                taken_at = pi_controls.exposed_at(said, now)
                exposure_s = float(said.get("ExposureTime", 0)) / 1e6
                # One that was asked for long ago lay ready since.
                if now - taken_at - exposure_s < self._fresh_s or now >= until:
                    return self._copied(request, said)

    def close(self) -> None:
        """Let go of the camera; never raises."""
        with contextlib.suppress(HardwareError), self._asking():
            self._picamera.close()

    def _run(self, mode: Any, controls: Mapping[str, Any], timeout_s: float) -> None:
        until = time.monotonic() + timeout_s
        mode = {**mode, "controls": {**mode["controls"], **self._known(controls)}}
        with self._asking():
            if self._picamera.started:
                self._picamera.switch_mode(mode, wait=timeout_s)
            else:
                self._picamera.configure(mode)
                self._picamera.start()
        self._drop_waiting()
        if mode["main"] is self._live["main"]:
            with self._asking(), self._request(max(0.0, until - time.monotonic())):
                pass

    def _known(self, controls: Mapping[str, Any]) -> dict[str, Any]:
        limits = self.limits
        return {name: value for name, value in controls.items() if name in limits}

    @contextlib.contextmanager
    def _request(self, timeout_s: float) -> Iterator[Any]:
        """Wait for a completed request and give it back to the camera afterwards."""
        # A job that ran out of time stays in picamera2's queue. Were it forgotten, its request
        # would never go back, and the camera would soon have no memory left.
        if self._waiting is None:
            self._waiting = self._picamera.capture_request(wait=False)
        request = self._waiting.get_result(timeout=timeout_s)
        self._waiting = None
        try:
            yield request
        finally:
            request.release()

    def _drop_waiting(self) -> None:
        """Give back the request of a job from before the mode was changed."""
        job, self._waiting = self._waiting, None
        if job is None:
            return
        try:
            job.get_result(timeout=0).release()
        except TimeoutError:
            self._waiting = job  # not run yet: it takes its picture in the new mode
        except Exception as error:  # noqa: BLE001 - a job that failed holds nothing
            _log.debug("a picture asked for before failed: %s", error)

    def _copied(self, request: Any, said: Mapping[str, Any]) -> Picture:
        main = request.config["main"]
        space = request.config["colour_space"]
        pixels = pi_pictures.rgb(
            request.make_array("main"),
            main["format"],
            tuple(main["size"]),
            full_range="Limited" not in str(getattr(space, "range", "")),
        )
        return Picture(
            pixels,
            pi_controls.exposed_at(said, time.monotonic()),
            pi_controls.metadata_of(said),
            pi_controls.Focus.of(said),
        )

    @contextlib.contextmanager
    def _asking(self) -> Iterator[None]:
        """Say in the booth's words what picamera2 and libcamera raise, which has no types."""
        try:
            yield
        except HardwareError:
            raise
        except TimeoutError as error:
            raise DeviceTimeout(f"{self._name} has sent no new frame yet.") from error
        except Exception as error:  # libcamera's faults have no type of their own
            raise DeviceLost(
                f"{self._name} does not work any more ({error}). Check its ribbon cable and the "
                "Raspberry Pi's power supply."
            ) from error


def covering(still: Size, wanted: Size) -> Size:
    """Return the smallest even size of a still's aspect ratio that covers a wanted one."""
    factor = min(1.0, max(wanted[0] / still[0], wanted[1] / still[1]))
    width, height = (2 * round(side * factor / 2) for side in still)
    return width, height
