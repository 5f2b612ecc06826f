"""The DSLR driver with live view, on a stand-in: libgphoto2's virtual camera has none."""

from __future__ import annotations

import copy
import sys

import pytest
from contract.devices import CameraContract
from fake_gphoto2 import CANON, Body, Gphoto2

from hardware.base import CameraSettings
from hardware.gphoto2_camera import gphoto2_camera


class TestDslrWithLiveView(CameraContract):
    settings = CameraSettings(exposure_s=1 / 60)

    @pytest.fixture
    def camera(self, monkeypatch):
        monkeypatch.setitem(sys.modules, "gphoto2", Gphoto2(Body(settings=copy.deepcopy(CANON))))
        return gphoto2_camera(frames_per_second=50.0)
