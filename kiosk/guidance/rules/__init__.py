"""The rules, in order of importance, each a pure function of measurements and limits.

A new rule: write one function that takes a `RuleContext` and returns a `RuleResult`, put it into
`RULES` at its place, its limit into the standard or the settings, and its hint into
`kiosk.guidance.hints`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from kiosk.guidance.model import RuleResult
from kiosk.guidance.rules.asked import ears_visible, hair_off_eyes, no_earrings, no_necklace
from kiosk.guidance.rules.behind import (
    background_clear,
    no_backdrop_shadow,
    no_other_person,
    nothing_behind,
)
from kiosk.guidance.rules.clothes import (
    clothes_distinct,
    clothes_not_blue,
    clothes_plain,
    no_straps,
)
from kiosk.guidance.rules.context import Kind, RuleContext, unknown
from kiosk.guidance.rules.expression import (
    eyes_open,
    gaze_forward,
    mouth_closed,
    neutral_expression,
    no_teeth,
)
from kiosk.guidance.rules.geometry import centred, distance, head_height, one_face
from kiosk.guidance.rules.light import exposure, light_even, no_face_shadow, no_hot_spots
from kiosk.guidance.rules.picture import compression, no_red_eye, noise, sharp
from kiosk.guidance.rules.posture import no_hands, pitch, roll, shoulders_level, yaw
from kiosk.guidance.rules.worn import (
    hair_off_brows,
    mouth_uncovered,
    no_glasses,
    no_head_cover,
    no_reflection,
    no_tint,
)

__all__ = ["OF_FACE", "RULES", "Kind", "RuleContext", "judge"]

RULES: Mapping[str, Callable[[RuleContext], RuleResult]] = MappingProxyType(
    {
        rule.__name__: rule
        for rule in (
            one_face,
            no_other_person,
            distance,
            centred,
            head_height,
            no_head_cover,
            mouth_uncovered,
            no_hands,
            no_glasses,
            no_tint,
            no_reflection,
            shoulders_level,
            yaw,
            roll,
            pitch,
            clothes_distinct,
            clothes_not_blue,
            clothes_plain,
            no_straps,
            hair_off_brows,
            hair_off_eyes,
            ears_visible,
            no_earrings,
            no_necklace,
            mouth_closed,
            no_teeth,
            neutral_expression,
            eyes_open,
            gaze_forward,
            background_clear,
            nothing_behind,
            no_backdrop_shadow,
            light_even,
            no_face_shadow,
            no_hot_spots,
            exposure,
            no_red_eye,
            sharp,
            noise,
            compression,
        )
    }
)


OF_FACE = (
    distance, centred, head_height, shoulders_level, yaw, roll, pitch, mouth_closed,
    neutral_expression, eyes_open, gaze_forward, no_head_cover, no_glasses, no_tint,
    no_reflection, hair_off_brows, no_hands,
)  # fmt: skip
"""Those that look at figures of the face's points, or at the crown, which is held against them."""


def judge(
    context: RuleContext, held: Mapping[str, RuleResult] | None = None
) -> Mapping[str, RuleResult]:
    """Apply all rules. Without a face only `one_face` can be judged.

    Args:
        context: the picture, measured.
        held: the results of the frame before, where nothing differs from it but the figures of
            the face's points and the crown: the other rules say the same again.
    """
    if context.faces == 0:
        without = {name: unknown(name) for name in RULES}
        return MappingProxyType(without | {"one_face": one_face(context)})
    if held is not None:
        return MappingProxyType({**held, **{rule.__name__: rule(context) for rule in OF_FACE}})
    return MappingProxyType({name: rule(context) for name, rule in RULES.items()})
