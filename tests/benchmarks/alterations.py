"""Portraits with one thing wrong, each for the rule that has to see it.

Every function takes a picture, what was found in it and a random generator, and returns the
altered picture. Colours of cloth are changed by its own light and shade, so folds stay.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import cv2
import numpy as np

from kiosk.guidance.face_points import CHIN, LEFT_CHEEK, LEFT_EYE, RIGHT_CHEEK, RIGHT_EYE
from kiosk.guidance.landmarks import Landmarks

Picture = np.ndarray
Alteration = Callable[[Picture, Landmarks, np.random.Generator], Picture]
OFFICIAL = (100, 197, 255)


def _linear(pixels: np.ndarray) -> np.ndarray:
    return (pixels.astype(np.float32) / 255) ** 2.2


def _srgb(light: np.ndarray) -> Picture:
    return (np.clip(light, 0, 1) ** (1 / 2.2) * 255).round().astype(np.uint8)


def person(found: Landmarks) -> np.ndarray:
    """Return the person mask at the picture's size, 0 to 1; outside of the mask: person."""
    mask = found.person
    step, height, width = mask.step_px, found.height_px, found.width_px
    matrix = np.array([[step, 0, mask.left_px + step / 2], [0, step, mask.top_px + step / 2]])
    return cv2.warpAffine(
        mask.alpha, matrix, (width, height), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )


def _face(found: Landmarks) -> tuple[np.ndarray, float]:
    width = float(np.hypot(*(found.face[LEFT_CHEEK, :2] - found.face[RIGHT_CHEEK, :2])))
    return found.face[:, :2], width


def _cloth(pixels: Picture, found: Landmarks) -> np.ndarray:
    """Return where the white shirt is, 0 to 1."""
    points, width = _face(found)
    alpha = person(found).copy()
    alpha[: round(float(points[CHIN, 1]) + 0.25 * width)] = 0
    chroma = np.ptp(pixels.astype(np.int16), axis=2)
    white = ((chroma < 40) & (pixels.min(axis=2) > 90)).astype(np.float32)
    return alpha * cv2.GaussianBlur(white, (0, 0), 1.5)


def _dyed(pixels: Picture, where: np.ndarray, colour: tuple[int, int, int]) -> Picture:
    shade = _linear(pixels).mean(axis=2, keepdims=True)
    bright = np.percentile(shade[where > 0.5], 80) if (where > 0.5).any() else 1.0
    dyed = _linear(np.array(colour, np.float32)) * shade / bright
    return _srgb(_linear(pixels) * (1 - where[..., None]) + dyed * where[..., None])


def like_background(pixels: Picture, found: Landmarks, rng: np.random.Generator) -> Picture:
    """Clothes of nearly the official blue."""
    colour = np.clip(np.array(OFFICIAL) + rng.integers(-8, 9, 3), 0, 255)
    return _dyed(pixels, _cloth(pixels, found), tuple(colour))


def blue_clothes(pixels: Picture, found: Landmarks, rng: np.random.Generator) -> Picture:
    """A blue top, from royal blue to denim."""
    blues = ((40, 75, 165), (75, 125, 215), (60, 85, 130), (30, 55, 120), (120, 160, 225))
    return _dyed(pixels, _cloth(pixels, found), blues[rng.integers(len(blues))])


