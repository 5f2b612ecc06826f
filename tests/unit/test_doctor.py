"""`kiosk doctor`: each trouble is found, named, and comes with a remedy."""

from __future__ import annotations

import json
import os
import subprocess
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from hardware.base import Camera, CameraSettings, CameraState, Frame, Still
from hardware.errors import DeviceBusy, DeviceLost, HardwareError
from hardware.usb_holders import all_holders
from kiosk.booth.paths import BoothPaths
from kiosk.booth.pin import hash_pin
from kiosk.central.contract import ErrorAnswer
from kiosk.central.errors import CentralRefused, CentralUnreachable
from kiosk.central.outbox import Counts
from kiosk.doctor import configuration, devices, libraries, network, screen, storage, system
from kiosk.doctor.checks import all_checks
from kiosk.doctor.finding import Check, Finding, Status, examine, ok
from kiosk.settings import BoothSettings, Settings
from kiosk.settings.camera import CameraSection

NOON = datetime(2027, 3, 1, 12, tzinfo=UTC)


def assert_grave(finding: Finding, status: Status, *words: str) -> None:
    assert finding.status is status
    for word in words:
        assert word in finding.what + finding.remedy
    if status is not Status.OK:
        assert finding.remedy, "a finding without a remedy helps nobody"


def test_a_check_that_breaks_down_is_a_finding_and_hides_no_other() -> None:
    def broken() -> Finding:
        raise RuntimeError("the sky fell")

    found = list(examine([Check("first", broken), Check("second", lambda: ok("second", "Fine."))]))
    assert_grave(found[0], Status.FAILED, "the sky fell")
    assert [f.name for f in found] == ["first", "second"]
    assert found[1].status is Status.OK


def test_a_wrong_settings_file_is_named_and_the_machine_is_still_looked_at(tmp_path: Path) -> None:
    file = tmp_path / "kiosk.toml"
    file.write_text('[booth]\nnam = "x"\n', encoding="utf-8")
    checks = all_checks(file, build=lambda *_: pytest.fail("no camera without settings"))
    names = [check.name for check in checks]
    assert "clock" in names
    assert "main camera" not in names
    first = next(iter(examine(checks[:1])))
    assert_grave(first, Status.FAILED, f"{file}:2", "'name'")


def test_python_and_machine() -> None:
    assert system.python((3, 11), "aarch64").status is Status.OK
    assert_grave(system.python((3, 13), "x86_64"), Status.FAILED, "3.13", "3.12")
    assert_grave(system.python((3, 11), "armv7l"), Status.FAILED, "armv7l", "64-bit")


@pytest.mark.parametrize(
    ("at", "kernel", "status", "word"),
    [
        (1000.0, True, Status.OK, "synchronised"),
        (1000.0, False, Status.WARNING, "set-ntp"),
        (1000.0, None, Status.WARNING, "cannot be asked"),
        (10.0, True, Status.FAILED, "before this software"),
    ],
)
def test_clock(at: float, kernel: object, status: Status, word: str) -> None:
    assert_grave(system.clock(lambda: kernel, lambda: at, 500.0), status, word)


def test_the_real_clock_can_be_asked() -> None:
    assert system.clock().status in (Status.OK, Status.WARNING)


@pytest.mark.parametrize(
    ("text", "status", "word"),
    [
        (None, Status.WARNING, "systemd"),
        ("LoadState=not-found\nActiveState=inactive\n", Status.WARNING, "install.sh"),
        ("LoadState=loaded\nActiveState=active\nWatchdogUSec=0\n", Status.FAILED, "watchdog"),
        ("LoadState=loaded\nActiveState=active\nWatchdogUSec=infinity\n", Status.FAILED, "Watch"),
        ("LoadState=loaded\nActiveState=failed\nWatchdogUSec=30s\n", Status.FAILED, "journalctl"),
        ("LoadState=loaded\nActiveState=active\nWatchdogUSec=30s\nNRestarts=2\n", Status.OK, "2"),
    ],
)
def test_service(text: str | None, status: Status, word: str) -> None:
    assert_grave(system.service(lambda: text), status, word)


def test_opencv_must_be_the_contributed_build_and_alone() -> None:
    contrib = {"opencv-contrib-python": "4.11.0"}
    both = {**contrib, "opencv-python-headless": "4.11.0"}
    assert libraries.opencv(contrib.get).status is Status.OK
    assert_grave(libraries.opencv(both.get), Status.FAILED, "pip uninstall opencv-python-headless")
    assert_grave(libraries.opencv({}.get), Status.FAILED, "make setup")


