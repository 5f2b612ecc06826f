# SPDX-License-Identifier: GPL-3.0-or-later
"""The sitter in the studio, as a Blender scene."""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass

import bpy
import numpy as np
from mathutils import Vector
from mathutils.bvhtree import BVHTree

import accessories
import clothes
import hair
import materials
from camera import Camera
from geometry import (
    BODY_VERTICES,
    Array,
    Body,
    Index,
    base_mesh,
    pose,
    rotation,
    smoothstep,
    target_mask,
)
from mesh import (
    Faces,
    add_mesh,
    add_strands,
    evaluated,
    grid_faces,
    select_faces,
    set_attribute,
    to_blender,
    tree,
)
from people import PEOPLE, Person
from states import State

UPPER_LIP = 520  # vertex in the middle of the upper lip's lower edge


Triple = tuple[float, float, float]


def _blob(rest: Array, centre: Triple, size: Triple) -> Array:
    """A soft spot on both sides of the face (dm)."""
    mirrored = np.concatenate([np.abs(rest[:, :1]), rest[:, 1:]], 1)
    return np.asarray(np.exp(-(((mirrored - centre) / size) ** 2).sum(1)))


def _ears(rest: Array) -> tuple[Array, Array]:
    """Masks of the ears: all that an ear's target moves, and the ears proper."""
    count = len(rest)
    near = np.maximum(
        target_mask("ears/l-ear-scale-incr", count), target_mask("ears/r-ear-scale-incr", count)
    )
    ear = near > 0.2
    box = (rest[:, 1] < 6.86) & (rest[:, 1] > 6.25) & (rest[:, 2] > -0.05) & (rest[:, 2] < 0.46)
    return ear, ear & box


def _cavity(rest: Array, lips: Array) -> Array:
    """Inside of mouth and nostrils: what the face itself hides from the camera."""
    faces = [
        f
        for f in base_mesh().faces["body"]
        if 5.7 < rest[f, 1].mean() < 6.8 and rest[f, 2].mean() > 0.3
    ]
    face = tree(rest, faces)
    mask = np.zeros(len(rest))
    index = np.arange(len(rest))
    near = (np.abs(rest[:, 0]) < 0.36) & (rest[:, 1] < 6.62) & (rest[:, 1] > 5.95)
    for i in np.where(near & (rest[:, 2] > 0.4) & (rest[:, 2] < 1.4) & (index < BODY_VERTICES))[0]:
        start = Vector(rest[i]) + Vector((0, 0, 0.02))
        if face.ray_cast(start, Vector((0, 0, 1)))[0] is not None:
            mask[i] = 1.0
    mouth = (rest[:, 1] < 6.3) & (rest[:, 2] < 1.26) & (np.abs(rest[:, 0]) < 0.2) & (lips < 0.3)
    nostrils = (rest[:, 1] > 6.36) & (rest[:, 1] < 6.56)
    return mask * (mouth | nostrils)


def _skin_masks(rest: Array) -> dict[str, Array]:
    count = len(rest)
    reach = np.maximum(
        target_mask("mouth/mouth-upperlip-volume-incr", count),
        target_mask("mouth/mouth-lowerlip-volume-incr", count),
    )
    corner = smoothstep(0.10, 0.20, np.abs(rest[:, 0]))
    lips = (1 - corner) * smoothstep(0.09, 0.33, reach) + corner * smoothstep(0.06, 0.24, reach)
    lips *= (rest[:, 1] < 6.29) & (rest[:, 1] > 6.0)
    ear, _ = _ears(rest)
    blush = (
        0.8 * _blob(rest, (0.42, 6.48, 1.15), (0.26, 0.2, 0.4))
        + 0.7 * _blob(rest, (0, 6.5, 1.55), (0.16, 0.13, 0.2))
        + 0.3 * _blob(rest, (0, 5.9, 1.35), (0.3, 0.15, 0.3))
        + 0.5 * ear
    )
    shade = 0.35 * _blob(rest, (0.27, 6.9, 1.3), (0.22, 0.06, 0.3)) + 0.3 * _blob(
        rest, (0.26, 6.64, 1.3), (0.2, 0.06, 0.3)
    )
    return {
        "lips": lips,
        "blush": np.clip(blush, 0, 1),
        "shade": np.clip(shade, 0, 1),
        "cavity": _cavity(rest, lips),
    }


