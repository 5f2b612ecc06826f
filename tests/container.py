"""A Debian 12 of its own, booted by systemd-nspawn: systemd is its first process."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest
from debian_13 import machines

SYSTEM = Path(__file__).parent / "system"
CHECKOUT = Path(__file__).resolve().parents[1]
_BUILD_S = 1500.0
_BOOT_S = 90.0
_RESTARTS = 133
"""How systemd-nspawn ends when what runs in it asked for a restart of the machine."""


def debian_12() -> Path:
    """Return the folder, built if need be; skips where it cannot be, except in CI."""
    say = pytest.fail if os.environ.get("CI") == "true" else pytest.skip
    if os.geteuid() != 0:
        say("a container needs root")
    for tool in ("debootstrap", "systemd-nspawn", "nsenter"):
        if shutil.which(tool) is None:
            say(f"{tool} is not installed (systemd/system-packages.sh system)")
    folder = machines() / "debian-12"
    folder.parent.mkdir(parents=True, exist_ok=True)
    subprocess.run([SYSTEM / "debian_12.sh", folder], check=True, timeout=_BUILD_S)
    return folder


@contextlib.contextmanager
def layered(lower: Sequence[Path], folder: Path) -> Iterator[Path]:
    """Lay a folder for changes over others that stay as they are; yields what is seen."""
    seen = lay(lower, folder)
    try:
        yield seen
    finally:
        subprocess.run(["umount", "--lazy", seen], check=False)


def lay(lower: Sequence[Path], folder: Path) -> Path:
    """Mount what `layered` yields."""
    upper, work, seen = folder / "changes", folder / "work", folder / "root"
    for path in (upper, work, seen):
        path.mkdir(parents=True, exist_ok=True)
    below = ":".join(str(path) for path in lower)
    options = f"lowerdir={below},upperdir={upper},workdir={work}"
    subprocess.run(["mount", "-t", "overlay", "overlay", "-o", options, seen], check=True)
    return seen


def in_folder(root: Path, *command: str, timeout_s: float = 900.0) -> str:
    """Run a command in a folder without booting it; the network is this machine's."""
    done = subprocess.run(
        ["systemd-nspawn", "--quiet", "-D", root, "--register=no", "--keep-unit", "--pipe",
         "--resolv-conf=off", *command],
        check=False, capture_output=True, text=True, timeout=timeout_s,
    )  # fmt: skip
    assert done.returncode == 0, f"{command}: {done.stdout[-2000:]}\n{done.stderr[-2000:]}"
    return done.stdout


