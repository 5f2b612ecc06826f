"""The geometry step: a ChArUco board on the chair shows lens, distance, height and tilt.

From these follow the crop, the sitting distance, the chair's mark on the screen, and whether the
photo gets enough pixels.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np

from calibration.board import Board, Corners, find_corners
from calibration.lens import Lens
from calibration.light import Doubles
from calibration.limits import StepLimits
from calibration.step import Figure, Finding, Step, StepResult, ordered
from hardware.base import Pixels

_FEWEST: Final = 4  # views of the board, the upright one included
_FLAGS: Final = (
    cv2.CALIB_FIX_PRINCIPAL_POINT | cv2.CALIB_ZERO_TANGENT_DIST | cv2.CALIB_FIX_ASPECT_RATIO
    | cv2.CALIB_FIX_K2 | cv2.CALIB_FIX_K3
)  # fmt: skip
# A portrait lens sees the corner at a third of its focal length: a second coefficient would be
# lost in the noise, and would spoil the first.
_USUAL_FOCAL: Final = 3.0
_ROOM: Final = 1.05  # of the crop's height that the picture should show at least
_FACE: Final = 0.15  # the middle of the face is so far below the eyes, of crown to eyes
_BLUE: Final = (20, 110, 220)
_GREEN: Final = (20, 160, 90)


@dataclass(frozen=True, slots=True)
class PhotoDemand:
    """What the photo's standard asks of the geometry; all in pixels of the photo.

    Attributes:
        width: of the photo.
        height: of the photo.
        eyes: the eyes' distance from the upper edge.
        crown: the crown's.
    """

    width: int
    height: int
    eyes: float
    crown: float


@dataclass(frozen=True, slots=True)
class Stand:
    """Where the camera stands, seen from the upright board.

    Attributes:
        distance_mm: from the camera to the board's plane.
        up_mm: the camera above the board's middle.
        tilt_deg: it looks down by so much.
        turn_deg: it looks to its right by so much.
        roll_deg: it is turned clockwise by so much.
        pixels_per_mm: of the still in the board's plane.
        middle: where the board's middle is seen, fractions of width and height.
    """

    distance_mm: float
    up_mm: float
    tilt_deg: float
    turn_deg: float
    roll_deg: float
    pixels_per_mm: float
    middle: tuple[float, float]


def check_geometry(
    upright: Pixels,
    others: Sequence[Pixels],
    board: Board,
    demand: PhotoDemand,
    limits: StepLimits | None = None,
    full_height: int | None = None,
) -> StepResult:
    """Look at stills of the board, (H, W, 3) uint8 RGB, all of one size.

    Args:
        upright: the board standing upright on the chair where the face will be, facing ahead.
        others: the board tipped and turned by 15 to 30 degrees, into the picture's corners.
        board: what was printed.
        demand: what the photo needs.
        limits: what is accepted.
        full_height: of a still in full, pixels, where they were decoded smaller.
    """
    limits = limits or StepLimits()
    first = find_corners(upright, board)
    if first is None:
        return _unseen(
            upright,
            "board_not_found",
            "The board was not found upright on the chair. Put it up whole, without reflections.",
        )
    views = [first, *(found for s in others if (found := find_corners(s, board)) is not None)]
    if len(views) < _FEWEST:
        return _unseen(
            upright,
            "too_few_views",
            f"The board was found in {len(views)} stills; {_FEWEST} are needed. Hold it tipped "
            "and turned, whole and still.",
        )
    height, width = upright.shape[:2]
    lens, error = solve_lens(views, width, height)
    stand = locate(first, lens, board, width, height)
    corner = lens.distortion_at_corner(width, height)
    corrects = abs(corner) > limits.max_distortion
    lens = Lens(lens.focal, lens.first, lens.second, corrects)
    crop_mm = demand.height / (demand.eyes - demand.crown) * limits.crown_to_eyes_mm
    crop_px = crop_mm * stand.pixels_per_mm
    larger = (full_height or height) / height
    pixels = crop_px * larger / demand.height
    box = _crop(stand, crop_px, demand, width, height)
    best = stand.distance_mm * max(crop_px / height, 1e-6) * _ROOM
    figures = {
        "tilt": Figure(stand.tilt_deg, "°", -limits.max_tilt_deg, limits.max_tilt_deg),
        "turn": Figure(stand.turn_deg, "°", -limits.max_tilt_deg, limits.max_tilt_deg),
        "roll": Figure(stand.roll_deg, "°", -limits.max_roll_deg, limits.max_roll_deg),
        "camera_up": Figure(stand.up_mm, "mm", -limits.max_height_mm, limits.max_height_mm),
        "distance": Figure(stand.distance_mm, "mm"),
        "nearest_distance": Figure(best, "mm"),
        "scale": Figure(stand.pixels_per_mm * larger, "px/mm"),
        "distortion": Figure(corner * 100, "%"),
        "reprojection": Figure(error, "px", None, limits.max_reprojection_px),
        "pixels": Figure(pixels, "px/px", limits.min_pixels),
        "crop_height": Figure(crop_px / height, "", None, 1.0),
    }
    section = {
        "lens": {
            "focal": lens.focal, "first": lens.first, "second": lens.second, "corrects": corrects,
        },
        "mark": [round(v, 5) for v in stand.middle],
        "crop": [round(v, 5) for v in box],
        "distance_mm": round(stand.distance_mm, 1),
        "pixels_per_mm": round(stand.pixels_per_mm * larger, 5),
        "still_size": [round(width * larger), round(height * larger)],
    }  # fmt: skip
    picture = _drawn(upright, views, box)
    findings = ordered(_findings(figures, corner, limits))
    return StepResult(Step.GEOMETRY, figures, findings, {"board": picture}, section)


def solve_lens(views: Sequence[Corners], width: int, height: int) -> tuple[Lens, float]:
    """Return focal length and distortion from several views, and the error of the fit, pixels."""
    start = Lens(_USUAL_FOCAL).matrix(width, height)
    error, camera, coefficients, _, _ = cv2.calibrateCamera(
        [view.on_board for view in views],
        [view.seen.reshape(-1, 1, 2) for view in views],
        (width, height),
        start,
        np.zeros(5),
        flags=_FLAGS | cv2.CALIB_USE_INTRINSIC_GUESS,
    )
    flat = coefficients.reshape(-1)
    return Lens(float(camera[1, 1]) / height, float(flat[0]), float(flat[1])), float(error)


def locate(view: Corners, lens: Lens, board: Board, width: int, height: int) -> Stand:
    """Return where the camera stands, from one view of the upright board."""
    camera = lens.matrix(width, height)
    _, turn, shift = cv2.solvePnP(
        view.on_board, view.seen.reshape(-1, 1, 2), camera, lens.coefficients,
        flags=cv2.SOLVEPNP_ITERATIVE,
    )  # fmt: skip
    matrix: Doubles = cv2.Rodrigues(turn)[0]
    place = -matrix.T @ shift.reshape(3)
    middle = np.array([board.size_mm[0] / 2, board.size_mm[1] / 2, 0.0])
    ahead = matrix @ middle + shift.reshape(3)
    seen, _ = cv2.projectPoints(middle.reshape(1, 3), turn, shift, camera, lens.coefficients)
    x, y = seen.reshape(2)
    return Stand(
        distance_mm=float(-place[2]),
        up_mm=float(middle[1] - place[1]),
        tilt_deg=math.degrees(math.atan2(-matrix[1, 2], matrix[2, 2])),
        turn_deg=math.degrees(math.atan2(-matrix[0, 2], matrix[2, 2])),
        roll_deg=-math.degrees(math.atan2(matrix[1, 0], matrix[0, 0])),
        pixels_per_mm=float(camera[1, 1] / ahead[2]),
        middle=(float((x + 0.5) / width), float((y + 0.5) / height)),
    )


def _crop(
    stand: Stand, crop_px: float, demand: PhotoDemand, width: int, height: int
) -> tuple[float, float, float, float]:
    """Return the photo's rectangle around a usual head at the mark, fractions of the picture."""
    wide = crop_px * demand.width / demand.height
    left = stand.middle[0] * width - wide / 2
    # The board's middle stands where the middle of the face will be, a little below the eyes.
    top = (
        stand.middle[1] * height
        - crop_px * (demand.eyes + _FACE * (demand.eyes - demand.crown)) / demand.height
    )
    return left / width, top / height, (left + wide) / width, (top + crop_px) / height


