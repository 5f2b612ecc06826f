"""What is said in which situation: the hint, its words in both languages, its arrow.

Every situation is a true pose, or true figures, judged by the rules and said by the coach. The
arrow is tried, not believed: whoever moves as it points **in the mirror** must get better.
"""

from __future__ import annotations

from dataclasses import replace

import pytest
from scripted_sitter import AT_REST, SETTINGS, assess, followed, measured

from hardware.sim.pose import Pose
from kiosk.guidance.coach import Coach
from kiosk.guidance.hints import HINTS
from kiosk.guidance.model import Arrow, Assessment, CoachWord, Verdict
from kiosk.screens.translations import tr

POSES = [
    (Pose(present=False), "sit_down", None, "请坐下，面向镜头", "Sit down, face the lens"),
    (Pose(distance=0.7), "farther", Arrow.FARTHER, "请向后坐一点", "Move back a little"),
    (Pose(distance=1.9), "nearer", Arrow.NEARER, "请向前坐一点", "Come a little closer"),
    (Pose(x=-0.3), "move_left", Arrow.LEFT, "请向左移一点", "Move a little to your left"),
    (Pose(x=0.3), "move_right", Arrow.RIGHT, "请向右移一点", "Move a little to your right"),
    (Pose(y=0.25), "sit_higher", Arrow.UP, "请坐高一点", "Sit a little higher"),
    (Pose(y=-0.25), "sit_lower", Arrow.DOWN, "请坐低一点", "Sit a little lower"),
    (Pose(wearing="cap"), "take_off_head_cover", None, "请摘下帽子", "Take off your hat, please"),
    (
        Pose(wearing="glasses"), "take_off_glasses", None,
        "请摘下眼镜", "Take off your glasses, please",
    ),
    (
        Pose(wearing="fringe"), "clear_brows", None,
        "请把头发拨开，露出眉毛", "Brush hair off your eyebrows",
    ),
    (
        Pose(shoulder_tilt_deg=-8), "level_shoulders_left", Arrow.TILT_LEFT,
        "左肩放低，双肩放平", "Lower your left shoulder",
    ),
    (
        Pose(shoulder_tilt_deg=8), "level_shoulders_right", Arrow.TILT_RIGHT,
        "右肩放低，双肩放平", "Lower your right shoulder",
    ),
    (Pose(yaw_deg=-9), "turn_left", Arrow.TURN_LEFT, "脸向左转一点", "Turn a little to your left"),
    (
        Pose(yaw_deg=9), "turn_right", Arrow.TURN_RIGHT,
        "脸向右转一点", "Turn a little to your right",
    ),
    (
        Pose(roll_deg=-9), "level_head_left", Arrow.TILT_LEFT,
        "头向左摆正一点", "Tilt your head a little left",
    ),
    (
        Pose(roll_deg=9), "level_head_right", Arrow.TILT_RIGHT,
        "头向右摆正一点", "Tilt your head a little right",
    ),
    (Pose(pitch_deg=-14), "chin_up", Arrow.UP, "请微抬下巴", "Chin up a little"),
    (Pose(pitch_deg=14), "chin_down", Arrow.DOWN, "请微收下巴", "Chin down a little"),
    (Pose(mouth_open=0.6), "close_mouth", None, "请自然闭上嘴唇", "Close your lips gently"),
    (Pose(eye_left=0.0, eye_right=0.0), "open_eyes", None, "请自然睁开双眼", "Open both eyes"),
    (Pose(eye_right=0.0), "open_eyes", None, "请自然睁开双眼", "Open both eyes"),
    (
        Pose(gaze_deg=20), "look_at_camera", None,
        "请看屏幕上方的镜头", "Look at the lens above",
    ),
]  # fmt: skip
FIGURES = [
    ({"clothes_difference": 4.0}, "other_clothes"),
    ({"clothes_pattern_fraction": 0.7}, "plain_clothes"),
    ({"bare_shoulder_fraction": 0.6}, "cover_shoulders"),
    ({"mouth_covered_ev": 0.8}, "uncover_mouth"),
    ({"hand_left_visibility": 0.9, "hand_left_below": 0.8}, "lower_hands"),
    ({"teeth_area": 0.03}, "close_mouth"),
    ({"smile": 0.2}, "relax_face"),
    ({"background_spread": 30.0}, "clear_background"),
    ({"backdrop_shadow_ev": 1.5}, "off_backdrop"),
    ({"light_difference_ev": -1.4}, "even_light"),
    ({"face_shadow_ev": 2.4}, "clear_shadow"),
    ({"hot_spot_fraction": 0.02}, "dab_face"),
    ({"exposure_ev": -1.2}, "too_dark"),
    ({"exposure_ev": 1.2}, "too_bright"),
    ({"red_pupil_fraction": 0.6}, "red_eye"),
    ({"eye_sharpness": 0.2}, "refocus"),
]
TOGETHER = [
    # Of two faults the one without whose mending the other makes no sense is said.
    (Pose(distance=1.9, roll_deg=9), "nearer"),
    (Pose(x=0.3, wearing="glasses"), "move_right"),
    (Pose(y=0.25, mouth_open=0.6), "sit_higher"),
    (Pose(wearing="cap", yaw_deg=9), "take_off_head_cover"),
    (Pose(wearing="glasses", eye_left=0.0, eye_right=0.0), "take_off_glasses"),
    (Pose(shoulder_tilt_deg=8, pitch_deg=14), "level_shoulders_right"),
    (Pose(yaw_deg=9, roll_deg=9, pitch_deg=14), "turn_right"),
    (Pose(roll_deg=9, mouth_open=0.6), "level_head_right"),
    (Pose(pitch_deg=14, gaze_deg=20), "chin_down"),
    (Pose(mouth_open=0.6, eye_left=0.0, eye_right=0.0), "close_mouth"),
    (Pose(eye_left=0.0, eye_right=0.0, gaze_deg=20), "open_eyes"),
]


