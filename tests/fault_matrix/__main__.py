"""Tries every cell and rewrites the table in docs/reliability.md: ``python -m tests.fault_matrix``.

Takes about four minutes on a quiet machine. Names given as arguments (``uvc-crash``) try only
those; the others keep their figures.
"""

from __future__ import annotations

import logging
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from fault_matrix import page
from fault_matrix.cells import BACK_LIMIT_S, MESSAGE_LIMIT_S, Outcome, try_cell
from fault_matrix.drivers import Uvc
from v4l2_cameras import build_library


def main(wanted: list[str]) -> int:
    """Try the cells; the exit code is 1 when one of them is too slow or fails."""
    logging.disable(logging.CRITICAL)
    outcomes: dict[str, Outcome] = {}
    bad = 0
    with tempfile.TemporaryDirectory() as name:
        Uvc.library = build_library(Path(name))
        for cell in page.cells():
            if cell.why_not or (wanted and cell.id not in wanted):
                continue
            folder = Path(name) / cell.id
            folder.mkdir()
            try:
                outcome = try_cell(cell, folder)
            except AssertionError as error:
                bad += 1
                print(f"{cell.id}: {error}", flush=True)
                continue
            slow = outcome.back_s > BACK_LIMIT_S or (outcome.message_s or 0) > MESSAGE_LIMIT_S
            bad += slow
            if not slow:
                outcomes[cell.id] = outcome
            print(page.row(cell, outcome), "TOO SLOW" * slow, flush=True)
    page.write(outcomes)
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
