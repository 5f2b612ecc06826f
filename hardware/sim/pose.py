"""How the sitter sits: exact figures, and the motion from one pose to the next.

Directions are those of the picture as the camera gives it (never mirrored): positive x is the
picture's right, which is the sitter's own left.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

BLINK_S: Final = 0.16
_BLINK_EVERY_S: Final = 4.7


@dataclass(frozen=True, slots=True)
class Pose:
    """Where the sitter is and what the face does. The default is the good pose.

    Attributes:
        present: whether somebody sits there.
        x: middle of the eyes to the right of the picture's middle, in heights of the picture.
        y: middle of the eyes below its right place, in heights of the picture.
        distance: from the camera over the right distance, factor.
        roll_deg: head tilt; positive: the top of the head goes to the picture's right.
        shoulder_tilt_deg: positive: the shoulder at the picture's right hangs lower.
        lean_deg: head and body together, about the seat; adds to both of the above.
        yaw_deg: positive: the nose goes to the picture's right.
        pitch_deg: positive: chin up.
        eye_left: how far the sitter's own left eye is open, 0 to 1.
        eye_right: the same of the right one.
        mouth_open: 0 (lips closed) to 1.
        smile: 0 to 1.
        gaze_deg: positive: the eyes look to the picture's right.
        wearing: ``""``, ``glasses``, ``cap`` or ``fringe`` (hair over the brows).
        lively: breathes, sways and blinks. False: stands as still as a picture.
        blinking: blinks now and then, when lively.
    """

    present: bool = True
    x: float = 0.0
    y: float = 0.0
    distance: float = 1.0
    roll_deg: float = 0.0
    shoulder_tilt_deg: float = 0.0
    lean_deg: float = 0.0
    yaw_deg: float = 0.0
    pitch_deg: float = 0.0
    eye_left: float = 1.0
    eye_right: float = 1.0
    mouth_open: float = 0.0
    smile: float = 0.0
    gaze_deg: float = 0.0
    wearing: str = ""
    lively: bool = True
    blinking: bool = True


EMPTY_CHAIR: Final = Pose(present=False)

_NUMBERS: Final = tuple(f.name for f in dataclasses.fields(Pose) if f.type == "float")


@dataclass(frozen=True, slots=True)
class Motion:
    """From one pose to another.

    Attributes:
        before: the pose it starts with.
        after: the pose it ends with.
        start: when it starts, seconds of `time.monotonic`.
        duration_s: how long it takes, seconds.
    """

    before: Pose = EMPTY_CHAIR
    after: Pose = EMPTY_CHAIR
    start: float = 0.0
    duration_s: float = 0.0

    def at(self, now: float) -> Pose:
        """The pose at a time, without breathing, sway and blinks."""
        if now >= self.start + self.duration_s:
            return self.after
        if now <= self.start:
            return self.before
        share = (now - self.start) / self.duration_s
        eased = share * share * (3.0 - 2.0 * share)
        between = {
            name: (1.0 - eased) * getattr(self.before, name) + eased * getattr(self.after, name)
            for name in _NUMBERS
        }
        # Who leaves is seen until they are gone, who comes from the first moment.
        present = self.before.present or self.after.present
        return dataclasses.replace(self.after, present=present, **between)

    def to_json(self) -> dict[str, Any]:
        """Describe it as a JSON object."""
        return dataclasses.asdict(self)

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Motion:
        """Build it from `to_json`'s object; a missing or wrong one is an empty chair."""
        try:
            return cls(
                Pose(**value["before"]),
                Pose(**value["after"]),
                float(value["start"]),
                float(value["duration_s"]),
            )
        except (KeyError, TypeError, ValueError):
            return cls()


def alive(pose: Pose, now: float) -> Pose:
    """Add breathing, sway and blinks: small, smooth, and the same at the same time for all."""
    if not (pose.present and pose.lively):
        return pose
    sway = math.sin(now * 0.9) + 0.6 * math.sin(now * 1.7 + 1.0)
    breath = math.sin(now * 2 * math.pi / 4.2)
    if pose.blinking:
        number, since = divmod(now, _BLINK_EVERY_S)
        blink_at = 0.5 + (number * 0.618 % 1.0) * (_BLINK_EVERY_S - 1.0)
        if blink_at <= since < blink_at + BLINK_S:
            pose = dataclasses.replace(pose, eye_left=0.0, eye_right=0.0)
    return dataclasses.replace(
        pose,
        x=pose.x + 0.0022 * sway,
        y=pose.y + 0.0016 * breath,
        distance=pose.distance * (1.0 + 0.002 * math.sin(now * 0.7)),
        lean_deg=pose.lean_deg + 0.25 * math.sin(now * 1.1 + 0.4),
    )