def said(assessment: Assessment, seconds: float = 1.0) -> CoachWord:
    coach = Coach(SETTINGS)
    for frame in range(round(seconds / 0.04)):
        word = coach.update(assessment, frame * 0.04)
    return word


@pytest.mark.parametrize(("pose", "hint", "arrow", "chinese", "english"), POSES)
def test_a_pose_its_hint_its_words_and_its_arrow(pose, hint, arrow, chinese, english) -> None:
    word = said(assess(pose))
    assert (word.coaching.hint, word.coaching.arrow) == (hint, arrow)
    assert tr("zh", f"hints.{hint}") == chinese
    assert tr("en", f"hints.{hint}") == english
    assert word.coaching.ring == 0
    assert not word.shoot


@pytest.mark.parametrize(("figures", "hint"), FIGURES)
def test_what_is_seen_besides_the_pose(figures, hint) -> None:
    assert set(figures) <= set(AT_REST), "a figure that exists"
    assert said(assess(Pose(), measured(Pose()) | figures)).coaching.hint == hint


@pytest.mark.parametrize(("pose", "hint"), TOGETHER)
def test_the_more_important_of_two_faults_is_said(pose, hint) -> None:
    assert said(assess(pose)).coaching.hint == hint


def test_others_in_the_picture_come_before_all_but_an_empty_chair() -> None:
    two = replace(assess(Pose(x=0.3, roll_deg=9)), faces=2)
    crowd = replace(two.rules["one_face"], verdict=Verdict.FAIL, value=2.0, hint="one_person")
    word = said(replace(two, rules=dict(two.rules) | {"one_face": crowd}))
    assert word.coaching.hint == "one_person"
    assert tr("en", "hints.one_person") == "One person only, please"


@pytest.mark.parametrize(
    ("pose", "hint", "arrow"), [(p, h, a) for p, h, a, *_ in POSES if a is not None]
)
def test_whoever_moves_as_the_arrow_points_in_the_mirror_gets_better(pose, hint, arrow) -> None:
    mended = followed(pose, hint, arrow)
    assert mended != pose
    assert assess(mended).all_hold, "moved all the way"
    half = [r.hint for r in assess(followed(pose, hint, arrow, 0.3)).rules.values()]
    assert HINTS[hint].arrow is arrow
    other = hint.replace("left", "*").replace("right", "left").replace("*", "right")
    assert other == hint or other not in half, "moved a little: never told to go back"


def test_the_pose_of_the_table_is_right_without_its_fault() -> None:
    assert said(assess(Pose()), 2.0).coaching.hint is None
    assert assess(Pose()).all_hold
