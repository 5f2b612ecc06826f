"""Faces made of numbers: face points, pictures and masks with known truth, for tests."""

from __future__ import annotations

import csv
from pathlib import Path

import cv2
import numpy as np

import kiosk.guidance
from kiosk.guidance.attributes.networks import NAMES as WORN
from kiosk.guidance.body import Hand, Shoulders
from kiosk.guidance.eyes import RESTING_GAZE_Y
from kiosk.guidance.face_points import (
    CHIN,
    LEFT_EYE,
    LIPS_INNER,
    LIPS_OUTER,
    LOWER_LIP,
    MOUTH_LEFT,
    MOUTH_RIGHT,
    OVAL,
    RIGHT_EYE,
    SKIN_LEFT,
    SKIN_RIGHT,
    UPPER_LIP,
)
from kiosk.guidance.head_pose import (
    PITCH_GAIN,
    PITCH_OF_GAP_DEG,
    PITCH_OF_SMILE_DEG,
    PITCH_ZERO_DEG,
    YAW_GAIN,
)
from kiosk.guidance.landmarks import Landmarks, PersonMask

REFERENCE = Path(kiosk.guidance.__file__).with_name("head_reference.csv")
CANVAS = (720, 1280)


def rotation(yaw: float = 0.0, pitch: float = 0.0, roll: float = 0.0) -> np.ndarray:
    """Degrees, signs as in ISO/IEC 19794-5; x right, y up, z to the camera."""
    y, p, r = np.radians([yaw, pitch, roll])
    about_y = [[np.cos(y), 0, np.sin(y)], [0, 1, 0], [-np.sin(y), 0, np.cos(y)]]
    about_x = [[1, 0, 0], [0, np.cos(p), -np.sin(p)], [0, np.sin(p), np.cos(p)]]
    about_z = [[np.cos(r), -np.sin(r), 0], [np.sin(r), np.cos(r), 0], [0, 0, 1]]
    return np.array(about_z) @ np.array(about_y) @ np.array(about_x)


def _moved(point: np.ndarray, x: float, y: float, z: float) -> np.ndarray:
    return point + np.array([x, y, z])


IRIS = np.array([(0, 0, 0), (1, 0, 0), (0, 1, 0), (-1, 0, 0), (0, -1, 0)])
"""Centre and rim of an iris of radius 1."""


def _set_mouth(
    points: np.ndarray, mouth: np.ndarray, span: float, lips: float, smile: float
) -> None:
    """Set both edges of the lips around `mouth`; `span` is the distance of the eyes."""
    for outline, height in ((LIPS_OUTER, 0.16), (LIPS_INNER, lips / 2)):
        for number, index in enumerate(outline):
            angle = 2 * np.pi * number / len(outline)
            across, up = -np.cos(angle) * 0.38, -np.sin(angle) * height
            points[index] = _moved(mouth, across * span, up * span, 0)
    for index, side in ((MOUTH_LEFT, 1), (MOUTH_RIGHT, -1)):
        points[index] = _moved(mouth, side * 0.4 * span, smile * span, 0)
    for upper, lower in zip(UPPER_LIP, LOWER_LIP, strict=True):
        points[upper] = _moved(mouth, 0, lips * span / 2, 0)
        points[lower] = _moved(mouth, 0, -lips * span / 2, 0)


