"""A whole booth without a window: simulated cameras in their processes, real models, real service.

Whatever a student would touch is posted; what a student would see is read from a screen that
only writes down.
"""

from __future__ import annotations

import contextlib
import sqlite3
import time
from collections.abc import Iterator

import pytest
import requests
from booth_parts import BATCH, BATCH_INFO, FakeScreen
from standin import wait_for

from hardware.sim.director import Director
from hardware.sim.light import SimulatedLight
from hardware.sim.printer import SimulatedPrinter
from hardware.sim.scanner import SimulatedScanner
from kiosk.booth.assembly import Booth
from kiosk.booth.errors import BoothError
from kiosk.booth.payments import reference_for
from kiosk.central.contract import PaymentState
from kiosk.codes.capture import payload_hash
from kiosk.codes.keys import load_keys
from kiosk.codes.simulated import issue
from kiosk.demo.processes import KioskProcess, answers
from kiosk.demo.stage import STAFF_PIN, Stage, calibrate, set_up
from kiosk.settings import Settings
from kiosk.visit import model as m
from kiosk.visit.model import Button, State

LIMIT_S = 60.0
pytestmark = pytest.mark.slow


@pytest.fixture
def stage(tmp_path):
    return set_up(tmp_path / "demo", language="zh", size=(1080, 1920))


@pytest.fixture
def director(stage):
    with Director(stage.scene) as director:
        yield director


def patient(settings: Settings, **sections: dict[str, object]) -> Settings:
    """Return the settings for a machine that may be busy, with changes."""
    visit = {"process_time_out_s": 60.0, "receipt_time_out_s": 300.0, "pose_time_out_s": 200.0}
    sections["visit"] = visit | sections.get("visit", {})
    changed = {
        name: getattr(settings, name).model_copy(update=values) for name, values in sections.items()
    }
    return settings.model_copy(update=changed)


class RunningBooth:
    """A booth, its student's finger, and what the student sees."""

    def __init__(self, stage: Stage, settings: Settings) -> None:
        self.stage = stage
        self.screen = FakeScreen()
        self.reports: list[dict] = []
        folder = {"folder": str(stage.scene)}
        self.booth = Booth(
            settings,
            stage.settings_file,
            self.screen,
            camera_arguments={"main": folder, "codes": folder},
            light=SimulatedLight(stage.scene),
            scanner=SimulatedScanner(stage.scene),
            printer=SimulatedPrinter(stage.scene),
            on_report=self.reports.append,
        )

    @contextlib.contextmanager
    def __call__(self) -> Iterator[RunningBooth]:
        try:
            self.booth.start()
            yield self
        finally:
            self.booth.stop()

    def at(self, *states: State) -> m.Visit:
        return self.screen.wait_for(lambda v: v.state in states, LIMIT_S)

    def touch(self, button: Button) -> None:
        self.booth.post(m.Touched(button))

    def type(self, text: str) -> None:
        for key in text:
            self.booth.post(m.KeyTouched(key))

    def identify(
        self, code: str, last_four: str, director: Director, *, scanner: bool = False
    ) -> None:
        """Come from the idle screen to the fee.

        The code is held to the second camera, or to the barcode scanner.
        """
        self.at(State.IDLE)
        self.touch(Button.START)
        self.at(State.BATCH)
        self.booth.post(m.Scanned(f"https://kiosk.example/?batch={self.stage.papers.batch_text}"))
        self.at(State.CODE)
        (director.scan if scanner else director.show_phone)(code)
        self.at(State.LAST_FOUR)
        director.show_phone(None)
        self.type(last_four)
        self.at(State.CONFIRM)
        self.touch(Button.NEXT)
        self.at(State.CONSENT)
        self.touch(Button.AGREE)
        self.at(State.PAY)

    def photograph(self, director: Director) -> m.Visit:
        """Sit down at the chair, wait for the photo, and take it."""
        self.at(State.POSE)
        director.sit()
        visit = self.at(State.LOOK)
        assert visit.photo.passed, visit.photo.remarks
        assert self.screen.photos[-1][0].startswith(b"\xff\xd8")
        self.touch(Button.TAKE)
        visit = self.at(State.RECEIPT)
        director.leave()
        return visit

    def delivered(self) -> None:
        self.screen.wait_for(lambda v: v.receipt is not None and v.receipt.delivered, LIMIT_S)


def service(stage: Stage) -> KioskProcess:
    return KioskProcess(
        ["central", "serve", "--config", str(stage.central.config_path),
         "--port", str(stage.central_port)],
        stage.folder / "central.log",
    )  # fmt: skip


def sender(stage: Stage) -> KioskProcess:
    return KioskProcess(
        ["outbox", "send", "--forever", "--config", str(stage.settings_file)],
        stage.folder / "outbox.log",
    )


def photos_at_central(stage: Stage) -> list[str]:
    """Return the hashes of all photos, each as often as it arrived, in no order."""
    (database,) = stage.central.config_path.parent.rglob("*.db")
    with contextlib.closing(sqlite3.connect(database)) as connection:
        return [sha for (sha,) in connection.execute("select photo_sha256 from photos")]


