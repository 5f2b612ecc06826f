"""A release brings its own units: taken at the switch, given back on the way back, checked."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from update_machine import TestMachine, cut_power_at

from kiosk.update import units
from kiosk.update.accounts import FOLDERS, USERS, check_folders, check_users
from kiosk.update.errors import UnitsRefused
from kiosk.update.units import IN_SLOT, UnitPlaces, place, read

OWNER = os.getuid()
SYSTEMD = Path(__file__).parents[2] / "systemd"
TARGET = b"Wants=kiosk.service kiosk-units.service\nWants=kiosk-health.timer kiosk-update.timer\n"
OLD = {
    "kiosk.service": b"old", "kiosk-health.service": b"old judge", "kiosk.target": TARGET,
    USERS: b'u kiosk - "Photo booth" /var/lib/campus-capture-kiosk\n',
    FOLDERS: b"d /var/lib/campus-capture-kiosk 0700 kiosk kiosk -\n",
    "kiosk-central.service": b"central", "72-campus-capture-kiosk.rules": b"old rules",
    "install.sh": b"not a unit",
}  # fmt: skip
NEW = OLD | {
    "kiosk.service": b"new", "kiosk-health.service": b"new judge",
    "kiosk-support.path": b"one more",
    USERS: b'u kiosk - "Photo booth" /var/lib/campus-capture-kiosk\nm kiosk dialout\n',
    "72-campus-capture-kiosk.rules": b"new rules",
}  # fmt: skip


class Booth:
    """A machine with an old release that runs, and a new one beside it."""

    def __init__(self, folder: Path, old: dict[str, bytes], new: dict[str, bytes]) -> None:
        self.machine = TestMachine(folder).with_old()
        self.slots = self.machine.slots
        self.old = self.slots.current or ""
        self.new = self.machine.install("2.0-0123456789ab")
        self.places = UnitPlaces(
            folder / "units", folder / "rules", folder / "users", folder / "folders"
        )
        self.places.units.mkdir()
        self.verified: list[str] = []
        for slot, files in ((self.old, old), (self.new, new)):
            self.fill(slot, files)

    def fill(self, slot: str, files: dict[str, bytes]) -> None:
        folder = self.slots.folder(slot) / IN_SLOT
        for name, content in files.items():
            folder.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(content)
        for path in (self.slots.folder(slot), *self.slots.folder(slot).rglob("*")):
            path.chmod(0o755 if path.is_dir() else 0o644)

    def place(self) -> list[str]:
        return place(self.slots, self.places, lambda u: self.verified.extend(sorted(u)), OWNER)

    def there(self) -> dict[str, bytes]:
        found = {
            path.name: path.read_bytes()
            for folder in (self.places.units, self.places.rules)
            if folder.exists()
            for path in folder.iterdir()
            if not path.name.startswith(".")
        }
        for name in (USERS, FOLDERS):
            if self.places.of(name).exists():
                found[name] = self.places.of(name).read_bytes()
        return found


@pytest.fixture
def booth(tmp_path: Path) -> Booth:
    made = Booth(tmp_path, OLD, NEW)
    made.place()
    return made


def without(files: dict[str, bytes], *names: str) -> dict[str, bytes]:
    return {name: content for name, content in files.items() if name not in names}


OLD_THERE = without(OLD, "install.sh", "kiosk-central.service")
TRIAL_THERE = without(NEW, "install.sh", "kiosk-central.service") | {
    "kiosk-health.service": b"old judge"
}


def test_on_trial_the_booth_s_units_are_new_and_the_judge_stays(booth: Booth) -> None:
    assert booth.there() == OLD_THERE
    assert booth.place() == [], "again it changes nothing"
    booth.slots.make_current(booth.new)
    assert booth.place() == [
        "72-campus-capture-kiosk.rules", USERS, "kiosk-support.path", "kiosk.service",
    ]  # fmt: skip
    assert booth.there() == TRIAL_THERE
    booth.slots.make_committed(booth.new)
    assert booth.place() == ["kiosk-health.service"]
    assert booth.there() == without(NEW, "install.sh", "kiosk-central.service")


def test_on_the_way_back_everything_is_as_before(booth: Booth) -> None:
    booth.slots.make_current(booth.new)
    booth.place()
    booth.slots.make_current(booth.old)
    assert "kiosk-support.path" in booth.place(), "what the new one brought goes with it"
    assert booth.there() == OLD_THERE


def test_what_an_administrator_put_there_stays(booth: Booth) -> None:
    (booth.places.units / "kiosk-local.service").write_bytes(b"theirs")
    (booth.places.units / "other.service").write_bytes(b"theirs")
    booth.slots.make_current(booth.new)
    booth.place()
    booth.slots.make_current(booth.old)
    booth.place()
    assert {"kiosk-local.service", "other.service"} <= set(booth.there())


def test_where_the_central_backend_is_installed_its_unit_follows(booth: Booth) -> None:
    (booth.places.units / "kiosk-central.service").write_bytes(b"older still")
    assert booth.place() == ["kiosk-central.service"]


def test_its_socket_goes_where_it_is_and_nowhere_else(tmp_path: Path) -> None:
    booth = Booth(tmp_path, OLD | {"kiosk-central.socket": b"port"}, NEW)
    booth.place()
    assert booth.there() == OLD_THERE
    (booth.places.units / "kiosk-central.service").write_bytes(b"older still")
    assert booth.place() == ["kiosk-central.service", "kiosk-central.socket"]


@pytest.mark.parametrize("empty", ["old", "new"])
def test_without_a_way_back_or_without_units_nothing_is_placed(tmp_path: Path, empty: str) -> None:
    booth = Booth(tmp_path, {} if empty == "old" else OLD, {} if empty == "new" else NEW)
    booth.slots.make_current(booth.new)
    assert booth.place() == []
    assert booth.there() == {}


def test_power_cut_anywhere_is_mended_by_the_next_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from update_machine import PowerCut

    number, cuts = 0, 0
    while True:
        number += 1
        booth = Booth(tmp_path / f"cut-{number}", OLD, NEW)
        booth.place()
        booth.slots.make_current(booth.new)
        with monkeypatch.context() as patched:
            cut_power_at(patched, number)
            try:
                booth.place()
            except PowerCut:
                cuts += 1
            else:
                break
        whole = set(OLD_THERE.values()) | set(NEW.values())
        assert set(booth.there().values()) <= whole, "never half a unit"
        booth.slots.make_current(booth.old)
        booth.place()
        assert booth.there() == OLD_THERE, "whatever was cut, the way back leads back"
    assert cuts > 10


@pytest.mark.parametrize(
    "left_out", ["kiosk.service", "kiosk-health.timer", "kiosk-update.timer", "kiosk-units.service"]
)
def test_a_target_that_starts_no_booth_or_no_judge_is_not_placed(
    tmp_path: Path, left_out: str
) -> None:
    """After the next boot nobody would run, and nobody would notice."""
    lacking = TARGET.replace(left_out.encode(), b"")
    booth = Booth(tmp_path, OLD, NEW | {"kiosk.target": lacking})
    booth.place()
    booth.slots.make_current(booth.new)
    with pytest.raises(UnitsRefused, match=left_out):
        booth.place()
    assert booth.there() == OLD_THERE


@pytest.mark.parametrize(
    ("name", "line"),
    [(USERS, "u kiosk 0"), (USERS, "u mallory -"), (USERS, "r - 500-900"), (USERS, "u! kiosk -"),
     (USERS, "m kiosk sudo"), (USERS, "m kiosk shadow"), (USERS, "m root kiosk"), (USERS, "u"),
     (USERS, "u kiosk - - /root"), (USERS, "u kiosk - - - /bin/sh"), (USERS, "u kiosk - 'open"),
     (USERS, "m kiosk \u00e9"),
     (FOLDERS, "R /var/lib/campus-capture-kiosk"),
     (FOLDERS, "D /var/lib/campus-capture-kiosk 0700"),
     (FOLDERS, "f+ /etc/campus-capture-kiosk/kiosk.toml 0640 root kiosk"),
     (FOLDERS, "d /etc/cron.d 0755 root root"), (FOLDERS, "z /etc/shadow 0644 root root"),
     (FOLDERS, "d /var/lib/campus-capture-kiosk/../x 0700 kiosk kiosk"),
     (FOLDERS, "d /var/lib/campus-capture-kiosk 0700 kiosk kiosk 10d"),
     (FOLDERS, "z /var/lib/campus-capture-kiosk/* 0700 kiosk kiosk"),
     (FOLDERS, "d /var/lib/campus-capture-kiosk 0777 kiosk kiosk"),
     (FOLDERS, "d /var/lib/campus-capture-kiosk 4755 kiosk kiosk"),
     (FOLDERS, "d /var/lib/campus-capture-kiosk 0755 mallory kiosk"),
     (FOLDERS, "f /etc/campus-capture-kiosk/x 0644 root root - content"),
     (FOLDERS, "d /var/lib/campus-capture-%v 0755 root root")],
)  # fmt: skip
def test_users_and_folders_are_made_and_nothing_else(tmp_path: Path, name: str, line: str) -> None:
    booth = Booth(tmp_path, OLD, NEW | {name: OLD[name] + line.encode() + b"\n"})
    booth.place()
    booth.slots.make_current(booth.new)
    with pytest.raises(UnitsRefused):
        booth.place()
    assert booth.there() == OLD_THERE


def test_our_own_users_and_folders_may_be_made() -> None:
    check_users((SYSTEMD / USERS).read_bytes())
    check_folders((SYSTEMD / FOLDERS).read_bytes())
    check_users(b"g kiosk-lamps -\nu kiosk-lamps - 'Lamps' - /usr/sbin/nologin\nm kiosk dialout\n")
    check_folders(b"d /run/campus-capture-kiosk/a.b 0750 root kiosk\n")


def test_units_systemd_does_not_take_are_not_placed(booth: Booth) -> None:
    booth.slots.make_current(booth.new)

    def refuse(_: object) -> None:
        raise UnitsRefused("systemd does not take the units")

    with pytest.raises(UnitsRefused):
        place(booth.slots, booth.places, refuse, OWNER)
    assert booth.there() == OLD_THERE


@pytest.mark.parametrize(
    ("error", "code"), [(OSError("no space left"), os.EX_TEMPFAIL), (UnitsRefused("no unit"), 1)]
)
def test_what_passes_is_tried_again_by_systemd_and_what_does_not_is_not(
    monkeypatch: pytest.MonkeyPatch, error: Exception, code: int
) -> None:
    def fail(*_: object) -> None:
        raise error

    monkeypatch.setattr(units, "place", fail)
    assert units.main([]) == code
    service = (SYSTEMD / "kiosk-units.service").read_text()
    assert "Restart=on-failure\n" in service
    assert "RestartPreventExitStatus=1\n" in service


@pytest.mark.parametrize(
    "how", ["link", "folder link", "writable", "writable folder", "large", "many"]
)
def test_what_is_not_root_s_alone_is_refused_whole(booth: Booth, how: str) -> None:
    folder = booth.slots.folder(booth.new) / IN_SLOT
    unit = folder / "kiosk.service"
    if how == "link":
        unit.unlink()
        unit.symlink_to("/etc/shadow")
    elif how == "folder link":
        folder.rename(folder.with_name("moved"))
        folder.symlink_to(folder.with_name("moved"))
    elif how == "writable":
        unit.chmod(0o666)
    elif how == "writable folder":
        folder.parent.chmod(0o777)
    elif how == "large":
        unit.write_bytes(bytes(200_000))
    else:
        letters = "abcdefghijklmnopqrstuvwxyz"
        for name in (f"kiosk-{a}{b}.timer" for a in letters[:3] for b in letters):
            (folder / name).write_bytes(b"x")
    booth.slots.make_current(booth.new)
    with pytest.raises(UnitsRefused):
        booth.place()
    assert booth.there() == OLD_THERE
    with pytest.raises(UnitsRefused):
        read(booth.slots.folder(booth.old), OWNER + 1)


def test_names_that_are_none_of_ours_are_left_alone(tmp_path: Path) -> None:
    strange = {"ssh.service": b"x", "kiosk.service.d": b"x",
               "getty@.service": b"x", "KIOSK.service": b"x", "kiosk.mount": b"x"}  # fmt: skip
    booth = Booth(tmp_path, OLD | strange, NEW)
    booth.place()
    assert booth.there() == OLD_THERE


def test_every_unit_of_ours_is_one_that_updates_take() -> None:
    ours = {p.name for p in SYSTEMD.iterdir()}
    endings = (".service", ".timer", ".path", ".socket", ".target", ".rules")
    taken = {n for n in ours if n.endswith(endings)} | {USERS, FOLDERS}
    assert {n for n in ours if units._is_ours(n)} == taken
    assert ours >= units._WATCHERS
    units._check_contents({p.name: p.read_bytes() for p in SYSTEMD.iterdir() if p.is_file()})


def test_the_wheel_brings_them() -> None:
    import tomllib

    project = tomllib.loads((SYSTEMD.parent / "pyproject.toml").read_text())
    shared = project["tool"]["hatch"]["build"]["targets"]["wheel"]["shared-data"]
    assert shared == {"systemd": str(IN_SLOT)}
    assert " systemd " in (SYSTEMD / "install.sh").read_text().split("tar -cf", 1)[1][:200]
