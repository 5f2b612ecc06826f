"""Glasses drawn on a head: frames of many kinds, lenses with tint, reflections and shadow."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from canvas import CANVAS, ED, Head, blend, darken, smooth_noise

SHIFT = 4  # sub-pixel bits of OpenCV's drawing
SIZE = (CANVAS.height_px, CANVAS.width_px)


@dataclass(slots=True)
class Drawn:
    """What was drawn.

    Attributes:
        transmission: of the darker lens over the eye, 0 to 1; 1 is clear.
        eye_covered: part of the worse eye's surroundings under a strong reflection, 0 to 1.
    """

    transmission: float
    eye_covered: float


def fixed(points: np.ndarray) -> np.ndarray:
    """Return points as OpenCV's fixed-point integers."""
    return np.round(points * 2**SHIFT).astype(np.int32)


def filled(outline: np.ndarray) -> np.ndarray:
    """Return the anti-aliased inside of a closed outline, (h, w), 0 to 1."""
    plane = np.zeros(SIZE, np.uint8)
    cv2.fillPoly(plane, [fixed(outline)], 255, cv2.LINE_AA, SHIFT)
    return plane.astype(np.float32) / 255


def stroke(line: np.ndarray, width: float, *, closed: bool = False) -> np.ndarray:
    """Return an anti-aliased line of any width in pixels, (h, w), 0 to 1."""
    plane = np.zeros(SIZE, np.uint8)
    thick = max(1, round(width))
    cv2.polylines(plane, [fixed(line)], closed, 255, thick, cv2.LINE_AA, SHIFT)
    return plane.astype(np.float32) / 255 * min(1.0, width / thick)


def _lens_outline(rng: np.random.Generator) -> tuple[np.ndarray, float, float]:
    """Return the right half's lens about its own middle (64, 2) in ED, +x outwards; half sizes."""
    turn = np.linspace(0, 2 * np.pi, 64, endpoint=False)
    kind = rng.choice(["oval", "round", "box", "trapeze", "aviator", "cat", "wide"])
    half_width = rng.uniform(0.29, 0.42)
    ratio = {"round": 0.95, "oval": 0.68, "box": 0.58, "trapeze": 0.72, "aviator": 0.85,
             "cat": 0.68, "wide": 0.9}[kind]  # fmt: skip
    half_height = half_width * ratio * rng.uniform(0.8, 1.12)
    power = {"round": 2.0, "oval": 2.2, "box": 4.0, "aviator": 2.4}.get(kind, 3.0)
    power *= rng.uniform(0.9, 1.4)
    cos, sin = np.cos(turn), np.sin(turn)
    x = half_width * np.sign(cos) * np.abs(cos) ** (2 / power)
    y = half_height * np.sign(sin) * np.abs(sin) ** (2 / power)
    if kind in ("trapeze", "wide"):
        x *= 1 - rng.uniform(0.05, 0.22) * y / half_height
    if kind == "aviator":
        y += rng.uniform(0.03, 0.08) * x / half_width * (y > 0)
        x *= 1 - 0.15 * y / half_height
    if kind == "cat":
        y -= rng.uniform(0.04, 0.12) * np.clip(x / half_width, 0, 1) ** 2 * (y < 0)
    return np.stack([x, y], 1), half_width, half_height


def _frame_colour(rng: np.random.Generator) -> np.ndarray:
    kind = rng.choice(
        ["black", "brown", "metal", "gold", "colour", "pale", "red"],
        p=[0.34, 0.16, 0.18, 0.1, 0.1, 0.07, 0.05],
    )
    base = {
        "black": (0.06, 0.06, 0.07), "brown": (0.25, 0.14, 0.08), "metal": (0.5, 0.5, 0.52),
        "gold": (0.66, 0.5, 0.3), "pale": (0.8, 0.78, 0.76), "red": (0.5, 0.1, 0.12),
    }.get(str(kind))  # fmt: skip
    colour = rng.uniform(0, 0.8, 3) if base is None else np.array(base) * rng.uniform(0.6, 1.4)
    return np.clip(colour + rng.uniform(-0.03, 0.03, 3), 0, 1)


