"""Hair drawn on a head: fringes above and over the brows, single locks, whole heads of hair."""

from __future__ import annotations

import cv2
import numpy as np
from canvas import ED, HAIRLINE, LEFT_BROW, RIGHT_BROW, Head, blend, darken, smooth_noise
from glasses import SHIFT, SIZE, filled, fixed

PALETTE = np.array(
    [
        (0.05, 0.045, 0.05), (0.09, 0.06, 0.05), (0.16, 0.1, 0.07), (0.3, 0.18, 0.1),
        (0.45, 0.3, 0.17), (0.62, 0.47, 0.3), (0.75, 0.64, 0.47), (0.42, 0.16, 0.08),
        (0.55, 0.54, 0.53), (0.78, 0.77, 0.76), (0.45, 0.1, 0.2), (0.2, 0.3, 0.6),
    ]
)  # fmt: skip
_NATURAL = 10


def hair_colour(rng: np.random.Generator, head: Head, own: float = 0.75) -> np.ndarray:
    """Return the head's own hair colour, or another one."""
    if rng.random() < own:
        return np.clip(head.hair_colour() * rng.uniform(0.7, 1.2), 0.02, 1)
    few = 4 if rng.random() < 0.6 else _NATURAL
    index = rng.integers(0, len(PALETTE) if rng.random() < 0.1 else few)
    return np.clip(PALETTE[index] * rng.uniform(0.7, 1.4) + rng.uniform(-0.02, 0.02, 3), 0.02, 1)


def draw_strands(
    rng: np.random.Generator, picture: np.ndarray, roots: np.ndarray, tips: np.ndarray,
    colour: np.ndarray, bend: float, width: int = 1,
) -> np.ndarray:  # fmt: skip
    """Draw a strand from each root to its tip, in place; return the covered part, (h, w).

    Args:
        rng: of the run.
        picture: (h, w, 3) float32.
        roots: (n, 2) pixels.
        tips: (n, 2) pixels.
        colour: (3,) of the hair.
        bend: how far strands swing aside, parts of their length.
        width: of a strand, pixels.
    """
    covered, hair = np.zeros(SIZE, np.uint8), np.zeros((*SIZE, 3), np.uint8)
    hair[:] = np.round(colour * 255)
    t = np.linspace(0, 1, 7)[:, None]
    common = rng.normal(0, bend)
    contrast = rng.uniform(0.02, 0.42)
    count = len(roots)
    clumps = rng.standard_normal(12) * contrast
    tones = 1 + contrast * rng.standard_normal(count)
    tones += np.interp(np.arange(count), np.linspace(0, count, 12), clumps)
    shades = np.clip(colour * np.maximum(tones, 0.15)[:, None], 0, 1) * 255
    along = tips - roots
    side = np.stack([-along[:, 1], along[:, 0]], 1)
    side *= (common + rng.normal(0, bend / 3, count))[:, None]
    paths = fixed(roots[:, None] + along[:, None] * t + side[:, None] * (4 * t * (1 - t)))
    order = rng.permutation(count)
    for i in order:
        cv2.polylines(hair, [paths[i]], False, shades[i].tolist(), width, cv2.LINE_AA, SHIFT)
    cv2.polylines(covered, list(paths), False, 255, width, cv2.LINE_AA, SHIFT)
    alpha = cv2.GaussianBlur(covered, (0, 0), rng.uniform(0.4, 0.9)).astype(np.float32) / 255
    alpha = np.clip(alpha * rng.uniform(1.0, 1.6), 0, 1)
    shade = hair.astype(np.float32) / 255
    rows = np.indices(SIZE)[0] / SIZE[0]
    band = np.exp(-(((rows - rng.uniform(0.3, 0.6)) / 0.06) ** 2))[..., None]
    shade *= 1 + rng.uniform(0, 0.5) * band
    if rng.random() < 0.7:  # hair throws a shadow on the forehead
        shadow = cv2.GaussianBlur(np.roll(alpha, rng.integers(1, 6), axis=0), (0, 0), 3)
        darken(picture, shadow, rng.uniform(0.1, 0.5))
    blend(picture, np.clip(shade, 0, 1), alpha)
    return alpha


