"""Put a release's units, udev rules, users and folders in place of those before. Run as root.

A release brings the files of `systemd/` in its slot, which only root writes, after the signatures
of its wheels were checked. From there, and from nowhere else, they are taken:

- what the booth itself runs by, from the release that runs: at the switch, and on the way back.
  The lists of users and folders are among it (see `kiosk.update.accounts`);
- what judges and updates it (`_WATCHERS`), from the release that has proved itself: a release on
  trial never brings its own judge.

docs/decisions/0010 says why. Standard library only.

    python -m kiosk.update.units
"""

from __future__ import annotations

import argparse
import logging
import os
import re
import shutil
import stat
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from kiosk.update.accounts import FOLDERS, USERS, check_folders, check_users
from kiosk.update.errors import SlotError, UnitsRefused
from kiosk.update.slots import Slots, replace_file, sync_folder

_log = logging.getLogger(__name__)

IN_SLOT = Path("share/campus-capture-kiosk/systemd")
"""Where a release has its units: the wheel's data files."""

_UNIT = re.compile(r"^kiosk(-[a-z]+)*@?\.(service|timer|path|socket|target)$")
_RULES = "72-campus-capture-kiosk.rules"
_CONF = "campus-capture-kiosk.conf"
_CENTRAL = ("kiosk-central.service", "kiosk-central.socket")
_WATCHERS = frozenset(
    f"kiosk-{name}"
    for name in (
        "health.service", "health.timer", "update.service", "update.timer", "units.service",
    )
)  # fmt: skip
_TARGET = "kiosk.target"
_ALWAYS_STARTED = frozenset(
    {"kiosk.service", "kiosk-units.service", "kiosk-health.timer", "kiosk-update.timer"}
)
"""What no release may leave out of its target: nobody would start it, or take it back."""
_LARGEST = 100_000
_MOST = 60
_PLACED = ".campus-capture-kiosk.placed"
"""Lists what was put beside it by a release, so that another one may take it away."""
_VERIFY_S = 30.0
_USERS_SERVICE = "kiosk-users.service"

Content = Mapping[str, bytes]


@dataclass(frozen=True, slots=True)
class UnitPlaces:
    """Where units and rules go.

    Attributes:
        units: systemd's folder for what is neither the distribution's nor the administrator's.
        rules: udev's.
        users: systemd's for users and groups.
        folders: systemd's for folders that must be there.
    """

    units: Path = Path("/usr/local/lib/systemd/system")
    rules: Path = Path("/usr/local/lib/udev/rules.d")
    users: Path = Path("/usr/local/lib/sysusers.d")
    folders: Path = Path("/usr/local/lib/tmpfiles.d")

    def of(self, name: str) -> Path:
        """Return where a release's file goes."""
        others = {
            _RULES: self.rules / _RULES,
            USERS: self.users / _CONF,
            FOLDERS: self.folders / _CONF,
        }
        return others.get(name, self.units / name)


