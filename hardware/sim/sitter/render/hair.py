# SPDX-License-Identifier: GPL-3.0-or-later
"""Hair grown on the rest pose: strands as arrays (n, k, 3), decimetres."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from mathutils import Vector
from mathutils.bvhtree import BVHTree

from geometry import Array, Index, smoothstep
from mesh import Faces
from people import Hair

STEPS = 20

# The hairline: its height (dm) by the angle around the head (degrees, 0 = front).
_HAIRLINE_ANGLE = [0, 15, 30, 42, 52, 62, 70, 76, 82, 88, 100, 115, 135, 180]
_HAIRLINE_WOMAN = [
    7.44, 7.44, 7.38, 7.26, 7.10, 6.90, 6.76, 6.72, 6.82, 6.88, 6.72, 6.45, 6.2, 6.08
]  # fmt: skip
_HAIRLINE_MAN = [
    7.42, 7.43, 7.41, 7.30, 7.14, 6.94, 6.74, 6.68, 6.82, 6.88, 6.72, 6.45, 6.25, 6.15
]  # fmt: skip


def _hairline(points: Array, man: bool) -> tuple[Array, Array]:
    angle = np.degrees(np.arctan2(np.abs(points[:, 0]), points[:, 2] - 0.30))
    heights = _HAIRLINE_MAN if man else _HAIRLINE_WOMAN
    return np.interp(angle, _HAIRLINE_ANGLE, heights), angle


def roots(
    rest: Array,
    faces: Faces,
    ears: Array,
    rng: np.random.Generator,
    count: int,
    man: bool,
    front_only: bool = False,
) -> Array:
    """Random points on the scalp, thinning out towards the hairline."""
    triangles = np.array([[f[0], f[i], f[i + 1]] for f in faces for i in range(1, len(f) - 1)])
    corners = rest[triangles]
    middle = corners.mean(1)
    area = np.linalg.norm(
        np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]), axis=1
    )
    height, angle = _hairline(middle, man)
    on_scalp = (middle[:, 1] > height - 0.15) & ~ears[triangles].any(1)
    if front_only:
        on_scalp &= (angle < 55) & (middle[:, 1] < height + 0.42)
    weight = area * on_scalp
    pick = rng.choice(len(triangles), 2 * count, p=weight / weight.sum())
    u, v = rng.random((2, 2 * count, 1))
    root = np.sqrt(u)
    a, b, c = corners[pick].transpose(1, 0, 2)
    points = (1 - root) * a + root * (1 - v) * b + root * v * c
    height, angle = _hairline(points, man)
    wave = 0.012 * np.sin(points[:, 0] * 37) + 0.01 * np.sin(points[:, 0] * 91 + points[:, 2] * 55)
    inside = points[:, 1] - height + wave
    keep = inside > rng.exponential(0.035, 2 * count) - 0.01
    if front_only:
        keep &= (angle < 46) & (inside < 0.34)
    return np.asarray(points[keep][:count])


def _clumps(points: Array, size: float) -> Array:
    """A random vector per lock of hair, -1 to 1."""
    cell = np.floor(points / size) @ np.array([12.9, 78.2, 37.7])
    return np.stack([np.sin(cell * 1.3), np.sin(cell * 2.1), np.sin(cell * 3.7)], 1)


def _normals(points: Array, surface: BVHTree) -> Array:
    return np.array([surface.find_nearest(Vector(p))[1] for p in points])


def _unit(vectors: Array) -> Array:
    return np.asarray(vectors / (np.linalg.norm(vectors, axis=-1, keepdims=True) + 1e-9))


def _march(
    start: Array,
    surface: BVHTree,
    length: Array,
    heading: Callable[[Array, float], Array],
    clearance: Callable[[float], Array],
    stiffness: float = 0.45,
) -> Array:
    """Grow along a heading, never nearer to the skin than the clearance (dm)."""
    points = start.copy()
    path = [points.copy()]
    direction = _unit(heading(points, 0.0))
    for step in range(1, STEPS):
        t = step / (STEPS - 1)
        wanted = _unit(heading(points, t))
        direction = _unit(stiffness * direction + (1 - stiffness) * wanted)
        points = points + direction * (length[:, None] / (STEPS - 1))
        limit = clearance(t)
        for i, point in enumerate(points):
            near, normal, _, _ = surface.find_nearest(Vector(point))
            if (Vector(point) - near).dot(normal) < limit[i]:
                points[i] = near + normal * limit[i]
        path.append(points.copy())
    strands = np.stack(path, 1)
    for _ in range(4):
        strands[:, 1:-1] = (strands[:, :-2] + 2 * strands[:, 1:-1] + strands[:, 2:]) / 4
    return strands


def _swept(
    start: Array, surface: BVHTree, rng: np.random.Generator, look: Hair, loose: bool
) -> Array:
    """Combed from a parting, over the ears' tops and behind them; then down, or to a knot."""
    count = len(start)
    depth = rng.random(count) ** 0.8  # 0 next to the skin, 1 the outermost layer
    locks = _clumps(start, 0.16)
    side = np.where(start[:, 0] + rng.normal(0, 0.012, count) > look.parting, 1.0, -1.0)
    far = smoothstep(0.0, 0.5, np.abs(start[:, 0] - look.parting))
    on_top = smoothstep(7.0, 7.5, start[:, 1]) * smoothstep(-0.5, 0.1, start[:, 2])
    if loose:
        length = (3.35 - 1.0 * (1 - on_top)) * (0.93 + 0.1 * rng.random(count))
    else:
        length = 2.9 * (0.9 + 0.2 * rng.random(count))

    def heading(points: Array, t: float) -> Array:
        above = np.stack([side * 0.80, np.full(count, 6.98), np.full(count, 0.02)], 1)
        behind = np.stack([side * 0.60, np.full(count, 6.2), np.full(count, -0.42)], 1)
        down = np.stack([side * 0.56, np.full(count, 4.2), np.full(count, -0.50)], 1)
        knot = np.tile([0.0, 6.55, -1.0], (count, 1))
        passed = smoothstep(0.30, -0.05, points[:, 2])[:, None]
        low = smoothstep(6.75, 6.35, points[:, 1])[:, None]
        last = _unit(down - points) if loose else _unit(knot - points)
        second = (1 - low) * _unit(behind - points) + low * last if loose else last
        way = (1 - passed) * _unit(above - points) + passed * second
        return np.asarray(way + 0.07 * locks + rng.normal(0, 0.015, (count, 3)))

    volume = 0.055 + 0.13 * on_top * (0.35 + 0.65 * far)

    def clearance(t: float) -> Array:
        rise = min(1.0, t * 5.0)
        return np.asarray(0.02 + rise * (volume * (0.35 + 0.65 * depth) + 0.012 * locks[:, 0]))

    return _march(start, surface, length, heading, clearance)


