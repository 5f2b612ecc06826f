"""Head covers drawn on a head: beanies, caps, hats, hoods, scarves, turbans, academic caps."""

from __future__ import annotations

import cv2
import numpy as np
from canvas import ED, HAIRLINE, Head, blend, darken, smooth_noise
from glasses import SIZE, filled, stroke

from kiosk.guidance.face_points import OVAL


def fabric(rng: np.random.Generator) -> np.ndarray:
    """Return cloth as a picture (h, w, 3): plain, ribbed, striped, checked, printed."""
    grey = np.full(3, rng.uniform(0.02, 0.9) ** 1.5)
    base = rng.uniform(0.02, 0.95, 3) if rng.random() < 0.55 else grey
    other = np.clip(base + rng.uniform(-0.5, 0.5, 3), 0, 1)
    rows, columns = np.indices(SIZE).astype(np.float32)
    lean = rng.uniform(-0.4, 0.4)
    across, along = columns + lean * rows, rows - lean * columns
    kind = rng.choice(["plain", "ribbed", "stripes", "check", "camouflage", "knit"],
                      p=[0.5, 0.14, 0.1, 0.08, 0.06, 0.12])  # fmt: skip
    mix = np.zeros(SIZE, np.float32)
    shade = np.zeros(SIZE, np.float32)
    if kind == "ribbed":
        shade = np.sin(across / rng.uniform(0.7, 3.0))
    elif kind == "knit":
        pitch = rng.uniform(1.0, 3.0)
        shade = np.sin(across / pitch) * np.sin(along / pitch)
    elif kind == "stripes":
        mix = (np.sin((along if rng.random() < 0.6 else across) / rng.uniform(2, 10)) > 0) * 1.0
    elif kind == "check":
        pitch = rng.uniform(2, 9)
        mix = 0.5 * (np.sin(across / pitch) > 0) + 0.5 * (np.sin(along / pitch) > 0)
    elif kind == "camouflage":
        mix = (smooth_noise(rng, SIZE, rng.uniform(10, 40), 2) > 0.2) * 1.0
    base, other = base.astype(np.float32), other.astype(np.float32)
    cloth = base + (other - base) * mix[..., None].astype(np.float32)
    weave = rng.standard_normal(SIZE).astype(np.float32) * rng.uniform(0, 0.05)
    folds = smooth_noise(rng, SIZE, rng.uniform(20, 90), 2) * rng.uniform(0.02, 0.14)
    relief = 1 + np.float32(rng.uniform(0.05, 0.25)) * shade + weave + folds
    return cloth * relief[..., None].astype(np.float32)


def lit(rng: np.random.Generator, cloth: np.ndarray, centre: np.ndarray, half: float) -> np.ndarray:
    """Shade cloth as a round thing of so many pixels' half width about a centre is lit."""
    rows, columns = np.indices(SIZE).astype(np.float32)
    u = np.clip((columns - centre[0]) / half, -1.2, 1.2)
    v = np.clip((rows - centre[1]) / half, -2, 1)
    round_ = 1 - rng.uniform(0.15, 0.6) * np.abs(u) ** rng.uniform(1.5, 4)
    light = round_ + rng.uniform(-0.25, 0.25) * u - rng.uniform(-0.1, 0.25) * v
    return np.clip(cloth * light[..., None] * rng.uniform(0.7, 1.15), 0, 1).astype(np.float32)


def arc(head: Head, half: float, end_y: float, middle_y: float, count: int = 40) -> np.ndarray:
    """Return a curve from left to right over the forehead: its ends and middle so high, ED."""
    t = np.linspace(-1, 1, count)
    y = middle_y + (end_y - middle_y) * np.abs(t) ** 2
    return head.middle + np.stack([t * half, y], 1) * ED


def dome(head: Head, rim: np.ndarray, crown: float, square: float) -> np.ndarray:
    """Return the outline above a rim up to the crown (ED above the eyes), closed."""
    turn = np.linspace(0, np.pi, 50)
    half = (rim[-1, 0] - rim[0, 0]) / 2
    middle = (rim[-1] + rim[0]) / 2
    height = middle[1] - (head.middle[1] - crown * ED)
    x = np.cos(turn) * half
    y = -(np.abs(np.sin(turn)) ** square) * height
    return np.concatenate([rim, middle + np.stack([x, y], 1)])


