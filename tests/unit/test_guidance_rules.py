"""Each rule on either side of its limits, and what no rule may do."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.guidance.calibrated_view import StillField
from kiosk.guidance.composition import USUAL_CROWN, compose
from kiosk.guidance.hints import HINTS
from kiosk.guidance.measure import NAMES, NAMES_OF, NOTHING, Part
from kiosk.guidance.model import RuleResult, Verdict
from kiosk.guidance.policy import BatchPolicy
from kiosk.guidance.rules import OF_FACE, RULES, RuleContext, judge
from kiosk.settings.guidance import GuidanceSettings
from kiosk.standards import load

CHSI = load("chsi")
SETTINGS = GuidanceSettings()

GOOD_FRAME = {
    "roll_deg": 0.5,
    "yaw_deg": -1.0,
    "pitch_deg": 1.0,
    "eye_open_left": 0.31,
    "eye_open_right": 0.3,
    "gaze_x": 0.01,
    "gaze_y": -0.02,
    "mouth_open": 0.004,
    "shoulder_tilt_deg": -1.0,
    "shoulder_visibility": 0.97,
    "hand_left_visibility": 0.1,
    "hand_left_aside": 0.6,
    "hand_left_below": 3.4,
    "hand_right_visibility": 0.9,
    "hand_right_aside": -0.6,
    "hand_right_below": 3.5,
    "face_width_px": 200.0,
    "eye_distance_px": 88.0,
    "eye_line_y_px": 300.0,
    "crown_y_px": 132.0,
    "chin_y_px": 460.0,
    "centre_x_px": 650.0,
    "light_difference_ev": 0.2,
    "face_clipped_fraction": 0.0,
    "backdrop_level": 0.9,
    "background_spread": 2.0,
    "eye_sharpness": 0.5,
    "smile": 0.01,
    "teeth_area": 0.001,
    "exposure_ev": 0.1,
    "thing_fraction": 0.001,
    "backdrop_shadow_ev": 0.2,
    "other_person_fraction": 0.0,
    "clothes_difference": 40.0,
    "clothes_blue_fraction": 0.05,
    "clothes_pattern_fraction": 0.1,
    "bare_shoulder_fraction": 0.05,
    "face_shadow_ev": 0.5,
    "hot_spot_fraction": 0.0,
    "red_pupil_fraction": 0.0,
    "blur_direction": 0.1,
    "noise_levels": 0.8,
    "blockiness": 2.0,
    "mouth_covered_ev": -0.5,
    "glasses": 0.02,
    "lens_tint": 0.1,
    "lens_reflection": 0.1,
    "hair_over_brows": 0.05,
    "head_cover": 0.03,
}
ASKED = {"hair_off_eyes", "ears_visible", "no_earrings", "no_necklace"}
"""Never measured: people are asked."""
GOOD_PHOTO = GOOD_FRAME | {
    "face_width_px": 240.0,
    "eye_line_y_px": 250.0,
    "crown_y_px": 80.0,
    "centre_x_px": 242.0,
}


def judged(rule: str, *, kind: str = "live", faces: int = 1, **changed: float | None) -> RuleResult:
    size = (480, 640) if kind == "photo" else (1280, 720)
    measured = (GOOD_PHOTO if kind == "photo" else GOOD_FRAME) | changed
    return judge(RuleContext(kind, *size, faces, measured, CHSI, SETTINGS))[rule]  # type: ignore[arg-type]


@pytest.mark.parametrize("kind", ["live", "photo"])
def test_a_good_picture_passes_every_rule(kind: str) -> None:
    asked = ASKED | ({"compression"} if kind == "live" else set())
    results = [judged(rule, kind=kind) for rule in RULES if rule not in asked]
    assert [r for r in results if r.verdict is not Verdict.PASS] == []


@pytest.mark.parametrize("rule", sorted(ASKED))
def test_what_cannot_be_measured_is_never_judged(rule: str) -> None:
    assert judged(rule, kind="photo").verdict is Verdict.UNKNOWN


TABLE = [
    ("roll", {"roll_deg": 2.9}, "pass", None),
    ("roll", {"roll_deg": 3.1}, "hint", "level_head_left"),
    ("roll", {"roll_deg": -8.1}, "fail", "level_head_right"),
    ("yaw", {"yaw_deg": 4.5}, "hint", "turn_right"),
    ("yaw", {"yaw_deg": -5.1}, "fail", "turn_left"),
    ("pitch", {"pitch_deg": 6.9}, "pass", None),
    ("pitch", {"pitch_deg": 8.1}, "fail", "chin_up"),
    ("pitch", {"pitch_deg": -7.1}, "hint", "chin_down"),
    ("shoulders_level", {"shoulder_tilt_deg": 3.5}, "hint", "level_shoulders_left"),
    ("shoulders_level", {"shoulder_tilt_deg": -6.5}, "fail", "level_shoulders_right"),
    ("shoulders_level", {"shoulder_visibility": 0.2}, "unknown", None),
    ("shoulders_level", {"shoulder_tilt_deg": 9.0, "roll_deg": 12.0}, "unknown", None),
    ("shoulders_level", {"shoulder_tilt_deg": 9.0, "noise_levels": 5.0}, "unknown", None),
    ("eyes_open", {"eye_open_right": 0.1}, "fail", "open_eyes"),
    ("eyes_open", {"eye_open_left": 0.1}, "fail", "open_eyes"),
    ("eyes_open", {"eye_open_left": None}, "unknown", None),
    ("gaze_forward", {"gaze_x": -0.12}, "fail", "look_at_camera"),
    ("gaze_forward", {"gaze_y": 0.12}, "fail", "look_at_camera"),
    ("gaze_forward", {"gaze_x": -0.12, "eye_open_left": 0.05}, "unknown", None),
    ("mouth_closed", {"mouth_open": 0.06}, "fail", "close_mouth"),
    ("mouth_closed", {"mouth_open": 0.01, "teeth_area": 0.003}, "fail", "close_mouth"),
    ("mouth_closed", {"mouth_open": 0.01, "teeth_area": None}, "pass", None),
    ("background_clear", {"background_spread": 30.0}, "fail", "clear_background"),
    ("background_clear", {"background_spread": None}, "unknown", None),
    ("light_even", {"light_difference_ev": -1.3}, "fail", "even_light"),
    ("exposure", {"face_clipped_fraction": 0.2}, "fail", "too_bright"),
    ("exposure", {"exposure_ev": -0.9}, "fail", "too_dark"),
    ("exposure", {"exposure_ev": 0.9}, "fail", "too_bright"),
    ("exposure", {"exposure_ev": 0.6, "backdrop_level": 0.1}, "pass", None),
    ("exposure", {"exposure_ev": None, "backdrop_level": 0.1}, "fail", "too_dark"),
    ("sharp", {"eye_sharpness": 0.2, "blur_direction": 0.9}, "fail", "hold_still"),
    ("sharp", {"eye_sharpness": 0.2, "blur_direction": None}, "fail", "hold_still"),
    ("sharp", {"eye_sharpness": 0.2, "blur_direction": 0.1}, "fail", "refocus"),
    ("no_teeth", {"teeth_area": 0.02}, "fail", "close_mouth"),
    ("neutral_expression", {"smile": 0.08}, "hint", "relax_face"),
    ("neutral_expression", {"smile": 0.12}, "fail", "relax_face"),
    ("neutral_expression", {"smile": -0.1}, "pass", None),
    ("no_other_person", {"other_person_fraction": 0.05}, "fail", "one_person"),
    ("nothing_behind", {"thing_fraction": 0.05}, "fail", "clear_background"),
    ("no_backdrop_shadow", {"backdrop_shadow_ev": 0.8}, "fail", "off_backdrop"),
    ("clothes_distinct", {"clothes_difference": 6.0}, "fail", "other_clothes"),
    ("clothes_not_blue", {"clothes_blue_fraction": 0.7}, "fail", "other_clothes"),
    ("clothes_plain", {"clothes_pattern_fraction": 0.8}, "fail", "plain_clothes"),
    ("no_straps", {"bare_shoulder_fraction": 0.8}, "fail", "cover_shoulders"),
    ("no_face_shadow", {"face_shadow_ev": 2.0}, "fail", "clear_shadow"),
    ("no_hot_spots", {"hot_spot_fraction": 0.02}, "fail", "dab_face"),
    ("no_red_eye", {"red_pupil_fraction": 0.6}, "fail", "red_eye"),
    ("noise", {"noise_levels": 5.0}, "fail", "too_dark"),
    ("compression", {"blockiness": 9.0}, "unknown", None),
    ("no_glasses", {"glasses": 0.8}, "fail", "take_off_glasses"),
    ("no_glasses", {"glasses": 0.5}, "unknown", None),
    ("no_glasses", {"glasses": None}, "unknown", None),
    ("no_glasses", {"eye_distance_px": 40.0}, "unknown", None),  # too small to see there are none
    ("no_glasses", {"eye_distance_px": 40.0, "glasses": 0.8}, "fail", "take_off_glasses"),
    ("no_tint", {"eye_distance_px": 40.0}, "unknown", None),
    ("no_tint", {"glasses": 0.9, "lens_tint": 0.9}, "unknown", None),
    ("no_reflection", {"glasses": 0.1, "lens_reflection": 0.9}, "pass", None),
    ("no_reflection", {"glasses": None, "lens_reflection": 0.9}, "unknown", None),
    ("mouth_uncovered", {"mouth_covered_ev": -1.2}, "pass", None),
    ("mouth_uncovered", {"mouth_covered_ev": 0.3}, "pass", None),
    ("mouth_uncovered", {"mouth_covered_ev": 0.5}, "fail", "uncover_mouth"),
    ("mouth_uncovered", {"mouth_covered_ev": None}, "unknown", None),
    ("pitch", {"pitch_deg": -12.0, "mouth_covered_ev": 0.8}, "unknown", None),
    ("no_hands", {"hand_right_below": 0.8}, "fail", "lower_hands"),
    ("no_hands", {"hand_right_below": 0.8, "hand_right_visibility": 0.5}, "unknown", None),
    ("no_hands", {"hand_right_below": 0.8, "hand_right_visibility": 0.4}, "pass", None),
    ("no_hands", {"hand_right_below": 1.8}, "fail", "lower_hands"),  # at the photo's lower edge
    ("no_hands", {"hand_right_below": 2.0}, "pass", None),
    ("no_hands", {"hand_right_below": 0.5, "hand_right_aside": -1.3}, "pass", None),
    ("no_hands", {"hand_right_visibility": None, "hand_left_visibility": None}, "unknown", None),
    ("no_head_cover", {"head_cover": 0.8}, "fail", "take_off_head_cover"),
    ("no_head_cover", {"head_cover": 0.6}, "unknown", None),
    ("no_head_cover", {"head_cover": None}, "unknown", None),
    ("no_head_cover", {"eye_distance_px": 40.0}, "pass", None),
    ("no_head_cover", {"eye_distance_px": 20.0}, "unknown", None),
    ("hair_off_brows", {"hair_over_brows": 0.8}, "fail", "clear_brows"),
    ("hair_off_brows", {"hair_over_brows": 0.5}, "unknown", None),
    ("hair_off_brows", {"eye_distance_px": 40.0}, "unknown", None),
    ("hair_off_brows", {"eye_distance_px": None}, "unknown", None),
    ("distance", {"face_width_px": 90.0, "crown_y_px": 224.0}, "fail", "nearer"),
    ("distance", {"face_width_px": 330.0, "crown_y_px": 20.0}, "fail", "farther"),
    ("centred", {"centre_x_px": 830.0}, "hint", "move_right"),
    ("centred", {"centre_x_px": 450.0}, "hint", "move_left"),
    ("centred", {"centre_x_px": 1150.0}, "fail", "move_right"),
    ("head_height", {"eye_line_y_px": 120.0, "crown_y_px": -40.0}, "fail", "sit_lower"),
    ("head_height", {"eye_line_y_px": 480.0, "crown_y_px": 312.0}, "fail", "sit_higher"),
    ("head_height", {"eye_line_y_px": 345.0, "crown_y_px": 177.0}, "hint", "sit_higher"),
    ("head_height", {"face_width_px": 330.0, "crown_y_px": 20.0}, "unknown", None),
]


@pytest.mark.parametrize(("rule", "changed", "verdict", "hint"), TABLE)
def test_live_rules(rule: str, changed: dict, verdict: str, hint: str | None) -> None:
    result = judged(rule, **changed)
    assert (result.verdict, result.hint) == (verdict, hint), result


PHOTO_TABLE = [
    ("compression", {"blockiness": 9.0}, "fail", "better_file"),
    ("distance", {"face_width_px": 170.0}, "fail", "nearer"),
    ("distance", {"face_width_px": 188.0}, "hint", "nearer"),
    ("distance", {"face_width_px": 305.0}, "fail", "farther"),
    ("centred", {"centre_x_px": 240.0 + 24}, "fail", "move_right"),
    ("centred", {"centre_x_px": 240.0 - 15}, "hint", "move_left"),
    ("head_height", {"eye_line_y_px": 195.0}, "fail", "sit_lower"),
    ("head_height", {"crown_y_px": 115.0}, "fail", "sit_higher"),
    ("head_height", {"crown_y_px": 55.0}, "hint", "sit_lower"),
    ("head_height", {"crown_y_px": None}, "unknown", None),
    ("head_height", {"crown_y_px": None, "eye_line_y_px": 330.0}, "fail", "sit_higher"),
]


@pytest.mark.parametrize(("rule", "changed", "verdict", "hint"), PHOTO_TABLE)
def test_photo_rules(rule: str, changed: dict, verdict: str, hint: str | None) -> None:
    result = judged(rule, kind="photo", **changed)
    assert (result.verdict, result.hint) == (verdict, hint), result


STILL = StillField(0.1, 0.0, 0.6, 1.0)
"""A still that shows 640 of the live view's 1280 columns, from the 128th on."""


