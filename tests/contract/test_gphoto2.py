"""The DSLR driver keeps the camera contract, on libgphoto2's own virtual camera.

libgphoto2 may crash the process it runs in, and its virtual camera is chosen when it is loaded;
so it never runs in the process of the tests. In-process the contract is kept in a pytest of its
own (`contract/gphoto2_in_process.py`).
"""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest
import virtual_dslr
from contract.devices import CameraContract
from contract.inner import run_inner
from standin import wait_for

from hardware.base import CameraSettings, Condition
from hardware.errors import DeviceBusy, DeviceLost, Misconfigured, Unsupported
from hardware.isolation import IsolatedCamera

pytest.importorskip("gphoto2", reason="python-gphoto2 is not installed (the extra 'dslr')")

TESTS = Path(__file__).parents[1]
BACK_WITHIN_S = 5.0


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(TESTS), str(TESTS.parent)]))
    return virtual_dslr.install(tmp_path)


def isolated(folder, **arguments):
    return IsolatedCamera(
        "main", "virtual_dslr:virtual_dslr", {"folder": str(folder), **arguments},
        open_deadline_s=20.0, other_deadline_s=10.0, still_deadline_s=20.0, back_off_s=0.1,
        back_off_max_s=0.2,
    )  # fmt: skip


@pytest.fixture
def camera(folder):
    camera = isolated(folder)
    yield camera
    camera.close()


def test_the_contract_is_kept_in_process(tmp_path):
    run_inner("contract/gphoto2_in_process.py", tmp_path, {})


class TestIsolatedDslr(CameraContract):
    keeps = ("gphoto2", "isolated")
    has_live_view = False
    settings = CameraSettings(exposure_s=0.005)

    @pytest.fixture
    def camera(self, camera):
        return camera


def test_says_what_it_is(camera):
    with camera:
        state = camera.state()
    assert (state.driver, state.model, state.serial) == ("gphoto2", "Nikon DSC D750", "0.1")
    assert state.battery_percent == 50
    assert state.free_bytes > 1 << 20


def test_a_value_the_camera_does_not_offer_is_refused_with_those_it_does(camera):
    with camera:
        kept = camera.apply(CameraSettings(exposure_s=0.02, aperture=5.6))
        assert (kept.exposure_s, kept.aperture) == (0.02, 5.6)
        with pytest.raises(Misconfigured, match=r"exposure time.*0\.0100s.*mode dial"):
            camera.apply(CameraSettings(exposure_s=1 / 60))
        with pytest.raises(Unsupported, match="no control for ISO speed"):
            camera.apply(CameraSettings(iso=100))
        assert camera.apply(CameraSettings()) == kept


def test_the_camera_asked_for_is_opened_or_missed_by_name(folder):
    for wanted in ({"model": "d750"}, {"serial": "0.1"}, {"model": "D750", "serial": "0.1"}):
        with isolated(folder, **wanted) as camera:
            assert camera.state().condition is Condition.READY
    for wanted in ({"model": "EOS R6"}, {"serial": "4711"}):
        with pytest.raises(DeviceLost, match=r"no .*(EOS R6|4711).*found: Nikon DSC D750"):
            isolated(folder, **wanted).open()


def test_a_white_balance_it_cannot_have_is_told_when_it_is_opened(folder):
    with pytest.raises(Unsupported, match="white balance"):
        isolated(folder, white_balance="5300 K").open()


def test_unplugged_it_comes_back_with_its_settings(camera, folder):
    with camera:
        camera.apply(CameraSettings(exposure_s=0.005, aperture=8.0))
        camera.capture_still()
        virtual_dslr.unplug(folder)
        with pytest.raises(DeviceLost):
            camera.capture_still()
        fault = wait_for(lambda: str(camera.state().fault).startswith("There is no"))
        assert fault
        assert camera.state().condition is Condition.TEMPORARY_FAULT
        assert "switch it on" in camera.state().fault
        virtual_dslr.plug_in(folder)
        back_at = time.monotonic()
        wait_for(lambda: camera.state().condition is Condition.READY, BACK_WITHIN_S)
        assert time.monotonic() - back_at < BACK_WITHIN_S
        has = camera.apply(CameraSettings())
        assert (has.exposure_s, has.aperture) == (0.005, 8.0)
        assert camera.capture_still().data


def test_a_crash_of_the_library_costs_one_call(camera, folder):
    with camera:
        camera.capture_still()
        (folder / "crash").touch()
        with pytest.raises(DeviceLost, match="process"):
            camera.capture_still()
        wait_for(lambda: camera.state().condition is Condition.READY)
        assert camera.capture_still().data
        assert camera.state().restarts == 1


def test_held_by_another_program_says_by_which(folder):
    (folder / "held").touch()
    with pytest.raises(DeviceBusy, match=r"held by gvfs-gphoto2-volume-monitor \(77\).*mask --now"):
        isolated(folder).open()


def test_held_by_another_program_while_it_was_away_it_comes_back_when_let_go(camera, folder):
    with camera:
        (folder / "held").touch()
        (folder / "crash").touch()
        with pytest.raises(DeviceLost):
            camera.capture_still()
        wait_for(lambda: "held by gvfs" in str(camera.state().fault))
        (folder / "held").unlink()
        wait_for(lambda: camera.state().condition is Condition.READY, BACK_WITHIN_S)
        assert camera.capture_still().data


def test_sixty_stills_lose_none_though_the_camera_is_full_after_26(camera):
    with camera:
        for _ in range(8):
            camera.capture_still()
        before = memory_bytes(camera.child_pid), handles(camera.child_pid)
        numbers = [virtual_dslr.photo_number(camera.capture_still()) for _ in range(52)]
        after = memory_bytes(camera.child_pid), handles(camera.child_pid)
        assert camera.state().restarts == 0
    assert numbers == list(range(9, 61))
    assert after[0] - before[0] < 10 << 20
    assert after[1] == before[1]


def memory_bytes(pid: int) -> int:
    fields = Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()
    return int(fields[1]) * os.sysconf("SC_PAGE_SIZE")


def handles(pid: int) -> int:
    return len(list(Path(f"/proc/{pid}/fd").iterdir()))
