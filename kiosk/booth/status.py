"""The booth at a glance, refreshed on threads of their own: outbox, network, devices."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping
from datetime import datetime

from hardware.base import CameraState, Condition
from hardware.camera_data import BATTERY_LOW_PERCENT
from hardware.errors import FaultKind
from kiosk.booth.ports import Screen
from kiosk.booth.submitting import Submitting
from kiosk.central.client import CentralClient
from kiosk.central.errors import CentralError, CentralRefused, OutboxError
from kiosk.central.outbox import Outbox
from kiosk.mistakes import Mistakes
from kiosk.screens.model import DeviceState, StatusLine
from kiosk.visit.model import Delivered, Event, Fault, FaultCleared, FaultRaised

log = logging.getLogger(__name__)


class StatusWatch:
    """Refreshes the status line, and tells the visit when its photo has arrived.

    Args:
        outbox: counted.
        client: asked whether the central backend answers.
        submitting: knows this visit's photos.
        cameras: name to a function that describes the camera.
        screen: shows the line.
        post: hands an event to the visit.
        ask: called when the central backend answers, for what is still to be learnt from it.
        booth: this booth's name.
        every_s: seconds between two looks at the outbox.
        network_every_s: seconds between two questions to the central backend.
        devices: what there is beside the cameras, and how it is.
        note: told how all cameras are, at each look.
    """

    def __init__(
        self,
        outbox: Outbox,
        client: CentralClient,
        submitting: Submitting,
        cameras: Mapping[str, Callable[[], CameraState]],
        screen: Screen,
        post: Callable[[Event], None],
        ask: Callable[[], None],
        *,
        booth: str,
        every_s: float,
        network_every_s: float,
        devices: Callable[[], tuple[DeviceState, ...]] = tuple,
        note: Callable[[Mapping[str, CameraState]], None] = lambda _: None,
    ) -> None:
        self._outbox = outbox
        self._client = client
        self._submitting = submitting
        self._cameras = dict(cameras)
        self._screen = screen
        self._post = post
        self._ask = ask
        self._booth = booth
        self._every_s = every_s
        self._network_every_s = network_every_s
        self._devices = devices
        self._note = note
        self._online: bool | None = None
        self._refused = False
        self._told: frozenset[str] = frozenset()
        self._outbox_fails = False
        self._outbox_said = ""
        self._mistakes = Mistakes(log)
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="status")
        # A network that swallows packets answers after many seconds: the devices' state, and
        # whether a photo can be kept, must not wait for that.
        self._network = threading.Thread(target=self._watch_network, name="network")

    @property
    def central(self) -> str:
        """Return ``reached``, ``offline`` or ``refused``: how the central backend answered last."""
        if self._refused:
            return "refused"
        return "reached" if self._online else "offline"

    def start(self) -> None:
        """Start the threads."""
        self._thread.start()
        self._network.start()

    def stop(self) -> None:
        """Stop the threads."""
        self._stopping.set()
        for thread in (self._thread, self._network):
            if thread.is_alive():  # it is not when the booth could not start
                thread.join()

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                self._look()
                self._outbox_is(works=self._outbox.has_room())
                self._outbox_said = ""
            except OutboxError as error:
                if str(error) != self._outbox_said:
                    log.error("%s", error)  # noqa: TRY400 - anticipated: no traceback
                self._outbox_said = str(error)
                self._outbox_is(works=False)
            except Exception as error:  # noqa: BLE001 - logged; the next look may do better
                self._mistakes.made("the booth's state cannot be told", error)
            self._stopping.wait(self._every_s)

    def _look(self) -> None:
        delivered = frozenset(self._submitting.delivered())
        for photo in delivered - self._told:
            self._post(Delivered(photo))
        self._told = delivered
        cameras = {name: state() for name, state in self._cameras.items()}
        self._note(cameras)
        self._screen.show_status(
            StatusLine(
                clock=datetime.now().astimezone().strftime("%H:%M"),
                waiting=self._outbox.counts().waiting,
                central_online=self._online,
                booth=self._booth,
                devices=(
                    *(_device(name, state) for name, state in cameras.items()),
                    *self._devices(),
                ),
            )
        )

    def _outbox_is(self, *, works: bool) -> None:
        """Tell the visit when no photo could be kept any more, and when it can again."""
        if works == self._outbox_fails:
            self._outbox_fails = not works
            self._post(FaultCleared(Fault.OUTBOX) if works else FaultRaised(Fault.OUTBOX))

    def _watch_network(self) -> None:
        while not self._stopping.is_set():
            try:
                self._online = self._answers()
                if self._online:
                    self._ask()
            except Exception as error:  # noqa: BLE001 - logged; it is asked again
                self._mistakes.made("the central backend's state cannot be told", error)
            self._stopping.wait(self._network_every_s)

    def _answers(self) -> bool:
        try:
            self._client.health()
        except CentralError as error:
            self._refused = isinstance(error, CentralRefused)
            return False
        self._refused = False
        return True


def camera_works(state: CameraState) -> bool:
    """Return whether a camera works; one that rests works, one that did not open does not."""
    if state.condition is Condition.CLOSED:
        return state.fault is None
    return state.condition is Condition.READY


def _device(name: str, state: CameraState) -> DeviceState:
    notes: list[tuple[str, int]] = []
    if state.stand_in:
        notes.append(("stand_in", 1))
    if state.battery_percent is not None:
        low = state.battery_percent <= BATTERY_LOW_PERCENT
        notes.append(("battery_low" if low else "battery", state.battery_percent))
    if state.restarts:
        notes.append(("restarts", state.restarts))
    works = camera_works(state)
    return DeviceState(
        name,
        works,
        state.model or state.driver,
        fault="" if works and not state.fault else state.fault_kind or FaultKind.UNKNOWN,
        past=works and not state.stand_in,
        said=state.fault or "",
        notes=tuple(notes),
    )
