"""Which part of each pixel is the person (alpha), and the person's own colour.

With a clean plate the backdrop behind every pixel is known (`kiosk.portrait.backdrop`), and alpha
is solved from it (`kiosk.portrait.opacity`). Without one, the segmenter's mask is refined along
the picture's edges (`kiosk.portrait.guess`) and the result is marked as such.
"""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.portrait.light import Floats


@dataclass(frozen=True, slots=True, eq=False)
class Matte:
    """A person cut out.

    Attributes:
        alpha: (H, W) float32, 0 to 1: picture = foreground x alpha + backdrop x (1 - alpha), in
            linear light.
        foreground: (H, W, 3) float32 linear light, the person's own colour.
        method: ``plate``, ``plain_wall`` (filled in from around) or ``segmenter``.
        shift_px: movement of the backdrop since the plate, x and y.
        exposure: light of the backdrop over that of the plate.
        unsure: the fraction of the outline that the segmenter had to decide.
    """

    alpha: Floats
    foreground: Floats
    method: str
    shift_px: tuple[float, float] = (0.0, 0.0)
    exposure: float = 1.0
    unsure: float = 0.0
