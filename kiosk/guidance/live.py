"""Guidance on a thread of its own: always the newest frame, never a queue.

The camera's side offers frames and is never held up. Between two verdicts only the newest frame
is kept; those it replaces are counted as dropped. The slower models look at a frame when its
verdict is out, in the time until the next one comes.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from hardware.base import Frame
from kiosk.guidance.assess import Assessor
from kiosk.guidance.calibrated_view import UNCALIBRATED, CalibratedView
from kiosk.guidance.coach import Coach
from kiosk.guidance.model import Assessment, CoachWord
from kiosk.guidance.policy import DEFAULT_POLICY, BatchPolicy
from kiosk.mistakes import Mistakes

_log = logging.getLogger(__name__)

_REMEMBERED = 256
"""The statistics are over so many verdicts."""
_AFTER_FAULT_S = 0.5
"""Pause after a fault, so that a broken model does not fill the log."""


@dataclass(frozen=True, slots=True)
class Statistics:
    """How guidance keeps up, over the last few hundred verdicts.

    Attributes:
        verdicts: how many since the start.
        verdicts_per_s: how many a second.
        latency_p50_s: from the frame's exposure to its verdict, median, seconds.
        latency_p95_s: the 95th percentile.
        dropped: frames replaced by a newer one before they were looked at.
        faults: assessments that failed.
    """

    verdicts: int = 0
    verdicts_per_s: float = 0.0
    latency_p50_s: float = 0.0
    latency_p95_s: float = 0.0
    dropped: int = 0
    faults: int = 0


class LiveGuidance:
    """Runs an `Assessor` and a `Coach` on the newest frame.

    `offer`, `pause`, `resume`, `judge_by`, `look_by`, `statistics` may be called from any thread.
    The callbacks come on guidance's own thread and must return soon.

    Args:
        make_assessor: makes the assessor, on guidance's thread; models take seconds to load.
        coach: its word goes out with every assessment; reset by `resume`.
        on_result: called with each assessment and the coach's word.
        on_fault: called when an assessment, or loading the models, failed; the thread goes on
            with the next frame.
    """

    def __init__(
        self,
        make_assessor: Callable[[], Assessor],
        coach: Coach,
        on_result: Callable[[Assessment, CoachWord], None],
        on_fault: Callable[[Exception], None] | None = None,
    ) -> None:
        self._make_assessor = make_assessor
        self._coach = coach
        self._on_result = on_result
        self._on_fault = on_fault
        self._changed = threading.Condition()
        self._frame: Frame | None = None
        self._policy = DEFAULT_POLICY
        self._view = UNCALIBRATED
        self._paused = False
        self._fresh = False
        self._stopping = False
        self._thread: threading.Thread | None = None
        self._dropped = 0
        self._faults = 0
        self._mistakes = Mistakes(_log)
        self._verdicts = 0
        self._finished_at: deque[float] = deque(maxlen=_REMEMBERED)
        self._latencies: deque[float] = deque(maxlen=_REMEMBERED)

    def start(self) -> None:
        """Load the models and wait for frames, on a thread. Does nothing when it runs."""
        if self._thread is None:
            self._stopping = False
            self._thread = threading.Thread(target=self._run, name="guidance", daemon=True)
            self._thread.start()

    def offer(self, frame: Frame) -> None:
        """Hand in a frame; it replaces one that is still waiting. Never blocks for long."""
        with self._changed:
            if self._paused or self._stopping:
                return
            if self._frame is not None:
                self._dropped += 1
            self._frame = frame
            self._changed.notify()

    def judge_by(self, policy: BatchPolicy) -> None:
        """Judge from the next frame on by what this batch decides."""
        with self._changed:
            self._policy = policy

    def look_by(self, view: CalibratedView) -> None:
        """Judge from the next frame on by what calibration knows of this live view."""
        with self._changed:
            self._view = view

    def pause(self) -> None:
        """Take no more frames: nobody is being guided. The models stay loaded."""
        with self._changed:
            self._paused, self._frame = True, None

    def resume(self) -> None:
        """Take frames again, for a new sitter or another try: coach and assessor start afresh."""
        with self._changed:
            self._paused, self._fresh = False, True
            self._finished_at.clear()
            self._latencies.clear()

    def stop(self, timeout_s: float = 10.0) -> None:
        """End the thread and free the models. Does nothing when it does not run."""
        with self._changed:
            self._stopping, self._frame = True, None
            self._changed.notify()
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join(timeout_s)
            self._thread = None

    def statistics(self) -> Statistics:
        """Return how guidance keeps up."""
        with self._changed:
            times, latencies = list(self._finished_at), sorted(self._latencies)
            span = times[-1] - times[0] if len(times) > 1 else 0.0
            return Statistics(
                verdicts=self._verdicts,
                verdicts_per_s=(len(times) - 1) / span if span > 0 else 0.0,
                latency_p50_s=_percentile(latencies, 0.5),
                latency_p95_s=_percentile(latencies, 0.95),
                dropped=self._dropped,
                faults=self._faults,
            )

    def _run(self) -> None:
        assessor: Assessor | None = None
        try:
            while not self._stopping:
                try:
                    if assessor is None:
                        assessor = self._make_assessor()
                    frame, fresh = self._newest()
                    if fresh:
                        self._coach.reset()
                        assessor.forget()
                    if frame is not None:
                        self._guide(assessor, frame)
                        assessor.catch_up()
                except Exception as error:  # noqa: BLE001 - whatever it was, guidance goes on
                    self._report(error)
        finally:
            if assessor is not None:
                assessor.close()

    def _newest(self) -> tuple[Frame | None, bool]:
        """Wait for a frame, None when guidance stops; and tell whether it is of a new sitter."""
        with self._changed:
            while self._frame is None and not self._stopping:
                self._changed.wait()
            frame, self._frame = self._frame, None
            fresh, self._fresh = self._fresh, False
            return frame, fresh

    def _guide(self, assessor: Assessor, frame: Frame) -> None:
        assessor.policy, assessor.view = self._policy, self._view
        assessment = assessor.assess(
            frame.pixels, frame_number=frame.number, taken_at=frame.taken_at, kind="live"
        )
        now = time.monotonic()
        with self._changed:
            if self._paused or self._stopping or self._fresh:
                return  # it is about somebody who is no longer guided
            self._verdicts += 1
            self._finished_at.append(now)
            self._latencies.append(now - frame.taken_at)
        self._on_result(assessment, self._coach.update(assessment, now))

    def _report(self, error: Exception) -> None:
        self._mistakes.made(
            "guidance: a frame could not be judged; going on with the next one", error
        )
        with self._changed:
            self._faults += 1
        if self._on_fault is not None:
            try:
                self._on_fault(error)
            except Exception as unforeseen:  # noqa: BLE001 - logged; guidance goes on
                self._mistakes.made("guidance: the fault could not be reported", unforeseen)
        with self._changed:
            self._changed.wait_for(lambda: self._stopping, _AFTER_FAULT_S)


def _percentile(ordered: list[float], share: float) -> float:
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else 0.0
