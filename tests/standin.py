"""A drawn cut-out in the sitter's place, for tests that need no face, and a wait for things."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import cv2
import numpy as np

T = TypeVar("T")


def draw_portrait(path: Path, background: tuple[int, int, int] | None = None) -> Path:
    """Write a head and shoulders, with alpha, or before a plain background (BGR)."""
    picture = np.zeros((600, 500, 4), np.uint8)
    cv2.ellipse(picture, (250, 560), (200, 170), 0, 180, 360, (90, 60, 50, 255), -1)
    cv2.rectangle(picture, (50, 558), (450, 600), (90, 60, 50, 255), -1)
    cv2.rectangle(picture, (210, 330), (290, 420), (120, 150, 200, 255), -1)
    cv2.ellipse(picture, (250, 240), (75, 120), 0, 0, 360, (130, 160, 210, 255), -1)
    for x in (220, 280):
        cv2.circle(picture, (x, 240), 8, (20, 20, 20, 255), -1)
    if background is not None:
        clear = picture[:, :, 3] == 0
        picture[clear] = (*background, 255)
        picture = picture[:, :, :3]
    cv2.imwrite(str(path), picture)
    return path


def wait_for(what: Callable[[], T], limit_s: float = 15.0) -> T:
    """Call until the answer is true, and return it; fails after a generous time."""
    until = time.monotonic() + limit_s
    while not (answer := what()):
        assert time.monotonic() < until, f"not within {limit_s} s"
        time.sleep(0.02)
    return answer
