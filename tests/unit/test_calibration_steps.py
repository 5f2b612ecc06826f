"""Each step finds what the simulated booth has wrong, and by how much."""

from __future__ import annotations

import numpy as np
import pytest
from calibration_scenes import (
    DEMAND,
    LARGE,
    board_views,
    distortion_at_corner,
    shot,
)

from calibration.backdrop import check_backdrop
from calibration.board import Board
from calibration.checker import REFERENCE_LAB
from calibration.colour import ColourCorrection, apply, apply_to_pixels, check_colour
from calibration.delta_e import delta_e_2000, lab_of
from calibration.evenness import smooth_run
from calibration.exposure import adjusted, as_section, check_exposure, from_section
from calibration.focus import check_focus
from calibration.geometry import check_geometry
from calibration.lens import Lens, straighten
from calibration.light import to_linear
from calibration.limits import StepLimits
from calibration.second_camera import TEST_TEXT, check_second_camera
from calibration.view_map import ViewMap, check_view_map
from hardware.base import CameraSettings
from hardware.sim import cards
from hardware.sim.backdrop import light_on_wall
from hardware.sim.cards import Card
from hardware.sim.misadjustment import Misadjustment


def keys(result) -> list[str]:
    return [finding.key for finding in result.findings]


# --- exposure ---------------------------------------------------------------------------------


def test_right_exposure_passes_with_noise_and_linearity():
    bracket = [(factor, shot(Card.GREY, gain=factor)) for factor in (0.5, 2.0)]
    pair = [shot(Card.GREY, seed=seed) for seed in (0, 1)]
    result = check_exposure(pair, shot(Card.GREY, size=(640, 360)), bracket)
    assert result.passed
    assert result.figures["exposure_error"].value == pytest.approx(0.0, abs=0.02)
    assert result.figures["noise"].value == pytest.approx(1.33, abs=0.15)
    assert result.figures["nonlinearity"].value < 0.05


@pytest.mark.parametrize("stops", [-1.5, -0.6, 0.5])
def test_exposure_error_is_found_and_taken_away(stops):
    result = check_exposure([shot(Card.GREY, gain=2.0**stops)])
    error = result.figures["exposure_error"].value
    assert error == pytest.approx(stops, abs=0.05)
    assert keys(result)[0] == ("too_bright" if stops > 0 else "too_dark")
    again = adjusted(CameraSettings(exposure_s=0.01), error)
    assert again.exposure_s == pytest.approx(0.01 * 2.0**-stops, rel=0.05)
    assert adjusted(CameraSettings(iso=200), error, "iso").iso == pytest.approx(
        200 * 2.0**-stops, rel=0.05
    )
    assert adjusted(CameraSettings(), error) is None


def test_exposure_time_is_no_longer_than_a_sitter_holds_still():
    has = CameraSettings(exposure_s=1 / 60)
    assert adjusted(has, -5.0).exposure_s == pytest.approx(32 / 60)
    assert adjusted(has, -5.0, limits=StepLimits()).exposure_s == pytest.approx(0.04)


@pytest.mark.parametrize(
    ("mains_hz", "wanted_s", "set_s"),
    [(50, 0.0195, 0.02), (50, 0.0305, 0.03), (60, 0.0172, 1 / 60), (50, 0.0145, 0.0145),
     (50, 0.004, 0.004)],
)  # fmt: skip
def test_exposure_time_takes_in_whole_flickers_of_the_lamps_where_that_is_near(
    mains_hz, wanted_s, set_s
):
    found = adjusted(CameraSettings(exposure_s=wanted_s), 0.0, "exposure_s", StepLimits(), mains_hz)
    assert found.exposure_s == pytest.approx(set_s)


def test_a_camera_that_brightens_by_itself_is_not_linear():
    still = shot(Card.GREY)
    result = check_exposure([still], bracket=[(0.5, still)])
    assert "not_linear" in keys(result)


@pytest.mark.parametrize(
    ("picture", "key"),
    [
        (shot(), "grey_card_not_found"),
        (shot(Card.GREY, gain=0.0005), "far_too_dark"),
        (shot(Card.GREY, gain=40.0), "far_too_bright"),
        (shot(Card.GREY, right_mm=-330), "grey_card_not_found"),
    ],
    ids=["no card", "black", "white", "card beside the middle"],
)
def test_a_card_that_cannot_be_read_is_named(picture, key):
    assert keys(check_exposure([picture])) == [key]


