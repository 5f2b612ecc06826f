# SPDX-License-Identifier: GPL-3.0-or-later
"""A shirt with a collar, made on the torso, which is the same in every state."""

from __future__ import annotations

import functools
from dataclasses import dataclass

import bmesh
import bpy
import numpy as np
from mathutils import Vector, noise
from mathutils.bvhtree import BVHTree

import materials
from geometry import Array, base_mesh, pose, smoothstep
from mesh import (
    Faces,
    add_mesh,
    evaluated,
    from_blender,
    grid_faces,
    select_faces,
    to_blender,
    tree,
)
from people import PEOPLE
from states import State

# The plane of the collar's seam, where the neck meets the shoulders (body space, dm).
SEAM_FRONT = np.array([0.0, 5.22, 0.62])
SEAM_BACK = np.array([0.0, 5.66, -0.42])
STAND_HEIGHT = 0.27  # dm
COLUMNS = 96


@dataclass(frozen=True)
class Part:
    """A piece of the shirt as arrays, so that it's made only once a person."""

    points: Array
    faces: Faces
    subdivide: int
    thickness: float  # metres

    def add(self, name: str, material: bpy.types.Material) -> None:
        """Put it into the scene."""
        item = add_mesh(name, self.points, self.faces, material, self.subdivide)
        if self.thickness:
            item.modifiers.new("thickness", "SOLIDIFY").thickness = self.thickness


def _seam_axes() -> tuple[Array, Array, Array]:
    """Middle of the seam, direction to its front and its upward normal."""
    ahead = SEAM_FRONT - SEAM_BACK
    ahead /= np.linalg.norm(ahead)
    up = np.cross(ahead, [1.0, 0.0, 0.0])
    up *= np.sign(up[1])
    return (SEAM_FRONT + SEAM_BACK) / 2, ahead, up


def _cut_and_drape(shirt: bpy.types.Object) -> None:
    """Open the neck, let the cloth stand off from the body and fall in soft folds."""
    middle, _, up = _seam_axes()
    work = bmesh.new()
    work.from_mesh(shirt.data)
    bmesh.ops.subdivide_edges(work, edges=work.edges[:], cuts=1, use_grid_fill=True, smooth=0.6)
    bmesh.ops.bisect_plane(
        work,
        geom=work.verts[:] + work.edges[:] + work.faces[:],
        plane_co=to_blender(middle + 0.20 * up),
        plane_no=to_blender(up),
        clear_outer=True,
    )
    for _ in range(6):
        inner = [v for v in work.verts if not v.is_boundary]
        bmesh.ops.smooth_vert(
            work, verts=inner, factor=0.5, use_axis_x=True, use_axis_y=True, use_axis_z=True
        )
    work.normal_update()
    for vertex in work.verts:
        at = from_blender(np.array(vertex.co))
        below = float(smoothstep(0.05, 0.9, np.array((middle - at) @ up)))
        coarse = noise.noise(Vector((at[0] * 0.9, at[1] * 0.55, at[2] * 0.9)))
        fine = noise.noise(Vector((at[0] * 2.1 + 7, at[1] * 0.9 + at[0] * 0.8, at[2] * 2.1)))
        vertex.co += vertex.normal * (0.0035 + below * (0.005 + 0.006 * coarse + 0.005 * fine))
    work.to_mesh(shirt.data)
    work.free()
    shirt.data.shade_smooth()


def _neck_radius(neck: BVHTree, centre: Array, ahead: Array) -> Array:
    """Distance from the seam's middle to the neck in COLUMNS directions, smoothed (dm)."""
    side = np.array([1.0, 0.0, 0.0])
    radius = []
    for angle in np.linspace(0, 2 * np.pi, COLUMNS, endpoint=False):
        way = np.cos(angle) * ahead + np.sin(angle) * side
        _, _, _, distance = neck.ray_cast(Vector(centre), Vector(way))
        radius.append(distance or 0.6)
    values = np.array(radius)
    for _ in range(12):
        values = (np.roll(values, 1) + 2 * values + np.roll(values, -1)) / 4
    return values


def _ring(radius: Array, angle: Array, centre: Array, ahead: Array) -> Array:
    """Points at given angles (0 = front) on the smoothed outline of the neck."""
    known = np.linspace(0, 2 * np.pi, COLUMNS + 1)
    r = np.interp(np.mod(angle, 2 * np.pi), known, np.append(radius, radius[0]))
    way = np.outer(np.cos(angle), ahead) + np.outer(np.sin(angle), [1.0, 0.0, 0.0])
    return np.asarray(centre + way * r[:, None])


def _lifted(points: Array, surface: BVHTree, clearance: float) -> Array:
    """Points moved out of a surface until they are clear of it (dm)."""
    moved = points.reshape(-1, 3).copy()
    for i, point in enumerate(moved):
        near, normal, _, _ = surface.find_nearest(Vector(point))
        if (Vector(point) - near).dot(normal) < clearance:
            moved[i] = near + normal * clearance
    return moved.reshape(points.shape)


