# SPDX-License-Identifier: GPL-3.0-or-later
"""Render the sprites: `python render.py OUT [--people …] [--states …]`; see README.md.

A person's neutral state is rendered whole. Every other state is rendered only where it differs
and laid into the neutral picture, so that the torso is the same in all of them. What exists is
not rendered again.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import tempfile
import time
from pathlib import Path
from typing import Any

import bpy
import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

import scene
import truth
from camera import Camera
from geometry import Body, pose
from people import PEOPLE
from states import STATES, State

Picture = NDArray[np.float32]  # (h, w, 4): linear RGB, straight, and alpha; 0 to 1
Box = tuple[int, int, int, int]  # left, top, right, bottom in px

ALPHA_SAMPLES = 8
EYES = {"open_l", "open_r", "gaze_yaw", "gaze_pitch"}
FEATHER = 14  # px over which a part is blended into the neutral picture


def _linear(encoded: NDArray[Any]) -> NDArray[np.float32]:
    low = encoded / 12.92
    return np.where(encoded <= 0.04045, low, ((encoded + 0.055) / 1.055) ** 2.4).astype(np.float32)


def _encoded(linear: NDArray[Any]) -> NDArray[np.float32]:
    safe = np.clip(linear, 0, 1)
    high = 1.055 * safe ** (1 / 2.4) - 0.055
    return np.where(safe <= 0.0031308, safe * 12.92, high).astype(np.float32)


def _changed(state: State) -> set[str]:
    """What a state has that the neutral one has not."""
    return {f.name for f in dataclasses.fields(state) if getattr(state, f.name) != f.default}


def _box(state: State, camera: Camera, long_hair: bool) -> Box | None:
    """Where a state differs from the neutral one; None for everywhere."""
    if state == State():
        return None
    changed = _changed(state)
    if changed <= EYES:
        limits = (0.70, 6.52, 7.22)  # half width, bottom and top, in dm
    elif changed <= {"glasses"}:
        limits = (0.98, 6.38, 7.12)
    elif changed <= {"mouth_open"}:
        limits = (0.88, 5.25, 6.62)
    elif changed <= {"smile"}:
        limits = (0.88, 5.45, 7.00)
    elif changed <= {"fringe"}:
        limits = (1.12, 6.58, 8.15)
    else:
        limits = (1.24, 4.55 if long_hair else 5.05, 8.12)
    half, bottom, top = limits
    left = camera.project(np.array([-half, bottom, camera.face_plane]))
    right = camera.project(np.array([half, top, camera.face_plane]))
    return (
        max(0, int(left[0])),
        max(0, int(right[1])),
        min(camera.width, int(right[0])),
        min(camera.height, int(left[1])),
    )


def _shoot(path: Path) -> NDArray[np.float32]:
    bpy.context.scene.render.filepath = str(path)
    bpy.ops.render.render(write_still=True)
    with Image.open(path) as picture:
        return np.asarray(picture.convert("RGBA"), np.float32) / 255


def _render(camera: Camera, box: Box | None, work: Path, exact_edge: bool) -> Picture:
    """Colour, and in a second pass the exact coverage, which the denoiser doesn't clean."""
    settings = bpy.context.scene.render
    if box is not None:
        left, top, right, bottom = box
        settings.use_border = settings.use_crop_to_border = True
        settings.border_min_x, settings.border_max_x = left / camera.width, right / camera.width
        settings.border_min_y = 1 - bottom / camera.height
        settings.border_max_y = 1 - top / camera.height
    seen = _shoot(work / "colour.png")
    if not exact_edge:
        return np.concatenate([_linear(seen[..., :3]), seen[..., 3:]], 2)

    glow = bpy.data.materials.new("coverage")
    glow.use_nodes = True
    glow.node_tree.nodes.clear()
    output = glow.node_tree.nodes.new("ShaderNodeOutputMaterial")
    light = glow.node_tree.nodes.new("ShaderNodeEmission")
    glow.node_tree.links.new(light.outputs[0], output.inputs["Surface"])
    bpy.context.view_layer.material_override = glow
    cycles = bpy.context.scene.cycles
    cycles.samples, cycles.use_denoising, cycles.max_bounces = ALPHA_SAMPLES, False, 0
    cycles.use_adaptive_sampling = True
    covered = _shoot(work / "coverage.png")[..., 3:]

    weighted = _linear(seen[..., :3]) * seen[..., 3:]
    blur = {"ksize": (0, 0), "sigmaX": 1.6}
    near = cv2.GaussianBlur(weighted, **blur) / np.maximum(
        cv2.GaussianBlur(seen[..., 3], **blur)[..., None], 1e-3
    )
    sure = np.clip((seen[..., 3:] - 0.3) / 0.5, 0, 1)
    colour = sure * _linear(seen[..., :3]) + (1 - sure) * near
    return np.concatenate([colour, covered], 2).astype(np.float32)


