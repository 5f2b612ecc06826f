"""One training example: a head with things drawn on it, before a backdrop, and its labels."""

from __future__ import annotations

import cv2
import numpy as np
from canvas import CANVAS, ED, Head, blend, darken, smooth_noise
from fringe import draw_fringe, draw_side_hair, draw_strands, draw_whole_hair, hair_colour
from glasses import SIZE, draw_glasses, filled, stroke
from head_cover import clear_above, draw_head_cover, fabric

LABELS = ("glasses", "lens_tint", "lens_reflection", "hair_over_brows", "head_cover")
UNSURE = -1.0
"""A label that is neither yes nor no: the example does not count for it."""


def backdrop(rng: np.random.Generator) -> np.ndarray:
    """Return something to sit in front of: a wall, a gradient, a blurred room, a pattern."""
    kind = rng.choice(["wall", "gradient", "room", "cloth"], p=[0.3, 0.25, 0.3, 0.15])
    base = rng.uniform(0, 1, 3) if rng.random() < 0.5 else np.full(3, rng.uniform(0, 1))
    plane = np.broadcast_to(base, (*SIZE, 3)).astype(np.float32).copy()
    rows, columns = np.indices(SIZE).astype(np.float32)
    if kind == "cloth":
        plane = fabric(rng).astype(np.float32)
    if kind != "wall":
        ramp = rows * rng.normal(0, 1) + columns * rng.normal(0, 1)
        ramp = (ramp - ramp.mean()) / (ramp.std() + 1e-6)
        plane += ramp[..., None] * rng.uniform(0, 0.15)
    if kind == "room":
        for _ in range(int(rng.integers(2, 10))):
            centre = rng.uniform((0, 0), (SIZE[1], SIZE[0]))
            size = rng.uniform(0.1, 1.6, 2) * ED
            t = np.linspace(0, 2 * np.pi, int(rng.choice([4, 5, 24])), endpoint=False)
            t += rng.uniform(0, 6)
            thing = filled(centre + np.stack([np.cos(t), np.sin(t)], 1) * size)
            colour = rng.uniform(0, 1, 3).astype(np.float32)
            blend(plane, colour, cv2.GaussianBlur(thing, (0, 0), rng.uniform(0.5, 8)))
    plane += smooth_noise(rng, SIZE, rng.uniform(10, 80), 2)[..., None] * rng.uniform(0, 0.06)
    return np.clip(plane, 0, 1)


def _recolour_hair(rng: np.random.Generator, head: Head) -> None:
    """Dye what lies above the hairline."""
    face = filled(np.concatenate([head.points[[127, 162, 21, 54, 103, 67, 109, 10, 338, 297, 332,
                                               284, 251, 389, 356]],
                                  [head.at(1.1, 1.3), head.at(-1.1, 1.3)]]))  # fmt: skip
    hair = cv2.GaussianBlur(np.clip(head.mask - face, 0, 1), (0, 0), 3)
    grey = head.picture.mean(axis=2, keepdims=True)
    own = float(np.median(grey[hair > 0.8])) if (hair > 0.8).any() else 0.2
    target = hair_colour(rng, head, 0.0)
    dyed = target * (grey / max(0.05, own)) ** rng.uniform(0.4, 1.0)
    blend(head.picture, np.clip(dyed, 0, 1).astype(np.float32), hair * rng.uniform(0.6, 1))


def _distract(rng: np.random.Generator, head: Head) -> None:
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


_EYES = (((33, 133), (159, 145), 52), ((263, 362), (386, 374), 282))
"""Of each eye: its corners, the middles of its lids, the brow above."""


def _close_eyes(rng: np.random.Generator, head: Head) -> None:
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


def _deepen_sockets(rng: np.random.Generator, head: Head) -> None:
    """Light from above leaves the eyes in the dark."""
    dark = np.zeros(SIZE, np.float32)
    for side in (-1, 1):
        t = np.linspace(0, 2 * np.pi, 24)
        wide, high = rng.uniform(0.25, 0.48), rng.uniform(0.12, 0.3)
        ring = np.stack([np.cos(t) * wide + side * 0.5, np.sin(t) * high - 0.05], 1) * ED
        dark = np.maximum(dark, filled(head.middle + ring))
    soft = cv2.GaussianBlur(dark, (0, 0), rng.uniform(2, 7))
    darken(head.picture, soft, rng.uniform(0.1, 0.75))


def _draw_hair(rng: np.random.Generator, head: Head) -> float | None:
    """Draw a fringe or side hair, or neither; return how much of a brow it hides."""
    draw = rng.random()
    if draw < 0.33:
        return draw_fringe(rng, head, over=True)
    if draw < 0.5:
        return draw_fringe(rng, head, over=False)
    if draw < 0.6:
        return draw_side_hair(rng, head)
    return None


def make_example(
    rng: np.random.Generator, head: Head, own_hair: float
) -> tuple[Head, dict[str, float]]:
    """Draw at random on a copy of a head.

    Args:
        rng: of the run.
        head: a bare one.
        own_hair: label of the person's own hair: 1 over the brows, 0 not, `UNSURE`.

    Returns:
        The head, and its labels: 1, 0 or `UNSURE`.
    """
    head = Head(head.picture.copy(), head.points.copy(), head.mask)
    labels = dict.fromkeys(LABELS, 0.0) | {"hair_over_brows": own_hair}
    behind = backdrop(rng) if rng.random() < 0.55 else None
    covered = rng.random() < 0.45
    if behind is not None:
        soft = np.clip((head.mask - 0.15) / 0.6, 0, 1)
        blend(head.picture, behind, 1 - soft)
    if rng.random() < 0.3:
        _recolour_hair(rng, head)
    if not covered and rng.random() < 0.3:
        if rng.random() < 0.5:
            clear_above(rng, head, np.zeros(SIZE, np.float32), head.points[10, 1] - 4)
        draw_whole_hair(rng, head)
    hides = _draw_hair(rng, head)
    if hides is not None and own_hair == 0.0:
        labels["hair_over_brows"] = 1.0 if hides > 0.3 else 0.0 if hides < 0.06 else UNSURE
    if rng.random() < 0.25:
        _close_eyes(rng, head)
    if rng.random() < 0.25:
        _deepen_sockets(rng, head)
    if rng.random() < 0.5:
        _distract(rng, head)
    if covered:
        draw_head_cover(rng, head)
        labels["head_cover"] = 1.0
        labels["hair_over_brows"] = UNSURE if labels["hair_over_brows"] else 0.0
    if rng.random() < 0.5:
        drawn = draw_glasses(rng, head)
        through, bright = drawn.transmission, drawn.eye_covered
        labels["glasses"] = 1.0
        labels["lens_tint"] = 1.0 if through < 0.75 else 0.0 if through > 0.9 else UNSURE
        labels["lens_reflection"] = 1.0 if bright > 0.1 else 0.0 if bright < 0.01 else UNSURE
    if rng.random() < 0.4:  # light from one side
        rows, columns = np.indices(SIZE).astype(np.float32)
        side = rng.normal(0, 0.35) * (columns - CANVAS.width_px / 2) / (1.2 * ED)
        side += rng.normal(0, 0.2) * (rows - CANVAS.eye_line_y_px) / (1.2 * ED)
        head.picture *= np.clip(1 + side, 0.25, 2)[..., None]
    np.clip(head.picture, 0, 1, out=head.picture)
    return head, labels