def _collar(torso: Array, shirt_tree: BVHTree) -> list[Part]:
    """The stand around the neck and the leaf that falls over it."""
    middle, ahead, up = _seam_axes()
    faces = base_mesh().faces["body"]
    neck = tree(torso, [f for f in faces if 4.6 < torso[f, 1].mean() < 6.2])
    level = middle + 0.16 * up
    radius = _neck_radius(neck, level, ahead)
    angle = np.linspace(0, 2 * np.pi, COLUMNS, endpoint=False)
    rows = []
    for height, gap in ((-0.22, 0.09), (-0.05, 0.06), (0.08, 0.045), (STAND_HEIGHT, 0.035)):
        ring = _ring(radius + gap, angle, middle, ahead)
        rows.append(ring + up * height)
    stand = Part(np.concatenate(rows), grid_faces(len(rows), COLUMNS, True), 2, 0.0012)

    # The leaf: one strip around the neck, open at the front, its ends spread into two points.
    share = np.linspace(0, 1, COLUMNS)
    from_front = np.minimum(share, 1 - share)  # 0 at the ends, 0.5 at the nape
    fold = np.radians(4 + 352 * share)
    hem = np.radians(21 + 318 * share)
    depth = 0.36 + 0.30 * smoothstep(0.28, 0.0, from_front)
    leaf = []
    for t in np.linspace(0, 1, 9):
        around = (1 - t) * fold + t * hem
        gap = 0.05 + 0.075 * np.sin(min(1.0, t * 3.0) * np.pi / 2) + 0.16 * t * t
        height = STAND_HEIGHT + 0.035 * np.sin(min(1.0, t * 5) * np.pi) - depth * t
        leaf.append(_ring(radius + gap, around, middle, ahead) + np.outer(height, up))
    points = np.array(leaf)
    points[2:] = _lifted(points[2:], shirt_tree, 0.035)
    return [stand, Part(points.reshape(-1, 3), grid_faces(9, COLUMNS, False), 0, 0.0016)]


def _placket(shirt_tree: BVHTree) -> tuple[Part, list[Part]]:
    """The strip down the front with its buttons."""
    heights = np.linspace(5.22, 2.3, 60)
    columns = [-0.155, -0.145, -0.07, 0.0, 0.07, 0.145, 0.155]
    lift = [-0.02, 0.022, 0.026, 0.026, 0.026, 0.022, -0.02]
    rows = []
    for y in heights:
        row = []
        for x, rise in zip(columns, lift, strict=True):
            hit, _, _, _ = shirt_tree.ray_cast(Vector((x, y, 4.0)), Vector((0, 0, -1)))
            row.append([x, y, (hit.z if hit else rows[-1][len(row)][2]) + rise])
        rows.append(row)
    strip = np.array(rows)
    for _ in range(4):
        strip[1:-1] = (strip[:-2] + 2 * strip[1:-1] + strip[2:]) / 4
    band = Part(strip.reshape(-1, 3), grid_faces(len(heights), len(columns), False), 1, 0.0)
    buttons = []
    ring = np.linspace(0, 2 * np.pi, 24, endpoint=False)
    for y in np.arange(4.86, 2.4, -0.86):
        row = int(np.argmin(np.abs(heights - y)))
        at = strip[row, 3]
        slope = strip[row - 1, 3] - strip[row + 1, 3]
        out = np.cross([1.0, 0, 0], slope / np.linalg.norm(slope))
        upward = np.cross(out, [1.0, 0, 0])
        circle = np.outer(np.cos(ring), [1.0, 0, 0]) + np.outer(np.sin(ring), upward)
        outline = ((0.055, 0.0), (0.055, 0.014), (0.046, 0.02), (0.036, 0.014), (0.0, 0.013))
        discs = [at + out * depth + radius * circle for radius, depth in outline]
        buttons.append(Part(np.concatenate(discs), grid_faces(5, 24, True), 0, 0.0))
    return band, buttons


@functools.lru_cache(maxsize=8)
def _tailored(name: str) -> tuple[list[Part], list[Part]]:
    """A person's shirt: its parts of cloth, and its buttons."""
    torso = pose(PEOPLE[name], State()).torso
    faces = base_mesh().faces["helper-tights"]
    index, kept = select_faces(torso, faces, lambda face: bool(torso[face, 1].mean() > 1.2))
    item = add_mesh("shirt", torso[index], kept, materials.plain("shirt", (0.5, 0.5, 0.5), 0.5))
    _cut_and_drape(item)
    surface = item.modifiers.new("smooth", "SUBSURF")
    surface.levels = surface.render_levels = 1
    points, triangles = evaluated(item)
    bpy.data.objects.remove(item)
    shirt_tree = tree(points, triangles)
    band, buttons = _placket(shirt_tree)
    cut = Part(points, triangles.tolist(), 0, 0.0)
    return [cut, *_collar(torso, shirt_tree), band], buttons


def add_shirt(name: str) -> None:
    """Shirt, collar and placket."""
    cloth_parts, buttons = _tailored(name)
    colour = PEOPLE[name].shirt
    material = materials.cloth("cloth", colour)
    lighter = tuple(min(0.75, 0.25 * c + 0.5) for c in colour)
    button = materials.plain("button", lighter, 0.3, Coat_Weight=0.3)
    for part in cloth_parts:
        part.add("shirt", material)
    for part in buttons:
        part.add("button", button)
