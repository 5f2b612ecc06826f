"""What the lens does to straight lines, and how it is undone."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import cv2
import numpy as np

from calibration.light import Doubles, Floats
from hardware.base import Pixels

if TYPE_CHECKING:
    from calibration.profile import Profile


@dataclass(frozen=True, slots=True)
class Lens:
    """A camera's focal length and radial distortion, for pictures of one shape.

    Attributes:
        focal: focal length over the picture's height.
        first: first radial coefficient.
        second: second radial coefficient.
        corrects: whether the distortion is large enough to be taken out of photos.
    """

    focal: float
    first: float = 0.0
    second: float = 0.0
    corrects: bool = False

    @classmethod
    def of(cls, profile: Profile) -> Self | None:
        """Return the profile's lens; None when its geometry was not calibrated."""
        known = profile.sections.get("geometry", {}).get("lens")
        if known is None:
            return None
        return cls(
            float(known["focal"]), float(known["first"]), float(known["second"]),
            bool(known["corrects"]),
        )  # fmt: skip

    def matrix(self, width: int, height: int) -> Doubles:
        """Return the 3 × 3 camera matrix for a picture of this size, pixels."""
        focal = self.focal * height
        return np.array([[focal, 0, (width - 1) / 2], [0, focal, (height - 1) / 2], [0, 0, 1.0]])

    @property
    def coefficients(self) -> Doubles:
        """Return the distortion as OpenCV takes it."""
        return np.array([self.first, self.second, 0.0, 0.0])

    def distortion_at_corner(self, width: int, height: int) -> float:
        """Return how much farther out than it should a corner's point is seen, fraction."""
        radius2 = (math.hypot(width / 2, height / 2) / (self.focal * height)) ** 2
        return self.first * radius2 + self.second * radius2**2

    def maps(self, width: int, height: int) -> tuple[Floats, Floats]:
        """Return where each pixel of the straight picture lies in the seen one."""
        camera = self.matrix(width, height)
        maps: tuple[Floats, Floats] = cv2.initUndistortRectifyMap(
            camera, self.coefficients, None, camera, (width, height), cv2.CV_32FC1
        )
        return maps


def straighten(pixels: Pixels, lens: Lens | None) -> Pixels:
    """Return the picture, (H, W, 3) uint8 RGB, without the lens's distortion.

    The same one where there is no lens, or none that is to be corrected. Use it on stills and on
    the clean plate alike, else they fit no longer.
    """
    if lens is None or not lens.corrects:
        return pixels
    height, width = pixels.shape[:2]
    out: Pixels = cv2.remap(
        pixels, *lens.maps(width, height), cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE
    )
    return out
