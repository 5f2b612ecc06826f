"""The camera contract for the DSLR driver in this process; run by `contract/test_gphoto2.py`."""

from __future__ import annotations

import pytest
import virtual_dslr
from contract.devices import CameraContract

from hardware.base import CameraSettings


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    # libgphoto2 notes the folder's name once a process.
    return virtual_dslr.install(tmp_path_factory.mktemp("camera"))


class TestDslr(CameraContract):
    keeps = ("gphoto2", "in-process")
    has_live_view = False
    settings = CameraSettings(exposure_s=0.005)

    @pytest.fixture
    def camera(self, folder):
        return virtual_dslr.virtual_dslr(str(folder))