def finished(code: int, out: str = "", err: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.CompletedProcess([], code, out, err)


def test_models_that_crash_or_hang_are_findings() -> None:
    def hangs() -> subprocess.CompletedProcess[str]:
        raise subprocess.TimeoutExpired("probe", 90)

    seen = {"faces_in_empty_picture": 0, "seconds": 5.0, "version": "0.10.18"}
    assert libraries.models(lambda: finished(0, json.dumps(seen))).status is Status.OK
    assert_grave(libraries.models(lambda: finished(-4)), Status.FAILED, "SIGILL", "AVX")
    assert_grave(libraries.models(lambda: finished(-11)), Status.FAILED, "SIGSEGV")
    missing = "Traceback …\nModuleNotFoundError: No module named 'mediapipe'"
    assert_grave(libraries.models(lambda: finished(1, err=missing)), Status.FAILED, "mediapipe")
    assert_grave(libraries.models(hangs), Status.FAILED, "within 90 s")
    seen["faces_in_empty_picture"] = 1
    ghost = libraries.models(lambda: finished(0, json.dumps(seen)))
    assert_grave(ghost, Status.FAILED, "where there is none")


def test_the_real_models_load_in_their_own_process() -> None:
    assert libraries.models().status is Status.OK


def test_a_missing_qr_engine_is_graver_when_it_is_the_wanted_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from kiosk.codes.errors import EngineMissing

    def missing() -> None:
        raise EngineMissing("libzbar0 is not installed. Say: apt install libzbar0")

    monkeypatch.setattr(libraries, "zbar", missing)
    by_name = {f.name: f for f in libraries.qr_engines("zxing")}
    assert by_name["qr engine zxing"].status is Status.OK
    assert_grave(by_name["qr engine pyzbar"], Status.WARNING, "apt install libzbar0")
    by_name = {f.name: f for f in libraries.qr_engines("pyzbar")}
    assert_grave(by_name["qr engine pyzbar"], Status.FAILED, "apt install libzbar0")


def test_font(monkeypatch: pytest.MonkeyPatch) -> None:
    from kiosk.screens.errors import FontMissingError

    def none_found(_: Path) -> None:
        raise FontMissingError("No font with Chinese characters was found.")

    monkeypatch.setattr(screen.fonts, "find", none_found)
    assert_grave(screen.font(), Status.FAILED, "fonts-noto-cjk")


def test_display(tmp_path: Path) -> None:
    assert screen.display({"DISPLAY": ":0"}, tmp_path).status is Status.OK
    assert_grave(screen.display({}, tmp_path), Status.WARNING, "Connect a screen")
    (tmp_path / "card0").touch()
    assert_grave(screen.display({}, tmp_path), Status.OK, "card0")


class FakeCamera(Camera):
    """Stands for a driver whose device fails on command, which no real one here does."""

    def __init__(self, level: int = 100, fault: HardwareError | None = None) -> None:
        super().__init__("fake")
        self.level, self.fault = level, fault

    def _do_open(self) -> None:
        if self.fault:
            raise self.fault

    def _do_close(self) -> None: ...

    def _do_start_live_view(self) -> None: ...

    def _do_stop_live_view(self) -> None: ...

    def _do_read_frame(self, timeout_s: float) -> Frame:
        return Frame(np.full((720, 1280, 3), self.level, np.uint8), 1, 0.0)

    def _do_capture_still(self, timeout_s: float) -> Still:
        raise DeviceLost("no still was asked for")

    def _do_apply(self, settings: CameraSettings) -> CameraSettings:
        return settings

    def state(self) -> CameraState:
        return CameraState("fake", "Make Model")


REAL = CameraSection.model_construct(driver="gphoto2")


def test_a_camera_that_gives_a_picture_is_let_go_of_again() -> None:
    made = FakeCamera()
    found = devices.camera("main", REAL, lambda *_: made)
    assert_grave(found, Status.OK, "Make Model", "1280 x 720")
    assert not made.is_open


def test_a_camera_tells_lens_battery_space_and_releases(monkeypatch) -> None:
    told = CameraState(
        "gphoto2", "EOS R6", battery_percent=80, free_bytes=1_234_000_000, lens="RF 85mm",
        shutter_count=4711,
    )  # fmt: skip
    monkeypatch.setattr(FakeCamera, "state", lambda _: told)
    section = CameraSection(driver="gphoto2")
    finding = devices.camera("main", section, lambda *_: FakeCamera())
    assert_grave(
        finding, Status.OK, "lens RF 85mm", "battery 80 %", "1,234 MB free", "4,711 releases"
    )
    monkeypatch.setattr(FakeCamera, "state", lambda _: CameraState("gphoto2", battery_percent=10))
    finding = devices.camera("main", section, lambda *_: FakeCamera())
    assert_grave(finding, Status.WARNING, "battery 10 %", "Charge")


def test_camera_troubles_come_with_their_remedies() -> None:
    busy = FakeCamera(fault=DeviceBusy("The camera is claimed."))
    lost = FakeCamera(fault=DeviceLost("No camera at usb:001,004."))
    black = FakeCamera(level=0)
    assert_grave(devices.camera("main", REAL, lambda *_: busy), Status.FAILED, "devices in use")
    assert_grave(devices.camera("codes", REAL, lambda *_: lost), Status.FAILED, "usb:001", "cable")
    assert_grave(devices.camera("main", REAL, lambda *_: black), Status.WARNING, "black", "cap")
    simulated = devices.camera("main", CameraSection(), lambda *_: FakeCamera())
    assert_grave(simulated, Status.WARNING, "simulated")


def process(proc: Path, pid: int, name: str, *targets: str) -> None:
    folder = proc / str(pid)
    (folder / "fd").mkdir(parents=True)
    (folder / "comm").write_text(name + "\n")
    for number, target in enumerate(targets):
        (folder / "fd" / str(number)).symlink_to(target)


def test_programs_that_hold_a_camera_are_named(tmp_path: Path) -> None:
    process(tmp_path, 100, "bash", "/dev/pts/0")
    assert devices.in_use(tmp_path).status is Status.OK
    process(tmp_path, 200, "cheese", "/dev/video0", "/dev/null")
    process(tmp_path, os.getpid(), "python", "/dev/video0")
    assert_grave(devices.in_use(tmp_path), Status.WARNING, "cheese (200) has /dev/video0")
    process(tmp_path, 300, "gvfs-gphoto2-vo")
    assert_grave(devices.in_use(tmp_path), Status.WARNING, "gvfs-gphoto2-vo", "mask")


def test_a_camera_this_process_tree_really_holds_open_is_seen(tmp_path: Path) -> None:
    """The real /proc, with a file that stands for the device."""
    device = tmp_path / "video0"
    device.touch()
    with device.open():
        found, _ = all_holders((str(tmp_path),))
    assert [(holder.pid, holder.node) for holder in found] == [(os.getpid(), str(device))]


def test_a_data_directory_this_user_cannot_write() -> None:
    """In /proc not even root makes files."""
    assert_grave(storage.data_directory(Path("/proc/kiosk")), Status.FAILED, "chown")


def test_what_another_user_left_in_the_data_directory(tmp_path: Path, monkeypatch) -> None:
    (tmp_path / "outbox").mkdir()
    left = tmp_path / "report.key"
    left.touch()
    may = os.access
    monkeypatch.setattr(os, "access", lambda path, mode: path != left and may(path, mode))
    found = storage.data_directory(tmp_path)
    assert_grave(found, Status.FAILED, "sudo chown -R ")
    assert "report.key" in found.what


def test_data_directory(tmp_path: Path) -> None:
    assert_grave(storage.data_directory(tmp_path / "data"), Status.OK, "first start")
    assert not (tmp_path / "data").exists(), "looking changes nothing"
    (tmp_path / "data").touch()
    assert_grave(storage.data_directory(tmp_path / "data"), Status.FAILED, "not a folder")


@pytest.mark.parametrize(
    ("free_mb", "inodes", "status", "word"),
    [
        (5000, 10, Status.OK, "5.0 GB"),
        (500, 10, Status.WARNING, "du -xh"),
        (100, 10, Status.FAILED, "no photo is taken"),
        (5000, 0, Status.FAILED, "inodes"),
    ],
)
def test_free_disk(tmp_path: Path, free_mb: int, inodes: int, status: Status, word: str) -> None:
    state = SimpleNamespace(f_bavail=free_mb * 1000, f_frsize=1000, f_files=1000, f_favail=inodes)
    found = storage.free_disk(tmp_path / "data", 200_000_000, lambda _: state)
    assert_grave(found, status, word)


def counts(**values: float) -> Counts:
    figures = {
        "waiting": 0, "sent": 0, "refused": 0, "broken": 0, "waiting_bytes": 0,
        "oldest_waiting_at": None,
    }  # fmt: skip
    return Counts(**{**figures, **values})


def test_outbox_figures() -> None:
    day = 86_400.0
    recent = counts(waiting=3, oldest_waiting_at=9.9 * day)
    old = counts(waiting=3, oldest_waiting_at=7 * day)
    assert_grave(storage.judge_outbox(recent, 10 * day), Status.OK, "3 waiting")
    assert_grave(storage.judge_outbox(old, 10 * day), Status.WARNING, "3.0 days", "flush")
    assert_grave(storage.judge_outbox(counts(refused=1), 0), Status.WARNING, "refused")
    assert_grave(storage.judge_outbox(counts(broken=2, refused=1), 0), Status.FAILED, "quarantine")


def test_a_real_outbox_is_opened_and_a_damaged_key_named(tmp_path: Path) -> None:
    from kiosk.central.opening import open_outbox

    settings = Settings()
    assert_grave(storage.outbox(settings, tmp_path), Status.OK, "no photo")
    open_outbox(settings, tmp_path).close()
    assert_grave(storage.outbox(settings, tmp_path), Status.OK, "0 waiting")
    (tmp_path / "data" / "outbox.key").write_bytes(os.urandom(32))
    assert storage.outbox(settings, tmp_path).status is Status.FAILED


class FakeClient:
    """Stands for the central backend's answers; the real client has tests of its own."""

    def __init__(self, health: Exception | None = None, batch: Exception | None = None) -> None:
        self._health, self._batch = health, batch

    def health(self) -> None:
        if self._health:
            raise self._health

    def batch(self, _: str) -> None:
        if self._batch:
            raise self._batch


def refused(code: str, status: int) -> CentralRefused:
    return CentralRefused(ErrorAnswer(code=code, message="No.", remedy="Do this."), status)


def test_central_backend() -> None:
    url, unknown = "https://centre.example", refused("batch_unknown", 404)
    assert network.ask(FakeClient(), url, None).status is Status.OK
    assert network.ask(FakeClient(batch=unknown), url, None).status is Status.OK
    assert_grave(network.ask(FakeClient(batch=unknown), url, "Z3K8F7"), Status.FAILED, "Z3K8F7")
    stranger = network.ask(FakeClient(batch=refused("unauthorised", 401)), url, None)
    assert_grave(stranger, Status.FAILED, "does not accept this booth", "kiosk enrol CODE")
    down = network.ask(FakeClient(health=CentralUnreachable("connection refused")), url, None)
    assert_grave(down, Status.WARNING, "connection refused", "outbox")


def test_without_a_booth_key_no_photo_can_be_sent(tmp_path: Path) -> None:
    assert_grave(network.central(Settings(), tmp_path), Status.FAILED, "booth_token_file")


def test_staff_pin() -> None:
    def with_hash(text: str | None) -> Settings:
        return Settings(booth=BoothSettings(staff_pin_hash=text))

    assert_grave(configuration.staff_pin(with_hash(None)), Status.WARNING, "kiosk config pin")
    assert_grave(configuration.staff_pin(with_hash("2468")), Status.FAILED, "not a hash")
    assert configuration.staff_pin(with_hash(hash_pin("2468"))).status is Status.OK


def test_standard_and_decoders(tmp_path: Path) -> None:
    good = Settings()
    paths = BoothPaths.of(good, tmp_path / "kiosk.toml")
    assert configuration.standard(good).status is Status.OK
    assert configuration.decoders(good, paths).status is Status.OK
    bad = Settings(portrait={"standard": "mars"}, codes={"decoders": ("enigma",)})
    assert_grave(configuration.standard(bad), Status.FAILED, "mars", "chsi")
    assert_grave(configuration.decoders(bad, paths), Status.FAILED, "enigma")


def test_calibration_profile(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert_grave(configuration.profile(None, 30), Status.WARNING, "kiosk-as-booth calibrate")
    assert_grave(configuration.profile(tmp_path / "x.profile", 30), Status.FAILED, "calibrate")

    def dated(days: float) -> Finding:
        made = datetime.fromtimestamp(NOON.timestamp() - days * 86_400, UTC)
        monkeypatch.setattr(
            configuration.profiles,
            "load",
            lambda _: SimpleNamespace(created_at=made, version="booth-1-x"),
        )
        return configuration.profile(tmp_path, 30, NOON)

    assert dated(3).status is Status.OK
    assert_grave(dated(31), Status.WARNING, "31 days old")
    assert_grave(dated(-1), Status.WARNING, "future", "clock")
    made = SimpleNamespace(
        created_at=NOON, version="booth-1-x", sections={"focus": {"passed": True}}
    )
    monkeypatch.setattr(configuration.profiles, "load", lambda _: made)
    lacking = configuration.profile(tmp_path, 30, NOON, required=("focus", "colour"))
    assert_grave(lacking, Status.FAILED, "colour", "kiosk-as-booth calibrate")
    assert configuration.profile(tmp_path, 30, NOON, required=("focus",)).status is Status.OK
