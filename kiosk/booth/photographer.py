"""From "shoot now" to the finished photo: one still or a few, the best of them, its verdict."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from concurrent.futures import CancelledError, Future
from dataclasses import dataclass
from datetime import UTC, datetime

from hardware.base import Still
from hardware.errors import HardwareError
from hardware.failover import STAND_IN
from kiosk.booth.best_shot import Standing, is_clean, standing
from kiosk.booth.portraits import Darkroom
from kiosk.central.contract import BatchInfo
from kiosk.guidance.model import Verdict
from kiosk.portrait.errors import PortraitError
from kiosk.portrait.make import Portrait
from kiosk.visit.model import Photo, PhotoFailed, PhotoReady, TakePhoto

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Burst:
    """How many stills one shot takes.

    Attributes:
        stills: at most so many.
        within_s: a further one only while it would be there so soon after the first was ordered,
            seconds: a slow camera, or a flash that charges, takes one.
    """

    stills: int = 1
    within_s: float = 2.0


SINGLE = Burst()


@dataclass(frozen=True, slots=True)
class Shot:
    """A finished photo of the visit that runs.

    Attributes:
        still: as the camera wrote it.
        portrait: the photo and its report.
        shot_at: when, on the clock.
    """

    still: Still
    portrait: Portrait
    shot_at: datetime


class Photographer:
    """Takes photos and keeps those of the visit that runs, in memory only.

    Args:
        take_still: asks the main camera for a still.
        maker: makes the portrait; used on one thread at a time.
        wait_s: the longest wait for a still.
        on_photo: told of each finished photo.
        reshoot_rules: a still that fails one of these is taken again by itself, at no cost.
        reshoots: so often in a row; after that the photo is shown as it is, lest somebody whom a
            rule misjudges sits there for ever.
        burst: how many stills one shot takes.
    """

    def __init__(
        self,
        take_still: Callable[[], Future[Still]],
        maker: Darkroom,
        *,
        wait_s: float,
        on_photo: Callable[[Shot], None],
        reshoot_rules: tuple[str, ...],
        reshoots: int = 3,
        burst: Burst = SINGLE,
    ) -> None:
        self._take_still = take_still
        self._maker = maker
        self._wait_s = wait_s
        self._on_photo = on_photo
        self._reshoot_rules = reshoot_rules
        self._reshoots = reshoots
        self._burst = burst
        self._reshot = 0
        self._shots: dict[str, Shot] = {}
        self._lock = threading.Lock()
        self._visits_forgotten = 0

    def take(self, effect: TakePhoto, batch: BatchInfo) -> PhotoReady | PhotoFailed:
        """Take, develop and judge one photo."""
        forgotten = self._visits_forgotten
        stills = self._take_stills()
        if not stills:
            return PhotoFailed("still_failed", effect.request)
        try:
            shot = self._develop_best(stills, batch)
        except PortraitError as error:
            log.warning("no portrait: %s", error)
            return PhotoFailed(f"portrait_{error.key}", effect.request)
        portrait = shot.portrait
        spoilt = self._spoilt(portrait)
        if spoilt is not None and self._reshot < self._reshoots:
            self._reshot += 1
            return PhotoFailed(f"reshoot_{spoilt}", effect.request)
        self._reshot = 0
        with self._lock:
            if self._visits_forgotten != forgotten:
                # The visit ended meanwhile: its photo is not kept, and the next student never
                # sees it.
                return PhotoFailed("photo_gone", effect.request)
            self._shots[portrait.photo_sha256] = shot
            self._on_photo(shot)
        photo = Photo(portrait.photo_sha256, portrait.passed, portrait.remarks)
        return PhotoReady(photo, effect.request)

    def _spoilt(self, portrait: Portrait) -> str | None:
        """Return the rule for whose sake the still is to be taken again."""
        for rule in self._reshoot_rules:
            result = portrait.report.rules.get(rule)
            if result is not None and result.verdict is Verdict.FAIL:
                return rule
        return None

    def _take_stills(self) -> list[tuple[Still, datetime]]:
        """Take one still, and more while the camera is fast enough; none when it fails."""
        taken: list[tuple[Still, datetime]] = []
        began = time.monotonic()
        while len(taken) < self._burst.stills:
            future = self._take_still()
            try:
                still = future.result(self._wait_s)
            except (HardwareError, TimeoutError, CancelledError) as error:
                future.cancel()  # lest the shutter falls when nobody sits there any more
                log.warning("no still: %s", error or type(error).__name__)
                break
            taken.append((still, datetime.now(UTC)))
            each_s = (time.monotonic() - began) / len(taken)
            if each_s * (len(taken) + 1) > self._burst.within_s:
                break
        return taken

    def _develop_best(self, stills: list[tuple[Still, datetime]], batch: BatchInfo) -> Shot:
        """Develop stills until one is clean, and return the best.

        The others stay undeveloped: the student waits for what they see.

        Raises:
            PortraitError: no photo could be made of any of them.
        """
        best: tuple[Shot, Standing] | None = None
        failure: PortraitError | None = None
        for still, shot_at in stills:
            try:
                portrait = self._maker.make(
                    still.data,
                    background=batch.background,
                    min_bytes=batch.min_bytes,
                    max_bytes=batch.max_bytes,
                    glasses=batch.glasses,
                    stand_in=STAND_IN in still.metadata,
                )
            except PortraitError as error:
                failure = failure or error
                continue
            stands = standing(portrait, self._reshoot_rules)
            if best is None or stands < best[1]:
                best = Shot(still, portrait, shot_at), stands
            if is_clean(stands):
                break
        if best is None:
            raise failure or PortraitError("There is no still to make a photo of.")
        return best[0]

    def shot(self, photo_id: str) -> Shot | None:
        """Return a photo of this visit."""
        return self._shots.get(photo_id)

    def forget(self) -> None:
        """Forget all photos, also one that is still being made.

        Those to be kept are in the outbox.
        """
        with self._lock:
            self._visits_forgotten += 1
            self._reshot = 0
            self._shots.clear()
