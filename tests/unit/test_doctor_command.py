"""`kiosk doctor` as staff and scripts call it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from kiosk.cli.doctor import doctor
from kiosk.doctor import checks
from kiosk.doctor.finding import Check, failed, ok, warning

app = typer.Typer()
app.command()(doctor)


def looked_at(monkeypatch: pytest.MonkeyPatch, *findings) -> None:
    """Let the doctor find just these; the checks themselves have their own tests."""
    made = tuple(Check(f.name, lambda f=f: f) for f in findings)
    monkeypatch.setattr(checks, "all_checks", lambda *_: made)


def test_warnings_are_no_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    looked_at(monkeypatch, ok("font", "Noto."), warning("clock", "Adrift.", "Say: set-ntp"))
    result = CliRunner().invoke(app, [])
    assert result.exit_code == 0
    assert "set-ntp" in result.stdout
    assert "2 looked at, 0 failed, 1 warnings" in result.stderr


def test_a_failure_is_told_by_the_exit_code(monkeypatch: pytest.MonkeyPatch) -> None:
    looked_at(monkeypatch, failed("font", "None [at all].", "Say: apt install fonts-noto-cjk"))
    result = CliRunner().invoke(app, [])
    assert result.exit_code == 1
    assert "None [at all]." in result.stdout


def test_json_is_one_line_a_finding(monkeypatch: pytest.MonkeyPatch) -> None:
    looked_at(monkeypatch, ok("font", "思源黑体"), failed("clock", "1970.", "Set it."))
    result = CliRunner().invoke(app, ["--json"])
    lines = [json.loads(line) for line in result.stdout.splitlines()]
    assert [(line["name"], line["status"]) for line in lines] == [
        ("font", "ok"),
        ("clock", "failed"),
    ]
    assert set(lines[0]) == {"name", "status", "what", "remedy", "seconds"}


def test_a_wrong_settings_file_is_one_finding_among_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "kiosk.toml"
    file.write_text("[booth\n", encoding="utf-8")
    monkeypatch.setattr("kiosk.doctor.libraries.models", lambda: ok("face models", "Left out."))
    result = CliRunner().invoke(app, ["--json", "--config", str(file)])
    assert result.exit_code == 1
    lines = {line["name"]: line for line in map(json.loads, result.stdout.splitlines())}
    assert f"{file}:1: not TOML" in lines["settings file"]["what"]
    assert "python" in lines
    assert "main camera" not in lines
