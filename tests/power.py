"""What a container's disk holds when the power goes just before a chosen write.

Killing a container is no power cut: the kernel lives on, and with it everything that was written
and not yet on the disk. So what the container writes lies on an ext4 of its own, and a power cut is
a copy of the device below it (`power_disk`): what was not synced is not in there. The process that
is about to write waits during the copy and then goes on, so that one run yields a machine for each
of many cuts.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
from container import Container, lay
from power_disk import Disk, Images, mounted, new_disk, run

SOURCE = Path(__file__).with_name("power_cut.c")
INSIDE = "/srv/power"
"""Where the container sees the plan and the library."""
UNDER = (
    "/opt/campus-capture-kiosk",
    "/var/lib/campus-capture-kiosk-update",
    "/var/lib/campus-capture-kiosk/.preflight",
    "/usr/local/lib",
    "/etc/group",
    "/etc/passwd",
)
UNITS = (
    "kiosk-update.service",
    "kiosk-health.service",
    "kiosk-units.service",
    "kiosk-users.service",
)
_VARIABLES = (
    f"LD_PRELOAD={INSIDE}/cut.so KIOSK_CUT_FOLDER={INSIDE} KIOSK_CUT_UNDER={':'.join(UNDER)} "
)


@dataclass(frozen=True, slots=True)
class Cut:
    """Before which write the power goes, and what that is part of.

    Attributes:
        stage: for people.
        unit: the service's name without ``.service``; the guard before the booth's start is
            ``kiosk``.
        call: pattern of the call.
        path: pattern of the path; ``*`` matches slashes too.
        number: which of those that match, counted from one, after the cut before.
    """

    stage: str
    unit: str
    call: str
    path: str
    number: int = 1


class Powered:
    """A container's layers on a disk of its own, and the plan of its power cuts; see `powered`.

    Attributes:
        lower: the layers below, which the cut-off machines have too.
        root: what the container sees.
        images: what the disk held at each cut.
        bind: what the container must see besides.
    """

    def __init__(self, lower: Sequence[Path], folder: Path, disk: Disk) -> None:
        self.lower, self._disk = list(lower), disk
        self.root = lay(self.lower, disk.folder)
        self.images = Images(folder / "images")
        self._plan = folder / "power"
        self._plan.mkdir()
        self._plan.chmod(0o777)
        self.bind = f"{self._plan}:{INSIDE}"
        compiler = shutil.which("gcc")
        if compiler is None:
            say = pytest.fail if os.environ.get("CI") == "true" else pytest.skip
            say("gcc is needed to hold a process up before its n-th write, and is not installed")
        library = str(self._plan / "cut.so")
        run(compiler, "-shared", "-fPIC", "-O1", "-o", library, str(SOURCE), "-ldl")
        self._write([])

    def prepare(self) -> None:
        """Have the services that update load the library; before the first boot."""
        for unit in UNITS:
            self._drop_in(
                unit,
                f"Environment={_VARIABLES} KIOSK_CUT_UNIT=%N\nReadWritePaths={INSIDE}\n",
            )
        # Before the booth it is the guard alone, not the booth.
        command = command_of(self.root, "kiosk.service", "ExecStartPre", "-+")
        self._drop_in(
            "kiosk.service",
            "ExecStartPre=\n"
            f"ExecStartPre=-+/usr/bin/env {_VARIABLES} KIOSK_CUT_UNIT=kiosk {command}\n",
        )

    @contextlib.contextmanager
    def cut_at(self, machine: Container, *cuts: Cut) -> Iterator[None]:
        """Keep the disk at each of these, one after the other; fails when one is not reached.

        What was written up to now, by the test too, is on the disk.

        Args:
            machine: the container; it stands still while its disk is copied.
            cuts: in the order in which they come.
        """
        os.sync()
        self._write(cuts)
        over = threading.Event()
        failed: list[BaseException] = []

        def watch() -> None:
            try:
                while not over.wait(0.01):
                    self._keep_reached(machine, cuts)
            except BaseException as error:  # noqa: BLE001 - raised below
                failed.append(error)
                self._write([])

        thread = threading.Thread(target=watch, daemon=True)
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join()
            left = [c for c in cuts if _name(cuts, c) not in self.images]
            self._write([])
        assert not failed, failed
        assert not left, f"never came to: {left[0]}"

    def _keep_reached(self, machine: Container, cuts: Sequence[Cut]) -> None:
        for reached in self._plan.glob("reached.*"):
            if not reached.read_text().endswith("\n"):
                continue
            with machine.still():
                self.images.keep(_name(cuts, cuts[int(reached.suffix[1:])]), self._disk)
            reached.unlink()

    def _write(self, cuts: Sequence[Cut]) -> None:
        plan = "".join(f"{c.unit}\n{c.call}\n{c.path}\n{c.number}\n" for c in cuts)
        for name, content in (("now", bytes(8)), ("plan", plan.encode())):
            path = self._plan / name
            path.touch()
            path.chmod(0o666)
            path.write_bytes(content)
        for reached in self._plan.glob("reached.*"):
            reached.unlink()

    def _drop_in(self, unit: str, lines: str) -> None:
        path = self.root / "etc/systemd/system" / f"{unit}.d" / "power.conf"
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"[Service]\n{lines}")


def command_of(root: Path, unit: str, kind: str, prefix: str = "") -> str:
    """Return the command of an installed unit's line."""
    text = (root / "usr/local/lib/systemd/system" / unit).read_text()
    start = f"{kind}={prefix}/"
    (line,) = (line for line in text.splitlines() if line.startswith(start))
    return line.removeprefix(f"{kind}={prefix}")


@contextlib.contextmanager
def powered(lower: Sequence[Path], folder: Path) -> Iterator[Powered]:
    """Yield a container's layers on a disk of their own; gone afterwards."""
    disk = new_disk(folder)
    disk.make()
    try:
        with mounted(disk):
            yield Powered(lower, folder, disk)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def cut_off(images: Images, name: str, lower: Sequence[Path], folder: Path) -> Iterator[Path]:
    """Yield the root of a machine as a power cut has left it; gone afterwards."""
    disk = new_disk(folder)
    images.restore(name, folder / "disk.img")
    try:
        with mounted(disk):
            yield lay(lower, disk.folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _name(cuts: Sequence[Cut], cut: Cut) -> str:
    call, what = cut.call.strip("*"), cut.path.strip("*")
    return f"{cut.stage} {cuts.index(cut) + 1:02d}: {call} {cut.number} of {what} by {cut.unit}"