def _add_eyes(body: Body, person: Person, state: State, rng: np.random.Generator) -> None:
    material = materials.eye(person.tone)
    lash = materials.plain("lash", (0.012, 0.009, 0.008), 0.5)
    groups = base_mesh().groups
    across, down = 64, 48
    polar = np.linspace(0, np.pi, down)[:, None]
    around = np.linspace(0, 2 * np.pi, across, endpoint=False)[None]
    x, y = np.sin(polar) * np.cos(around), np.sin(polar) * np.sin(around)
    direction = np.stack([x, y, np.cos(polar) + 0 * around], -1).reshape(-1, 3)
    angle = np.degrees(np.arccos(np.clip(direction[:, 2], -1, 1)))
    gaze = rotation((0, 1, 0), state.gaze_yaw) @ rotation(
        (1, 0, 0), person.level - state.gaze_pitch
    )
    for side in "lr":
        ball = body.rest[groups[f"helper-{side}-eye"]]
        system = np.c_[2 * ball, np.ones(len(ball))]
        solved = np.linalg.lstsq(system, (ball**2).sum(1), rcond=None)[0]
        centre = solved[:3]
        radius = math.sqrt(solved[3] + centre @ centre) * (1 + 0.03 * smoothstep(30, 0, angle))
        points = body.with_head(centre + (direction * radius[:, None]) @ gaze.T)
        item = add_mesh(f"eye {side}", points, grid_faces(down, across, True), material)
        set_attribute(item, "angle", angle)
        set_attribute(item, "direction", direction[:, [0, 2, 1]])
        for row, count, length in (("2", 120, 1.0), ("1", 60, 0.55)):
            index = groups[f"helper-{side}-eyelashes-{row}"]
            away = np.linalg.norm(body.rest[index] - centre, axis=1)
            roots = index[away < np.median(away)]
            tips = index[away >= np.median(away)]
            ends = []
            where = np.sort(rng.random(count))
            for row_of, jitter in ((roots, 0.0), (tips, 0.012)):
                line = row_of[np.argsort(body.rest[row_of, 0])]
                at = np.clip(where + rng.normal(0, 1, count) * jitter, 0, 1)
                known = np.linspace(0, 1, len(line))
                ends.append(
                    np.stack([np.interp(at, known, body.posed[line, k]) for k in range(3)], 1)
                )
            reach = (0.65 + 0.45 * rng.random((count, 1))) * length
            t = np.linspace(0, 1, 6)[None, :, None]
            strands = ends[0][:, None] + ((ends[1] - ends[0]) * reach)[:, None] * t
            add_strands(f"lashes {side}{row}", strands, 0.00009, lash)


def _add_mouth(body: Body) -> None:
    teeth = materials.plain("teeth", (0.80, 0.76, 0.68), 0.25, Coat_Weight=0.4)
    tongue = materials.plain("tongue", (0.45, 0.15, 0.13), 0.4)
    mesh = base_mesh()
    turn, _ = body.head
    edge = float(body.rest[UPPER_LIP, 1])
    upper = body.rest[mesh.groups["helper-upper-teeth"], 1].min()
    # The base mesh hides the teeth: let 0.8 mm show below the upper lip, and lower the others.
    for part, material, shift in (
        ("helper-upper-teeth", teeth, (0.0, edge - 0.08 - upper, 0.02)),
        ("helper-lower-teeth", teeth, (0.0, -0.04, 0.0)),
        ("helper-tongue", tongue, (0.0, -0.05, -0.05)),
    ):
        index, faces = select_faces(body.posed, mesh.faces[part], lambda _: True)
        add_mesh(part, body.posed[index] + turn @ np.array(shift), faces, material, 2)


@functools.lru_cache(maxsize=16)
def _grown(name: str, with_fringe: bool) -> tuple[Array, Array | None]:
    """The person's hair on the rest pose; grown once, it takes some seconds."""
    person = PEOPLE[name]
    rest = pose(person, State()).rest
    man = "man," in person.description and "woman" not in person.description
    rng = np.random.default_rng(person.hair.seed)
    faces = [f for f in base_mesh().faces["body"] if rest[f, 1].mean() > 5.8]
    surface = tree(rest, faces)
    _, ears = _ears(rest)
    start = hair.roots(rest, faces, ears, rng, person.hair.strands, man)
    usual = hair.grow(person.hair, start, surface, rng)
    if not with_fringe:
        return usual, None
    start = hair.roots(rest, faces, ears, rng, 7000, man, front_only=True)
    return usual, hair.fringe(start, surface, rng, man, lowest=6.93)


def _add_hair(body: Body, name: str, state: State) -> None:
    person = PEOPLE[name]
    material = materials.hair(person.hair)
    usual, front = _grown(name, state.fringe)
    if state.cap:
        usual = usual[usual[:, 0, 1] < 7.22]
        usual[:, :, 1] = np.minimum(usual[:, :, 1], 7.30)
    add_strands("hair", body.with_head(usual), 0.00016, material)
    if front is not None:
        add_strands("fringe", body.with_head(front), 0.00016, material)


def _add_lamp(at: Triple, size: tuple[float, float], power: float) -> None:
    """A rectangular lamp towards the face; place (dm, body space), size (m), power (W)."""
    aim = Vector(to_blender(np.array([0.0, 6.4, 1.0])))
    data = bpy.data.lights.new("lamp", "AREA")
    data.shape = "RECTANGLE"
    data.size, data.size_y = size
    data.energy = power
    item = bpy.data.objects.new("lamp", data)
    bpy.context.scene.collection.objects.link(item)
    item.location = Vector(to_blender(np.array(at)))
    item.rotation_euler = (aim - item.location).to_track_quat("-Z", "Y").to_euler()


