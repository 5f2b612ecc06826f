"""The camera contract for USB cameras in this process; run by `contract/test_uvc.py`."""

from __future__ import annotations

import os

import pytest
from contract.devices import CameraContract

from hardware.base import CameraSettings
from hardware.uvc_camera import uvc_camera, uvc_code_camera

ROOT = os.environ.get("V4L2_TEST_TREE", "")


class TestUvcCamera(CameraContract):
    keeps = ("uvc", "in-process")
    unsupported = CameraSettings(aperture=5.6)

    @pytest.fixture
    def camera(self):
        return uvc_camera(width=640, height=360, root=ROOT)


class TestUvcCodeCamera(CameraContract):
    keeps = ("uvc code", "in-process")
    unsupported = CameraSettings(aperture=5.6)

    @pytest.fixture
    def camera(self):
        return uvc_code_camera(width=640, height=360, root=ROOT)
