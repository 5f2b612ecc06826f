"""Sends what the outbox holds: the oldest first, patiently, each once."""

from __future__ import annotations

import enum
import logging
import random as random_module
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from kiosk.central.backoff import Random, delay_s
from kiosk.central.contract import Submission, SubmissionAnswer
from kiosk.central.errors import CentralRefused, CentralUnreachable, EntryBroken, OutboxError
from kiosk.central.outbox import Outbox
from kiosk.central.outbox_index import Entry
from kiosk.settings.central import OutboxSettings

_log = logging.getLogger(__name__)
# How often an idle sender looks for new entries, seconds: the wait a student may notice between
# "submitted" and "delivered".
_LOOK_EVERY_S = 1.0
_FOREIGN_IN_A_ROW = 2
_FORGET_EVERY_S, _DAY_S = 3600.0, 86_400.0


class Deliverer(Protocol):
    """What a sender needs of `kiosk.central.client.CentralClient`."""

    def submit(self, submission: Submission, photo: bytes, original: bytes) -> SubmissionAnswer:
        """Send a photo; see `CentralClient.submit`."""

    def find_submission(self, submission: Submission) -> SubmissionAnswer | None:
        """Look whether a photo has arrived; see `CentralClient.find_submission`."""


class Connection(enum.StrEnum):
    """What the last attempt says of the way to the central backend."""

    UNKNOWN = "unknown"
    """Nothing was sent yet."""
    ONLINE = "online"
    OFFLINE = "offline"
    BOOTH_REFUSED = "booth_refused"
    """It answers, but refuses this booth's key or name: a person has to look at the settings."""


@dataclass(frozen=True, slots=True)
class Pass:
    """One look through the outbox.

    Attributes:
        sent: delivered and confirmed.
        failed: to be tried again later.
        refused: the central backend will not have them; kept for staff.
        broken: could not be read; in quarantine.
        reason: why the pass ended early, empty when it did not.
    """

    sent: int = 0
    failed: int = 0
    refused: int = 0
    broken: int = 0
    reason: str = ""


class _Stop(Exception):  # noqa: N818 - not an error
    """The pass ends: what follows would fail in the same way."""


