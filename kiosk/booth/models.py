"""The face models of a booth: each loaded once, by whoever needs it first."""

from __future__ import annotations

import threading

from kiosk.guidance.assess import Assessor
from kiosk.guidance.landmarks import LandmarkFinder
from kiosk.guidance.shared_models import SharedModels
from kiosk.settings.guidance import GuidanceSettings
from kiosk.standards import Standard


class BoothModels:
    """Loads the models that guidance and portrait share.

    Args:
        standard: the photo's standard.
        settings: of guidance.
    """

    def __init__(self, standard: Standard, settings: GuidanceSettings) -> None:
        self._standard = standard
        self._settings = settings
        self._lock = threading.Lock()
        self._shared: SharedModels | None = None

    def shared(self) -> SharedModels:
        """Return the shared models; the first call loads them, which takes seconds."""
        with self._lock:
            if self._shared is None:
                self._shared = SharedModels(tracking=True)
            return self._shared

    def live_assessor(self) -> Assessor:
        """Make the assessor of the live view."""
        finder = LandmarkFinder(self._settings, live=True, shared=self.shared())
        return Assessor(self._standard, self._settings, live=True, finder=finder)