def test_live_view_that_nobody_could_be_guided_by_is_named():
    dark = check_exposure([shot(Card.GREY)], shot(Card.GREY, gain=0.25))
    assert keys(dark) == ["live_view_off"]
    assert dark.figures["live_error"].value == pytest.approx(-2.0, abs=0.1)
    blind = check_exposure([shot(Card.GREY)], np.zeros((360, 640, 3), np.uint8))
    assert keys(blind) == ["live_view_blind"]


def test_settings_survive_the_profile():
    settings = CameraSettings(exposure_s=0.008, iso=200, red_gain=1.9)
    assert from_section(as_section(settings)) == settings


# --- colour -----------------------------------------------------------------------------------


@pytest.mark.parametrize("light", ["daylight", "tungsten", "led"])
def test_colours_are_right_after_correction_under_three_lights(light):
    result = check_colour([shot(Card.CHECKER, light=light, roll_deg=3)])
    assert result.passed
    assert result.figures["delta_e_before"].value > 5
    assert result.figures["delta_e_mean"].value <= 2.0


@pytest.mark.parametrize("cast", [(1.15, 1.0, 0.85), (0.9, 1.0, 1.12), (1.3, 1.0, 0.75)])
def test_cast_is_found_within_one_delta_e(cast):
    flaws = Misadjustment(cast=cast)
    found = check_colour([shot(Card.CHECKER, flaws)]).section["white_gains"]
    grey = np.full(3, 0.18)
    seen_then_balanced = grey * cast * found
    assert delta_e_2000(lab_of(seen_then_balanced), lab_of(grey)) < 1.0


def test_large_cast_fails_and_says_what_to_set():
    result = check_colour([shot(Card.CHECKER, Misadjustment(cast=(1.4, 1.0, 0.7)))])
    assert "cast" in keys(result)
    assert "white balance" in result.findings[0].message


def test_chart_with_a_lamp_out_is_named_before_its_colours():
    result = check_colour([shot(Card.CHECKER, gain=0.4)])
    assert keys(result)[0] == "chart_exposure"
    assert result.figures["chart_exposure"].value == pytest.approx(np.log2(0.4), abs=0.15)


def test_chart_upside_down_is_read_as_well():
    right, turned = (check_colour([shot(Card.CHECKER, roll_deg=deg)]) for deg in (0, 180))
    assert turned.figures["delta_e_mean"].value == pytest.approx(
        right.figures["delta_e_mean"].value, abs=0.2
    )


def test_no_chart_and_half_a_chart_are_named():
    assert keys(check_colour([shot()])) == ["chart_not_found"]
    half = shot(Card.CHECKER, right_mm=420)
    assert keys(check_colour([half])) == ["chart_not_found"]


def test_correction_keeps_grey_grey_and_follows_the_light():
    section = check_colour([shot(Card.CHECKER, Misadjustment(cast=(1.2, 1.0, 0.8)))]).section
    correction = ColourCorrection(tuple(tuple(row) for row in section["matrix"]))
    cast_grey = np.full((4, 4, 3), 0.3, np.float32) * np.float32([1.2, 1.0, 0.8])
    right = apply(cast_grey, correction)
    assert np.ptp(right[0, 0]) < 0.01
    assert right.mean() == pytest.approx(0.3, abs=0.01)
    warmer = correction.followed((1.05, 1.0, 0.95))
    assert np.ptp(apply(cast_grey * np.float32([1.05, 1.0, 0.95]), warmer)[0, 0]) < 0.01
    pixels = shot()
    assert apply_to_pixels(pixels, None) is pixels


def test_correction_of_pixels_is_that_of_light():
    correction = ColourCorrection(((1.2, -0.1, -0.1), (0.0, 1.0, 0.0), (0.0, -0.2, 1.2)))
    pixels = shot(Card.CHECKER, size=(400, 225))
    light = apply(to_linear(pixels), correction)
    assert np.abs(to_linear(apply_to_pixels(pixels, correction)) - light.clip(0, 1)).max() < 0.01


def test_simulated_chart_is_not_the_reference_itself():
    """The colours come from spectra: a matrix has something left to get wrong."""
    assert delta_e_2000(lab_of(cards.CHECKER["daylight"]), REFERENCE_LAB).mean() > 5


# --- backdrop ---------------------------------------------------------------------------------


def backdrop(flaws: Misadjustment, **options: object):
    return check_backdrop([shot(None, flaws, seed=seed) for seed in range(3)], **options)


