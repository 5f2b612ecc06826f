"""Keeps one child process alive: starts it, and starts it again whenever it is lost.

Its thread lives as long as the device is open and is the only one that starts children: the
kernel's parent-death signal is bound to the thread that started the child.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from typing import Final

from hardware.base import CameraState, Condition
from hardware.child_process import ChildProcess
from hardware.errors import (
    DeviceBusy,
    DeviceLost,
    FaultKind,
    HardwareError,
    Misconfigured,
    Unsupported,
)

_log = logging.getLogger(__name__)

_WATCH_EVERY_S: Final = 0.2
# So long without a fault, and the next one counts as the first again.
_STEADY_S: Final = 10.0
# Starting afresh does not help against these; a person must act. Whether one has is looked at.
_PERMANENT: Final = (Unsupported, Misconfigured)


class Supervisor:
    """The life of a device's child processes, one after the other.

    Args:
        name: of the device, for messages.
        start: makes a child process.
        prepare: opens the device in a new child and restores what it had.
        calls: held by whoever uses the child; its pipes are not closed under a call.
        back_off_s: the pause before the second attempt to restart; it doubles each time.
        back_off_max_s: the longest pause; also between two looks at whether a person has mended
            what does not come back by itself.
        reset: brings the device back by force, where that can be done; the last step.
        reset_after: so many faults in a row, and again each so many; 0 for never.
    """

    def __init__(
        self,
        name: str,
        start: Callable[[], ChildProcess],
        prepare: Callable[[ChildProcess], CameraState],
        calls: threading.Lock,
        back_off_s: float,
        back_off_max_s: float,
        reset: Callable[[], object],
        reset_after: int,
    ) -> None:
        self._name = name
        self._start = start
        self._prepare = prepare
        self._calls = calls
        self._back_off_s = back_off_s
        self._back_off_max_s = back_off_max_s
        self._reset = reset
        self._reset_after = reset_after
        self._changed = threading.Condition()  # guards everything below
        self._child: ChildProcess | None = None
        self._condition = Condition.CLOSED
        self._fault: HardwareError | None = None
        self._seen: CameraState | None = None
        self._restarts = 0
        self._failures = 0
        self._ready_at = 0.0
        self._closing = False
        self._starting: ChildProcess | None = None  # it is being opened
        self._unreaped: list[ChildProcess] = []
        self._thread: threading.Thread | None = None

    @property
    def child(self) -> ChildProcess | None:
        """The child, None while there is none."""
        with self._changed:
            return self._child

    @property
    def seen(self) -> CameraState | None:
        """The device's own state when it was last opened."""
        with self._changed:
            return self._seen

    def saw(self, state: CameraState) -> None:
        """Take in what the device has told of itself since."""
        with self._changed:
            self._seen = state

    def standing(self) -> tuple[Condition, HardwareError | None, int]:
        """How it stands: condition, the last fault, how often it was restarted."""
        with self._changed:
            return self._condition, self._fault, self._restarts

    def open(self) -> None:
        """Start the first child.

        Raises:
            HardwareError: it could not be started; there is then no second attempt.
        """
        with self._changed:
            self._closing = False
            self._fault = None
            self._failures = 0
            self._thread = threading.Thread(
                target=self._supervise, name=f"{self._name} supervisor", daemon=True
            )
            self._thread.start()
            self._changed.wait_for(lambda: self._child is not None or self._fault is not None)
            fault = self._last_fault()
        if fault is not None:
            self._release()
            self._join()
            raise type(fault)(str(fault), fault.kind)

    def close(self, farewell: Callable[[ChildProcess], None], patience_s: float) -> None:
        """End the child and the supervision.

        Args:
            farewell: asks the child to close the device and end.
            patience_s: a call under way may take so long before its child is killed under it.
        """
        child = self._release()
        if child is not None:
            if not self._calls.acquire(timeout=patience_s):
                child.interrupt()
                self._calls.acquire()
            try:
                farewell(child)
                self._end(child)
            finally:
                self._calls.release()
        self._join()

    def ready(self, timeout_s: float) -> ChildProcess:
        """Return the child, waiting a little while it is being restarted.

        Raises:
            DeviceLost: it is away.
        """
        with self._changed:
            self._changed.wait_for(
                lambda: self._condition is not Condition.TEMPORARY_FAULT, timeout_s
            )
            if self._child is not None:
                return self._child
            if self._condition is Condition.PERMANENT_FAULT:
                raise DeviceLost(
                    f"{self._name} cannot be used until this is mended: {self._fault}", self._kind()
                )
            raise DeviceLost(f"{self._name} is being restarted: {self._fault}", self._kind())

    def give_up_on(self, child: ChildProcess, fault: HardwareError) -> None:
        """Kill a child for a fault and start another. The caller holds `calls`."""
        with self._changed:
            if self._child is not child:
                return  # closed meanwhile, or given up already
            self._child = None
            self._fault = fault
            self._condition = Condition.TEMPORARY_FAULT
            if time.monotonic() - self._ready_at > _STEADY_S:
                self._failures = 0
            self._changed.notify_all()
        _log.warning("%s", fault)
        self._end(child)

    def _last_fault(self) -> HardwareError | None:
        return self._fault

    def _kind(self) -> FaultKind | None:
        return None if self._fault is None else self._fault.kind

    def _release(self) -> ChildProcess | None:
        with self._changed:
            self._closing = True
            child, self._child = self._child, None
            self._condition = Condition.CLOSED
            if self._starting is not None:  # nobody waits for it any more
                self._starting.interrupt()
            self._changed.notify_all()
            return child

    def _join(self) -> None:
        if self._thread is not None:
            self._thread.join()
            self._thread = None

    def _end(self, child: ChildProcess) -> None:
        if not child.kill():
            _log.error("%s: process %d cannot be killed yet", self._name, child.pid)
            self._unreaped.append(child)

    def _supervise(self) -> None:
        while not self._closing:
            child = self._wait()
            self._unreaped = [c for c in self._unreaped if not c.kill()]
            if child is None:
                with self._changed:
                    ends = self._closing  # closed while it waited: none is started in vain
                if not ends:
                    self._try_to_start()
            # A call under way notices by itself, and must not have its pipes closed under it.
            elif child.ended and self._calls.acquire(blocking=False):
                try:
                    how = child.how_it_ended()
                    self.give_up_on(
                        child,
                        DeviceLost(
                            f"The process of {self._name} {how} and is restarted.",
                            FaultKind.PROCESS_ENDED,
                        ),
                    )
                finally:
                    self._calls.release()

    def _wait(self) -> ChildProcess | None:
        """Pause: while all is well, or before another attempt. Return the child, if any."""
        with self._changed:
            child = self._child
            if child is not None:
                self._changed.wait_for(
                    lambda: self._closing or self._child is not child, _WATCH_EVERY_S
                )
            elif self._failures:
                pause_s = self._back_off_s * 2.0 ** min(self._failures - 1, 30)
                if self._condition is Condition.PERMANENT_FAULT:
                    pause_s = self._back_off_max_s
                self._changed.wait_for(lambda: self._closing, min(pause_s, self._back_off_max_s))
            return self._child

    def _reset_at_last(self) -> None:
        """Reset the device when starting its driver afresh has not helped again and again.

        Not one that another program holds, which would lose it, nor for a mistake in settings.
        """
        mendable = not isinstance(self._fault, (DeviceBusy, *_PERMANENT))
        due = self._reset_after and self._failures and self._failures % self._reset_after == 0
        if mendable and due:
            self._reset()

    def _failed(self, child: ChildProcess | None, error: Exception) -> None:
        """An attempt to start has failed."""
        with self._changed:
            self._starting = None
        if not isinstance(error, HardwareError):
            _log.error("%s cannot be started", self._name, exc_info=error)
            why = f"{type(error).__name__}: {error}"
            error = DeviceLost(
                f"{self._name} cannot be started ({why}). It is tried again.",
                FaultKind.PROCESS_ENDED,
            )
        if child is not None:
            self._end(child)
        with self._changed:
            self._fault = error
            self._failures += 1
            if not self._closing:
                permanent = isinstance(error, _PERMANENT)
                self._condition = (
                    Condition.PERMANENT_FAULT if permanent else Condition.TEMPORARY_FAULT
                )
            self._changed.notify_all()
        _log.warning("%s cannot be started: %s", self._name, error)

    def _try_to_start(self) -> None:
        first = self._condition is Condition.CLOSED
        child = None
        try:
            self._reset_at_last()
            child = self._start()
            with self._changed:
                if self._closing:
                    child.interrupt()
                self._starting = child
            seen = self._prepare(child)
        except Exception as error:  # noqa: BLE001 - this thread must live: who else brings it back?
            self._failed(child, error)
            return
        finally:
            with self._changed:
                self._starting = None
        with self._changed:
            if self._closing:
                self._end(child)
                return
            self._child = child
            self._seen = seen
            self._condition = Condition.READY
            self._ready_at = time.monotonic()
            self._failures += not first
            self._restarts += not first
            self._changed.notify_all()
        if not first:
            _log.warning("%s is back", self._name)
