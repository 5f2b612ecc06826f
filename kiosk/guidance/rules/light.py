"""Rules of light. None of them looks at how light or dark the person's skin is."""

from __future__ import annotations

from kiosk.guidance.model import RuleResult, Verdict
from kiosk.guidance.rules.context import RuleContext, judge_at_least, judge_at_most, unknown


def light_even(context: RuleContext) -> RuleResult:
    """Both halves of the face get the same light. Value: left over right, stops."""
    limit = context.settings.light_difference_max_ev
    return judge_at_most("light_even", context.get("light_difference_ev"), limit, "even_light")


def no_face_shadow(context: RuleContext) -> RuleResult:
    """No shadow lies on the face. Value: its darkest zone below its middle one, stops."""
    limit = context.settings.face_shadow_max_ev
    return judge_at_most("no_face_shadow", context.get("face_shadow_ev"), limit, "clear_shadow")


def no_hot_spots(context: RuleContext) -> RuleResult:
    """No spot of the skin is burnt out. Value: the largest one, as a part of the face."""
    limit = context.settings.hot_spot_max_fraction
    return judge_at_most("no_hot_spots", context.get("hot_spot_fraction"), limit, "dab_face")


def exposure(context: RuleContext) -> RuleResult:
    """Neither burnt out nor dark.

    Value: the burnt-out part of the face where that is too large; else, in a calibrated booth,
    the backdrop against itself at calibration, stops; else how light the backdrop is, 0 to 1. A
    dark backdrop means a dark picture only where the backdrop is known to be light; in any other
    picture the rule is unknown then.
    """
    clipped, backdrop = context.get("face_clipped_fraction"), context.get("backdrop_level")
    settings = context.settings
    if clipped is not None and clipped > settings.clipped_max_fraction:
        return RuleResult(
            "exposure", Verdict.FAIL, clipped, settings.clipped_max_fraction, "too_bright"
        )
    stops = context.get("exposure_ev")
    if stops is not None:
        hint = "too_bright" if stops > 0 else "too_dark"
        return judge_at_most("exposure", stops, settings.exposure_max_ev, hint)
    result = judge_at_least("exposure", backdrop, settings.backdrop_level_min, "too_dark")
    if result.verdict is Verdict.FAIL and context.kind == "picture":
        return unknown("exposure")
    return result
