"""The steps in order, what is to be put where for each, and how far staff has come. Pure."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Final

from calibration.second_camera import PLACES
from calibration.step import Step


class Placing(enum.StrEnum):
    """What is to be put where; each names a sentence on the staff screen."""

    GREY_CARD = "grey_card"
    EMPTY = "empty"
    CHART = "chart"
    BOARD = "board"
    BOARD_LEFT = "board_left"
    BOARD_RIGHT = "board_right"
    BOARD_UP = "board_up"
    BOARD_DOWN = "board_down"
    EDGE = "edge"
    CODE_MIDDLE = "code_middle"
    CODE_LEFT = "code_left"
    CODE_RIGHT = "code_right"
    CODE_NEAR = "code_near"
    CODE_FAR = "code_far"

    @property
    def by_second_camera(self) -> bool:
        """Whether the second camera looks at it."""
        return self.value.startswith("code_")


WORDS: Final[Mapping[Placing, str]] = MappingProxyType(
    {
        Placing.GREY_CARD: "Put the grey card on the chair where the face will be, upright.",
        Placing.EMPTY: "Clear the booth: nobody and nothing before the backdrop.",
        Placing.CHART: "Put the colour chart on the chair where the face will be, upright.",
        Placing.BOARD: "Put the chequered board upright on the chair where the face will be.",
        Placing.BOARD_LEFT: "Hold the board to the left, its left edge towards the camera.",
        Placing.BOARD_RIGHT: "Hold the board to the right, its right edge towards the camera.",
        Placing.BOARD_UP: "Hold the board high, its upper edge towards the camera.",
        Placing.BOARD_DOWN: "Hold the board low, its lower edge towards the camera.",
        Placing.EDGE: "Put the card with the dark square on the chair where the face will be.",
        Placing.CODE_MIDDLE: "Hold the code card where phones are held, in the middle.",
        Placing.CODE_LEFT: "Hold the code card at the left.",
        Placing.CODE_RIGHT: "Hold the code card at the right.",
        Placing.CODE_NEAR: "Hold the code card as near as anybody would.",
        Placing.CODE_FAR: "Hold the code card as far away as anybody would.",
    }
)
"""In English, for the command line; left and right as the live picture on the screen shows them."""

PLAN: Final[Mapping[Step, tuple[Placing, ...]]] = MappingProxyType(
    {
        Step.EXPOSURE: (Placing.GREY_CARD,),
        Step.BACKDROP: (Placing.EMPTY,),
        Step.COLOUR: (Placing.CHART,),
        Step.GEOMETRY: (
            Placing.BOARD,
            Placing.BOARD_LEFT,
            Placing.BOARD_RIGHT,
            Placing.BOARD_UP,
            Placing.BOARD_DOWN,
        ),
        Step.FOCUS: (Placing.EDGE,),
        Step.VIEW_MAP: (Placing.BOARD,),
        Step.SECOND_CAMERA: tuple(Placing(f"code_{place}") for place in PLACES),
    }
)
"""What each step wants to see, in this order."""


class Phase(enum.StrEnum):
    """What the wizard waits for."""

    PLACE = "place"
    """That staff has put something up."""
    BUSY = "busy"
    """That pictures are taken and looked at."""
    RESULT = "result"
    """That staff reads the result: next, or again."""
    DONE = "done"
    """That staff closes it: all steps were gone through."""


@dataclass(frozen=True, slots=True)
class Wizard:
    """How far staff has come. A new one replaces it with each move.

    Attributes:
        steps: to be gone through.
        number: the step that is being done, from 0.
        placing: which of the step's placings, from 0.
        phase: what is waited for.
        passed: whether each step that was done passed.
    """

    steps: tuple[Step, ...] = tuple(PLAN)
    number: int = 0
    placing: int = 0
    phase: Phase = Phase.PLACE
    passed: Mapping[Step, bool] = field(default_factory=dict)

    @property
    def step(self) -> Step:
        """The step that is being done."""
        return self.steps[min(self.number, len(self.steps) - 1)]

    @property
    def place(self) -> Placing:
        """What is to be put up now."""
        plan = PLAN[self.step]
        return plan[min(self.placing, len(plan) - 1)]

    @property
    def last_placing(self) -> bool:
        """Whether the step can be judged once this placing was taken."""
        return self.placing >= len(PLAN[self.step]) - 1

    def taking(self) -> Wizard:
        """Staff says it stands there: pictures are being taken."""
        return replace(self, phase=Phase.BUSY)

    def taken(self) -> Wizard:
        """Pictures were taken: the next placing; after the last one the step is being judged."""
        if self.last_placing:
            return self
        return replace(self, placing=self.placing + 1, phase=Phase.PLACE)

    def judged(self, *, passed: bool) -> Wizard:
        """The step has a result."""
        known = {**self.passed, self.step: passed}
        return replace(self, passed=known, phase=Phase.RESULT)

    def again(self) -> Wizard:
        """Do the step once more, from its first placing."""
        return replace(self, placing=0, phase=Phase.PLACE)

    def next(self) -> Wizard:
        """Go on to the next step, whether this one passed or was left out."""
        if self.number + 1 >= len(self.steps):
            return replace(self, phase=Phase.DONE)
        return replace(self, number=self.number + 1, placing=0, phase=Phase.PLACE)
