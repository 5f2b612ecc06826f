"""The soak counts what goes wrong, and how long it lasts; and sees what grows."""

from __future__ import annotations

import io
import os

import numpy as np
import pytest
from PIL import Image

from hardware.base import CameraState, Still
from hardware.errors import DeviceLost, DeviceTimeout
from kiosk.devices.process_size import Growth, ProcessSize, process_size
from kiosk.devices.soak import soak
from kiosk.devices.trial import DamagedStill, whole_size


def jpeg(level: int) -> bytes:
    file = io.BytesIO()
    Image.fromarray(np.full((90, 160, 3), level, np.uint8)).save(file, "JPEG")
    return file.getvalue()


class ScriptedCamera:
    """Gives what its script says, one entry a still: a file, or an error."""

    child_pid = None

    def __init__(self, *script) -> None:
        self.script = list(script)
        self.now = 0.0
        self.opened = self.closed = 0

    def open(self) -> None:
        self.opened += 1

    def close(self) -> None:
        self.closed += 1

    def state(self) -> CameraState:
        return CameraState("scripted", restarts=3)

    def capture_still(self, timeout_s: float) -> Still:
        self.now += 1.0
        step = self.script.pop(0) if len(self.script) > 1 else self.script[0]
        if isinstance(step, Exception):
            raise step
        return Still(step, "image/jpeg", self.now)


def run(camera, stills=None, seconds=None, give_up_after_s=10.0):
    return soak(
        camera, stills=stills, seconds=seconds, deadline_s=1.0, give_up_after_s=give_up_after_s,
        clock=lambda: camera.now,
    )  # fmt: skip


def test_stills_that_all_come_pass():
    camera = ScriptedCamera(*(jpeg(level) for level in range(0, 100, 10)))
    result = run(camera, stills=10)
    assert result.passed
    assert result.stills == 10
    assert result.as_dict()["still_median_s"] == 1.0
    assert result.restarts == 3
    assert camera.closed == 1


def test_a_fault_is_counted_once_and_its_length_measured():
    camera = ScriptedCamera(
        jpeg(1), DeviceLost("gone"), DeviceLost("gone"), DeviceTimeout("slow"), jpeg(2), jpeg(3)
    )
    result = run(camera, stills=3)
    assert dict(result.faults) == {"DeviceLost": 1}
    assert result.away_s == [4.0]
    assert result.last_fault == "slow"
    assert not result.passed


def test_the_same_file_twice_is_no_new_photo():
    result = run(ScriptedCamera(jpeg(1), jpeg(1), jpeg(2), jpeg(3)), stills=3)
    assert result.repeated == 1
    assert not result.passed


def test_still_cut_short_is_a_fault():
    result = run(ScriptedCamera(jpeg(1)[:-60], jpeg(2), jpeg(3)), stills=1)
    assert dict(result.faults) == {"DamagedStill": 1}
    with pytest.raises(DamagedStill, match="cable"):
        whole_size(Still(b"\xff\xd8 none", "image/jpeg", 0.0))


def test_camera_that_stays_away_ends_the_run():
    result = run(ScriptedCamera(DeviceLost("Plug it in.")), stills=5, give_up_after_s=3.0)
    assert "No still for 3 s: Plug it in." in result.gave_up
    assert not result.passed


def test_time_ends_the_run_too():
    result = run(ScriptedCamera(*(jpeg(level) for level in range(0, 200, 7))), seconds=5.0)
    assert result.stills == 5


def test_growth_counts_once_a_process_has_settled_and_anew_after_a_restart():
    growth = Growth(settled_after=2)
    for pid, sizes in ((1, (50, 80, 90, 93, 91)), (2, (40, 70, 95, 96))):
        for size in sizes:
            growth.note(pid, ProcessSize(size, 10))
    assert growth.memory_mb == 3
    assert growth.handles == 0
    assert growth.peak_mb == 96
    growth.note(2, ProcessSize(96, 14))
    assert growth.handles == 4
    growth.note(None, None)


def test_size_of_a_process_is_the_kernels():
    size = process_size(os.getpid())
    assert 10 < size.memory_mb < 4000
    assert size.handles >= 3
    assert process_size(2**22 + 1) is None
