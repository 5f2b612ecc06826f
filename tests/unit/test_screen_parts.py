"""The parts of the screens that need no window."""

from __future__ import annotations

import os
import sys
import threading

import pytest

from kiosk.screens import display, environment, icons
from kiosk.screens.app import KioskApp
from kiosk.screens.errors import DisplayError, ScreenError
from kiosk.screens.inbox import Inbox
from kiosk.screens.model import FaceGuide


def test_of_each_kind_only_the_newest_is_kept():
    woken = []
    inbox = Inbox()
    inbox.open(lambda: woken.append(1))
    for number in range(100):
        inbox.put("preview", number)
    inbox.put("visit", "v")
    assert inbox.take() == {"preview": 99, "visit": "v"}
    assert woken == [1]  # once for all that was not taken yet
    inbox.put("preview", 100)
    assert len(woken) == 2


def test_what_came_before_the_window_is_shown_when_it_opens():
    woken = []
    inbox = Inbox()
    inbox.put("visit", "v")
    inbox.open(lambda: woken.append(1))
    assert woken == [1]
    assert inbox.take() == {"visit": "v"}


def test_nobody_waits_for_a_screenshot_of_a_closed_window():
    inbox = Inbox()
    waiting = inbox.ask_screenshot()
    inbox.close()
    assert waiting.wait(5) is None
    assert inbox.ask_screenshot().wait(5) is None
    inbox.put("visit", "late")
    assert inbox.take() == {}


def test_many_threads_may_leave_things_at_once():
    inbox = Inbox()
    inbox.open(lambda: None)
    shots = []

    def work():
        for number in range(200):
            inbox.put("preview", number)
            shots.append(inbox.ask_screenshot())

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(inbox.take()["screenshots"]) == len(shots) == 800


@pytest.mark.parametrize("name", sorted(icons.ICONS))
def test_every_sign_is_drawn_within_its_square(name):
    alpha = icons.mask(name, 64)
    assert alpha.shape == (64, 64)
    assert 0.03 < (alpha > 127).mean() < 0.75
    # Nothing is cut off at the sides, but for busts, which end at the bottom.
    assert alpha[:, 0].max() == alpha[:, -1].max() == alpha[0].max() == 0


def test_every_arrow_of_the_coach_has_a_sign():
    from kiosk.guidance.model import Arrow

    assert [a for a in Arrow if a.value not in icons.ICONS] == []


def test_left_and_right_signs_are_mirror_images():
    for left, right in (("turn_left", "turn_right"), ("tilt_left", "tilt_right")):
        difference = icons.mask(left, 80)[:, ::-1].astype(int) - icons.mask(right, 80)
        assert abs(difference).mean() < 8


def test_the_guide_follows_the_composition():
    guide = FaceGuide.from_composition(
        photo_width_px=480,
        photo_height_px=640,
        crown_px=80,
        eyes_px=250,
        face_width_px=240,
        frame=(0.25, 0.0, 0.75, 1.0),
    )
    assert guide.centre_x == 0.5
    assert guide.eyes_y == pytest.approx(250 / 640)
    assert guide.face_width == pytest.approx(0.25)
    assert guide.crown_y < guide.eyes_y < guide.chin_y < guide.shoulders_y < 1


def test_the_default_guide_is_that_of_the_chsi_standard():
    from kiosk.standards import load

    standard = load("chsi")
    share = 720 * 480 / 640 / 1280
    guide = FaceGuide.from_composition(
        photo_width_px=standard.file.width_px,
        photo_height_px=standard.file.height_px,
        crown_px=standard.geometry.crown_target_px,
        eyes_px=standard.geometry.eyes_target_px,
        face_width_px=standard.geometry.face_width_target_px,
        frame=((1 - share) / 2, 0.0, (1 + share) / 2, 1.0),
    )
    default = FaceGuide()
    for name in ("centre_x", "crown_y", "eyes_y", "chin_y", "face_width", "shoulders_y"):
        assert getattr(default, name) == pytest.approx(getattr(guide, name), abs=0.002), name


def test_without_xvfb_it_is_said_what_to_install(monkeypatch):
    monkeypatch.setattr(display.shutil, "which", lambda _name: None)
    with pytest.raises(DisplayError, match="apt install xvfb"), display.virtual_display(10, 10):
        pass


def test_an_xvfb_that_does_not_start_is_said(monkeypatch):
    monkeypatch.setattr(display.shutil, "which", lambda _name: "/bin/true")
    with pytest.raises(DisplayError, match="did not start"), display.virtual_display(10, 10):
        pass


def test_the_environment_is_as_before_afterwards(monkeypatch):
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-0")
    with display._environment(":7"):
        assert os.environ["DISPLAY"] == ":7"
        assert "WAYLAND_DISPLAY" not in os.environ
    assert "DISPLAY" not in os.environ
    assert os.environ["WAYLAND_DISPLAY"] == "wayland-0"


@pytest.fixture
def app(tmp_path):
    """A window that is never opened."""
    return KioskApp(lambda _event: None, data_directory=tmp_path)


@pytest.mark.parametrize("data", [b"", b"not a picture", b"\xff\xd8\xff\xe0 cut off"])
def test_a_broken_photo_is_a_clear_error(app, data):
    with pytest.raises(ScreenError, match="cannot be shown"):
        app.show_photo(data, ())


def test_waiting_for_a_screenshot_on_the_ui_thread_is_refused(app):
    app._ui_thread = threading.get_ident()
    with pytest.raises(ScreenError, match="UI thread"):
        app.screenshot()


@pytest.mark.parametrize(
    ("orientation", "size"),
    [("portrait", (1080, 1920)), ("landscape", (1920, 1080)), (None, (1920, 1080))],
)
def test_the_orientation_turns_the_window(tmp_path, orientation, size):
    app = KioskApp(
        lambda _event: None,
        width=1920,
        height=1080,
        orientation=orientation,
        data_directory=tmp_path,
    )
    assert app._size == size


def test_a_data_folder_that_cannot_be_written_is_said(tmp_path, monkeypatch):
    monkeypatch.delitem(sys.modules, "kivy", raising=False)
    blocked = tmp_path / "file"
    blocked.write_text("")
    with pytest.raises(ScreenError, match=r"booth\.data_directory"):
        environment.prepare(blocked, 540, 960, fullscreen=False)


@pytest.mark.parametrize(
    ("variables", "drivers"),
    [
        ({"DISPLAY": ":0"}, ["x11"]),
        ({"DISPLAY": ":0", "WAYLAND_DISPLAY": "wayland-0"}, ["wayland", "x11"]),
        ({"SDL_VIDEODRIVER": "offscreen", "DISPLAY": ":0"}, ["offscreen"]),
    ],
)
def test_only_drivers_with_a_visible_window_are_tried(monkeypatch, variables, drivers):
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "SDL_VIDEODRIVER"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert environment._video_drivers() == drivers
