"""A hand that holds a phone with a QR code, as the second camera sees it: pure drawing."""

from __future__ import annotations

import math
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt
import segno

from hardware.base import Pixels

# The drawing's own measures, pixels. The phone stands upright in the middle of its sheet.
SHEET: Final = (760, 1240)  # width, height
_PHONE: Final = (160, 60, 600, 960)  # left, top, right, bottom
_SCREEN: Final = (174, 92, 586, 928)
_CODE_SIDE: Final = 356
_CODE_TOP: Final = 300
_QUIET: Final = 4  # modules; ISO/IEC 18004
_SKIN: Final = (205, 158, 132)
_MIDDLE: Final = (380, 510)


def phone_sheet(text: str) -> Pixels:
    """Draw the phone upright, in a hand.

    Args:
        text: what the QR code on its screen holds.

    Returns:
        (1240, 760, 4) uint8, RGB and straight alpha.
    """
    sheet = np.zeros((SHEET[1], SHEET[0], 4), np.uint8)
    _hand_behind(sheet)
    _rounded(sheet, _PHONE, 46, (24, 25, 28, 255))
    _rounded(sheet, _SCREEN, 30, (246, 247, 249, 255))
    left, top, right, _ = _SCREEN
    cv2.rectangle(sheet, (left, top + 40), (right, top + 100), (28, 120, 214, 255), -1)
    for row, (start, end) in enumerate(((0.12, 0.5), (0.12, 0.72))):
        y = top + 128 + row * 34
        width = right - left
        ends = (left + int(start * width), y), (left + int(end * width), y + 14)
        cv2.rectangle(sheet, *ends, (196, 199, 204, 255), -1)
    code = _code(text)
    x = (left + right - _CODE_SIDE) // 2
    sheet[_CODE_TOP : _CODE_TOP + _CODE_SIDE, x : x + _CODE_SIDE, :3] = code[:, :, None]
    _fingers(sheet)
    return sheet


def _code(text: str) -> Pixels:
    matrix = np.array(list(segno.make(text, error="m", micro=False).matrix_iter(border=_QUIET)))
    modules = np.where(matrix > 0, 18, 250).astype(np.uint8)
    code: Pixels = cv2.resize(modules, (_CODE_SIDE, _CODE_SIDE), interpolation=cv2.INTER_AREA)
    if matrix.shape[0] * 2 < _CODE_SIDE:  # big modules: keep their edges as sharp as a screen's
        code = cv2.resize(modules, (_CODE_SIDE, _CODE_SIDE), interpolation=cv2.INTER_NEAREST)
    return code


def _rounded(sheet: Pixels, box: tuple[int, int, int, int], radius: int, colour: object) -> None:
    left, top, right, bottom = box
    cv2.rectangle(sheet, (left + radius, top), (right - radius, bottom), colour, -1)
    cv2.rectangle(sheet, (left, top + radius), (right, bottom - radius), colour, -1)
    for x in (left + radius, right - radius):
        for y in (top + radius, bottom - radius):
            cv2.circle(sheet, (x, y), radius, colour, -1, cv2.LINE_AA)


def _skin(sheet: Pixels, shape: Pixels) -> None:
    """Paint skin where `shape` (8 bit) is, darker towards its rim, as round things are lit."""
    depth = cv2.distanceTransform((shape > 127).astype(np.uint8), cv2.DIST_L2, 3)  # noqa: PLR2004
    light = 0.62 + 0.38 * np.clip(depth / 26.0, 0.0, 1.0) ** 0.6
    colour = np.clip(light[:, :, None] * np.array(_SKIN, np.float32), 0, 255)
    share = shape.astype(np.float32)[:, :, None] / 255.0
    sheet[:, :, :3] = (share * colour + (1 - share) * sheet[:, :, :3]).astype(np.uint8)
    sheet[:, :, 3] = np.maximum(sheet[:, :, 3], shape)


def _hand_behind(sheet: Pixels) -> None:
    shape = np.zeros(sheet.shape[:2], np.uint8)
    palm = np.array([[250, 760], [610, 700], [650, 900], [600, 1239], [260, 1239], [200, 960]])
    cv2.fillPoly(shape, [palm.astype(np.int32)], 255, cv2.LINE_AA)
    _skin(sheet, cv2.GaussianBlur(shape, (0, 0), 14))


def _fingers(sheet: Pixels) -> None:
    shape = np.zeros(sheet.shape[:2], np.uint8)
    for y in (560, 650, 738, 822):  # four at the phone's left edge
        cv2.ellipse(shape, (150, y), (54, 35), 8, 0, 360, 255, -1, cv2.LINE_AA)
    cv2.ellipse(shape, (612, 690), (44, 120), 14, 0, 360, 255, -1, cv2.LINE_AA)  # the thumb
    _skin(sheet, cv2.GaussianBlur(shape, (0, 0), 1.5))


def hold(width: int, height: int, since_s: float) -> tuple[npt.NDArray[np.float64], float]:
    """Where the phone is, so long after it was held up: it comes from below, and never rests.

    Args:
        width: of the picture, pixels.
        height: of the picture, pixels.
        since_s: seconds since it was held up.

    Returns:
        The 3×3 matrix from the sheet's pixels to the picture's, and how far the phone moves
        during one exposure, pixels.
    """
    arrival = min(since_s / 0.7, 1.0)
    arrival = arrival * arrival * (3.0 - 2.0 * arrival)
    # Now and then the hand jerks; then the code is a blur.
    jerk = math.exp(-((((since_s - 1.1) % 1.9) - 0.95) ** 2) / 0.008)
    sway = math.sin(since_s * 2.1)
    x = width * (0.5 + 0.03 * math.sin(since_s * 1.3)) + 22.0 * jerk * math.sin(since_s * 40.0)
    y = height * (0.52 + 0.02 * sway + 0.9 * (1.0 - arrival))
    size = height * 0.82 / (_PHONE[3] - _PHONE[1]) * (1.0 + 0.04 * math.sin(since_s * 0.8))
    turn = math.radians(4.0 + 4.0 * math.sin(since_s * 0.9))
    yaw = math.radians(14.0 * math.sin(since_s * 0.7 + 0.5))
    pitch = math.radians(-10.0 + 6.0 * math.sin(since_s * 1.1))
    corners = np.array([[0, 0], [SHEET[0], 0], [SHEET[0], SHEET[1]], [0, SHEET[1]]], np.float64)
    flat = (corners - _MIDDLE) * size
    cos, sin = math.cos(turn), math.sin(turn)
    flat = flat @ np.array([[cos, sin], [-sin, cos]])
    depth = 1.0 + (flat[:, 0] * math.sin(yaw) + flat[:, 1] * math.sin(pitch)) / (2.4 * height)
    seen = flat * [math.cos(yaw), math.cos(pitch)] / depth[:, None] + [x, y]
    matrix = cv2.getPerspectiveTransform(corners.astype(np.float32), seen.astype(np.float32))
    moved = 16.0 * jerk + 30.0 * (1.0 - arrival)
    return matrix, moved
