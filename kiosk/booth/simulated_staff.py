"""Staff of the simulated booth: puts up what calibration asks for."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import Final, Self

from calibration.second_camera import TEST_TEXT
from calibration.wizard import Placing
from hardware.sim.cards import Card
from hardware.sim.director import Director
from hardware.sim.pinhole import HeldCard

_CARDS: Final[Mapping[Placing, HeldCard | None]] = MappingProxyType(
    {
        Placing.GREY_CARD: HeldCard(Card.GREY),
        Placing.EMPTY: None,
        Placing.CHART: HeldCard(Card.CHECKER, light="true"),
        Placing.BOARD: HeldCard(Card.CHARUCO),
        Placing.BOARD_LEFT: HeldCard(Card.CHARUCO, right_mm=-160, down_mm=-70, yaw_deg=25),
        Placing.BOARD_RIGHT: HeldCard(Card.CHARUCO, right_mm=160, down_mm=70, yaw_deg=-25),
        Placing.BOARD_UP: HeldCard(Card.CHARUCO, right_mm=160, down_mm=-80, pitch_deg=-25),
        Placing.BOARD_DOWN: HeldCard(Card.CHARUCO, right_mm=-160, down_mm=80, pitch_deg=25),
        Placing.EDGE: HeldCard(Card.EDGE),
    }
)

_PHONES: Final[Mapping[Placing, Mapping[str, float]]] = MappingProxyType(
    {
        Placing.CODE_MIDDLE: {},
        Placing.CODE_LEFT: {"right": -0.35},
        Placing.CODE_RIGHT: {"right": 0.35},
        Placing.CODE_NEAR: {"size": 1.2},
        Placing.CODE_FAR: {"size": 0.6},
    }
)


class SimulatedStaff:
    """Puts up what a placing asks for, before an empty chair, and takes it away at the end.

    Args:
        scene: the run folder of the simulated booth.
    """

    def __init__(self, scene: Path | str) -> None:
        self._director = Director(scene)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.put_away()
        self._director.close()

    def place(self, placing: Placing | None) -> None:
        """Put up what a placing asks for; None takes everything away."""
        if placing is None:
            self.put_away()
        else:
            self.put_up(placing)

    def put_up(self, placing: Placing) -> None:
        """Put it up."""
        self._director.empty()
        if placing.by_second_camera:
            self._director.show_phone(TEST_TEXT, steady=True, **_PHONES[placing])
        else:
            self._director.show_card(_CARDS[placing])

    def put_away(self) -> None:
        """Take everything away again."""
        self._director.show_card(None)
        self._director.show_phone(None)
