"""Draws what was measured over a picture, as SVG: points, axes, and the standard's lines."""

from __future__ import annotations

import math
from collections.abc import Iterator

import cv2
import numpy as np

from kiosk.guidance.composition import compose
from kiosk.guidance.face_points import OVAL, eye_centres
from kiosk.guidance.landmarks import Landmarks, PersonMask
from kiosk.guidance.measure import Measurements
from kiosk.guidance.measured_words import PageWords
from kiosk.guidance.mediapipe_models import Floats
from kiosk.guidance.rules import Kind
from kiosk.standards import Standard

STYLE = """
.points circle{fill:#fff;fill-opacity:.55}
.oval,.mask{fill:none;stroke:#fff;stroke-opacity:.8}
.mask{stroke:#ffd84d;stroke-dasharray:4 4}
.eyes,.shoulders{stroke:#19e3ff}
.x{stroke:#ff5a4d}.y{stroke:#41d66b}.z{stroke:#4d8bff}
.measured{stroke:#ffd84d}
.wanted{stroke:#ff5ad1;stroke-dasharray:8 5}
.allowed{fill:#ff5ad1;fill-opacity:.14}
.crop{fill:none;stroke:#ff5ad1}
line,.oval,.mask,.crop{vector-effect:non-scaling-stroke;stroke-width:1.6}
line.x,line.y,line.z{stroke-width:3.2}
text{fill:#fff;paint-order:stroke;stroke:#000;stroke-width:.14em}
text{font-family:"Noto Sans CJK SC",sans-serif}
"""
_AXIS_FACES = 0.6
"""Length of the drawn axes, face widths."""


def draw(
    landmarks: Landmarks,
    measured: Measurements,
    standard: Standard,
    kind: Kind,
    words: PageWords,
) -> str:
    """Return SVG elements in the picture's pixels.

    Args:
        landmarks: what was found in the picture.
        measured: by the names of `kiosk.guidance.measure.NAMES`.
        standard: whose lines are drawn: its ranges over a photo, its crop over a live frame.
        kind: what sort of picture it is.
        words: what the lines are called.
    """
    parts = [*_standard(landmarks, measured, standard, kind, words)]
    if landmarks.person is not None:
        parts += _outline_of(landmarks.person)
    if landmarks.face is not None:
        parts += _face(landmarks)
    if landmarks.shoulders is not None:
        parts.append(_line("shoulders", *landmarks.shoulders.left, *landmarks.shoulders.right))
    parts += _heights(landmarks, measured, words)
    parts += _axes(landmarks, measured)
    return "\n".join(parts)


def _line(kind: str, x0: float, y0: float, x1: float, y1: float) -> str:
    return f'<line class="{kind}" x1="{x0:.1f}" y1="{y0:.1f}" x2="{x1:.1f}" y2="{y1:.1f}"/>'


def _text(x: float, y: float, words: str, size: float) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size:.1f}">{words}</text>'


def _points(xy: Floats) -> str:
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in xy)


def _face(landmarks: Landmarks) -> Iterator[str]:
    face = landmarks.face
    if face is None:
        return
    radius = max(0.6, landmarks.width_px / 700)
    seen = face[np.isfinite(face).all(axis=1), :2]
    dots = "".join(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius:.1f}"/>' for x, y in seen)
    yield f'<g class="points">{dots}</g>'
    yield f'<polygon class="oval" points="{_points(face.take(OVAL, axis=0)[:, :2])}"/>'
    left, right = eye_centres(face)
    yield _line("eyes", *left, *right)


def _axes(landmarks: Landmarks, measured: Measurements) -> Iterator[str]:
    """Draw the head's own left (red), up (green) and ahead (blue), seen from far away."""
    yaw, pitch, roll = (measured.get(f"{name}_deg") for name in ("yaw", "pitch", "roll"))
    width, face = measured.get("face_width_px"), landmarks.face
    if yaw is None or pitch is None or roll is None or width is None or face is None:
        return
    y, p, r = (math.radians(angle) for angle in (yaw, pitch, roll))
    # Picture coordinates: x to the right, which is the person's left; y down; z to the camera.
    turned = np.array([[math.cos(y), 0, math.sin(y)], [0, 1, 0], [-math.sin(y), 0, math.cos(y)]])
    nodded = np.array([[1, 0, 0], [0, math.cos(p), math.sin(p)], [0, -math.sin(p), math.cos(p)]])
    leant = np.array([[math.cos(r), math.sin(r), 0], [-math.sin(r), math.cos(r), 0], [0, 0, 1]])
    middle = np.mean(eye_centres(face), axis=0)
    for name, axis in (("x", (1, 0, 0)), ("y", (0, -1, 0)), ("z", (0, 0, 1))):
        tip = middle + (leant @ turned @ nodded @ np.array(axis))[:2] * width * _AXIS_FACES
        yield _line(name, *middle, *tip)


