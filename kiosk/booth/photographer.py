"""From "shoot now" to the finished photo: still, portrait, verdict."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from concurrent.futures import CancelledError, Future
from dataclasses import dataclass
from datetime import UTC, datetime

from hardware.base import Still
from hardware.errors import HardwareError
from hardware.failover import STAND_IN
from kiosk.booth.portraits import Darkroom
from kiosk.central.contract import BatchInfo
from kiosk.guidance.model import Verdict
from kiosk.portrait.errors import PortraitError
from kiosk.portrait.make import Portrait
from kiosk.visit.model import Photo, PhotoFailed, PhotoReady, TakePhoto

log = logging.getLogger(__name__)


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
    """

    def __init__(
        self,
        take_still: Callable[[], Future[Still]],
        maker: Darkroom,
        *,
        wait_s: float,
        on_photo: Callable[[Shot], None],
        reshoot_rules: tuple[str, ...],
    ) -> None:
        self._take_still = take_still
        self._maker = maker
        self._wait_s = wait_s
        self._on_photo = on_photo
        self._reshoot_rules = reshoot_rules
        self._shots: dict[str, Shot] = {}
        self._lock = threading.Lock()
        self._visits_forgotten = 0

    def take(self, effect: TakePhoto, batch: BatchInfo) -> PhotoReady | PhotoFailed:
        """Take, develop and judge one photo."""
        forgotten = self._visits_forgotten
        future = self._take_still()
        try:
            still = future.result(self._wait_s)
        except (HardwareError, TimeoutError, CancelledError) as error:
            future.cancel()  # lest the shutter falls when the camera is back and nobody sits there
            log.warning("no still: %s", error or type(error).__name__)
            return PhotoFailed("still_failed", effect.request)
        shot_at = datetime.now(UTC)
        try:
            portrait = self._maker.make(
                still.data,
                background=batch.background,
                min_bytes=batch.min_bytes,
                max_bytes=batch.max_bytes,
                stand_in=STAND_IN in still.metadata,
            )
        except PortraitError as error:
            log.warning("no portrait: %s", error)
            return PhotoFailed(f"portrait_{error.key}", effect.request)
        for rule in self._reshoot_rules:
            result = portrait.report.rules.get(rule)
            if result is not None and result.verdict is Verdict.FAIL:
                return PhotoFailed(f"reshoot_{rule}", effect.request)
        shot = Shot(still, portrait, shot_at)
        with self._lock:
            if self._visits_forgotten != forgotten:
                # The visit ended meanwhile: its photo is not kept, and the next student never
                # sees it.
                return PhotoFailed("photo_gone", effect.request)
            self._shots[portrait.photo_sha256] = shot
            self._on_photo(shot)
        photo = Photo(portrait.photo_sha256, portrait.passed, portrait.remarks)
        return PhotoReady(photo, effect.request)

    def shot(self, photo_id: str) -> Shot | None:
        """Return a photo of this visit."""
        return self._shots.get(photo_id)

    def forget(self) -> None:
        """Forget all photos, also one that is still being made.

        Those to be kept are in the outbox.
        """
        with self._lock:
            self._visits_forgotten += 1
            self._shots.clear()