def clear_above(rng: np.random.Generator, head: Head, keep: np.ndarray, level: float) -> None:
    """Press the hair down: above `level` (pixels) only the cover is left of the head."""
    backdrop = np.median(head.picture[:28, :42].reshape(-1, 3), axis=0)
    rows = np.indices(SIZE)[0]
    face = filled(head.points[list(OVAL)].astype(np.float64))
    stays = np.maximum(keep, face) > 0.5
    gone = (cv2.dilate(head.mask, np.ones((7, 7))) > 0.1) & (rows < level) & ~stays
    alpha = cv2.GaussianBlur(gone.astype(np.float32), (0, 0), 1.5)
    left = head.picture[:, :8].mean(axis=1)[:, None]
    right = head.picture[:, -8:].mean(axis=1)[:, None]
    share = np.linspace(0, 1, SIZE[1])[None, :, None]
    fill = left * (1 - share) + right * share if rng.random() < 0.7 else backdrop
    blend(head.picture, np.broadcast_to(fill, head.picture.shape), alpha)


def _shadow(rng: np.random.Generator, head: Head, cover: np.ndarray, reach: float) -> None:
    shifted = np.roll(cover, int(rng.uniform(1, reach)), axis=0)
    soft = cv2.GaussianBlur(shifted, (0, 0), rng.uniform(1, reach / 2 + 1.5))
    darken(head.picture, soft, rng.uniform(0.05, 0.6))


def _lay(
    rng: np.random.Generator, head: Head, cover: np.ndarray, reach: float = 6,
    cloth: np.ndarray | None = None,
) -> np.ndarray:  # fmt: skip
    """Lay a cover over the head with its shadow; return the cloth, for its other parts."""
    _shadow(rng, head, cover, reach)
    cloth = fabric(rng) if cloth is None else cloth
    shaded = lit(rng, cloth, head.at(0, -1.2), 1.3 * ED)
    blend(head.picture, shaded, cv2.GaussianBlur(cover, (0, 0), rng.uniform(0.4, 1.0)))
    return cloth


def _logo(rng: np.random.Generator, head: Head, y: float) -> None:
    if rng.random() < 0.5:
        size = rng.uniform(0.08, 0.35, 2) * ED
        t = np.linspace(0, 2 * np.pi, int(rng.integers(4, 12)))
        outline = np.stack([np.cos(t), np.sin(t)], 1) * size + rng.normal(0, 2, (len(t), 2))
        blend(head.picture, rng.uniform(0, 1, 3).astype(np.float32),
              filled(head.at(rng.normal(0, 0.1), y) + outline))  # fmt: skip


def _seams(rng: np.random.Generator, head: Head, cover: np.ndarray, crown: float) -> None:
    for _ in range(int(rng.integers(0, 4))):
        x = rng.uniform(-0.9, 0.9)
        line = np.array([head.at(x, -0.9), head.at(x * 0.7, -1.5), head.at(0, -crown)])
        tone = np.full(3, rng.choice([0.0, 1.0]), np.float32)
        blend(head.picture, tone, stroke(line, 1) * cover * rng.uniform(0.05, 0.3))


def _widths(head: Head) -> float:
    """Return half the head's width at the temples, ED."""
    return float(abs(head.points[356, 0] - head.points[127, 0])) / 2 / ED


def _beanie(rng: np.random.Generator, head: Head, crown: float) -> None:
    half = _widths(head) + rng.uniform(0.05, 0.25)
    level = -rng.uniform(0.5, 1.15)
    rim = arc(head, half, level + rng.uniform(0.1, 0.7), level)
    top = crown + rng.uniform(-0.1, 0.55)
    cover = filled(dome(head, rim, top, rng.uniform(0.5, 1.0)))
    clear_above(rng, head, cover, rim[:, 1].max())
    _lay(rng, head, cover)
    if rng.random() < 0.6:  # the cuff
        width = rng.uniform(0.2, 0.5)
        upper = rim - [0, width * ED]
        cuff = filled(np.concatenate([rim, upper[::-1]]))
        _shadow(rng, head, cuff, 3)
        if rng.random() < 0.5:
            blend(head.picture, lit(rng, fabric(rng), head.at(0, -1.2), 1.3 * ED), cuff)
        else:
            darken(head.picture, stroke(upper, 1.5), rng.uniform(0.1, 0.5))
    if rng.random() < 0.2:
        ball = filled(dome(head, arc(head, 0.4, -top + 0.2, -top + 0.3), top + 0.6, 0.6))
        _lay(rng, head, ball, 3)
    _logo(rng, head, level - 0.3)


