"""The assessor, with landmarks handed in: what is judged, what is held, what is forgotten."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import guidance_faces as faces
import numpy as np
import pytest

from kiosk.guidance.assess import Assessor
from kiosk.guidance.calibrated_view import CalibratedView, StillField
from kiosk.guidance.landmarks import Landmarks
from kiosk.guidance.measure import NAMES_OF, Part
from kiosk.guidance.model import Verdict
from kiosk.guidance.policy import BatchPolicy
from kiosk.guidance.rules import RULES, RuleContext, judge
from kiosk.settings.guidance import GuidanceSettings
from kiosk.standards import load

IMAGE = faces.picture(crown_y=130)


class Script:
    """Gives the landmarks of a script, one picture after the other.

    What the slower models say of a picture is in `closer`, by the picture's place in the script.
    """

    def __init__(self, *found: Landmarks, closer: dict[int, Landmarks] | None = None) -> None:
        self._found = list(found)
        self._closer = closer or {}
        self._seen = 0
        self.closed = False

    def find(self, pixels: np.ndarray) -> Landmarks:
        self._seen += 1
        return self._found.pop(0)

    def look_closer(self, pixels: np.ndarray, found: Landmarks) -> Landmarks | None:
        return None if found.face is None else self._closer.get(self._seen - 1)

    def forget(self) -> None:
        """Holds nothing."""

    def close(self) -> None:
        self.closed = True


def assessor(*found: Landmarks, live: bool = True) -> Assessor:
    return Assessor(load("chsi"), GuidanceSettings(), live, Script(*found))


WHOLE = faces.landmarks(faces.face(width=216), IMAGE)
FAST = faces.landmarks(faces.face(width=216, centre=(640, 350)), IMAGE, shoulders=None, person=None)
NOBODY = faces.landmarks(None, IMAGE)


def test_frame_and_time_come_back() -> None:
    result = assessor(WHOLE).assess(IMAGE, frame_number=7, taken_at=3.5, kind="live")
    assert (result.frame_number, result.taken_at, result.faces) == (7, 3.5, 1)


def test_what_the_slow_models_said_is_held_and_the_crown_moves_with_the_face() -> None:
    live = assessor(WHOLE, FAST)
    first, second = (
        live.assess(IMAGE, kind="live").measurements,
        live.assess(IMAGE, kind="live").measurements,
    )
    for name in ("shoulder_tilt_deg", "background_spread", "light_difference_ev"):
        assert second[name] is not None
        assert second[name] == first[name]
    assert second["crown_y_px"] == pytest.approx(first["crown_y_px"] + 20, abs=0.5)


@pytest.mark.parametrize("asked_between", [True, False])
def test_what_the_slow_models_say_of_a_frame_is_in_the_next_verdict(*, asked_between: bool) -> None:
    moved = replace(FAST, face=faces.face(width=216, centre=(640, 370)))
    script = Script(FAST, moved, closer={0: WHOLE})
    live = Assessor(load("chsi"), GuidanceSettings(), True, script)
    first = live.assess(IMAGE, kind="live").measurements
    if asked_between:
        live.catch_up()
    second = live.assess(IMAGE, kind="live").measurements
    at_once = assessor(WHOLE).assess(IMAGE, kind="live").measurements
    for name in ("shoulder_tilt_deg", "background_spread", "clothes_difference", "crown_y_px"):
        assert first[name] is None
        assert second[name] is not None
    assert second["shoulder_tilt_deg"] == at_once["shoulder_tilt_deg"]
    assert second["eye_line_y_px"] - second["crown_y_px"] == pytest.approx(
        first["eye_line_y_px"] - at_once["crown_y_px"], abs=0.5
    ), "the crown is held against the face of its own frame"


def test_slow_models_do_not_look_at_an_empty_chair() -> None:
    script = Script(NOBODY, FAST, closer={0: WHOLE})
    live = Assessor(load("chsi"), GuidanceSettings(), True, script)
    live.assess(IMAGE, kind="live")
    assert live.assess(IMAGE, kind="live").measurements["shoulder_tilt_deg"] is None


def test_slow_looks_take_turns_once_all_were_made() -> None:
    plain = faces.picture(crown_y=130)
    shirt = (plain == (220, 220, 225)).all(axis=2)
    found = [WHOLE]
    for shade in range(6):
        colour = (200 - 30 * shade, 30, 40)
        image = plain.copy()
        image[shirt] = colour
        found.append(faces.landmarks(faces.face(width=216), image))
        found[-1] = replace(found[-1], person=replace(found[-1].person, alpha=WHOLE.person.alpha))
    live = assessor(*found)
    seen = [live.assess(IMAGE, kind="live").measurements["clothes_difference"] for _ in found]
    assert seen[0] is not None, "looked at with the first mask"
    changes = [before != after for before, after in pairwise(seen)]
    assert changes.count(True) == 1, "then once in six masks"


def test_exposure_is_judged_against_calibration_in_live_frames_only() -> None:
    calibrated = assessor(WHOLE, WHOLE, live=False)
    calibrated.view = CalibratedView(plate_level=(60.0, 120.0, 160.0))
    live = calibrated.assess(IMAGE, kind="live")
    assert live.rules["exposure"].hint == "too_bright"
    assert calibrated.assess(IMAGE, kind="photo").measurements["exposure_ev"] is None


def test_clothes_are_held_against_the_batch_s_background() -> None:
    on_blue, on_white = assessor(WHOLE, live=False), assessor(WHOLE, live=False)
    on_white.policy = BatchPolicy(background="white")
    assert on_blue.assess(IMAGE, kind="photo").rules["clothes_distinct"].verdict is Verdict.PASS
    refused = on_white.assess(IMAGE, kind="photo").rules["clothes_distinct"]
    assert refused.hint == "other_clothes"


def test_another_batch_s_background_is_not_judged_by_what_was_seen_for_the_last_one() -> None:
    live = assessor(WHOLE, FAST, WHOLE, FAST)
    on_blue = live.assess(IMAGE, kind="live").rules["clothes_distinct"]
    assert on_blue.verdict is Verdict.PASS
    live.policy = BatchPolicy(background="white")
    assert live.assess(IMAGE, kind="live").rules["clothes_distinct"].verdict is Verdict.UNKNOWN
    looked_again = live.assess(IMAGE, kind="live").rules["clothes_distinct"]
    assert looked_again.hint == "other_clothes"
    assert live.assess(IMAGE, kind="live").rules["clothes_distinct"] == looked_again


def test_exposure_is_not_held_against_the_last_calibration() -> None:
    live = assessor(WHOLE, FAST)
    live.view = CalibratedView(plate_level=(60.0, 120.0, 160.0))
    assert live.assess(IMAGE, kind="live").rules["exposure"].hint == "too_bright"
    live.view = CalibratedView()
    assert live.assess(IMAGE, kind="live").rules["exposure"].verdict is Verdict.PASS


def test_what_is_judged_once_says_what_judging_it_anew_says() -> None:
    """Rules of held figures are judged once; whatever happens between, that must not show."""
    random = np.random.default_rng(4)
    dark = faces.picture(crown_y=130) // 5
    looks = [
        FAST,
        WHOLE,
        NOBODY,
        replace(FAST, faces=2),
        replace(WHOLE, faces=2),
        replace(FAST, face=faces.face(width=90, roll=11, lips=0.2)),
        faces.landmarks(faces.face(width=300, yaw=9), dark),
        replace(FAST, attributes=dict.fromkeys(NAMES_OF[Part.WORN], 0.9)),
        replace(FAST, attributes=dict.fromkeys(NAMES_OF[Part.WORN], 0.1)),
    ]
    order = [looks[i] for i in random.integers(len(looks), size=400)]
    live = assessor(*order)
    standard, settings = load("chsi"), GuidanceSettings()
    for number, found in enumerate(order):
        if number % 7 == 0:
            glasses = ("forbid", "allow_clear")[number % 2]
            live.policy = BatchPolicy(glasses, (None, "white", "grey")[number % 3])
        if number % 11 == 0:
            live.view = CalibratedView(still=StillField(0.0, 0.0, 0.9 + 0.1 * (number % 2), 1.0))
        seen = live.assess(IMAGE, kind="live")
        anew = judge(
            RuleContext(
                "live", found.width_px, found.height_px, found.faces, seen.measurements,
                standard, settings, live.policy, live.view.still,
            )
        )  # fmt: skip
        assert dict(seen.rules) == dict(anew), number
        assert list(seen.rules) == list(RULES), "in order of importance"


def test_a_new_sitter_inherits_nothing() -> None:
    live = assessor(WHOLE, NOBODY, FAST)
    results = [live.assess(IMAGE, kind="live") for _ in range(3)]
    assert results[1].rules["one_face"].hint == "sit_down"
    assert results[2].measurements["crown_y_px"] is None
    assert results[2].rules["shoulders_level"].verdict is Verdict.UNKNOWN


def test_files_hold_nothing() -> None:
    files = assessor(WHOLE, FAST, live=False)
    files.assess(IMAGE, kind="picture")
    assert files.assess(IMAGE, kind="picture").measurements["crown_y_px"] is None


def test_the_outline_is_in_fractions_of_the_picture() -> None:
    outline = np.array(assessor(WHOLE).assess(IMAGE, kind="live").outline)
    assert outline.shape == (36, 2)
    assert outline[:, 0].mean() == pytest.approx(0.5, abs=0.02)
    assert np.ptp(outline[:, 0]) == pytest.approx(216 / 1280, abs=0.02)


def test_closing_closes_the_models() -> None:
    script = Script()
    with Assessor(load("chsi"), GuidanceSettings(), True, script):
        pass
    assert script.closed
