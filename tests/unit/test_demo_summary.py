"""The demo's verdict on its own photo: measured once more from outside, and not flattered."""

from __future__ import annotations

import io
import json
from pathlib import Path
from types import SimpleNamespace

import pytest
from PIL import Image
from rich.console import Console

from kiosk.demo.run import DemoResult
from kiosk.demo.summary import PhotoFacts, problems, show, write
from kiosk.standards import load

STANDARD = load("chsi")


def picture(size=(480, 640), mode="RGB", dpi=300, padding=None):
    out = io.BytesIO()
    Image.new(mode, size, 128).save(out, "JPEG", dpi=(dpi, dpi))
    missing = STANDARD.file.min_bytes if padding is None else padding
    return out.getvalue() + b"\0" * missing


@pytest.fixture
def result(tmp_path):
    photo = tmp_path / "photo.jpg"
    photo.write_bytes(picture())
    stage = SimpleNamespace(folder=tmp_path)
    return DemoResult(stage, photo=photo, report={"conforms": True}, approved=True)


def test_good_photo_misses_nothing():
    facts = PhotoFacts.of(picture())
    assert facts.size_px == (480, 640)
    assert facts.misses(STANDARD) == []


@pytest.mark.parametrize(
    ("photo", "what"),
    [
        (picture(size=(640, 480)), "size"),
        (picture(dpi=72), "dpi"),
        (picture(mode="L"), "mode"),
        (picture(padding=0), "bytes"),
        (picture(padding=STANDARD.file.max_bytes), "bytes"),
    ],
)
def test_each_miss_is_named(photo, what):
    (miss,) = PhotoFacts.of(photo).misses(STANDARD)
    assert what in miss


def test_success_needs_photo_approval_and_conformity(result):
    assert problems(result, STANDARD) == []
    result.approved = False
    result.report = {}
    assert len(problems(result, STANDARD)) == 2
    result.photo = None
    assert problems(result, STANDARD) == ["there is no photo"]


def test_summary_for_programs(result):
    result.hints = ["raise_chin"]
    result.diary.screenshots["idle"] = Path("01-idle.png")
    values = json.loads(write(result, STANDARD).read_text())
    assert values["problems"] == []
    assert values["hints"] == ["raise_chin"]
    assert values["screenshots"] == ["01-idle.png"]


def test_summary_for_people_names_every_rule_and_place(result):
    result.report["rules"] = {"roll": {"verdict": "pass", "value": 0.5, "limit": 3.0}}
    result.report["geometry"] = {"crown_px": 60.0}
    out = io.StringIO()
    show(result, STANDARD, Console(file=out, width=200))
    for words in ("480×640", "roll", "pass (0.5)", "60 px", "not measured", "photo.jpg"):
        assert words in out.getvalue()


def test_summary_without_a_photo_still_says_where_everything_is(result):
    result.photo = None
    out = io.StringIO()
    show(result, STANDARD, Console(file=out, width=200))
    assert "Where to look" in out.getvalue()