def _cap(rng: np.random.Generator, head: Head, crown: float) -> None:
    half = _widths(head) + rng.uniform(0.0, 0.2)
    level = -rng.uniform(0.65, 1.1)
    rim = arc(head, half, level + rng.uniform(0.0, 0.35), level - rng.uniform(0, 0.1))
    cover = filled(dome(head, rim, crown + rng.uniform(-0.25, 0.3), rng.uniform(0.5, 0.9)))
    clear_above(rng, head, cover, rim[:, 1].max())
    cloth = _lay(rng, head, cover)
    _seams(rng, head, cover, crown)
    _logo(rng, head, level - rng.uniform(0.3, 0.7))
    backwards = rng.random() < 0.12
    if backwards:  # the strap, and hair in the opening
        hole = filled(dome(head, arc(head, 0.45, level - 0.1, level - 0.1), -level + 0.55, 0.6))
        blend(head.picture, head.hair_colour().astype(np.float32), hole * 0.9)
        return
    aside, drop = rng.normal(0, 0.12), rng.uniform(0.08, 0.55)
    brim_half = half * rng.uniform(0.75, 1.1)
    upper = arc(head, brim_half, level + rng.uniform(0.1, 0.3), level - rng.uniform(0.0, 0.25))
    lower = arc(head, brim_half, level + rng.uniform(0.1, 0.3), level + drop)
    brim = filled(np.concatenate([upper, lower[::-1]]) + [aside * ED, 0])
    _shadow(rng, head, brim, rng.uniform(4, 20))
    _lay(rng, head, brim, 3, cloth if rng.random() < 0.75 else None)
    if rng.random() < 0.6:
        edge = stroke(lower + [aside * ED, 0], rng.uniform(1, 3)) * rng.uniform(0.1, 0.6)
        blend(head.picture, np.full(3, rng.choice([0.0, 1.0]), np.float32), edge)


def _flat_cap(rng: np.random.Generator, head: Head, crown: float) -> None:
    half = _widths(head) + rng.uniform(0.0, 0.12)
    level = -rng.uniform(0.65, 1.05)
    rim = arc(head, half, level + rng.uniform(-0.1, 0.2), level)
    top = crown + rng.uniform(-0.3, 0.1)
    wide = half * rng.uniform(1.05, 1.35)
    aside = rng.normal(0, 0.12)
    upper = dome(head, arc(head, wide, level - 0.25, level - 0.2), top, rng.uniform(0.4, 0.8))
    body = filled(dome(head, rim, top, 0.6))
    cover = np.maximum(body, filled(upper + np.array([aside * ED, 0])))
    clear_above(rng, head, cover, rim[:, 1].max())
    cloth = _lay(rng, head, cover)
    if rng.random() < 0.75:
        lower = arc(head, half * 0.9, level + 0.1, level + rng.uniform(0.05, 0.3))
        brim = filled(np.concatenate([rim, lower[::-1]]))
        _lay(rng, head, brim, 4, cloth)


def _hat(rng: np.random.Generator, head: Head, crown: float) -> None:
    half = _widths(head) + rng.uniform(0.0, 0.15)
    level = -rng.uniform(0.7, 1.15)
    rim = arc(head, half, level + 0.1, level)
    cover = filled(dome(head, rim, crown + rng.uniform(0, 0.6), rng.uniform(0.25, 0.8)))
    clear_above(rng, head, cover, rim[:, 1].max())
    cloth = _lay(rng, head, cover)
    if rng.random() < 0.5:
        band = filled(np.concatenate([rim, (rim - [0, rng.uniform(0.15, 0.4) * ED])[::-1]]))
        blend(head.picture, rng.uniform(0, 1, 3).astype(np.float32), band * cover)
    wide = half * rng.uniform(1.15, 1.9)
    droop, thick = rng.uniform(-0.25, 0.7), rng.uniform(0.05, 0.35)
    upper = arc(head, wide, level + droop, level - thick)
    lower = arc(head, wide, level + droop, level + thick)
    brim = filled(np.concatenate([upper, lower[::-1]]))
    _shadow(rng, head, brim, rng.uniform(4, 24))
    _lay(rng, head, brim, 3, cloth if rng.random() < 0.85 else None)


def _oval(head: Head, grow: float, up: float) -> np.ndarray:
    """Return the face's upper outline grown, open below the picture's edge."""
    line = head.points[list(HAIRLINE)].astype(np.float64)
    line = head.middle + (line - head.middle) * [grow, 1] - [0, up * ED]
    below = SIZE[0] + 20.0
    return np.concatenate([[[line[0, 0], below]], line, [[line[-1, 0], below]]])


