"""A folder with Debian 13 in which libcamera, picamera2 and the driver run for real.

`system/debian_13.sh` says what is in it, `system/pi_in_debian_13` what is played there: the
kernel's two devices for picture memory, the cameras of libcamera's virtual pipeline, and a
module picamera2 imports for previews.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest
from v4l2_cameras import draw_jpegs

import hardware

TESTS = Path(__file__).parent
SYSTEM = TESTS / "system"
PLAYED = SYSTEM / "pi_in_debian_13"
MACHINES_VARIABLE = "KIOSK_TEST_MACHINES"
_BUILD_S = 1200.0


def machines() -> Path:
    """The folder that keeps test machines between runs."""
    named = os.environ.get(MACHINES_VARIABLE)
    cache = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(named or Path(cache) / "campus-capture-kiosk" / "test-machines").absolute()


def debian_13() -> Path:
    """Return the folder, built if need be; skips where it cannot be, except in CI."""
    say = pytest.fail if os.environ.get("CI") == "true" else pytest.skip
    if os.geteuid() != 0:
        say("a Debian folder needs root")
    if shutil.which("debootstrap") is None:
        say("debootstrap is not installed (systemd/system-packages.sh system)")
    folder = machines() / "debian-13"
    folder.parent.mkdir(parents=True, exist_ok=True)
    subprocess.run([SYSTEM / "debian_13.sh", folder], check=True, timeout=_BUILD_S)
    return folder


@dataclass(frozen=True)
class PiMachine:
    """Debian 13 with a camera at its port.

    Attributes:
        root: the folder.
        played: what is mounted in it.
    """

    root: Path
    played: Path

    python = str(PLAYED / "python")

    @classmethod
    def install(cls, root: Path, played: Path) -> PiMachine:
        """Put a camera, and the devices it needs, into a folder of its own."""
        played.mkdir(exist_ok=True)
        for name in ("pykms.py", "virtual_pi.py", "pi_in_process.py"):
            shutil.copy(PLAYED / name, played)
        shutil.copy(TESTS / "contract" / "devices.py", played / "contract_devices.py")
        draw_jpegs(played / "pictures", (1280, 720))
        machine = cls(root, played)
        machine.plug_in()
        library = root / "opt" / "preloaded.so"
        shutil.copy(PLAYED / "preloaded.c", library.with_suffix(".c"))
        command = ["gcc", "-shared", "-fPIC", "-O1", "-o", "/opt/preloaded.so", "/opt/preloaded.c"]
        subprocess.run(["chroot", root, *command], check=True, timeout=60)
        shutil.copy(library, played)
        return machine

    def pytest(self, file: str) -> str:
        """Run tests of `played` in the folder's own Python and return what pytest said."""
        checkout = str(Path(hardware.__file__).parents[1])
        options = ["-q", "-rA", "-p", "no:cacheprovider", file]
        code = (
            f"import sys; sys.path.insert(0, {checkout!r}); "
            f"import pytest; sys.exit(pytest.main({options!r}))"
        )
        done = subprocess.run(
            [self.python, "-c", code], env={**os.environ, **self.environment},
            capture_output=True, text=True, timeout=110, check=False,
        )  # fmt: skip
        print(done.stdout)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def plug_in(self) -> None:
        """Put the camera at its port: libcamera finds it at the next start."""
        shutil.copy(PLAYED / "virtual.yaml", self.played)

    def pull_out(self) -> None:
        """Take it away. What is open runs on; nothing finds it any more."""
        (self.played / "virtual.yaml").unlink()

    @property
    def environment(self) -> dict[str, str]:
        """What `PiMachine.python` has to be told."""
        return {
            "DEBIAN_13": str(self.root),
            "BOOTH_TEST": str(self.played),
            "BOOTH_CODE": str(Path(hardware.__file__).parent),
        }
