"""The portrait room, put together with the models of guidance and the booth's profile."""

from __future__ import annotations

import threading
from collections.abc import Callable

from calibration.profile import Profile
from kiosk.guidance.shared_models import SharedModels
from kiosk.portrait.loading import load_maker
from kiosk.portrait.make import Portrait, PortraitMaker
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
    ) -> None:
        self._standard = standard
        self._settings = settings
        self._profile = profile
        self._models = models
        self._lock = threading.Lock()
        self._maker: PortraitMaker | None = None

    def prepare(self) -> PortraitMaker:
        """Load the models unless they are; returns the maker."""
        with self._lock:
            if self._maker is None:
                self._maker = load_maker(
                    self._standard,
                    self._settings.portrait,
                    self._settings.guidance,
                    profile=self._profile,
                    shared=self._models(),
                )
            return self._maker

    def make(
        self, still: bytes, *, background: str, min_bytes: int | None, max_bytes: int | None
    ) -> Portrait:
        """Make one photo; see `PortraitMaker.make`."""
        return self.prepare().make(
            still, background=background, min_bytes=min_bytes, max_bytes=max_bytes
        )