def brow_coverage(head: Head, alpha: np.ndarray) -> float:
    """Return which part of the more covered brow lies under `alpha`."""
    worst = 0.0
    for brow in (LEFT_BROW, RIGHT_BROW):
        inside = filled(head.points[list(brow)].astype(np.float64))
        worst = max(worst, float((inside * alpha).sum() / max(1.0, inside.sum())))
    return worst


def draw_fringe(rng: np.random.Generator, head: Head, *, over: bool) -> float:
    """Draw a fringe; return how much of the more covered brow it hides.

    Args:
        rng: of the run.
        head: drawn on in place.
        over: whether it should reach over the brows.
    """
    hairline = head.points[list(HAIRLINE)].astype(np.float64)
    order = np.argsort(hairline[:, 0])
    brow_y = head.points[list(LEFT_BROW + RIGHT_BROW), 1]
    top, bottom = float(brow_y.min()), float(np.median(brow_y))
    kind = rng.choice(["full", "sweep", "curtain", "wisps", "locks", "spikes"])
    left, right = hairline[order[0], 0], hairline[order[-1], 0]
    count = int({"wisps": rng.integers(40, 130), "locks": rng.integers(30, 90)}.get(
        str(kind), rng.integers(160, 380)))  # fmt: skip
    middle = head.middle[0]
    if kind == "locks":
        spots = rng.uniform(left + 0.2 * ED, right - 0.2 * ED, rng.integers(1, 5))
        x = rng.choice(spots, count) + rng.normal(0, 0.07 * ED, count)
    else:
        part = rng.uniform(0.0, 0.2), rng.uniform(0.8, 1.0)
        x = rng.uniform(left + part[0] * (right - left), left + part[1] * (right - left), count)
    x = np.sort(x)
    forehead = np.interp(x, hairline[order, 0], hairline[order, 1])
    forehead = np.minimum(forehead, hairline[:, 1].min() + rng.uniform(0.05, 0.3) * ED)
    roots = np.stack([x, forehead - rng.uniform(0.05, 0.5, count) * ED], 1)
    reach = rng.uniform(0.0, 0.38) if over else rng.uniform(0.06, 0.4)
    level = bottom + reach * ED if over else top - reach * ED
    tips_y = level + rng.normal(0, rng.uniform(0.01, 0.05) * ED, count)
    u = (x - middle) / (0.9 * ED)
    side = rng.choice([-1, 1])
    if kind == "sweep":
        tips_y += side * u * rng.uniform(0.1, 0.5) * ED - (0.1 * ED if over else 0.3 * ED)
    elif kind == "curtain":
        open_at = rng.uniform(-0.25, 0.25)
        lift = np.exp(-(((u - open_at) / rng.uniform(0.3, 0.6)) ** 2))
        tips_y -= lift * rng.uniform(0.5, 0.9) * ED
    elif kind == "spikes":
        saw = np.abs(((u * rng.uniform(2, 5) + rng.random()) % 1) - 0.5) * 2
        tips_y += (saw - (0.3 if over else 0.9)) * rng.uniform(0.15, 0.4) * ED
    if not over:
        tips_y = np.minimum(tips_y, top - 0.05 * ED)
    tips_x = x + rng.normal(0, 0.05 * ED, count)
    if kind in ("sweep", "curtain", "locks"):
        tips_x += side * rng.uniform(0, 0.5) * ED * (1 if kind == "sweep" else np.sign(u) * side)
    tips = np.stack([tips_x, np.maximum(tips_y, roots[:, 1] + 2)], 1)
    colour = hair_colour(rng, head)
    under = np.zeros(SIZE, np.float32)
    if kind not in ("wisps", "locks") and rng.random() < 0.6:
        # A sheet of hair under the strands: thick fringes show no skin between them.
        ends = np.interp(np.linspace(x[0], x[-1], 40), x, cv2.blur(tips[:, 1:], (1, 15))[:, 0])
        lower = np.stack([np.linspace(x[0], x[-1], 40), ends - rng.uniform(0, 0.08) * ED], 1)
        upper = np.stack([lower[:, 0], np.full(40, roots[:, 1].min())], 1)
        sheet = filled(np.concatenate([lower, upper[::-1]]))
        under = cv2.GaussianBlur(sheet, (0, 0), rng.uniform(0.6, 2.5))
        tone = smooth_noise(rng, SIZE, rng.uniform(6, 40), 2)[..., None] * rng.uniform(0, 0.25)
        blend(head.picture, np.clip(colour * (1 + tone), 0, 1).astype(np.float32), under)
    alpha = draw_strands(rng, head.picture, roots, tips, colour, rng.uniform(0.02, 0.15),
                         int(rng.integers(1, 3)))  # fmt: skip
    return brow_coverage(head, np.maximum(alpha, under))


