"""What the rooms around guidance see of it: verdicts, assessments, the coach's word.

Pixels count from the top left corner of the picture as the camera gives it (never mirrored).
Left and right of a person are the person's own, unless a name says "image".
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType


class Verdict(enum.StrEnum):
    """How a rule stands."""

    PASS = "pass"  # noqa: S105 - a verdict, not a password
    HINT = "hint"
    """Acceptable to the standard, but better mended before the shot."""
    FAIL = "fail"
    UNKNOWN = "unknown"
    """Not measured, or not reliably: never a silent pass, never a wrong fail."""


@dataclass(frozen=True, slots=True)
class RuleResult:
    """One rule, judged.

    Attributes:
        rule: the rule's name, such as ``eyes_open``.
        verdict: how it stands.
        value: the figure it was judged by, in the unit the rule documents; None when unknown.
        limit: the limit that figure was held against.
        hint: key of the hint that mends it, None when there is nothing to mend.
    """

    rule: str
    verdict: Verdict
    value: float | None = None
    limit: float | None = None
    hint: str | None = None


@dataclass(frozen=True, slots=True)
class Assessment:
    """One picture, measured and judged.

    Attributes:
        frame_number: of the frame, 0 for a file.
        taken_at: of the frame, seconds, monotonic.
        faces: how many faces were found.
        measurements: name with unit suffix to figure; None where it could not be measured.
        rules: rule name to its result, in order of importance.
        outline: the face's oval, (x, y) in fractions of the picture's width and height; for
            drawing only.
    """

    frame_number: int
    taken_at: float
    faces: int
    measurements: Mapping[str, float | None] = field(default_factory=dict)
    rules: Mapping[str, RuleResult] = field(default_factory=lambda: MappingProxyType({}))
    outline: tuple[tuple[float, float], ...] = ()

    @property
    def all_hold(self) -> bool:
        """Whether the picture may be taken: no rule fails and none has a hint."""
        return self.faces == 1 and all(
            r.verdict in (Verdict.PASS, Verdict.UNKNOWN) for r in self.rules.values()
        )


class Arrow(enum.StrEnum):
    """Which way the student should move, as seen in the mirror on the screen."""

    LEFT = "left"
    RIGHT = "right"
    UP = "up"
    DOWN = "down"
    NEARER = "nearer"
    FARTHER = "farther"
    TURN_LEFT = "turn_left"
    TURN_RIGHT = "turn_right"
    TILT_LEFT = "tilt_left"
    TILT_RIGHT = "tilt_right"


class Support(enum.StrEnum):
    """What somebody needs who does not get past a hint."""

    NONE = "none"
    EXPLAIN = "explain"
    """The hint is explained in pictures."""
    STAFF = "staff"
    """Besides, the help of staff is offered."""


@dataclass(frozen=True, slots=True)
class Coaching:
    """What the coach says now.

    Attributes:
        hint: key of the one hint shown, None when there is nothing to mend.
        arrow: the way to move in the mirror.
        ring: how much of the hold-still time has passed, 0 to 1.
        support: what is to be shown beside the hint.
    """

    hint: str | None = None
    arrow: Arrow | None = None
    ring: float = 0.0
    support: Support = Support.NONE


@dataclass(frozen=True, slots=True)
class CoachWord:
    """What the coach makes of the newest assessment.

    Attributes:
        coaching: what to show.
        face_seen: whether somebody sits there.
        shoot: true once, when the still is to be taken now.
    """

    coaching: Coaching
    face_seen: bool = False
    shoot: bool = False
