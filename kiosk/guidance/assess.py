"""From pixels to verdicts: find, measure, judge."""

from __future__ import annotations

import math
from types import MappingProxyType
from typing import Protocol, Self

from hardware.base import Pixels
from kiosk.guidance.face_points import OVAL
from kiosk.guidance.landmarks import LandmarkFinder, Landmarks
from kiosk.guidance.measure import Measurements, measure
from kiosk.guidance.model import Assessment
from kiosk.guidance.policy import DEFAULT_POLICY, BatchPolicy
from kiosk.guidance.rules import Kind, RuleContext, judge
from kiosk.settings.guidance import GuidanceSettings
from kiosk.standards import Standard

_WITH_SHOULDERS = ("shoulder_tilt_deg", "shoulder_visibility")
_WITH_PERSON = (
    "light_difference_ev", "face_clipped_fraction", "backdrop_level", "background_spread",
    "eye_sharpness",
)  # fmt: skip
"""Measured on some live frames only and held in between. So is the crown."""


class Finder(Protocol):
    """What an `Assessor` needs of a `LandmarkFinder`."""

    def find(self, pixels: Pixels) -> Landmarks:
        """Look for the sitter in one picture."""

    def close(self) -> None:
        """Free what it holds."""


class Assessor:
    """Measures and judges pictures, live or one by one, with the same rules.

    Used by one thread at a time. The models are loaded when it is made, which takes seconds.

    Args:
        standard: pose and geometry.
        settings: all other limits, and how often the slower models run.
        live: whether pictures follow each other as frames do; what the slower models say is
            then held from one of their runs to the next, for as long as a face is seen.
        finder: another source of landmarks; MediaPipe by default.

    Attributes:
        policy: what the batch decides; may be set from another thread, from one picture to the
            next.
    """

    def __init__(
        self,
        standard: Standard,
        settings: GuidanceSettings,
        live: bool,  # noqa: FBT001 - the two kinds of assessor
        finder: Finder | None = None,
    ) -> None:
        self._standard = standard
        self._settings = settings
        self._live = live
        self._finder = finder or LandmarkFinder(settings, live=live)
        self._held: dict[str, float | None] = {}
        self.policy: BatchPolicy = DEFAULT_POLICY

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Free the models."""
        self._finder.close()

    def assess(
        self,
        pixels: Pixels,
        *,
        frame_number: int = 0,
        taken_at: float = 0.0,
        kind: Kind,
    ) -> Assessment:
        """Measure and judge one picture.

        Args:
            pixels: (H, W, 3) uint8 RGB; read-only pixels are not copied.
            frame_number: of the frame, 0 for a file.
            taken_at: of the frame, seconds, monotonic.
            kind: ``live`` judges whether the standard's composition can be cut out of this
                frame, ``photo`` whether this photo has it, ``picture`` leaves composition
                unknown.
        """
        landmarks = self._finder.find(pixels)
        measurements = measure(pixels, landmarks)
        if self._live:
            measurements = self._hold(measurements, landmarks)
        context = RuleContext(
            kind,
            landmarks.width_px,
            landmarks.height_px,
            landmarks.faces,
            measurements,
            self._standard,
            self._settings,
            self.policy,
        )
        return Assessment(
            frame_number,
            taken_at,
            landmarks.faces,
            measurements,
            judge(context),
            _outline(landmarks),
        )

    def _hold(self, measurements: Measurements, landmarks: Landmarks) -> Measurements:
        """Fill what was not measured on this frame with what was measured last.

        The crown is held against the face, so that it moves with it.
        """
        if landmarks.face is None:
            self._held.clear()
            return measurements
        filled = dict(measurements)
        eyes, width = filled["eye_line_y_px"], filled["face_width_px"]
        if landmarks.shoulders is not None:
            self._held |= {name: filled[name] for name in _WITH_SHOULDERS}
        if landmarks.person is not None:
            self._held |= {name: filled[name] for name in _WITH_PERSON}
            crown = filled["crown_y_px"]
            self._held["crown"] = (
                None if crown is None or not eyes or not width else (eyes - crown) / width
            )
        filled |= {name: self._held.get(name) for name in _WITH_SHOULDERS + _WITH_PERSON}
        rise = self._held.get("crown")
        if rise is not None and eyes is not None and width is not None:
            filled["crown_y_px"] = eyes - rise * width
        return MappingProxyType(filled)


def _outline(landmarks: Landmarks) -> tuple[tuple[float, float], ...]:
    """Return the face's oval in fractions of the picture."""
    if landmarks.face is None:
        return ()
    oval = landmarks.face[list(OVAL), :2] / (landmarks.width_px, landmarks.height_px)
    return tuple((float(x), float(y)) for x, y in oval if math.isfinite(x) and math.isfinite(y))
