"""docs/reliability.md has every cell of the fault matrix, its sentences, and figures in bounds."""

from __future__ import annotations

from itertools import product

import pytest
from fault_matrix.cells import BACK_LIMIT_S, FAULTS, MESSAGE_LIMIT_S
from fault_matrix.drivers import DRIVERS
from fault_matrix.page import NONE, Outcome, cells, committed, reads, row, write

PAGE = committed()


def test_every_fault_meets_every_driver():
    wanted = {(f.title, d.title) for f, d in product(FAULTS, DRIVERS)}
    assert set(PAGE) == wanted


@pytest.mark.parametrize("cell", cells(), ids=lambda cell: cell.id)
def test_each_cell_says_what_the_student_reads_and_holds_its_limits(cell):
    words, message, back = PAGE[cell.fault.title, cell.driver.title]
    assert words == reads(cell), "run python -m tests.fault_matrix"
    if cell.why_not:
        assert (message, back) == (NONE, NONE)
        return
    assert float(back) <= BACK_LIMIT_S
    if cell.says and not cell.fault.may_be_silent:
        assert float(message) <= MESSAGE_LIMIT_S


def test_the_table_is_put_between_its_marks_and_read_back(tmp_path):
    page = tmp_path / "page.md"
    text = "before\n<!-- written by: python -m tests.fault_matrix -->\nold\n"
    page.write_text(text + "<!-- end of the matrix -->\nafter\n", encoding="utf-8")
    cell = next(cell for cell in cells() if cell.says)
    write({cell.id: Outcome(1.26, 2.0)}, page)
    assert page.read_text(encoding="utf-8").startswith("before\n<!-- written")
    assert page.read_text(encoding="utf-8").endswith("<!-- end of the matrix -->\nafter\n")
    assert committed(page)[cell.fault.title, cell.driver.title] == (reads(cell), "1.3", "2.0")
    assert row(cell, None).endswith("| – | – |")