def _outline_of(person: PersonMask) -> Iterator[str]:
    inside = np.ascontiguousarray(person.alpha[person.inside] > 0.5).astype(np.uint8)  # noqa: PLR2004 - the middle between person and backdrop
    rows, columns = person.inside
    origin = np.array([columns.start or 0, rows.start or 0])
    corner = np.array([person.left_px, person.top_px])
    for contour in cv2.findContours(inside, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)[0]:
        path = (contour[:, 0, :] + origin + 0.5) * person.step_px + corner
        yield f'<polygon class="mask" points="{_points(path)}"/>'


def _heights(landmarks: Landmarks, measured: Measurements, words: PageWords) -> Iterator[str]:
    """Draw crown, chin, eye line and the face's width, each with its figure."""
    centre, width = measured.get("centre_x_px"), measured.get("face_width_px")
    if centre is None or width is None:
        return
    size = landmarks.width_px / 30
    for key in ("crown", "eye_line", "chin"):
        name, said = f"{key}_y_px", words.say("marks", key)
        y = measured.get(name)
        if y is not None:
            yield _line("measured", centre - 0.75 * width, y, centre + 0.75 * width, y)
            yield _text(centre + 0.77 * width, y + size / 3, f"{said} {y:.0f}", size)
    eyes = measured.get("eye_line_y_px")
    if eyes is not None:
        y, said = eyes + 0.35 * width, words.say("marks", "width")
        yield _line("measured", centre - width / 2, y, centre + width / 2, y)
        yield _text(centre + 0.52 * width, y + size / 3, f"{said} {width:.0f}", size)


def _standard(
    landmarks: Landmarks,
    measured: Measurements,
    standard: Standard,
    kind: Kind,
    words: PageWords,
) -> Iterator[str]:
    if kind == "photo":
        yield from _ranges(landmarks.width_px, standard, words)
    elif kind == "live":
        yield from _crop(measured, standard, words)


def _ranges(width: float, standard: Standard, words: PageWords) -> Iterator[str]:
    rules = standard.geometry
    for key, low, high, target in (
        ("crown", rules.crown_min_px, rules.crown_max_px, rules.crown_target_px),
        ("eye_line", rules.eyes_min_px, rules.eyes_max_px, rules.eyes_target_px),
    ):
        yield (
            f'<rect class="allowed" x="0" y="{low}" width="{width}" height="{high - low}">'
            f"<title>{words.say('marks', key)}: {low} – {high}</title></rect>"
        )
        yield _line("wanted", 0, target, width, target)
    middle, off = width / 2, rules.centre_tolerance_px
    height = standard.file.height_px
    yield (
        f'<rect class="allowed" x="{middle - off}" y="0" width="{2 * off}" height="{height}">'
        f"<title>{words.say('marks', 'middle')}: ± {off}</title></rect>"
    )


def _crop(measured: Measurements, standard: Standard, words: PageWords) -> Iterator[str]:
    """Draw where the photo would be cut out of a live frame."""
    eyes, width = measured.get("eye_line_y_px"), measured.get("face_width_px")
    centre = measured.get("centre_x_px")
    if eyes is None or centre is None or not width or width <= 0:
        return
    crop = compose(
        standard, eye_line_y_px=eyes, crown_y_px=measured.get("crown_y_px"), face_width_px=width
    )
    left, top = centre - crop.width_px / 2, eyes - crop.above_eyes_px
    yield (
        f'<rect class="crop" x="{left:.1f}" y="{top:.1f}" width="{crop.width_px:.1f}" '
        f'height="{crop.height_px:.1f}"><title>{words.say("marks", "crop")}</title></rect>'
    )
    crown = top + standard.geometry.crown_target_px / crop.scale
    yield _line("wanted", left, crown, left + crop.width_px, crown)
