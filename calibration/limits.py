"""What a calibration step accepts. The booth's settings fill these in; the defaults are ours."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PlateLimits:
    """What makes stills of the empty backdrop a clean plate.

    Attributes:
        min_stills: fewest stills; the median of fewer keeps too much noise.
        max_change: largest change of a spot between stills, sRGB code values 0 to 255, after
            the exposure of the stills was made equal. More means that something moved.
        max_exposure_change: largest change of exposure between stills, as a fraction.
        max_step: how far a spot may be from the backdrop's smooth run of light, as a fraction
            of its luminance. More means that something stands before the backdrop.
        max_step_area: the fraction of the picture that may be beyond `max_step`.
        max_falloff: largest loss of light from the brightest to the darkest part, as a fraction.
        max_clipped: largest fraction of pixels at 255 or at 0.
        spot_px: size of a spot, in pixels of a picture 256 pixels wide.
    """

    min_stills: int = 3
    max_change: float = 12.0
    max_exposure_change: float = 0.1
    max_step: float = 0.2
    max_step_area: float = 0.01
    max_falloff: float = 0.6
    max_clipped: float = 0.02
    spot_px: int = 5
