"""`kiosk config`: check, show, template, pin."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from kiosk.booth.pin import check_pin
from kiosk.cli.config import app
from kiosk.settings import load


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "kiosk.toml"


def run(*arguments: str, typed: str = ""):
    return CliRunner().invoke(app, list(arguments), input=typed)


def test_config_check(file: Path) -> None:
    file.write_text("[visit]\nwarn_s = 5\n", encoding="utf-8")
    assert run("check", str(file)).exit_code == 0
    file.write_text("[visit]\nwarn_s = 500\n", encoding="utf-8")
    result = run("check", str(file))
    assert result.exit_code == 2
    assert f"{file}:2: visit.warn_s" in result.stderr


def test_config_check_looks_at_what_the_settings_name(file: Path) -> None:
    file.write_text('[portrait]\nstandard = "mars"\n', encoding="utf-8")
    result = run("check", str(file))
    assert result.exit_code == 2
    assert "portrait.standard" in result.stderr
    file.write_text('[booth]\nstaff_pin_hash = "2468"\n', encoding="utf-8")
    result = run("check", str(file))
    assert result.exit_code == 2
    assert "kiosk config pin" in result.stderr
    assert "2468" not in result.stderr


def test_config_show_tells_value_origin_and_meaning(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file.write_text('[visit]\nwarn_s = 5\n[central]\nbooth_token = "s3cret"\n', encoding="utf-8")
    monkeypatch.setenv("KIOSK_BOOTH__NAME", "library-2")
    result = run("show", str(file), "--changed", "--json")
    assert result.exit_code == 0
    lines = {line["key"]: line for line in map(json.loads, result.stdout.splitlines())}
    assert set(lines) == {"visit.warn_s", "booth.name", "central.booth_token"}
    assert (lines["visit.warn_s"]["value"], lines["visit.warn_s"]["from"]) == ("5.0", "file")
    assert lines["booth.name"]["from"] == "environment"
    assert "s3cret" not in result.output
    assert "library-2" in run("show", str(file)).stdout


def test_config_template_is_a_right_settings_file(file: Path) -> None:
    file.write_text(run("template").stdout, encoding="utf-8")
    assert run("check", str(file)).exit_code == 0


def test_config_pin_prints_a_line_that_the_booth_takes(file: Path) -> None:
    result = run("pin", typed="2468\n")
    assert result.exit_code == 0
    file.write_text(f"[booth]\n{result.stdout}", encoding="utf-8")
    secret = load(file).booth.staff_pin_hash
    assert secret is not None
    assert check_pin("2468", secret.get_secret_value())
    assert "2468" not in result.stdout
    for bad in ("12", "12a4", "1" * 13, ""):
        result = run("pin", typed=f"{bad}\n")
        assert result.exit_code == 2
        assert "4 to 12 digits" in result.stderr
