"""Tells the central backend every minute how this booth is, and takes what is set for it.

New settings are kept on disk and used from the next start; the booth starts anew by itself as soon
as nobody is at it. A support bundle that is wanted is made by another service, which may read the
journal: here it is only asked for, by a file.
"""

from __future__ import annotations

import logging
import shutil
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from hardware.base import CameraState
from hardware.errors import FaultKind
from kiosk import __version__
from kiosk.booth import machine_health
from kiosk.booth.status import camera_works
from kiosk.booth.thread_life import ThreadLife
from kiosk.central.client import CentralClient
from kiosk.central.contract import DeviceHealth, Heartbeat
from kiosk.central.errors import CentralError, CentralUnreachable, OutboxError
from kiosk.central.outbox import Outbox
from kiosk.mistakes import Mistakes
from kiosk.screens.model import DeviceState
from kiosk.settings import Settings, SettingsError
from kiosk.settings.pushed import FILE, Pushed, read_pushed, with_pushed, write_pushed

log = logging.getLogger(__name__)

_LONGEST = 300
"""Characters of a fault the contract takes."""
_HOUR_S = 3600.0
SUPPORT_WANTED = "support-wanted"
"""In the data directory: which support bundle is wanted. `kiosk-support.path` watches it."""


@dataclass(frozen=True, slots=True)
class PushedInUse:
    """What was pushed, and what became of it at this start.

    Attributes:
        settings: to run with.
        revision: of the pushed ones in use; empty: none.
        problem: why the newest are not in use; empty when they are.
    """

    settings: Settings
    revision: str = ""
    problem: str = ""


def take_pushed(settings: Settings, data: Path) -> PushedInUse:
    """Put what was pushed on top of the booth's own settings; what is wrong is left out and said.

    Args:
        settings: from the booth's file.
        data: its data directory.
    """
    pushed = read_pushed(data / FILE)
    try:
        return PushedInUse(with_pushed(settings, pushed.values), pushed.revision)
    except SettingsError as error:
        log.warning("pushed settings are not used: %s", error)
        return PushedInUse(settings, problem=str(error)[:_LONGEST])


