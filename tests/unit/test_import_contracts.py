"""The architecture's lines hold, and crossing one is noticed."""

from __future__ import annotations

import configparser
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CONTRACTS = ROOT / ".importlinter"

# A line crossed for each contract: the file it is planted in, and the import.
CROSSED = {
    "rooms": ("kiosk/codes/planted.py", "import kiosk.portrait.make"),
    "packages": ("hardware/planted.py", "import kiosk.settings"),
    "calibration": ("calibration/planted.py", "import hardware.isolation"),
    "visit": ("kiosk/visit/planted.py", "import time"),
    "screens": ("kiosk/screens/planted.py", "import kiosk.guidance.measure"),
    "central-service": ("kiosk/central/service/planted.py", "import kiosk.central.client"),
    "booth-side": ("kiosk/booth/planted.py", "import kiosk.central.service.orders"),
    "simulators": ("kiosk/guidance/planted.py", "import hardware.sim.scene"),
    "mediapipe": ("kiosk/portrait/planted.py", "import mediapipe"),
    "kivy": ("kiosk/visit/planted_too.py", "from kivy.clock import Clock"),
    "qr-engines": ("kiosk/booth/planted_too.py", "import zxingcpp"),
    "camera-libraries": ("calibration/planted_too.py", "import gphoto2"),
}


def contracts() -> dict[str, str]:
    """Return the contracts' names by their keys."""
    parser = configparser.ConfigParser()
    parser.read(CONTRACTS, encoding="utf-8")
    prefix = "importlinter:contract:"
    return {
        section.removeprefix(prefix): parser[section]["name"]
        for section in parser.sections()
        if section.startswith(prefix)
    }


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a copy of the packages' code and of the contracts."""
    folder = tmp_path_factory.mktemp("checkout")
    for package in ("kiosk", "hardware", "calibration"):
        for source in (ROOT / package).rglob("*.py"):
            target = folder / source.relative_to(ROOT)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, target)
    shutil.copyfile(CONTRACTS, folder / ".importlinter")
    return folder


def lint(folder: Path) -> tuple[int, str]:
    done = subprocess.run(
        [
            sys.executable, "-c",
            "from importlinter.cli import lint_imports_command as run; run()", "--no-cache",
        ],
        cwd=folder, capture_output=True, text=True, timeout=100, check=False,
        env={"PATH": "", "COLUMNS": "200", "PYTHONIOENCODING": "utf-8"},
    )  # fmt: skip
    return done.returncode, re.sub(r"\s+", " ", done.stdout + done.stderr)


def test_every_line_of_the_architecture_holds(copy: Path) -> None:
    code, output = lint(copy)
    assert code == 0, output
    for name in contracts().values():
        assert f"{name} KEPT" in output


def test_every_crossed_line_is_noticed(copy: Path) -> None:
    assert set(CROSSED) == set(contracts()), "each contract needs a line that crosses it"
    planted = [(copy / file, line) for file, line in CROSSED.values()]
    for file, line in planted:
        file.write_text(line + "\n", encoding="utf-8")
    try:
        code, output = lint(copy)
    finally:
        for file, _ in planted:
            file.unlink()
    assert code != 0
    unnoticed = [key for key, name in contracts().items() if f"{name} BROKEN" not in output]
    assert unnoticed == [], output