def _shaded(rng: np.random.Generator, colour: np.ndarray) -> np.ndarray:
    """Return a frame's colour as a picture: mottled, with light and dark stretches."""
    cloud = smooth_noise(rng, SIZE, rng.uniform(10, 60), 2)[..., None]
    shading = 1 + rng.uniform(0.05, 0.4) * cloud
    glint = np.clip(smooth_noise(rng, SIZE, rng.uniform(8, 30), 1) - 1.3, 0, 1)[..., None]
    return np.clip(colour * shading + glint * rng.uniform(0, 0.7), 0, 1).astype(np.float32)


def _reflection(rng: np.random.Generator, centre: np.ndarray, reach: float) -> np.ndarray:
    """Return one reflection about a lens, (h, w), 0 to 1: a window, a lamp, a streak, a veil."""
    kind = rng.choice(["window", "lamp", "streak", "veil", "arc"])
    at = centre + rng.uniform(-0.8, 0.8, 2) * reach
    size = reach * rng.uniform(0.15, 0.9, 2)
    turn = np.radians(rng.uniform(-35, 35))
    basis = np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
    if kind == "veil":
        across = np.indices(SIZE)[::-1].transpose(1, 2, 0) - at
        ramp = across @ basis[0] / reach
        return np.clip(0.5 - ramp * rng.uniform(0.4, 2), 0, 1).astype(np.float32)
    if kind == "streak":
        size = np.array([reach * 2.5, reach * rng.uniform(0.05, 0.3)])
        turn = np.radians(rng.uniform(30, 70)) * rng.choice([-1, 1])
        basis = np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
    if kind in ("window", "streak"):
        corners = np.array([(-1, -1), (1, -1), (1, 1), (-1, 1)]) * size
        corners = corners * rng.uniform(0.85, 1.15, (4, 2))
        plane = filled(at + corners @ basis)
        if kind == "window" and rng.random() < 0.5:
            cross = np.array([(-1, 0), (1, 0)]) * size[0] * 1.2
            plane *= 1 - stroke(at + cross @ basis, rng.uniform(1, 3))
    elif kind == "arc":
        t = np.linspace(0, np.pi * rng.uniform(0.3, 1), 20) + rng.uniform(0, 6)
        circle = np.stack([np.cos(t), np.sin(t)], 1) * reach * rng.uniform(0.6, 0.95)
        plane = stroke(centre + circle, rng.uniform(1, 6))
    else:
        t = np.linspace(0, 2 * np.pi, 24)
        plane = filled(at + np.stack([np.cos(t), np.sin(t)], 1) * size)
    return cv2.GaussianBlur(plane, (0, 0), rng.uniform(0.5, 4))


