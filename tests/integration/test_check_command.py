"""`kiosk check` as people call it, with real models on pictures made here."""

from __future__ import annotations

import html
import json
import re
import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest
import typer
from PIL import Image
from typer.testing import CliRunner

from kiosk.cli.check import check
from kiosk.guidance.hints import HINTS
from kiosk.guidance.measure import NAMES
from kiosk.guidance.mediapipe_graph import drawn_face
from kiosk.guidance.quality import COMPONENTS
from kiosk.guidance.rules import RULES
from kiosk.portrait.report_page import words
from kiosk.screens.translations import tr

APP = typer.Typer()
APP.command()(check)

RULE_WORDS = words()["rules"]
MEASURED = {
    "roll_deg", "yaw_deg", "pitch_deg", "eye_open_left", "eye_open_right", "gaze_x", "gaze_y",
    "mouth_open", "shoulder_tilt_deg", "face_width_px", "eye_line_y_px", "crown_y_px",
    "centre_x_px",
}  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Pictures of all kinds: good ones, odd ones, broken ones."""
    made = tmp_path_factory.mktemp("pictures")
    drawn = cv2.resize(drawn_face(), (480, 480), interpolation=cv2.INTER_CUBIC)
    photo = np.full((640, 480, 3), 200, np.uint8)
    photo[80:560] = drawn
    Image.fromarray(photo).save(made / "photo.jpg", quality=95)
    Image.fromarray(drawn).save(made / "face.png")
    Image.fromarray(drawn).convert("L").save(made / "grey.png")
    Image.fromarray(drawn).convert("CMYK").save(made / "cmyk.jpg")
    Image.fromarray(drawn).save(made / "face with blanks 照片.webp")
    Image.new("RGB", (1, 1)).save(made / "one_pixel.png")
    Image.new("RGB", (900, 3)).save(made / "sliver.png")
    whole = (made / "photo.jpg").read_bytes()
    (made / "cut.jpg").write_bytes(whole[: len(whole) // 2])
    (made / "text.jpg").write_text("this is no picture")
    (made / "empty.jpg").write_bytes(b"")
    return made


def run(*arguments: object) -> tuple[int, list[dict], str]:
    result = CliRunner().invoke(APP, [str(a) for a in arguments])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    lines = [json.loads(line) for line in result.stdout.splitlines() if line.startswith("{")]
    return result.exit_code, lines, result.output


def test_one_line_a_picture_in_the_documented_shape(folder: Path) -> None:
    code, lines, _ = run(folder / "photo.jpg", folder / "face.png", "--json")
    assert code == 0
    assert [Path(line["file"]).name for line in lines] == ["photo.jpg", "face.png"]
    for line in lines:
        assert line["faces"] == 1
        assert set(line["measurements"]) >= MEASURED
        assert list(line["rules"]) == list(RULES)
        for result in line["rules"].values():
            assert set(result) == {"verdict", "value", "limit"}
            assert result["verdict"] in ("pass", "hint", "fail", "unknown")


def test_a_picture_of_the_standard_s_size_is_judged_as_a_photo(folder: Path) -> None:
    _, [line], _ = run(folder / "photo.jpg", "--json")
    assert line["rules"]["distance"]["limit"] in (180.0, 300.0)


def test_no_frame_leaves_composition_unknown(folder: Path) -> None:
    code, [line], _ = run(folder / "photo.jpg", "--json", "--no-frame")
    assert code == 0
    for rule in ("distance", "centred", "head_height"):
        assert line["rules"][rule] == {"verdict": "unknown", "value": None, "limit": None}


def test_odd_pictures_are_judged_or_have_no_face(folder: Path) -> None:
    names = ("grey.png", "cmyk.jpg", "face with blanks 照片.webp", "one_pixel.png", "sliver.png")
    code, lines, _ = run(*(folder / name for name in names), "--json", "--no-frame")
    assert code == 0
    assert [line["faces"] for line in lines] == [1, 1, 1, 0, 0]


def test_unreadable_pictures_get_an_error_each_after_all_were_tried(folder: Path) -> None:
    bad = ("cut.jpg", "text.jpg", "empty.jpg", "not_there.jpg", ".")
    paths = [folder / name for name in bad]
    code, lines, output = run(*paths, folder / "face.png", "--json", "--no-frame")
    assert code == 1
    assert [line["file"] for line in lines] == [*map(str, paths), str(folder / "face.png")]
    assert all(line["error"] for line in lines[:5])
    assert lines[5]["faces"] == 1
    assert "Traceback" not in output


def test_for_people_there_is_a_table(folder: Path) -> None:
    code, lines, output = run(folder / "face.png")
    assert (code, lines) == (0, [])
    assert "mouth_closed" in output


@pytest.mark.parametrize("wrong", [("--standard", "moon"), ("--config", "not_there.toml")])
def test_a_wrong_call_is_exit_code_2(folder: Path, wrong: tuple[str, str]) -> None:
    code, _, output = run(folder / "face.png", *wrong)
    assert code == 2
    assert "Traceback" not in output


def test_the_models_are_quiet(folder: Path) -> None:
    """MediaPipe's C++ side writes to stderr below Python, so only a process of its own shows it."""
    program = "import typer; from kiosk.cli.check import check; typer.run(check)"
    done = subprocess.run(
        [sys.executable, "-c", program, str(folder / "face.png"), "--json"],
        capture_output=True, text=True, timeout=100, check=False,
    )  # fmt: skip
    assert done.returncode == 0
    assert done.stderr == ""
    assert len(done.stdout.splitlines()) == 1


