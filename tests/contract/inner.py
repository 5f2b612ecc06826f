"""Runs a contract's tests in a pytest of their own, for drivers that need the whole process."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from contract.devices import CameraContract

TESTS = Path(__file__).parents[1]


def run_inner(file: str, tmp_path: Path, environment: Mapping[str, str], classes: int = 1) -> None:
    """Run a file; each test of the contract has to run once a class, and hold."""
    done = subprocess.run(
        [
            sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-rA",
            f"--basetemp={tmp_path / 'inner'}", file,
        ],
        cwd=TESTS, env={**os.environ, **environment}, capture_output=True, text=True,
        timeout=110, check=False,
    )  # fmt: skip
    print(done.stdout)
    assert done.returncode == 0, done.stdout + done.stderr
    need_whole_contract(done.stdout, classes)


def need_whole_contract(said: str, classes: int) -> None:
    """Make sure from what pytest said that no test of the contract was left out."""
    wanted = [name for name in dir(CameraContract) if name.startswith("test_")]
    lines = [line.rpartition("::")[2].split(" ")[0] for line in said.splitlines() if "::" in line]
    missing = [name for name in wanted if lines.count(name) < classes]
    assert missing == [], "each test of the contract has to run"