def place(
    slots: Slots, places: UnitPlaces, verify: Callable[[Content], None], owner: int = 0
) -> list[str]:
    """Bring all files to what the links say; return the names of those that have changed.

    Nothing is done, and nothing changes, while the committed release brings no units: there would
    be no way back. Done again it changes nothing.

    Args:
        slots: the releases.
        places: where to.
        verify: raises `UnitsRefused` for units that systemd does not take, `OSError` when it cannot
            be asked.
        owner: number of the user who alone may own and write what is taken.

    Raises:
        UnitsRefused: a release's files are not what they have to be; nothing has changed.
        OSError: the disk does not take it; doing it again does.
    """
    current, committed = slots.current, slots.committed
    if current is None or committed is None:
        return []
    proved = read(slots.folder(committed), owner)
    running = proved if current == committed else read(slots.folder(current), owner)
    if not proved or not running:
        return []
    wanted = {
        **{name: content for name, content in running.items() if name not in _WATCHERS},
        **{name: content for name, content in proved.items() if name in _WATCHERS},
    }
    if not (places.units / _CENTRAL[0]).exists():
        for name in _CENTRAL:
            wanted.pop(name, None)
    listed = places.units / _PLACED
    before = set(listed.read_text(encoding="ascii").split()) if listed.exists() else set()
    gone = [
        name for name in sorted(before - set(wanted)) if _is_ours(name) and places.of(name).exists()
    ]
    changed = [name for name in wanted if _content(places.of(name)) != wanted[name]]
    if not changed and not gone:
        return []
    _check_contents(wanted)
    verify({name: content for name, content in wanted.items() if _UNIT.match(name)})
    # First the list: what is put and not listed would stay for ever.
    added = {name for name in changed if not places.of(name).exists()}
    replace_file(listed, "\n".join(sorted(before | added)).encode())
    for name in changed:
        path = places.of(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        replace_file(path, wanted[name])
        path.chmod(0o644)
    for name in gone:
        places.of(name).unlink(missing_ok=True)
        sync_folder(places.of(name).parent)
    replace_file(listed, "\n".join(sorted((before | added) & set(wanted))).encode())
    return sorted((*changed, *gone))


def _check_contents(wanted: Content) -> None:
    if USERS in wanted:
        check_users(wanted[USERS])
    if FOLDERS in wanted:
        check_folders(wanted[FOLDERS])
    lines = wanted.get(_TARGET, b"").decode(errors="replace").splitlines()
    started = {word for line in lines if line.startswith("Wants=") for word in line[6:].split()}
    if missing := _ALWAYS_STARTED - started:
        raise UnitsRefused(f"{_TARGET} would not start {', '.join(sorted(missing))}.")


def read(slot: Path, owner: int = 0) -> Content:
    """Return the files a release brings, by name; empty for one from before releases did.

    Raises:
        UnitsRefused: one of them is a link, belongs to or may be written by somebody else, is too
            large, or has a name that is none of ours.
    """
    folder = slot / IN_SLOT
    if not folder.exists():
        return {}
    for part in (slot, *(slot / p for p in reversed(IN_SLOT.parents) if p != Path()), folder):
        _check(part, stat.S_ISDIR, owner)
    found: dict[str, bytes] = {}
    for path in sorted(folder.iterdir()):
        if not _is_ours(path.name):
            continue  # defaults and scripts: for install.sh
        state = _check(path, stat.S_ISREG, owner)
        if state.st_size > _LARGEST or len(found) >= _MOST:
            raise UnitsRefused(f"{path} is too large, or one too many.")
        found[path.name] = path.read_bytes()
    return found


def verify_with_systemd(units: Content) -> None:
    """Let systemd itself look at units before they are put in place.

    Raises:
        UnitsRefused: it does not take one of them.
        OSError: it cannot be asked now.
    """
    folder = Path(tempfile.mkdtemp(prefix="kiosk-units-"))
    try:
        for name, content in units.items():
            (folder / name).write_bytes(content)
        names = [str(folder / name) for name in sorted(units)]
        done = subprocess.run(  # noqa: S603 - systemd's own tool
            ["systemd-analyze", "verify", "--man=no", "--recursive-errors=no", *names],  # noqa: S607 - found on the path
            check=False, capture_output=True, text=True, timeout=_VERIFY_S,
            env={**os.environ, "SYSTEMD_UNIT_PATH": f"{folder}:"},
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired) as error:
        raise OSError(f"systemd cannot be asked about units: {error}") from error
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    if done.returncode:
        raise UnitsRefused(f"systemd does not take the units: {done.stderr.strip()[-500:]}")


def _check(path: Path, is_kind: Callable[[int], bool], owner: int) -> os.stat_result:
    state = path.lstat()
    if not is_kind(state.st_mode) or state.st_uid != owner or state.st_mode & 0o022:
        raise UnitsRefused(f"{path} is a link, or others than root may write it: nothing is taken.")
    return state


def _is_ours(name: str) -> bool:
    return name in (_RULES, USERS, FOLDERS) or _UNIT.match(name) is not None


def _content(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except OSError:
        return None


def main(arguments: list[str] | None = None) -> int:
    """Place what is wanted, and have systemd and udev read it.

    Returns:
        0; 1 when a release's files are refused, which trying again does not change; 75 when the
        disk did not take them now, after which systemd tries again.
    """
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    parser = argparse.ArgumentParser(prog="python -m kiosk.update.units")
    parser.add_argument("--root", type=Path, default=Path("/opt/campus-capture-kiosk"))
    given = parser.parse_args(arguments)
    try:
        changed = place(Slots(given.root), UnitPlaces(), verify_with_systemd)
    except OSError as error:
        _log.error("%s: tried again by itself", error)
        return os.EX_TEMPFAIL
    except (SlotError, UnitsRefused) as error:
        _log.error("%s", error)
        return 1
    if changed:
        _log.info("put in place: %s", ", ".join(changed))
        commands = [["systemctl", "daemon-reload"]]
        commands += [["udevadm", "control", "--reload"]] if _RULES in changed else []
        if {USERS, FOLDERS} & set(changed):
            # Queued, not waited for: it comes after this, and before the booth.
            commands.append(["systemctl", "--no-block", "start", _USERS_SERVICE])
        for command in commands:
            subprocess.run(command, check=False)  # noqa: S603 - our own commands
    return os.EX_OK


if __name__ == "__main__":
    sys.exit(main())
