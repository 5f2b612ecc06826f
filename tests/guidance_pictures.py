"""Judging picture files the way `kiosk check` does, for tests and benchmarks."""

from __future__ import annotations

import csv
from pathlib import Path

import cv2
import numpy as np

from kiosk.cli.pictures import read_pixels
from kiosk.guidance.assess import Assessor
from kiosk.guidance.model import Assessment
from kiosk.settings.guidance import GuidanceSettings
from kiosk.standards import load

BACKDROP = (100, 197, 255)


def file_assessor() -> Assessor:
    return Assessor(load("chsi"), GuidanceSettings(), live=False)


def check(assessor: Assessor, path: Path) -> Assessment:
    """As ``kiosk check --no-frame``."""
    return assessor.assess(read_pixels(path), kind="picture")


def people(portraits: Path) -> dict[str, tuple[str, str]]:
    """Number to (gender, ethnicity)."""
    with (portraits / "people.csv").open(encoding="utf-8", newline="") as file:
        return {row["id"]: (row["gender"], row["ethnicity"]) for row in csv.DictReader(file)}


def turned(pixels: np.ndarray, degrees: float) -> np.ndarray:
    """Turn counter-clockwise about the middle: the head then leans to the own right."""
    height, width = pixels.shape[:2]
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1.0)
    return cv2.warpAffine(
        pixels, matrix, (width, height), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )


def over_backdrop(path: Path) -> np.ndarray:
    """Lay an RGBA picture over the plain backdrop, mixing in linear light."""
    rgba = cv2.cvtColor(cv2.imread(str(path), cv2.IMREAD_UNCHANGED), cv2.COLOR_BGRA2RGBA)
    colour, alpha = rgba[..., :3] / 255.0, rgba[..., 3:] / 255.0
    light = alpha * colour**2.2 + (1 - alpha) * (np.array(BACKDROP) / 255.0) ** 2.2
    return np.round(255 * light ** (1 / 2.2)).astype(np.uint8)


def crown_in_alpha(alpha: np.ndarray, face: np.ndarray) -> float:
    """Return where the true alpha ends on the head's axis, as `kiosk.guidance.crown` defines it."""
    left, right = (face[263, :2] + face[362, :2]) / 2, (face[33, :2] + face[133, :2]) / 2
    middle, across = (left + right) / 2, (left - right) / np.hypot(*(left - right))
    up = np.array([across[1], -across[0]])
    width = float(np.hypot(*(face[454, :2] - face[234, :2])))
    sides = np.linspace(-0.14, 0.14, 41)[:, None, None] * width
    heights = np.arange(0.3 * width, 1.6 * width, 0.5)
    points = (middle + sides * across + heights[None, :, None] * up).astype(np.float32)
    seen = cv2.remap(alpha, points[..., 0], points[..., 1], cv2.INTER_LINEAR)
    last = np.flatnonzero(np.median(seen, axis=0) >= 0.5)[-1]
    return float(middle[1] + up[1] * heights[last])
