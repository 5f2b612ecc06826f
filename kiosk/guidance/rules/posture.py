"""Rules of posture: head and shoulders upright and straight ahead. Values are degrees."""

from __future__ import annotations

from kiosk.guidance.model import RuleResult
from kiosk.guidance.rules.context import RuleContext, has_shut_eye, judge_tilt, unknown


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
    """
    pose, unsure = context.standard.pose, context.settings.pitch_uncertainty_deg
    return judge_tilt(
        "pitch",
        context.get("pitch_deg"),
        (pose.pitch_hint_deg + unsure, pose.pitch_fail_deg + unsure),
        ("chin_up", "chin_down"),
    )


def shoulders_level(context: RuleContext) -> RuleResult:
    """The shoulders are level. Positive: the person's own right one is lower.

    Unknown where a shoulder is not seen, and with a head so tilted that `roll` fails: the pose
    model then takes the shoulders along.
    """
    visibility, roll_deg = context.get("shoulder_visibility"), context.get("roll_deg")
    pose = context.standard.pose
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
