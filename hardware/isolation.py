"""Any camera in a child process, behind the same contract.

Camera libraries hang inside the kernel or crash the process that called them, and no thread can
be freed from that. A process can: each call has a deadline; when it is missed, or the process
dies, or the picture stands still, the process is killed and started again, with the settings and
the live view it had. Meanwhile calls raise at once, so that the booth can say what is wrong;
whoever keeps calling gets frames again when the camera is back. `hardware.wire` says how the two
sides talk.
"""

from __future__ import annotations

import contextlib
import dataclasses
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Any, Final, NoReturn, TypeVar

from hardware import usb_reset, wire
from hardware.base import Camera, CameraSettings, CameraState, Condition, Frame, Still
from hardware.child_process import ChildProcess
from hardware.errors import DeviceBusy, DeviceLost, DeviceTimeout, FaultKind, HardwareError, NotOpen
from hardware.frame_watch import FrameWatch
from hardware.restoring import bring_up
from hardware.supervisor import Supervisor

_Result = TypeVar("_Result")

# A driver keeps its own time limit a little sooner than its process is killed for it.
_GRACE_S: Final = 0.3
# A call while the camera is away waits so long for it, lest a caller that keeps calling spins.
_AWAY_WAIT_S: Final = 0.2
_NO_ARGUMENTS: Final[Mapping[str, object]] = MappingProxyType({})
_NO_ENVIRONMENT: Final[Mapping[str, str]] = MappingProxyType({})
# After these the camera is started afresh; the others only tell that a request was refused.
_RESTARTING: Final = (DeviceLost, DeviceTimeout, NotOpen)