@pytest.mark.parametrize(
    ("still", "rule", "changed", "verdict", "hint"),
    [
        (STILL, "centred", {"centre_x_px": 448.0}, "pass", None),
        (STILL, "centred", {"centre_x_px": 640.0}, "fail", "move_right"),
        (STILL, "centred", {"centre_x_px": 256.0}, "fail", "move_left"),
        (STILL, "distance", {}, "pass", None),
        (StillField(0.3, 0.3, 0.7, 0.7), "distance", {}, "fail", "farther"),
        (StillField(0.0, -0.5, 1.0, 1.5), "distance", {}, "fail", "nearer"),
        (StillField(0.0, 0.2, 1.0, 1.2), "head_height", {}, "fail", "sit_lower"),
        (
            StillField(0.0, 0.2, 1.0, 1.2),
            "head_height",
            {"eye_line_y_px": 444.0, "crown_y_px": 276.0},
            "pass",
            None,
        ),
    ],
)
def test_composition_is_asked_of_the_part_that_the_still_shows(
    still: StillField, rule: str, changed: dict[str, float], verdict: str, hint: str | None
) -> None:
    measured = GOOD_FRAME | changed
    context = RuleContext("live", 1280, 720, 1, measured, CHSI, SETTINGS, still=still)
    result = judge(context)[rule]
    assert (result.verdict.value, result.hint) == (verdict, hint)


