"""Frames no booth should ever see: guidance neither breaks on them nor takes the shot."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import cv2
import numpy as np
import pytest

from hardware.sim.figure import Wardrobe
from hardware.sim.pose import Pose
from hardware.sim.scene import Exposure, Scene
from kiosk.guidance.assess import Assessor
from kiosk.guidance.coach import Coach
from kiosk.guidance.model import Assessment, Verdict
from kiosk.guidance.rules import RULES
from kiosk.settings.guidance import GuidanceSettings
from kiosk.standards import load

SIZE = (1280, 720)
SETTINGS = GuidanceSettings()
STEP_S = 0.1
FRAMES = 18
"""Half as long again as the coach waits before it shoots."""


def booth(pose: Pose | None, person: str | None = None) -> np.ndarray:
    """A frame of the simulated booth; nobody sits there without a pose."""
    figure = None if pose is None else Wardrobe(person).dress(pose)
    return Scene(*SIZE).draw(figure, pose or Pose(present=False), Exposure())


def two_people() -> np.ndarray:
    left = booth(Pose(x=-0.42, distance=1.25))
    right = booth(Pose(x=0.42, distance=1.25), "kofi")
    return np.hstack([left[:, :640], right[:, 640:]])


def poster() -> np.ndarray:
    frame = booth(Pose(x=0.1))
    face = cv2.resize(booth(Pose(), "clara")[60:660, 340:940], (260, 260))
    frame[40:300, 60:320] = face
    return frame


def masked(file: Assessor, colour: tuple[int, int, int], person: str | None) -> np.ndarray:
    """The good sitter with a cloth from the nose to the chin."""
    frame = booth(Pose(), person)
    found = file.assess(frame, kind="picture").measurements
    x, eyes, chin, width = (
        found[name] for name in ("centre_x_px", "eye_line_y_px", "chin_y_px", "face_width_px")
    )
    tall = chin - eyes
    corners = [(-0.5, 0.3), (0, 0.22), (0.5, 0.3), (0.4, 0.8), (0.2, 1.1), (-0.2, 1.1), (-0.4, 0.8)]
    outline = np.array([(x + a * width, eyes + b * tall) for a, b in corners])
    cv2.fillPoly(frame, [outline.round().astype(np.int32)], colour, cv2.LINE_AA)
    return frame


def rotated(turns: int) -> np.ndarray:
    return np.ascontiguousarray(np.rot90(booth(Pose()), turns))


def noise(height: int, width: int) -> np.ndarray:
    return np.random.default_rng(height).integers(0, 256, (height, width, 3), np.uint8)


FRAMES_OF = {
    "noise": lambda: noise(720, 1280),
    "narrow noise": lambda: noise(1, 900),
    "nobody": lambda: booth(None),
    "two people": two_people,
    "a poster behind": poster,
    "half a face, beside": lambda: booth(Pose(x=0.9)),
    "half a face, below": lambda: booth(Pose(y=0.62)),
    "one pixel": lambda: np.full((1, 1, 3), 128, np.uint8),
    "plain grey": lambda: np.full((720, 1280, 3), 128, np.uint8),
    "black": lambda: np.zeros((720, 1280, 3), np.uint8),
    "burnt out": lambda: np.full((720, 1280, 3), 255, np.uint8),
    "on its side": lambda: rotated(1),
    "upside down": lambda: rotated(2),
    "turned about": lambda: rotated(3),
    "a blink that lasts": lambda: booth(Pose(eye_left=0.0, eye_right=0.0)),
}


@pytest.fixture(scope="module")
def live() -> Iterator[Assessor]:
    with Assessor(load("chsi"), SETTINGS, live=True) as assessor:
        yield assessor


@pytest.fixture(scope="module")
def file() -> Iterator[Assessor]:
    with Assessor(load("chsi"), SETTINGS, live=False) as assessor:
        yield assessor


def coached(live: Assessor, frame: np.ndarray, frames: int = FRAMES) -> bool:
    """Show one frame again and again; return whether the shot was taken."""
    coach = Coach(SETTINGS)
    shot = False
    for number in range(frames):
        word = coach.update(live.assess(frame, kind="live"), number * STEP_S)
        shot = shot or word.shoot
    return shot


def test_the_good_sitter_is_shot(live: Assessor) -> None:
    """Without this the tests below would prove nothing."""
    assert coached(live, booth(Pose()))


@pytest.mark.parametrize("name", FRAMES_OF)
def test_no_shot(live: Assessor, name: str) -> None:
    assert not coached(live, FRAMES_OF[name]())


@pytest.mark.parametrize("person", [None, "kofi"])
@pytest.mark.parametrize("colour", [(150, 195, 215), (226, 226, 228), (32, 32, 35)])
def test_who_wears_a_mask_is_asked_to_take_it_off_and_not_shot(
    live: Assessor, file: Assessor, colour: tuple[int, int, int], person: str | None
) -> None:
    frame = masked(file, colour, person)
    live.forget()
    coach, said, shots = Coach(SETTINGS), set(), 0
    for number in range(FRAMES):
        word = coach.update(live.assess(frame, kind="live"), number * STEP_S)
        said.add(word.coaching.hint)
        shots += word.shoot
    assert "uncover_mouth" in said
    assert not shots


def test_who_left_before_the_next_sitter_sat_down_is_not_counted(live: Assessor) -> None:
    live.forget()
    crowd = two_people()
    for _ in range(12):
        before = live.assess(crowd, kind="live")
    assert before.faces > 1
    live.forget()
    assert live.assess(booth(Pose()), kind="live").faces == 1


def test_sizes_may_change_from_frame_to_frame(live: Assessor) -> None:
    coach = Coach(SETTINGS)
    good = booth(Pose())
    for number, scale in enumerate((1.0, 0.3, 1.7, 0.05, 1.0, 0.6)):
        frame = cv2.resize(good, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        coach.update(live.assess(frame, kind="live"), number * STEP_S)


def complete(result: Assessment) -> bool:
    return list(result.rules) == list(RULES)


def test_the_largest_picture_is_judged(live: Assessor, file: Assessor) -> None:
    empty = np.zeros((6000, 8000, 3), np.uint8)
    assert not coached(live, empty, frames=2)
    empty[1000:5500, 1500:6500] = cv2.resize(booth(Pose())[:, 240:1040], (5000, 4500))
    result = file.assess(empty, kind="picture")
    assert complete(result)
    assert result.faces == 1


@pytest.mark.parametrize("kind", ["live", "photo", "picture"])
@pytest.mark.parametrize("name", ["narrow noise", "one pixel", "half a face, beside", "two people"])
def test_files_are_judged_whatever_they_show(file: Assessor, name: str, kind: str) -> None:
    result = file.assess(FRAMES_OF[name](), kind=kind)  # type: ignore[arg-type]
    assert complete(result)
    assert not result.all_hold


def test_a_face_cut_by_the_edge_is_measured_or_unknown(file: Assessor) -> None:
    """Each cut is judged: nothing outside of the picture may be read or break a measurement."""
    good = booth(Pose())
    for cut in range(300, 640, 113):
        result = file.assess(np.ascontiguousarray(good[:, cut:]), kind="picture")
        assert complete(result)
        if result.faces:
            assert result.rules["one_face"].verdict is not Verdict.UNKNOWN


def test_a_poster_of_nobody_s_face_is_something_behind(file: Assessor) -> None:
    frame = booth(replace(Pose(), x=0.1))
    frame[300:440, 330:430] = (30, 60, 40)
    rules = file.assess(frame, kind="live").rules
    assert rules["nothing_behind"].hint == "clear_background"