class Container:
    """A booted folder.

    Args:
        root: the folder.
        name: of the machine; one at a time may have it.

    Attributes:
        binds: folders of this machine it sees too, ``OUTSIDE:INSIDE``.
    """

    binds: tuple[str, ...] = ()

    def __init__(self, root: Path, name: str = "booth") -> None:
        self.root = root
        self._name = name
        self._process: subprocess.Popen[bytes] | None = None
        self._console = tempfile.TemporaryFile()  # noqa: SIM115 - closed in power_off

    def boot(self) -> None:
        """Boot it and wait until systemd has started what it starts."""
        self._switch_on()
        self.wait(self._is_up, _BOOT_S, "it boots")

    def _switch_on(self) -> None:
        """Start it, with a network of its own, so that its ports are free."""
        self._process = subprocess.Popen(
            ["systemd-nspawn", "--quiet", "-D", self.root, "-b", f"--machine={self._name}",
             "--register=no", "--keep-unit", "--private-network", "--console=pipe",
             *(f"--bind={bind}" for bind in self.binds)],
            stdin=subprocess.DEVNULL, stdout=self._console, stderr=subprocess.STDOUT,
        )  # fmt: skip

    def _is_up(self) -> bool:
        state = self.run("systemctl", "is-system-running", check=False).stdout.strip()
        return state in ("running", "degraded")

    def _first(self) -> int:
        """Return its first process as this machine counts; 0 when there is none.

        Asked each time: a container that restarts has another.
        """
        assert self._process is not None, "it is switched off"
        children = Path(f"/proc/{self._process.pid}/task/{self._process.pid}/children")
        try:
            return int(children.read_text().split()[0])
        except (OSError, IndexError):
            return 0

    def run(
        self, *command: str, check: bool = True, timeout_s: float = 120.0
    ) -> subprocess.CompletedProcess[str]:
        """Run a command inside; fails while it is down."""
        first = self._first()
        done = subprocess.run(
            ["nsenter", "-t", str(first), "-m", "-u", "-i", "-n", "-p", "-C",
             f"--root=/proc/{first}/root", "/usr/bin/env", "-i", "--chdir=/",
             "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME=/root",
             "LANG=C.UTF-8", "SYSTEMD_PAGER=", *command],
            check=False, capture_output=True, text=True, timeout=timeout_s,
        )  # fmt: skip
        if check:
            assert done.returncode == 0, f"{command}: {done.stdout[-2000:]}\n{done.stderr[-2000:]}"
        return done

    def say(self, *command: str) -> str:
        """Run a command and return what it said."""
        return self.run(*command).stdout.strip()

    def wait(self, until: Callable[[], bool], seconds: float, what: str) -> float:
        """Wait until something holds; return how long it took."""
        began = time.monotonic()
        while not until():
            if self._process is not None and self._process.poll() == _RESTARTS:
                self._switch_on()
            assert self._process is None or self._process.poll() is None, self.console()
            assert time.monotonic() - began < seconds, (
                f"{what}: not in {seconds} s\n{self._last_words()}"
            )
            time.sleep(0.25)
        return time.monotonic() - began

    def _last_words(self) -> str:
        return self.run("journalctl", "-b", "-n", "40", "-o", "short", check=False).stdout

    def console(self) -> str:
        """Return what it wrote to its console."""
        self._console.seek(0)
        return self._console.read().decode(errors="replace")[-4000:]

    def pull_the_plug(self) -> None:
        """End it at once, as a power cut does."""
        if self._process is not None:
            subprocess.run(["pkill", "-KILL", "-P", str(self._process.pid)], check=False)
            self._process.kill()
            self._process.wait(30)
            self._process = None

    @contextlib.contextmanager
    def still(self) -> Iterator[None]:
        """Have all its processes stand still meanwhile, but for commands that `run` brought in.

        They end when what they wait for does; nsenter would stand still with them for ever.
        """
        stopped: set[int] = set()
        while new := self._processes() - stopped:
            for process in new:
                _signal(process, signal.SIGSTOP)
            stopped |= new
        try:
            yield
        finally:
            for process in stopped:
                _signal(process, signal.SIGCONT)

    def _processes(self) -> set[int]:
        first = self._first()
        namespace = _namespace(first)
        everybody = {int(path.name) for path in Path("/proc").glob("[0-9]*")}
        inside = {process for process in everybody if _namespace(process) == namespace != ""}
        return {process for process in inside if process == first or _parent(process) in inside}

    def power_off(self) -> None:
        """Shut it down."""
        if self._process is not None and self._process.poll() is None:
            self.run("systemctl", "poweroff", check=False)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(60)
        self.scrap()

    def scrap(self) -> None:
        """End it at once and for good."""
        self.pull_the_plug()
        self._console.close()


def _signal(process: int, number: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(process, number)


def _namespace(process: int) -> str:
    try:
        return str(Path(f"/proc/{process}/ns/pid").readlink())
    except OSError:
        return ""


def _parent(process: int) -> int:
    """Return the process that started this one; 0 when it is gone."""
    try:
        stat = Path(f"/proc/{process}/stat").read_text()
    except OSError:
        return 0
    return int(stat.rpartition(")")[2].split()[1])
