"""The whole fault matrix: every driver in every trouble, under a visit."""

from __future__ import annotations

import pytest
from fault_matrix.cells import try_cell
from fault_matrix.drivers import Uvc
from fault_matrix.page import cells
from v4l2_cameras import build_library

pytestmark = pytest.mark.system


@pytest.fixture(scope="module", autouse=True)
def _library(tmp_path_factory):
    Uvc.library = build_library(tmp_path_factory.mktemp("v4l2"))


@pytest.mark.parametrize("cell", [c for c in cells() if not c.why_not], ids=lambda cell: cell.id)
def test_the_student_is_told_and_nothing_is_lost(cell, tmp_path):
    outcome = try_cell(cell, tmp_path)
    if cell.says and not cell.fault.may_be_silent:
        assert outcome.message_s is not None
