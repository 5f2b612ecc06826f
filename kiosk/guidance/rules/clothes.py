"""Rules of clothes, judged along the shoulders and on the chest.

Hair that lies over the shoulders is taken for clothes: both are what the background meets.
"""

from __future__ import annotations

from kiosk.guidance.model import RuleResult, Verdict
from kiosk.guidance.rules.context import RuleContext, judge_at_least, judge_at_most, unknown


def clothes_distinct(context: RuleContext) -> RuleResult:
    """The clothes stand out from the official background. Value: CIE 1976 colour difference."""
    limit = context.settings.clothes_difference_min
    value = context.get("clothes_difference")
    return judge_at_least("clothes_distinct", value, limit, "other_clothes")


def clothes_not_blue(context: RuleContext) -> RuleResult:
    """No blue clothes where the official background is blue. Value: their blue part."""
    value, limit = context.get("clothes_blue_fraction"), context.settings.clothes_blue_max_fraction
    if value is None:
        return unknown("clothes_not_blue")
    if (context.policy.background or context.standard.background.default) != "blue":
        return RuleResult("clothes_not_blue", Verdict.PASS, value, limit)
    return judge_at_most("clothes_not_blue", value, limit, "other_clothes")


def clothes_plain(context: RuleContext) -> RuleResult:
    """No stripes and no strong pattern. Value: the part where light and dark alternate."""
    limit = context.settings.clothes_pattern_max_fraction
    value = context.get("clothes_pattern_fraction")
    return judge_at_most("clothes_plain", value, limit, "plain_clothes")


def no_straps(context: RuleContext) -> RuleResult:
    """The shoulders are covered. Value: the part of their outline that is the person's own skin."""
    limit = context.settings.bare_shoulder_max_fraction
    return judge_at_most(
        "no_straps", context.get("bare_shoulder_fraction"), limit, "cover_shoulders"
    )
