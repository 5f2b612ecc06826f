"""What stands ready before the demo begins: nobody's files are lost, and the settings hold."""

from __future__ import annotations

import stat

import pytest

from kiosk.booth.pin import check_pin
from kiosk.codes.capture import decode, load_decoders
from kiosk.demo.processes import DemoError
from kiosk.demo.stage import STAFF_PIN, set_up

SIZE = (1080, 1920)


@pytest.fixture(scope="module")
def stage(tmp_path_factory):
    return set_up(tmp_path_factory.mktemp("stage") / "demo", language="en", size=SIZE)


def test_folder_with_something_else_in_it_is_left_alone(tmp_path):
    (tmp_path / "thesis.txt").write_text("three years of work")
    with pytest.raises(DemoError, match="--out"):
        set_up(tmp_path, language="zh", size=SIZE)
    assert (tmp_path / "thesis.txt").read_text() == "three years of work"


def test_earlier_demo_makes_room(tmp_path):
    first = set_up(tmp_path / "demo", language="zh", size=SIZE)
    (first.folder / "photo.jpg").touch()
    second = set_up(tmp_path / "demo", language="zh", size=(1920, 1080))
    assert not (second.folder / "photo.jpg").exists()
    assert second.settings.screen.orientation == "landscape"


def test_settings_are_those_of_the_choice_and_the_service(stage):
    screen = stage.settings.screen
    assert (screen.language, screen.orientation) == ("en", "portrait")
    assert (screen.width_px, screen.height_px) == SIZE
    assert str(stage.settings.central.url).rstrip("/") == stage.address
    assert stage.settings.booth.name == stage.central.booth_name
    assert check_pin(STAFF_PIN, stage.settings.booth.staff_pin_hash.get_secret_value())


def test_booths_key_is_readable_to_nobody_else(stage):
    token = stage.settings_file.parent / "booth.token"
    assert token.read_text() == stage.central.booth_token
    assert stat.S_IMODE(token.stat().st_mode) == 0o600


def test_students_code_can_be_read_by_the_booth(stage):
    data = stage.settings_file.parent / "data"
    decoders = load_decoders(stage.settings.codes, data)
    code = decode(stage.papers.capture_code, decoders)
    assert (code.decoder, code.last_four) == ("simulated", stage.papers.last_four)
    assert stage.papers.batch_text in stage.central.batches
    assert stage.outbox_folder.parent == data
