# SPDX-License-Identifier: Apache-2.0
"""What is true of a rendered state, measured on the posed mesh and on the sprite's alpha."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from camera import Camera
from geometry import (
    BODY_VERTICES,
    MM_PER_DM,
    Array,
    Body,
    base_mesh,
    face_unit,
    lid_indices,
    target_mask,
)

# Vertices of the left eye's rim; its mirrored ones are found by their place.
RIM_LEFT = slice(13352, 13380)


def _corners(rest: Array, side: str) -> tuple[int, int]:
    """Inner and outer corner of an eye, as vertices."""
    rim = np.arange(RIM_LEFT.start, RIM_LEFT.stop)
    inner = int(rim[np.argmin(rest[rim, 0])])
    outer = int(rim[np.argmax(rest[rim, 0])])
    if side == "l":
        return inner, outer
    body = rest[:BODY_VERTICES]
    found = [np.argmin(np.linalg.norm(body - rest[i] * [-1, 1, 1], axis=1)) for i in (inner, outer)]
    return int(found[0]), int(found[1])


def _chin(rest: Array) -> int:
    """The vertex on the middle line that makes the chin's lower edge as seen from the front."""
    body = rest[:BODY_VERTICES]
    near = (np.abs(body[:, 0]) < 0.02) & (body[:, 2] > 1.0) & (body[:, 1] < 6.0)
    index = np.where(near & (body[:, 1] > 5.4))[0]
    return int(index[np.argmax(0.5 * body[index, 2] - body[index, 1])])


def _cheeks(rest: Array) -> NDArray[np.int64]:
    """Vertices of the face between the ears at the height of the cheekbones."""
    body = rest[:BODY_VERTICES]
    count = len(rest)
    ear = np.maximum(
        target_mask("ears/l-ear-scale-incr", count), target_mask("ears/r-ear-scale-incr", count)
    )[:BODY_VERTICES]
    return np.where((np.abs(body[:, 1] - 6.55) < 0.12) & (body[:, 2] > 0.3) & (ear < 0.02))[0]


def _lip_gap(body: Body) -> float:
    """Distance between the lips on the middle line, mm."""
    rest, posed = body.rest, body.posed
    index, offset = face_unit("jawOpen")
    drop = np.zeros(len(rest))
    drop[index] = -offset[:, 1]
    near = (np.abs(rest[:BODY_VERTICES, 0]) < 0.03) & (rest[:BODY_VERTICES, 2] > 1.30)
    height = rest[:BODY_VERTICES, 1]
    lips = np.where(near & (height > 6.0) & (height < 6.28))[0]
    lower, upper = lips[drop[lips] > 0.1], lips[drop[lips] <= 0.1]
    first = upper[np.argmin(rest[upper, 1])]
    second = lower[np.argmax(rest[lower, 1])]
    turn, _ = body.head
    return float(max(0.0, ((posed[first] - posed[second]) @ turn)[1]) * MM_PER_DM)


def measure(body: Body, camera: Camera, alpha: NDArray[np.uint8]) -> dict[str, Any]:
    """The measured truth in the sprite's pixels; left and right are the sitter's own."""
    rest, posed = body.rest, body.posed
    groups = base_mesh().groups
    turn, _ = body.head

    def pixel(point: Array) -> list[float]:
        x, y = camera.project(point)
        return [round(float(x), 1), round(float(y), 1)]

    out: dict[str, Any] = {}
    for side, (upper, lower) in lid_indices(rest).items():
        inner, outer = _corners(rest, side)
        out[f"eye_{side}"] = pixel((posed[inner] + posed[outer]) / 2)
        out[f"shoulder_{side}"] = pixel(body.torso[groups[f"joint-{side}-shoulder"]].mean(0))
        gap = ((posed[upper] - posed[lower]) @ turn)[1] * MM_PER_DM
        out[f"lid_gap_{side}_mm"] = round(max(0.0, float(gap)), 2)
    out["chin"] = pixel(posed[_chin(rest)])
    top = int(np.argmax(rest[:BODY_VERTICES, 1]))
    axis = float(camera.project(posed[top])[0])
    columns = alpha[:, int(axis) - 6 : int(axis) + 7]
    out["crown"] = [round(axis, 1), float(np.argmax(np.median(columns, axis=1) > 127))]
    across = camera.project(posed[_cheeks(rest)])[:, 0]
    out["cheek_l_x"] = round(float(across.max()), 1)
    out["cheek_r_x"] = round(float(across.min()), 1)
    out["face_width_px"] = round(float(across.max() - across.min()), 1)
    out["lip_gap_mm"] = round(_lip_gap(body), 2)
    return out
