"""From the booth's units to a USB camera's numbers, and which exposure comes when."""

from __future__ import annotations

import errno

import pytest

from hardware import v4l2_controls, v4l2_ioctl
from hardware.base import CameraSettings
from hardware.errors import Misconfigured, Unsupported
from hardware.exposure_turns import exposure_in_turn
from hardware.v4l2_controls import CONTROLS, Controls, gain_iso, gain_number, in_reach, nearest
from hardware.v4l2_ioctl import ControlRange


@pytest.mark.parametrize(
    ("wanted", "number"), [(-3, 10), (10, 10), (12.4, 10), (12.6, 15), (37, 35), (38, 40), (99, 40)]
)
def test_the_nearest_number_a_control_takes(wanted, number):
    assert nearest(wanted, ControlRange(10, 44, 5, 10)) == number


def test_rounding_to_a_step_is_no_fault_but_leaving_the_range_is():
    span = ControlRange(10, 40, 5, 10)
    assert in_reach(12.4, span)
    assert not in_reach(43, span)
    assert not in_reach(7, span)


def test_gain_runs_from_iso_100_to_1600_over_the_whole_control():
    span = ControlRange(16, 255, 1, 16)
    assert gain_number(100, span) == 16
    assert gain_number(1600, span) == 255
    for iso in (100, 400, 1234, 1600):
        assert gain_iso(gain_number(iso, span), span) == pytest.approx(iso)


def test_every_setting_of_a_camera_has_its_control_and_the_way_back():
    span = ControlRange(0, 10_000, 1, 100)
    values = {"exposure_s": 0.01, "iso": 400, "aperture": 2.8, "red_gain": 1.5, "blue_gain": 2.0,
              "focus_dioptre": 1.25, "colour_temperature_k": 5300}  # fmt: skip
    assert set(values) == set(CONTROLS) == set(CameraSettings.__dataclass_fields__)
    for name, value in values.items():
        number = CONTROLS[name].to_camera(value, span)
        assert CONTROLS[name].from_camera(number, span) == pytest.approx(value)
    assert CONTROLS["exposure_s"].to_camera(1 / 60, span) == pytest.approx(166.67, abs=0.01)


class Kernel:
    """Stands for the kernel's side of a camera; some firmware keeps values of its own."""

    def __init__(self, spans, *, keeps=None, refuses=()):
        self.spans = spans
        self.values = {number: span.default for number, span in spans.items()}
        self.keeps = keeps or {}
        self.refuses = refuses

    def query_control(self, _, number):
        return self.spans.get(number)

    def get_control(self, _, number):
        return self.keeps.get(number, self.values[number])

    def set_control(self, _, number, value):
        if number in self.refuses:
            raise OSError(errno.EINVAL, "Invalid argument")
        self.values[number] = value


@pytest.fixture
def play(monkeypatch):
    def play(kernel):
        for name in ("query_control", "get_control", "set_control"):
            monkeypatch.setattr(v4l2_ioctl, name, getattr(kernel, name))
        return Controls(-1, "Test Camera")

    return play


EXPOSURE = {
    v4l2_controls.EXPOSURE: ControlRange(3, 2047, 1, 250),
    v4l2_controls.AUTO_EXPOSURE: ControlRange(0, 3, 1, 3),
}


def test_the_automatic_is_switched_off_first(play):
    kernel = Kernel(EXPOSURE)
    assert play(kernel).apply(CameraSettings(exposure_s=0.02)).exposure_s == 0.02
    assert kernel.values == {v4l2_controls.EXPOSURE: 200, v4l2_controls.AUTO_EXPOSURE: 1}


def test_firmware_that_keeps_its_own_value_is_found_out(play):
    controls = play(Kernel(EXPOSURE, keeps={v4l2_controls.EXPOSURE: 156}))
    with pytest.raises(Misconfigured, match=r"reads back 0\.0156 s as exposure time, not 0\.02 s"):
        controls.apply(CameraSettings(exposure_s=0.02))


def test_a_camera_that_refuses_a_value_is_asked_what_it_has(play):
    controls = play(Kernel(EXPOSURE, refuses=(v4l2_controls.EXPOSURE,)))
    with pytest.raises(Misconfigured, match=r"reads back 0\.025 s"):
        controls.apply(CameraSettings(exposure_s=0.02))


def test_nothing_is_set_when_one_control_is_missing(play):
    kernel = Kernel(EXPOSURE)
    before = dict(kernel.values)
    with pytest.raises(Unsupported, match="no control for the ISO speed"):
        play(kernel).apply(CameraSettings(exposure_s=0.02, iso=200))
    assert kernel.values == before


def test_white_balance_is_written_in_kelvins(play):
    spans = {
        v4l2_controls.COLOUR_TEMPERATURE: ControlRange(2800, 6500, 10, 4600),
        v4l2_controls.AUTO_WHITE_BALANCE: ControlRange(0, 1, 1, 1),
    }
    kernel = Kernel(spans)
    controls = play(kernel)
    controls.set_white_balance("5300 K")
    assert list(kernel.values.values()) == [5300, 0]
    with pytest.raises(Misconfigured, match="'5300 K'"):
        controls.set_white_balance("cloudy")
    with pytest.raises(Misconfigured, match="takes 2800 to 6500 K"):
        controls.set_white_balance("9000K")


@pytest.mark.parametrize(("hertz", "entry"), [(50, 1), (60, 2)])
def test_power_line_frequency_where_there_is_the_control(play, hertz, entry):
    kernel = Kernel({v4l2_controls.POWER_LINE_FREQUENCY: ControlRange(0, 2, 1, 0)})
    assert play(kernel).set_power_line(hertz)
    assert kernel.values == {v4l2_controls.POWER_LINE_FREQUENCY: entry}
    assert not play(Kernel({})).set_power_line(hertz)


def test_exposures_come_in_turn_and_begin_again():
    turns = [exposure_in_turn(number, (0.002, 0.008, 0.033), 2) for number in range(8)]
    assert turns == [0.002, 0.002, 0.008, 0.008, 0.033, 0.033, 0.002, 0.002]
    assert {exposure_in_turn(number, (0.01,), 6) for number in range(20)} == {0.01}