@pytest.mark.parametrize("rule", ["distance", "centred", "head_height"])
def test_composition_is_unknown_in_any_other_picture(rule: str) -> None:
    assert judged(rule, kind="picture").verdict is Verdict.UNKNOWN


def test_a_dark_backdrop_proves_nothing_in_any_other_picture() -> None:
    dark = judged("exposure", kind="picture", backdrop_level=0.1, exposure_ev=None)
    assert dark.verdict is Verdict.UNKNOWN
    assert judged("exposure", kind="picture", face_clipped_fraction=0.2).verdict is Verdict.FAIL


@pytest.mark.parametrize(("background", "verdict"), [("white", "pass"), ("blue", "fail")])
def test_blue_clothes_are_refused_on_blue_only(background: str, verdict: str) -> None:
    measured = GOOD_FRAME | {"clothes_blue_fraction": 0.9}
    policy = BatchPolicy(background=background)
    context = RuleContext("live", 1280, 720, 1, measured, CHSI, SETTINGS, policy)
    assert judge(context)["clothes_not_blue"].verdict == verdict


@pytest.mark.parametrize(("faces", "hint"), [(0, "sit_down"), (1, None), (3, "one_person")])
def test_one_face(faces: int, hint: str | None) -> None:
    result = judged("one_face", faces=faces)
    assert result.value == faces
    assert result.hint == hint


