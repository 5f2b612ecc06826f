"""The rules, in order of importance, each a pure function of measurements and limits.

A new rule: write one function that takes a `RuleContext` and returns a `RuleResult`, put it into
`RULES` at its place, its limit into the standard or the settings, and its hint into
`kiosk.guidance.hints`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from kiosk.guidance.model import RuleResult
from kiosk.guidance.rules.context import Kind, RuleContext, unknown
from kiosk.guidance.rules.expression import eyes_open, gaze_forward, mouth_closed
from kiosk.guidance.rules.geometry import centred, distance, head_height, one_face
from kiosk.guidance.rules.picture import background_clear, exposure, light_even, sharp
from kiosk.guidance.rules.posture import pitch, roll, shoulders_level, yaw

__all__ = ["RULES", "Kind", "RuleContext", "judge"]

RULES: Mapping[str, Callable[[RuleContext], RuleResult]] = MappingProxyType(
    {
        rule.__name__: rule
        for rule in (
            one_face,
            distance,
            centred,
            head_height,
            shoulders_level,
            yaw,
            roll,
            pitch,
            mouth_closed,
            eyes_open,
            gaze_forward,
            background_clear,
            light_even,
            exposure,
            sharp,
        )
    }
)


def judge(context: RuleContext) -> Mapping[str, RuleResult]:
    """Apply all rules. Without a face only `one_face` can be judged."""
    if context.faces == 0:
        without = {name: unknown(name) for name in RULES}
        return MappingProxyType(without | {"one_face": one_face(context)})
    return MappingProxyType({name: rule(context) for name, rule in RULES.items()})
