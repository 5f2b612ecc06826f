"""Which programs have a device file open: who it is that holds a camera.

A USB camera serves one program at a time. When it is claimed already, the one useful thing to
tell staff is by whom.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_PORT: Final = re.compile(r"usb:(\d+),(\d+)")


def usb_node(port: str) -> Path | None:
    """Return the device file of a libgphoto2 port such as ``usb:001,005``, None for others."""
    found = _PORT.fullmatch(port)
    if found is None:
        return None
    return Path("/dev/bus/usb") / f"{int(found[1]):03d}" / f"{int(found[2]):03d}"


@dataclass(frozen=True, slots=True)
class Holder:
    """A process that has a device open.

    Attributes:
        pid: its number.
        name: its program's name.
        node: the device file.
    """

    pid: int
    name: str
    node: str

    def __str__(self) -> str:
        return f"{self.name} ({self.pid})"


def holders(node: Path, proc: Path = Path("/proc")) -> tuple[str, ...]:
    """Return who has a device file open, each as ``name (process id)``.

    Processes that may not be looked into are left out: without root that is every process of
    other users.

    Args:
        node: the device file.
        proc: the process file system.
    """
    found, _ = all_holders((str(node),), proc, whole=True)
    return tuple(str(holder) for holder in found)


def all_holders(
    nodes: tuple[str, ...], proc: Path = Path("/proc"), *, whole: bool = False
) -> tuple[tuple[Holder, ...], int]:
    """Return who has any of some device files open, and how many could not be looked into.

    Args:
        nodes: the device files, or how their names begin.
        proc: the process file system.
        whole: whether `nodes` are whole names.
    """
    found: list[Holder] = []
    unseen = 0
    for process in sorted(proc.glob("[0-9]*"), key=lambda path: int(path.name)):
        try:
            targets = {_target(link) for link in (process / "fd").iterdir()}
            held = sorted(t for t in targets if (t in nodes if whole else t.startswith(nodes)))
            if held:
                name = _name(process)
                found += [Holder(int(process.name), name, node) for node in held]
        except PermissionError:
            unseen += 1
        except OSError:
            continue  # it has ended
    return tuple(found), unseen


def _name(process: Path) -> str:
    """The program's whole name; ``comm`` has only 15 letters of it."""
    try:
        command = (process / "cmdline").read_bytes().split(b"\0")[0].decode(errors="replace")
    except FileNotFoundError:
        command = ""
    return Path(command).name or (process / "comm").read_text().strip()


def _target(link: Path) -> str:
    try:
        return str(link.readlink())
    except OSError:
        return ""
