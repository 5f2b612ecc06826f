"""Booth scenes made from the shipped sitters, with their alpha known, for tests of the portrait."""

from __future__ import annotations

import io
from dataclasses import dataclass
from importlib import resources

import cv2
import numpy as np
from PIL import Image

from kiosk.portrait.light import to_encoded, to_linear

GREEN, GREY, WHITE = (70, 150, 75), (135, 135, 137), (220, 220, 218)


@dataclass
class Scene:
    still: np.ndarray
    plates: list[np.ndarray]
    alpha: np.ndarray


def noisy(light: np.ndarray, seed: int, noise: float = 1.0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    encoded = to_encoded(light.astype(np.float32)).astype(np.float32)
    return np.clip(encoded + rng.normal(0, noise, encoded.shape) + 0.5, 0, 255).astype(np.uint8)


def wall(colour: tuple[int, int, int], height: int, width: int) -> np.ndarray:
    """A wall with falloff and weave, linear light."""
    y, x = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j]
    rng = np.random.default_rng(1)
    weave = cv2.GaussianBlur(rng.normal(0, 1, (height, width)).astype(np.float32), (0, 0), 1.5)
    light = (1 - 0.08 * (x * x + y * y)) * (1 + 0.02 * weave / weave.std())
    return to_linear(np.array(colour, np.uint8).reshape(1, 1, 3)) * light[..., None]


def sprite(person: str = "mei", state: str = "neutral") -> np.ndarray:
    file = resources.files("hardware.sim.sitter") / "people" / person / f"{state}.webp"
    with Image.open(io.BytesIO(file.read_bytes())) as image:
        return np.asarray(image.convert("RGBA"))


def booth_scene(
    colour: tuple[int, int, int] = GREEN,
    *,
    people: tuple[tuple[str, float], ...] = (("mei", 0.5),),
    size: tuple[int, int] = (550, 600),
    scale: float = 0.5,
    exposure: float = 1.0,
    shadow: float = 0.0,
    shift: tuple[float, float] = (0.0, 0.0),
    drop: int = 0,
    zoom: float = 1.0,
    tint: tuple[float, float, float] = (1.0, 1.0, 1.0),
    across: float = 0.0,
    noise: float = 1.0,
) -> Scene:
    """Put people (name, place across 0 to 1) before a wall.

    Args:
        size: height and width.
        scale: of the people; 1 is 960 pixels wide.
        exposure: of the still over the plates.
        shadow: how much light the people take from the wall to their right.
        shift: of the wall between plates and still, pixels.
        drop: pixels the people sit lower than the still's lower edge.
        zoom: of the wall between plates and still, about the middle.
        tint: how much of the shadow each channel takes.
        across: how much the lamps changed to the right edge, and the other way to the left.
        noise: standard deviation of one pixel, code values.
    """
    height, width = size
    empty = wall(colour, height, width)
    move = cv2.getRotationMatrix2D(((width - 1) / 2, (height - 1) / 2), 0, zoom)
    move[:, 2] += shift
    behind = cv2.warpAffine(empty, move, (width, height), flags=cv2.INTER_CUBIC,
                            borderMode=cv2.BORDER_REPLICATE)  # fmt: skip
    alpha = np.zeros((height, width), np.float32)
    front = np.zeros((height, width, 3), np.float32)
    for person, place in people:
        rgba = sprite(person)
        if scale != 1:
            rgba = cv2.resize(rgba, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        top, left = height - rgba.shape[0] + drop, round(place * width - rgba.shape[1] / 2)
        y0, y1 = max(top, 0), min(top + rgba.shape[0], height)
        x0, x1 = max(left, 0), min(left + rgba.shape[1], width)
        part = rgba[y0 - top : y1 - top, x0 - left : x1 - left]
        cover = part[..., 3] / np.float32(255)
        keep = 1 - cover
        alpha[y0:y1, x0:x1] = cover + keep * alpha[y0:y1, x0:x1]
        front[y0:y1, x0:x1] = (
            to_linear(np.ascontiguousarray(part[..., :3])) * cover[..., None]
            + keep[..., None] * front[y0:y1, x0:x1]
        )
    if shadow:
        cast = cv2.warpAffine(alpha, np.float32([[1, 0, 20], [0, 1, 5]]), (width, height))
        cast = cv2.GaussianBlur(cast, (0, 0), 10)[..., None]
        behind = behind * (1 - shadow * cast * np.float32(tint))
    light = (front + (1 - alpha[..., None]) * behind) * exposure
    light *= 1 + across * np.linspace(-1, 1, width, dtype=np.float32)[:, None]
    plates = [noisy(empty, seed, noise) for seed in range(10, 15)]
    return Scene(noisy(light, 2, noise), plates, alpha)


def as_jpeg(pixels: np.ndarray, quality: int = 95) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "JPEG", quality=quality, subsampling=0)
    return buffer.getvalue()


def blurred_mask(alpha: np.ndarray) -> np.ndarray:
    """What a segmenter would say: about right, and soft over some pixels."""
    solid = cv2.erode((alpha > 0.5).astype(np.float32), np.ones((3, 3)))
    return cv2.GaussianBlur(solid, (0, 0), max(alpha.shape) / 270)
