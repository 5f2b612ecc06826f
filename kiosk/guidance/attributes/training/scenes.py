"""One training example: a head with things drawn on it, before a backdrop, and its labels."""

from __future__ import annotations

import cv2
import numpy as np
from canvas import ED, Head, blend, smooth_noise
from faces import reshape_face, turn_head
from fringe import draw_fringe, draw_side_hair, draw_whole_hair, hair_colour
from glasses import SIZE, draw_glasses, filled
from head_cover import clear_above, draw_head_cover, fabric
from lighting import light_picture, stamp
from lookalikes import close_eyes, deepen_sockets, distract, wrinkle

LABELS = ("glasses", "lens_tint", "lens_reflection", "hair_over_brows", "head_cover")
UNSURE = -1.0
"""A label that is neither yes nor no: the example does not count for it."""
SEEN_FROM, SEEN_AREA = 0.08, 0.05
"""Glasses count as seen when they change so much of the picture's range over so many ED²."""


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


def _add_hair(rng: np.random.Generator, head: Head, labels: dict[str, float]) -> None:
    """Draw hair, and label what it hides where the person's own hair leaves the brows free."""
    hides = _draw_hair(rng, head)
    if hides is not None and labels["hair_over_brows"] == 0.0:
        labels["hair_over_brows"] = 1.0 if hides > 0.3 else 0.0 if hides < 0.06 else UNSURE


def _add_glasses(rng: np.random.Generator, head: Head, labels: dict[str, float]) -> None:
    """Draw glasses and label them; those that nobody would see are neither there nor not."""
    before = head.picture.copy()
    drawn = draw_glasses(rng, head)
    through, bright = drawn.transmission, drawn.eye_covered
    changed = np.abs(head.picture - before).mean(axis=2)
    seen = float((cv2.GaussianBlur(changed, (0, 0), 1.0) > SEEN_FROM).sum()) / ED**2
    labels["glasses"] = 1.0 if seen > SEEN_AREA else UNSURE
    labels["lens_tint"] = 1.0 if through < 0.75 else 0.0 if through > 0.9 else UNSURE
    labels["lens_reflection"] = 1.0 if bright > 0.1 else 0.0 if bright < 0.01 else UNSURE


def _change_hair(rng: np.random.Generator, head: Head, *, covered: bool) -> None:
    """Dye the hair, or draw another head of it where nothing will cover it."""
    if rng.random() < 0.3:
        _recolour_hair(rng, head)
    if not covered and rng.random() < 0.3:
        if rng.random() < 0.5:
            clear_above(rng, head, np.zeros(SIZE, np.float32), head.points[10, 1] - 4)
        draw_whole_hair(rng, head)


_MARKS = ((0.35, close_eyes), (0.25, deepen_sockets), (0.45, distract), (0.3, wrinkle))
"""What may look like glasses, and how often it is drawn."""


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
    if rng.random() < 0.7:
        reshape_face(rng, head)
    behind = backdrop(rng) if rng.random() < 0.55 else None
    covered = rng.random() < 0.45
    if behind is not None:
        soft = np.clip((head.mask - 0.15) / 0.6, 0, 1)
        blend(head.picture, behind, 1 - soft)
    _change_hair(rng, head, covered=covered)
    for often, draw in _MARKS:
        if rng.random() < often:
            draw(rng, head)
    hair_in_front = rng.random() < 0.25
    if not hair_in_front:
        _add_hair(rng, head, labels)
    if covered:
        draw_head_cover(rng, head)
        labels["head_cover"] = 1.0
        labels["hair_over_brows"] = UNSURE if labels["hair_over_brows"] else 0.0
    if rng.random() < 0.5:
        _add_glasses(rng, head, labels)
    if hair_in_front and not covered:
        _add_hair(rng, head, labels)
    if rng.random() < 0.06:
        stamp(rng, head.picture)
    if rng.random() < 0.35:
        head.picture = turn_head(rng, head.picture)
    head.picture = light_picture(rng, head.picture)
    return head, labels
