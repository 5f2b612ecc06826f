"""Load the sitter's sprites: cut-out pictures of rendered people, with what is true of them.

The pictures and their truth lie in `people/`, one folder a person; `people/README.md` documents
both, `render/` is how they were made.
"""

from __future__ import annotations

import dataclasses
import functools
import io
import json
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from importlib.resources.abc import Traversable
from types import MappingProxyType
from typing import Any, Final

import numpy as np
from PIL import Image

from hardware.base import Pixels
from hardware.errors import Misconfigured

_KEPT: Final = 24  # sprites kept decoded: all states of one person, about 6 MB each
_TRUTH: Final = "truth.json"

Point = tuple[float, float]  # x to the right, y down, in the sprite's pixels


@dataclass(frozen=True, slots=True)
class Asked:
    """The state that was asked of the sitter. Left and right are the sitter's own.

    Attributes:
        yaw: degrees, positive when the nose points to the picture's right.
        pitch: degrees, positive with the chin up.
        roll: degrees, 0 in every sprite.
        open_l: gap between the left eye's lids over the fully open gap.
        open_r: likewise of the right eye.
        gaze_yaw: degrees the eyes turn in the head, positive to the picture's right.
        gaze_pitch: degrees, positive upwards.
        mouth_open: 0 closed to 1 jaw as low as it goes.
        smile: 0 at rest to 1 broad.
        glasses: wears glasses.
        cap: wears a cap.
        fringe: hair hangs over the brows.
    """

    yaw: float
    pitch: float
    roll: float
    open_l: float
    open_r: float
    gaze_yaw: float
    gaze_pitch: float
    mouth_open: float
    smile: float
    glasses: bool
    cap: bool
    fringe: bool


@dataclass(frozen=True, slots=True)
class Measured:
    """Where things are in the sprite. Left and right are the sitter's own.

    Attributes:
        eye_l: middle between the left eye's corners.
        eye_r: likewise of the right eye.
        shoulder_l: left shoulder joint.
        shoulder_r: right shoulder joint.
        chin: lowest point of the chin's front.
        crown: top of the hair, or of the cap, on the head's axis.
        cheek_l_x: outline of the left cheek (without the ear) at cheekbone height, pixels.
        cheek_r_x: likewise of the right cheek.
        face_width_px: from cheek to cheek.
        lid_gap_l_mm: gap between the left eye's lids, millimetres.
        lid_gap_r_mm: likewise of the right eye.
        lip_gap_mm: gap between the lips, millimetres.
    """

    eye_l: Point
    eye_r: Point
    shoulder_l: Point
    shoulder_r: Point
    chin: Point
    crown: Point
    cheek_l_x: float
    cheek_r_x: float
    face_width_px: float
    lid_gap_l_mm: float
    lid_gap_r_mm: float
    lip_gap_mm: float


@dataclass(frozen=True, slots=True)
class Truth:
    """What is true of a sprite: the state asked for, and what was measured."""

    asked: Asked
    measured: Measured


@dataclass(frozen=True, slots=True, eq=False)
class Sprite:
    """A person in one state, cut out.

    Attributes:
        person: who, as in `people`.
        state: which state, as in `states`.
        rgba: (H, W, 4) uint8, read-only; RGB in sRGB, not multiplied by alpha; alpha is the
            share of the pixel that the person covers.
        truth: what is known exactly of the picture.
    """

    person: str
    state: str
    rgba: Pixels
    truth: Truth


def _folder() -> Traversable:
    return resources.files("hardware.sim.sitter") / "people"


@functools.lru_cache(maxsize=1)
def _records() -> Mapping[str, dict[str, Any]]:
    """Read everybody's truth, in the order in which the people are offered."""
    found: dict[str, dict[str, Any]] = {}
    folder = _folder()
    if folder.is_dir():
        for person in folder.iterdir():
            truth = person / _TRUTH
            if truth.is_file():
                found[person.name] = json.loads(truth.read_text(encoding="utf-8"))
    ordered = sorted(found, key=lambda name: (found[name].get("order", len(found)), name))
    return MappingProxyType({name: found[name] for name in ordered})


def _record(person: str) -> dict[str, Any]:
    records = _records()
    if not records:
        raise Misconfigured(
            "The simulated sitter's pictures are missing. Reinstall the package, or render them "
            "as hardware/sim/sitter/render/README.md says."
        )
    if person not in records:
        raise Misconfigured(
            f"There is no simulated sitter {person!r}. Choose one of: {', '.join(records)}."
        )
    return records[person]


def people() -> tuple[str, ...]:
    """Return everybody there are sprites of; the first is the usual one."""
    return tuple(_records())


def description(person: str) -> str:
    """Say in a few words who a person is.

    Raises:
        Misconfigured: there is no such person.
    """
    return str(_record(person)["description"])


def states(person: str) -> tuple[str, ...]:
    """Return the states a person has a sprite of, ``neutral`` first.

    Raises:
        Misconfigured: there is no such person.
    """
    return tuple(_record(person)["states"])


@functools.lru_cache(maxsize=_KEPT)
def load(person: str, state: str) -> Sprite:
    """Load a sprite. The latest ones are kept, so asking again costs nothing.

    Args:
        person: one of `people`.
        state: one of `states`.

    Raises:
        Misconfigured: there is no such person, state or picture.
    """
    record = _record(person)
    known = record["states"]
    if state not in known:
        raise Misconfigured(
            f"The simulated sitter {person!r} has no state {state!r}. "
            f"Choose one of: {', '.join(known)}."
        )
    file = _folder() / person / f"{state}.webp"
    try:
        with Image.open(io.BytesIO(file.read_bytes())) as picture:
            rgba: Pixels = np.array(picture.convert("RGBA"))
    except OSError as error:
        raise Misconfigured(
            f"The picture {person}/{state}.webp of the simulated sitter can't be read. "
            "Reinstall the package."
        ) from error
    rgba.setflags(write=False)
    return Sprite(person, state, rgba, _truth(known[state]))


def _truth(entry: Mapping[str, Any]) -> Truth:
    measured = {
        key: (float(value[0]), float(value[1])) if isinstance(value, list) else float(value)
        for key, value in entry["measured"].items()
    }
    return Truth(
        Asked(**{field.name: entry["asked"][field.name] for field in dataclasses.fields(Asked)}),
        Measured(**{field.name: measured[field.name] for field in dataclasses.fields(Measured)}),  # type: ignore[arg-type]
    )
