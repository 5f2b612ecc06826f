"""Rules of the picture itself: backdrop, light, exposure, sharpness.

None of them looks at how light or dark the person's skin is.
"""

from __future__ import annotations

from kiosk.guidance.model import RuleResult, Verdict
from kiosk.guidance.rules.context import RuleContext, judge_at_least, judge_at_most, unknown


def background_clear(context: RuleContext) -> RuleResult:
    """Nothing but the backdrop is behind the person. Value: its spread, levels of 255."""
    return judge_at_most(
        "background_clear",
        context.get("background_spread"),
        context.settings.background_spread_max,
        "clear_background",
    )


def light_even(context: RuleContext) -> RuleResult:
    """Both halves of the face get the same light. Value: left over right, stops."""
    limit = context.settings.light_difference_max_ev
    return judge_at_most("light_even", context.get("light_difference_ev"), limit, "even_light")


def exposure(context: RuleContext) -> RuleResult:
    """Neither burnt out nor dark.

    Value: the burnt-out part of the face where that is too large, else how light the backdrop
    is, 0 to 1. A dark backdrop means a dark picture only where the backdrop is known to be
    light; in any other picture the rule is unknown then.
    """
    clipped, backdrop = context.get("face_clipped_fraction"), context.get("backdrop_level")
    settings = context.settings
    if clipped is not None and clipped > settings.clipped_max_fraction:
        return RuleResult(
            "exposure", Verdict.FAIL, clipped, settings.clipped_max_fraction, "too_bright"
        )
    result = judge_at_least("exposure", backdrop, settings.backdrop_level_min, "too_dark")
    if result.verdict is Verdict.FAIL and context.kind == "picture":
        return unknown("exposure")
    return result


def sharp(context: RuleContext) -> RuleResult:
    """The eyes are sharp. Value: 0 (blurred) to 1."""
    limit = context.settings.eye_sharpness_min
    return judge_at_least("sharp", context.get("eye_sharpness"), limit, "hold_still")
