"""What to say to the student now: one hint, the hold-still ring, the shot.

The coach adds time to the verdicts and nothing else. It knows no clock: `update` is told the
time.

- A fault becomes a hint when it lasted `hint_after_s`, so a blink says nothing.
- One hint at a time, the most important one; it stays for at least `hint_min_s`. The first one
  waits up to `hint_after_s` more for a more important fault that has just come up.
- A hint goes when its figure is inside the limit by `leave_margin` for `hint_after_s`, or simply
  inside for as long as a hint is shown at least; so neither a figure that trembles around its
  limit nor a frame that is measured wrong makes it flicker.
- A hint that stood for `explain_after_s` of this sitting, in one piece or in several, is explained
  in pictures; after `staff_after_s` the help of staff is offered. What only staff can mend is
  offered at once with the pictures.
- The ring fills only while every rule holds and the face keeps still. A short break stops it, one
  longer than `grace_s` empties it. When it is full, `shoot` is true once, until `reset`.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

from kiosk.guidance.hints import HINTS
from kiosk.guidance.model import (
    Assessment,
    Coaching,
    CoachWord,
    RuleResult,
    Support,
    Verdict,
)
from kiosk.settings.guidance import GuidanceSettings

_SPEED_OVER_S = 0.3
"""The face's speed is taken over so long, seconds, so that jitter of the mesh is no movement."""
_MENDED = (Verdict.PASS, Verdict.UNKNOWN)
_MOVING = "moving"
"""The coach's own fault: every rule holds, but the face moves."""
_BLUR = ("refocus", "hold_still")
_COUNT = "one_face"
"""The one rule whose figure is a count: there is no margin inside its limit."""


@dataclass(slots=True)
class _Fault:
    """One rule that does not hold, or did not a moment ago.

    Attributes:
        hint: what mends it.
        since: when it began.
        limit: what the figure was held against when it last failed.
        above: whether the figure was above the limit then.
        mended_at: since when it holds again, None while it does not.
        inside: whether it is inside the limit by the margin.
    """

    hint: str
    since: float
    limit: float | None = None
    above: bool = True
    mended_at: float | None = None
    inside: bool = False