class Heartbeats(ThreadLife):
    """The thread that tells.

    Args:
        client: of the central backend.
        outbox: counted.
        cameras: name to what describes the camera.
        devices: the other devices.
        calibrated_at: when the profile in use was made.
        data: the booth's data directory.
        in_use: what was pushed and taken at this start.
        every_s: seconds from one heartbeat to the next.
        report_key: public key of the booth's reports, base64; empty when it signs none.
    """

    def __init__(
        self,
        client: CentralClient,
        outbox: Outbox,
        cameras: Mapping[str, Callable[[], CameraState]],
        devices: Callable[[], tuple[DeviceState, ...]],
        calibrated_at: Callable[[], datetime | None],
        *,
        data: Path,
        in_use: PushedInUse,
        every_s: float,
        report_key: str = "",
    ) -> None:
        super().__init__("heartbeats")
        self._client = client
        self._outbox = outbox
        self._cameras = dict(cameras)
        self._devices = devices
        self._calibrated_at = calibrated_at
        self._data = data
        self._report_key = report_key
        self._revision, self._problem = in_use.revision, in_use.problem
        self._own = in_use.settings
        self._restarts = {name: RestartsOfHour() for name in cameras}
        self._clock_offset_s: float | None = None
        self._every_s = every_s
        self._said = ""
        self._mistakes = Mistakes(log)
        self._restart = threading.Event()

    @property
    def restart_wanted(self) -> bool:
        """Return whether new settings wait for a start."""
        return self._restart.is_set()

    def beat(self) -> None:
        """Tell once.

        Raises:
            CentralError: it could not be told.
            OutboxError: the outbox cannot be counted.
        """
        beat, asked_at = self._heartbeat(), time.time()
        answer = self._client.heartbeat(beat)
        if answer.now is not None:
            # Half of the way there and back is the answer's age, as in NTP.
            half_way = (asked_at + time.time()) / 2
            self._clock_offset_s = half_way - answer.now.astimezone(UTC).timestamp()
        if answer.support:
            self._want_support(answer.support)
        known = read_pushed(self._data / FILE).revision or self._revision
        if answer.settings_revision != known:
            self._take(Pushed(answer.settings_revision, answer.settings))

    def _heartbeat(self) -> Heartbeat:
        counts, disk = self._outbox.counts(), shutil.disk_usage(self._data)
        oldest = counts.oldest_waiting_at
        now = time.time()
        machine = machine_health.look()
        return Heartbeat(
            # Milliseconds since 1970 grow over restarts too, as long as the clock is set.
            number=int(now * 1000),
            version=__version__,
            devices=(
                *(
                    _health(name, state(), self._restarts[name])
                    for name, state in self._cameras.items()
                ),
                *(_health_of(device) for device in self._devices()),
            ),
            outbox_waiting=counts.waiting,
            outbox_refused=counts.refused,
            outbox_oldest_s=0.0 if oldest is None else max(0.0, now - oldest),
            calibrated_at=self._calibrated_at(),
            disk_free_bytes=disk.free,
            disk_total_bytes=disk.total,
            settings_revision=self._revision,
            settings_problem=self._problem,
            temperature_c=machine.temperature_c,
            under_voltage=machine.under_voltage,
            clock_synchronised=machine.clock_synchronised,
            clock_offset_s=self._clock_offset_s,
            report_key=self._report_key,
        )

    def _want_support(self, request: str) -> None:
        """Ask for a support bundle; asked again with each answer until it has arrived."""
        file = self._data / SUPPORT_WANTED
        draft = file.with_suffix(".new")
        try:
            draft.write_text(request + "\n", encoding="ascii")
            draft.replace(file)
        except (OSError, ValueError) as error:
            log.warning("the support bundle cannot be asked for: %s", error)

    def _take(self, pushed: Pushed) -> None:
        """Keep a new set, and have the booth start anew with it when it can be used."""
        try:
            with_pushed(self._own, pushed.values)
            write_pushed(self._data / FILE, pushed)
        except (SettingsError, OSError) as error:
            self._problem = str(error)[:_LONGEST]
            log.warning("pushed settings are not used: %s", error)
            return
        log.info("new settings from the central backend: used from the next start")
        self._restart.set()

    def _step(self) -> None:
        try:
            self.beat()
            self._said = ""
        except CentralUnreachable as error:
            log.debug("no heartbeat: %s", error)
        except (CentralError, OutboxError) as error:
            if str(error) != self._said:  # once, not each minute
                log.warning("no heartbeat: %s", error)
            self._said = str(error)
        except Exception as error:  # noqa: BLE001 - logged; the next one may do better
            self._mistakes.made("the booth's state cannot be told", error)
        self._stopping.wait(self._every_s)


class RestartsOfHour:
    """Counts a camera's restarts within the last hour from their number since the start."""

    def __init__(self) -> None:
        self._known = 0
        self._moments: deque[tuple[float, int]] = deque()

    def note(self, restarts: int, at_s: float) -> int:
        """Take in the number since the start; return how many the last hour had.

        Args:
            restarts: since the booth started.
            at_s: now, by a clock that is never set, seconds.
        """
        if restarts > self._known:
            self._moments.append((at_s, restarts - self._known))
        self._known = restarts
        while self._moments and self._moments[0][0] <= at_s - _HOUR_S:
            self._moments.popleft()
        return sum(count for _, count in self._moments)


def _health(name: str, state: CameraState, counted: RestartsOfHour) -> DeviceHealth:
    # Where the stand-in has taken over, the camera itself needs a person.
    works = camera_works(state) and not state.stand_in
    return DeviceHealth(
        name=name,
        fault="" if works else (state.fault or "does not work")[:_LONGEST],
        kind="" if works else state.fault_kind or FaultKind.UNKNOWN,
        restarts_hour=counted.note(state.restarts, time.monotonic()),
    )


def _health_of(device: DeviceState) -> DeviceHealth:
    if device.works:
        return DeviceHealth(name=device.name)
    said = device.said or device.fault or "does not work"
    return DeviceHealth(name=device.name, fault=said[:_LONGEST], kind=device.fault)