def _unseen(picture: Pixels, key: str, message: str) -> StepResult:
    return StepResult(Step.GEOMETRY, {}, (Finding(key, message),), {"board": picture})


def _drawn(
    upright: Pixels, views: Sequence[Corners], box: tuple[float, float, float, float]
) -> Pixels:
    drawn = upright.copy()
    height, width = drawn.shape[:2]
    thick = max(width // 400, 2)
    for number, view in enumerate(views):
        for x, y in view.seen:
            colour = _GREEN if number == 0 else _BLUE
            cv2.circle(drawn, (round(float(x)), round(float(y))), thick * 2, colour, thick)
    left, top, right, bottom = box
    corners = (
        (round(left * width), round(top * height)),
        (round(right * width), round(bottom * height)),
    )
    cv2.rectangle(drawn, *corners, _BLUE, thick)
    return drawn


def _findings(figures: dict[str, Figure], corner: float, limits: StepLimits) -> list[Finding]:
    found = []
    words = {
        "tilt": ("tilt", "looks down", "looks up", "Tip it back"),
        "turn": ("turn", "looks to its right", "looks to its left", "Turn it straight ahead"),
        "roll": ("roll", "is turned clockwise", "is turned anticlockwise", "Level it"),
    }
    for name, (key, more, less, advice) in words.items():
        figure = figures[name]
        if not figure.holds:
            word = more if figure.value > 0 else less
            found.append(
                Finding(
                    f"{key}_{'more' if figure.value > 0 else 'less'}",
                    f"The camera {word} by {abs(figure.value):.1f}°. {advice}, and repeat.",
                    {"degrees": f"{abs(figure.value):.1f}"},
                )
            )
    up = figures["camera_up"]
    if not up.holds:
        way = "above" if up.value > 0 else "below"
        found.append(
            Finding(
                "camera_high" if up.value > 0 else "camera_low",
                f"The camera stands {abs(up.value):.0f} mm {way} the face. Move it "
                f"{'down' if up.value > 0 else 'up'}.",
                {"mm": f"{abs(up.value):.0f}"},
            )
        )
    if not figures["reprojection"].holds:
        found.append(
            Finding(
                "board_bent",
                f"The board's corners are {figures['reprojection'].value:.1f} pixels off a flat "
                "board. Glue it flat, hold it still, and repeat.",
            )
        )
    if not figures["crop_height"].holds:
        found.append(
            Finding(
                "too_near",
                "The photo would not fit into the picture. Move the chair back to "
                f"{figures['nearest_distance'].value / 10:.0f} cm from the camera.",
                {"cm": f"{figures['nearest_distance'].value / 10:.0f}"},
            )
        )
    if not figures["pixels"].holds:
        nearer = figures["distance"].value * figures["pixels"].value / limits.min_pixels
        found.append(
            Finding(
                "too_few_pixels",
                f"The photo would get {figures['pixels'].value:.2f} pixels of the still for each "
                f"of its own; {limits.min_pixels:.1f} are wanted. Move the chair to "
                f"{nearer / 10:.0f} cm, or use a longer lens.",
                {"cm": f"{nearer / 10:.0f}"},
            )
        )
    if abs(corner) > limits.max_distortion:
        found.append(
            Finding(
                "distorted",
                f"The lens bends the corners by {corner:.1%}; photos are straightened.",
                {"part": f"{corner:.1%}"},
                serious=False,
            )
        )
    return found