class Coach:
    """Turns assessments into one word at a time.

    Args:
        settings: times and margins.
    """

    def __init__(self, settings: GuidanceSettings) -> None:
        self._settings = settings
        self.lead_s = 0.0
        """The shutter opens so long after it is ordered to, seconds: the shot comes before the
        ring is full by that, though never by more than `lag_max_s` or half the ring."""
        self.reset()

    def reset(self) -> None:
        """Forget everything: a new sitter, or another try."""
        self._faults: dict[str, _Fault] = {}
        self._places: deque[tuple[float, float, float, float]] = deque()
        self._hint: str | None = None
        self._hint_at = 0.0
        self._stood: dict[str, float] = {}
        self._ring = 0.0
        self._assessed_at: float | None = None
        self._holding = False
        self._held_at: float | None = None
        self._face_seen = False
        self._shot = False
        self._moved_at: float | None = None

    def update(self, assessment: Assessment | None, now: float) -> CoachWord:
        """Take in the newest assessment and say what to show.

        Args:
            assessment: the newest one; None when there is none since the last call.
            now: seconds, monotonic.
        """
        if assessment is not None:
            self._take_in(assessment, now)
        elif self._assessed_at is None or now - self._assessed_at > self._settings.grace_s:
            self._faults.clear()
            self._places.clear()
            self._face_seen = self._holding = False
        self._choose_hint(now)
        self._empty_ring(now)
        ready = assessment is not None and self._holding and self._hint is None
        shoot = ready and self._ring >= self._full() and not self._shot
        self._shot = self._shot or shoot
        arrow = None if self._hint is None else HINTS[self._hint].arrow
        said = Coaching(self._hint, arrow, self._ring, self._support(now))
        return CoachWord(said, self._face_seen, shoot)

    def _full(self) -> float:
        """Return how full the ring is when the shutter is ordered to open, 0.5 to 1."""
        hold_s = self._settings.hold_s
        return 1.0 - min(self.lead_s, self._settings.lag_max_s, hold_s / 2) / hold_s

    def _take_in(self, assessment: Assessment, now: float) -> None:
        self._face_seen = assessment.faces > 0
        moving = self._is_moving(assessment, now)
        self._note_faults(assessment, now)
        held_before, before = self._holding, self._assessed_at
        self._holding, self._assessed_at = assessment.all_hold and not moving, now
        if not self._holding:
            return
        if held_before and before is not None and self._hint is None:
            # Only time between two verdicts that both hold counts, and a gap proves nothing.
            passed = min(max(0.0, now - before), self._settings.grace_s)
            self._ring = min(1.0, self._ring + passed / self._settings.hold_s)
        self._held_at = now

    # --- faults ---------------------------------------------------------------------------------

    def _note_faults(self, assessment: Assessment, now: float) -> None:
        for name, result in assessment.rules.items():
            fault = self._faults.get(name)
            if result.verdict not in _MENDED and result.hint is not None:
                hint = self._of_blur(now) if result.hint in _BLUR else result.hint
                if fault is None or fault.hint != hint:
                    fault = self._faults[name] = _Fault(hint, now)
                fault.mended_at, fault.limit = None, result.limit
                fault.above = _is_above(result)
            elif fault is not None:
                fault.mended_at = now if fault.mended_at is None else fault.mended_at
                fault.inside = name == _COUNT or self._is_inside(result, fault)
        self._faults = {name: f for name, f in self._faults.items() if not self._is_over(f, now)}

    def _of_blur(self, now: float) -> str:
        """Return what mends a blurred picture, whatever the blur looks like.

        Whoever moves is blurred by that; a face that has been still for a while is out of focus.
        """
        recent_s = self._settings.blur_by_movement_s
        moved = self._moved_at is not None and now - self._moved_at <= recent_s
        return "hold_still" if moved else "refocus"

    def _is_inside(self, result: RuleResult, fault: _Fault) -> bool:
        if result.value is None or fault.limit is None:
            return False
        size, limit = abs(result.value), abs(fault.limit)
        margin = self._settings.leave_margin
        return size <= limit * (1 - margin) if fault.above else size >= limit * (1 + margin)

    def _is_over(self, fault: _Fault, now: float) -> bool:
        if fault.mended_at is None:
            return False
        settings = self._settings
        unsure = fault.hint == self._hint and not fault.inside
        # Never at once: one frame that is measured wrong, as in a blink, mends nothing.
        wait = settings.hint_min_s if unsure else settings.hint_after_s
        return now - fault.mended_at >= wait

    # --- stillness and the ring -----------------------------------------------------------------

    def _is_moving(self, assessment: Assessment, now: float) -> bool:
        """Whether the face moves faster than a still face, and has its hint as a fault."""
        x, y, width = (
            assessment.measurements.get(name)
            for name in ("centre_x_px", "eye_line_y_px", "face_width_px")
        )
        moving = False
        if x is None or y is None or not width:
            self._places.clear()
        else:
            self._places.append((now, x, y, width))
            while now - self._places[0][0] > _SPEED_OVER_S and len(self._places) > 2:  # noqa: PLR2004
                self._places.popleft()
            then, x0, y0, width0 = self._places[0]
            # Nearer or farther is movement too: the face grows or shrinks.
            way = ((x - x0) ** 2 + (y - y0) ** 2 + (width - width0) ** 2) ** 0.5 / width
            # The first moments have too short a base to tell movement from jitter.
            base = max(now - then, _SPEED_OVER_S)
            moving = way / base > self._settings.steady_widths_per_s
            self._moved_at = now if moving else self._moved_at
        self._note_movement(now, moving=moving, all_hold=assessment.all_hold)
        return moving

    def _note_movement(self, now: float, *, moving: bool, all_hold: bool) -> None:
        """Keep a fault of its own for a face that moves; one that rocks turns, and is still."""
        fault = self._faults.get(_MOVING)
        if not all_hold:
            self._faults.pop(_MOVING, None)
        elif moving:
            fault = self._faults.setdefault(_MOVING, _Fault("hold_still", now))
            fault.mended_at = None
        elif fault is not None and fault.mended_at is None:
            fault.mended_at = now

    def _empty_ring(self, now: float) -> None:
        if self._shot:
            self._ring = 1.0
        elif self._hint is not None or (
            self._held_at is not None and now - self._held_at > self._settings.grace_s
        ):
            self._ring, self._held_at = 0.0, None

    # --- the hint -------------------------------------------------------------------------------

    def _choose_hint(self, now: float) -> None:
        lasting = [
            fault.hint
            for name, fault in self._faults.items()
            if fault.hint == self._hint
            or (fault.mended_at is None and now - fault.since >= self._patience_s(name))
        ]
        wanted = min(lasting, key=lambda hint: HINTS[hint].priority, default=None)
        if wanted == self._hint or (self._hint is None and self._awaits_another(wanted, now)):
            return
        if self._hint is not None and now - self._hint_at < self._settings.hint_min_s:
            return
        if self._hint is not None:
            self._stood[self._hint] = self._stood_s(self._hint, now)
        self._hint, self._hint_at = wanted, now

    def _awaits_another(self, wanted: str | None, now: float) -> bool:
        """Return whether a more important fault has come up too late to be said already.

        The slower models see theirs some frames later: who takes off a mask, or levels the
        shoulders, is not told of the head for a moment before.
        """
        if wanted is None:
            return False
        mine, after_s = HINTS[wanted].priority, self._settings.hint_after_s
        waited = max(now - f.since for f in self._faults.values() if f.hint == wanted)
        lasting = [f for f in self._faults.values() if f.mended_at is None]
        return waited < 2 * after_s and any(HINTS[f.hint].priority < mine for f in lasting)

    def _patience_s(self, fault: str) -> float:
        """Return how long a fault lasts before it is said, seconds.

        Whoever was told to move comes to rest in a moment, and need not be told to keep still.
        """
        settings = self._settings
        return settings.hint_min_s if fault == _MOVING else settings.hint_after_s

    def _stood_s(self, hint: str, now: float) -> float:
        """Return how long the hint that is shown has stood in this sitting, seconds."""
        return self._stood.get(hint, 0.0) + now - self._hint_at

    def _support(self, now: float) -> Support:
        if self._hint is None:
            return Support.NONE
        stood_s = self._stood_s(self._hint, now)
        if stood_s < self._settings.explain_after_s:
            return Support.NONE
        offer = HINTS[self._hint].for_staff or stood_s >= self._settings.staff_after_s
        return Support.STAFF if offer else Support.EXPLAIN


def _is_above(result: RuleResult) -> bool:
    return result.value is None or result.limit is None or abs(result.value) > abs(result.limit)
