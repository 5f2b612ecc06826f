"""`kiosk outbox` at the shell: it looks and makes nothing."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from kiosk.central.opening import open_outbox
from kiosk.cli import app
from kiosk.settings import Settings

CONFIG = "[booth]\nname = 'booth-1'\n"


def kiosk(*arguments: object):
    return CliRunner().invoke(app, ["outbox", *map(str, arguments)])


def files(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))


@pytest.fixture
def config(tmp_path: Path) -> Path:
    file = tmp_path / "kiosk.toml"
    file.write_text(CONFIG)
    return file


@pytest.mark.parametrize("command", ["status", "flush"])
def test_where_there_is_no_outbox_that_is_said_and_none_is_made(config, command):
    done = kiosk(command, "--config", config)
    assert done.exit_code == 2
    assert "There is no outbox" in done.output
    assert "--config" in done.output
    assert files(config.parent) == ["kiosk.toml"]


def test_an_outbox_without_its_key_gets_no_new_one(config):
    open_outbox(Settings(), config.parent).close()
    (config.parent / "data" / "outbox.key").unlink()
    before = files(config.parent)
    done = kiosk("status", "--config", config)
    assert done.exit_code == 2
    assert "key is gone" in done.output
    assert files(config.parent) == before


def test_an_empty_outbox_is_told_in_figures(config):
    open_outbox(Settings(), config.parent).close()
    done = kiosk("status", "--config", config, "--json")
    assert done.exit_code == 0
    assert json.loads(done.stdout.splitlines()[0])["waiting"] == 0


@pytest.mark.parametrize(
    ("text", "words"), [("x = [", "not TOML"), ("[booth]\nnope = 1\n", "nope")]
)
def test_wrong_settings_are_named(config, text, words):
    config.write_text(text)
    done = kiosk("status", "--config", config)
    assert done.exit_code == 2
    assert words in done.output
    assert files(config.parent) == ["kiosk.toml"]
