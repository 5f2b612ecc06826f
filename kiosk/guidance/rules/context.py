"""What a rule may look at, and the few ways in which a figure is held against its limit.

Live, most figures are held from one frame to the next, so the results last made are kept: making
them anew is most of what judging costs.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, ParamSpec, cast

from kiosk.guidance.calibrated_view import WHOLE_VIEW, StillField
from kiosk.guidance.composition import Composition, compose
from kiosk.guidance.measure import Measurements
from kiosk.guidance.model import RuleResult, Verdict
from kiosk.guidance.policy import DEFAULT_POLICY, BatchPolicy
from kiosk.settings.guidance import GuidanceSettings
from kiosk.standards import Standard

Kind = Literal["live", "photo", "picture"]
"""A frame of the booth's camera; the finished photo; any other picture of a person."""


_Given = ParamSpec("_Given")


def _kept(judged: Callable[_Given, RuleResult]) -> Callable[_Given, RuleResult]:
    """Keep the last results, and the types of the arguments, which `lru_cache` loses."""
    return cast("Callable[_Given, RuleResult]", functools.lru_cache(maxsize=64)(judged))


@dataclass(frozen=True)
class RuleContext:
    """One picture, measured, with the limits it is judged by.

    Attributes:
        kind: what sort of picture it is.
        width_px: of the picture.
        height_px: of the picture.
        faces: how many faces are in it.
        measurements: by name; None where it could not be measured.
        standard: the photo standard: pose and geometry.
        settings: all other limits.
        policy: what the batch decides.
        still: what part of a live frame the still shows.
    """

    kind: Kind
    width_px: int
    height_px: int
    faces: int
    measurements: Measurements
    standard: Standard
    settings: GuidanceSettings
    policy: BatchPolicy = DEFAULT_POLICY
    still: StillField = WHOLE_VIEW

    def get(self, name: str) -> float | None:
        """Return a measurement, None when there is none."""
        return self.measurements.get(name)

    @functools.cached_property
    def composition(self) -> Composition | None:
        """The crop that would give the photo; None where too little of the face was measured."""
        eyes, width = self.get("eye_line_y_px"), self.get("face_width_px")
        if eyes is None or width is None or width < 1:  # a broken figure: no face is so narrow
            return None
        return compose(
            self.standard,
            eye_line_y_px=eyes,
            crown_y_px=self.get("crown_y_px"),
            face_width_px=width,
        )


def less_open_eye(context: RuleContext) -> float | None:
    """Return the gap between the lids over the eye's width, of the lesser eye."""
    left, right = context.get("eye_open_left"), context.get("eye_open_right")
    return None if left is None or right is None else min(left, right)


def has_shut_eye(context: RuleContext) -> bool:
    """Return whether an eye is seen to be shut."""
    opened = less_open_eye(context)
    return opened is not None and opened < context.settings.eyes_open_min


def has_covered_mouth(context: RuleContext) -> bool:
    """Return whether something is seen to cover the mouth."""
    covered = context.get("mouth_covered_ev")
    return covered is not None and covered > context.settings.mouth_covered_max_ev


@_kept
def unknown(rule: str) -> RuleResult:
    """Return the result of a rule that could not be judged."""
    return RuleResult(rule, Verdict.UNKNOWN)


@_kept
def judge_tilt(
    rule: str,
    value: float | None,
    limits: tuple[float, float],
    hints: tuple[str, str],
) -> RuleResult:
    """Judge an angle against its hint and fail limits, either way.

    Args:
        rule: the rule's name.
        value: degrees; the result carries it with its sign, and the limit without.
        limits: hint from above the first, fail from above the second.
        hints: what mends a positive angle, and a negative one.
    """
    if value is None:
        return unknown(rule)
    hint_from, fail_from = limits
    size = abs(value)
    if size <= hint_from:
        return RuleResult(rule, Verdict.PASS, value, hint_from)
    hint = hints[0] if value > 0 else hints[1]
    if size <= fail_from:
        return RuleResult(rule, Verdict.HINT, value, hint_from, hint)
    return RuleResult(rule, Verdict.FAIL, value, fail_from, hint)


@_kept
def judge_at_most(rule: str, value: float | None, limit: float, hint: str) -> RuleResult:
    """Judge a figure whose size must not exceed `limit`."""
    if value is None:
        return unknown(rule)
    if abs(value) <= limit:
        return RuleResult(rule, Verdict.PASS, value, limit)
    return RuleResult(rule, Verdict.FAIL, value, limit, hint)


def judge_rising(
    rule: str, value: float | None, limits: tuple[float, float], hint: str
) -> RuleResult:
    """Judge a figure that may grow: a hint above the first limit, a fail above the second."""
    if value is None:
        return unknown(rule)
    hint_from, fail_from = limits
    if value <= hint_from:
        return RuleResult(rule, Verdict.PASS, value, hint_from)
    if value <= fail_from:
        return RuleResult(rule, Verdict.HINT, value, hint_from, hint)
    return RuleResult(rule, Verdict.FAIL, value, fail_from, hint)


@_kept
def judge_at_least(rule: str, value: float | None, limit: float, hint: str) -> RuleResult:
    """Judge a figure that must reach `limit`."""
    if value is None:
        return unknown(rule)
    if value >= limit:
        return RuleResult(rule, Verdict.PASS, value, limit)
    return RuleResult(rule, Verdict.FAIL, value, limit, hint)


def judge_range(
    rule: str,
    value: float | None,
    limits: tuple[float, float],
    warn: float,
    hints: tuple[str, str],
) -> RuleResult:
    """Judge a figure that must lie in a range, with a hint where it comes near an end.

    Args:
        rule: the rule's name.
        value: the figure.
        limits: lowest and highest allowed.
        warn: nearer than this to a limit is a hint.
        hints: what mends a figure that is too low, and one that is too high.
    """
    if value is None:
        return unknown(rule)
    low, high = limits
    limit, hint, inside = (
        (low, hints[0], value - low)
        if value - low < high - value
        else (high, hints[1], high - value)
    )
    if inside >= warn:
        return RuleResult(rule, Verdict.PASS, value, limit)
    return RuleResult(rule, Verdict.FAIL if inside < 0 else Verdict.HINT, value, limit, hint)
