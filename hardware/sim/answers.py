"""What the sitter does when the coach says something: moves the way asked, like a person.

Asked to move towards the right place, the sitter gets there, nearly. Asked to move away from
it, the sitter does that too: a coach that has left and right confused is found out, not helped.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from typing import Any, Final

from hardware.sim.pose import Pose

_LOOKS_S: Final = 1.0
_LEFT_OVER: Final = 0.08  # of a mistake, after somebody has mended it


def _toward(field: str, direction: float, step: float) -> Callable[[Pose], Pose]:
    """Move one field of the pose up (+1) or down (-1)."""
    right = getattr(Pose(), field)

    def move(pose: Pose) -> Pose:
        value = getattr(pose, field)
        wrong_by = value - right
        if wrong_by * direction < 0:
            moved = right + _LEFT_OVER * wrong_by
        else:
            moved = value + direction * step
        return dataclasses.replace(pose, **{field: moved})

    return move


def _set(**fields: Any) -> Callable[[Pose], Pose]:
    return lambda pose: dataclasses.replace(pose, **fields)


def _take_the_seat(pose: Pose) -> Pose:
    """Who stands too far off to be seen comes and sits, more or less in the middle."""
    return dataclasses.replace(
        pose,
        present=True,
        x=_LEFT_OVER * pose.x,
        y=_LEFT_OVER * pose.y if pose.present else 0.0,
        distance=1.0 + _LEFT_OVER * (pose.distance - 1.0),
    )


# Left and right of a hint are the sitter's own, so left is the picture's right.
ANSWERS: Final[Mapping[str, Callable[[Pose], Pose]]] = {
    "sit_down": _take_the_seat,
    "farther": _toward("distance", +1, 0.1),
    "nearer": _toward("distance", -1, 0.1),
    "move_left": _toward("x", +1, 0.05),
    "move_right": _toward("x", -1, 0.05),
    "sit_higher": _toward("y", -1, 0.04),
    "sit_lower": _toward("y", +1, 0.04),
    "level_shoulders_left": _toward("shoulder_tilt_deg", +1, 3.0),
    "level_shoulders_right": _toward("shoulder_tilt_deg", -1, 3.0),
    "turn_left": _toward("yaw_deg", +1, 4.0),
    "turn_right": _toward("yaw_deg", -1, 4.0),
    "level_head_left": _toward("roll_deg", +1, 3.0),
    "level_head_right": _toward("roll_deg", -1, 3.0),
    "chin_up": _toward("pitch_deg", +1, 4.0),
    "chin_down": _toward("pitch_deg", -1, 4.0),
    "close_mouth": _set(mouth_open=0.0, smile=0.0),
    "relax_face": _set(smile=0.0),
    "open_eyes": _set(eye_left=1.0, eye_right=1.0),
    "look_at_camera": _set(gaze_deg=0.0),
    "hold_still": _set(blinking=False),
}
"""The coach's hint to what the sitter makes of it. Hints not here are for others to mend."""


class Ear:
    """Hears what the coach says and tells when the sitter acts on it.

    Args:
        delay_s: from hearing a hint to acting on it, seconds.
    """

    def __init__(self, delay_s: float) -> None:
        self.delay_s = delay_s
        self._hint: str | None = None
        self._act_at = 0.0

    def hear(self, hint: str | None, now: float) -> None:
        """Take in what the coach says now; saying it again changes nothing."""
        if hint != self._hint:
            self._hint = hint
            self._act_at = now + self.delay_s

    def due(self, now: float) -> str | None:
        """Return the hint to act on now, once; again after another delay if it still stands."""
        if self._hint is None or now < self._act_at:
            return None
        # A person moves, and waits to see whether it was enough.
        self._act_at = now + self.delay_s + _LOOKS_S
        return self._hint