def draw_glasses(rng: np.random.Generator, head: Head) -> Drawn:
    """Draw a pair of glasses on the head, in place."""
    shape, half_width, _ = _lens_outline(rng)
    gap = rng.uniform(0.06, 0.14)  # from the nose's middle to the lens
    centre_x = max(gap + half_width, 0.5 - rng.uniform(0.02, 0.06))
    centre_y = rng.uniform(-0.02, 0.12) if rng.random() < 0.85 else rng.uniform(0.1, 0.3)
    if rng.random() < 0.04:  # both lenses in one visor
        shape, centre_x = shape * [1.25, 1.0], 0.5
    lean, aside = np.radians(rng.normal(0, 1.3)), rng.normal(0, 0.015)
    basis = np.array([[np.cos(lean), np.sin(lean)], [-np.sin(lean), np.cos(lean)]])
    # A head turned a little shows one half wider than the other.
    turn = rng.normal(0, 0.04)

    def place(points: np.ndarray, side: int) -> np.ndarray:
        flipped = (points + [centre_x, centre_y]) * [side * (1 + side * turn), 1] + [aside, 0]
        return head.middle + (flipped @ basis) * ED

    outlines = [place(shape, side) for side in (1, -1)]
    lenses = [filled(o) for o in outlines]
    style = rng.choice(
        ["full", "half", "rimless", "thick", "brow"], p=[0.36, 0.2, 0.18, 0.18, 0.08]
    )
    thin = rng.uniform(0.7, 2.4)
    width = {"thick": rng.uniform(3.0, 8.5), "rimless": rng.uniform(0.5, 1.1)}.get(style, thin)
    frame = np.zeros(SIZE, np.float32)
    upper = shape[:, 1] < rng.uniform(-0.05, 0.05)
    for outline in outlines:
        if style in ("full", "thick"):
            rim = stroke(outline, width, closed=True)
            if style == "thick" and rng.random() < 0.5:
                rim = np.maximum(rim, stroke(outline[upper], width * rng.uniform(1.1, 1.6)))
        elif style == "rimless":
            rim = stroke(outline, width, closed=True) * rng.uniform(0.1, 0.55)
        else:
            rim = stroke(outline[upper], width * (1.3 if style == "half" else rng.uniform(2, 4)))
            below = rng.uniform(0, 0.4) if style == "half" else 1.0
            rim = np.maximum(rim, below * stroke(outline, min(width, 1.2), closed=True))
        frame = np.maximum(frame, rim)
    metal = max(0.8, min(width, 4.0)) if style != "rimless" else rng.uniform(0.8, 2.2)
    inner = shape[:, 0].min()
    heights = [rng.uniform(-0.14, 0.02)]
    if rng.random() < 0.12:
        heights.append(heights[0] - rng.uniform(0.06, 0.12))
    arch = rng.uniform(-0.01, 0.05)
    for height in heights:
        t = np.linspace(-1, 1, 12)
        line = np.stack([t * (centre_x + inner), centre_y + height - arch * (1 - t * t)], 1)
        line = head.middle + ((line + [aside, 0]) @ basis) * ED
        frame = np.maximum(frame, stroke(line, metal * rng.uniform(0.8, 1.4)))
    if rng.random() < 0.5:
        for side in (1, -1):
            pad = place(np.array([[inner + 0.01, 0.05], [inner - 0.015, 0.13]]), side)
            frame = np.maximum(frame, stroke(pad, rng.uniform(1, 3)) * rng.uniform(0.3, 0.9))
    outer = shape[:, 0].max()
    hinge = rng.uniform(-0.16, 0.02)
    for side, ear in ((1, 356), (-1, 127)):
        start = place(np.array([[outer, hinge]]), side)[0]
        ear_at = head.points[ear].copy()
        ear_at[1] = start[1] + rng.uniform(-0.04, 0.16) * ED
        ear_at[0] += side * rng.uniform(-0.02, 0.1) * ED
        if (ear_at[0] - start[0]) * side > 0:
            corner = start + np.array([side * 0.02 * ED, 0])
            temple = stroke(np.array([start, corner, ear_at]), metal * rng.uniform(0.8, 1.6))
            frame = np.maximum(frame, temple * (rng.uniform(0.5, 1.0) if rng.random() < 0.8 else 0))
    return _lay(rng, head, outlines, lenses, frame, style, half_width)


