"""Scripts of the simulated booth: understood or clearly refused, and played as written."""

from __future__ import annotations

import pytest

from hardware.sim.answers import ANSWERS, Ear
from hardware.sim.performance import Move, Performance, sits_right
from hardware.sim.phrases import PHRASES
from hardware.sim.pose import EMPTY_CHAIR, Pose
from hardware.sim.script import DEFAULT_SCRIPT, ScriptError, When, parse
from hardware.sim.script_calls import Call


class Stage:
    """Plays a script against a clock of its own; the sitter moves at once."""

    def __init__(self, text: str) -> None:
        self.now = 0.0
        self.pose = EMPTY_CHAIR
        self.calls: list[Call] = []
        self.performance = Performance(parse(text), 0.0)

    def run(self, seconds: float, hint_for=lambda pose: None) -> None:
        until = self.now + seconds
        while self.now < until:
            self.now = round(self.now + 0.05, 3)
            self.performance.hear(hint_for(self.pose), self.now)
            for deed in self.performance.tick(self.now, self.pose, moving=False):
                if isinstance(deed, Move):
                    self.pose = deed.pose
                else:
                    self.calls.append(deed)


def honest_coach(pose: Pose) -> str | None:
    """What a right coach says; the picture's right is the sitter's left."""
    checks = [
        (not pose.present, "sit_down"),
        (pose.distance > 1.05, "nearer"),
        (pose.distance < 0.95, "farther"),
        (pose.x > 0.03, "move_right"),
        (pose.x < -0.03, "move_left"),
        (pose.y > 0.04, "sit_higher"),
        (pose.y < -0.04, "sit_lower"),
        (pose.shoulder_tilt_deg > 3, "level_shoulders_right"),
        (pose.shoulder_tilt_deg < -3, "level_shoulders_left"),
        (pose.yaw_deg > 4, "turn_right"),
        (pose.yaw_deg < -4, "turn_left"),
        (pose.roll_deg > 3, "level_head_right"),
        (pose.roll_deg < -3, "level_head_left"),
        (pose.pitch_deg > 4, "chin_down"),
        (pose.pitch_deg < -4, "chin_up"),
        (pose.mouth_open > 0.1, "close_mouth"),
        (min(pose.eye_left, pose.eye_right) < 0.5, "open_eyes"),
        (abs(pose.gaze_deg) > 8, "look_at_camera"),
    ]
    return next((hint for wrong, hint in checks if wrong), None)


def test_example_of_the_documentation():
    script = parse(
        "sit off-centre; after 2 s level the head\n"
        "when told open_eyes open the eyes  # a remark\n"
        'at 20 s leave; show phone "a;b # c"\n'
    )
    assert [step.when for step in script.steps] == [
        When.AFTER, When.AFTER, When.TOLD, When.AT, When.AFTER,
    ]  # fmt: skip
    assert script.steps[0].sits
    assert dict(script.steps[0].fields) == {"x": 0.3}
    assert script.steps[1].seconds == 2.0
    assert script.steps[3].call == Call("leave")
    assert script.steps[4].call == Call("phone", text="a;b # c")
    assert script.answer_s is None


def test_every_phrase_is_understood():
    for usage in PHRASES:
        words = usage.replace("[left|right] ", "").replace(" [N]", " 3")
        words = words.replace("left|right", "left").replace("glasses|cap|fringe", "cap")
        assert parse(words).steps[0].fields, usage


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("sit of-centre", "Line 1: 'of-centre'.*mean 'off-centre'"),
        ("sit\nsit; dance", "Line 2: 'dance' is nothing the sitter can do. The sitter can: off-c"),
        ("after two s leave", "Line 1: .*'after 2 s …'"),
        ("when told open_eyes", "Line 1: .*not what"),
        ("break main oven", "Line 1"),
        ("light 3", "Line 1"),
        ("# nothing", "no step"),
        ("", "no step"),
    ],
)
def test_mistakes_are_named(text, message):
    with pytest.raises(ScriptError, match=message):
        parse(text)


def test_steps_come_in_their_time():
    stage = Stage("sit off-centre right 0.2; after 2 s centre; at 5 s leave; light 0.5")
    stage.run(1.0)
    assert stage.pose == Pose(x=-0.2)
    stage.run(0.9)
    assert stage.pose.x == -0.2
    stage.run(0.3)
    assert stage.pose.x == 0.0
    assert not stage.calls
    stage.run(3.0)
    assert stage.calls == [Call("leave"), Call("light", level=0.5)]
    assert stage.performance.over


def test_faults_and_phone():
    stage = Stage("break main unplug; after 1 s mend main; scan 123; hide the phone")
    stage.run(2.0)
    assert stage.calls == [
        Call("fault", camera="main", kind="unplug"),
        Call("fault", camera="main"),
        Call("scan", text="123"),
        Call("phone"),
    ]


def test_without_hints_mistakes_stay():
    stage = Stage("sit too far, tilt the head left")
    stage.run(60.0, honest_coach)
    assert stage.pose == Pose(distance=1.65, roll_deg=10.0)


def test_told_once_when_heard_and_after_a_human_delay():
    stage = Stage("sit; close the eyes; when told open_eyes open the eyes")
    stage.run(0.5)
    assert stage.pose.eye_left == 0.0
    stage.run(0.9, honest_coach)
    assert stage.pose.eye_left == 0.0, "nobody reacts at once"
    stage.run(0.3, honest_coach)
    assert stage.pose.eye_left == 1.0


def test_default_script_goes_through_the_mistakes_and_ends_right():
    stage = Stage(DEFAULT_SCRIPT)
    said = []

    def coach(pose):
        hint = honest_coach(pose)
        if hint is not None and hint not in said:
            said.append(hint)
        return hint

    stage.run(40.0, coach)
    assert said[1:] == [
        "nearer", "move_right", "level_head_left", "close_mouth", "open_eyes", "turn_right",
    ]  # fmt: skip
    assert stage.performance.over
    assert sits_right(stage.pose)
    assert not stage.pose.blinking


def test_default_script_ends_right_even_if_nobody_says_anything():
    stage = Stage(DEFAULT_SCRIPT)
    stage.run(60.0)
    assert stage.performance.over
    assert sits_right(stage.pose)


def test_sitter_moves_the_way_asked_even_when_it_is_wrong():
    assert ANSWERS["move_left"](Pose(x=-0.2)).x == pytest.approx(-0.016)
    assert ANSWERS["move_right"](Pose(x=-0.2)).x < -0.2
    assert ANSWERS["turn_left"](Pose()).yaw_deg > 0
    assert ANSWERS["farther"](Pose(distance=0.7)).distance == pytest.approx(1.0, abs=0.05)


def test_ear_acts_once_and_again_when_the_hint_stands():
    ear = Ear(1.0)
    acted = []
    for i in range(100):
        ear.hear("nearer" if i < 80 else None, i / 20)
        if ear.due(i / 20):
            acted.append(i / 20)
    assert acted == [1.0, 3.0]
