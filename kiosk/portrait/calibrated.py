"""What the booth's profile does to a still: straight lines, and true colours of the person."""

from __future__ import annotations

from dataclasses import replace

from calibration.backdrop import Plate
from calibration.colour import ColourCorrection, apply
from calibration.lens import Lens, straighten
from calibration.profile import Profile
from kiosk.portrait.decode import DecodedStill
from kiosk.portrait.light import Floats


class Calibrated:
    """The profile's plate, lens and colours; without a profile everything stays as it is.

    Args:
        profile: the booth's calibration.
        plate: a clean plate without a profile; of the two, the profile's comes first.

    Attributes:
        plate: the clean plate, straightened as the stills are; None when there is none.
    """

    def __init__(self, profile: Profile | None, plate: Plate | None) -> None:
        self._lens = None if profile is None else Lens.of(profile)
        self._colour = None if profile is None else ColourCorrection.of(profile)
        self._followed = self._colour
        known = profile.plate if profile is not None else plate
        self.plate = (
            None if known is None
            else replace(known, pixels=straighten(known.pixels, self._lens))
        )  # fmt: skip

    @property
    def colour_corrected(self) -> bool:
        """Whether the profile knows the true colours."""
        return self._colour is not None

    def follow(self, gains: tuple[float, float, float]) -> None:
        """Take in that the light changed since calibration.

        Args:
            gains: its red, green and blue over those of calibration, factor.
        """
        if self._colour is not None:
            self._followed = self._colour.followed(gains)

    def straight(self, still: DecodedStill) -> DecodedStill:
        """Return the still without the lens's distortion."""
        pixels = straighten(still.pixels, self._lens)
        return still if pixels is still.pixels else replace(still, pixels=pixels)

    def coloured(self, light: Floats) -> Floats:
        """Return the person's light, (H, W, 3) linear, in true colours."""
        return apply(light, self._followed)
