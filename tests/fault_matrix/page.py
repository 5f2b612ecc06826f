"""The matrix as a table of docs/reliability.md."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from fault_matrix.cells import FAULTS, Cell, Outcome
from fault_matrix.drivers import DRIVERS

from kiosk.screens.translations import tr
from kiosk.settings.camera import CameraSection

PAGE = Path(__file__).parents[2] / "docs" / "reliability.md"
BEGIN = "<!-- written by: python -m tests.fault_matrix -->"
END = "<!-- end of the matrix -->"
_HEAD = (
    "| what happens | driver | the student reads | message after, s | back after, s |\n"
    "|---|---|---|---|---|"
)
NONE = "–"


def cells() -> tuple[Cell, ...]:
    """Every cell, whether it can be or not."""
    return tuple(Cell(driver, fault) for fault in FAULTS for driver in DRIVERS)


def reads(cell: Cell) -> str:
    """Return what the student reads in a cell, or why there is none."""
    if cell.why_not:
        return f"cannot be: {cell.why_not}"
    if not cell.says:
        return "nothing: the photo comes a moment later"
    words = "; then ".join(f"{tr('zh', key)} / {tr('en', key)}" for key in cell.says)
    if cell.fault.may_be_silent:
        return f"nothing; if it lasts longer than {CameraSection().patience_s:g} s: {words}"
    return words


def row(cell: Cell, outcome: Outcome | None) -> str:
    """Return one row of the table."""
    message = back = NONE
    if outcome is not None:
        back = f"{outcome.back_s:.1f}"
        if outcome.message_s is not None:
            message = f"{outcome.message_s:.1f}"
    parts = (cell.fault.title, cell.driver.title, reads(cell), message, back)
    return f"| {' | '.join(parts)} |"


def table(outcomes: Mapping[str, Outcome]) -> str:
    """Return the table of all cells."""
    return "\n".join([_HEAD, *(row(cell, outcomes.get(cell.id)) for cell in cells())])


def write(outcomes: Mapping[str, Outcome], page: Path = PAGE) -> None:
    """Put the table into the page; a cell without an outcome keeps the figures it has there."""
    outcomes = {**_known(page), **outcomes}
    text = page.read_text(encoding="utf-8")
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    page.write_text(f"{before}{BEGIN}\n{table(outcomes)}\n{END}{after}", encoding="utf-8")


def _known(page: Path) -> dict[str, Outcome]:
    rows = committed(page)
    known = {}
    for cell in cells():
        _, message, back = rows.get((cell.fault.title, cell.driver.title), ("", NONE, NONE))
        if back != NONE:
            known[cell.id] = Outcome(None if message == NONE else float(message), float(back))
    return known


def committed(page: Path = PAGE) -> dict[tuple[str, str], tuple[str, str, str]]:
    """Read the page: (what happens, driver) to what the student reads, and both figures."""
    _, _, rest = page.read_text(encoding="utf-8").partition(BEGIN)
    lines = rest.partition(END)[0].strip().splitlines()[2:]
    rows = [[part.strip() for part in line.strip("|").split("|")] for line in lines]
    return {(what, driver): (words, message, back) for what, driver, words, message, back in rows}
