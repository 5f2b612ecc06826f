"""Looking for copies among all photos of a batch: the index alone, without a picture decoded."""

from __future__ import annotations

import statistics
import time

import cv2
import numpy as np
import psycopg
from central_orders import PLANTED
from central_target import Spent, cpu_of, percentile, timed

from kiosk.central.service import duplicates, likeness
from kiosk.central.service.database import Database

_FACE = likeness.Face(240.0, 260.0, 180.0)
_BATCH, _FIRST_PHOTO = 1000, 1001


class Lookups:
    """Pictures put into the index of a batch, then looked up as copies of themselves.

    Args:
        url: of the database.
    """

    def __init__(self, url: str) -> None:
        self._database = Database(url, connections=1)
        self._bare = psycopg.connect(url, autocommit=True)
        self.asked = self.found = 0
        self._own, self._plain = Spent(), Spent()
        self._wanted = []
        for number in range(PLANTED):
            picture = _picture(number)
            photo, bits = _FIRST_PHOTO + number, likeness.fingerprint(picture, _FACE)
            self._database.write(lambda s, p=photo, b=bits: duplicates.index(s, p, _FACE, b))
            # Compressed anew, as a copy is.
            good, again = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, 60])
            assert good
            copy = likeness.grey(again.tobytes())
            self._wanted.append(
                (photo, likeness.fingerprint(copy, _FACE), likeness.probes(copy, _FACE))
            )

    def close(self) -> None:
        """Close its connections."""
        self._database.close()
        self._bare.close()

    def measure(self, *, is_warm_up: bool) -> None:
        """Look all of them up, by the service's code and by the bare driver."""
        own, plain = (Spent(), Spent()) if is_warm_up else (self._own, self._plain)
        before = cpu_of_pair = time.process_time() + cpu_of(self._backend())
        for photo, bits, wanted in self._wanted:
            found: list[int] = []
            timed(lambda p=photo, b=bits, w=wanted, f=found: f.extend(self._look(p, b, w)), own)
            if not is_warm_up:
                self.asked += 1
                self.found += photo in found
        cpu_of_pair = time.process_time() + cpu_of(self._backend())
        own.cpu_s.append((cpu_of_pair - before) / len(self._wanted))
        before = time.process_time() + cpu_of(self._bare.info.backend_pid)
        for _, _, wanted in self._wanted:
            timed(lambda w=wanted: self._look_barely(w), plain)
        after = time.process_time() + cpu_of(self._bare.info.backend_pid)
        plain.cpu_s.append((after - before) / len(self._wanted))

    def figures(self) -> list[float]:
        """Return CPU and p95 of the service's code, then of the bare driver, seconds."""
        return [
            value
            for spent in (self._own, self._plain)
            for value in (statistics.median(spent.cpu_s), percentile(spent.wall_s, 0.95))
        ]

    def _look(self, photo: int, bits: int, wanted: set[int]) -> list[int]:
        # As the photo after it in the same batch: the planted one itself is what must be found.
        asking = photo + 1 if photo + 1 < _FIRST_PHOTO + PLANTED else photo - 1
        rows = self._database.read(
            lambda session: duplicates.candidates(session, asking, bits, wanted)
        )
        return [row.photo_id for row in rows]

    def _look_barely(self, wanted: set[int]) -> None:
        rows = self._bare.execute(
            "SELECT DISTINCT photo_id FROM print_keys WHERE batch_id = %s AND key = ANY(%s)",
            [_BATCH, sorted(wanted)],
        ).fetchall()
        numbers = [number for (number,) in rows]
        self._bare.execute("SELECT * FROM photo_prints WHERE photo_id = ANY(%s)", [numbers])

    def _backend(self) -> int:
        from sqlalchemy import text

        number = self._database.read(lambda s: s.scalar(text("SELECT pg_backend_pid()")))
        assert isinstance(number, int)
        return number


def _picture(number: int) -> likeness.Grey:
    coarse = np.random.default_rng(number).normal(128, 40, (40, 30)).clip(0, 255)
    return np.asarray(
        cv2.resize(coarse.astype(np.uint8), (480, 640), interpolation=cv2.INTER_CUBIC),
        dtype=np.uint8,
    )
