"""How a pixel is mixed from person and backdrop, in linear light.

S = a F + g W + b B, with the person's colour F, gloss of the lamps' colour W, and the backdrop B;
alpha is 1 - b. The shading of F may differ (a + b need not be 1, at a price), gloss may be added
(at a price), and a guess of b counts as one more, weak observation: four squares whose least sum
is a linear system of two unknowns. Where backdrop and person differ in colour the picture
decides; where they do not, such as a white shirt on a white wall, the guess does.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from kiosk.portrait.light import Floats

_GLOSS = np.full(3, 3**-0.5, np.float32)
_CODE_IN_ROOT = 0.005
"""One code value of sRGB in the square root of light: about the same from dark to bright."""
_DARK = 1e-3


@dataclass(frozen=True, slots=True)
class Price:
    """What departures cost, in units of squared linear light; one for all pixels or one each."""

    shading: float
    gloss: float | Floats
    guess: float | Floats


@dataclass(frozen=True, slots=True, eq=False)
class Mixture:
    """The parts of pixels.

    Attributes:
        through: (...) b, how much of the backdrop shines through, not clipped.
        person: (..., 3) a F + g W, the light the person adds, of colours near the person's.
        info: (...) how strongly the picture itself speaks for b, in squared light.
    """

    through: Floats
    person: Floats
    info: Floats


def unmix(
    light: Floats, foreground: Floats, behind: Floats, guess: Floats, price: Price
) -> Mixture:
    """Solve for the parts of pixels.

    Args:
        light: (..., 3) the picture.
        foreground: (..., 3) the person's colour.
        behind: (..., 3) the backdrop.
        guess: (...) of b.
        price: of departures.
    """
    kept = 1 / (1 + price.gloss)
    gloss_f, gloss_b, gloss_s = foreground @ _GLOSS, behind @ _GLOSS, light @ _GLOSS
    ff = _dot(foreground, foreground) - kept * gloss_f * gloss_f + price.shading
    fb = _dot(foreground, behind) - kept * gloss_f * gloss_b + price.shading
    sf = _dot(light, foreground) - kept * gloss_s * gloss_f + price.shading
    slope = fb / ff
    info = _dot(behind, behind) - kept * gloss_b * gloss_b + price.shading - slope * fb
    told = _dot(light, behind) - kept * gloss_s * gloss_b + price.shading - slope * sf
    through = (told + price.guess * guess) / (info + price.guess)
    clipped = np.clip(through, 0, 1)
    shade = np.maximum((sf - fb * clipped) / ff, 0)
    gloss = kept * (gloss_s - shade * gloss_f - clipped * gloss_b)
    person = np.maximum(shade[..., None] * foreground + gloss[..., None] * _GLOSS, 0)
    return Mixture(through, person, info)


def least_alpha(light: Floats, behind: Floats) -> Floats:
    """Return the least alpha any foreground colour from black to white allows, (...)."""
    darker = (behind - light) / np.maximum(behind, _DARK)
    brighter = (light - behind) / np.maximum(1 + _DARK - behind, _DARK)
    return np.asarray(np.maximum(darker, brighter).max(axis=-1), np.float32)


def difference(light: Floats, behind: Floats) -> Floats:
    """Return how much each pixel differs from the backdrop, in sRGB code values, (H, W)."""
    apart = cv2.GaussianBlur(cv2.sqrt(light) - cv2.sqrt(behind), (3, 3), 0.7)
    return np.asarray(np.sqrt(_dot(apart, apart)) / _CODE_IN_ROOT, np.float32)


def change(light: Floats) -> Floats:
    """Return how much the picture changes over three pixels, in sRGB code values, (H, W)."""
    root = np.sqrt(light.mean(axis=2))
    mean = cv2.blur(root, (3, 3))
    variance = cv2.blur(root * root, (3, 3)) - mean * mean
    return np.asarray(np.sqrt(np.maximum(variance, 0)) / _CODE_IN_ROOT, np.float32)


def _dot(x: Floats, y: Floats) -> Floats:
    total = x[..., 0] * y[..., 0] + x[..., 1] * y[..., 1] + x[..., 2] * y[..., 2]
    return np.asarray(total, np.float32)
