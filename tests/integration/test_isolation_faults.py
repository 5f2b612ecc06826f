"""A camera in a child process: whatever breaks, the booth goes on and the picture comes back."""

from __future__ import annotations

import gc
import logging
import os
import re
import resource
import signal
import subprocess
import sys
import textwrap
import threading
import time
from pathlib import Path

import numpy as np
import pytest
from standin import draw_portrait, wait_for

from hardware.base import CameraSettings, Condition
from hardware.discovery import driver_spec
from hardware.errors import (
    DeviceBusy,
    DeviceLost,
    DeviceTimeout,
    FaultKind,
    HardwareError,
    Misconfigured,
)
from hardware.isolation import IsolatedCamera
from hardware.sim.director import Director

BACK_WITHIN_S = 3.0


@pytest.fixture
def director(tmp_path):
    with Director(tmp_path) as director:
        director.pose(lively=True)
        yield director


def simulated(folder, **options):
    arguments = {
        "folder": str(folder),
        "portrait": str(draw_portrait(folder / "portrait.png")),
        "width": 320,
        "height": 180,
        "still_width": 640,
        "still_height": 360,
    }
    return IsolatedCamera(
        "main",
        driver_spec("simulated"),
        arguments,
        open_deadline_s=20.0,
        other_deadline_s=10.0,
        back_off_s=0.1,
        back_off_max_s=0.2,
        **options,
    )


@pytest.fixture
def camera(tmp_path, director):
    """Live, and soon out of patience with its driver."""
    with simulated(tmp_path, frame_deadline_s=1.0, frozen_after_s=1.0) as camera:
        camera.start_live_view()
        camera.read_frame(5.0)
        yield camera


@pytest.fixture
def patient(tmp_path, director):
    """Live, and so patient that even a machine under load loses it no driver."""
    with simulated(tmp_path, frame_deadline_s=10.0, frozen_after_s=10.0) as camera:
        camera.start_live_view()
        camera.read_frame(10.0)
        yield camera


@pytest.fixture
def odd(monkeypatch):
    """Build an isolated camera of tests/odd_cameras.py."""
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).resolve().parents[1]))
    built = []

    def build(**options):
        arguments = {"driver": "odd_cameras:OddCamera", "frozen_after_s": None, **options}
        built.append(IsolatedCamera("odd", arguments.pop("driver"), **arguments))
        return built[-1]

    yield build
    for camera in built:
        camera.close()


def read_until_fault(camera, limit_s=10.0):
    until = time.monotonic() + limit_s
    while time.monotonic() < until:
        try:
            camera.read_frame(0.5)
        except HardwareError as error:
            if camera.state().condition is not Condition.READY:
                return error
    raise AssertionError("no fault was noticed")


def read_until_frame(camera):
    def try_it():
        try:
            return camera.read_frame(0.5)
        except HardwareError:
            return None

    return wait_for(try_it)


def gone(pid):
    try:
        status = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8")
    except OSError:
        return True
    return status.rpartition(")")[2].split()[0] == "Z"


def test_picture_is_back_within_three_seconds_of_a_kill(camera):
    before = camera.read_frame(5.0)
    os.kill(camera.child_pid, signal.SIGKILL)
    killed_at = time.monotonic()
    error = read_until_fault(camera)
    assert isinstance(error, DeviceLost)
    assert "SIGKILL" in str(error)
    after = read_until_frame(camera)
    assert time.monotonic() - killed_at < BACK_WITHIN_S
    assert after.number > before.number, "numbers go on counting"
    state = camera.state()
    assert (state.condition, state.restarts, state.live_view) == (Condition.READY, 1, True)
    assert "SIGKILL" in state.fault


def test_death_is_noticed_and_cured_while_nobody_calls(camera):
    dead = camera.child_pid
    os.kill(dead, signal.SIGKILL)
    wait_for(lambda: camera.state().restarts == 1)
    assert camera.child_pid not in (None, dead)
    assert gone(dead)
    assert camera.read_frame(5.0)


@pytest.mark.parametrize(
    ("kind", "error", "words", "in_one_word"),
    [
        ("hang", DeviceTimeout, "did not answer|no frame", FaultKind.NO_ANSWER),
        ("frozen", DeviceTimeout, "stood still", FaultKind.FROZEN),
        ("crash", DeviceLost, "SIGSEGV", FaultKind.PROCESS_ENDED),
    ],
)
def test_fault_that_a_restart_cures(camera, director, kind, error, words, in_one_word):
    director.fault("main", kind)
    noticed = read_until_fault(camera)
    assert isinstance(noticed, error)
    assert re.search(words, str(noticed))
    assert noticed.kind is in_one_word
    assert camera.state().fault_kind is in_one_word
    assert read_until_frame(camera)
    assert camera.state().restarts >= 1


def test_hang_in_a_still(camera, director):
    director.fault("main", "hang")
    asked_at = time.monotonic()
    with pytest.raises(DeviceTimeout, match="capture_still"):
        camera.capture_still(0.5)
    assert read_until_frame(camera)
    assert time.monotonic() - asked_at < 2 * BACK_WITHIN_S
    assert camera.capture_still().data.startswith(b"\xff\xd8")


