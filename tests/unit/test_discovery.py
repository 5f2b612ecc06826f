"""Drivers are found by the name the settings use, and are really there."""

from __future__ import annotations

import pytest

from hardware.base import Camera
from hardware.discovery import CODE_CAMERAS, MAIN_CAMERAS, driver_spec
from hardware.errors import Misconfigured
from hardware.isolation_child import build_driver


def test_every_main_camera_driver_can_be_built(tmp_path):
    for name in MAIN_CAMERAS:
        arguments = {"folder": str(tmp_path)} if name == "simulated" else {}
        assert isinstance(build_driver(driver_spec(name), arguments), Camera)


def test_every_code_camera_driver_can_be_built(tmp_path):
    for name in CODE_CAMERAS:
        arguments = {"folder": str(tmp_path)} if name == "simulated" else {}
        assert isinstance(build_driver(driver_spec(name, "code"), arguments), Camera)


def test_unknown_driver_is_refused_with_the_known_ones():
    with pytest.raises(Misconfigured, match=r"Choose one of: .*simulated"):
        driver_spec("polaroid")