class IsolatedCamera(Camera):
    """A camera driver in a process of its own.

    Unlike a driver it may be used by several threads; their calls wait for each other.

    Args:
        name: the camera's name.
        driver: ``module:callable``, as `hardware.discovery` names it.
        arguments: keyword arguments of the driver; what JSON can say.
        python: another interpreter for the child; None for this one.
        environment: variables the child gets on top of this process's own, for what a library
            reads before any code can tell it, such as libcamera's tuning file.
        open_deadline_s: to start the process, open the camera and restore what it had, seconds.
        frame_deadline_s: to a new frame, seconds.
        still_deadline_s: to a still, seconds.
        other_deadline_s: to anything else, seconds.
        frozen_after_s: no new frame, or the same picture byte for byte, for so long is a fault;
            seconds. None for cameras that may really send the same picture again.
        back_off_s: the pause before the second attempt to restart; it doubles each time.
            The first attempt comes at once.
        back_off_max_s: the longest pause.
        usb_reset_after: after so many faults in a row a device on USB is reset; 0 for never.
        memory_bytes: shared with the child; the largest frame or still must fit.
    """

    def __init__(
        self,
        name: str,
        driver: str,
        arguments: Mapping[str, object] = _NO_ARGUMENTS,
        *,
        python: str | None = None,
        environment: Mapping[str, str] = _NO_ENVIRONMENT,
        open_deadline_s: float = 8.0,
        frame_deadline_s: float = 1.0,
        still_deadline_s: float = 8.0,
        other_deadline_s: float = 3.0,
        frozen_after_s: float | None = 1.0,
        back_off_s: float = 0.5,
        back_off_max_s: float = 3.0,
        usb_reset_after: int = 3,
        memory_bytes: int = 64 << 20,
    ) -> None:
        super().__init__(name)
        self._driver = driver
        self._arguments = dict(arguments)
        self._python = python
        self._environment = dict(environment)
        self._open_deadline_s = open_deadline_s
        self._frame_deadline_s = frame_deadline_s
        self._still_deadline_s = still_deadline_s
        self._other_deadline_s = other_deadline_s
        self._watch = FrameWatch(frozen_after_s)
        self._memory_bytes = memory_bytes

        self._calls = threading.Lock()  # held during a call of the child
        self._supervisor = Supervisor(
            name, self._start_child, self._prepare, self._calls, back_off_s, back_off_max_s,
            self._reset_device, usb_reset_after,
        )  # fmt: skip
        self._settings = CameraSettings()
        self._frames_of: ChildProcess | None = None
        self._last_number = 0
        self._number_offset = 0
        self._live_in: ChildProcess | None = None  # the child whose live view runs
        self._frame_at: float | None = None

    # --- what callers see -----------------------------------------------------------------

    @property
    def child_pid(self) -> int | None:
        """Process id of the child, None while there is none."""
        child = self._supervisor.child
        return None if child is None else child.pid

    def state(self) -> CameraState:
        """Describe the camera as it was last seen, and how its process fares."""
        condition, fault, restarts = self._supervisor.standing()
        frame_at = self._frame_at if self._live_view else None
        return dataclasses.replace(
            self._supervisor.seen or CameraState(self._driver),
            condition=condition,
            live_view=self._live_view and condition is Condition.READY,
            fault=None if fault is None else str(fault),
            fault_kind=None if fault is None else fault.kind,
            restarts=restarts,
            frame_age_s=None if frame_at is None else time.monotonic() - frame_at,
        )

    def _do_open(self) -> None:
        self._supervisor.open()

    def _do_close(self) -> None:
        def farewell(child: ChildProcess) -> None:
            with contextlib.suppress(wire.WireBroken):
                self._drain(child, self._frame_deadline_s)
                child.send("close")
                child.wait(self._other_deadline_s)

        self._watch.forget()
        self._frames_of = None
        self._supervisor.close(farewell, self._other_deadline_s)

    def _do_start_live_view(self) -> None:
        with self._using(self._other_deadline_s) as child:
            self._last_number = self._number_offset = 0
            self._frame_at = None
            self._frames_of = child
            self._watch.forget()
            self._ask(child, self._other_deadline_s, "start_live_view")
            self._live_in = child

    def _do_stop_live_view(self) -> None:
        # A camera that is away has no live view to stop, and gets none when it comes back.
        with contextlib.suppress(HardwareError), self._using(self._other_deadline_s) as child:
            self._end_live_view(child)

    def _end_live_view(self, child: ChildProcess) -> None:
        self._ask(child, self._other_deadline_s, "stop_live_view")
        self._live_in = None

    def _do_read_frame(self, timeout_s: float) -> Frame:
        started = time.monotonic()
        with self._using(timeout_s) as child:
            if child is not self._frames_of:  # it was restarted; numbers go on counting
                self._frames_of = child
                self._number_offset = self._last_number
                self._watch.forget()
            message = self._ask_for_frame(child, started, timeout_s)
            frame = self._checked(child, lambda: wire.frame_from_wire(message, child.frames))
            self._need_movement(child, frame)
            number = frame.number + self._number_offset
            self._last_number, self._frame_at = number, frame.taken_at
            return dataclasses.replace(frame, number=number)

    def _do_capture_still(self, timeout_s: float) -> Still:
        with self._using(timeout_s) as child:
            limit_s = min(timeout_s, self._still_deadline_s)
            how = {"timeout_s": limit_s, "room": self._memory_bytes}
            message = self._ask(child, limit_s + _GRACE_S, "capture_still", **how)
            still = self._checked(child, lambda: wire.still_from_wire(message, child.memory))
            self._watch.forget()
            return still

    def _do_autofocus(self, timeout_s: float) -> bool:
        with self._using(timeout_s) as child:
            done = self._ask(child, timeout_s + _GRACE_S, "autofocus", timeout_s=timeout_s)
            self._watch.forget()  # none came meanwhile, which is no fault
            return bool(done)

    def _do_check(self) -> None:
        with self._using(self._other_deadline_s) as child:
            if self._live_in is child and not self._live_view:
                self._end_live_view(child)  # nobody wants it since it was being started afresh
            self._see(child, self._ask(child, self._other_deadline_s, "check"))

    def _see(self, child: ChildProcess, message: wire.Message) -> None:
        """Keep what the driver tells of its device."""
        self._supervisor.saw(self._checked(child, lambda: wire.state_from_wire(message)))

    def _do_apply(self, settings: CameraSettings) -> CameraSettings:
        with self._using(self._other_deadline_s) as child:
            message = self._ask(
                child, self._other_deadline_s, "apply", settings=wire.settings_to_wire(settings)
            )
            answer = self._checked(child, lambda: wire.settings_from_wire(message))
            kept = {**wire.settings_to_wire(self._settings), **wire.settings_to_wire(settings)}
            self._settings = wire.settings_from_wire(kept)
            return answer

    # --- one call -------------------------------------------------------------------------

    @contextlib.contextmanager
    def _using(self, timeout_s: float) -> Iterator[ChildProcess]:
        """Hold the child for one call.

        Raises:
            DeviceBusy: another thread's call takes longer than `timeout_s`.
            DeviceLost: the camera is away.
        """
        if not self._calls.acquire(timeout=max(timeout_s, 0.0)):
            raise DeviceBusy(f"{self.name} has not finished the last request. Try again.")
        try:
            yield self._supervisor.ready(min(max(timeout_s, 0.0), _AWAY_WAIT_S))
        finally:
            self._calls.release()

    def _ask(self, child: ChildProcess, deadline_s: float, call: str, **arguments: Any) -> Any:
        """Send one request and return its result.

        Raises:
            HardwareError: the driver's own, or DeviceTimeout or DeviceLost of its process.
        """
        try:
            self._drain(child, self._frame_deadline_s + _GRACE_S)
            child.send(call, **arguments)
            reply = child.reply(deadline_s)
        except wire.WireBroken:
            self._lose(child)
        if reply is None:
            self._give_up_on(
                child,
                DeviceTimeout(
                    f"{self.name} did not answer '{call}' within {deadline_s:.1f} s and is "
                    "restarted. If it happens often, check its cable and power."
                ),
            )
        return self._result(child, reply)

    def _ask_for_frame(self, child: ChildProcess, started: float, timeout_s: float) -> wire.Message:
        """Ask for a frame, or wait on for the one asked for by a call that ran out of time."""
        limit_s = min(timeout_s, self._frame_deadline_s)
        try:
            if child.pending_since is None:
                at, room = child.frames.ask()
                child.send("read_frame", timeout_s=limit_s, at=at, room=room)
            asked_at = child.pending_since or started
            kill_at = asked_at + self._frame_deadline_s + _GRACE_S
            until = min(started + timeout_s + _GRACE_S, kill_at)
            reply = child.reply(max(0.0, until - time.monotonic()))
        except wire.WireBroken:
            self._lose(child)
        if reply is None and time.monotonic() >= kill_at:
            self._give_up_on(
                child,
                DeviceTimeout(
                    f"{self.name} did not answer 'read_frame' within "
                    f"{self._frame_deadline_s:.1f} s and is restarted. If it happens often, "
                    "check its cable and power."
                ),
            )
        if reply is None or reply.get("error", {}).get("kind") == DeviceTimeout.__name__:
            self._no_frame_yet(child, started)
        message: wire.Message = self._result(child, reply)
        return message

    def _no_frame_yet(self, child: ChildProcess, started: float) -> NoReturn:
        """A frame did not come in the caller's time; for too long is a fault."""
        waited_s = self._watch.missed(started)
        if waited_s is not None:
            self._give_up_on(
                child,
                DeviceTimeout(
                    f"{self.name} has sent no frame for {waited_s:.1f} s and is restarted. If it "
                    "happens often, check its cable and power."
                ),
            )
        raise DeviceTimeout(f"{self.name} has sent no new frame yet.")

    def _need_movement(self, child: ChildProcess, frame: Frame) -> None:
        stood_s = self._watch.came(frame)
        if stood_s is not None:
            self._give_up_on(
                child,
                DeviceTimeout(
                    f"The picture of {self.name} has stood still for {stood_s:.1f} s; the camera "
                    "is restarted. If it happens often, check its cable and power.",
                    FaultKind.FROZEN,
                ),
            )

    def _drain(self, child: ChildProcess, timeout_s: float) -> None:
        """Let a frame come that a call did not wait for; nobody wants it now."""
        if child.pending_since is not None and child.reply(timeout_s) is None:
            raise wire.WireBroken("it hangs")

    def _result(self, child: ChildProcess, reply: wire.Message) -> Any:
        if "error" not in reply:
            return reply.get("result")
        error = wire.error_from_wire(reply["error"])
        if isinstance(error, _RESTARTING):
            self._give_up_on(child, error)
        raise error

    def _checked(self, child: ChildProcess, convert: Callable[[], _Result]) -> _Result:
        try:
            return convert()
        except wire.WireBroken:
            self._lose(child)

    # --- faults and restarts --------------------------------------------------------------

    def _lose(self, child: ChildProcess) -> NoReturn:
        """The wire broke: say how the process ended, and restart it."""
        hangs = not child.ended and child.pending_since is not None
        how = "hangs" if hangs and not child.wait(_GRACE_S) else child.how_it_ended()
        self._give_up_on(
            child,
            DeviceLost(
                f"The process of {self.name} {how} and is restarted.", FaultKind.PROCESS_ENDED
            ),
        )

    def _give_up_on(self, child: ChildProcess, fault: HardwareError) -> NoReturn:
        """Have the child killed and another started, and raise `fault`."""
        self._watch.forget()  # it lies in memory that is to be freed
        self._supervisor.give_up_on(child, fault)
        raise fault

    def _reset_device(self) -> bool:
        seen = self._supervisor.seen
        return seen is not None and usb_reset.reset(seen.usb_path)

    def _start_child(self) -> ChildProcess:
        return ChildProcess(
            self.name,
            self._driver,
            self._arguments,
            self._python,
            self._environment,
            self._memory_bytes,
        )

    def _prepare(self, child: ChildProcess) -> CameraState:
        """Open the camera in a new child and give it back what it had."""
        live_view = self._live_view
        seen = bring_up(
            child, self.name, self._driver, self._settings, self._open_deadline_s,
            live_view=live_view,
        )  # fmt: skip
        self._live_in = child if live_view else None
        return seen