def test_unplugged_and_plugged_in_again(camera, director):
    camera.apply(CameraSettings(exposure_s=1 / 500))
    dark = read_until_frame(camera).pixels.mean()
    director.fault("main", "unplug")
    assert "unplugged" in str(read_until_fault(camera))
    assert camera.state().fault_kind is FaultKind.DISCONNECTED
    for _ in range(5):  # keeps failing, soon and clearly, as long as it is gone
        asked_at = time.monotonic()
        with pytest.raises(DeviceLost, match="Plug it in"):
            camera.read_frame(5.0)
        assert time.monotonic() - asked_at < 1.0
    with pytest.raises(DeviceLost):
        camera.capture_still()
    assert camera.state().condition is Condition.TEMPORARY_FAULT
    director.fault("main", None)
    frame = read_until_frame(camera)
    assert frame.pixels.mean() == pytest.approx(dark, rel=0.05), "its settings are back too"


def test_stopped_live_view_stays_stopped_over_a_restart(camera):
    camera.stop_live_view()
    os.kill(camera.child_pid, signal.SIGKILL)
    wait_for(lambda: camera.state().restarts == 1)
    assert not camera.state().live_view
    camera.start_live_view()
    assert camera.read_frame(5.0).number >= 1


def test_busy_is_told_and_needs_no_restart(patient, director):
    director.fault("main", "busy")
    with pytest.raises(DeviceBusy, match="Close that program"):
        patient.capture_still()
    assert patient.read_frame(5.0)
    assert patient.state().restarts == 0


def test_slow_camera_is_not_a_broken_one(patient, director):
    director.fault("main", "slow")
    frames = [read_until_frame(patient) for _ in range(3)]
    assert frames[-1].taken_at - frames[0].taken_at > 0.7
    assert patient.state().restarts == 0
    with pytest.raises(DeviceTimeout, match="no photo"):
        patient.capture_still(0.5)


def test_dark_picture_still_arrives(patient, director):
    bright = patient.read_frame(5.0).pixels.mean()
    director.fault("main", "dark")
    wait_for(lambda: patient.read_frame(5.0).pixels.mean() < bright / 5)
    assert patient.state().restarts == 0


def test_another_threads_call_waits_its_turn_or_is_told(patient, director):
    director.fault("main", "slow")
    stills = []
    thread = threading.Thread(target=lambda: stills.append(patient.capture_still()))
    thread.start()
    time.sleep(0.3)
    with pytest.raises(DeviceBusy):
        patient.read_frame(0.05)
    thread.join()
    assert len(stills) == 1
    assert read_until_frame(patient)


def test_close_frees_a_call_that_hangs_in_another_thread(tmp_path, odd):
    camera = odd(arguments={"odd": "never closes"}, other_deadline_s=0.3)
    camera.open()
    pid = camera.child_pid
    camera.close()
    assert gone(pid)
    assert camera.state().condition is Condition.CLOSED


def shared_memory() -> set[Path]:
    """Return the shared memory there is, without that of databases other tests have started."""
    return {path for path in Path("/dev/shm").iterdir() if "PostgreSQL" not in path.name}


def test_nothing_is_left_behind(odd):
    def descriptors():
        gc.collect()
        return len(list(Path("/proc/self/fd").iterdir()))

    memory_before, open_before = shared_memory(), descriptors()
    threads_before = threading.active_count()
    for _ in range(2):
        camera = odd()
        with camera:
            camera.start_live_view()
            camera.read_frame(5.0)
            dead = camera.child_pid
            os.kill(dead, signal.SIGKILL)
            wait_for(lambda camera=camera: camera.state().restarts == 1)
            alive = camera.child_pid
        assert gone(alive)
        assert not Path(f"/proc/{dead}").exists(), "no zombie"
    assert shared_memory() <= memory_before
    assert descriptors() <= open_before
    assert threading.active_count() == threads_before


@pytest.mark.parametrize("fault", [None, "hang"])
def test_child_dies_with_its_parent(tmp_path, fault):
    program = textwrap.dedent(
        f"""
        import time
        from hardware.isolation import IsolatedCamera
        from hardware.sim.director import Director
        camera = IsolatedCamera("code", "hardware.sim.code_camera:simulated_code_camera",
                                {{"folder": {str(tmp_path)!r}, "width": 320, "height": 180}},
                                open_deadline_s=30.0)
        camera.open()
        Director({str(tmp_path)!r}).fault("code", {fault!r})
        print(camera.child_pid, flush=True)
        camera.capture_still(60.0)
        time.sleep(60)
        """
    )
    before = shared_memory()
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE) as parent:
        child = int(parent.stdout.readline())
        assert not gone(child)
        parent.kill()
    wait_for(lambda: gone(child))
    assert shared_memory() <= before


def test_camera_that_never_opens_fails_in_time(odd):
    camera = odd(arguments={"odd": "never opens"}, open_deadline_s=1.5)
    with pytest.raises(DeviceTimeout, match="did not open"):
        camera.open()
    assert not camera.is_open
    assert camera.child_pid is None


