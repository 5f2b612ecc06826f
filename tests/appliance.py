"""A booth and its central backend installed in a container, as on a machine of their own.

Somebody outside directs what its simulated cameras see; `appliance_files` is what is written there.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

from appliance_files import (
    BATCH,
    BOOTH,
    DISPLAY,
    FALLBACK,
    HEIGHT,
    KIOSK,
    PACKAGES,
    PIN,
    PROGRAM,
    SCENE,
    SCREEN,
    SETTINGS,
    STUDENT,
    UNITS,
    WIDTH,
)
from container import CHECKOUT, Container, debian_12, in_folder, layered
from debian_13 import machines

from hardware.sim.director import Director
from kiosk.screens.translations import tr

_PASSWORD = "one that is long enough"


def installed() -> list[Path]:
    """Return the folders of a machine on which install.sh ran from a clean clone, topmost first.

    Kept between runs, until what is installed has changed.
    """
    base = debian_12()
    kept = machines() / "appliance"
    said = subprocess.run(
        ["git", "-c", "safe.directory=*", "ls-tree", "HEAD", "kiosk", "hardware", "calibration",
         "systemd", "pyproject.toml", "requirements-run.txt"],
        cwd=CHECKOUT, check=True, capture_output=True,
    )  # fmt: skip
    state = hashlib.sha256(said.stdout + (base / "built-by").read_bytes()).hexdigest()
    mark = kept / "state"
    if not mark.exists() or mark.read_text() != state:
        shutil.rmtree(kept, ignore_errors=True)
        with layered([base], kept) as root:
            _install(root)
        mark.write_text(state)
    return [kept / "changes", base]


def _install(root: Path) -> None:
    clone = root / "srv" / "checkout"
    source = CHECKOUT.as_uri()
    subprocess.run(
        ["git", "-c", "safe.directory=*", "clone", "-q", "--depth", "1", source, clone], check=True
    )
    began = time.monotonic()
    in_folder(root, "sh", "/srv/checkout/systemd/install.sh", "--role", "both", "--no-start")
    print(f"\ninstall.sh took {time.monotonic() - began:.0f} s")
    # The packages of later releases that change nothing but the project itself: links, no copies.
    slot = root / PROGRAM / "current"
    packages = slot / "lib" / "python3.11" / "site-packages"
    subprocess.run(["cp", "-al", packages, root / PACKAGES], check=True)
    for own in ("kiosk", "hardware", "calibration"):
        shutil.rmtree(root / PACKAGES / own)
    for info in (root / PACKAGES).glob("campus_capture_kiosk-*.dist-info"):
        shutil.rmtree(info)


class Appliance(Container):
    """A booth with its central backend, and those who stand before it."""

    def prepare(self, more_settings: str = "") -> None:
        """Write settings and what replaces the console; before the first boot."""
        units = self.root / "etc/systemd/system"
        for name, text in (
            ("screen.service", SCREEN),
            ("kiosk.service.d/no-console.conf", KIOSK),
            ("kiosk-fallback.service.d/no-console.conf", FALLBACK),
        ):
            (units / name).parent.mkdir(exist_ok=True)
            (units / name).write_text(text)
        (self.root / SETTINGS / "kiosk.toml").write_text(BOOTH + more_settings)
        scene = self.root / SCENE
        scene.mkdir(parents=True)
        self.directs(lambda director: director.empty())

    def enrol(self) -> None:
        """Open a batch and give the booth its key, as the handbook says."""
        central = ["runuser", "-u", "kiosk-central", "--", "kiosk", "central"]
        config = ["--config", f"/{SETTINGS}/central.toml"]
        self.run(
            *central, "batch", "add", BATCH, "--school", "示范大学", "--title", "2027 届",
            *config,
        )  # fmt: skip
        self.run(*central, "admin", "add", "root", "--password", _PASSWORD, *config)
        code = self.fleet_page("add").decode().strip()
        self.run("kiosk", "enrol", code, "--config", f"/{SETTINGS}/kiosk.toml")

    def fleet_page(self, what: str) -> bytes:
        """Do something with this booth on the fleet page; see `appliance_fleet`."""
        tests = CHECKOUT / "tests"
        done = subprocess.run(
            ["nsenter", "-t", str(self._first()), "-n",
             sys.executable, tests / "appliance_fleet.py",
             "http://127.0.0.1:8460", "root", _PASSWORD, what, "booth-1"],
            check=False, capture_output=True, timeout=100,
            env={**os.environ, "PYTHONPATH": f"{CHECKOUT}:{tests}"},
        )  # fmt: skip
        assert done.returncode == 0, done.stderr.decode()
        return done.stdout

    def directs(self, what: Callable[[Director], object]) -> None:
        """Have the sitter or the phone do something."""
        scene = self.root / SCENE
        with Director(scene) as director:
            what(director)
        for path in (scene, *scene.rglob("*")):
            path.chmod(0o777 if path.is_dir() else 0o644)

    # --- asking -----------------------------------------------------------------------------

    def show(self, unit: str, name: str) -> str:
        """Return a property of a unit."""
        return self.say("systemctl", "show", "--value", f"--property={name}", unit)

    def is_active(self, *units: str) -> bool:
        """Return whether all of these are active."""
        said = self.run("systemctl", "is-active", *units, check=False).stdout.split()
        return said == ["active"] * len(units)

    def sign(self) -> dict[str, object]:
        """Return the booth's sign of life; empty when it gives none."""
        said = self.run("cat", "/run/campus-capture-kiosk/sign.json", check=False).stdout
        try:
            return json.loads(said)
        except ValueError:
            return {}

    def sees(self) -> bool:
        """Return whether the booth draws and its camera gives frames."""
        sign = self.sign()
        return bool(sign.get("frame_drawn_at") and sign.get("camera_frame_at"))

    def journal(self, unit: str = "kiosk") -> str:
        """Return what a unit said in this boot."""
        return self.say("journalctl", "-b", "-u", unit, "-o", "cat", "--no-pager")

    def state(self) -> str:
        """Return which screen the running booth is at."""
        went = [line for line in self.journal().splitlines() if "visit: " in line and "->" in line]
        return went[-1].rsplit(" ", 1)[1] if went else "idle"

    def photos(self) -> int:
        """Return how many photos the central backend has."""
        database = "file:/var/lib/campus-capture-central/central.db"
        return int(self.say("sqlite3", database, "select count(*) from photos"))

    def starting_s(self, unit: str = "kiosk.service") -> float:
        """Return how long a service took to say that it is ready: the booth's first drawn frame."""
        began = int(self.show(unit, "InactiveExitTimestampMonotonic"))
        return (int(self.show(unit, "ActiveEnterTimestampMonotonic")) - began) / 1e6

    def at(self, state: str, seconds: float = 60.0) -> None:
        """Wait for a screen."""
        self.wait(lambda: self.state() == state, seconds, f"the {state} screen")

    def sandboxes(self) -> dict[str, float]:
        """Return how open systemd finds each service, 0 to 10; fails when it finds a mistake."""
        own = sorted(path.name for path in (self.root / UNITS).glob("kiosk*"))
        said = self.run("systemd-analyze", "verify", "--man=no", *(
            unit.replace("@.", "@20.") for unit in own
        ))  # fmt: skip
        assert "kiosk" not in said.stderr, said.stderr
        found = {}
        for unit in own:
            if unit.endswith(".service"):
                name = unit.replace("@.", "@20.")
                told = self.run("systemd-analyze", "security", "--no-pager", name).stdout
                found[unit] = float(told.rpartition(": ")[2].split()[0])
        return found

    # --- a visit ----------------------------------------------------------------------------

    def touch(self, screen: str, words: str) -> None:
        """Touch a button where it stands on that screen."""
        x, y = _places()[screen][words]
        self.run("env", f"DISPLAY={DISPLAY}", "xdotool", "mousemove", str(x), str(y), "click", "1")

    def come_to(self, state: str, screen: str, key: str) -> None:
        """Touch a button until the booth goes on: screens are deaf while they change."""
        before = self.state()
        for _ in range(10):
            self.touch(screen, tr("zh", key))
            with contextlib.suppress(AssertionError):
                self.wait(lambda: self.state() != before, 5.0, "the next screen")
                break
        self.at(state)

    def visit(self, before_receipt: Callable[[], None] = lambda: None) -> None:
        """Go through a visit, from the idle screen to the receipt, by touching and sitting."""
        code = self.say(
            "runuser", "-u", "kiosk", "--", "kiosk", "codes", "issue", *STUDENT,
            "--config", f"/{SETTINGS}/kiosk.toml",
        )  # fmt: skip
        self.come_to("code", "idle", "idle.start")
        self.directs(lambda director: director.show_phone(code))
        self.at("last_four")
        self.directs(lambda director: director.show_phone(None))
        self._type(STUDENT[2][-4:])
        self.come_to("consent", "confirm", "confirm.yes")
        self.come_to("pose", "consent", "consent.agree")
        self.directs(lambda director: director.sit())
        self.at("look", 120.0)
        before_receipt()
        self.come_to("receipt", "look", "look.take")

    def _type(self, four: str) -> None:
        """Type the last four of the ID; what a busy screen did not take in is typed again."""
        for attempt in range(3):
            for key in (*["erase"] * 4 * bool(attempt), *four):
                time.sleep(1.0)
                self.touch("last_four", key)
            with contextlib.suppress(AssertionError):
                self.at("confirm", 15.0)
                return
        raise AssertionError("the last four are not taken in")

    def staff_comes_in(self) -> None:
        """Ask for staff on the idle screen, and type the PIN."""
        self.come_to("help", "idle", "common.help")
        for key in PIN:
            time.sleep(1.0)
            self.touch("help", key)
        for _ in range(3):
            self.touch("help", "check")
            with contextlib.suppress(AssertionError):
                self.at("staff", 10.0)
                return
        raise AssertionError("the PIN is not taken")

    def leave(self) -> None:
        """Touch the receipt away and go."""
        self.directs(lambda director: director.empty())
        self.come_to("idle", "receipt", "receipt.done")


