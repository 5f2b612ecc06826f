"""The table of hints: every key the coach can say, its arrow, and its place in line.

The student sees a mirror: whoever moves to their own left moves to the left of the screen. So
left and right here are the student's own and the mirror's alike, and the arrow can be drawn as
it is over the mirrored preview. The words stand in the screens' locale, one sentence a key.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from kiosk.guidance.model import Arrow


@dataclass(frozen=True, slots=True)
class Hint:
    """One thing the student can be asked to do.

    Attributes:
        key: stable name; the locale has a sentence for it.
        arrow: the way to move as seen in the mirrored preview; None when there is none.
        meaning: what the student does, for whoever writes the sentence.
        for_staff: only staff can mend it; the student can do nothing but wait.
        priority: the smallest one is said first.
    """

    key: str
    arrow: Arrow | None
    meaning: str
    for_staff: bool = False
    priority: int = 0


# In order of importance: a hint further down makes no sense before those above are mended.
_IN_ORDER: tuple[Hint, ...] = (
    Hint("sit_down", None, "nobody is seen: take the seat and look into the mirror"),
    Hint("one_person", None, "more than one face is seen: the others step out of the picture"),
    Hint("farther", Arrow.FARTHER, "move away from the camera"),
    Hint("nearer", Arrow.NEARER, "move towards the camera"),
    Hint("move_left", Arrow.LEFT, "shift the seat to your left"),
    Hint("move_right", Arrow.RIGHT, "shift the seat to your right"),
    Hint("sit_higher", Arrow.UP, "sit up, or raise the seat"),
    Hint("sit_lower", Arrow.DOWN, "lower the seat"),
    Hint("take_off_head_cover", None, "take off the cap, hat or hood"),
    Hint("uncover_mouth", None, "a mask, scarf, phone or the like before the mouth: take it away"),
    Hint("lower_hands", None, "a hand in the picture: lower it, and what it holds"),
    Hint("take_off_glasses", None, "take off the glasses"),
    Hint("take_off_tinted_glasses", None, "tinted lenses: take off the glasses"),
    Hint("lose_reflection", None, "light on the lenses: lower the chin, or take off the glasses"),
    Hint("clear_brows", None, "hair lies over the brows: brush it aside"),
    Hint("level_shoulders_left", Arrow.TILT_LEFT, "lower the left shoulder, raise the right one"),
    Hint("level_shoulders_right", Arrow.TILT_RIGHT, "lower the right shoulder, raise the left one"),
    Hint("turn_left", Arrow.TURN_LEFT, "turn the face a little to your left"),
    Hint("turn_right", Arrow.TURN_RIGHT, "turn the face a little to your right"),
    Hint("level_head_left", Arrow.TILT_LEFT, "tilt the head a little to your left"),
    Hint("level_head_right", Arrow.TILT_RIGHT, "tilt the head a little to your right"),
    Hint("chin_up", Arrow.UP, "raise the chin a little"),
    Hint("chin_down", Arrow.DOWN, "lower the chin a little"),
    # In wrong light nothing below can be told for certain: noise looks like teeth, and a burnt-out
    # backdrop like a thing on it.
    Hint("too_dark", None, "the picture is too dark: staff check the lamps", for_staff=True),
    Hint("too_bright", None, "the picture is too bright: staff check the lamps", for_staff=True),
    Hint("other_clothes", None, "clothes too near to the background: put on others over them"),
    Hint("plain_clothes", None, "clothes with stripes or a pattern: put on plain ones"),
    Hint("cover_shoulders", None, "bare shoulders: put on a top that covers them"),
    Hint("close_mouth", None, "close the lips without pressing them"),
    Hint("relax_face", None, "a broad smile: let the face rest"),
    Hint("open_eyes", None, "open both eyes naturally"),
    Hint("look_at_camera", None, "look straight into the lens"),
    Hint("clear_background", None, "nobody and nothing behind you"),
    Hint("off_backdrop", None, "a deep shadow behind you: bring the seat forward"),
    Hint("even_light", None, "one side of the face is darker: face the camera, staff check lamps"),
    Hint("clear_shadow", None, "a shadow on the face: hair, brim or hand away, staff check lamps"),
    Hint("dab_face", None, "a burnt-out spot on the skin: dab the face dry, staff check lamps"),
    Hint("red_eye", None, "a flash lit up the pupils: staff check the flash", for_staff=True),
    Hint(
        "refocus",
        None,
        "the picture is out of focus: wait, the camera focuses again",
        for_staff=True,
    ),
    Hint("hold_still", None, "the picture is blurred: keep still"),
    Hint("better_file", None, "the file is compressed too hard: take the original", for_staff=True),
)

HINTS: Mapping[str, Hint] = MappingProxyType(
    {hint.key: replace(hint, priority=place) for place, hint in enumerate(_IN_ORDER)}
)
"""Key to hint, the most important first."""
