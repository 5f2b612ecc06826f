"""The simulated devices keep the contracts, in this process and isolated."""

from __future__ import annotations

import pytest
from contract.devices import CameraContract, CodeScannerContract, LightContract, PrinterContract
from standin import draw_portrait

from hardware.discovery import driver_spec
from hardware.errors import DeviceLost
from hardware.isolation import IsolatedCamera
from hardware.sim.cameras import simulated_main_camera
from hardware.sim.code_camera import simulated_code_camera
from hardware.sim.director import Director
from hardware.sim.light import SimulatedLight
from hardware.sim.printer import SimulatedPrinter
from hardware.sim.scanner import SimulatedScanner


@pytest.fixture
def main_arguments(tmp_path):
    Director(tmp_path).pose(lively=True)
    return {
        "folder": str(tmp_path),
        "portrait": str(draw_portrait(tmp_path / "portrait.png")),
        "width": 320,
        "height": 180,
        "still_width": 640,
        "still_height": 360,
        "frames_per_second": 50.0,
    }


class TestSimulatedMainCamera(CameraContract):
    keeps = ("simulated", "in-process")

    @pytest.fixture
    def camera(self, main_arguments):
        return simulated_main_camera(**main_arguments)


class TestSimulatedCodeCamera(CameraContract):
    keeps = ("simulated code", "in-process")

    @pytest.fixture
    def camera(self, tmp_path):
        return simulated_code_camera(str(tmp_path), 320, 180, 50.0)


class TestIsolatedCamera(CameraContract):
    keeps = ("simulated", "isolated")

    @pytest.fixture
    def camera(self, main_arguments):
        camera = IsolatedCamera(
            "main", driver_spec("simulated"), main_arguments, open_deadline_s=30.0,
            frame_deadline_s=5.0, frozen_after_s=5.0,
        )  # fmt: skip
        yield camera
        camera.close()


class TestIsolatedCodeCamera(CameraContract):
    keeps = ("simulated code", "isolated")

    @pytest.fixture
    def camera(self, tmp_path):
        arguments = {"folder": str(tmp_path), "width": 320, "height": 180}
        camera = IsolatedCamera(
            "codes", driver_spec("simulated", "code"), {**arguments, "frames_per_second": 50.0},
            open_deadline_s=30.0, frame_deadline_s=5.0, frozen_after_s=5.0,
        )  # fmt: skip
        yield camera
        camera.close()


class TestSimulatedLight(LightContract):
    @pytest.fixture
    def light(self, tmp_path):
        return SimulatedLight(tmp_path)


class TestSimulatedPrinter(PrinterContract):
    @pytest.fixture
    def printer(self, tmp_path):
        return SimulatedPrinter(tmp_path)

    def test_prints_land_in_the_folder(self, printer, tmp_path):
        with printer:
            job = printer.print_file(b"picture", "image/jpeg", "张三 / sheet")
        assert (tmp_path / "printed" / f"{job}.jpg").read_bytes() == b"picture"

    @pytest.mark.parametrize(("problem", "word"), [("out_of_paper", "paper"), ("offline", "cable")])
    def test_says_what_is_wrong(self, printer, tmp_path, problem, word):
        director = Director(tmp_path)
        with printer:
            director.printer(problem)
            assert word in printer.state().message
            with pytest.raises(DeviceLost, match=word):
                printer.print_file(b"picture", "image/jpeg", "sheet")
            director.printer(None)
            assert printer.state().ready


class TestSimulatedScanner(CodeScannerContract):
    @pytest.fixture
    def scanner(self, tmp_path):
        return SimulatedScanner(tmp_path)

    @pytest.fixture
    def scan(self, tmp_path):
        return Director(tmp_path).scan
