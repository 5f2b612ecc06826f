"""The machine: Python, architecture, clock, service manager."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import kiosk
from kiosk.booth.machine_health import clock_is_synchronised
from kiosk.doctor.finding import Finding, failed, ok, warning

_PYTHONS = ((3, 11), (3, 12))
_MACHINES = ("x86_64", "aarch64")
_SYSTEMCTL_TIME_OUT_S = 5.0


def python(
    version: tuple[int, int] = sys.version_info[:2], machine: str = platform.machine()
) -> Finding:
    """Look at the Python version and the machine it runs on."""
    name = "python"
    what = f"Python {version[0]}.{version[1]} on {machine}"
    if version not in _PYTHONS:
        known = " or ".join(f"{a}.{b}" for a, b in _PYTHONS)
        return failed(
            name,
            f"{what} is not supported.",
            f"Bring Python {known} (docs/systemd.md says how) and install again.",
        )
    if machine not in _MACHINES:
        return failed(
            name,
            f"{what}: the face models exist for {' and '.join(_MACHINES)} only.",
            "Use a 64-bit system; a Raspberry Pi needs the 64-bit Raspberry Pi OS.",
        )
    return ok(name, f"{what}.")


def clock(
    synchronised: Callable[[], bool | None] | None = None,
    now: Callable[[], float] = time.time,
    installed_at: float | None = None,
) -> Finding:
    """Look at the clock: consent, shot and receipt carry its time.

    Args:
        synchronised: whether the kernel's clock is; None when that cannot be asked.
        now: seconds since 1970.
        installed_at: when this software was installed; no true clock shows an earlier time.
    """
    name = "clock"
    if installed_at is None:
        installed_at = Path(kiosk.__file__).stat().st_mtime
    at = now()
    shown = f"{datetime.fromtimestamp(at, UTC):%Y-%m-%d %H:%M} UTC"
    if at < installed_at:
        return failed(
            name,
            f"The clock shows {shown}, before this software was installed.",
            "Connect the network and say: timedatectl set-ntp true. "
            "A machine without network needs a battery-backed clock.",
        )
    state = (synchronised or clock_is_synchronised)()
    if state is None:
        return warning(
            name,
            f"The clock shows {shown}; whether it is synchronised cannot be asked here.",
            "Compare it with another clock.",
        )
    if not state:
        return warning(
            name,
            f"The clock shows {shown} and is not synchronised.",
            "Say: timedatectl set-ntp true",
        )
    return ok(name, f"{shown}, synchronised.")


def service(show: Callable[[], str | None] | None = None) -> Finding:
    """Look at whether systemd runs the booth and watches it.

    Args:
        show: what ``systemctl show kiosk.service`` says; None where there is no systemd.
    """
    name = "service"
    text = (show or _systemctl)()
    if text is None:
        return warning(
            name,
            "systemd does not run this machine, so nobody restarts the booth.",
            "For a demonstration that is all right; a booth needs systemd.",
        )
    values = dict(line.split("=", 1) for line in text.splitlines() if "=" in line)
    if values.get("LoadState") != "loaded":
        return warning(name, "kiosk.service is not installed.", "Run: sudo systemd/install.sh")
    if values.get("WatchdogUSec", "0") in ("0", "infinity", ""):
        return failed(
            name,
            "kiosk.service has no watchdog: a frozen screen would stay frozen.",
            "Set WatchdogSec= in kiosk.service, or install the shipped unit again.",
        )
    state = values.get("ActiveState", "unknown")
    if state == "failed":
        return failed(name, "kiosk.service has failed.", "Read why: journalctl -u kiosk -e")
    restarts = values.get("NRestarts", "0")
    again = f", restarted {restarts} times since boot" if restarts not in ("0", "") else ""
    return ok(name, f"kiosk.service is {state}, watched every {values['WatchdogUSec']}{again}.")


def _systemctl() -> str | None:
    program = shutil.which("systemctl")
    if program is None or not Path("/run/systemd/system").is_dir():
        return None
    properties = "LoadState,ActiveState,WatchdogUSec,NRestarts"
    answer = subprocess.run(  # noqa: S603 - a fixed command, found on the path
        [program, "show", "kiosk.service", f"--property={properties}"],
        capture_output=True,
        text=True,
        timeout=_SYSTEMCTL_TIME_OUT_S,
        check=False,
        env={**os.environ, "LC_ALL": "C"},
    )
    return answer.stdout