def test_report_is_one_page_with_every_rule_and_nothing_from_elsewhere(folder: Path) -> None:
    for name, kind in (("photo.jpg", "photo"), ("face with blanks 照片.webp", "live")):
        page = folder / "page.html"
        code, _, _ = run(folder / name, "--report", page, "--language", "en")
        assert code == 0
        text = page.read_text(encoding="utf-8")
        judged = {"photo": "judged as a finished photo", "live": "judged as a frame of the camera"}
        assert judged[kind] in text
        rules = RULE_WORDS.values()
        assert [en for _, en in rules if f'<th scope="row">{html.escape(en)}<' not in text] == []
        assert [name for name in NAMES if f"<dt>{name}</dt>" in text] == [], "in words"
        assert text.count("<dt>") == len(NAMES)
        assert "HeadPoseYaw" in text
        assert text.count("<circle") == 478
        assert 'class="y"' in text, "the head's axes"
        assert ('class="allowed"' in text) == (kind == "photo")
        assert re.findall(r'(?:src|href)="(?!data:)[^"]*"', text) == []
        assert "<script" not in text


@pytest.mark.parametrize("language", ["zh", "en"])
def test_report_says_in_one_language_what_is_to_be_changed(folder: Path, language: str) -> None:
    page = folder / "page.html"
    run(folder / "photo.jpg", "--report", page, "--language", language)
    text = page.read_text(encoding="utf-8")
    _, [line], _ = run(folder / "photo.jpg", "--json")
    rules = line["rules"]
    at = ("zh", "en").index(language)
    wrong = [name for name, result in rules.items() if result["verdict"] in ("fail", "hint")]
    assert wrong, "the drawn face is no good photo"
    for name in wrong:
        assert f"<b>{html.escape(RULE_WORDS[name][at])}</b>" in text
    hints = [tr(language, f"hints.{key}") for key in HINTS]
    assert any(f"<small>{html.escape(hint)}</small>" in text for hint in hints)
    assert re.search(r">[a-z]+_[a-z_]+<", text) is None, "a key, instead of words"
    shown = re.sub(r"(?s)<style>.*?</style>|<[^>]+>|data:[^\"]+|photo\.jpg|&[a-z]+;", " ", text)
    if language == "en":
        assert re.findall("[\u4e00-\u9fff]+", shown) == []
    else:
        component = "|".join(filter(None, COMPONENTS.values()))
        left = re.sub(rf"{component}|ISO/IEC|px|EV|ΔE|chsi", " ", shown)
        assert re.findall(r"[A-Za-z]{2,}", left) == []


def test_report_of_a_picture_without_a_face(folder: Path) -> None:
    page = folder / "nobody.html"
    assert run(folder / "one_pixel.png", "--report", page)[0] == 0
    assert "检测到 0 张脸" in page.read_text(encoding="utf-8"), "in the booth's own language"


def test_report_needs_one_picture_and_a_place_to_write(folder: Path) -> None:
    photo = folder / "photo.jpg"
    code, _, output = run(photo, photo, "--report", folder / "page.html")
    assert (code, "exactly one" in output) == (2, True)
    code, _, output = run(photo, "--report", folder / "no" / "page.html")
    assert (code, "cannot be written" in output) == (2, True)
    assert run(folder / "text.jpg", "--report", folder / "unread.html")[0] == 1
    assert not (folder / "unread.html").exists()