def _add_light() -> None:
    """Two soft lamps at 45° left and right, weak ones behind and below."""
    _add_lamp((-13.0, 9.5, 13.0), (0.9, 1.1), 30)
    _add_lamp((13.0, 9.5, 13.0), (0.9, 1.1), 28)
    _add_lamp((0.0, 16.0, -11.0), (1.2, 0.6), 2.5)
    _add_lamp((0.0, -1.5, 12.0), (1.2, 0.4), 4)
    world = bpy.data.worlds.new("world")
    world.use_nodes = True
    background = world.node_tree.nodes["Background"]
    background.inputs[0].default_value = (1.0, 1.0, 1.0, 1.0)
    background.inputs[1].default_value = 0.09
    bpy.context.scene.world = world


def _add_camera(camera: Camera) -> None:
    """Blender's camera, seeing exactly what `Camera.project` says."""
    optics = bpy.data.cameras.new("camera")
    optics.sensor_fit = "HORIZONTAL"
    optics.angle = 2 * math.atan(camera.width / 2 / camera.focal)
    optics.shift_y = (camera.horizon - 0.5) * camera.height / camera.width
    item = bpy.data.objects.new("camera", optics)
    bpy.context.scene.collection.objects.link(item)
    item.location = Vector(
        to_blender(np.array([0.0, camera.level, camera.face_plane + camera.distance]))
    )
    item.rotation_euler = (math.pi / 2, 0, 0)
    bpy.context.scene.camera = item


def _set_up_render(camera: Camera, samples: int) -> None:
    scene = bpy.context.scene
    render = scene.render
    render.engine = "CYCLES"
    render.resolution_x, render.resolution_y = camera.width, camera.height
    render.resolution_percentage = 100
    render.film_transparent = True
    render.threads_mode = "FIXED"
    render.threads = 2
    render.image_settings.file_format = "PNG"
    render.image_settings.color_mode = "RGBA"
    cycles = scene.cycles
    cycles.device = "CPU"
    cycles.samples = samples
    cycles.seed = 1
    cycles.use_adaptive_sampling = True
    cycles.adaptive_threshold = 0.05
    cycles.use_denoising = True
    cycles.denoiser = "OPENIMAGEDENOISE"
    cycles.max_bounces = 4
    cycles.transparent_max_bounces = 12
    cycles.caustics_reflective = cycles.caustics_refractive = False
    scene.view_settings.view_transform = "Standard"
    scene.view_settings.look = "Medium High Contrast"


@dataclass(frozen=True)
class _Skin:
    """What depends only on the person: the part of the body that is seen, and its surface."""

    index: Index
    faces: Faces
    masks: dict[str, Array]
    points: Array  # after smoothing
    triangles: Index
    tree: BVHTree
    brows: hair.Rooted


@functools.lru_cache(maxsize=8)
def _skin(name: str) -> _Skin:
    person = PEOPLE[name]
    rest = pose(person, State()).rest

    def seen(face: list[int]) -> bool:
        at = rest[face]
        return bool(at[:, 1].mean() > 4.35 and np.abs(at[:, 0]).max() < 1.35)

    index, faces = select_faces(rest, base_mesh().faces["body"], seen)
    item = add_mesh("rest", rest[index], faces, materials.plain("rest", (0.5, 0.5, 0.5), 0.5), 2)
    points, triangles = evaluated(item)
    bpy.data.objects.remove(item)
    surface = tree(points, triangles)
    masks = {key: values[index] for key, values in _skin_masks(rest).items()}
    rooted = hair.brows(points, triangles, surface, np.random.default_rng(1), person.brow_height)
    return _Skin(index, faces, masks, points, triangles, surface, rooted)


def build(name: str, state: State, camera: Camera, samples: int) -> Body:
    """Fill an empty scene with the person in the given state."""
    bpy.ops.wm.read_factory_settings(use_empty=True)
    person = PEOPLE[name]
    body = pose(person, state)
    skin = _skin(name)
    material = materials.skin(person.tone)
    item = add_mesh("body", body.posed[skin.index], skin.faces, material, 2)
    for key, values in skin.masks.items():
        set_attribute(item, key, values)
    set_attribute(item, "rest", body.rest[skin.index])
    posed_points, _ = evaluated(item)

    _add_eyes(body, person, state, np.random.default_rng(1))
    _add_mouth(body)
    _add_hair(body, name, state)
    brow = materials.plain("brow", person.tone.brow, 0.6)
    add_strands("brows", skin.brows.carried(posed_points), 0.000065, brow)
    clothes.add_shirt(name)
    if state.glasses:
        accessories.add_glasses(body, skin.tree)
    if state.cap:
        accessories.add_cap(body)
    _add_light()
    _add_camera(camera)
    _set_up_render(camera, samples)
    return body
