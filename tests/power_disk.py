"""A disk of its own for a container, and what it held at the moments of power cuts.

It is mounted so that nothing gets there early and by chance: no commits but those a program asks
for, and no guess that a file renamed over another ought to be whole.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

_SIZE_BYTES = 4 * 1024**3  # sparse
_BLOCK_BYTES = 64 * 1024
_COPY_TRIES = 20


class Disk:
    """An ext4 of its own, mounted on a folder.

    Args:
        image: the file it lies in.
        folder: where it is mounted.
    """

    def __init__(self, image: Path, folder: Path) -> None:
        self._image, self.folder = image, folder

    def make(self) -> None:
        """Make it, empty."""
        with self._image.open("wb") as file:
            file.truncate(_SIZE_BYTES)
        run("mkfs.ext4", "-q", "-F", "-J", "size=8", str(self._image))

    def mount(self) -> None:
        """Mount it; after a power cut its journal is replayed."""
        self.folder.mkdir(parents=True, exist_ok=True)
        options = "loop,commit=600,noauto_da_alloc"
        run("mount", "-o", options, str(self._image), str(self.folder))

    def blocks(self) -> dict[int, bytes]:
        """Return what the device holds now, by number; blocks of zeros are left out."""
        device = run("losetup", "--noheadings", "--output=NAME", "-j", str(self._image))
        busy = [Path("/sys/block") / Path(device).name / name for name in ("stat", "inflight")]
        for _ in range(_COPY_TRIES):
            before = [path.read_text() for path in busy]
            found = _read_blocks(self._image)
            if before == [path.read_text() for path in busy]:
                return found
        raise AssertionError("the disk is written to all the time: no copy of one moment")


class Images:
    """Disks at the moments of power cuts; what they have in common is kept once.

    Args:
        folder: where they are kept.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._disks: dict[str, dict[int, str]] = {}
        folder.mkdir()

    def keep(self, name: str, disk: Disk) -> None:
        """Keep what a disk holds now."""
        self._disks[name] = {}
        for number, block in disk.blocks().items():
            digest = hashlib.blake2b(block, digest_size=16).hexdigest()
            self._disks[name][number] = digest
            path = self._folder / digest
            if not path.exists():
                path.write_bytes(block)

    def restore(self, name: str, image: Path) -> None:
        """Write a kept disk into a file."""
        with image.open("wb") as file:
            file.truncate(_SIZE_BYTES)
            for number, digest in self._disks[name].items():
                file.seek(number * _BLOCK_BYTES)
                file.write((self._folder / digest).read_bytes())

    def __iter__(self) -> Iterator[str]:
        return iter(self._disks)

    def __len__(self) -> int:
        return len(self._disks)


@contextlib.contextmanager
def mounted(disk: Disk) -> Iterator[None]:
    """Mount a disk; unmounted afterwards, with what lies on it."""
    disk.mount()
    try:
        yield
    finally:
        _unmount(disk)


def _unmount(disk: Disk) -> None:
    for folder in (disk.folder / "root", disk.folder):
        subprocess.run(["umount", "--lazy", folder], check=False, capture_output=True)


def new_disk(folder: Path) -> Disk:
    """Return a disk in an empty folder; a test that was killed may have left one mounted there."""
    disk = Disk(folder / "disk.img", folder / "disk")
    _unmount(disk)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return disk


def _read_blocks(image: Path) -> dict[int, bytes]:
    found: dict[int, bytes] = {}
    nothing = bytes(_BLOCK_BYTES)
    with image.open("rb") as file:
        at, end = 0, image.stat().st_size
        while at < end:
            try:
                at = os.lseek(file.fileno(), at, os.SEEK_DATA)
            except OSError:  # nothing but holes follow
                break
            hole = os.lseek(file.fileno(), at, os.SEEK_HOLE)
            for number in range(at // _BLOCK_BYTES, -(-hole // _BLOCK_BYTES)):
                if number in found:
                    continue
                block = os.pread(file.fileno(), _BLOCK_BYTES, number * _BLOCK_BYTES)
                if block != nothing:
                    found[number] = block
            at = hole
    return found


def run(*command: str) -> str:
    """Run a command that has to go well; return what it said."""
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    assert done.returncode == 0, f"{command}: {done.stderr}"
    return done.stdout.strip()