class Sender:
    """Sends what is due. Several senders may work on one outbox.

    A fault of the line or of the booth's key ends a pass and the sender waits, longer each time;
    a fault of one entry makes that entry wait and the pass goes on.

    Args:
        outbox: where the photos are.
        client: the way to the central backend.
        settings: the waits.
        clock: seconds since 1970.
        random: source of the jitter.
    """

    def __init__(
        self,
        outbox: Outbox,
        client: Deliverer,
        settings: OutboxSettings,
        *,
        clock: Callable[[], float] = time.time,
        random: Random = random_module.random,
    ) -> None:
        self._outbox = outbox
        self._client = client
        self._settings = settings
        self._clock = clock
        self._random = random
        self._failures = 0
        self._foreign = 0
        self._pause_s = 0.0
        self._connection = Connection.UNKNOWN
        self._forgot_at: float | None = None

    @property
    def connection(self) -> Connection:
        """What the last attempt says of the way to the central backend."""
        return self._connection

    @property
    def central_known_offline(self) -> bool:
        """Whether the last attempt found no way to the central backend."""
        return self._connection in (Connection.OFFLINE, Connection.BOOTH_REFUSED)

    @property
    def pause_s(self) -> float:
        """How long to wait after a pass that ended early, seconds; 0 after any other."""
        return self._pause_s

    def run_once(
        self,
        *,
        everything: bool = False,
        on_delivered: Callable[[Entry, SubmissionAnswer], None] | None = None,
        stop: threading.Event | None = None,
    ) -> Pass:
        """Send what is due now, once through.

        Args:
            everything: send also what waits for its next try.
            on_delivered: called with each entry and the central backend's answer.
            stop: ends the pass before the next entry.

        Raises:
            OutboxError: the outbox itself does not work.
        """
        self._foreign = 0
        counts = {"sent": 0, "failed": 0, "refused": 0, "broken": 0}
        reason = ""
        self._pause_s = 0.0
        self._forget_old(self._clock())
        now = float("inf") if everything else self._clock()
        try:
            for entry in self._outbox.due(now):
                if stop is not None and stop.is_set():
                    break
                outcome = self._send(entry, on_delivered)
                if outcome:
                    counts[outcome] += 1
        except _Stop as fault:
            counts["failed"] += 1
            reason = str(fault)
        return Pass(**counts, reason=reason)

    def run_forever(
        self,
        stop: threading.Event,
        on_delivered: Callable[[Entry, SubmissionAnswer], None] | None = None,
    ) -> None:
        """Send whatever comes until `stop` is set. Never raises for a failing disk or line."""
        while not stop.is_set():
            try:
                self.run_once(on_delivered=on_delivered, stop=stop)
                pause_s = self._pause_s
            except OutboxError as error:
                _log.error("%s", error)
                pause_s = self._settings.retry_first_s
            stop.wait(max(pause_s, _LOOK_EVERY_S))

    def _send(
        self, entry: Entry, on_delivered: Callable[[Entry, SubmissionAnswer], None] | None
    ) -> str:
        """Send one entry; return which of the pass's counts it belongs to, or nothing.

        Raises:
            _Stop: the line or the booth's key is at fault.
        """
        name = entry.photo_sha256
        try:
            with self._outbox.claim(name) as parcel:
                if parcel is None:
                    return ""
                answer = None
                if entry.attempts:
                    # The answer may have been lost on the way, not the photo.
                    answer = self._client.find_submission(parcel.submission)
                if answer is None:
                    answer = self._client.submit(parcel.submission, parcel.photo, parcel.original)
                self._outbox.mark_sent(name)
        except EntryBroken as error:
            _log.error("%s", error)
            return "broken"
        except CentralUnreachable as fault:
            return self._unreachable(entry, fault)
        except CentralRefused as refusal:
            return self._refused(entry, refusal)
        self._connection = Connection.ONLINE
        self._failures = 0
        if on_delivered is not None:
            on_delivered(entry, answer)
        return "sent"

    def _unreachable(self, entry: Entry, fault: CentralUnreachable) -> str:
        # One foreign answer may be a proxy's to this photo alone, two are the line's.
        self._foreign = self._foreign + 1 if fault.foreign else 0
        only_this_entry = fault.answered and fault.retry_after_s is None
        if only_this_entry and self._foreign < _FOREIGN_IN_A_ROW:
            self._connection = Connection.OFFLINE if fault.foreign else Connection.ONLINE
            self._wait(entry, entry.attempts + 1, str(fault))
            return "failed"
        heard = fault.answered and not fault.foreign
        self._connection = Connection.ONLINE if heard else Connection.OFFLINE
        self._failures += 1
        self._pause_s = self._wait(entry, self._failures, str(fault), fault.retry_after_s or 0.0)
        _log.warning("%s Next try in %.0f s.", fault, self._pause_s)
        raise _Stop(str(fault)) from fault

    def _refused(self, entry: Entry, refusal: CentralRefused) -> str:
        if refusal.names_another_booth:
            # Shot before the booth was given another name: it waits for a person, others go on.
            self._connection = Connection.ONLINE
            self._wait(entry, entry.attempts + 1, str(refusal))
            _log.error("Photo %s… waits: %s", entry.photo_sha256[:12], refusal)
            return "failed"
        if refusal.concerns_booth:
            # The photo is fine; a person has to mend the booth's key or name.
            self._connection = Connection.BOOTH_REFUSED
            self._failures += 1
            self._pause_s = self._wait(entry, self._failures, str(refusal))
            _log.error("The central backend refuses this booth: %s", refusal)
            raise _Stop(str(refusal)) from refusal
        self._connection = Connection.ONLINE
        self._outbox.mark_refused(entry.photo_sha256, str(refusal))
        _log.error("Photo %s… was refused: %s", entry.photo_sha256[:12], refusal)
        return "refused"

    def _forget_old(self, now: float) -> None:
        """Forget what was sent long ago, now and then: a list of years is slow to look through."""
        if self._forgot_at is None or abs(now - self._forgot_at) >= _FORGET_EVERY_S:
            self._forgot_at = now
            self._outbox.forget_sent(now - self._settings.keep_sent_days * _DAY_S)

    def _wait(self, entry: Entry, failures: int, reason: str, at_least_s: float = 0.0) -> float:
        settings = self._settings
        wait = delay_s(failures, settings.retry_first_s, settings.retry_longest_s, self._random)
        wait = max(wait, min(at_least_s, settings.retry_longest_s))
        self._outbox.mark_failed(entry.photo_sha256, self._clock() + wait, reason)
        return wait
