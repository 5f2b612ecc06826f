"""Rules of the picture itself: focus, movement, noise, flash, compression."""

from __future__ import annotations

from kiosk.guidance.model import RuleResult
from kiosk.guidance.rules.context import RuleContext, judge_at_least, judge_at_most, unknown


def sharp(context: RuleContext) -> RuleResult:
    """The eyes are sharp. Value: 0 (blurred) to 1.

    The hint tells movement, which the sitter mends, from defocus, which the camera does.
    """
    direction, settings = context.get("blur_direction"), context.settings
    still = direction is not None and direction < settings.blur_direction_min
    hint = "refocus" if still else "hold_still"
    return judge_at_least("sharp", context.get("eye_sharpness"), settings.eye_sharpness_min, hint)


def noise(context: RuleContext) -> RuleResult:
    """The face is not noisy. Value: standard deviation, levels of 255."""
    limit = context.settings.noise_max_levels
    return judge_at_most("noise", context.get("noise_levels"), limit, "too_dark")


def no_red_eye(context: RuleContext) -> RuleResult:
    """No flash lit up the pupils. Value: their red part, of the eye that has more."""
    limit = context.settings.red_pupil_max_fraction
    return judge_at_most("no_red_eye", context.get("red_pupil_fraction"), limit, "red_eye")


def compression(context: RuleContext) -> RuleResult:
    """The file was not compressed too hard. Value: steps at the borders of JPEG blocks.

    Unknown live: what a camera's preview is packed in says nothing of the still.
    """
    if context.kind == "live":
        return unknown("compression")
    limit = context.settings.blockiness_max
    return judge_at_most("compression", context.get("blockiness"), limit, "better_file")
