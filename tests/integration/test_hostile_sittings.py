"""Whole sittings in bad light, behind a bad camera: real models, drawn frames, a simulated clock.

What is wrong with the picture is said, and nothing else; nobody is shot who should not be.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator

import cv2
import numpy as np
import pytest
from scripted_sitter import CHSI, SETTINGS, Sitter

from hardware.base import Pixels
from hardware.sim.figure import Wardrobe
from hardware.sim.pose import Pose
from hardware.sim.scene import Exposure, Scene
from hardware.sim.sitter import sprites
from kiosk.guidance.assess import Assessor
from kiosk.guidance.calibrated_view import CalibratedView
from kiosk.guidance.light import lit_level
from kiosk.guidance.model import Assessment

Alter = Callable[[Pixels], Pixels]
SIZE = (1280, 720)
_CHANCE = np.random.default_rng(7)
_NOISE = _CHANCE.standard_normal((SIZE[1], SIZE[0], 3)).astype(np.float32)
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
    def pack(pixels: Pixels) -> Pixels:
        packed = cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, quality])[1]
        return cv2.imdecode(packed, cv2.IMREAD_COLOR)

    return pack


def blurred(sigma_px: float) -> Alter:
    return lambda pixels: cv2.GaussianBlur(pixels, (0, 0), sigma_px)


def flickering(pixels: Pixels, frame: Iterator[int] = itertools.count()) -> Pixels:  # noqa: B008 - one count for all
    """Lamps at twice the mains' frequency, caught now lighter, now darker."""
    return stops(0.085 * np.sin(2.4 * next(frame)))(pixels)


def small(pixels: Pixels) -> Pixels:
    return cv2.resize(pixels[:, 160:1120], (640, 480), interpolation=cv2.INTER_AREA)


GOOD_ENOUGH: dict[str, Alter] = {
    "half a stop lighter": stops(0.5),
    "incandescent lamps, 2700 K": stops(0.32, 0.0, -0.86),
    "overcast sky, 7500 K": stops(-0.23, 0.0, 0.32),
    "JPEG 40": jpeg(40),
    "640 x 480": small,
    "flicker": flickering,
}
"""A photo can be taken all the same."""
TOO_BAD: dict[str, tuple[Alter, str]] = {
    "1.5 stops darker": (stops(-1.5), "too_dark"),
    "a stop lighter": (stops(1.0), "too_bright"),
    "noise": (noise(8.0), "too_dark"),
    "much noise": (noise(16.0), "too_dark"),
    "out of focus": (blurred(3.0), "refocus"),
}
"""None can; the hint says why."""
PEOPLE = sorted(sprites.people())


def sit(alter: Alter, pose: Pose, seconds: float, person: str) -> Sitter:
    """Play a sitting of a calibrated booth; who sits there does not answer."""
    scene, wardrobe = Scene(*SIZE, seed=4, noise_seed=5), Wardrobe(person)
    empty = scene.draw(None, Pose(present=False), Exposure())
    sitter = Sitter(pose, 1, answers=False)
    with Assessor(CHSI, SETTINGS, live=True) as assessor:
        assessor.view = CalibratedView(plate_level=lit_level(empty))

        def look(at: Pose) -> Assessment:
            frame = scene.draw(wardrobe.dress(at), at, Exposure())
            return assessor.assess(np.ascontiguousarray(alter(frame)), kind="live")

        for _ in sitter.coached(seconds, look):
            pass
    return sitter


def person_for(name: str) -> str:
    """Somebody else for each alteration."""
    return PEOPLE[[*GOOD_ENOUGH, *TOO_BAD].index(name) % len(PEOPLE)]


@pytest.mark.parametrize("name", GOOD_ENOUGH)
def test_who_sits_right_is_shot_without_a_word(name: str) -> None:
    sitter = sit(GOOD_ENOUGH[name], Pose(), 4.0, person_for(name))
    assert sitter.log == []
    assert sitter.shot_s is not None


@pytest.mark.parametrize("name", TOO_BAD)
def test_a_bad_picture_is_said_to_be_bad_and_not_shot(name: str) -> None:
    alter, hint = TOO_BAD[name]
    sitter = sit(alter, Pose(), 2.5, person_for(name))
    assert [line.hint for line in sitter.log] == [hint]
    assert sitter.shot_s is None


@pytest.mark.parametrize(
    ("pose", "hint"),
    [
        (Pose(eye_left=0.0, eye_right=0.0), "open_eyes"),
        (Pose(yaw_deg=14.0), "turn_right"),
        (Pose(distance=1.7), "nearer"),
    ],
    ids=["eyes shut", "turned", "far"],
)
@pytest.mark.parametrize("name", ["overcast sky, 7500 K", "JPEG 40", "640 x 480"])
def test_what_is_wrong_is_still_seen_and_nothing_else(name: str, pose: Pose, hint: str) -> None:
    sitter = sit(GOOD_ENOUGH[name], pose, 2.5, person_for(name))
    assert [line.hint for line in sitter.log] == [hint]
    assert sitter.shot_s is None


def test_whoever_shuts_the_eyes_in_bad_light_is_never_told_to_level_the_head() -> None:
    """The line through two pupils wavers when the lids hide them."""
    for alter in (stops(-1.5), noise(8.0), jpeg(20)):
        sitter = sit(alter, Pose(eye_left=0.0, eye_right=0.0), 2.5, PEOPLE[0])
        assert {line.hint for line in sitter.log} <= {"open_eyes", "too_dark"}
        assert sitter.shot_s is None