def _lay_into(whole: Picture, part: Picture, box: Box) -> Picture:
    """Blend a part into the whole picture with a soft edge, in premultiplied colour."""
    left, top, right, bottom = box
    rows = np.arange(bottom - top)[:, None]
    columns = np.arange(right - left)[None]
    edge = np.minimum(
        np.minimum(rows if top > 0 else rows + FEATHER, rows[::-1]),
        np.minimum(columns, columns[:, ::-1]),
    )
    weight = np.clip(edge / FEATHER, 0, 1)[..., None]
    result = whole.copy()
    below = result[top:bottom, left:right]
    alpha = weight * part[..., 3:] + (1 - weight) * below[..., 3:]
    light = weight * part[..., 3:] * part[..., :3] + (1 - weight) * below[..., 3:] * below[..., :3]
    colour = np.where(alpha > 1e-4, light / np.maximum(alpha, 1e-4), below[..., :3])
    result[top:bottom, left:right] = np.concatenate([colour, alpha], 2)
    return result


def _save_sprite(picture: Picture, path: Path) -> NDArray[np.uint8]:
    pixels = np.concatenate([_encoded(picture[..., :3]), picture[..., 3:]], 2)
    sprite = (np.clip(pixels, 0, 1) * 255 + 0.5).astype(np.uint8)
    partial = path.with_suffix(".partial")
    Image.fromarray(sprite, "RGBA").save(
        partial, "WEBP", quality=88, alpha_quality=100, method=6, exact=False
    )
    partial.replace(path)
    return sprite


def _save_truth(path: Path, name: str, camera: Camera, state: str, entry: dict[str, Any]) -> None:
    record: dict[str, Any] = json.loads(path.read_text()) if path.exists() else {}
    record |= {
        "person": name,
        "order": list(PEOPLE).index(name),
        "description": PEOPLE[name].description,
        "width": camera.width,
        "height": camera.height,
        "focal_px": round(camera.focal, 1),
        "distance_m": camera.distance / 10,
    }
    known = record.get("states", {}) | {state: entry}
    record["states"] = {key: known[key] for key in STATES if key in known}
    partial = path.with_suffix(".partial")
    partial.write_text(json.dumps(record, indent=1) + "\n")
    partial.replace(path)


def render_state(out: Path, work: Path, name: str, key: str, camera: Camera, samples: int) -> None:
    """Render one sprite and write down its truth."""
    state = STATES[key]
    body: Body = scene.build(name, state, camera, samples)
    box = _box(state, camera, long_hair=PEOPLE[name].hair.style == "loose")
    if box is not None and (box[3] - box[1]) < camera.height / 2:
        bpy.context.scene.cycles.samples = 3 * samples  # small parts are cheap
    kept = work / f"{name}-{camera.width}.npy"
    part = _render(camera, box, work, exact_edge=_changed(state) - EYES != set() or box is None)
    if box is None:
        picture = part
        np.save(kept, picture)
    elif kept.exists():
        picture = _lay_into(np.load(kept), part, box)
    else:
        raise SystemExit(f"{kept} is gone: delete {name}'s neutral.webp and render it again")
    folder = out / name
    folder.mkdir(parents=True, exist_ok=True)
    sprite = _save_sprite(picture, folder / f"{key}.webp")
    _write_down(folder, name, key, camera, body, sprite)


def measure_state(out: Path, name: str, key: str) -> None:
    """Measure a sprite that exists once more, after a change of what is measured."""
    with Image.open(out / name / f"{key}.webp") as picture:
        sprite = np.asarray(picture.convert("RGBA"))
    camera = Camera(sprite.shape[1], sprite.shape[0])
    body = pose(PEOPLE[name], STATES[key])
    _write_down(out / name, name, key, camera, body, sprite)


def _write_down(
    folder: Path, name: str, key: str, camera: Camera, body: Body, sprite: NDArray[np.uint8]
) -> None:
    entry = {
        "asked": dataclasses.asdict(STATES[key]),
        "measured": truth.measure(body, camera, sprite[..., 3]),
    }
    _save_truth(folder / "truth.json", name, camera, key, entry)


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path, help="folder of the people's folders")
    parser.add_argument("--people", nargs="+", default=list(PEOPLE), choices=list(PEOPLE))
    parser.add_argument("--states", nargs="+", default=list(STATES), choices=list(STATES))
    parser.add_argument("--width", type=int, default=960, help="px; the height is 10/9 of it")
    parser.add_argument("--samples", type=int, default=4, help="light paths per pixel")
    parser.add_argument(
        "--work", type=Path, default=Path(tempfile.gettempdir()) / "sitter-render",
        help="folder for what is needed only between two renders",
    )  # fmt: skip
    parser.add_argument(
        "--measure", action="store_true", help="render nothing, measure what exists once more"
    )
    options = parser.parse_args()
    camera = Camera(options.width, options.width * 10 // 9)
    options.work.mkdir(parents=True, exist_ok=True)
    for key in options.states:
        for name in options.people:
            if (options.out / name / f"{key}.webp").exists():
                if options.measure:
                    measure_state(options.out, name, key)
                continue
            if options.measure:
                continue
            begin = time.monotonic()
            render_state(options.out, options.work, name, key, camera, options.samples)
            print(f"{name} {key}: {time.monotonic() - begin:.0f} s", flush=True)


if __name__ == "__main__":
    main()
