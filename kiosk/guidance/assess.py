"""From pixels to verdicts: find, measure, judge."""

from __future__ import annotations

import math
from collections.abc import Mapping
from types import MappingProxyType
from typing import Protocol, Self

import numpy as np

from hardware.base import Pixels
from kiosk.guidance.calibrated_view import UNCALIBRATED, CalibratedView
from kiosk.guidance.face_points import OVAL, coordinates
from kiosk.guidance.landmarks import LandmarkFinder, Landmarks
from kiosk.guidance.measure import EVERYTHING, NAMES_OF, Known, Measurements, Part, measure
from kiosk.guidance.model import Assessment, RuleResult
from kiosk.guidance.policy import DEFAULT_POLICY, BatchPolicy
from kiosk.guidance.rules import Kind, RuleContext, judge
from kiosk.settings.guidance import GuidanceSettings
from kiosk.standards import Standard

_TURNS = (Part.BEHIND, Part.CLOTHES, Part.DETAIL)
_MASKS_A_TURN = 2
"""Live, every second person mask is followed by one of these in turn: none of them changes fast."""


_OVAL = np.array(OVAL)
_Unfinished = tuple[Pixels, Landmarks, Known, Measurements]
"""A live frame that the slower models have not looked at, and what is known of it."""


class Finder(Protocol):
    """What an `Assessor` needs of a `LandmarkFinder`."""

    def find(self, pixels: Pixels) -> Landmarks:
        """Look for the sitter in one picture; live, the slower models may be left for later."""

    def look_closer(self, pixels: Pixels, found: Landmarks) -> Landmarks | None:
        """Run, live, the slower model whose turn it is; None when it is no model's."""

    def forget(self) -> None:
        """Look at the next face as at a new sitter's."""

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
        view: what calibration knows of the live view; may be set likewise.
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
        self._unfinished: _Unfinished | None = None
        self._known: Known | None = None
        self._judged: tuple[object, Mapping[str, RuleResult]] | None = None
        self._masks = 0
        self.policy: BatchPolicy = DEFAULT_POLICY
        self.view: CalibratedView = UNCALIBRATED

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
        exposure_ev: float | None = None,
    ) -> Assessment:
        """Measure and judge one picture.

        Live, what the slower models say of a frame is in the verdicts after it (`catch_up`).

        Args:
            pixels: (H, W, 3) uint8 RGB; read-only pixels are not copied.
            frame_number: of the frame, 0 for a file.
            taken_at: of the frame, seconds, monotonic.
            kind: ``live`` judges whether the standard's composition can be cut out of this
                frame, ``photo`` whether this photo has it, ``picture`` leaves composition
                unknown.
            exposure_ev: how much lighter the backdrop was than at calibration, stops, where
                that is known from elsewhere: a finished photo does not show it any more.
        """
        self.catch_up()
        landmarks = self._finder.find(pixels)
        # Read once: both may be set meanwhile from another thread.
        policy, view = self.policy, self.view if kind == "live" else UNCALIBRATED
        known = Known(self._standard.background.colour(policy.background), view.plate_level)
        if self._live:
            self._forget_what_hangs_on(known)
            parts = self._parts(landmarks)
            measurements = measure(pixels, landmarks, known, parts)
            measurements = self._hold(measurements, landmarks, parts)
            self._unfinished = pixels, landmarks, known, measurements
        else:
            measurements = measure(pixels, landmarks, known, EVERYTHING)
        if exposure_ev is not None:
            self._judged = None
            measurements = MappingProxyType({**measurements, "exposure_ev": exposure_ev})
        context = RuleContext(
            kind,
            landmarks.width_px,
            landmarks.height_px,
            landmarks.faces,
            measurements,
            self._standard,
            self._settings,
            policy,
            view.still,
        )
        return Assessment(
            frame_number,
            taken_at,
            landmarks.faces,
            measurements,
            self._judge(context),
            _outline(landmarks),
        )

    def _judge(self, context: RuleContext) -> Mapping[str, RuleResult]:
        """Judge a picture; live, the rules of held figures once."""
        same = context.kind, context.faces, context.policy, context.still
        judged, self._judged = self._judged, None
        held = judged[1] if judged is not None and judged[0] == same else None
        rules = judge(context, held)
        if self._live and context.faces > 0:
            self._judged = same, rules
        return rules

    def _forget_what_hangs_on(self, known: Known) -> None:
        """Look again at what was held against another background, or another calibration."""
        if known != self._known:
            self._known = known
            for name in (*NAMES_OF[Part.CLOTHES], "exposure_ev"):
                self._held.pop(name, None)
            self._judged = None

    def catch_up(self) -> None:
        """Let the slower model whose turn it is look at the last frame, for the verdicts to come.

        Called between two frames, it keeps nobody waiting; else the next frame begins with it.
        """
        unfinished, self._unfinished = self._unfinished, None
        if unfinished is None:
            return
        pixels, landmarks, known, measured = unfinished
        closer = self._finder.look_closer(pixels, landmarks)
        if closer is not None:
            parts = self._parts(closer)[1:]  # all but the face
            found = measure(pixels, closer, known, parts)
            self._remember({**measured, **_only(found, parts)}, parts)

    def forget(self) -> None:
        """Hold nothing of what was measured so far: the next frame may show somebody else."""
        self._unfinished = self._judged = None
        self._held.clear()
        self._finder.forget()

    def _parts(self, landmarks: Landmarks) -> tuple[Part, ...]:
        """Return what to measure on this live frame."""
        parts = [Part.FACE]
        if landmarks.shoulders is not None:
            parts.append(Part.SHOULDERS)
        if landmarks.attributes is not None:
            parts.append(Part.WORN)
        if landmarks.person is not None:
            parts.append(Part.PERSON)
            # A new sitter is looked at from all sides at once, lest a shot is taken unseen.
            new = [part for part in _TURNS if NAMES_OF[part][0] not in self._held]
            turn, rest = divmod(self._masks, _MASKS_A_TURN)
            parts += new or ([_TURNS[turn % len(_TURNS)]] if rest == 0 else [])
            self._masks += 1
        return tuple(parts)

    def _hold(
        self, measurements: Measurements, landmarks: Landmarks, parts: tuple[Part, ...]
    ) -> Measurements:
        """Fill what was not measured on this frame with what was measured last.

        The crown is held against the face, so that it moves with it.
        """
        if landmarks.face is None:
            self._held.clear()
            self._judged = None
            return measurements
        self._remember(measurements, parts)
        filled = dict(measurements)
        eyes, width = filled["eye_line_y_px"], filled["face_width_px"]
        for part in Part:
            if part not in parts:
                filled |= {name: self._held.get(name) for name in NAMES_OF[part]}
        rise = self._held.get("rise")
        if rise is not None and eyes is not None and width is not None:
            filled["crown_y_px"] = eyes - rise * width
        return MappingProxyType(filled)

    def _remember(self, measurements: Measurements, parts: tuple[Part, ...]) -> None:
        """Keep what was measured just now."""
        self._held |= _only(measurements, parts)
        if any(part is not Part.FACE for part in parts):
            self._judged = None
        if Part.PERSON in parts:
            eyes, width = measurements["eye_line_y_px"], measurements["face_width_px"]
            crown = measurements["crown_y_px"]
            self._held["rise"] = (
                None if crown is None or not eyes or not width else (eyes - crown) / width
            )


def _only(measurements: Measurements, parts: tuple[Part, ...]) -> dict[str, float | None]:
    return {name: measurements[name] for part in parts for name in NAMES_OF[part]}


def _outline(landmarks: Landmarks) -> tuple[tuple[float, float], ...]:
    """Return the face's oval in fractions of the picture."""
    if landmarks.face is None:
        return ()
    width, height = landmarks.width_px, landmarks.height_px
    oval = coordinates(landmarks.face, _OVAL)
    return tuple((x / width, y / height) for x, y in oval if math.isfinite(x + y))