def money_staff_took(stage: Stage, booth: Booth, code: str) -> PaymentState:
    """Ask the central backend for a counter payment made while it could not be told."""
    batch, method = stage.papers.batch_text, m.PaymentMethod.COUNTER
    return booth.client.payment(reference_for(batch, payload_hash(code), method, 0)).state


@pytest.mark.timeout(300)
def test_visits_with_and_without_network(stage, director):
    folder = {"folder": str(stage.scene)}
    calibrate(stage, director, folder)
    other = issue(
        "2023010209", "王芳", "110101200503151234",
        load_keys(stage.settings_file.parent / "data" / "capture-code.key").current,
    )  # fmt: skip
    running = RunningBooth(stage, patient(stage.settings))
    with service(stage) as central, sender(stage), running() as booth:
        central.wait_until(lambda: answers(f"{stage.address}/healthz"))

        booth.identify(stage.papers.capture_code, stage.papers.last_four, director)
        visit = booth.screen.wait_for(lambda v: v.payment and v.payment.qr_text, LIMIT_S)
        requests.post(visit.payment.qr_text, timeout=30).raise_for_status()
        first = booth.photograph(director)
        assert first.receipt.url.startswith(f"{stage.address}/r/")
        booth.delivered()
        assert photos_at_central(stage) == [first.photo.photo_id]
        assert requests.get(first.receipt.url, timeout=30).ok
        assert "matte_without_plate" not in first.photo.remarks
        assert booth.screen.receipt_qr[-1] is not None
        booth.touch(Button.DONE)
        booth.at(State.IDLE)
        assert booth.screen.visit.photo is None
        wait_for(lambda: booth.screen.receipt_qr[-1] is None)

        central.stop()
        booth.identify(other, "1234", director, scanner=True)
        booth.screen.wait_for(lambda v: v.notice == "payment_offline", LIMIT_S)
        booth.touch(Button.HELP)
        booth.at(State.HELP)
        booth.type(STAFF_PIN)
        booth.touch(Button.NEXT)
        booth.at(State.STAFF)
        booth.touch(Button.STAFF_PAID)
        second = booth.photograph(director)
        assert not second.receipt.delivered
        works = {device.name: device.works for device in booth.screen.statuses[-1].devices}
        assert works["code_scanner"]
        assert works["printer"]
        assert booth.booth.outbox.counts().waiting == 1

        with service(stage):
            booth.delivered()
            both = [first.photo.photo_id, second.photo.photo_id]
            assert sorted(photos_at_central(stage)) == sorted(both)
            assert booth.booth.outbox.counts().waiting == 0
            assert money_staff_took(stage, booth.booth, other) is PaymentState.SETTLED


def without_profile(settings: Settings, **sections: dict[str, object]) -> Settings:
    return patient(settings, booth={"profile_file": None}, **sections)


def test_booth_without_a_profile_makes_photos_and_says_so(stage, director):
    director.sit()
    running = RunningBooth(stage, without_profile(stage.settings))
    # Known from an earlier day: no network is needed to take a photo.
    memory = running.booth.paths.batches / f"{BATCH.code}.json"
    memory.parent.mkdir(parents=True)
    memory.write_text(BATCH_INFO.model_dump_json(), encoding="utf-8")
    with running() as booth:
        booth.booth.performer.perform(m.TakePhoto(BATCH, "photo:0"))
        wait_for(lambda: booth.screen.photos, LIMIT_S)
    jpeg, remarks = booth.screen.photos[-1]
    assert jpeg.startswith(b"\xff\xd8")
    assert "matte_without_plate" in remarks
    assert running.reports[-1]["matte"]["method"] != "plate"


def test_booth_that_could_keep_no_photo_takes_none(stage, director):
    director.sit()
    settings = without_profile(stage.settings, outbox={"min_free_bytes": 10**18})
    running = RunningBooth(stage, settings)
    with running() as booth:
        booth.screen.wait_for(lambda v: m.Fault.OUTBOX in v.faults, LIMIT_S)
        booth.touch(Button.START)
        booth.at(State.FAULT)
        time.sleep(1.0)
        assert booth.at(State.FAULT).state is State.FAULT
        assert booth.screen.previews == 0
    assert booth.screen.photos == []


def test_booth_that_cannot_start_stops_all_the_same(stage, monkeypatch):
    running = RunningBooth(stage, without_profile(stage.settings))

    def prepare():
        raise BoothError("The models are not there. Install them.")

    monkeypatch.setattr(running.booth.darkroom, "prepare", prepare)
    with pytest.raises(BoothError, match="Install them"), running():
        pass
    assert not running.booth.live_view.state().live_view


def test_booth_whose_profile_is_damaged_says_so(stage):
    profile = stage.settings_file.parent / "data" / "profile.json"
    profile.write_text("{", encoding="utf-8")
    with pytest.raises(BoothError, match=r"profile\.json"):
        RunningBooth(stage, stage.settings)


def test_rule_nobody_knows_is_named_before_the_first_student(stage):
    settings = without_profile(stage.settings, visit={"reshoot_rules": ("eye_open",)})
    with pytest.raises(BoothError, match=r"reshoot_rules.*'eye_open'.*eyes_open"):
        RunningBooth(stage, settings)
