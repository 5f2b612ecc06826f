"""Some cells of the fault matrix, one of each kind; all of them run in tests/system.

How fast a camera is back is measured by ``python -m tests.fault_matrix``; here it only has to be.
"""

from __future__ import annotations

import pytest
from fault_matrix.cells import try_cell
from fault_matrix.drivers import Uvc
from fault_matrix.page import cells
from v4l2_cameras import build_library

TRIED = ("simulator-dark", "gphoto2-hang_live", "gphoto2-unplug_still", "uvc-crash", "uvc-held")


@pytest.fixture(scope="module", autouse=True)
def _library(tmp_path_factory):
    Uvc.library = build_library(tmp_path_factory.mktemp("v4l2"))


@pytest.mark.parametrize("cell", [c for c in cells() if c.id in TRIED], ids=lambda cell: cell.id)
def test_the_student_is_told_and_nothing_is_lost(cell, tmp_path):
    if cell.driver.title == "gphoto2":
        pytest.importorskip("gphoto2", reason="python-gphoto2 is not installed (the extra 'dslr')")
    outcome = try_cell(cell, tmp_path)
    if cell.says and not cell.fault.may_be_silent:
        assert outcome.message_s is not None
