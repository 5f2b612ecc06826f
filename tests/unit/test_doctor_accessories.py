"""The doctor on lamps, scanner and printer: what it finds, how grave it is, what to do."""

from __future__ import annotations

import pytest
from gpiozero.pins.mock import MockFactory, MockPWMPin

from hardware.errors import DeviceBusy, DeviceLost, DeviceTimeout, Misconfigured
from hardware.sim.director import Director
from hardware.sim.printer import SimulatedPrinter
from hardware.sim.scanner import SimulatedScanner
from kiosk.booth.accessory_drivers import Lights, build_lights
from kiosk.doctor import accessories
from kiosk.doctor.finding import Status
from kiosk.settings import LightSettings


class Refusing:
    """Does not open, for a reason."""

    name = "refusing"

    def __init__(self, error: Exception) -> None:
        self.error = error

    def __enter__(self):
        raise self.error

    def __exit__(self, *_):
        return None


@pytest.fixture
def pins():
    factory = MockFactory(pin_class=MockPWMPin)
    yield factory
    factory.close()


def test_lamps_whose_pins_answer_are_well_and_let_go_of(pins):
    settings = LightSettings(driver="gpio", modelling_pin=18, flash_pin=23, idle_pin=5)
    for _ in range(2):
        (finding,) = accessories.lights(build_lights(settings, lambda: pins))
        assert finding.status is Status.OK
        assert "modelling light, flash, idle lamp" in finding.what
    assert not pins.pin(18).state


def test_no_lamps_are_no_trouble():
    (finding,) = accessories.lights(Lights())
    assert finding.status is Status.OK


def test_lamp_without_pins_fails_and_a_pin_in_use_is_the_booths(pins):
    settings = LightSettings(driver="gpio", modelling_pin=18, idle_pin=5)
    with build_lights(settings, lambda: pins).modelling:
        busy, well = accessories.lights(build_lights(settings, lambda: pins))
    assert busy.status is Status.WARNING
    assert "systemctl stop kiosk" in busy.remedy
    assert "idle lamp" in well.what

    def no_pins():
        raise DeviceLost("This machine has no pins.")

    found = list(accessories.lights(build_lights(settings, no_pins)))
    assert [finding.status for finding in found] == [Status.FAILED, Status.FAILED]
    assert "[lights]" in found[0].remedy


@pytest.mark.parametrize(
    ("device", "wanted", "status", "word"),
    [
        (None, "", Status.OK, "Not wanted"),
        (Refusing(DeviceLost("Not plugged in.")), "", Status.OK, "second camera"),
        (Refusing(DeviceLost("Not plugged in.")), "1-1", Status.WARNING, "Not plugged in"),
        (Refusing(DeviceBusy("cheese (7) holds it.")), "", Status.WARNING, "cheese"),
        (Refusing(Misconfigured("Group input.")), "", Status.FAILED, "Group input"),
    ],
)
def test_scanner(device, wanted, status, word):
    finding = accessories.scanner(device, wanted)
    assert finding.status is status
    assert word in finding.what
    assert bool(finding.remedy) == (status is not Status.OK)


def test_scanner_that_is_there(tmp_path):
    finding = accessories.scanner(SimulatedScanner(tmp_path), "")
    assert finding.status is Status.OK
    assert "no screen" in finding.what


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (DeviceLost("There is no printer 'booth'."), Status.WARNING),
        (DeviceTimeout("CUPS did not answer."), Status.WARNING),
        (Misconfigured("apt install cups"), Status.FAILED),
    ],
)
def test_printer_that_does_not_open(error, status):
    finding = accessories.printer(Refusing(error))
    assert finding.status is status
    assert str(error) in finding.what
    assert "kiosk print" in finding.remedy


def test_printer_without_paper_is_a_warning(tmp_path):
    director = Director(tmp_path)
    assert accessories.printer(SimulatedPrinter(tmp_path)).status is Status.OK
    director.printer("out_of_paper")
    finding = accessories.printer(SimulatedPrinter(tmp_path))
    assert finding.status is Status.WARNING
    assert "out of paper" in finding.what
    assert accessories.printer(None).status is Status.OK
