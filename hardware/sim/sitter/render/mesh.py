# SPDX-License-Identifier: GPL-3.0-or-later
"""Small helpers between numpy arrays and Blender's objects.

Arrays come in the body's space (decimetres, y up, z to the camera) and are put into Blender's
(metres, z up, y away from the camera).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import bpy
import numpy as np
from mathutils.bvhtree import BVHTree

from geometry import Array, Index

METRES = 0.1

Faces = list[list[int]]


def to_blender(points: Array) -> Array:
    """Body space (dm) to Blender space (m)."""
    points = np.asarray(points, float)
    return np.stack([points[..., 0], -points[..., 2], points[..., 1]], -1) * METRES


def from_blender(points: Array) -> Array:
    """Blender space (m) to body space (dm)."""
    points = np.asarray(points, float)
    return np.stack([points[..., 0], points[..., 2], -points[..., 1]], -1) / METRES


def add_mesh(
    name: str, points: Array, faces: Faces, material: bpy.types.Material, subdivide: int = 0
) -> bpy.types.Object:
    """A smooth mesh from points in body space."""
    data = bpy.data.meshes.new(name)
    data.from_pydata([tuple(p) for p in to_blender(points)], [], [tuple(f) for f in faces])
    data.update()
    data.shade_smooth()
    data.materials.append(material)
    item = bpy.data.objects.new(name, data)
    bpy.context.collection.objects.link(item)
    if subdivide:
        surface = item.modifiers.new("smooth", "SUBSURF")
        surface.levels = surface.render_levels = subdivide
    return item


def set_attribute(item: bpy.types.Object, name: str, values: Array) -> None:
    """Give a mesh a value (n,) or a vector (n, 3) at each point, for its material to read."""
    values = np.asarray(values, np.float32)
    if values.ndim == 1:
        layer = item.data.attributes.new(name, "FLOAT", "POINT")
        layer.data.foreach_set("value", values)
    else:
        layer = item.data.attributes.new(name, "FLOAT_VECTOR", "POINT")
        layer.data.foreach_set("vector", values.ravel())


def select_faces(
    points: Array, faces: Faces, keep: Callable[[list[int]], bool]
) -> tuple[Index, Faces]:
    """The points used by the kept faces, and those faces renumbered."""
    kept = [face for face in faces if keep(face)]
    index = np.unique(np.concatenate([np.array(face) for face in kept]))
    number = -np.ones(len(points), int)
    number[index] = np.arange(len(index))
    return index, [[int(number[i]) for i in face] for face in kept]


def evaluated(item: bpy.types.Object) -> tuple[Array, Index]:
    """Points (body space) and triangles of an object after its modifiers."""
    data = item.evaluated_get(bpy.context.evaluated_depsgraph_get()).to_mesh()
    points = np.empty(len(data.vertices) * 3)
    data.vertices.foreach_get("co", points)
    data.calc_loop_triangles()
    triangles = np.empty(len(data.loop_triangles) * 3, np.int32)
    data.loop_triangles.foreach_get("vertices", triangles)
    return from_blender(points.reshape(-1, 3)), triangles.reshape(-1, 3).astype(np.int64)


def tree(points: Array, faces: Sequence[Sequence[int]] | Index) -> BVHTree:
    """A search tree over a surface, in body space."""
    return BVHTree.FromPolygons(
        [tuple(map(float, p)) for p in points], [tuple(map(int, f)) for f in faces]
    )


def add_strands(
    name: str, strands: Array, radius: float, material: bpy.types.Material, taper: float = 0.85
) -> bpy.types.Object:
    """Hair from strands (n, k, 3) in body space, radius at the root in metres."""
    count, steps, _ = strands.shape
    curves = bpy.data.hair_curves.new(name)
    curves.add_curves([steps] * count)
    curves.attributes["position"].data.foreach_set(
        "vector", to_blender(strands).astype(np.float32).ravel()
    )
    layer = curves.attributes.get("radius") or curves.attributes.new("radius", "FLOAT", "POINT")
    profile = radius * (1 - taper * np.linspace(0, 1, steps) ** 2)
    layer.data.foreach_set("value", np.tile(profile, count).astype(np.float32))
    curves.materials.append(material)
    item = bpy.data.objects.new(name, curves)
    bpy.context.collection.objects.link(item)
    return item


def add_tube(
    name: str,
    points: Array,
    radius: float,
    material: bpy.types.Material,
    closed: bool = False,
) -> bpy.types.Object:
    """A round wire along points in body space, radius in metres."""
    curve = bpy.data.curves.new(name, "CURVE")
    curve.dimensions = "3D"
    line = curve.splines.new("POLY")
    line.points.add(len(points) - 1)
    for knot, point in zip(line.points, to_blender(points), strict=True):
        knot.co = (*point, 1)
    line.use_cyclic_u = closed
    curve.bevel_depth = radius
    curve.bevel_resolution = 4
    curve.use_fill_caps = True
    curve.materials.append(material)
    item = bpy.data.objects.new(name, curve)
    bpy.context.collection.objects.link(item)
    return item


def grid_faces(rows: int, columns: int, closed: bool) -> Faces:
    """Quads of a grid of points laid row by row, its rows closed into rings or not."""
    return [
        [i * columns + j, i * columns + k, (i + 1) * columns + k, (i + 1) * columns + j]
        for i in range(rows - 1)
        for j in range(columns if closed else columns - 1)
        for k in [(j + 1) % columns]
    ]
