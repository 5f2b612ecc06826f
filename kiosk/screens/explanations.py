"""What is drawn for somebody who does not get past a hint: how it is wrong, and how it is right."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from kiosk.screens.drawn_pose import Sketch

RIGHT = Sketch()

WRONG: Mapping[str, Sketch] = MappingProxyType(
    {
        "sit_down": Sketch(present=False),
        "one_person": Sketch(behind="person"),
        "farther": Sketch(scale=1.45),
        "nearer": Sketch(scale=0.6),
        "move_left": Sketch(x=24),
        "move_right": Sketch(x=-24),
        "sit_higher": Sketch(y=17),
        "sit_lower": Sketch(y=-14),
        "take_off_head_cover": Sketch(worn="cap"),
        "uncover_mouth": Sketch(worn="mask"),
        "lower_hands": Sketch(worn="hand"),
        "take_off_glasses": Sketch(worn="glasses"),
        "take_off_tinted_glasses": Sketch(worn="tinted"),
        "lose_reflection": Sketch(worn="reflecting"),
        "clear_brows": Sketch(worn="fringe"),
        "level_shoulders_left": Sketch(shoulders_deg=12),
        "level_shoulders_right": Sketch(shoulders_deg=-12),
        "turn_left": Sketch(yaw=1),
        "turn_right": Sketch(yaw=-1),
        "level_head_left": Sketch(roll_deg=15),
        "level_head_right": Sketch(roll_deg=-15),
        "chin_up": Sketch(pitch=1),
        "chin_down": Sketch(pitch=-1),
        "other_clothes": Sketch(clothes="pale"),
        "plain_clothes": Sketch(clothes="striped"),
        "cover_shoulders": Sketch(clothes="straps"),
        "close_mouth": Sketch(mouth="open"),
        "relax_face": Sketch(mouth="smile"),
        "open_eyes": Sketch(eyes="closed"),
        "look_at_camera": Sketch(eyes="aside"),
        "clear_background": Sketch(behind="thing"),
        "off_backdrop": Sketch(behind="shadow"),
        "even_light": Sketch(light="half"),
        "clear_shadow": Sketch(light="brow"),
        "dab_face": Sketch(light="spot"),
        "hold_still": Sketch(moving=True),
    }
)
"""Hint to how it is wrong; what only staff can mend has no drawing."""

BETTER: Mapping[str, Sketch] = MappingProxyType({"lose_reflection": Sketch(worn="glasses")})
"""Hint to how it is right, where that is not `RIGHT`."""


def explanation(hint: str) -> tuple[Sketch, Sketch] | None:
    """Return how a hint's fault looks and how it looks mended; None where nothing is drawn."""
    wrong = WRONG.get(hint)
    return None if wrong is None else (wrong, BETTER.get(hint, RIGHT))
