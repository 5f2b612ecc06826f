"""The simulated scene: what is drawn is what was asked, and its truth is true."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from standin import draw_portrait

from hardware.errors import Misconfigured
from hardware.sim.colour import to_linear, to_srgb
from hardware.sim.figure import Figure, Wardrobe, choose_state, portrait_figure
from hardware.sim.pose import Motion, Pose, alive
from hardware.sim.scene import Exposure, Scene, truth
from hardware.sim.sitter import sprites

QUIET = Exposure(noise=0.0)


def marked_figure() -> Figure:
    """A grey person with two red eyes, whose places are known."""
    rgba = np.zeros((640, 480, 4), np.uint8)
    rgba[40:, 90:390] = (120, 120, 120, 255)
    for x in (200, 280):
        cv2.circle(rgba, (x, 200), 7, (230, 0, 0, 255), -1)
    # OpenCV draws around pixel centres, which lie at half integers.
    points = {"eye_right": (200.5, 200.5), "eye_left": (280.5, 200.5),
              "shoulder_left": (380.0, 500.0), "shoulder_right": (100.0, 500.0)}  # fmt: skip
    return Figure(rgba, (240.5, 200.5), 170.0, 0.0, "neutral", {}, points)


def red_spots(pixels):
    red = (pixels[:, :, 0] > 150) & (pixels[:, :, 1] < 90)
    count, _, _, centres = cv2.connectedComponentsWithStats(red.astype(np.uint8))
    assert count == 3, "two eyes are seen"
    return sorted((x + 0.5, y + 0.5) for x, y in centres[1:])


@pytest.mark.parametrize(
    "pose",
    [
        Pose(),
        Pose(x=0.1, y=-0.05),
        Pose(distance=1.4),
        Pose(roll_deg=10),
        Pose(roll_deg=-10, x=-0.1, distance=1.2),
        Pose(lean_deg=4),
        Pose(shoulder_tilt_deg=6),
        Pose(roll_deg=6, lean_deg=-3, shoulder_tilt_deg=-5, distance=0.9),
    ],
)
def test_eyes_are_drawn_where_the_truth_says(pose):
    figure = marked_figure()
    pixels = Scene(1280, 720).draw(figure, pose, QUIET)
    known = truth(figure, pose, 1280, 720)
    right, left = red_spots(pixels)
    assert right == pytest.approx(
        (known["truth_eye_right_x_px"], known["truth_eye_right_y_px"]), abs=0.6
    )
    assert left == pytest.approx(
        (known["truth_eye_left_x_px"], known["truth_eye_left_y_px"]), abs=0.6
    )
    tilt = np.degrees(np.arctan2(left[1] - right[1], left[0] - right[0]))
    assert tilt == pytest.approx(known["truth_roll_deg"], abs=0.5)
    assert (left[0] - right[0]) / np.cos(np.radians(tilt)) == pytest.approx(
        known["truth_face_width_px"] * 80 / 170, abs=1.0
    )


def test_good_pose_is_where_the_photo_wants_it():
    known = truth(marked_figure(), Pose(), 1280, 720)
    assert known["truth_face_width_px"] == pytest.approx(0.285 * 720)
    assert known["truth_eyes_x_px"] == pytest.approx(640)
    assert known["truth_eyes_y_px"] == pytest.approx(0.4 * 720)


def test_who_has_high_hair_sits_farther_away():
    flat, high = (
        Figure(marked_figure().rgba, (240.5, 200.5), 170.0, crown) for crown in (130.0, 150.0)
    )
    for figure in (flat, high):
        known = truth(figure, Pose(), 1280, 720)
        share = known["truth_face_width_px"] / 170.0
        assert figure.crown_above * share == pytest.approx(0.235 * 720)


@pytest.mark.parametrize("pose", [Pose(distance=2.5), Pose(distance=2, lean_deg=3, roll_deg=4)])
def test_body_goes_on_to_the_lower_edge(pose):
    scene = Scene(640, 360)
    empty = scene.draw(None, Pose(present=False), QUIET)
    pixels = scene.draw(marked_figure(), pose, QUIET)
    assert np.abs(pixels[-1, 300:340].astype(int) - empty[-1, 300:340]).min() > 0
    assert np.abs(pixels[-1, 300:340].astype(int) - pixels[-20, 300:340]).max() <= 1


def test_shoulders_tilt_and_the_head_does_not():
    figure = marked_figure()
    known = truth(figure, Pose(shoulder_tilt_deg=6), 1280, 720)
    rise = known["truth_shoulder_left_y_px"] - known["truth_shoulder_right_y_px"]
    run = known["truth_shoulder_left_x_px"] - known["truth_shoulder_right_x_px"]
    assert np.degrees(np.arctan2(rise, run)) == pytest.approx(6.0, abs=0.05)
    assert known["truth_eye_left_y_px"] == pytest.approx(known["truth_eye_right_y_px"])


def test_still_shows_the_same_as_live_view():
    figure, pose = marked_figure(), Pose(x=0.05, roll_deg=5)
    live = Scene(640, 360, 3).draw(figure, pose, QUIET)
    still = Scene(1280, 720, 3).draw(figure, pose, QUIET)
    small = cv2.resize(still, (640, 360), interpolation=cv2.INTER_AREA)
    assert np.abs(small.astype(float) - live).mean() < 1.5


def test_edges_mix_in_linear_light():
    rgba = np.zeros((400, 400, 4), np.uint8)
    rgba[..., :3] = 250
    rgba[..., 3] = 128
    scene = Scene(400, 300)
    wall = scene.draw(None, Pose(), QUIET)
    mixed = scene.draw(Figure(rgba, (200.0, 150.0), 106.5), Pose(), QUIET)
    share = 128 / 255
    centre = np.s_[100:200, 150:250]
    light = (1 - share) * to_linear(wall[centre]) + share * to_linear(np.uint8(250))
    # The sitter's own shadow falls on the wall behind: never brighter, at most a little darker.
    difference = mixed[centre].astype(int) - to_srgb(light)
    assert difference.max() <= 1
    assert difference.min() >= -14


def test_empty_chair_is_a_clean_plate():
    scene = Scene(320, 180, 5)
    first = scene.draw(None, Pose(present=False), Exposure())
    second = scene.draw(None, Pose(present=False), Exposure())
    assert not np.array_equal(first, second), "a sensor is never silent"
    assert np.abs(first.astype(int) - second).max() < 20
    assert first[:, :, 2].mean() > first[:, :, 0].mean() + 30, "the wall is blue"
    assert first[90, 160].astype(int).sum() > first[2, 2].astype(int).sum(), "light falls off"


def test_exposure_and_white_balance_act_on_linear_light():
    scene = Scene(320, 180)
    right = scene.draw(None, Pose(present=False), QUIET)
    half = scene.draw(None, Pose(present=False), Exposure((0.5, 0.5, 0.5), 0.0))
    assert np.median(to_linear(half) / to_linear(right)) == pytest.approx(0.5, abs=0.01)
    redder = scene.draw(None, Pose(present=False), Exposure((1.2, 1.0, 1.0), 0.0))
    ratio = np.median(to_linear(redder) / to_linear(right), axis=(0, 1))
    assert ratio == pytest.approx([1.2, 1.0, 1.0], abs=0.02)


def test_noise_is_as_strong_as_asked():
    scene = Scene(320, 180)
    noisy = scene.draw(None, Pose(present=False), Exposure(noise=3.0)).astype(float)
    quiet = scene.draw(None, Pose(present=False), QUIET)
    assert (noisy - quiet).std() == pytest.approx(3.0, rel=0.05)


def test_sitter_out_of_the_picture_is_not_drawn():
    scene = Scene(320, 180)
    empty = scene.draw(None, Pose(present=False), QUIET)
    assert np.array_equal(scene.draw(marked_figure(), Pose(x=5.0), QUIET), empty)


def test_srgb_round_trip_is_exact():
    values = np.arange(256, dtype=np.uint8)
    assert np.array_equal(to_srgb(to_linear(values)), values)


def test_motion_goes_from_one_pose_to_the_other():
    motion = Motion(Pose(x=0.2, eye_left=0.0), Pose(), start=10.0, duration_s=1.0)
    assert motion.at(9.0) == Pose(x=0.2, eye_left=0.0)
    assert motion.at(10.5).x == pytest.approx(0.1)
    assert motion.at(11.0) == Pose()
    steps = [motion.at(10 + i / 20).x for i in range(21)]
    assert steps == sorted(steps, reverse=True)
    assert Motion.from_json(motion.to_json()) == motion
    assert not Motion.from_json({"before": "nonsense"}).at(0.0).present


def test_leaving_sitter_is_seen_until_gone():
    motion = Motion(Pose(), Pose(present=False, y=0.75), start=0.0, duration_s=1.0)
    assert motion.at(0.5).present
    assert not motion.at(1.0).present


def test_alive_is_small_and_blinks():
    poses = [alive(Pose(), i / 25) for i in range(25 * 20)]
    assert all(abs(p.x) < 0.01 and abs(p.y) < 0.01 and abs(p.lean_deg) < 0.5 for p in poses)
    shut = sum(p.eye_left == 0.0 for p in poses)
    assert 0.01 < shut / len(poses) < 0.08
    assert alive(Pose(lively=False), 3.0) == Pose(lively=False)


@pytest.mark.parametrize(
    ("pose", "state"),
    [
        (Pose(), "neutral"),
        (Pose(yaw_deg=9), "yaw_+10"),
        (Pose(yaw_deg=-6), "yaw_-5"),
        (Pose(pitch_deg=10), "pitch_+10"),
        (Pose(eye_left=0.0, eye_right=0.0), "both_closed"),
        (Pose(eye_left=0.0), "left_closed"),
        (Pose(mouth_open=0.45), "mouth_open"),
        (Pose(smile=0.7), "smile"),
        (Pose(gaze_deg=20), "gaze_aside"),
        (Pose(wearing="glasses"), "glasses"),
        (Pose(wearing="cap", yaw_deg=5), "cap"),
    ],
)
def test_nearest_sprite_is_chosen(pose, state):
    everything = ("neutral", "both_closed", "yaw_+10", "mouth_open", "glasses", "pitch_+10",
                  "gaze_aside", "yaw_-10", "pitch_-10", "left_closed", "right_closed", "smile",
                  "cap", "fringe", "yaw_-5", "yaw_+5", "pitch_-5", "pitch_+5")  # fmt: skip
    assert choose_state(pose, everything) == state
    assert choose_state(pose, ("neutral",)) == "neutral"


def test_portrait_with_alpha_is_taken_as_it_is(tmp_path):
    figure = portrait_figure(draw_portrait(tmp_path / "p.png"))
    assert figure.rgba[0, 0, 3] == 0
    assert tuple(figure.rgba[240, 250]) == (210, 160, 130, 255)


def test_person_is_cut_out_of_a_plain_background(tmp_path):
    exact = portrait_figure(draw_portrait(tmp_path / "a.png")).rgba[:600, :, 3] > 127
    cut = portrait_figure(draw_portrait(tmp_path / "b.png", (235, 235, 235))).rgba[:600, :, 3] > 127
    assert (exact & cut).sum() / (exact | cut).sum() > 0.9


@pytest.mark.parametrize("content", [None, b"", b"no picture"])
def test_portrait_that_is_none_is_refused(tmp_path, content):
    path = tmp_path / "portrait.jpg"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(Misconfigured, match="Give a JPEG or PNG"):
        portrait_figure(path)


def test_nobody_of_that_name():
    with pytest.raises(Misconfigured, match="nobody"):
        Wardrobe("nobody")


def test_everybody_can_be_drawn_in_every_pose_whatever_sprites_there_are():
    if not sprites.people():
        pytest.skip("the sitter's pictures are not rendered yet")
    scene = Scene(320, 180)
    empty = scene.draw(None, Pose(present=False), QUIET)
    for person in sprites.people():
        wardrobe = Wardrobe(person)
        for pose in (Pose(), Pose(yaw_deg=-10), Pose(eye_left=0.0, eye_right=0.0)):
            figure = wardrobe.dress(pose)
            assert np.abs(scene.draw(figure, pose, QUIET).astype(int) - empty).mean() > 5
