"""A booth's updates on a machine with its own systemd: real releases, services and power cuts.

The tests follow one another on one machine with a photo waiting in its outbox all the while: no
release may lose it.
"""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from appliance import installed
from changed_releases import (
    CANNOT_OPEN_ITS_CAMERA,
    CRASHES,
    DRAWS_NOTHING,
    GOOD,
    LOSES_THE_OUTBOX_FOR_THE_OLD,
    unit_says,
    users_and_folders_too,
)
from debian_13 import machines
from power import Powered, cut_off, powered
from update_cuts import COMES, GOES, boots_and_works, sealed
from updating_booth import BOUND_S, LIMITS, OPERATIONS, Booth

pytestmark = [pytest.mark.system, pytest.mark.timeout(900)]

CRASHING = "0.2.2"


@pytest.fixture(scope="module")
def power() -> Iterator[Powered]:
    with powered(installed(), machines() / "appliance-updates") as layers:
        yield layers


@pytest.fixture(scope="module")
def booth(power) -> Iterator[Booth]:
    machine = Booth(power.root, "appliance-updates")
    machine.binds = (power.bind,)
    machine.prepare(LIMITS)
    power.prepare()
    try:
        machine.begin()
        machine.boot()
        machine.wait(lambda: machine.is_active("kiosk-central"), BOUND_S, "the central backend")
        machine.enrol()
        machine.run("systemctl", "restart", "kiosk.target")
        machine.wait(lambda: machine.is_well(machine.base), BOUND_S, "the booth")
        # From here on a photo waits: the central backend cannot store any.
        machine.visit(before_receipt=lambda: machine.central_stores(photos=False))
        machine.leave()
        assert machine.waiting() == 1
        machine.photos_waiting = sealed(machine.root)
        yield machine
    finally:
        machine.power_off()


def test_one_that_loses_the_outbox_for_the_old_never_runs(booth):
    booth.offer("0.2.0", LOSES_THE_OUTBOX_FOR_THE_OLD)
    booth.look()
    assert "outbox" in booth.update_state()["refused"]["0.2.0"]
    booth.wait(lambda: booth.is_well(booth.base), BOUND_S, "the booth")
    assert booth.waiting() == 1


def test_one_that_cannot_open_its_camera_never_runs(booth):
    booth.offer("0.2.1", CANNOT_OPEN_ITS_CAMERA)
    booth.look()
    assert "main camera" in booth.update_state()["refused"]["0.2.1"]
    booth.wait(lambda: booth.is_well(booth.base), BOUND_S, "the booth")


def test_one_that_crashes_goes_by_itself(booth, power):
    outbox = booth.show("kiosk-outbox.service", "Description")
    edits = {
        **CRASHES,
        **unit_says("kiosk-outbox.service", outbox, "not for long"),
        **users_and_folders_too("kiosk-passing", "/var/lib/campus-capture-passing"),
    }
    booth.offer(CRASHING, edits)
    with power.cut_at(booth, *GOES):
        booth.look()
        booth.goes_back_from(CRASHING)
    assert booth.journal("kiosk-units").count("kiosk-outbox.service") == 2
    assert booth.show("kiosk-outbox.service", "Description") == outbox, "its units went with it"
    lists = booth.root / "usr/local/lib"
    for name in ("sysusers.d", "tmpfiles.d"):
        assert "passing" not in (lists / name / "campus-capture-kiosk.conf").read_text()
    owner = booth.say("stat", "-c", "%U %a", "/var/lib/campus-capture-passing")
    assert owner == "kiosk-passing 750", "what it had made is not removed: there may be data"
    assert booth.waiting() == 1


def test_one_that_draws_nothing_goes_by_itself(booth):
    booth.offer("0.2.3", DRAWS_NOTHING)
    booth.look()
    booth.goes_back_from("0.2.3")
    assert "no frame" in booth.update_state()["refused"]["0.2.3"]
    booth.look()
    assert booth.slot("current") == booth.base, "a version that failed is not tried again"


def test_a_good_one_stays(booth, power):
    judge = booth.show("kiosk-health.service", "Description")
    outbox = booth.show("kiosk-outbox.service", "Description")
    edits = {
        **GOOD,
        **unit_says("kiosk-health.service", judge, "a newer judge"),
        **unit_says("kiosk-outbox.service", outbox, "a newer outbox"),
        **users_and_folders_too("kiosk-newer", "/var/lib/campus-capture-newer"),
    }
    booth.offer("0.3.0", edits)
    with power.cut_at(booth, *COMES):
        booth.look()
        assert booth.slot("current").startswith("0.3.0-")
        assert booth.show("kiosk-outbox.service", "Description") == "a newer outbox"
        assert booth.show("kiosk-health.service", "Description") == judge
        booth.wait(lambda: booth.slot("committed").startswith("0.3.0-"), 300.0, "the commit")
        booth.wait(
            lambda: booth.show("kiosk-health.service", "Description") == "a newer judge", 30.0,
            "the newer release's judge",
        )  # fmt: skip
    booth.wait(lambda: booth.is_well(booth.slot("committed")), BOUND_S, "the booth")
    assert booth.update_state()["trial"] is None
    assert booth.say("stat", "-c", "%U %a", "/var/lib/campus-capture-newer") == "kiosk-newer 750"
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
    booth.wait(lambda: booth.photos() == 1, BOUND_S, "the photo")


@pytest.mark.timeout(2400)
def test_a_power_cut_at_any_point_leaves_a_booth_that_works(booth, power, tmp_path):
    """Every disk that a cut has left is booted: a version works, data is whole, updates go on.

    Last, because the machine it was cut off from is switched off for it.
    """
    booth.power_off()
    cuts = list(power.images)
    assert len(cuts) >= 45
    first = {name.split()[0]: name for name in reversed(cuts)}

    def tried(number: int) -> str:
        name = cuts[number]
        began = time.monotonic()
        try:
            with cut_off(power.images, name, power.lower, machines() / f"cut-{number}") as root:
                told = boots_and_works(
                    root, f"cut-{number}", photos=booth.photos_waiting, bad=CRASHING,
                    update=name in first.values(),
                )  # fmt: skip
        except (AssertionError, OSError, subprocess.SubprocessError) as error:
            return f"{name}: {error}"
        print(f"\n{name}: {told}, {time.monotonic() - began:.0f} s", end="")
        return ""

    with ThreadPoolExecutor(max_workers=2) as pool:
        failures = [said for said in pool.map(tried, range(len(cuts))) if said]
    assert not failures, "\n".join(failures)
