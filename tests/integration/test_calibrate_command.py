"""`kiosk calibrate` as staff calls it, on the simulated booth."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from calibration import profile as profiles
from hardware.sim.director import Director
from hardware.sim.misadjustment import Misadjustment
from kiosk.cli.calibrate import app

FAST = """
[main_camera]
isolated = false
open_deadline_s = 20.0
frame_deadline_s = 5.0
[code_camera]
isolated = false
"""


@pytest.fixture
def config(tmp_path):
    path = tmp_path / "kiosk.toml"
    path.write_text(FAST, encoding="utf-8")
    return path


def run(*arguments: object):
    return CliRunner().invoke(app, [str(a) for a in arguments])


def test_steps_one_by_one_make_one_profile(config, tmp_path):
    first = run("backdrop", "--config", config, "--json", "--pictures", tmp_path / "pictures")
    assert first.exit_code == 0, first.stderr
    (line,) = first.stdout.splitlines()
    assert json.loads(line)["step"] == "backdrop"
    assert json.loads(line)["passed"]
    assert (tmp_path / "pictures" / "backdrop-evenness.jpg").exists()
    second = run("focus", "--config", config)
    assert second.exit_code == 0, second.stderr
    assert "mtf50" in second.stderr
    past = profiles.every(tmp_path / "data" / "profiles")
    assert [sorted(set(p.sections) - {"camera"}) for p in past] == [
        ["backdrop"],
        ["backdrop", "focus"],
    ]

    page = tmp_path / "report.html"
    report = run("report", "--config", config, "--out", page)
    assert report.exit_code == 1  # the other steps are missing
    assert "lacks steps" in report.stderr
    printed = run("report", "--config", config, "--out", "-")
    assert printed.stdout == page.read_text(encoding="utf-8") + "\n"
    assert "Trend over 2 profiles" in page.read_text(encoding="utf-8")


def test_step_that_does_not_pass_is_said_and_kept(config, tmp_path):
    scene = tmp_path / "scene"
    assert run("backdrop", "--config", config, "--scene", scene).exit_code == 0
    with Director(scene) as director:
        director.misadjust(Misadjustment(defocus=4.0))
    failed = run("focus", "--config", config, "--scene", scene)
    assert failed.exit_code == 1
    assert "out of focus" in failed.stderr
    newest = profiles.load(tmp_path / "data" / "profiles")
    assert newest.sections["focus"]["passed"] is False


def test_first_step_without_a_plate_says_what_comes_first(config):
    alone = run("focus", "--config", config)
    assert alone.exit_code == 1
    assert "backdrop" in alone.stderr


def test_real_cameras_want_somebody_at_the_terminal(tmp_path):
    config = tmp_path / "kiosk.toml"
    config.write_text('[main_camera]\ndriver = "uvc"\n', encoding="utf-8")
    refused = run("colour", "--config", config)
    assert refused.exit_code == 2
    assert "terminal" in refused.stderr


def test_wrong_settings_and_no_profile_are_named(tmp_path):
    config = tmp_path / "kiosk.toml"
    config.write_text("[calibration]\nflaw_max = 7\n", encoding="utf-8")
    assert run("focus", "--config", config).exit_code == 2
    config.write_text("", encoding="utf-8")
    missing = run("report", "--config", config, "--out", tmp_path / "r.html")
    assert missing.exit_code == 2
    assert "no calibration profile" in missing.stderr
    assert not (tmp_path / "r.html").exists()


def test_cards_are_printed_in_their_real_size(tmp_path):
    made = run("cards", "--out", tmp_path / "cards")
    assert made.exit_code == 0
    names = sorted(path.name for path in (tmp_path / "cards").iterdir())
    assert names == ["board.pdf", "code.pdf", "edge.pdf"]
    page = (tmp_path / "cards" / "board.pdf").read_bytes()
    # A3 across, in points of 1/72 inch.
    box = page[page.index(b"/MediaBox") :][:60].split(b"[")[1].split(b"]")[0].split()
    assert float(box[2]) == pytest.approx(420 / 25.4 * 72, abs=1)
    assert float(box[3]) == pytest.approx(297 / 25.4 * 72, abs=1)


def test_printed_cards_are_those_that_are_found():
    import numpy as np
    import segno

    from calibration.board import Board, find_corners
    from calibration.focus import find_square
    from calibration.printables import printables
    from calibration.second_camera import TEST_TEXT
    from kiosk.codes.reader import CodeReader

    code = segno.make(TEST_TEXT, error="m", micro=False)
    modules = np.array([[0 if dark else 255 for dark in row] for row in code.matrix], np.uint8)
    sheets = {sheet.name: sheet.pixels for sheet in printables(Board(), modules)}
    board = np.repeat(sheets["board"][::4, ::4, None], 3, axis=2)
    assert len(find_corners(board, Board()).numbers) == 9 * 6
    assert find_square(np.repeat(sheets["edge"][::4, ::4, None], 3, axis=2)) is not None
    assert TEST_TEXT in CodeReader().read(np.repeat(sheets["code"][::3, ::3, None], 3, axis=2))
