"""Every screen in a real window on a real X server: readable, touchable, mirrored, forgetful."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from kiosk.screens import gallery
from kiosk.visit.model import State

PROBE = Path(__file__).with_name("screen_probe.py")
SIZES = {"portrait": (540, 960), "landscape": (960, 540)}
REPORT = "report:"

pytestmark = [
    pytest.mark.skipif(shutil.which("Xvfb") is None, reason="Xvfb is not installed"),
    pytest.mark.skipif(shutil.which("xdotool") is None, reason="xdotool is not installed"),
]


@pytest.fixture(scope="module")
def reports(tmp_path_factory):
    """Draw everything once each way round; both windows at the same time."""
    root = Path(__file__).parents[2]
    paths = os.pathsep.join([str(root), str(PROBE.parent)])
    running = {}
    for name, (width, height) in SIZES.items():
        folder = tmp_path_factory.mktemp(name)
        command = [sys.executable, str(PROBE), str(folder), str(width), str(height)]
        running[name] = subprocess.Popen(
            command,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": paths},
        )
    found = {}
    for name, process in running.items():
        try:
            out, err = process.communicate(timeout=150)
        except subprocess.TimeoutExpired:
            process.kill()
            out, err = process.communicate()
        line = next((x for x in out.splitlines() if x.startswith(REPORT)), None)
        assert line is not None, f"{name}: no report\n{out}\n{err}"
        found[name] = json.loads(line.removeprefix(REPORT))
        assert "error" not in found[name], found[name]["error"]
    return found


@pytest.fixture(params=list(SIZES))
def report(request, reports):
    return reports[request.param]


def test_every_state_is_drawn_in_both_languages(report):
    shown = set(report["shown"])
    assert {f"{language} {state}" for language in ("zh", "en") for state in State} <= shown
    assert report["blank"] == []


def test_no_text_is_cut_off_and_every_button_is_big_enough(report):
    assert report["problems"] == []


@pytest.mark.parametrize(
    ("touched", "event"),
    [
        ("idle 点击开始", "Touched(button=<Button.START: 'start'>)"),
        ("confirm 是本人，继续", "Touched(button=<Button.NEXT: 'next'>)"),
        ("last_four 7", "KeyTouched(key='7')"),
        ("consent-warning 我还在", "Touched(button=<Button.STAY: 'stay'>)"),
        ("pose 找工作人员", "Touched(button=<Button.HELP: 'help'>)"),
        ("pose-stuck 请工作人员帮忙", "Touched(button=<Button.HELP: 'help'>)"),
        ("look 戴饰物", "Declared(what=<Declaration.JEWELLERY: 'jewellery'>)"),
        ("idle English", "LanguageTouched(language=<Language.ENGLISH: 'en'>)"),
        ("idle 找工作人员", "Touched(button=<Button.HELP: 'help'>)"),
    ],
)
def test_one_click_gives_one_event(report, touched, event):
    assert report["clicks"][touched] == [event]


def test_every_button_that_looks_alive_does_something(report):
    assert report["dead"] == []


def test_a_photo_that_did_not_pass_cannot_be_taken(report):
    assert report["clicks"]["look-remarks 就用这张"] == []


def test_the_live_view_is_a_mirror(report):
    # The frame is white on its left.
    assert report["mirror"]["right"] > 200
    assert report["mirror"]["left"] < 50


def test_nothing_personal_is_left_when_the_booth_is_idle(report):
    assert report["left"] == []


def test_frames_are_drawn_for_the_watchdog_though_nothing_happens(report):
    assert report["idle_frames"] >= 2


def test_the_gallery_has_a_visit_for_every_state():
    assert {str(state) for state in State} <= set(gallery.visits())


def test_a_display_that_does_not_answer_is_a_clear_error(tmp_path):
    program = (
        "import sys, pathlib\n"
        "from kiosk.screens.app import KioskApp\n"
        "from kiosk.screens.errors import ScreenError\n"
        "try:\n"
        "    KioskApp(print, data_directory=pathlib.Path(sys.argv[1])).run()\n"
        "except ScreenError as error:\n"
        "    sys.exit(str(error))\n"
    )
    environment = {k: v for k, v in os.environ.items() if k != "WAYLAND_DISPLAY"}
    environment |= {"DISPLAY": ":987", "PYTHONPATH": str(Path(__file__).parents[2])}
    environment.pop("SDL_VIDEODRIVER", None)
    done = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path)],
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr.startswith("No window can be opened.")
    assert "Traceback" not in done.stderr