@pytest.mark.parametrize("falloff", [0.1, 0.25, 0.4])
def test_falloff_is_found_within_two_percent(falloff):
    flaws = Misadjustment(falloff=falloff)
    light = light_on_wall(*SIZE_SMALL, 1)
    planted = flaws.on_wall(light) / light
    truth = smooth_run(light, 4) * planted
    result, _ = backdrop(flaws)
    assert result.figures["falloff"].value == pytest.approx(1 - truth.min() / truth.max(), abs=0.02)


SIZE_SMALL = (256, 144)


def test_moved_light_is_found_as_a_gradient():
    right, _ = backdrop(Misadjustment())
    moved, _ = backdrop(Misadjustment(light_moved=0.15))
    # The picture is 16/9 heights wide.
    change = moved.figures["across"].value - right.figures["across"].value
    assert change == pytest.approx(0.15 * 16 / 9, abs=0.02)


@pytest.mark.parametrize(
    ("flaws", "key", "depth", "tolerance"),
    [
        (Misadjustment(crease=0.12), "flaw_crease", 0.12, 0.03),
        (Misadjustment(stain=0.15), "flaw_stain", 0.15, 0.05),
        (Misadjustment(shadow=0.2), "flaw_shadow", 0.2, 0.05),
    ],
    ids=["crease", "stain", "shadow"],
)
def test_flaws_are_found_named_and_drawn(flaws, key, depth, tolerance):
    result, plate = backdrop(flaws)
    assert keys(result) == [key]
    assert result.figures["flaw"].value == pytest.approx(depth, abs=tolerance)
    assert plate is not None
    (kind, found, box), *_ = result.section["flaws"]
    assert key.endswith(kind)
    assert found < 0
    if kind == "crease":
        assert box[0] < 0.5 + 0.42 * 9 / 16 < box[2]


def test_even_backdrop_passes_and_knows_its_noise_everywhere():
    result, plate = backdrop(Misadjustment())
    assert result.passed
    assert np.array(result.section["noise_map"]).shape == (9, 16)
    assert np.array(result.section["noise_map"]) == pytest.approx(1.4, abs=0.3)
    assert plate.still_size == (1200, 675)


def test_stills_that_make_no_plate_are_a_finding():
    result, plate = check_backdrop([shot(), shot(Card.GREY), shot()])
    assert plate is None
    assert keys(result) == ["plate_moved"]


# --- geometry ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "flaws",
    [
        Misadjustment(tilt_deg=2.0, roll_deg=0.7, camera_up_mm=30),
        Misadjustment(tilt_deg=-4.0, distortion=0.15),
        Misadjustment(tilt_deg=1.0, distortion=-0.2),
    ],
    ids=["tilt and roll", "barrel and tilt", "pincushion"],
)
def test_camera_and_lens_are_found(flaws):
    upright, *others = board_views(flaws)
    result = check_geometry(upright, others, Board(), DEMAND)
    figures = {name: figure.value for name, figure in result.figures.items()}
    assert figures["tilt"] == pytest.approx(flaws.tilt_deg, abs=0.3)
    assert figures["roll"] == pytest.approx(flaws.roll_deg, abs=0.3)
    assert figures["camera_up"] == pytest.approx(flaws.camera_up_mm, abs=5)
    assert figures["distance"] == pytest.approx(1500, rel=0.01)
    truth = distortion_at_corner(flaws) * 100
    assert figures["distortion"] == pytest.approx(truth, rel=0.1, abs=0.05)
    assert ("tilt_less" in keys(result)) == (flaws.tilt_deg < -3)
    assert ("distorted" in keys(result)) == (flaws.distortion != 0)


def test_right_geometry_passes_and_gives_crop_and_mark():
    upright, *others = board_views()
    result = check_geometry(upright, others, Board(), DEMAND)
    assert result.passed
    assert result.section["mark"] == pytest.approx([0.5, 0.5], abs=0.005)
    left, top, right, bottom = result.section["crop"]
    assert (left + right) / 2 == pytest.approx(0.5, abs=0.005)
    assert bottom - top == pytest.approx(0.885, abs=0.01)  # as the simulated booth is built
    assert result.figures["pixels"].value == pytest.approx(0.885 * 900 / 640, rel=0.01)


