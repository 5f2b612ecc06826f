"""What a camera and a file do to a picture, and the crop with a little misplacement."""

from __future__ import annotations

import cv2
import numpy as np
from canvas import CANVAS

from kiosk.guidance.attributes.crop import CropGeometry


def crop_matrix(rng: np.random.Generator, geometry: CropGeometry) -> np.ndarray:
    """Return canvas to crop, (2, 3), misplaced as face points are, and seen from aside."""
    scale = geometry.eye_distance_px / CANVAS.eye_distance_px * np.exp(rng.normal(0, 0.05))
    turn, skew = np.radians(rng.normal(0, 2.5)), rng.normal(0, 0.04)
    wide, tall = np.exp(rng.normal(0, (0.05, 0.08)))  # heads turned aside, chins up or down
    linear = scale * np.array(
        [[np.cos(turn) * wide, -np.sin(turn) + skew], [np.sin(turn), np.cos(turn) * tall]]
    )
    at = np.array([geometry.width_px / 2, geometry.eye_line_y_px])
    at += rng.normal(0, 0.035, 2) * geometry.eye_distance_px
    middle = np.array([CANVAS.width_px / 2, CANVAS.eye_line_y_px])
    return np.column_stack([linear, at - linear @ middle])


def degrade(rng: np.random.Generator, pixels: np.ndarray, eye_distance: float) -> np.ndarray:
    """Return (h, w, 3) uint8 as another camera, exposure and file would have it."""
    picture = pixels.astype(np.float32) / 255
    height, width = picture.shape[:2]
    if rng.random() < 0.12:
        picture = np.repeat(picture.mean(axis=2, keepdims=True), 3, axis=2)
    picture = picture ** np.exp(rng.normal(0, 0.25))
    picture = (picture - 0.5) * np.exp(rng.normal(0, 0.2)) + 0.5 + rng.normal(0, 0.06)
    picture *= np.exp(rng.normal(0, 0.09, 3)) * np.exp(rng.normal(0, 0.15))
    if rng.random() < 0.12:  # coloured light
        picture *= np.exp(rng.normal(0, 0.3, 3))
    if rng.random() < 0.4:
        picture = cv2.GaussianBlur(picture, (0, 0), rng.uniform(0.3, 1.3) * eye_distance / 44)
    if rng.random() < 0.08:
        length = int(rng.integers(2, 6))
        kernel = np.eye(length) if rng.random() < 0.5 else np.ones((1, length))
        picture = cv2.filter2D(picture, -1, kernel / kernel.sum())
    scale = 1.0
    if rng.random() < 0.4:
        scale = rng.uniform(0.3, 0.9)
        size = max(8, round(width * scale)), max(8, round(height * scale))
        picture = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
    picture += rng.standard_normal(picture.shape).astype(np.float32) * rng.uniform(0, 0.035)
    small = np.round(np.clip(picture, 0, 1) * 255).astype(np.uint8)
    if rng.random() < 0.5:
        quality = [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(25, 96))]
        small = cv2.imdecode(cv2.imencode(".jpg", small, quality)[1], cv2.IMREAD_COLOR)
    if scale < 1.0:
        small = cv2.resize(small, (width, height), interpolation=cv2.INTER_CUBIC)
    if rng.random() < 0.2:  # the picture ends inside the crop: its edge is repeated
        small = _cut(rng, small)
    return small


def _cut(rng: np.random.Generator, pixels: np.ndarray) -> np.ndarray:
    height, width = pixels.shape[:2]
    top, side = int(rng.uniform(0, 0.25) * height), int(rng.uniform(0, 0.15) * width)
    left, right = (side, 0) if rng.random() < 0.5 else (0, side)
    part = pixels[top:, left : width - right]
    return cv2.copyMakeBorder(part, top, 0, left, right, cv2.BORDER_REPLICATE)


def augmented_crop(
    rng: np.random.Generator, picture: np.ndarray, geometry: CropGeometry
) -> np.ndarray:
    """Return one degraded crop of a finished canvas ((h, w, 3) float, 0 to 1), uint8."""
    size = (geometry.width_px, geometry.height_px)
    softened = picture
    if geometry.eye_distance_px * 2 < CANVAS.eye_distance_px:
        softened = cv2.GaussianBlur(picture, (0, 0), 1.2)
    crop = cv2.warpAffine(
        softened, crop_matrix(rng, geometry), size, flags=cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REPLICATE,
    )  # fmt: skip
    pixels = np.round(np.clip(crop, 0, 1) * 255).astype(np.uint8)
    return degrade(rng, pixels, geometry.eye_distance_px)
