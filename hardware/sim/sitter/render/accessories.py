# SPDX-License-Identifier: GPL-3.0-or-later
"""Glasses and a cap, laid out on the rest pose and carried with the head."""

from __future__ import annotations

import numpy as np
from mathutils import Vector
from mathutils.bvhtree import BVHTree

import materials
from geometry import Body
from mesh import add_mesh, add_tube, grid_faces


def add_glasses(body: Body, face: BVHTree) -> None:
    """Usual glasses: thin dark frame, clear lenses, nothing over the eyes."""
    frame = materials.plain("frame", (0.02, 0.017, 0.016), 0.3, Coat_Weight=0.4)
    glass = materials.lens()
    bridge, _, _, _ = face.ray_cast(Vector((0, 6.80, 4.0)), Vector((0, 0, -1)))
    front = bridge.z + 0.10  # where the frame's plane crosses the middle (dm)
    turn = np.linspace(0, 2 * np.pi, 64, endpoint=False)
    wide = np.sign(np.cos(turn)) * np.abs(np.cos(turn)) ** (2 / 2.7)
    high = np.sign(np.sin(turn)) * np.abs(np.sin(turn)) ** (2 / 2.7)
    for side in (1, -1):
        x = 0.335 + 0.265 * wide
        z = front - 0.12 * (x / 0.6) ** 2
        rim = np.stack([side * x, 6.755 + 0.205 * high - 0.012 * wide * high, z], 1)
        add_tube("rim", body.with_head(rim), 0.0014, frame, closed=True)
        centre = rim.mean(0) + np.array([0.0, 0.0, 0.01])
        pane = np.vstack([centre, rim])
        fan = [[0, 1 + i, 1 + (i + 1) % 64] for i in range(64)]
        add_mesh("lens", body.with_head(pane), fan, glass)
        temple = [
            [0.60, 6.84, front - 0.12],
            [0.69, 6.85, front - 0.22],
            [0.745, 6.85, 1.05],
            [0.765, 6.85, 0.75],
            [0.765, 6.82, 0.45],
            [0.745, 6.64, 0.28],
        ]
        add_tube("temple", body.with_head(np.array(temple) * [side, 1, 1]), 0.0014, frame)
    t = np.linspace(-1, 1, 12)
    arch = np.stack([0.075 * t, 6.80 + 0.03 * (1 - t * t), front + 0.012 * (1 - t * t)], 1)
    add_tube("bridge", body.with_head(arch), 0.0014, frame)


def add_cap(body: Body) -> None:
    """A plain cap with a brim, pulled on as far as it is usually worn."""
    fabric = materials.cloth("cap", (0.035, 0.037, 0.045))
    columns = 72
    around = np.linspace(0, 2 * np.pi, columns, endpoint=False)
    rows = []
    for t in np.linspace(0, 1, 14):
        rise = t * np.pi / 2
        shrink = np.cos(rise) ** 0.7 if t < 1 else 0.0
        height = 7.20 + 0.84 * np.sin(rise) + 0.07 * np.cos(around) * (1 - t)
        rows.append(
            np.stack(
                [0.84 * shrink * np.sin(around), height, 0.38 + 1.05 * shrink * np.cos(around)], 1
            )
        )
    crown = add_mesh(
        "cap", body.with_head(np.concatenate(rows)), grid_faces(14, columns, True), fabric
    )
    crown.modifiers.new("thickness", "SOLIDIFY").thickness = 0.002
    across = np.linspace(-1, 1, 30)
    rows = []
    for t in np.linspace(0, 1, 8):
        x = 0.84 * np.sin(across * 1.02) * (1 - 0.10 * t)
        y = 7.27 + 0.06 * np.cos(across * 1.02) - 0.16 * t * t - 0.12 * across**2 * (0.4 + 0.6 * t)
        z = 0.38 + 1.05 * np.cos(across * 1.02) + 0.68 * t * np.cos(across * 1.25) ** 0.8
        rows.append(np.stack([x, y, z], 1))
    brim = add_mesh(
        "brim", body.with_head(np.concatenate(rows)), grid_faces(8, 30, False), fabric, 1
    )
    brim.modifiers.new("thickness", "SOLIDIFY").thickness = 0.003