def face(
    *,
    centre: tuple[float, float] = (640.0, 330.0),
    width: float = 240.0,
    opened: tuple[float, float] = (0.3, 0.3),
    gaze: tuple[float, float] = (0.0, 0.0),
    lips: float = 0.0,
    smile: float = 0.0,
    yaw: float = 0.0,
    pitch: float = 0.0,
    roll: float = 0.0,
) -> np.ndarray:
    """Return (478, 3) face points of a person in front of the camera, pixels.

    Args:
        centre: where the middle between the eyes is.
        width: between the cheeks.
        opened: gap between the lids over the eye's width, left and right.
        gaze: irises off the middle, over the eye's width.
        lips: gap between the lips over the distance of the eyes.
        smile: the mouth's corners above its middle over the distance of the eyes.
        yaw, pitch, roll: degrees.
    """
    points = np.zeros((478, 3))
    with REFERENCE.open() as file:
        for row in csv.DictReader(line for line in file if not line.startswith("#")):
            points[int(row["point"])] = [float(row[axis]) for axis in "xyz"]
    cheeks = np.linalg.norm(points[454] - points[234])
    for eye, openness in ((LEFT_EYE, opened[0]), (RIGHT_EYE, opened[1])):
        outer, inner = points[eye.outer].copy(), points[eye.inner].copy()
        middle, size = (outer + inner) / 2, np.linalg.norm((outer - inner)[:2])
        points[list(eye.outline)] = middle
        points[eye.outer], points[eye.inner] = outer, inner
        for number, (upper, lower) in enumerate(zip(eye.upper_lid, eye.lower_lid, strict=True)):
            along = (number - 1) * 0.2 * size
            points[upper] = _moved(middle, along, openness * size / 2, 0)
            points[lower] = _moved(middle, along, -openness * size / 2, 0)
        down = gaze[1] + RESTING_GAZE_Y
        iris = _moved(middle, gaze[0] * size, -down * size, 0)
        points[eye.iris : eye.iris + 5] = iris + 0.2 * size * IRIS
    eyes = [(points[e.outer] + points[e.inner]) / 2 for e in (LEFT_EYE, RIGHT_EYE)]
    span = np.linalg.norm(eyes[0] - eyes[1])
    mouth = np.array([0.0, points[2][1] - 0.2, points[2][2]])
    _set_mouth(points, mouth, span, lips, smile)
    middle = (eyes[0] + eyes[1]) / 2
    points[CHIN] = _moved(middle, 0, -0.8 * cheeks, 0)
    for number, index in enumerate(OVAL):
        if not points[index].any():
            angle = 2 * np.pi * number / len(OVAL)
            across, up = np.sin(angle) / 2, np.cos(angle) * 0.65 - 0.15
            points[index] = _moved(middle, across * cheeks, up * cheeks, 0)
    for number, (left, right) in enumerate(zip(SKIN_LEFT, SKIN_RIGHT, strict=True)):
        height = (0.3 - 0.1 * number) * cheeks
        if not points[left].any():
            points[left] = _moved(middle, 0.25 * cheeks, height, 0)
            points[right] = _moved(middle, -0.25 * cheeks, height, 0)
    # As the mesh model sees it: its yaw, its pitch.
    seen_yaw = float(np.degrees(np.arcsin(YAW_GAIN * np.sin(np.radians(yaw)))))
    expression = PITCH_OF_SMILE_DEG * smile + PITCH_OF_GAP_DEG * lips
    seen_pitch = PITCH_GAIN * (pitch + expression) + PITCH_ZERO_DEG
    points = (points - middle) @ rotation(seen_yaw, seen_pitch, roll).T * (width / cheeks)
    return (points * (1, -1, -1) + np.array([*centre, 0])).astype(np.float32)


def picture(
    *,
    crown_y: float = 130.0,
    centre_x: float = 640.0,
    backdrop: tuple[int, int, int] = (100, 197, 255),
    hair: tuple[int, int, int] = (40, 30, 25),
) -> np.ndarray:
    """Return a frame with a plain person: a dark ellipse of hair and skin, and shoulders."""
    height, width = CANVAS
    image = np.full((height, width, 3), backdrop, np.uint8)
    x = round(centre_x)
    cv2.ellipse(image, (x, 760), (330, 260), 0, 0, 360, (220, 220, 225), -1)
    cv2.ellipse(image, (x, round(crown_y) + 170), (140, 170), 0, 0, 360, hair, -1, cv2.LINE_AA)
    cv2.ellipse(image, (x, 360), (118, 150), 0, 0, 360, (200, 150, 125), -1, cv2.LINE_AA)
    return image


def mask(
    image: np.ndarray, *, backdrop: tuple[int, int, int] = (100, 197, 255), step: float = 3.0
) -> PersonMask:
    """Return the exact mask of `picture` as a segmenter would give it, 256 cells wide."""
    left, top = 640.0 - 128 * step, 0.0
    alpha = (np.abs(image.astype(int) - backdrop).max(axis=2) > 2).astype(np.float32)
    to_mask = np.array([[step, 0, left], [0, step, top]])
    flags = cv2.INTER_AREA | cv2.WARP_INVERSE_MAP
    small = cv2.warpAffine(alpha, to_mask, (256, 256), flags=flags, borderMode=cv2.BORDER_REPLICATE)
    pixels = cv2.warpAffine(
        image, to_mask, (256, 256), flags=flags, borderMode=cv2.BORDER_REPLICATE
    )
    rows = slice(0, round(image.shape[0] / step))
    return PersonMask(small, pixels, left, top, step, (rows, slice(0, 256)))


def landmarks(points: np.ndarray | None, image: np.ndarray, **more: object) -> Landmarks:
    """Return landmarks of one person, level shoulders and mask included."""
    found = {
        "faces": 0 if points is None else 1,
        "shoulders": Shoulders((860.0, 600.0), (420.0, 600.0), 0.95),
        "hands": (Hand(760.0, 980.0, 0.1), Hand(520.0, 980.0, 0.1)),
        "person": mask(image),
        "attributes": dict.fromkeys(WORN, 0.05),
    }
    if points is None:
        found |= {"shoulders": None, "person": None, "attributes": None}
    return Landmarks(image.shape[1], image.shape[0], face=points, **(found | more))
