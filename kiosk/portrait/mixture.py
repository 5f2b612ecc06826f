"""How a pixel is mixed from person and backdrop, in linear light.

S = a F + g W + b B, with the person's colour F, gloss of the lamps' colour W, and the backdrop B;
alpha is 1 - b. The shading of F may differ (a + b need not be 1, at a price), gloss may be added
(at a price), and a guess of b counts as one more, weak observation: four squares whose least sum
is a linear system of two unknowns. Where backdrop and person differ in colour the picture
decides; where they do not, such as a white shirt on a white wall, the guess does.

Colours are planes, channel first.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from kiosk.portrait.light import Floats
from kiosk.portrait.picture import dot

_GLOSS = np.float32(3**-0.5)
"""Each channel of W, which is as long as 1."""
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
        through: (...) b, how much of the backdrop shines through, 0 to 1.
        info: (...) how strongly the picture itself speaks for b, in squared light.
    """

    through: Floats
    info: Floats


class Mixing:
    """Pixels and what they are mixed from; what does not depend on F is reckoned once.

    Args:
        light: (3, ...) the picture.
        behind: (3, ...) the backdrop.
        guess: (...) of b.
        price: of departures.
    """

    def __init__(self, light: Floats, behind: Floats, guess: Floats, price: Price) -> None:
        self._light, self._behind, self._price = light, behind, price
        self._kept = 1 / (1 + price.gloss)
        self._gloss_s, self._gloss_b = _along_gloss(light), _along_gloss(behind)
        shading, kept_b = np.float32(price.shading), self._kept * self._gloss_b
        self._bb = dot(behind, behind) - kept_b * self._gloss_b + shading
        self._sb = dot(light, behind) - kept_b * self._gloss_s + shading
        self._guessed = price.guess * guess

    def unmix(self, foreground: Floats) -> Mixture:
        """Solve for b with the person's colour, (3, ...)."""
        ff, fb, sf, _ = self._products(foreground)
        slope = fb / ff
        info = self._bb - slope * fb
        through = (self._sb - slope * sf + self._guessed) / (info + self._price.guess)
        return Mixture(np.clip(through, 0, 1), info)

    def person(self, foreground: Floats, through: Floats) -> Floats:
        """Return (3, ...) a F + g W, the light the person adds, of colours near the person's."""
        ff, fb, sf, gloss_f = self._products(foreground)
        shade = np.maximum((sf - fb * through) / ff, 0)
        gloss = self._kept * (self._gloss_s - shade * gloss_f - through * self._gloss_b)
        return np.asarray(np.maximum(shade * foreground + gloss * _GLOSS, 0))

    def _products(self, foreground: Floats) -> tuple[Floats, Floats, Floats, Floats]:
        gloss_f, shading = _along_gloss(foreground), np.float32(self._price.shading)
        kept_f = self._kept * gloss_f
        return (
            dot(foreground, foreground) - kept_f * gloss_f + shading,
            dot(foreground, self._behind) - kept_f * self._gloss_b + shading,
            dot(self._light, foreground) - kept_f * self._gloss_s + shading,
            gloss_f,
        )


def least_alpha(light: Floats, behind: Floats) -> Floats:
    """Return the least alpha any foreground colour from black to white allows, (...)."""
    apart = light - behind
    room = np.where(apart < 0, -np.maximum(behind, _DARK), np.maximum(1 + _DARK - behind, _DARK))
    least = apart / room
    return np.asarray(np.maximum(np.maximum(least[0], least[1]), least[2]))


def difference(light: Floats, behind: Floats) -> Floats:
    """Return how much each pixel differs from the backdrop, in sRGB code values, (H, W)."""
    apart = np.sqrt(light) - np.sqrt(behind)
    for plane in apart:
        cv2.GaussianBlur(plane, (3, 3), 0.7, dst=plane)
    return np.asarray(np.sqrt(dot(apart, apart)) / np.float32(_CODE_IN_ROOT))


def change(light: Floats) -> Floats:
    """Return how much the picture changes over three pixels, in sRGB code values, (H, W)."""
    root = np.sqrt((light[0] + light[1] + light[2]) / 3)
    mean = cv2.blur(root, (3, 3))
    variance = cv2.blur(root * root, (3, 3)) - mean * mean
    return np.asarray(np.sqrt(np.maximum(variance, 0)) / np.float32(_CODE_IN_ROOT))


def _along_gloss(colour: Floats) -> Floats:
    return np.asarray((colour[0] + colour[1] + colour[2]) * _GLOSS)
