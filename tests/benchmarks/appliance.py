"""How long a booth's services take: cold start, an update's switch, the way back.

Part of `make bench`; alone: ``python tests/benchmarks/appliance.py``. Where it cannot be measured
(not root, no systemd-nspawn) it says why. Takes about three minutes, and some more the first time,
for it builds a Debian 12 and installs a booth in it. Nothing here has a bare library to be held
against: the figures are seconds on this machine, and two of them have limits.
"""

from __future__ import annotations

import statistics
import sys
import time
from pathlib import Path

import pytest
from rich.console import Console
from rich.table import Table

TESTS = Path(__file__).parents[1]
sys.path[:0] = [str(TESTS), str(TESTS / "system")]

from appliance import appliance  # noqa: E402 - beside this folder
from changed_releases import GOOD  # noqa: E402
from updating_booth import LIMITS, Booth  # noqa: E402

STARTS = 3
BACK_TARGET_S = 30.0
PATIENCE_S = 180.0


def cold_start(booth: Booth) -> float:
    """Return seconds from systemd's start of the service to the first drawn frame."""
    booth.run("systemctl", "stop", "kiosk")
    booth.run("sh", "-c", "sync; echo 3 > /proc/sys/vm/drop_caches", check=False)
    booth.run("systemctl", "start", "kiosk")
    return booth.starting_s()


def switch(booth: Booth) -> tuple[float, float]:
    """Return seconds of a whole update, and those of it in which nobody could be served."""
    booth.offer("0.3.0", GOOD)
    began = time.monotonic()
    booth.look(wait=False)
    booth.wait(lambda: not booth.is_active("kiosk"), PATIENCE_S, "the booth stops")
    dark = time.monotonic()
    booth.wait(lambda: booth.slot("current").startswith("0.3.0"), PATIENCE_S, "the switch")
    booth.wait(lambda: booth.is_well(booth.slot("current")), PATIENCE_S, "the new release")
    now = time.monotonic()
    return now - began, now - dark


def back(booth: Booth) -> float:
    """Return seconds from the order to go back to a booth that draws and sees."""
    began = time.monotonic()
    booth.run("kiosk", "update", "back", "measured")
    booth.wait(lambda: booth.is_well(booth.base), PATIENCE_S, "the release before")
    return time.monotonic() - began


def main() -> int:
    """Measure, and hold the way back against its limit; the exit code is 1 beyond it."""
    try:
        return measure()
    except pytest.skip.Exception as reason:
        print(f"Left out: {reason}.")
        return 0
    except pytest.fail.Exception as reason:  # in CI nothing is left out
        print(f"Not measured: {reason}.")
        return 1


def measure() -> int:
    """Print the table."""
    table = Table("", "seconds", "limit")
    with appliance("appliance-measured", LIMITS.replace("= 10.0", "= 600.0"), Booth) as booth:
        booth.begin()
        booth.boot()
        booth.wait(lambda: booth.is_active("kiosk-central"), PATIENCE_S, "the central backend")
        booth.enrol()
        booth.run("systemctl", "restart", "kiosk.target")
        booth.wait(lambda: booth.is_well(booth.base), PATIENCE_S, "the booth")
        starts = [cold_start(booth) for _ in range(STARTS)]
        booth.wait(lambda: booth.is_well(booth.base), PATIENCE_S, "the booth")
        whole, dark = switch(booth)
        returned = back(booth)
    table.add_row("cold start to first frame, median", f"{statistics.median(starts):.1f}", "")
    table.add_row("update: download, install, checks, switch", f"{whole:.1f}", "")
    table.add_row("of these nobody is served for", f"{dark:.1f}", "")
    table.add_row("back to the release before", f"{returned:.1f}", f"{BACK_TARGET_S:.0f}")
    Console().print(table)
    return int(returned > BACK_TARGET_S)


if __name__ == "__main__":
    sys.exit(main())
