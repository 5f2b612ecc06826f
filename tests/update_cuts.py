"""Where the power is cut while a release comes, proves itself and goes, and what must hold after.

The points are those at which something changes on the disk: see `power.Cut`.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from appliance_files import PROGRAM
from power import UNITS, Cut, command_of
from updating_booth import OPERATIONS, STATE, Booth

from kiosk.update.accounts import USERS
from kiosk.update.errors import UnitsRefused
from kiosk.update.slots import Slots
from kiosk.update.units import UnitPlaces, place

OUTBOX = "var/lib/campus-capture-kiosk/outbox"
_BOUND_S = 240.0
_UNITS_S = 30.0
_UPDATER = "*/campus-capture-kiosk-update"
_PLACED = "*/.campus-capture-kiosk.placed"


def _cuts(unit: str, *rows: tuple[str, str, str] | tuple[str, str, str, int]) -> tuple[Cut, ...]:
    return tuple(Cut(stage, unit, *row) for stage, *row in rows)


COMES = (
    *_cuts(
        "kiosk-update",
        ("download", "open", "*/metadata/tmp*"),
        ("download", "unlink", "*/metadata/root.json"),
        ("download", "rename", "*/metadata/timestamp.json"),
        ("download", "rename", "*/metadata/snapshot.json"),
        ("download", "rename", "*/metadata/targets.json"),
        ("download", "write", "*/wheels/*.json"),
        ("download", "write", "*/wheels/*.whl", 20),
        ("install", "mkdir", "*/releases/*"),
        ("install", "write", "*/releases/*", 1000),
        ("install", "rename", "*/releases/*.pyc", 100),
        ("install", "open", "*/releases/*/bin/kiosk"),
        ("install", "sync", "*"),
        ("install", "rename", "*/.complete"),
        ("install", "fsync", "*/releases/*"),
        ("preflight", "mkdir", "*/.preflight-*"),
        ("preflight", "link", "*/.preflight-*"),
        ("preflight", "fdatasync", "*/outbox.db-journal"),
        ("preflight", "unlink", "*/.preflight-*/outbox/*.db"),
        ("switch", "write", "*/.state.json.new"),
        ("switch", "rename", "*/state.json"),
        ("switch", "fsync", _UPDATER),
        ("switch", "rename", "*/current"),
        ("switch", "fsync", "*/campus-capture-kiosk"),
    ),
    *_cuts(
        "kiosk-units",
        ("units", "rename", "*/sysusers.d/campus-capture-kiosk.conf"),
        ("units", "write", "*/.kiosk-outbox.service.new"),
        ("units", "rename", "*/kiosk-outbox.service"),
        ("units", "rename", _PLACED),
    ),
    *_cuts("kiosk-users", ("units", "rename", "/etc/passwd")),
    *_cuts(
        "kiosk",
        ("first start", "write", "*/.state.json.new"),
        ("first start", "rename", "*/state.json"),
    ),
    *_cuts(
        "kiosk-health",
        ("proof", "rename", "*/state.json"),
        ("proof", "fsync", _UPDATER, 2),
    ),
    *_cuts("kiosk", ("proof", "rename", "*/state.json")),
    *_cuts(
        "kiosk-health",
        ("commit", "rename", "*/committed"),
        ("commit", "fsync", "*/campus-capture-kiosk"),
        ("commit", "write", "*/.state.json.new"),
        ("commit", "rename", "*/state.json"),
    ),
    *_cuts(
        "kiosk-units",
        ("commit", "write", "*/.kiosk-health.service.new"),
        ("commit", "rename", "*/kiosk-health.service"),
        ("commit", "rename", _PLACED),
    ),
)
"""A release that brings another outbox unit and another judge: from the look to its commit."""

GOES = (
    # The third start is one too many.
    *_cuts(
        "kiosk",
        ("rollback", "rename", "*/state.json", 3),
        ("rollback", "rename", "*/current"),
        ("rollback", "fsync", "*/campus-capture-kiosk"),
    ),
    *_cuts(
        "kiosk-units",
        ("rollback", "write", "*/.kiosk-outbox.service.new"),
        ("rollback", "rename", "*/kiosk-outbox.service"),
    ),
    *_cuts(
        "kiosk",
        ("rollback", "write", "*/.state.json.new"),
        ("rollback", "rename", "*/state.json"),
    ),
)
"""A release that brings another outbox unit and crashes: from its third start to the one before."""


def sealed(root: Path) -> dict[str, str]:
    """Return the photos that wait in a booth's outbox: the hash of each file by its name."""
    return {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in (root / OUTBOX / "entries").glob("*.sealed")
    }


