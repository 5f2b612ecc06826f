"""What operators type from: each command in these pages exists, with its options."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from typer.main import get_command

from kiosk.cli import app

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "handbook.md"
TEXT = PAGE.read_text(encoding="utf-8")
TYPED_FROM = ("handbook", "systemd", "updates", "calibration", "central", "doctor", "printing")

BEFORE = {"sudo", "-u", "runuser", "kiosk-central", "--"}


def commands() -> list[str]:
    """Return every `kiosk …` command line, from code blocks and from the running text."""
    lines = []
    for name in TYPED_FROM:
        text = (ROOT / "docs" / f"{name}.md").read_text(encoding="utf-8").replace("\\\n", " ")
        text = text.replace("```", "")
        lines += re.findall(r"^ {4,}(\S.*)$", text, re.MULTILINE)
        lines += re.findall(r"^((?:sudo |kiosk ).*)$", text, re.MULTILINE)
        lines += re.findall(r"`([^`]+)`", text)
    found = set()
    for line in lines:
        try:
            words = shlex.split(line, comments=True)
        except ValueError:  # prose, not a command
            continue
        while words[:2] == ["kiosk", "--"] or set(words[:1]) & BEFORE:
            words = words[1:]
        if words and words[0] in ("kiosk", "kiosk-as-booth") and len(words) > 1:
            found.add(shlex.join(words[1:]))
    return sorted(found)


@pytest.mark.parametrize("line", commands())
def test_command_exists(line):
    command = get_command(app)
    words = shlex.split(line)
    while words and words[0] in getattr(command, "commands", {}):
        command = command.commands[words.pop(0)]
    whole = not hasattr(command, "commands") or command.invoke_without_command
    assert whole, f"kiosk {line}: there is no such command"
    known = {option for parameter in command.params for option in parameter.opts}
    wanted = {word for word in words if word.startswith("--")}
    assert wanted <= known, f"kiosk {line}: no such option: {wanted - known}"


def test_many_are_found():
    assert len(commands()) > 50


def test_pages_exist():
    for name in re.findall(r"\]\(([^)#]+)\)", TEXT):
        assert (PAGE.parent / name).is_file(), name


def test_units_and_files_exist():
    units = {path.name for path in (ROOT / "systemd").iterdir()}
    for name in re.findall(r"kiosk-?[a-z]*\.(?:service|target|timer)", TEXT):
        assert name in units
    for script in re.findall(r"systemd/[a-z-]+\.sh", TEXT):
        assert (ROOT / script).is_file()