def _hood(rng: np.random.Generator, head: Head, crown: float, *, scarf: bool) -> None:
    inner = _oval(head, rng.uniform(0.95, 1.08 if scarf else 1.3),
                  rng.uniform(-0.15, 0.05) if scarf else rng.uniform(-0.1, 0.5))  # fmt: skip
    half = _widths(head) + (rng.uniform(0.1, 0.5) if scarf else rng.uniform(0.3, 1.0))
    top = crown + rng.uniform(-0.15, 0.5)
    turn = np.linspace(0, np.pi, 50)
    shape = np.stack(
        [np.cos(turn) * half, -(np.sin(turn) ** rng.uniform(0.5, 0.9)) * (top - 0.2)], 1
    )
    outline = head.at(0, -0.2) + shape * ED
    flare = rng.uniform(-0.1, 0.5) * ED
    below = SIZE[0] + 20.0
    outer = np.concatenate([[[outline[0, 0] + flare, below]], outline,
                            [[outline[-1, 0] - flare, below]]])  # fmt: skip
    cover = np.clip(filled(outer) - filled(inner), 0, 1)
    clear_above(rng, head, np.maximum(cover, filled(inner)), SIZE[0])
    _lay(rng, head, cover, 10)
    if rng.random() < 0.7:  # the seam around the face
        line = inner[1:-1] - [0, rng.uniform(0.03, 0.12) * ED]
        tone = np.full(3, rng.choice([0.0, 1.0]), np.float32)
        blend(head.picture, tone, stroke(line, rng.uniform(1, 3)) * cover * rng.uniform(0.1, 0.5))
    for _ in range(int(rng.integers(0, 5))):  # folds
        a, b = outline[rng.integers(0, 50)], inner[rng.integers(2, len(inner) - 2)]
        tone = np.full(3, rng.choice([0.0, 1.0]), np.float32)
        fold = cv2.GaussianBlur(stroke(np.array([a, (a + b) / 2 + rng.normal(0, 8, 2), b]), 3),
                                (0, 0), 1.5)  # fmt: skip
        blend(head.picture, tone, fold * cover * rng.uniform(0.05, 0.35))


def _turban(rng: np.random.Generator, head: Head, crown: float) -> None:
    half = _widths(head) + rng.uniform(0.1, 0.45)
    level = -rng.uniform(0.6, 1.0)
    rim = arc(head, half, level + rng.uniform(0.2, 0.6), level - rng.uniform(-0.1, 0.3))
    cover = filled(dome(head, rim, crown + rng.uniform(0.0, 0.6), rng.uniform(0.5, 0.9)))
    clear_above(rng, head, cover, rim[:, 1].max())
    _lay(rng, head, cover)
    for _ in range(int(rng.integers(3, 12))):
        a = head.at(-half, -rng.uniform(0.4, crown))
        b = head.at(half, -rng.uniform(0.4, crown))
        fold = cv2.GaussianBlur(stroke(np.array([a, b]), 2), (0, 0), 1.2)
        blend(head.picture, np.full(3, rng.choice([0.0, 0.0, 1.0]), np.float32),
              fold * cover * rng.uniform(0.1, 0.5))  # fmt: skip


def _academic(rng: np.random.Generator, head: Head, crown: float) -> None:
    half = _widths(head) + 0.02
    level = -rng.uniform(0.75, 1.1)
    rim = arc(head, half, level + 0.25, level)
    top = crown + rng.uniform(0.0, 0.25)
    cover = filled(dome(head, rim, top, 0.4))
    clear_above(rng, head, cover, rim[:, 1].max())
    cloth = _lay(rng, head, cover)
    wide, thick = rng.uniform(1.5, 2.1), rng.uniform(0.12, 0.5)
    corners = [(-wide, 0), (rng.normal(0, 0.2), -thick), (wide, 0), (rng.normal(0, 0.2), thick)]
    board_corners = np.array(corners) * ED
    board = filled(head.at(0, -top + rng.uniform(0.0, 0.3)) + board_corners)
    _lay(rng, head, board, 4, cloth if rng.random() < 0.9 else None)
    if rng.random() < 0.7:
        x = rng.choice([-1, 1]) * rng.uniform(0.9, 1.5)
        line = np.array([head.at(0, -top), head.at(x, -top + 0.1), head.at(x, -top + 0.9)])
        blend(head.picture, rng.uniform(0, 1, 3).astype(np.float32), stroke(line, 3))


def draw_head_cover(rng: np.random.Generator, head: Head) -> str:
    """Draw one head cover, in place; return its kind."""
    crown = min(max(head.crown_y(), 1.6), 2.3)
    kind = str(rng.choice(["beanie", "cap", "hat", "hood", "scarf", "turban", "academic", "flat"],
                          p=[0.2, 0.26, 0.12, 0.1, 0.12, 0.06, 0.07, 0.07]))  # fmt: skip
    if kind in ("hood", "scarf"):
        _hood(rng, head, crown, scarf=kind == "scarf")
    else:
        draw = {"beanie": _beanie, "cap": _cap, "hat": _hat, "turban": _turban,
                "academic": _academic, "flat": _flat_cap}[kind]  # fmt: skip
        draw(rng, head, crown)
    np.clip(head.picture, 0, 1, out=head.picture)
    return kind
