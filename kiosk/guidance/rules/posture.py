"""Rules of posture: head and shoulders upright and straight ahead. Values are degrees."""

from __future__ import annotations

from kiosk.guidance.composition import Composition
from kiosk.guidance.model import RuleResult, Verdict
from kiosk.guidance.rules.context import (
    RuleContext,
    has_covered_mouth,
    has_shut_eye,
    judge_tilt,
    unknown,
)


def roll(context: RuleContext) -> RuleResult:
    """The eyes are level. Positive: the head leans to the person's own right."""
    if has_shut_eye(context):
        return unknown("roll")  # the line through the pupils wavers where a lid hides one
    pose = context.standard.pose
    return judge_tilt(
        "roll",
        context.get("roll_deg"),
        (pose.roll_hint_deg, pose.roll_fail_deg),
        ("level_head_left", "level_head_right"),
    )


def yaw(context: RuleContext) -> RuleResult:
    """The face is turned to the lens. Positive: it looks to the person's own left."""
    pose = context.standard.pose
    return judge_tilt(
        "yaw",
        context.get("yaw_deg"),
        (pose.yaw_hint_deg, pose.yaw_fail_deg),
        ("turn_right", "turn_left"),
    )


def pitch(context: RuleContext) -> RuleResult:
    """The chin is neither down nor up. Positive: the face looks down.

    Faces differ in shape by as much as a few degrees of pitch, so the standard's limits are
    widened by ``pitch_uncertainty_deg``: a straight face is never refused for its shape.
    Unknown with a covered mouth: the mesh then guesses where the chin is.
    """
    if has_covered_mouth(context):
        return unknown("pitch")
    pose, unsure = context.standard.pose, context.settings.pitch_uncertainty_deg
    return judge_tilt(
        "pitch",
        context.get("pitch_deg"),
        (pose.pitch_hint_deg + unsure, pose.pitch_fail_deg + unsure),
        ("chin_up", "chin_down"),
    )


def shoulders_level(context: RuleContext) -> RuleResult:
    """The shoulders are level. Positive: the person's own right one is lower.

    Unknown where a shoulder is not seen; with a head so tilted that `roll` fails: the pose model
    then takes the shoulders along; and with so much noise that `noise` fails: it wavers by degrees.
    """
    visibility, roll_deg = context.get("shoulder_visibility"), context.get("roll_deg")
    pose, noise = context.standard.pose, context.get("noise_levels")
    if noise is not None and noise > context.settings.noise_max_levels:
        return unknown("shoulders_level")
    if visibility is None or visibility < context.settings.visibility_min:
        return unknown("shoulders_level")
    if roll_deg is None or abs(roll_deg) > pose.roll_fail_deg:
        return unknown("shoulders_level")
    return judge_tilt(
        "shoulders_level",
        context.get("shoulder_tilt_deg"),
        (pose.shoulders_hint_deg, pose.shoulders_fail_deg),
        ("level_shoulders_left", "level_shoulders_right"),
    )


def no_hands(context: RuleContext) -> RuleResult:
    """No hand is held into the photo. Value: how visible a hand inside the photo's crop is, 0 to 1.

    Between the two limits it is unknown: something may be held up, or only seem to be.
    """
    seen = [_hand_in_photo(context, side) for side in ("left", "right")]
    visible = [value for value in seen if value is not None]
    if not visible:
        return unknown("no_hands")
    value, settings = max(visible), context.settings
    if value >= settings.hand_fail_from:
        return RuleResult("no_hands", Verdict.FAIL, value, settings.hand_fail_from, "lower_hands")
    if value <= settings.hand_pass_below:
        return RuleResult("no_hands", Verdict.PASS, value, settings.hand_pass_below)
    return unknown("no_hands")


def _hand_in_photo(context: RuleContext, side: str) -> float | None:
    """Return how visible a hand is in the photo, 0 where it is elsewhere; None: not looked at."""
    visibility, aside, below = (
        context.get(f"hand_{side}_{name}") for name in ("visibility", "aside", "below")
    )
    crop, face_px = context.composition, context.get("face_width_px")
    if visibility is None or aside is None or below is None or crop is None or face_px is None:
        return None
    return visibility if _is_inside(crop, aside * face_px, below * face_px) else 0.0


def _is_inside(crop: Composition, aside_px: float, below_px: float) -> bool:
    above = crop.above_eyes_px
    return abs(aside_px) <= crop.width_px / 2 and -above <= below_px <= crop.height_px - above