def draw_side_hair(rng: np.random.Generator, head: Head) -> float:
    """Draw long hair down both temples; return how much of a brow it hides."""
    alpha = np.zeros(SIZE, np.float32)
    colour = hair_colour(rng, head, 0.7)
    for side, temple in ((1, 356), (-1, 127)):
        at = head.points[temple]
        count = int(rng.integers(80, 220))
        inwards = rng.uniform(-0.05, 0.22)
        x = at[0] - side * (rng.normal(inwards, 0.1, count) * ED)
        roots = np.stack([x - side * rng.uniform(0.1, 0.5, count) * ED,
                          at[1] - rng.uniform(0.6, 1.2, count) * ED], 1)  # fmt: skip
        tips = np.stack([x + side * rng.uniform(-0.1, 0.3, count) * ED,
                         np.full(count, SIZE[0] + 10.0)], 1)  # fmt: skip
        drawn = draw_strands(rng, head.picture, roots, tips, colour, 0.05,
                             int(rng.integers(1, 3)))  # fmt: skip
        alpha = np.maximum(alpha, drawn)
    return brow_coverage(head, alpha)


def draw_whole_hair(rng: np.random.Generator, head: Head) -> None:
    """Draw another head of hair: curly, brushed back, spiky or a parting. Never a head cover."""
    hairline = head.points[list(HAIRLINE)].astype(np.float64)
    low = hairline[:, 1].min() + rng.uniform(-0.1, 0.12) * ED
    crown = max(head.crown_y() + rng.uniform(-0.05, 0.6), 1.7)
    half = rng.uniform(1.15, 1.75)
    turn = np.linspace(np.pi, 2 * np.pi, 40)
    rim = head.at(0, -0.55) + np.stack([np.cos(turn) * half, np.sin(turn) * (crown - 0.55)], 1) * ED
    inner = np.stack([np.interp(np.linspace(0, 1, 30), np.linspace(0, 1, len(hairline)),
                                hairline[:, k]) for k in (0, 1)], 1)[::-1]  # fmt: skip
    inner[:, 1] = np.maximum(inner[:, 1], low)
    dome = filled(np.concatenate([rim, inner]))
    colour, kind = hair_colour(rng, head, 0.3), rng.choice(["curls", "strands", "spikes"])
    rough = smooth_noise(rng, SIZE, rng.uniform(4, 14), 3)
    alpha = np.clip(cv2.GaussianBlur(dome, (0, 0), 4) * 2 - 0.5 + 0.5 * rough * (dome < 1), 0, 1)
    alpha = np.clip(alpha * (cv2.GaussianBlur(dome, (0, 0), 5) > 0.05), 0, 1).astype(np.float32)
    grain = smooth_noise(rng, SIZE, rng.uniform(3, 9), 3)
    tone = colour * (1 + rng.uniform(0.15, 0.5) * grain[..., None])
    blend(head.picture, np.clip(tone, 0, 1).astype(np.float32), alpha)
    if kind != "curls":
        count = int(rng.integers(160, 340))
        pick = rng.uniform(0, 1, count)
        roots = inner[(pick * 29).astype(int)] + rng.normal(0, 4, (count, 2))
        ends = rim[((1 - pick) * 39).astype(int)]
        swing = rng.normal(0, 0.3) * ED
        tips = roots + (ends - roots) * rng.uniform(0.6, 1.15, count)[:, None] + [swing, 0]
        draw_strands(rng, head.picture, roots, tips, colour, rng.uniform(0.03, 0.2),
                     int(rng.integers(1, 3)))  # fmt: skip
    np.clip(head.picture, 0, 1, out=head.picture)
