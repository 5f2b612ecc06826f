"""The devices of a booth keep their contracts: run at the booth, by ``make test-hardware``.

Which devices it has stands in its settings, whose file is named by ``KIOSK_HARDWARE_CONFIG``. The
booth itself must be stopped: a device serves one program at a time.
"""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from contract.devices import CameraContract, LightContract
from PIL import Image

from hardware.base import Camera, Light
from kiosk.booth.accessory_drivers import build_lights, build_printer
from kiosk.booth.devices import build_camera
from kiosk.settings import Settings, load

pytestmark = pytest.mark.hardware

VARIABLE = "KIOSK_HARDWARE_CONFIG"
DARK = 3.0
"""A picture whose mean is below this is black: the lens cap is on, or the shutter stays shut."""


@pytest.fixture(scope="module")
def settings() -> Settings:
    file = os.environ.get(VARIABLE)
    if not file:
        pytest.fail(f"{VARIABLE} names no settings; say: make test-hardware CONFIG=kiosk.toml")
    return load(Path(file))


class TestMainCamera(CameraContract):
    unsupported = None

    @pytest.fixture
    def camera(self, settings: Settings) -> Iterator[Camera]:
        camera = build_camera("main", settings.main_camera, {})
        yield camera
        camera.close()

    def test_live_view_and_still_are_not_black(self, camera: Camera):
        with camera:
            camera.start_live_view()
            for _ in range(5):
                frame = camera.read_frame(5.0)
            still = camera.capture_still()
        assert frame.pixels.mean() > DARK
        with Image.open(io.BytesIO(still.data)) as photo:
            assert np.asarray(photo.convert("L")).mean() > DARK


class TestCodeCamera(CameraContract):
    unsupported = None

    @pytest.fixture
    def camera(self, settings: Settings) -> Iterator[Camera]:
        camera = build_camera("codes", settings.code_camera, {})
        yield camera
        camera.close()


class TestModellingLight(LightContract):
    @pytest.fixture
    def light(self, settings: Settings) -> Light:
        light = build_lights(settings.lights).modelling
        if light is None:
            pytest.skip("this booth has no modelling light at its pins")
        return light


def test_the_printer_is_ready(settings: Settings):
    printer = build_printer(settings.printer)
    if printer is None:
        pytest.skip("this booth has no printer")
    with printer:
        state = printer.state()
    assert state.ready, state.message
