"""The portrait room, put together with the models of guidance and the booth's profile."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace

from calibration.profile import Profile
from kiosk.guidance.policy import GlassesPolicy
from kiosk.guidance.shared_models import SharedModels
from kiosk.portrait.loading import load_maker
from kiosk.portrait.make import Portrait, PortraitMaker
from kiosk.portrait.report import Remark
from kiosk.settings import Settings
from kiosk.standards import Standard


class Darkroom:
    """A `PortraitMaker` whose models are loaded once, by whoever comes first.

    Loading takes seconds; `prepare` does it before the first student comes.
    """

    def __init__(
        self,
        standard: Standard,
        settings: Settings,
        profile: Profile | None,
        models: Callable[[], SharedModels],
        stand_in_profile: Profile | None = None,
    ) -> None:
        self._standard = standard
        self._settings = settings
        self._profiles = {False: profile, True: stand_in_profile}
        self._models = models
        self._lock = threading.Lock()
        self._makers: dict[bool, PortraitMaker] = {}

    def prepare(self, *, stand_in: bool = False) -> PortraitMaker:
        """Load the models unless they are; returns the maker of a camera's photos."""
        with self._lock:
            if stand_in not in self._makers:
                self._makers[stand_in] = load_maker(
                    self._standard,
                    self._settings.portrait,
                    self._settings.guidance,
                    profile=self._profiles[stand_in],
                    shared=self._models(),
                )
            return self._makers[stand_in]

    def follow(self, gains: tuple[float, float, float]) -> None:
        """Take in that the light changed since calibration: factors of red, green, blue."""
        self.prepare().follow(gains)

    def use(self, profile: Profile) -> None:
        """Make photos by another profile from now on: the booth was calibrated anew."""
        with self._lock:
            self._profiles[False] = profile
            self._makers.pop(False, None)

    def make(
        self,
        still: bytes,
        *,
        background: str,
        min_bytes: int | None,
        max_bytes: int | None,
        glasses: GlassesPolicy = "forbid",
        stand_in: bool = False,
    ) -> Portrait:
        """Make one photo; see `PortraitMaker.make`.

        One that the stand-in camera took is made by the stand-in's own profile; where it has
        none, the report says so.
        """
        portrait = self.prepare(stand_in=stand_in).make(
            still,
            background=background,
            min_bytes=min_bytes,
            max_bytes=max_bytes,
            glasses=glasses,
        )
        if not stand_in or self._profiles[True] is not None:
            return portrait
        remarks = (*portrait.report.remarks, Remark("stand_in_without_profile", serious=False))
        return replace(portrait, report=replace(portrait.report, remarks=remarks))
