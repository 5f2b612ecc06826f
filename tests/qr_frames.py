"""Frames such as the second camera gives: a QR code in a hand's distance, and what spoils it.

Made from a seed, so that the same numbers come out everywhere; nothing here is a photograph.
"""

from __future__ import annotations

import cv2
import numpy as np
import segno

KINDS = ("clean", "small", "perspective", "defocus", "motion", "low_light", "glare", "inverted")
WIDTH, HEIGHT = 1280, 720


def frame(text: str, kind: str, seed: int, *, error: str = "m") -> np.ndarray:
    """Return a (720, 1280, 3) uint8 RGB frame of a phone that shows `text`, spoilt by `kind`."""
    rng = np.random.default_rng(seed)
    picture = background(seed)
    code = _code(text, error, inverted=kind == "inverted")
    side = rng.uniform(110, 150) if kind == "small" else rng.uniform(200, 330)
    corners = _corners(rng, side, tilt=0.16 if kind == "perspective" else 0.03)
    source = np.float32([[0, 0], [1, 0], [1, 1], [0, 1]]) * code.shape[0]
    matrix = cv2.getPerspectiveTransform(source, corners)
    size = (WIDTH, HEIGHT)
    placed = cv2.warpPerspective(code, matrix, size, flags=cv2.INTER_AREA)
    mask = cv2.warpPerspective(np.full_like(code, 255), matrix, size)[..., None] / 255.0
    picture = picture * (1 - mask) + placed[..., None] * mask
    if kind == "glare":
        picture = _glare(picture, corners, rng)
    if kind == "defocus":
        picture = cv2.GaussianBlur(picture, (0, 0), side / 45 * rng.uniform(0.5, 0.75))
    if kind == "motion":
        picture = _motion(picture, side / 45 * rng.uniform(1.2, 2.2), rng.uniform(0, 180))
    gain = rng.uniform(0.05, 0.1) if kind == "low_light" else rng.uniform(0.75, 1.0)
    noise = 2.5 * rng.standard_normal(picture.shape, dtype=np.float32)
    grey = np.clip(picture * gain + noise, 0, 255).astype(np.uint8)
    _, packed = cv2.imencode(".jpg", grey, (cv2.IMWRITE_JPEG_QUALITY, 85))
    return cv2.cvtColor(cv2.imdecode(packed, cv2.IMREAD_COLOR), cv2.COLOR_BGR2RGB)


def background(seed: int) -> np.ndarray:
    """Return a (720, 1280, 3) float32 room without a code: soft shapes, edges, some texture."""
    rng = np.random.default_rng(seed + 10_000)
    coarse = rng.uniform(40, 200, (6, 10, 3)).astype(np.float32)
    room = cv2.resize(coarse, (WIDTH, HEIGHT), interpolation=cv2.INTER_CUBIC)
    for _ in range(12):
        x, y = int(rng.integers(0, WIDTH)), int(rng.integers(0, HEIGHT))
        far = (x + int(rng.integers(20, 300)), y + int(rng.integers(20, 200)))
        cv2.rectangle(room, (x, y), far, rng.uniform(10, 240, 3).tolist(), -1)
    texture = cv2.GaussianBlur(
        40 * rng.standard_normal((HEIGHT, WIDTH), dtype=np.float32), (0, 0), 2
    )
    return np.clip(room + texture[..., None], 0, 255).astype(np.float32)


def _code(text: str, error: str, *, inverted: bool) -> np.ndarray:
    matrix = np.array(
        segno.make_qr(text, error=error, boost_error=False, encoding="utf-8").matrix, np.uint8
    )
    matrix = np.pad(matrix, 4)
    dark = matrix.astype(bool) ^ inverted
    grey = np.where(dark, 25, 235).astype(np.float32)
    return np.kron(grey, np.ones((8, 8), np.float32))


def _corners(rng: np.random.Generator, side: float, tilt: float) -> np.ndarray:
    angle = np.radians(rng.uniform(-25, 25))
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    square = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) * side / 2
    centre = [rng.uniform(0.35, 0.65) * WIDTH, rng.uniform(0.4, 0.6) * HEIGHT]
    corners = square @ turn.T + rng.uniform(-tilt, tilt, (4, 2)) * side + centre
    return corners.astype(np.float32)


def _glare(picture: np.ndarray, corners: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Add a lamp's reflection: a saturated core and a wide haze, somewhere on the code."""
    along = rng.uniform(0.3, 0.7, 2)
    top = corners[0] + (corners[1] - corners[0]) * along[0]
    bottom = corners[3] + (corners[2] - corners[3]) * along[0]
    x, y = top + (bottom - top) * along[1]
    side = float(np.linalg.norm(corners[1] - corners[0]))
    rows, columns = np.mgrid[:HEIGHT, :WIDTH]
    distance = np.hypot(columns - x, rows - y)
    radius = side * rng.uniform(0.09, 0.2)
    light = 420 * np.exp(-((distance / radius) ** 2)) + 110 * np.exp(-((distance / side) ** 2))
    return np.clip(picture + light[..., None], 0, 255)


def _motion(picture: np.ndarray, length: float, angle_deg: float) -> np.ndarray:
    size = int(np.ceil(length)) * 2 + 1
    kernel = np.zeros((size, size), np.float32)
    reach = np.array([np.cos(np.radians(angle_deg)), np.sin(np.radians(angle_deg))]) * length / 2
    centre = size // 2
    for step in np.linspace(-1, 1, 64):
        x, y = centre + reach * step
        kernel[round(y), round(x)] += 1
    return cv2.filter2D(picture, -1, kernel / kernel.sum())