Machine = TypeVar("Machine", bound=Appliance)
_PLACES: dict[str, dict[str, tuple[int, int]]] = {}


def _places() -> dict[str, dict[str, tuple[int, int]]]:
    """Work out from the screens themselves where their buttons are."""
    if not _PLACES:
        tests = CHECKOUT / "tests"
        done = subprocess.run(
            [sys.executable, tests / "appliance_buttons.py", str(WIDTH), str(HEIGHT)],
            check=True, capture_output=True, text=True, timeout=100,
            env={**os.environ, "PYTHONPATH": f"{CHECKOUT}:{tests}:{tests / 'integration'}"},
        )  # fmt: skip
        line = next(line for line in done.stdout.splitlines() if line.startswith("report:"))
        _PLACES.update(json.loads(line.removeprefix("report:")))
    return _PLACES


@contextlib.contextmanager
def appliance(
    name: str,
    more_settings: str = "",
    kind: type[Machine] = Appliance,
) -> Iterator[Machine]:
    """Yield an installed machine that has not been booted; gone afterwards."""
    folder = machines() / name
    shutil.rmtree(folder, ignore_errors=True)
    try:
        with layered(installed(), folder) as root:
            machine = kind(root, name)
            machine.prepare(more_settings)
            try:
                yield machine
            finally:
                machine.power_off()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