def _lay(
    rng: np.random.Generator, head: Head, outlines: list[np.ndarray], lenses: list[np.ndarray],
    frame: np.ndarray, style: str, half_width: float,
) -> Drawn:  # fmt: skip
    """Lay shadow, lenses and frame over the head."""
    picture, both = head.picture, np.maximum(lenses[0], lenses[1])
    if rng.random() < 0.7:
        shift = np.float32([[1, 0, rng.normal(0, 2)], [0, 1, rng.uniform(1, 7)]])
        shadow = cv2.GaussianBlur(cv2.warpAffine(frame, shift, SIZE[::-1]), (0, 0),
                                  rng.uniform(0.8, 4))  # fmt: skip
        darken(picture, shadow, rng.uniform(0.1, 0.6))
    if rng.random() < 0.5:  # lenses for the short-sighted shrink what is behind them
        for outline, lens in zip(outlines, lenses, strict=True):
            cx, cy = outline.mean(axis=0)
            zoom = rng.uniform(0.94, 1.05)
            matrix = np.float32([[zoom, 0, cx * (1 - zoom)], [0, zoom, cy * (1 - zoom)]])
            seen = cv2.warpAffine(picture, matrix, SIZE[::-1], borderMode=cv2.BORDER_REPLICATE)
            blend(picture, seen, lens)
    transmission = 1.0
    draw = rng.random()
    if draw < 0.3:  # tinted: from a slight shade to sunglasses
        transmission = rng.choice([rng.uniform(0.03, 0.3), rng.uniform(0.3, 0.7)])
        hue = rng.uniform(0.4, 1.0, 3) if rng.random() < 0.5 else np.ones(3)
        hue /= hue.max()
        rows = np.indices(SIZE)[0]
        top, bottom = outlines[0][:, 1].min(), outlines[0][:, 1].max()
        fade = np.clip((rows - top) / (bottom - top + 1), 0, 1)
        strength = 1 - fade * rng.choice([0.0, rng.uniform(0, 0.7)])
        through = 1 - (1 - transmission * hue) * strength[..., None]
        transmission = float(through.mean(axis=2)[int((top + bottom) / 2)].mean())
        own = rng.uniform(0, 0.12) * hue  # what the lens itself throws back
        blend(picture, picture * through + own * (1 - through), both)
    elif draw < 0.5:
        darken(picture, both, rng.uniform(0, 0.06))
    bright = np.zeros(SIZE, np.float32)
    if rng.random() < 0.55:
        strong = rng.random() < 0.5
        for outline, lens in zip(outlines, lenses, strict=True):
            if rng.random() < 0.15:
                continue
            for _ in range(rng.integers(1, 4)):
                plane = _reflection(rng, outline.mean(axis=0), half_width * ED) * lens
                plane *= rng.uniform(0.5, 1.0) if strong else rng.uniform(0.04, 0.3)
                colour = np.array([1, 1, 1]) if rng.random() < 0.6 else rng.uniform(0.4, 1, 3)
                blend(picture, colour.astype(np.float32), plane)
                bright = np.maximum(bright, plane)
    colour = _shaded(rng, _frame_colour(rng))
    solid = frame * (rng.uniform(0.35, 0.75) if style == "thick" and rng.random() < 0.12 else 1.0)
    blend(picture, colour, np.clip(solid, 0, 1))
    if rng.random() < 0.5:  # the upper edge catches the light
        edge = np.clip(frame - np.roll(frame, 1, axis=0), 0, 1) * rng.uniform(0.1, 0.6)
        blend(picture, np.ones(3, np.float32), edge)
    if style == "rimless" or rng.random() < 0.15:
        for outline in outlines:
            line = stroke(outline, rng.uniform(0.5, 1.0), closed=True) * rng.uniform(0.05, 0.4)
            blend(picture, np.ones(3, np.float32), np.roll(line, 1, axis=1))
    np.clip(picture, 0, 1, out=picture)
    return Drawn(transmission, _covered(head, bright))


def _covered(head: Head, bright: np.ndarray) -> float:
    """Return which part of the worse eye lies under a strong reflection."""
    worst = 0.0
    for corners in ((33, 133), (263, 362)):
        a, b = head.points[list(corners)]
        centre, half = (a + b) / 2, max(2.0, float(np.hypot(*(a - b))) / 2)
        t = np.linspace(0, 2 * np.pi, 24)
        eye = filled(centre + np.stack([np.cos(t) * half * 1.1, np.sin(t) * half * 0.6], 1))
        worst = max(worst, float((eye * (bright > 0.35)).sum() / eye.sum()))
    return worst
