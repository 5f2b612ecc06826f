"""Which programs have a device file open: who it is that holds a camera.

A USB camera serves one program at a time. When it is claimed already, the one useful thing to
tell staff is by whom.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

_PORT: Final = re.compile(r"usb:(\d+),(\d+)")


def usb_node(port: str) -> Path | None:
    """Return the device file of a libgphoto2 port such as ``usb:001,005``, None for others."""
    found = _PORT.fullmatch(port)
    if found is None:
        return None
    return Path("/dev/bus/usb") / f"{int(found[1]):03d}" / f"{int(found[2]):03d}"


def holders(node: Path, proc: Path = Path("/proc")) -> tuple[str, ...]:
    """Return who has a device file open, each as ``name (process id)``.

    Processes that may not be looked into are left out: without root that is every process of
    other users.

    Args:
        node: the device file.
        proc: the process file system.
    """
    found = []
    for process in sorted(proc.glob("[0-9]*"), key=lambda path: int(path.name)):
        try:
            if any(_leads_to(link, node) for link in (process / "fd").iterdir()):
                found.append(f"{_name(process)} ({process.name})")
        except OSError:
            continue  # it has ended, or belongs to somebody else
    return tuple(found)


def _name(process: Path) -> str:
    """The program's whole name; ``comm`` has only 15 letters of it."""
    command = (process / "cmdline").read_bytes().split(b"\0")[0].decode(errors="replace")
    return Path(command).name or (process / "comm").read_text().strip()


def _leads_to(link: Path, node: Path) -> bool:
    try:
        return link.readlink() == node
    except OSError:
        return False