def test_refusal_to_open_arrives_as_it_was_said(odd):
    with pytest.raises(DeviceBusy, match="Another program holds the odd camera"):
        odd(arguments={"odd": "busy at open"}).open()


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"driver": "nowhere:camera"}, "cannot be loaded"),
        ({"driver": "odd_cameras:Missing"}, "cannot be loaded"),
        ({"driver": "odd_cameras"}, "cannot be loaded"),
        ({"driver": "odd_cameras:not_a_camera"}, "not a camera driver"),
        ({"arguments": {"size": 3}}, "does not take its arguments"),
        ({"python": "/nonexistent/python"}, "'python' setting"),
    ],
)
def test_wrong_driver_is_a_mistake_in_the_settings(odd, options, words):
    camera = odd(**options)
    with pytest.raises(Misconfigured, match=words):
        camera.open()


def test_frame_too_large_for_the_memory_is_told_and_harmless(odd):
    with odd(arguments={"odd": "huge"}, memory_bytes=1 << 20) as camera:
        camera.start_live_view()
        with pytest.raises(Misconfigured, match="smaller picture"):
            camera.read_frame(5.0)
        assert camera.capture_still().data == b"still"


def test_what_the_driver_prints_goes_to_the_log(odd, caplog):
    caplog.set_level(logging.INFO, "hardware")
    with odd(arguments={"odd": "talkative"}) as camera:
        camera.start_live_view()
        assert camera.read_frame(5.0)
        wait_for(lambda: "a driver's complaint" in caplog.text)
    assert "printed to standard output" in caplog.text


def test_bug_in_the_driver_restarts_it(odd):
    with odd(arguments={"odd": "bug"}) as camera:
        with pytest.raises(DeviceLost, match="ZeroDivisionError"):
            camera.capture_still()
        wait_for(lambda: camera.state().restarts == 1)


def test_caller_in_a_hurry_is_not_a_fault_of_the_camera(odd):
    with odd(arguments={"odd": "slow to the first frame"}, frame_deadline_s=5.0) as camera:
        camera.start_live_view()
        numbers, refused = [], 0
        while len(numbers) < 2:
            try:
                numbers.append(camera.read_frame(0.01).number)
            except DeviceTimeout:
                refused += 1
        assert refused >= 1
        assert numbers == [1, 2], "the frame asked for is handed out by a later call"
        assert camera.state().restarts == 0


def test_black_picture_is_none_that_stands_still(odd):
    # With a cap on the lens, or the lamps off at night, pictures may be the same to the last byte.
    with odd(arguments={"odd": "black"}, frozen_after_s=0.4) as camera:
        camera.start_live_view()
        began = time.monotonic()
        while time.monotonic() - began < 1.2:
            assert not camera.read_frame(5.0).pixels.any()
        assert camera.state().restarts == 0


def test_live_view_ended_while_the_camera_was_away_does_not_come_back(odd, caplog):
    caplog.set_level(logging.INFO, "hardware")
    with odd(arguments={"odd": "talkative"}) as camera:
        camera.start_live_view()
        os.kill(camera.child_pid, signal.SIGKILL)
        wait_for(lambda: caplog.text.count("odd: live view starts") == 2)
        assert camera.state().condition is Condition.TEMPORARY_FAULT
        camera.stop_live_view()
        wait_for(lambda: camera.state().condition is Condition.READY)
        camera.check()
        wait_for(lambda: "live view ends" in caplog.text)


def test_close_does_not_wait_for_a_camera_that_is_being_opened(odd, tmp_path):
    mark = tmp_path / "opened"
    camera = odd(arguments={"odd": f"opens once {mark}"}, open_deadline_s=60.0)
    camera.open()
    os.kill(camera.child_pid, signal.SIGKILL)
    wait_for(lambda: camera.state().condition is Condition.TEMPORARY_FAULT)
    time.sleep(1.0)  # its new process now hangs in the opening
    began = time.monotonic()
    camera.close()
    assert time.monotonic() - began < 10.0


def test_machine_without_a_descriptor_left_starts_it_when_there_is_one(odd):
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    with odd() as camera:
        camera.start_live_view()
        camera.read_frame(5.0)
        resource.setrlimit(resource.RLIMIT_NOFILE, (3, hard))
        try:
            os.kill(camera.child_pid, signal.SIGKILL)
            wait_for(lambda: "Too many open files" in (camera.state().fault or ""))
        finally:
            resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
        assert read_until_frame(camera)


def test_child_runs_under_another_interpreter(tmp_path):
    # Not another version, which cannot be had everywhere, but found by its own path and shown
    # nothing but the one package, as the system's Python is for picamera2.
    camera = IsolatedCamera(
        "code", "hardware.sim.code_camera:simulated_code_camera",
        {"folder": str(tmp_path), "width": 320, "height": 180},
        python=sys.executable, open_deadline_s=30.0,
    )  # fmt: skip
    with camera:
        camera.start_live_view()
        assert np.any(camera.read_frame(5.0).pixels)