def test_without_a_face_nothing_else_is_judged() -> None:
    results = judge(RuleContext("live", 1280, 720, 0, NOTHING, CHSI, SETTINGS))
    assert results["one_face"].verdict is Verdict.FAIL
    others = {r.verdict for name, r in results.items() if name != "one_face"}
    assert others == {Verdict.UNKNOWN}


figures = st.one_of(st.none(), st.floats(-3000, 3000, allow_nan=False))


@given(
    st.fixed_dictionaries(dict.fromkeys(NAMES, figures)),
    st.sampled_from(["live", "photo", "picture"]),
    st.integers(0, 3),
)
def test_any_figures_give_every_rule_a_verdict_and_a_known_hint(
    measured: dict, kind: str, faces: int
) -> None:
    results = judge(RuleContext(kind, 1280, 720, faces, measured, CHSI, SETTINGS))  # type: ignore[arg-type]
    assert list(results) == list(RULES)
    for result in results.values():
        mended = result.verdict in (Verdict.PASS, Verdict.UNKNOWN)
        assert mended == (result.hint is None)
        assert result.hint is None or result.hint in HINTS
        assert (result.verdict is Verdict.UNKNOWN) == (result.value is None)


@given(st.fixed_dictionaries(dict.fromkeys(NAMES, figures)))
def test_rules_that_are_not_judged_on_every_frame_look_at_nothing_that_is_measured_on_every_one(
    measured: dict,
) -> None:
    read: set[str] = set()

    class Read(dict):
        def get(self, name: str, default: object = None) -> object:
            read.add(name)
            return super().get(name, default)

    context = RuleContext("live", 1280, 720, 1, Read(measured), CHSI, SETTINGS)
    for rule in RULES.values():
        if rule not in OF_FACE:
            rule(context)
    assert not read & {*NAMES_OF[Part.FACE], "crown_y_px"}


