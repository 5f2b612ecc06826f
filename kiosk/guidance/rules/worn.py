"""Rules of what is worn or lies over the face: glasses, head cover, hair.

Values are what a network makes of the picture, 0 (no) to 1 (yes). Between the two limits the
verdict is unknown: the networks say nothing rather than something wrong. It is unknown below the
lower one too where the face is smaller than the network's own scale: what such a picture does not
show may be there all the same.
"""

from __future__ import annotations

from kiosk.guidance.model import RuleResult, Verdict
from kiosk.guidance.rules.context import RuleContext, judge_at_most, unknown


def _large_enough(context: RuleContext, least_px: float) -> bool:
    """Say whether the face is so large that what is not seen is not there."""
    distance = context.get("eye_distance_px")
    return distance is not None and distance >= least_px


def _judge_likely(
    context: RuleContext, rule: str, name: str, hint: str, *, pass_from_px: float | None = None
) -> RuleResult:
    """Judge a network's figure: fail where it says yes, pass where it says no and would see it."""
    value = context.get(name)
    if value is None:
        return unknown(rule)
    settings = context.settings
    if pass_from_px is None:
        pass_from_px = settings.worn_pass_eye_distance_px
    if value >= settings.worn_fail_from:
        return RuleResult(rule, Verdict.FAIL, value, settings.worn_fail_from, hint)
    if value <= settings.worn_pass_below and _large_enough(context, pass_from_px):
        return RuleResult(rule, Verdict.PASS, value, settings.worn_pass_below)
    return unknown(rule)


def no_glasses(context: RuleContext) -> RuleResult:
    """No glasses are worn. Passes whatever is worn where the batch allows clear ones."""
    value = context.get("glasses")
    if context.policy.glasses == "allow_clear" and value is not None:
        return RuleResult("no_glasses", Verdict.PASS, value)
    return _judge_likely(context, "no_glasses", "glasses", "take_off_glasses")


def _judge_lenses(context: RuleContext, rule: str, name: str, hint: str) -> RuleResult:
    """Judge what lenses do, where there are lenses and they are allowed."""
    glasses = context.get("glasses")
    if glasses is None:
        return unknown(rule)
    settings = context.settings
    if glasses <= settings.worn_pass_below:
        if not _large_enough(context, settings.worn_pass_eye_distance_px):
            return unknown(rule)
        return RuleResult(rule, Verdict.PASS, glasses, settings.worn_pass_below)
    if context.policy.glasses == "forbid":
        return unknown(rule)  # whatever the lenses do: `no_glasses` tells them to come off
    return _judge_likely(context, rule, name, hint)


def no_tint(context: RuleContext) -> RuleResult:
    """The lenses are not tinted. Judged where the batch allows clear glasses."""
    return _judge_lenses(context, "no_tint", "lens_tint", "take_off_tinted_glasses")


def no_reflection(context: RuleContext) -> RuleResult:
    """No reflection lies over the eyes. Judged where the batch allows clear glasses."""
    return _judge_lenses(context, "no_reflection", "lens_reflection", "lose_reflection")


def no_head_cover(context: RuleContext) -> RuleResult:
    """Nothing covers the head: no cap, hat, hood, scarf."""
    least = context.settings.cover_pass_eye_distance_px
    hint = "take_off_head_cover"
    return _judge_likely(context, "no_head_cover", "head_cover", hint, pass_from_px=least)


def mouth_uncovered(context: RuleContext) -> RuleResult:
    """Nothing covers the mouth: no mask, scarf, phone. Value: lips less red than skin, stops."""
    limit = context.settings.mouth_covered_max_ev
    value = context.get("mouth_covered_ev")
    if value is not None and value <= limit:  # redder lips than skin are right by any amount
        return RuleResult("mouth_uncovered", Verdict.PASS, value, limit)
    return judge_at_most("mouth_uncovered", value, limit, "uncover_mouth")


def hair_off_brows(context: RuleContext) -> RuleResult:
    """No hair lies over the brows."""
    return _judge_likely(context, "hair_off_brows", "hair_over_brows", "clear_brows")
