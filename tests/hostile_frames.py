"""What bad light, a bad camera or something before the face does to frames of the simulated booth.

Alterations take and return (H, W, 3) uint8 RGB. Those of chance or time count their own frames.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping

import cv2
import numpy as np
from scripted_sitter import CHSI, SETTINGS, Sitter

from hardware.base import Pixels
from hardware.sim.figure import Wardrobe
from hardware.sim.pose import Pose
from hardware.sim.scene import Exposure, Scene, truth
from kiosk.guidance.assess import Assessor
from kiosk.guidance.calibrated_view import CalibratedView
from kiosk.guidance.light import lit_level
from kiosk.guidance.model import Assessment

Alter = Callable[[Pixels], Pixels]
Cover = Callable[[Pixels, Mapping[str, float]], Pixels]
SIZE = (1280, 720)
_NOISE = np.random.default_rng(7).standard_normal((SIZE[1], SIZE[0], 3)).astype(np.float32)
_LEVELS = np.arange(256) / 255.0


def stops(*by_channel: float) -> Alter:
    """Lighter or darker by so many stops, each channel for itself or all alike."""
    gains = np.broadcast_to(np.exp2(by_channel), 3)
    table = np.clip(255 * (_LEVELS[:, None] ** 2.2 * gains) ** (1 / 2.2) + 0.5, 0, 255)
    channels = table.astype(np.uint8)
    return lambda pixels: np.dstack([channels[:, c][pixels[..., c]] for c in range(3)])


def noise(levels: float) -> Alter:
    """Sensor noise, another in each frame."""
    frame = itertools.count(1)

    def add(pixels: Pixels) -> Pixels:
        moved = np.roll(_NOISE, 37 * next(frame), axis=1)
        return np.clip(pixels + levels * moved, 0, 255).astype(np.uint8)

    return add


def jpeg(quality: int) -> Alter:
    """Live view as motion JPEG."""

    def pack(pixels: Pixels) -> Pixels:
        packed = cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, quality])[1]
        return cv2.imdecode(packed, cv2.IMREAD_COLOR)

    return pack


def blurred(sigma_px: float) -> Alter:
    """Out of focus."""
    return lambda pixels: cv2.GaussianBlur(pixels, (0, 0), sigma_px)


def flickering(pixels: Pixels, frame: Iterator[int] = itertools.count()) -> Pixels:  # noqa: B008 - one count for all
    """Lamps at twice the mains' frequency, caught now lighter, now darker, by 6 %."""
    return stops(0.085 * np.sin(2.4 * next(frame)))(pixels)


def small(pixels: Pixels) -> Pixels:
    """Live view of 640 x 480."""
    return cv2.resize(pixels[:, 160:1120], (640, 480), interpolation=cv2.INTER_AREA)


def mirrored(pixels: Pixels) -> Pixels:
    """A camera that mirrors its live view."""
    return pixels[:, ::-1]


def tilted(degrees: float) -> Alter:
    """A camera that does not stand level; positive: the picture turns counter-clockwise."""
    width, height = SIZE
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1.0)
    return lambda pixels: cv2.warpAffine(pixels, matrix, SIZE, borderMode=cv2.BORDER_REPLICATE)


GOOD_ENOUGH: Mapping[str, Alter] = {
    "half a stop lighter": stops(0.5),
    "incandescent lamps, 2700 K": stops(0.32, 0.0, -0.86),
    "overcast sky, 7500 K": stops(-0.23, 0.0, 0.32),
    "JPEG 40": jpeg(40),
    "640 x 480": small,
    "flicker": flickering,
    "mirrored": mirrored,
}
"""A photo can be taken all the same."""
TOO_BAD: Mapping[str, tuple[Alter, str]] = {
    "1.5 stops darker": (stops(-1.5), "too_dark"),
    "a stop lighter": (stops(1.0), "too_bright"),
    "noise of 8 levels": (noise(8.0), "too_dark"),
    "noise of 16 levels": (noise(16.0), "too_dark"),
    "out of focus": (blurred(3.0), "refocus"),
}
"""None can; the hint says why."""

MASKS: Mapping[str, tuple[int, int, int]] = {
    "blue": (150, 195, 215),
    "green": (140, 190, 170),
    "white": (226, 226, 228),
    "black": (32, 32, 35),
}
_MASK_CORNERS = (
    (-0.5, 0.3), (0, 0.22), (0.5, 0.3), (0.4, 0.8), (0.2, 1.1), (-0.2, 1.1), (-0.4, 0.8),
)  # fmt: skip
"""Face widths aside, and heights from eyes to chin below the eyes."""


def mask(colour: tuple[int, int, int]) -> Cover:
    """A cloth from the nose to below the chin, with folds, wherever the sitter goes."""

    def put_on(pixels: Pixels, known: Mapping[str, float]) -> Pixels:
        x, eyes, width = (known[f"truth_{n}"] for n in ("eyes_x_px", "eyes_y_px", "face_width_px"))
        tall = known["truth_chin_y_px"] - eyes
        outline = np.array([(x + a * width, eyes + b * tall) for a, b in _MASK_CORNERS])
        cloth = np.zeros(pixels.shape[:2], np.float32)
        cv2.fillPoly(cloth, [outline.round().astype(np.int32)], 1.0)
        cloth = cv2.GaussianBlur(cloth, (0, 0), 1.2)[..., None]
        rows = (np.arange(pixels.shape[0]) - eyes) / tall
        folds = 1.0 - 0.07 * (np.sin(rows * 40) > 0.6)[:, None, None]
        return (pixels * (1 - cloth) + np.float32(colour) * folds * cloth).astype(np.uint8)

    return put_on


def sit(
    pose: Pose,
    seconds: float,
    person: str,
    *,
    alter: Alter = lambda pixels: pixels,
    cover: Cover = lambda pixels, _: pixels,
    answers: bool = False,
) -> Sitter:
    """Play a sitting of a calibrated booth with the real models.

    Args:
        pose: how somebody sits down.
        seconds: how long they wait for the shot.
        person: who it is, of `hardware.sim.sitter`.
        alter: what light and camera do to each frame.
        cover: what is held or worn before the face.
        answers: whether hints are followed.

    Returns:
        The sitter, with its log of hints and the time of the shot.
    """
    scene, wardrobe = Scene(*SIZE, seed=4, noise_seed=5), Wardrobe(person)
    empty = scene.draw(None, Pose(present=False), Exposure())
    sitter = Sitter(pose, 1, answers=answers)
    with Assessor(CHSI, SETTINGS, live=True) as assessor:
        assessor.view = CalibratedView(plate_level=lit_level(empty))

        def look(at: Pose) -> Assessment:
            figure = wardrobe.dress(at)
            frame = scene.draw(figure, at, Exposure())
            frame = cover(frame, truth(figure, at, *SIZE))
            return assessor.assess(np.ascontiguousarray(alter(frame)), kind="live")

        for _ in sitter.coached(seconds, look):
            pass
    return sitter