def striped_clothes(pixels: Picture, found: Landmarks, rng: np.random.Generator) -> Picture:
    """Stripes or checks of a strong contrast, 2 to 6 hundredths of the face's width each."""
    _, width = _face(found)
    size = width * rng.uniform(0.02, 0.06)
    y, x = np.mgrid[: pixels.shape[0], : pixels.shape[1]]
    across, down = (x // size) % 2 > 0, (y // size) % 2 > 0
    pattern = (across, down, across ^ down)[rng.integers(3)]
    dark = ((40, 40, 45), (150, 30, 40), (60, 70, 60))[rng.integers(3)]
    return _dyed(pixels, _cloth(pixels, found) * pattern, dark)


def bare_shoulders(pixels: Picture, found: Landmarks, _rng: np.random.Generator) -> Picture:
    """The person's own skin where the shirt was."""
    points, _ = _face(found)
    at = points[[50, 280, 205, 425]].astype(int)
    skin = np.median(pixels[at[:, 1], at[:, 0]], axis=0)
    return _dyed(pixels, _cloth(pixels, found), tuple(skin))


def masked(pixels: Picture, found: Landmarks, rng: np.random.Generator) -> Picture:
    """A mask from the nose to below the chin: blue, white, black, green."""
    points, width = _face(found)
    middle, down = points[4], (points[CHIN] - points[168]) / 2
    across = (points[LEFT_CHEEK] - points[RIGHT_CHEEK]) / 2
    corners = [(-0.95, -0.1), (0, -0.25), (0.95, -0.1), (0.8, 0.6), (0.4, 1.1), (-0.4, 1.1),
               (-0.8, 0.6)]  # fmt: skip
    outline = np.array([middle + a * across + b * down for a, b in corners])
    mask = np.zeros(pixels.shape[:2], np.float32)
    cv2.fillPoly(mask, [outline.round().astype(np.int32)], 1.0)
    mask = cv2.GaussianBlur(mask, (0, 0), 0.008 * width)[..., None]
    colours = ((150, 195, 215), (226, 226, 228), (32, 32, 35), (140, 190, 170))
    cloth = np.array(colours[rng.integers(len(colours))], np.float32)
    return (pixels * (1 - mask) + cloth * mask).round().astype(np.uint8)


def thing_behind(pixels: Picture, found: Landmarks, rng: np.random.Generator) -> Picture:
    """A box of 0.15 to 0.4 face widths on the wall, beside the head."""
    points, width = _face(found)
    out, alpha = pixels.copy(), person(found)
    side = 1 if rng.random() < 0.5 else -1
    x = points[:, 0].mean() + side * width * rng.uniform(1.0, 1.35)
    y = points[:, 1].mean() + width * rng.uniform(-0.7, 0.3)
    w, h = width * rng.uniform(0.15, 0.4, 2) / 2
    colour = [int(v) for v in rng.integers(20, 190, 3)]
    cv2.rectangle(out, (int(x - w), int(y - h)), (int(x + w), int(y + h)), colour, -1)
    return np.where(alpha[..., None] > 0.3, pixels, out)


def shadow_behind(pixels: Picture, found: Landmarks, rng: np.random.Generator) -> Picture:
    """The person's shadow from one hard lamp: more than half of the light away."""
    _, width = _face(found)
    alpha = person(found)
    move = np.array([[1, 0, rng.choice([-1, 1]) * 0.3 * width], [0, 1, 0.05 * width]])
    shadow = cv2.warpAffine(alpha, move, alpha.shape[::-1], borderMode=cv2.BORDER_REPLICATE)
    shadow = cv2.GaussianBlur(shadow, (0, 0), 0.06 * width) * rng.uniform(0.55, 0.75)
    light = _linear(pixels)
    return _srgb(light * (1 - (shadow * (1 - alpha))[..., None]))


def uneven_light(pixels: Picture, found: Landmarks, rng: np.random.Generator) -> Picture:
    """One lamp is out: two stops from ear to ear more than there were."""
    points, width = _face(found)
    x = (np.arange(pixels.shape[1]) - points[:, 0].mean()) / width
    # The set's light comes a little from one side; this is added on that side.
    stops = -1.6 * np.clip(x, -0.6, 0.6) * rng.uniform(1.0, 1.3)
    return _srgb(_linear(pixels) * (2.0**stops)[None, :, None])


def face_shadow(pixels: Picture, found: Landmarks, rng: np.random.Generator) -> Picture:
    """A shadow with an edge over a part of the face, two stops and a half deep."""
    points, width = _face(found)
    centre = points[[425, 205, 9, 280, 50][rng.integers(5)]]
    mask = np.zeros(pixels.shape[:2], np.float32)
    axes = (int(width * 0.28), int(width * 0.22))
    cv2.ellipse(mask, tuple(int(v) for v in centre), axes, rng.uniform(0, 180), 0, 360, 1.0, -1)
    mask = cv2.GaussianBlur(mask, (0, 0), 0.03 * width)
    return _srgb(_linear(pixels) * (2.0 ** (-2.5 * mask))[..., None])


def hot_spot(pixels: Picture, found: Landmarks, rng: np.random.Generator) -> Picture:
    """A burnt-out highlight on forehead, nose or cheek."""
    points, width = _face(found)
    centre = points[[151, 9, 280, 50, 4][rng.integers(5)]]
    mask = np.zeros(pixels.shape[:2], np.float32)
    axes = (int(width * rng.uniform(0.05, 0.09)), int(width * rng.uniform(0.04, 0.07)))
    cv2.ellipse(mask, tuple(int(v) for v in centre), axes, 0, 0, 360, 1.0, -1)
    mask = cv2.GaussianBlur(mask, (0, 0), 0.012 * width)
    return _srgb(_linear(pixels) + 1.6 * mask[..., None])


def red_eyes(pixels: Picture, found: Landmarks, rng: np.random.Generator) -> Picture:
    """Pupils lit up by a flash."""
    out = pixels.astype(np.float32)
    for eye in (LEFT_EYE, RIGHT_EYE):
        centre = found.face[eye.iris, :2]
        rim = found.face[eye.iris + 1 : eye.iris + 5, :2]
        radius = float(np.hypot(*(rim - centre).T).mean()) * rng.uniform(0.4, 0.6)
        mask = np.zeros(pixels.shape[:2], np.float32)
        cv2.circle(mask, tuple(int(v) for v in centre), max(1, round(radius)), 1.0, -1)
        mask = cv2.GaussianBlur(mask, (0, 0), 0.15 * radius)[..., None]
        out = out * (1 - mask) + mask * np.array([rng.uniform(150, 230), 35, 40])
    return out.round().astype(np.uint8)


def too_bright(pixels: Picture, _found: Landmarks, _rng: np.random.Generator) -> Picture:
    """Two stops and a half more light."""
    return _srgb(_linear(pixels) * 2**2.5)


def too_dark(pixels: Picture, _found: Landmarks, _rng: np.random.Generator) -> Picture:
    """Two stops less light."""
    return _srgb(_linear(pixels) * 2**-2.0)


def defocused(pixels: Picture, found: Landmarks, rng: np.random.Generator) -> Picture:
    """Out of focus by 2 to 3.5 pixels of the photo."""
    _, width = _face(found)
    return cv2.GaussianBlur(pixels, (0, 0), rng.uniform(2.0, 3.5) * width / 240)


def moved(pixels: Picture, found: Landmarks, rng: np.random.Generator) -> Picture:
    """Moved by 9 to 15 pixels of the photo during the exposure."""
    _, width = _face(found)
    length, angle = rng.uniform(9, 15) * width / 240, rng.uniform(0, np.pi)
    side = 2 * int(length / 2) + 3
    kernel = np.zeros((side, side), np.float32)
    for t in np.linspace(-length / 2, length / 2, 8 * side):
        x, y = side // 2 + t * np.cos(angle), side // 2 - t * np.sin(angle)
        kernel[round(y), round(x)] += 1
    return cv2.filter2D(pixels, -1, kernel / kernel.sum())


def noisy(pixels: Picture, _found: Landmarks, rng: np.random.Generator) -> Picture:
    """Noise of 7 to 11 levels."""
    noise = rng.standard_normal(pixels.shape, np.float32) * rng.uniform(7, 11)
    return np.clip(pixels + noise, 0, 255).round().astype(np.uint8)


def compressed(pixels: Picture, found: Landmarks, rng: np.random.Generator) -> Picture:
    """At the photo's size, as a JPEG of quality 10 to 20."""
    _, width = _face(found)
    scale = 240 / width
    small = cv2.resize(pixels, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    quality = [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(10, 21))]
    return cv2.imdecode(cv2.imencode(".jpg", small[:, :, ::-1], quality)[1], 1)[:, :, ::-1].copy()


ALTERATIONS: Mapping[str, tuple[Alteration, ...]] = {
    "clothes_distinct": (like_background,),
    "clothes_not_blue": (blue_clothes,),
    "clothes_plain": (striped_clothes,),
    "no_straps": (bare_shoulders,),
    "mouth_uncovered": (masked,),
    "nothing_behind": (thing_behind,),
    "no_backdrop_shadow": (shadow_behind,),
    "light_even": (uneven_light,),
    "no_face_shadow": (face_shadow,),
    "no_hot_spots": (hot_spot,),
    "no_red_eye": (red_eyes,),
    "exposure": (too_bright, too_dark),
    "sharp": (defocused, moved),
    "noise": (noisy,),
    "compression": (compressed,),
}
"""Rule to what breaks it."""


def with_other_person(
    pixels: Picture, found: Landmarks, other: Picture, other_found: Landmarks, side: int
) -> Picture:
    """Somebody else stands behind, half out of the picture.

    Args:
        pixels: the sitter.
        found: what was found there.
        other: another portrait of the same size.
        other_found: what was found there.
        side: 1 to stand at the right edge, -1 at the left one.
    """
    _, width = _face(found)
    shift = np.array([[1, 0, side * 1.75 * width], [0, 1, 0.1 * width]])
    size = pixels.shape[1::-1]
    moved_pixels = cv2.warpAffine(other, shift, size, borderMode=cv2.BORDER_REPLICATE)
    alpha = cv2.warpAffine(person(other_found), shift, size)
    alpha = (alpha * (1 - person(found)))[..., None]
    return (pixels * (1 - alpha) + moved_pixels * alpha).round().astype(np.uint8)
