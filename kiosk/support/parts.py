"""The parts of a bundle, each from what the booth has anyway. Nothing is opened that it uses."""

from __future__ import annotations

import dataclasses
import json
import os
import platform
import shutil
import subprocess
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any

from calibration.profile import SUFFIX as PROFILE_SUFFIX
from hardware.cups_ipp import PrintService
from kiosk import __version__
from kiosk.booth import machine_health
from kiosk.booth.device_log import FILE as DEVICE_LOG
from kiosk.booth.paths import BoothPaths
from kiosk.central.opening import open_outbox
from kiosk.devices import found
from kiosk.doctor.checks import all_checks
from kiosk.doctor.finding import examine
from kiosk.settings import Settings
from kiosk.support.errors import SupportError
from kiosk.support.journal import UNITS
from kiosk.update.on_this_machine import Places
from kiosk.update.slots import Slots

_PROPERTIES = (
    "Id,LoadState,ActiveState,SubState,Result,NRestarts,StatusText,ExecMainStatus,"
    "ActiveEnterTimestamp,MemoryCurrent,FragmentPath,DropInPaths"
)
_LARGEST_PROFILE = 1_000_000


@dataclass(frozen=True, slots=True)
class Booth:
    """What a bundle is made of.

    Attributes:
        settings: of the booth.
        config: its settings file.
        paths: where it keeps what.
        places: where the updater does.
    """

    settings: Settings
    config: Path | None
    paths: BoothPaths
    places: Places = dataclasses.field(default_factory=Places)


def all_parts(booth: Booth) -> Mapping[str, Callable[[], Any]]:
    """Return file name to what makes its content, a value of JSON."""
    return {
        "versions.json": versions,
        "settings.json": lambda: booth.settings.model_dump(mode="json"),
        "machine.json": lambda: machine(booth.paths.data),
        "doctor.json": lambda: doctor(booth.config),
        "units.json": lambda: units(booth.settings.support.time_out_s),
        "devices.json": lambda: devices(booth),
        "outbox.json": lambda: outbox(booth),
        "calibration.json": lambda: calibration(booth.paths.profile),
        "update.json": lambda: update(booth.places),
    }


def versions() -> dict[str, Any]:
    """Return what runs here."""
    system = platform.freedesktop_os_release()
    return {
        "kiosk": __version__,
        "python": platform.python_version(),
        "system": system.get("PRETTY_NAME", ""),
        "kernel": platform.release(),
        "machine": platform.machine(),
        "packages": dict(sorted((d.name, d.version) for d in metadata.distributions())),
    }


def machine(data: Path) -> dict[str, Any]:
    """Return how the computer is: heat, supply, clock, disk, memory, load."""
    disk = shutil.disk_usage(data)
    memory = Path("/proc/meminfo").read_text(encoding="ascii").splitlines()
    return {
        **dataclasses.asdict(machine_health.look()),
        "disk_free_bytes": disk.free,
        "disk_total_bytes": disk.total,
        "load": os.getloadavg(),
        "uptime_s": float(Path("/proc/uptime").read_text(encoding="ascii").split()[0]),
        "memory": dict(line.split(":", 1) for line in memory[:5]),
    }


def doctor(config: Path | None) -> list[dict[str, Any]]:
    """Return what the doctor finds while the booth runs: what would disturb it is left out."""
    checks = all_checks(config, None)
    return [dataclasses.asdict(finding) for finding in examine(checks)]


def units(time_out_s: float) -> list[dict[str, str]]:
    """Return how systemd sees the booth's units.

    Raises:
        SupportError: there is no systemd to ask.
    """
    names = ["kiosk.target", *UNITS, "kiosk-update.timer", "kiosk-health.timer"]
    try:
        done = subprocess.run(  # noqa: S603 - our own command
            ["systemctl", "show", f"--property={_PROPERTIES}", *names],  # noqa: S607 - found on the path
            check=False, capture_output=True, text=True, errors="replace", timeout=time_out_s,
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired) as error:
        raise SupportError(f"systemd cannot be asked: {error}.") from error
    if done.returncode:
        raise SupportError(f"systemd cannot be asked: {done.stderr.strip()[-200:]}")
    return [
        dict(line.split("=", 1) for line in block.splitlines() if "=" in line)
        for block in done.stdout.split("\n\n")
    ]


def devices(booth: Booth) -> dict[str, Any]:
    """Return what is plugged in, and how the cameras fared since the booth started."""
    printer = booth.settings.printer
    there, missed = found.look(PrintService(printer.server, deadline_s=printer.answer_s))
    log = booth.paths.data / DEVICE_LOG
    return {
        "plugged_in": [found.as_json(one) for one in there],
        "not_looked_for": [dataclasses.asdict(one) for one in missed],
        "cameras": json.loads(log.read_text(encoding="utf-8")) if log.exists() else [],
    }


def outbox(booth: Booth) -> dict[str, Any]:
    """Return the outbox in figures."""
    with open_outbox(booth.settings, booth.paths.base, make=False) as opened:
        return dataclasses.asdict(opened.counts())


def calibration(profile: Path | None) -> Any:
    """Return the newest profile's figures, without its pictures; None where there is none."""
    if profile is not None and profile.is_dir():
        profile = max(
            profile.glob(f"*{PROFILE_SUFFIX}"), key=lambda p: p.stat().st_mtime, default=None
        )
    if profile is None or not profile.exists():
        return None
    with zipfile.ZipFile(profile) as archive:
        if archive.getinfo("profile.json").file_size > _LARGEST_PROFILE:
            raise SupportError("The profile is too large.")
        return json.loads(archive.read("profile.json"))


def update(places: Places) -> dict[str, Any]:
    """Return the releases that are here, and what became of updates."""
    slots = Slots(places.root)
    releases = places.root / "releases"
    state = places.state
    return {
        "current": slots.current,
        "committed": slots.committed,
        "installed": sorted(p.name for p in releases.iterdir()) if releases.is_dir() else [],
        "state": json.loads(state.read_text(encoding="utf-8")) if state.exists() else None,
    }
