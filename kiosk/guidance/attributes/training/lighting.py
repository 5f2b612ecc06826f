"""Light that falls on a finished head: from one side, in the shade of something, too much of it."""

from __future__ import annotations

import cv2
import numpy as np
from canvas import CANVAS, ED, smooth_noise
from glasses import SIZE


def _step(values: np.ndarray) -> np.ndarray:
    """Return a soft step from 0 to 1."""
    return 0.5 + 0.5 * np.tanh(values / 2)


def light_picture(rng: np.random.Generator, picture: np.ndarray) -> np.ndarray:
    """Return (h, w, 3) float, 0 to 1, in another light; several kinds may meet."""
    rows, columns = np.indices(SIZE).astype(np.float32)
    x, y = (columns - CANVAS.width_px / 2) / ED, (rows - CANVAS.eye_line_y_px) / ED
    light = np.ones(SIZE, np.float32)
    if rng.random() < 0.45:  # from one side
        side = rng.normal(0, 0.32) * x + rng.normal(0, 0.2) * y
        light *= np.clip(1 + side, 0.2, 2)
    if rng.random() < 0.12:  # half the face in the dark
        turn = rng.uniform(-0.6, 0.6) + np.pi * rng.integers(0, 2)
        edge = rng.normal(0, 0.5)
        across = (x + 0.25 * np.abs(y)) * np.cos(turn) + y * np.sin(turn) - edge
        light *= 1 - rng.uniform(0.3, 0.75) * _step(across / rng.uniform(0.03, 0.5))
    if rng.random() < 0.12:  # the shade of a brim or of the hair, ending somewhere on the face
        ends = rng.uniform(-0.6, 0.7) + rng.normal(0, 0.1) * x - rng.uniform(0, 0.2) * x * x
        light *= 1 - rng.uniform(0.2, 0.65) * _step((ends - y) / rng.uniform(0.02, 0.15))
    if rng.random() < 0.08:  # dapples
        spots = smooth_noise(rng, SIZE, rng.uniform(15, 60), 2)
        light *= 1 + rng.uniform(0.1, 0.4) * np.tanh(spots * rng.uniform(1, 4))
    lit = picture * light[..., None]
    if rng.random() < 0.12:  # a face that shines
        shine = np.clip(
            smooth_noise(rng, SIZE, rng.uniform(10, 40), 2) - rng.uniform(0.5, 1.5), 0, 1
        )
        near = np.exp(-(x**2 + (y - 0.2) ** 2))
        lit = lit + (shine * near * rng.uniform(0.1, 0.8))[..., None]
    if rng.random() < 0.1:  # overexposed
        lit = lit * rng.uniform(1.2, 1.9)
    return np.clip(lit, 0, 1).astype(np.float32)


def stamp(rng: np.random.Generator, picture: np.ndarray) -> None:
    """Print a watermark over a picture, in place: letters and outlines, on whomever."""
    plane = np.zeros(SIZE, np.uint8)
    for _ in range(int(rng.integers(1, 4))):
        at = rng.uniform((10, 40), (SIZE[1] - 60, SIZE[0] - 10)).astype(int)
        thick = int(rng.integers(1, 4))
        if rng.random() < 0.6:
            word = "".join(chr(c) for c in rng.integers(65, 91, int(rng.integers(1, 9))))
            cv2.putText(plane, word, at.tolist(), int(rng.integers(0, 5)),
                        float(rng.uniform(0.4, 3)), 255, thick, cv2.LINE_AA)  # fmt: skip
        else:
            size = rng.uniform(10, 60, 2).astype(int)
            cv2.rectangle(plane, at.tolist(), (at + size).tolist(), 255, thick, cv2.LINE_AA)
    alpha = (plane.astype(np.float32) / 255 * rng.uniform(0.1, 0.5))[..., None]
    picture += alpha * (np.float32(rng.choice([0.1, 1.0])) - picture)
