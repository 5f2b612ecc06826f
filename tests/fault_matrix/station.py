"""A booth's camera side as it is assembled, with a visit that runs, and a clock on what it shows.

Real: the driver and its process, the camera's thread, its patience, the photographer, the visit.
Played: the sitter (a word of the coach orders the shot) and the making of the portrait, which no
camera's fault reaches.
"""

from __future__ import annotations

import contextlib
import hashlib
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from types import SimpleNamespace
from typing import Self

from booth_parts import BATCH_INFO
from visit_walk import RULES, Walk

from hardware.base import CameraSettings, Condition, Frame
from hardware.isolation import IsolatedCamera
from kiosk.booth.darkness import Darkness
from kiosk.booth.live_view import LiveView
from kiosk.booth.loop import VisitLoop
from kiosk.booth.patience import Patience
from kiosk.booth.photographer import Photographer
from kiosk.settings.camera import CameraSection
from kiosk.visit import model as m

FACE_SEEN_EVERY_S = 0.5
VALUES = CameraSettings(exposure_s=0.005)
"""What a profile would say; all drivers here can be set to it."""


@dataclass(frozen=True)
class Shown:
    """What a student reads: a key of the locale."""

    key: str
    at: float


class Maker:
    """Takes each still for a good portrait."""

    def make(self, still: bytes, **_: object) -> SimpleNamespace:
        return SimpleNamespace(
            jpeg=still,
            photo_sha256=hashlib.sha256(still).hexdigest(),
            passed=True,
            remarks=(),
            report=SimpleNamespace(rules={}),
        )


class Station:
    """Runs one isolated camera under a visit.

    Args:
        camera: built as `IsolatedCamera` with the settings' defaults.
        posing: begin with a student who sits and is coached; else with nobody there.
    """

    def __init__(self, camera: IsolatedCamera, *, posing: bool) -> None:
        section = CameraSection()
        self.camera = camera
        self.changed = threading.Condition()
        self.frames: list[float] = []
        self.said: list[Shown] = []
        self.stills = 0
        self._seen_at = 0.0
        self._darkness = Darkness(
            section.dark_level, section.dark_after_s,
            lambda dark: self._tell(m.Fault.CAMERA_DARK, fails=dark),
        )  # fmt: skip
        self.live_view = LiveView(
            camera,
            on_frame=self._on_frame,
            patience=Patience(
                "main", section.patience_s,
                on_fault=lambda _: self._tell(m.Fault.CAMERA, fails=True),
                on_recovered=lambda: self._tell(m.Fault.CAMERA, fails=False),
            ),
            still_timeout_s=section.still_deadline_s,
            settings=VALUES,
            check_every_s=section.idle_check_s,
        )  # fmt: skip
        self.photographer = Photographer(
            self.live_view.take_still, Maker(), wait_s=section.still_deadline_s,
            on_photo=lambda _: None, reshoot_rules=(),
        )  # fmt: skip
        walk = Walk().to_pose() if posing else Walk()
        now = time.monotonic()
        visit = replace(
            walk.visit, now=now, entered_at=now, touched_at=now, guiding=False, notice_at=now
        )
        self.loop = VisitLoop(visit, RULES, perform=self._perform, show=self._show)

    def __enter__(self) -> Self:
        self.live_view.start()
        self.loop.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.loop.stop()
        self.live_view.stop()

    @property
    def visit(self) -> m.Visit:
        return self.loop.visit

    def shoot(self) -> None:
        """The coach says so."""
        self.loop.post(m.Coached(shoot=True, face_seen=True))

    def wait(self, what: Callable[[], object], limit_s: float = 40.0) -> float:
        """Wait until it is so; return when."""
        with self.changed:
            until = time.monotonic() + limit_s
            while not what():
                left = until - time.monotonic()
                assert left > 0, (
                    f"not within {limit_s} s: {self.visit.state}, {self.said}, "
                    f"{self.camera.state()}"
                )
                self.changed.wait(min(left, 0.05))
        return time.monotonic()

    def wait_for_frame(self, after: float) -> float:
        """Return when the first frame came that was taken after this."""
        self.wait(lambda: self.frames and self.frames[-1] > after)
        return next(at for at in self.frames if at > after)

    def wait_ready(self) -> float:
        return self.wait(lambda: self.camera.state().condition is Condition.READY)

    def _on_frame(self, frame: Frame) -> None:
        self._darkness.look(frame)
        with self.changed:
            self.frames.append(frame.taken_at)
            self.changed.notify_all()
        if frame.taken_at - self._seen_at > FACE_SEEN_EVERY_S:
            self._seen_at = frame.taken_at
            self.loop.post(m.Coached(face_seen=True))

    def _tell(self, fault: m.Fault, *, fails: bool) -> None:
        self.loop.post(m.FaultRaised(fault) if fails else m.FaultCleared(fault))

    def _show(self, visit: m.Visit) -> None:
        key = ""
        if visit.state is m.State.FAULT:
            key = f"fault.{visit.faults[0]}"
        elif visit.notice is not None:
            key = f"notices.{visit.notice}"
        with self.changed:
            if key != (self.said[-1].key if self.said else ""):
                self.said.append(Shown(key, time.monotonic()))
            self.changed.notify_all()

    def _perform(self, effect: m.Effect) -> None:
        if isinstance(effect, m.Guide):
            self.live_view.show(on=effect.on)
        elif isinstance(effect, m.TakePhoto):
            threading.Thread(target=self._take, args=(effect,), daemon=True).start()

    def _take(self, effect: m.TakePhoto) -> None:
        answer = self.photographer.take(effect, BATCH_INFO)
        self.stills += isinstance(answer, m.PhotoReady)
        with contextlib.suppress(RuntimeError):
            self.loop.post(answer)