def boots_and_works(
    root: Path, name: str, *, photos: dict[str, str], bad: str, update: bool
) -> str:
    """Switch a machine on after a power cut, and look whether all is as it has to be.

    Args:
        root: what its disk holds.
        name: of the machine.
        photos: that waited before.
        bad: a version that does not work.
        update: whether to see that updates go on, too.

    Returns:
        What runs now, for people.
    """
    _make_calm(root)
    machine = Booth(root, name)
    try:
        machine.boot()
        machine.wait(lambda: machine.is_well(machine.slot("current")), _BOUND_S, "the booth")
        assert machine.is_active("kiosk.target", "kiosk-health.timer", "kiosk-update.timer")
        told = _one_version_works(machine, bad)
        _data_is_whole(machine, photos)
        if update:
            machine.look()
            state = machine.update_state()
            assert not state["last_error"] or bad in state["refused"], state
            assert state["trial"] or machine.slot("current") == machine.slot("committed")
            left = list((root / OUTBOX).parent.glob(".preflight-*"))
            assert not left, f"a copy of the outbox stays behind: {left}"
            told += "; updates go on: " + (machine.trial_version() or "up to date")
            machine.wait(lambda: machine.is_well(machine.slot("current")), _BOUND_S, "the booth")
            _data_is_whole(machine, photos)
        return told
    finally:
        machine.scrap()


def _make_calm(root: Path) -> None:
    """Take away what held up writes, and the central backend, which lies on the same machine.

    Releases are then taken as from a stick: nobody can be asked which version to run.
    """
    units = root / "etc/systemd/system"
    for unit in (*UNITS, "kiosk.service"):
        (units / f"{unit}.d" / "power.conf").unlink()
    (units / "kiosk-health.timer.d" / "often.conf").unlink()
    (units / "multi-user.target.wants" / "kiosk-central.service").unlink()
    command = command_of(root, "kiosk-update.service", "ExecStart")
    served = f"/{OPERATIONS}/served"
    (units / "kiosk-update.service.d" / "stick.conf").write_text(
        f"[Service]\nExecStart=\nExecStart={command} --stick {served}\n"
    )


def _one_version_works(machine: Booth, bad: str) -> str:
    current, committed = machine.slot("current"), machine.slot("committed")
    for slot in (current, committed):
        assert (machine.root / PROGRAM / "releases" / slot / ".complete").exists(), slot
    trial = machine.update_state().get("trial")
    if trial is None:
        assert current == committed
    else:
        assert current == trial["slot"] != committed
    assert not current.startswith(f"{bad}-"), "it does not work"
    own = machine.root / "usr/local/lib"
    places = UnitPlaces(
        own / "systemd/system", own / "udev/rules.d", own / "sysusers.d", own / "tmpfiles.d"
    )
    machine.wait(
        lambda: _are_placed(machine.root, places), _UNITS_S, "the units of the releases that run"
    )
    for line in places.of(USERS).read_text().splitlines():
        if line.startswith("u "):
            machine.run("id", line.split()[1])
    version = current.rsplit("-", 1)[0]
    return f"{version}, {'on trial' if trial else 'proved'}"


def _are_placed(root: Path, places: UnitPlaces) -> bool:
    def refuse(_: object) -> None:
        raise UnitsRefused("looked at only")

    try:
        return not place(Slots(root / PROGRAM), places, refuse)
    except UnitsRefused:
        return False


def _data_is_whole(machine: Booth, photos: dict[str, str]) -> None:
    assert photos
    assert sealed(machine.root) == photos
    index = f"file:/{OUTBOX}/outbox.db?mode=ro"
    assert machine.say("sqlite3", index, "select state from entries") == "waiting"
    assert machine.say("sqlite3", index, "pragma integrity_check") == "ok"
    assert (machine.root / STATE).exists()
