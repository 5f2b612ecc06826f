"""Calibration at the screen: staff's touches in, steps done on a thread of their own, words out."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as FutureTimeout
from typing import Final, TypeVar

import cv2

from calibration.errors import CalibrationError
from calibration.profile import Profile
from calibration.report import number
from calibration.session import Conditions, Session
from calibration.step import StepResult
from calibration.wizard import PLAN, Phase, Placing, Wizard
from hardware.base import CameraSettings, CameraState, Frame, Pixels, Still
from hardware.errors import DeviceTimeout, HardwareError
from kiosk.booth.code_reading import CodeReading
from kiosk.booth.live_view import LiveView
from kiosk.booth.ports import Screen
from kiosk.visit.model import Calibrate, Calibrated, Calibration, Event

log = logging.getLogger(__name__)

_FRAME_WAIT_S: Final = 5.0
_PICTURE_PX: Final = 1080
_FIGURES: Final = 6
"""As many figures of a step as the screen has room for."""

Result = TypeVar("Result")


class BoothCameras:
    """The running booth's cameras, as calibration uses them.

    Args:
        live_view: the main camera's thread.
        code_reading: the second camera's.
        wait_s: the longest wait for a still, or for values to be set.
    """

    def __init__(self, live_view: LiveView, code_reading: CodeReading, wait_s: float) -> None:
        self._live_view = live_view
        self._code_reading = code_reading
        self._wait_s = wait_s
        self._new = threading.Condition()
        self._frames: dict[str, Pixels] = {}

    def frame_shown(self, frame: Frame) -> None:
        """Take in a live view frame of the main camera."""
        self._keep("main", frame)

    def code_frame_shown(self, frame: Frame) -> None:
        """Take in a frame of the second camera."""
        self._keep("codes", frame)

    def still(self) -> bytes:
        """Take a still with the main camera."""
        still: Still = self._answer(self._live_view.take_still())
        return still.data

    def live(self) -> Pixels:
        """Return the next live view frame."""
        return self._next("main")

    def code_frame(self) -> Pixels:
        """Return the next frame of the second camera."""
        self._code_reading.show(on=True)
        return self._next("codes")

    def apply(self, settings: CameraSettings) -> CameraSettings:
        """Set manual values of the main camera and return what it reads back."""
        return self._answer(self._live_view.apply(settings))

    def state(self) -> CameraState:
        """Describe the main camera."""
        return self._live_view.state()

    def rest(self) -> None:
        """Let the second camera rest."""
        self._code_reading.show(on=False)

    def _keep(self, name: str, frame: Frame) -> None:
        with self._new:
            self._frames[name] = frame.pixels
            self._new.notify_all()

    def _next(self, name: str) -> Pixels:
        with self._new:
            self._frames.pop(name, None)
            if not self._new.wait_for(lambda: name in self._frames, _FRAME_WAIT_S):
                raise DeviceTimeout(f"The {name} camera shows no picture. Look at its cable.")
            return self._frames[name].copy()

    def _answer(self, future: Future[Result]) -> Result:
        try:
            return future.result(self._wait_s)
        except (FutureTimeout, TimeoutError) as error:
            future.cancel()
            raise DeviceTimeout("The main camera does not answer. Look at its cable.") from error


class CalibrationDesk:
    """Does what staff touches, step by step, on one thread.

    Args:
        cameras: the booth's.
        conditions: what calibration goes by; asked for when it begins.
        before: returns the profile the booth has.
        post: hands an event to the visit.
        screen: shows each step's picture.
        look: switches live view and lamp on and off.
        keep: writes the profile, and has the booth use it.
        on_placing: told what is to be put up; the simulated booth's staff listens.
        booth: this booth's name.
    """

    def __init__(
        self,
        cameras: BoothCameras,
        conditions: Callable[[], Conditions],
        before: Callable[[], Profile | None],
        post: Callable[[Event], None],
        screen: Screen,
        *,
        look: Callable[[bool], None],
        keep: Callable[[Profile], None],
        on_placing: Callable[[Placing | None], None],
        booth: str,
    ) -> None:
        self._cameras = cameras
        self._conditions = conditions
        self._before = before
        self._post = post
        self._screen = screen
        self._look = look
        self._keep = keep
        self._on_placing = on_placing
        self._booth = booth
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="calibration")
        self._wizard = Wizard()
        self._session: Session | None = None
        self._ended = threading.Event()

    def perform(self, effect: Calibrate) -> None:
        """Begin what staff touched; returns at once."""
        if effect.move == "begin":
            self._ended.clear()
        if effect.move == "end":
            self._ended.set()
        self._thread.submit(self._safely, effect.move)

    def stop(self) -> None:
        """Finish what runs."""
        self._ended.set()
        self._thread.shutdown(wait=True, cancel_futures=True)

    def _safely(self, move: str) -> None:
        try:
            self._move(move)
        except (CalibrationError, HardwareError) as error:
            log.warning("calibration: %s", error)
            key = "camera_failed" if isinstance(error, HardwareError) else "pictures_failed"
            self._wizard = self._wizard.judged(passed=False)
            self._tell(finding=key)
        except Exception:  # a step that staff asked for must end; logged once a step
            log.exception("calibration failed in a way nobody thought of")
            self._wizard = self._wizard.judged(passed=False)
            self._tell(finding="camera_failed")

    def _move(self, move: str) -> None:
        if move == "end":
            self._finish()
            return
        if self._ended.is_set():
            return
        if move == "begin":
            self._wizard = Wizard()
            self._session = Session(self._cameras, self._conditions(), self._before())
            self._look(True)
        elif move == "again":
            self._wizard = self._wizard.again()
        elif move == "skip" or self._wizard.phase is Phase.RESULT:
            self._wizard = self._wizard.next()
        elif self._session is not None and self._wizard.phase is Phase.PLACE:
            self._take(self._session)
            return
        self._place()

    def _place(self) -> None:
        self._screen.show_calibration(None)
        if self._wizard.phase is Phase.DONE:
            self._save()
        else:
            self._on_placing(self._wizard.place)
            if self._wizard.place.by_second_camera:
                self._cameras.code_frame()
            else:
                self._cameras.rest()
        self._tell()

    def _take(self, session: Session) -> None:
        wizard = self._wizard
        session.take(wizard.step, wizard.place)
        if not wizard.last_placing:
            self._wizard = wizard.taken()
            self._place()
            return
        result = session.judge(wizard.step)
        self._wizard = wizard.judged(passed=result.passed)
        for finding in result.findings:
            log.info("calibration, %s: %s", wizard.step, finding.message)
        picture = next(iter(result.pictures.values()), None)
        self._screen.show_calibration(None if picture is None else _small(picture))
        self._tell(result)

    def _finish(self) -> None:
        self._save()
        self._session = None
        self._look(False)
        self._cameras.rest()
        self._on_placing(None)
        self._screen.show_calibration(None)

    def _save(self) -> None:
        """Write the profile, once, when anything was done."""
        if self._session is None or not self._wizard.passed:
            return
        session, self._session = self._session, None
        try:
            self._keep(session.profile(self._booth))
        except CalibrationError as error:
            log.warning("calibration: %s", error)

    def _tell(self, result: StepResult | None = None, finding: str = "") -> None:
        wizard = self._wizard
        found = result.findings[0] if result is not None and result.findings else None
        figures = result.figures if result is not None else {}
        # What is off comes first, for it is what staff has to mend.
        ranked = sorted(figures.items(), key=lambda item: (item[1].holds, not _limited(item[1])))
        done = wizard.phase is Phase.DONE
        self._post(
            Calibrated(
                Calibration(
                    step=wizard.step.value,
                    number=wizard.number + 1,
                    of=len(wizard.steps),
                    place=wizard.place.value,
                    phase=wizard.phase.value,
                    passed=all(wizard.passed.values())
                    if done
                    else wizard.passed.get(wizard.step, False),
                    finding=found.key if found is not None else finding,
                    values=tuple(found.values.items()) if found is not None else (),
                    figures=tuple(
                        (name, f"{number(figure.value)} {figure.unit}".strip(), figure.holds)
                        for name, figure in ranked[:_FIGURES]
                    ),
                    second_camera=wizard.place.by_second_camera,
                    results=tuple(
                        (step.value, wizard.passed[step]) for step in PLAN if step in wizard.passed
                    ),
                )
            )
        )


def _small(picture: Pixels) -> Pixels:
    """Return the picture as large as the screen shows it at most: it is kept there."""
    scale = min(_PICTURE_PX / picture.shape[1], 1.0)
    small: Pixels = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    return small


def _limited(figure: object) -> bool:
    return getattr(figure, "low", None) is not None or getattr(figure, "high", None) is not None