# --- composition ----------------------------------------------------------------------------------


def test_the_crop_puts_eyes_and_crown_on_their_targets() -> None:
    crop = compose(CHSI, eye_line_y_px=300, crown_y_px=130, face_width_px=200)
    assert crop.above_eyes_px * crop.scale == pytest.approx(250)
    assert (130 - 300 + crop.above_eyes_px) * crop.scale == pytest.approx(80)
    assert crop.width_px / crop.height_px == pytest.approx(480 / 640)


@given(st.floats(60, 500), st.floats(0.3, 1.6))
def test_the_face_s_width_stays_in_its_range(width: float, hair: float) -> None:
    crop = compose(CHSI, eye_line_y_px=0, crown_y_px=-hair * width, face_width_px=width)
    assert 180 <= width * crop.scale <= 300
    assert 200 <= crop.above_eyes_px * crop.scale <= 300
    assert crop.above_eyes_min_px <= crop.above_eyes_px <= crop.above_eyes_max_px


def test_without_a_crown_the_usual_one_is_taken() -> None:
    usual = compose(CHSI, eye_line_y_px=300, crown_y_px=300 - USUAL_CROWN * 200, face_width_px=200)
    unseen = compose(CHSI, eye_line_y_px=300, crown_y_px=None, face_width_px=200)
    assert unseen == usual


CLEAR_ALLOWED = [
    ("no_glasses", {"lens_tint": 0.0}, "pass", None),
    ("no_tint", {"lens_tint": 0.9}, "fail", "take_off_tinted_glasses"),
    ("no_tint", {"lens_tint": 0.5}, "unknown", None),
    ("no_tint", {"lens_tint": 0.1}, "pass", None),
    ("no_reflection", {"lens_reflection": 0.9}, "fail", "lose_reflection"),
    ("no_reflection", {"lens_reflection": 0.1}, "pass", None),
    ("no_tint", {"glasses": 0.1, "lens_tint": 0.9, "eye_distance_px": 40.0}, "unknown", None),
]


@pytest.mark.parametrize(("rule", "changed", "verdict", "hint"), CLEAR_ALLOWED)
def test_where_clear_glasses_are_allowed_only_their_lenses_are_judged(
    rule: str, changed: dict, verdict: str, hint: str | None
) -> None:
    measured = GOOD_FRAME | {"glasses": 0.95} | changed
    policy = BatchPolicy(glasses="allow_clear")
    result = judge(RuleContext("live", 1280, 720, 1, measured, CHSI, SETTINGS, policy))[rule]
    assert (result.verdict, result.hint) == (verdict, hint), result
