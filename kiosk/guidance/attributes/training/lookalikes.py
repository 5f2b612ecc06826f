"""What may look like glasses but is none: make-up, rings, wrinkles, shut eyes, deep sockets."""

from __future__ import annotations

import cv2
import numpy as np
from canvas import ED, Head, blend, darken
from fringe import draw_strands, hair_colour
from glasses import SIZE, filled, stroke


def distract(rng: np.random.Generator, head: Head) -> None:
    """Draw what may look like glasses but is none: make-up, wrinkles, rings under the eyes."""
    picture = head.picture
    for corners, brow in (((33, 133), (70, 63, 105, 66, 107)), ((263, 362), (300, 293, 334, 296,
                                                                         336))):  # fmt: skip
        a, b = head.points[list(corners)]
        centre, half = (a + b) / 2, float(np.hypot(*(a - b))) / 2
        t = np.linspace(0, 2 * np.pi, 30)
        ring = np.stack([np.cos(t) * half * 1.3, np.sin(t) * half * 0.9], 1)
        if rng.random() < 0.4:  # shadow and make-up round the eye
            soft = cv2.GaussianBlur(filled(centre + ring), (0, 0), rng.uniform(3, 9))
            hue = rng.uniform(0.2, 1, 3) if rng.random() < 0.5 else np.full(3, 0.4)
            picture *= 1 - (soft * rng.uniform(0, 0.5))[..., None] * (1 - hue)
        if rng.random() < 0.4:  # a bag under the eye
            below = ring[2:14] * [1, rng.uniform(0.8, 1.6)] + [0, rng.uniform(0, 5)]
            line = cv2.GaussianBlur(stroke(centre + below, 2), (0, 0), rng.uniform(0.8, 2.5))
            darken(picture, line, rng.uniform(0, 0.6))
        if rng.random() < 0.4:  # painted brows
            line = stroke(head.points[list(brow)].astype(np.float64), rng.uniform(2, 8))
            blend(picture, rng.uniform(0, 0.3, 3).astype(np.float32),
                  cv2.GaussianBlur(line, (0, 0), 1) * rng.uniform(0.2, 0.9))  # fmt: skip
        if rng.random() < 0.3:  # eyeliner
            lid = head.points[[33, 246, 161, 160, 159, 158, 157, 173, 133]
                              if corners[0] == 33 else
                              [263, 466, 388, 387, 386, 385, 384, 398, 362]]  # fmt: skip
            darken(picture, stroke(lid.astype(np.float64), rng.uniform(1, 4)), 0.8)
    if rng.random() < 0.3:  # a shining or creased nose
        at = head.at(rng.normal(0, 0.03), rng.uniform(-0.1, 0.5))
        line = np.array([at - [rng.uniform(0, 12), rng.normal(0, 4)], at,
                         at + [rng.uniform(0, 12), rng.normal(0, 4)]])  # fmt: skip
        soft = cv2.GaussianBlur(stroke(line, rng.uniform(1, 4)), (0, 0), rng.uniform(0.7, 3))
        tone = np.full(3, rng.choice([0.1, 1.0]), np.float32)
        blend(picture, tone, soft * rng.uniform(0.05, 0.5))
    if rng.random() < 0.2:  # a few single hairs across the face
        count = int(rng.integers(1, 8))
        roots = head.middle + np.stack([rng.uniform(-1.2, 1.2, count),
                                        rng.uniform(-1.2, -0.5, count)], 1) * ED  # fmt: skip
        tips = roots + np.stack([rng.normal(0, 0.6, count), rng.uniform(0.3, 1.5, count)], 1) * ED
        draw_strands(rng, picture, roots, tips, hair_colour(rng, head), 0.15)


def _folds(rng: np.random.Generator) -> list[np.ndarray]:
    """Return lines of age and of expression, each (n, 2) in ED about the middle of the eyes."""
    lines: list[np.ndarray] = []
    if rng.random() < 0.5:  # a frown: upright lines between the brows
        for _ in range(int(rng.integers(1, 4))):
            x, y = rng.normal(0, 0.1), rng.uniform(-0.5, -0.2)
            lines.append(np.array([(x, y), (x + rng.normal(0, 0.03), y + rng.uniform(0.1, 0.3))]))
    if rng.random() < 0.5:  # across the root of the nose
        for _ in range(int(rng.integers(1, 4))):
            y, half = rng.uniform(-0.15, 0.2), rng.uniform(0.05, 0.18)
            bow = rng.normal(0, 0.04)
            lines.append(np.array([(-half, y + bow), (0, y), (half, y + bow)]))
    for side in (-1, 1):
        if rng.random() < 0.4:  # crow's feet, out towards the ears: like the arms of glasses
            for _ in range(int(rng.integers(1, 5))):
                y, far = rng.uniform(-0.1, 0.2), rng.uniform(0.15, 0.4)
                out = rng.uniform(-0.1, 0.15)
                lines.append(np.array([(0.82, y), (0.82 + far, y + out)]) * [side, 1])
        if rng.random() < 0.5:  # round below the eye, from the nose over the cheek
            x0, x1 = rng.uniform(0.1, 0.3), rng.uniform(0.6, 0.9)
            y, sag = rng.uniform(0.08, 0.3), rng.uniform(0.03, 0.22)
            t = np.linspace(0, 1, 12)
            arc = np.stack([x0 + (x1 - x0) * t, y + sag * 4 * t * (1 - t)], 1)
            lines.append(arc * [side, 1])
    if rng.random() < 0.3:  # across the forehead
        for _ in range(int(rng.integers(1, 5))):
            y = rng.uniform(-1.1, -0.55)
            t = np.linspace(-0.6, 0.6, 12)
            lines.append(np.stack([t, y + rng.normal(0, 0.1) * t * t], 1))
    return lines


