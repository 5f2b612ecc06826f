"""Put the person on the official colour, in linear light.

Light adds up in linear light only: mixing code values darkens every soft edge. The person's own
colour and the alpha are cropped and scaled apart and mixed last, so that the colour is exactly
the official one wherever the person is not, whatever the scaling filter does.
"""

from __future__ import annotations

from concurrent.futures import Executor
from typing import cast

import cv2
import numpy as np
from PIL import Image

from hardware.base import Pixels
from kiosk.portrait.framing import Framing, Room
from kiosk.portrait.light import Floats, to_encoded, to_linear
from kiosk.standards import Channel

_TRANSPARENT = 0.5 / 255
"""Alpha below half an 8-bit step is none at all."""
_SOLID = 0.5
_SHARPEN_SIGMA_PX = 0.7
"""Blur that a filter without overshoot adds when it scales down, pixels of the photo."""


def compose(
    foreground: Floats,
    alpha: Floats,
    framing: Framing,
    background: Channel,
    *,
    sharpening: float = 0.0,
    beside: Executor | None = None,
) -> tuple[Pixels, Floats]:
    """Crop, scale and put on the background.

    Args:
        foreground: (H, W, 3) linear light, the person's own colour, free of the backdrop's.
        alpha: (H, W) 0 to 1, linear light.
        framing: in pixels of these two.
        background: sRGB code values.
        sharpening: 0 (off) to 1, gives back what scaling lost.
        beside: does half of the work; None for none.

    Returns:
        (h, w, 3) uint8 RGB, and (h, w) alpha of the photo.
    """
    window = _window(alpha.shape, framing)
    part = alpha[window]
    red, green, blue = (plane * part for plane in cv2.split(foreground[window]))

    def cut(*planes: Floats) -> list[Floats]:
        return [_cut(plane, framing, window) for plane in planes]

    # Pillow releases Python's lock while it scales.
    others = None if beside is None else beside.submit(cut, blue, part)
    scaled = cut(red, green)
    scaled += cut(blue, part) if others is None else others.result()
    cover = scaled.pop()
    person = np.stack(scaled, axis=-1)
    cover = np.clip(cover, 0.0, 1.0)
    cover[cover < _TRANSPARENT] = 0.0
    if sharpening > 0:
        soft = cv2.GaussianBlur(person, (0, 0), _SHARPEN_SIGMA_PX)
        person = person + sharpening * (person - soft)
    # Overshoot of the filter must not make the person brighter than the person can be.
    person = np.clip(person, 0.0, cover[..., None])
    light = to_linear(np.array(background, np.uint8).reshape(1, 1, 3))
    photo = to_encoded(person + (1 - cover[..., None]) * light)
    photo[cover == 0] = background
    return photo, cover


Window = tuple[slice, slice]


def _window(shape: tuple[int, ...], framing: Framing) -> Window:
    """Return the part of the still that the rectangle and the filter's reach touch."""
    left, top, right, bottom = framing.box
    # Three filter widths around the rectangle, so that its edges see their true surroundings.
    edge = int(np.ceil(3 * max(1.0, 1 / framing.scale)))
    height, width = shape[:2]
    rows = slice(
        min(max(int(top) - edge, 0), height), min(max(int(np.ceil(bottom)) + edge, 0), height)
    )
    columns = slice(
        min(max(int(left) - edge, 0), width), min(max(int(np.ceil(right)) + edge, 0), width)
    )
    return rows, columns


def _cut(plane: Floats, framing: Framing, window: Window) -> Floats:
    """Return the rectangle scaled to the photo; 0 beyond the still's edges.

    Pillow's Lanczos filter widens with the reduction, so that nothing aliases, and takes a
    rectangle at fractions of a pixel.
    """
    left, top, right, bottom = framing.box
    left, right = left - window[1].start, right - window[1].start
    top, bottom = top - window[0].start, bottom - window[0].start
    height, width = plane.shape
    # Pillow takes no rectangle beyond the picture: where it reaches there, nothing is added.
    beyond = [max(int(np.ceil(v)), 0) for v in (-top, bottom - height, -left, right - width)]
    if any(beyond):
        above, below, before, after = beyond
        plane = np.pad(plane, ((above, below), (before, after)))
        left, right, top, bottom = left + before, right + before, top + above, bottom + above
    image = Image.fromarray(np.ascontiguousarray(plane))
    scaled = image.resize(
        (framing.width, framing.height), Image.Resampling.LANCZOS, box=(left, top, right, bottom)
    )
    return cast(Floats, np.array(scaled, np.float32))


def room_for(alpha: Floats) -> Room:
    """Return what the rectangle must not leave and what it must not cut off."""
    height = alpha.shape[0]
    rows = np.flatnonzero((alpha > _SOLID).any(axis=1))
    if len(rows) == 0:
        return Room()
    top = 0.0 if rows[0] == 0 else None
    bottom = float(height) if rows[-1] == height - 1 else None
    return Room(top, bottom, float(rows[0]))


def reaches_edge(alpha: Floats, framing: Framing, least: float) -> tuple[str, ...]:
    """Return the edges of the still at which the person is cut off inside the photo.

    Args:
        alpha: (H, W).
        framing: in pixels of it.
        least: how much of the person at an edge counts, in pixels of the photo.

    Returns:
        any of ``top``, ``left``, ``right``, ``bottom``: the photo reaches beyond the still there,
        and the person touches that edge.
    """
    left, top, right, bottom = framing.box
    height, width = alpha.shape
    x0, x1 = max(int(left), 0), min(int(np.ceil(right)), width)
    y0, y1 = max(int(top), 0), min(int(np.ceil(bottom)), height)
    sides = (
        ("top", top < -1, alpha[:2, x0:x1]),
        ("left", left < -1, alpha[y0:y1, :2]),
        ("right", right > width + 1, alpha[y0:y1, -2:]),
        ("bottom", bottom > height + 1, alpha[-2:, x0:x1]),
    )
    return tuple(
        side
        for side, beyond, strip in sides
        if beyond and float((strip > _SOLID).sum()) / 2 * framing.scale > least
    )
