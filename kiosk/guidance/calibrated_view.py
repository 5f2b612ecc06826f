"""What calibration found out about the live view, as guidance needs it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Self

from calibration.profile import Profile
from calibration.view_map import ViewMap
from kiosk.guidance.light import lit_level


@dataclass(frozen=True, slots=True)
class StillField:
    """The rectangle of the live view that the still shows, fractions of its width and height.

    It reaches beyond 0 and 1 where the still shows more than the live view.
    """

    left: float = 0.0
    top: float = 0.0
    right: float = 1.0
    bottom: float = 1.0


WHOLE_VIEW: Final = StillField()
"""Live view and still show the same."""


@dataclass(frozen=True, slots=True)
class CalibratedView:
    """The live view of a calibrated booth.

    Attributes:
        plate_level: the empty backdrop in the live view, where it is lit, sRGB 0 to 255 per
            channel, against which exposure is judged; None where it is not known.
        still: what part of it the still shows.
    """

    plate_level: tuple[float, float, float] | None = None
    still: StillField = WHOLE_VIEW

    @classmethod
    def of(cls, profile: Profile | None) -> Self:
        """Return what a profile tells of the live view; nothing is known without one."""
        if profile is None:
            return cls()
        return cls(
            plate_level=None if profile.live is None else lit_level(profile.live),
            still=_field(ViewMap.of(profile)),
        )


UNCALIBRATED: Final = CalibratedView()


def _field(view_map: ViewMap | None) -> StillField:
    """Return the largest upright rectangle of the live view that is inside the still."""
    if view_map is None:
        return WHOLE_VIEW
    (x1, y1), (x2, y2), (x3, y3), (x4, y4) = (
        view_map.to_live(x, y) for x, y in ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0))
    )
    return StillField(max(x1, x4), max(y1, y2), min(x2, x3), min(y3, y4))