def wrinkle(rng: np.random.Generator, head: Head) -> None:
    """Draw wrinkles: frown, nose, crow's feet, cheeks, forehead; sometimes freckles."""
    for line in _folds(rng):
        fold = stroke(head.middle + line * ED, rng.uniform(0.8, 3.5))
        fold = cv2.GaussianBlur(fold, (0, 0), rng.uniform(0.6, 2.5))
        darken(head.picture, fold, rng.uniform(0.1, 0.65))
        if rng.random() < 0.5:  # the fold's upper side catches the light
            light = np.roll(fold, -int(rng.integers(1, 4)), axis=0) * rng.uniform(0.05, 0.25)
            blend(head.picture, np.ones(3, np.float32), light)
    if rng.random() < 0.1:  # freckles
        plane = np.zeros(SIZE, np.uint8)
        for x, y in rng.normal((0, 0.25), (0.6, 0.35), (int(rng.integers(20, 150)), 2)):
            at = head.at(x, y).astype(int).tolist()
            cv2.circle(plane, at, int(rng.integers(1, 3)), 255, -1, cv2.LINE_AA)
        darken(head.picture, plane.astype(np.float32) / 255, rng.uniform(0.1, 0.5))


_EYES = (((33, 133), (159, 145), 52), ((263, 362), (386, 374), 282))
"""Of each eye: its corners, the middles of its lids, the brow above."""


def close_eyes(rng: np.random.Generator, head: Head) -> None:
    """Shut the eyes: the skin over each is drawn down to the lower lid, a lash line drawn on it."""
    rows, columns = np.indices(SIZE).astype(np.float32)
    source = rows.copy()
    lines = []
    for corners, (upper, lower), brow in _EYES:
        a, b = head.points[list(corners)]
        centre, half = (a + b) / 2, float(np.hypot(*(a - b))) / 2 * 1.15
        top = (head.points[brow, 1] + head.points[upper, 1]) / 2 - 1
        lid = head.points[upper, 1] - 1.5
        bottom = max(head.points[lower, 1] + rng.uniform(0, 1.5), lid + 2)
        across = np.clip(1 - ((columns - centre[0]) / half) ** 2, 0, 1)
        edge = centre[1] + (bottom - centre[1]) * across
        lid_edge = centre[1] + (lid - centre[1]) * across
        inside = (rows > top) & (rows < edge) & (np.abs(columns - centre[0]) < half)
        share = np.clip((rows - top) / np.maximum(edge - top, 1), 0, 1)
        source = np.where(inside, top + share * (lid_edge - top), source)
        x = np.linspace(-1, 1, 15) * half * 0.92
        lines.append(
            np.stack([centre[0] + x, centre[1] + (bottom - centre[1]) * (1 - (x / half) ** 2)], 1)
        )
    head.picture = cv2.remap(head.picture, columns, source.astype(np.float32), cv2.INTER_LINEAR)
    for line in lines:
        lash = cv2.GaussianBlur(stroke(line, rng.uniform(1, 3)), (0, 0), rng.uniform(0.4, 1))
        darken(head.picture, lash, rng.uniform(0.3, 0.9))


def deepen_sockets(rng: np.random.Generator, head: Head) -> None:
    """Light from above leaves the eyes in the dark."""
    dark = np.zeros(SIZE, np.float32)
    for side in (-1, 1):
        t = np.linspace(0, 2 * np.pi, 24)
        wide, high = rng.uniform(0.25, 0.48), rng.uniform(0.12, 0.3)
        ring = np.stack([np.cos(t) * wide + side * 0.5, np.sin(t) * high - 0.05], 1) * ED
        dark = np.maximum(dark, filled(head.middle + ring))
    soft = cv2.GaussianBlur(dark, (0, 0), rng.uniform(2, 7))
    darken(head.picture, soft, rng.uniform(0.1, 0.75))