def test_too_few_pixels_says_where_to_put_the_chair():
    upright, *others = board_views()
    limits = StepLimits(min_pixels=1.5)
    result = check_geometry(upright, others, Board(), DEMAND, limits)
    assert keys(result) == ["too_few_pixels"]
    assert float(result.findings[0].values["cm"]) == pytest.approx(
        150 * 0.885 * 900 / 640 / 1.5, rel=0.02
    )


def test_board_that_is_not_there_is_named():
    upright = shot(Card.CHARUCO, size=LARGE)
    assert keys(check_geometry(shot(), [], Board(), DEMAND)) == ["board_not_found"]
    assert keys(check_geometry(upright, [shot()], Board(), DEMAND)) == ["too_few_views"]


def test_straightened_still_has_no_distortion_left():
    flaws = Misadjustment(distortion=0.2)
    views = board_views(flaws)
    known = check_geometry(views[0], views[1:], Board(), DEMAND).section["lens"]
    lens = Lens(known["focal"], known["first"], known["second"], known["corrects"])
    straight = [straighten(view, lens) for view in views]
    again = check_geometry(straight[0], straight[1:], Board(), DEMAND)
    assert again.figures["distortion"].value == pytest.approx(0.0, abs=0.1)
    assert straighten(views[0], None) is views[0]


# --- focus ------------------------------------------------------------------------------------


def test_defocus_is_ordered_and_agrees_with_theory():
    blurs = (0.0, 0.8, 1.6, 3.2)
    found = [
        check_focus([shot(Card.EDGE, Misadjustment(defocus=blur), size=LARGE)]) for blur in blurs
    ]
    values = [result.figures["mtf50"].value for result in found]
    assert values == sorted(values, reverse=True)
    assert values[0] > 2 * values[1]
    # A Gaussian of sigma pixels halves the contrast at 0.187 / sigma.
    assert values[3] == pytest.approx(0.187 / (3.2 * 0.9), rel=0.1)
    assert found[0].passed
    assert keys(found[3]) == ["unsharp"]


def test_focus_that_wanders_is_named():
    blurs = (0.0, 0.7)
    stills = [shot(Card.EDGE, Misadjustment(defocus=blur), size=LARGE) for blur in blurs]
    assert keys(check_focus(stills)) == ["focus_wanders"]


def test_focus_that_is_lost_altogether_in_the_second_still_is_named():
    sharp = shot(Card.EDGE, size=LARGE)
    result = check_focus([sharp, shot(size=LARGE)])
    assert keys(result) == ["focus_wanders"]
    assert result.figures["change"].value == 1.0


def test_no_edge_is_named():
    assert keys(check_focus([shot()])) == ["edge_not_found"]
    assert keys(check_focus([shot(Card.GREY)])) == ["edge_not_found"]


# --- map and second camera --------------------------------------------------------------------


def test_map_from_live_view_to_still_is_found():
    flaws = Misadjustment(live_zoom=1.25, live_shift=(0.05, -0.03))
    still = shot(Card.CHARUCO, flaws, size=LARGE)
    live = shot(Card.CHARUCO, flaws, size=(1280, 720), live=True)
    result = check_view_map(still, live, Board())
    assert result.passed
    assert not result.section["same"]
    assert result.figures["zoom"].value == pytest.approx(1.25, abs=0.005)
    view_map = ViewMap(tuple(tuple(row) for row in result.section["matrix"]))
    middle = view_map.to_still(0.5, 0.5)
    assert middle == pytest.approx((0.5 + 0.05 * 9 / 16, 0.47), abs=0.002)
    assert view_map.to_live(*middle) == pytest.approx((0.5, 0.5), abs=1e-6)


def test_one_camera_with_one_crop_maps_onto_itself():
    result = check_view_map(
        shot(Card.CHARUCO, size=LARGE), shot(Card.CHARUCO, size=(1280, 720)), Board()
    )
    assert result.section["same"]


def test_map_without_a_board_is_named():
    assert keys(check_view_map(shot(), shot(), Board())) == ["board_not_found"]


def test_second_camera_is_judged_at_each_place():
    frame = shot(size=(320, 180))
    seen = {id(frame): [TEST_TEXT]}
    other = frame.copy()
    result = check_second_camera(
        {"middle": [frame, frame], "far": [other, other]}, lambda pixels: seen.get(id(pixels), [])
    )
    assert keys(result) == ["unread_far"]
    assert result.figures["read_middle"].value == 1.0
    assert result.figures["read_far"].value == 0.0
