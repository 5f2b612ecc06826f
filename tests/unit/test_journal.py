"""Lines carry their level where the journal reads them, and only there."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
from pathlib import Path

from hardware import journal

_SAYS = """
import logging
from hardware import journal
journal.set_up("%(levelname)s %(message)s")
logging.info("goes well")
logging.warning("slow\\nvery slow")
try:
    1 / 0
except ZeroDivisionError:
    logging.exception("broken")
logging.critical("the end")
print(journal.marked("cannot run"))
"""


def said(tmp_path: Path, *, connected: bool) -> str:
    """What a program writes, its standard error being the stream the variable names, or not."""
    with (tmp_path / "said").open("w+") as stream:
        state = os.fstat(stream.fileno())
        named = f"{state.st_dev}:{state.st_ino if connected else 1}"
        subprocess.run(
            [sys.executable, "-c", _SAYS], check=True, stdout=stream, stderr=stream, timeout=60,
            env={**os.environ, "JOURNAL_STREAM": named},
            cwd=Path(journal.__file__).parents[1],
        )  # fmt: skip
        stream.seek(0)
        return stream.read()


def test_every_line_has_its_level_before_it(tmp_path: Path) -> None:
    lines = said(tmp_path, connected=True).splitlines()
    # Standard output is written last: it is no terminal.
    assert lines[:3] == ["INFO goes well", "<4>WARNING slow", "<4>very slow"]
    assert lines[3] == "<3>ERROR broken"
    assert "<3>ZeroDivisionError: division by zero" in lines
    assert lines[-2:] == ["<2>CRITICAL the end", "<3>cannot run"]
    assert all(line.startswith("<") for line in lines[1:])


def test_a_terminal_and_a_file_are_given_plain_lines(tmp_path: Path) -> None:
    assert not any(line.startswith("<") for line in said(tmp_path, connected=False).splitlines())


def test_what_is_no_problem_has_no_mark(monkeypatch) -> None:
    state = os.fstat(2)
    monkeypatch.setenv("JOURNAL_STREAM", f"{state.st_dev}:{state.st_ino}")
    assert journal.marked("well", logging.INFO) == "well"
    assert journal.marked("ill", logging.WARNING) == "<4>ill"
