"""The camera contract for the Pi camera in one process; run in Debian 13 by `test_pi_camera.py`."""

from __future__ import annotations

import pytest
import virtual_pi
from contract_devices import CameraContract

from hardware.base import CameraSettings


class TestPiCamera(CameraContract):
    keeps = ("pi", "in-process")
    settings = CameraSettings()
    unsupported = CameraSettings(exposure_s=1 / 60)

    @pytest.fixture
    def camera(self):
        return virtual_pi.pi_camera(width=640, height=360)


class TestPiCodeCamera(CameraContract):
    keeps = ("pi code", "in-process")
    settings = CameraSettings()
    unsupported = CameraSettings(exposure_s=1 / 60)

    @pytest.fixture
    def camera(self):
        return virtual_pi.pi_code_camera(width=640, height=360)
