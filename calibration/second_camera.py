"""The second camera's step: does it read a code at each place where phones are held?"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final

import cv2
import numpy as np

from calibration.limits import StepLimits
from calibration.step import Figure, Finding, Step, StepResult
from hardware.base import Pixels

PLACES: Final = ("middle", "left", "right", "near", "far")
"""Where phones are held, seen from the camera."""

TEST_TEXT: Final = "CAMPUS-CAPTURE-KIOSK TEST CARD"
"""What the test card's code holds: a QR code of version 3, 29 modules wide."""

MODULES: Final = 29

Reader = Callable[[Pixels], Sequence[str]]
"""Returns the texts found in a frame, (H, W, 3) uint8 RGB."""


def check_second_camera(
    frames: Mapping[str, Sequence[Pixels]],
    read: Reader,
    limits: StepLimits | None = None,
    text: str = TEST_TEXT,
) -> StepResult:
    """Look at frames of the test card, held at each place.

    Args:
        frames: place to its frames.
        read: finds the texts in a frame.
        limits: what is accepted.
        text: what the card's code holds.
    """
    limits = limits or StepLimits()
    figures: dict[str, Figure] = {}
    findings: list[Finding] = []
    sizes: list[float] = []
    pictures: dict[str, Pixels] = {}
    for place, taken in frames.items():
        seen = [text in read(frame) for frame in taken]
        share = sum(seen) / max(len(seen), 1)
        figures[f"read_{place}"] = Figure(share, "", limits.min_read)
        pictures[place] = taken[0]
        size = max(
            (_module_px(frame) for frame, good in zip(taken, seen, strict=True) if good),
            default=0.0,
        )
        if size > 0:
            sizes.append(size)
        if share < limits.min_read:
            findings.append(
                Finding(
                    f"unread_{place}" if place in PLACES else "unread",
                    f"The code was read in {share:.0%} of the frames at the place '{place}'. "
                    "Aim the second camera at where phones are held, focus it there, and keep "
                    "lamps from mirroring in the glass.",
                    {"part": f"{share:.0%}"},
                )
            )
    if sizes:
        figures["module"] = Figure(min(sizes), "px", limits.min_module_px)
        if not figures["module"].holds:
            findings.append(
                Finding(
                    "code_small",
                    f"A code's module is {min(sizes):.1f} pixels wide at the farthest place; "
                    f"{limits.min_module_px:.1f} are needed. Move the camera nearer, or use a "
                    "larger picture.",
                    {"pixels": f"{min(sizes):.1f}"},
                )
            )
    return StepResult(
        Step.SECOND_CAMERA, figures, tuple(findings), {"places": _side_by_side(pictures)}
    )


def _module_px(frame: Pixels) -> float:
    """Return the width of the code's modules, pixels; 0 when its outline is not found."""
    found, corners = cv2.QRCodeDetector().detect(cv2.cvtColor(frame, cv2.COLOR_RGB2GRAY))
    if not found or corners is None:
        return 0.0
    sides = np.linalg.norm(np.diff(corners.reshape(-1, 2)[[0, 1, 2, 3, 0]], axis=0), axis=1)
    return float(sides.mean()) / MODULES


def _side_by_side(pictures: Mapping[str, Pixels]) -> Pixels:
    small = [
        cv2.resize(p, (320, round(p.shape[0] * 320 / p.shape[1])), interpolation=cv2.INTER_AREA)
        for p in pictures.values()
    ]
    if not small:
        return np.zeros((180, 320, 3), np.uint8)
    height = min(p.shape[0] for p in small)
    row: Pixels = np.hstack([p[:height] for p in small])
    return row
