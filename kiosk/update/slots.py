"""The folders releases live in, and the links that say which one runs.

    <root>/releases/<slot>   one release each, a virtual environment; complete once it is marked
    <root>/current           link to the slot that runs
    <root>/committed         link to the slot that has proved itself

Links are replaced in one step, so that there is always one, whole. Standard library only.
"""

from __future__ import annotations

import os
import re
import shutil
from dataclasses import dataclass
from pathlib import Path

from kiosk.update.errors import SlotError

_SLOT = re.compile(r"^[A-Za-z0-9][A-Za-z0-9._+-]{0,99}$")
_COMPLETE = ".complete"


def sync_folder(folder: Path) -> None:
    """Put a folder's entries on the disk: a rename survives a power cut only after that."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def replace_file(path: Path, content: bytes) -> None:
    """Write a file whole or not at all, also through a power cut; anybody may read it.

    Raises:
        OSError: the disk does not take it; the old file stands.
    """
    draft = path.with_name(f".{path.name}.new")
    with draft.open("wb") as file:
        # Before each start of the booth the judge writes under that service's narrow umask.
        os.fchmod(file.fileno(), 0o644)
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
    sync_folder(path.parent)


def version_of_slot(slot: str) -> str:
    """Return the version in a slot's name."""
    return slot.rsplit("-", 1)[0]


@dataclass(frozen=True, slots=True)
class Slots:
    """The releases of this machine.

    Attributes:
        root: the program's folder, ``/opt/campus-capture-kiosk`` on a booth.
    """

    root: Path

    def folder(self, slot: str) -> Path:
        """Return a slot's folder, whether or not it exists.

        Raises:
            SlotError: that is no name of a slot.
        """
        if not _SLOT.match(slot):
            raise SlotError(f"{slot!r} is no name of a release's folder.")
        return self.root / "releases" / slot

    @property
    def current(self) -> str | None:
        """Return the slot that runs; None when there is no such link."""
        return self._target("current")

    @property
    def committed(self) -> str | None:
        """Return the slot that has proved itself; None when there is no such link."""
        return self._target("committed")

    def is_complete(self, slot: str) -> bool:
        """Return whether a slot was installed to its end."""
        return (self.folder(slot) / _COMPLETE).is_file()

    def mark_complete(self, slot: str) -> None:
        """Say that a slot was installed to its end: everything in it is on the disk first."""
        folder = self.folder(slot)
        os.sync()
        replace_file(folder / _COMPLETE, b"")

    def make_current(self, slot: str) -> None:
        """Have this slot run from the next start on.

        Raises:
            SlotError: it is not complete.
        """
        self._point("current", slot)

    def make_committed(self, slot: str) -> None:
        """Say that this slot has proved itself.

        Raises:
            SlotError: it is not complete.
        """
        self._point("committed", slot)

    def begin(self, slot: str) -> Path:
        """Return the empty folder of a slot that is about to be installed.

        Raises:
            SlotError: the slot runs, or is the one to fall back to.
        """
        if slot in (self.current, self.committed):
            raise SlotError(f"{slot} is in use; nothing is installed over it.")
        folder = self.folder(slot)
        if folder.exists():
            _remove(folder)
        folder.mkdir(parents=True)
        return folder

    def remove_others(self, *, wanted: str, keep: int = 0) -> list[str]:
        """Remove what is neither running, committed nor wanted, but for the `keep` newest.

        Returns:
            The removed slots.
        """
        used = {self.current, self.committed, wanted}
        releases = self.root / "releases"
        found = [p for p in releases.iterdir() if p.is_dir() and p.name not in used]
        found.sort(key=lambda p: p.stat().st_mtime, reverse=True)
        complete = [p for p in found if (p / _COMPLETE).is_file()]
        removed = [p for p in found if p not in complete[:keep]]
        for folder in removed:
            _remove(folder)
        return [p.name for p in removed]

    def _target(self, link: str) -> str | None:
        try:
            target = (self.root / link).readlink()
        except OSError:
            return None
        return target.name

    def _point(self, link: str, slot: str) -> None:
        if not self.is_complete(slot):
            raise SlotError(f"{slot} is not completely installed; '{link}' stays as it is.")
        new = self.root / f".{link}.new"
        new.unlink(missing_ok=True)
        new.symlink_to(Path("releases") / slot)
        new.replace(self.root / link)
        sync_folder(self.root)


def _remove(folder: Path) -> None:
    """Remove a slot; half removed it does not look complete, after a power cut either."""
    (folder / _COMPLETE).unlink(missing_ok=True)
    sync_folder(folder)
    shutil.rmtree(folder)
