"""A booth's updates on a machine with its own systemd: real releases, services and power cuts.

The tests follow one another on one machine with a photo waiting in its outbox all the while: no
release may lose it.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping

import pytest
from appliance import PACKAGES, PROGRAM, SETTINGS, Appliance, appliance
from changed_releases import (
    CANNOT_OPEN_ITS_CAMERA,
    CRASHES,
    DRAWS_NOTHING,
    GOOD,
    LOSES_THE_OUTBOX_FOR_THE_OLD,
    changed_wheel,
    publish,
    unit_says,
)
from update_releases import Operations

from kiosk.update.release import this_platform

pytestmark = [pytest.mark.system, pytest.mark.timeout(900)]

OPERATIONS = "srv/operations"
STATE = "var/lib/campus-capture-kiosk-update/state.json"
STORAGE = "var/lib/campus-capture-central/storage"
LIMITS = f"""
[update]
repository = "file:///{OPERATIONS}/served"
root_file = "/{SETTINGS}/root.json"
window_from = "00:00"
window_to = "23:59"
starts = 2
healthy_within_s = 30.0
healthy_for_s = 10.0
"""
# Looked at every three seconds, so that the test does not take the minutes a booth takes.
_OFTEN = (
    "[Timer]\nOnActiveSec=\nOnUnitActiveSec=\nOnActiveSec=3\nOnUnitActiveSec=3\nAccuracySec=1\n"
)
_BOUND_S = 180.0


class Booth(Appliance):
    """An appliance that takes updates."""

    operations: Operations
    base: str

    def begin(self) -> None:
        timer = self.root / "etc/systemd/system/kiosk-health.timer.d/often.conf"
        timer.parent.mkdir()
        timer.write_text(_OFTEN)
        self.operations = Operations(self.root / OPERATIONS)
        (self.root / SETTINGS / "root.json").write_bytes(self.operations.first_root)
        self.base = self.slot("current")

    def slot(self, link: str) -> str:
        return (self.root / PROGRAM / link).readlink().name

    def update_state(self) -> dict[str, object]:
        path = self.root / STATE
        return json.loads(path.read_text()) if path.exists() else {}

    def offer(self, version: str, edits: Mapping[str, object]) -> None:
        wheel = changed_wheel(
            self.root / PROGRAM / "releases" / self.base, f"/{PACKAGES}", version, edits,
            self.root / OPERATIONS / "built",
        )  # fmt: skip
        publish(self.operations, this_platform(), wheel, version)

    def look(self, *, wait: bool = True) -> None:
        """Look for a new version, by the service that does it on a booth."""
        words = [] if wait else ["--no-block"]
        self.run("systemctl", "start", *words, "kiosk-update.service", timeout_s=300)

    def central_stores(self, *, photos: bool) -> None:
        """Let the central backend write into its storage, or answer that it cannot."""
        mode = "0700" if photos else "0500"
        self.run("install", "-d", "-o", "kiosk-central", "-m", mode, f"/{STORAGE}")

    def waiting(self) -> int:
        said = self.say(
            "runuser", "-u", "kiosk", "--", "kiosk", "outbox", "status", "--json",
            "--config", f"/{SETTINGS}/kiosk.toml",
        )  # fmt: skip
        return json.loads(said.splitlines()[0])["waiting"]

    def is_well(self, slot: str) -> bool:
        """Whether the booth draws and sees, and runs this release."""
        return (
            self.is_active("kiosk", "kiosk-outbox") and self.sees() and self.sign()["slot"] == slot
        )

    def goes_back_from(self, version: str) -> None:
        """Wait until a version on trial was given up and the one before works again."""
        self.wait(lambda: version in self.update_state()["refused"], _BOUND_S, "the verdict")
        began = time.monotonic()
        self.wait(lambda: self.is_well(self.before), _BOUND_S, "the release before")
        took = time.monotonic() - began
        print(f"\n{version} ({self.update_state()['refused'][version]}): back in {took:.1f} s")
        assert self.slot("current") == self.slot("committed") == self.before

    @property
    def before(self) -> str:
        return self.slot("committed")


@pytest.fixture(scope="module")
def booth() -> Iterator[Booth]:
    with appliance("appliance-updates", LIMITS, Booth) as machine:
        machine.begin()
        machine.boot()
        machine.wait(lambda: machine.is_active("kiosk-central"), _BOUND_S, "the central backend")
        machine.enrol()
        machine.run("systemctl", "restart", "kiosk.target")
        machine.wait(lambda: machine.is_well(machine.base), _BOUND_S, "the booth")
        # From here on a photo waits: the central backend cannot store any.
        machine.visit(before_receipt=lambda: machine.central_stores(photos=False))
        machine.leave()
        assert machine.waiting() == 1
        yield machine


def test_one_that_loses_the_outbox_for_the_old_never_runs(booth):
    booth.offer("0.2.0", LOSES_THE_OUTBOX_FOR_THE_OLD)
    booth.look()
    assert "outbox" in booth.update_state()["refused"]["0.2.0"]
    booth.wait(lambda: booth.is_well(booth.base), _BOUND_S, "the booth")
    assert booth.waiting() == 1


def test_one_that_cannot_open_its_camera_never_runs(booth):
    booth.offer("0.2.1", CANNOT_OPEN_ITS_CAMERA)
    booth.look()
    assert "main camera" in booth.update_state()["refused"]["0.2.1"]
    booth.wait(lambda: booth.is_well(booth.base), _BOUND_S, "the booth")


def test_one_that_crashes_goes_by_itself(booth):
    outbox = booth.show("kiosk-outbox.service", "Description")
    booth.offer("0.2.2", {**CRASHES, **unit_says("kiosk-outbox.service", outbox, "not for long")})
    booth.look()
    booth.goes_back_from("0.2.2")
    assert booth.journal("kiosk-units").count("put in place: kiosk-outbox.service") == 2
    assert booth.show("kiosk-outbox.service", "Description") == outbox, "its units went with it"
    assert booth.waiting() == 1


def test_one_that_draws_nothing_goes_by_itself(booth):
    booth.offer("0.2.3", DRAWS_NOTHING)
    booth.look()
    booth.goes_back_from("0.2.3")
    assert "no frame" in booth.update_state()["refused"]["0.2.3"]
    booth.look()
    assert booth.slot("current") == booth.base, "a version that failed is not tried again"


def test_a_good_one_stays_through_power_cuts_at_every_stage(booth):
    judge = booth.show("kiosk-health.service", "Description")
    booth.offer("0.3.0", {**GOOD, **unit_says("kiosk-health.service", judge, "a newer judge")})
    wheels = booth.root / "var/lib/campus-capture-kiosk-update/wheels"
    releases = booth.root / PROGRAM / "releases"

    def is_being_installed() -> bool:
        return any(not (r / ".complete").exists() for r in releases.glob("0.3.0-*"))

    stages = (
        ("while it looks", lambda: booth.is_active("kiosk-update") or True),
        ("at the download", lambda: any(wheels.rglob("*0.3.0*"))),
        ("while it is installed", is_being_installed),
        ("while it is checked", lambda: any(releases.glob("0.3.0-*/.complete"))),
        ("at the switch", lambda: booth.update_state().get("trial") is not None),
        ("on trial", lambda: (booth.update_state().get("trial") or {}).get("healthy_since")),
    )
    for name, reached in stages:
        assert booth.show("kiosk-health.service", "Description") == judge
        if not booth.update_state().get("trial"):
            booth.look(wait=False)
        booth.wait(reached, _BOUND_S, name)
        booth.pull_the_plug()
        booth.boot()
        now = booth.slot("current")
        took = booth.wait(
            lambda now=now: booth.is_well(now), _BOUND_S, f"the booth, cut off {name}"
        )
        print(f"\ncut off {name}: works {took:.1f} s after boot, on {now}")
    booth.look(wait=False)
    booth.wait(lambda: booth.slot("committed").startswith("0.3.0-"), 300.0, "the commit")
    booth.wait(lambda: booth.is_well(booth.slot("committed")), _BOUND_S, "the booth")
    assert booth.update_state()["trial"] is None
    booth.wait(
        lambda: booth.show("kiosk-health.service", "Description") == "a newer judge", 30.0,
        "the newer release's judge",
    )  # fmt: skip
    assert booth.waiting() == 1


def test_nobody_elses_release_and_no_older_one_is_taken(booth):
    runs = booth.slot("current")
    booth.offer("0.2.9", GOOD)
    booth.look()
    assert booth.slot("current") == runs
    booth.offer("0.4.0", GOOD)
    for wheel in (booth.root / OPERATIONS / "served" / "targets").rglob("*0.4.0*.whl"):
        wheel.write_bytes(wheel.read_bytes() + b" ")
    booth.look()
    assert booth.slot("current") == runs
    assert booth.update_state()["last_error"]
    assert booth.is_well(runs)


def test_the_photo_arrives_after_all_that(booth):
    booth.central_stores(photos=True)
    booth.wait(lambda: booth.photos() == 1, _BOUND_S, "the photo")
