"""What the booth tells the rest of its machine: that it draws, sees, and whether it is empty.

`kiosk.update` judges a new version by it, and waits with one until nobody is at the booth.
"""

from __future__ import annotations

import json
import logging
import os
import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

from hardware.base import CameraState, Condition
from kiosk.update import guard
from kiosk.update.trial import Sign

_log = logging.getLogger(__name__)

_EVERY_S = 2.0
_WORKS = (Condition.READY, Condition.CLOSED)


def boot_clock() -> float:
    """Return seconds since the machine booted: what other processes here can compare with."""
    return time.clock_gettime(time.CLOCK_BOOTTIME)


def boot_identifier() -> str:
    """Return which boot this is, as the guard counts them."""
    return guard.boot_identifier()


class SignOfLife:
    """Writes the sign, often; the folder is in memory, so that costs nothing.

    Args:
        file: where to; None writes nothing.
        slot: the release that runs.
        camera: describes the main camera.
        central: ``reached``, ``offline`` or ``refused``.
        idle: whether nobody is in the middle of a visit.
        boot: identifier of this boot.
        clock: the boot clock, seconds.
    """

    def __init__(
        self,
        file: Path | None,
        *,
        slot: str,
        camera: Callable[[], CameraState],
        central: Callable[[], str],
        idle: Callable[[], bool],
        boot: str,
        clock: Callable[[], float] = boot_clock,
    ) -> None:
        self._file = file
        self._slot = slot
        self._camera = camera
        self._central = central
        self._idle = idle
        self._boot = boot
        self._clock = clock
        self._told_at: float | None = None
        self._drawn_at: float | None = None
        self._camera_at: float | None = None
        self._cannot = False

    @property
    def camera_seen(self) -> bool:
        """Return whether the main camera has given a frame."""
        return self._camera_at is not None

    def frame_drawn(self) -> None:
        """Note that the window has drawn a frame. From any thread."""
        self._drawn_at = self._clock()

    def tell(self) -> None:
        """Write the sign, if it is time. Never raises: a booth does not die of telling."""
        now = self._clock()
        if self._told_at is not None and now - self._told_at < _EVERY_S:
            return
        self._told_at = now
        camera = self._camera()
        if camera.frame_age_s is not None:
            self._camera_at = now - camera.frame_age_s
        sign = Sign(
            boot=self._boot,
            slot=self._slot,
            at=now,
            frame_drawn_at=self._drawn_at,
            camera_frame_at=self._camera_at,
            camera_works=camera.condition in _WORKS,
            central=self._central(),
            idle=self._idle(),
        )
        self._write(sign)

    def _write(self, sign: Sign) -> None:
        if self._file is None:
            return
        draft = self._file.with_name(f".{self._file.name}.new")
        try:
            draft.write_text(json.dumps(asdict(sign)), encoding="utf-8")
            draft.replace(self._file)
            self._cannot = False
        except OSError as error:
            if not self._cannot:
                _log.warning("the sign of life cannot be written: %s", error)
            self._cannot = True


def sign_file() -> Path | None:
    """Return where the sign goes: the service's folder in memory; None outside a service."""
    folder = os.environ.get("RUNTIME_DIRECTORY", "").split(":")[0]
    return Path(folder) / "sign.json" if folder else None


def running_slot(prefix: str) -> str:
    """Return the release an interpreter's prefix belongs to: the name of its folder."""
    return Path(prefix).resolve().name