def _parted(start: Array, surface: BVHTree, rng: np.random.Generator, look: Hair) -> Array:
    """A man's short cut: longer on top and combed to one side, tapered at the sides."""
    count = len(start)
    normal = _normals(start, surface)
    beyond = smoothstep(look.parting - 0.02, look.parting + 0.12, start[:, 0])
    top = smoothstep(7.28, 7.55, start[:, 1]) * (1 - 0.6 * beyond)
    sides = np.interp(start[:, 1], [6.1, 6.6, 7.2], [0.02, 0.05, 0.12])
    length = ((1 - top) * sides + top * 0.46) * (0.85 + 0.25 * rng.random(count))
    locks = _clumps(start, 0.12)
    depth = rng.random(count)
    turn = np.where(start[:, 0] > look.parting, 1.0, -1.0)
    front = smoothstep(0.6, 1.0, start[:, 2])
    sideways = smoothstep(0.35, 0.85, np.abs(normal[:, 0]))

    def heading(points: Array, t: float) -> Array:
        combed = np.stack(
            [turn * 0.8, np.full(count, -0.25 * t), 0.10 * front - 0.30 * (1 - front)], 1
        )
        combed -= normal * (combed * normal).sum(1, keepdims=True)
        combed[:, 1] -= 1.3 * sideways
        lift = (0.75 - 1.25 * t) * (0.5 + 0.7 * front) * (1 - sideways)
        upper = combed + normal * lift[:, None]
        lower = np.stack([np.zeros(count), -np.ones(count), np.full(count, -0.35)], 1)
        lower = lower + 0.15 * normal
        over = np.maximum(1 - top, smoothstep(0.52, 0.78, np.abs(points[:, 0])))[:, None]
        mixed = (1 - over) * upper + over * lower
        return np.asarray(mixed + 0.12 * locks + rng.normal(0, 0.03, (count, 3)))

    def clearance(t: float) -> Array:
        return np.asarray(0.015 + (0.03 + 0.14 * top * depth) * min(1.0, 2.5 * t))

    return _march(start, surface, length, heading, clearance, stiffness=0.6)


