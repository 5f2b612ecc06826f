"""Rules of expression: eyes and mouth. Values are ratios within the person's own face."""

from __future__ import annotations

from kiosk.guidance.model import RuleResult, Verdict
from kiosk.guidance.rules.context import (
    RuleContext,
    judge_at_least,
    judge_at_most,
    judge_rising,
    less_open_eye,
    unknown,
)


def eyes_open(context: RuleContext) -> RuleResult:
    """Both eyes are open. Value: the gap between the lids over the eye's width, lesser eye."""
    limit = context.settings.eyes_open_min
    return judge_at_least("eyes_open", less_open_eye(context), limit, "open_eyes")


def gaze_forward(context: RuleContext) -> RuleResult:
    """Both eyes look into the lens. Value: the irises off the middle, the larger direction."""
    aside, down = context.get("gaze_x"), context.get("gaze_y")
    opened = less_open_eye(context)
    if aside is None or down is None or opened is None or opened < context.settings.eyes_open_min:
        return unknown("gaze_forward")  # a shut eye looks nowhere
    value = max(aside, down, key=abs)
    return judge_at_most("gaze_forward", value, context.settings.gaze_max, "look_at_camera")


def mouth_closed(context: RuleContext) -> RuleResult:
    """The lips touch. Value: the gap between them over the distance of the eyes.

    Full lips at rest and a gap as thin as a line measure alike; teeth to be seen tell them apart.
    """
    settings, gap, teeth = context.settings, context.get("mouth_open"), context.get("teeth_area")
    if gap is not None and teeth is not None and teeth > settings.teeth_max:
        return RuleResult("mouth_closed", Verdict.FAIL, gap, None, "close_mouth")
    return judge_at_most("mouth_closed", gap, settings.mouth_open_max, "close_mouth")


def no_teeth(context: RuleContext) -> RuleResult:
    """No teeth show. Value: their area over the square of the distance of the eyes."""
    limit = context.settings.teeth_max
    return judge_at_most("no_teeth", context.get("teeth_area"), limit, "close_mouth")


def neutral_expression(context: RuleContext) -> RuleResult:
    """The face is at rest. Value: the mouth's corners above its middle over the eyes' distance.

    A faint smile is natural; a broad one changes the face.
    """
    limits = context.settings.smile_hint, context.settings.smile_max
    return judge_rising("neutral_expression", context.get("smile"), limits, "relax_face")