def _curls(start: Array, surface: BVHTree, rng: np.random.Generator) -> Array:
    """Short, tight curls: each strand a small helix away from the scalp."""
    count = len(start)
    normal = _normals(start, surface)
    top = smoothstep(6.7, 7.5, start[:, 1])
    length = (0.045 + 0.10 * top) * (0.75 + 0.35 * rng.random(count))
    helper = np.where(np.abs(normal[:, :1]) < 0.7, [[1.0, 0, 0]], [[0, 0, 1.0]])
    first = _unit(np.cross(normal, helper))
    second = np.cross(normal, first)
    phase = rng.random(count) * 2 * np.pi + _clumps(start, 0.09)[:, 0]
    lean = 0.35 * _clumps(start, 0.09) + rng.normal(0, 0.12, (count, 3))
    t = np.linspace(0, 1, STEPS)[None, :, None]
    angle = phase[:, None, None] + 2 * np.pi * 2.2 * t
    radius = 0.018 * smoothstep(0.0, 0.3, t)
    spiral = radius * (np.cos(angle) * first[:, None] + np.sin(angle) * second[:, None])
    along = (normal + lean)[:, None] * length[:, None, None] * t
    return np.asarray(start[:, None] + along + spiral)


def fringe(
    start: Array, surface: BVHTree, rng: np.random.Generator, man: bool, lowest: float
) -> Array:
    """Hair combed forward that ends below the brows, at the height `lowest` (dm)."""
    count = len(start)
    locks = _clumps(start, 0.10)
    depth = rng.random(count)
    end = lowest + (0.05 if man else 0.025) * locks[:, 0] + rng.normal(0, 0.012, count)
    length = (start[:, 1] - end) * 1.12 + 0.08

    def heading(points: Array, t: float) -> Array:
        spread = 0.30 * points[:, 0] + (0.22 if man else 0.08) * locks[:, 0]
        ahead = np.full(count, 0.75 if t < 0.3 else 0.06)
        return np.stack([spread, np.full(count, -1.0), ahead], 1) + rng.normal(0, 0.03, (count, 3))

    def clearance(t: float) -> Array:
        return np.asarray(0.03 + 0.12 * depth * min(1.0, t * 3))

    return _march(start, surface, length, heading, clearance)


def grow(look: Hair, start: Array, surface: BVHTree, rng: np.random.Generator) -> Array:
    """The person's usual hair."""
    if look.style == "curls":
        return _curls(start, surface, rng)
    if look.style == "parted":
        return _parted(start, surface, rng, look)
    return _swept(start, surface, rng, look, loose=look.style == "loose")


@dataclass(frozen=True)
class Rooted:
    """Short hairs laid out on a surface: they go where it goes."""

    corners: Index  # (n, k, 3) the points around each point of a hair
    weights: Array  # (n, k, 3) their shares
    lift: Array  # (n, k) distance from the surface, dm

    def carried(self, surface_points: Array) -> Array:
        """The strands (n, k, 3) on the moved surface."""
        a, b, c = np.moveaxis(surface_points[self.corners], 2, 0)
        normal = _unit(np.cross(b - a, c - a))
        at = np.stack([a, b, c], 2) * self.weights[..., None]
        return np.asarray(at.sum(2) + normal * self.lift[..., None])


def brows(
    points: Array,
    triangles: Index,
    surface: BVHTree,
    rng: np.random.Generator,
    thickness: float,
) -> Rooted:
    """Both brows, laid out on the rest pose."""
    count = 300
    along = np.linspace(0, 1, 5)
    hits, faces = [], []
    for sign in (1, -1):
        s = rng.random(count)
        middle = np.interp(s, [0, 0.3, 0.62, 1], [6.992, 7.015, 7.027, 6.977])
        half = thickness * np.interp(s, [0, 0.2, 0.6, 1], [0.034, 0.04, 0.028, 0.007])
        across = half * (2 * rng.random(count) - 1)
        slope = np.interp(s, [0, 0.25, 0.6, 1], [1.4, 0.35, 0.12, -0.25]) - across * 7
        length = 0.09 * (0.7 + 0.6 * rng.random(count)) / np.hypot(1, slope)
        for k in range(count):
            for t in along:
                x = sign * (0.13 + 0.37 * s[k] + length[k] * t)
                y = middle[k] + across[k] + slope[k] * length[k] * t - 0.02 * t * t
                hit, _, face, _ = surface.ray_cast(Vector((x, y, 4.0)), Vector((0, 0, -1)))
                hits.append(hit)
                faces.append(face)
    corners = triangles[np.array(faces)]
    a, b, c = np.moveaxis(points[corners], 1, 0)
    # Shares of the three corners, by the areas of the opposite triangles.
    whole = np.cross(b - a, c - a)
    size = (whole**2).sum(1)
    at = np.array(hits)
    second = (np.cross(at - a, c - a) * whole).sum(1) / size
    third = (np.cross(b - a, at - a) * whole).sum(1) / size
    weights = np.stack([1 - second - third, second, third], 1)
    shape = (2 * count, len(along))
    lift = np.broadcast_to(0.002 + 0.012 * np.sin(np.pi * along * 0.8), shape)
    return Rooted(corners.reshape(*shape, 3), weights.reshape(*shape, 3), lift)
