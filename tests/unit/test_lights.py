"""Lamps at pins: gpiozero is real, with its own mock pins in the place of a Raspberry Pi's."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from gpiozero.pins.mock import MockFactory, MockPWMPin

from hardware.errors import DeviceBusy, DeviceLost, Misconfigured, NotOpen
from hardware.lights import FlashTrigger, GpioLight, has_pins, kernel_pins


@pytest.fixture
def pins():
    factory = MockFactory(pin_class=MockPWMPin)
    yield factory
    factory.close()


def light(pins, pin=18, **options) -> GpioLight:
    return GpioLight("modelling light", pin, factory=lambda: pins, **options)


def test_level_reaches_the_pin_at_the_frequency_set(pins):
    with light(pins, pwm_hz=1000) as lamp:
        lamp.set_level(0.4)
        assert pins.pin(18).state == pytest.approx(0.4)
        assert pins.pin(18).frequency == 1000


def test_light_that_is_low_active_is_dark_at_a_high_pin(pins):
    with light(pins, pwm_hz=1000, active_high=False) as lamp:
        assert pins.pin(18).state == 1.0
        lamp.set_level(0.25)
        assert pins.pin(18).state == pytest.approx(0.75)


@pytest.mark.parametrize(("level", "state"), [(0.49, False), (0.5, True), (1.0, True)])
def test_light_that_is_not_dimmed_is_on_from_a_half(pins, level, state):
    with light(pins) as lamp:
        lamp.set_level(level)
        assert pins.pin(18).state == state


def test_two_lamps_at_one_pin_are_a_mistake_that_is_named(pins):
    with light(pins), pytest.raises(DeviceBusy, match="pin 18 is in use"):
        light(pins).open()


def test_pin_that_is_none_is_named(pins):
    with pytest.raises(Misconfigured, match="pin 99"):
        light(pins, pin=99).open()


def test_pin_that_fails_is_a_device_that_is_lost(pins, monkeypatch):
    with light(pins) as lamp:
        pin = pins.pin(18)
        monkeypatch.setattr(
            type(pin), "_set_state", lambda *_: (_ for _ in ()).throw(OSError("I/O error"))
        )
        with pytest.raises(DeviceLost, match="I/O error"):
            lamp.set_level(1.0)
        assert lamp.level == 0.0
        monkeypatch.undo()


def test_light_may_be_used_again_after_it_was_let_go(pins):
    lamp = light(pins, pwm_hz=1000)
    for _ in range(2):
        with lamp:
            lamp.set_level(1.0)
        assert lamp.level == 0.0


def test_flash_is_one_pulse(pins):
    flash = FlashTrigger(23, factory=lambda: pins, pulse_s=0.002)
    with pytest.raises(NotOpen):
        flash.fire()
    with flash:
        pin = pins.pin(23)
        pin.clear_states()
        flash.fire()
        assert [state.state for state in pin.states] == [False, True, False]
        assert pin.states[2].timestamp >= 0.002


def test_machine_without_pins_says_so(tmp_path):
    assert not has_pins(tmp_path)
    with pytest.raises(DeviceLost, match=r"no Raspberry Pi.*lights\.driver"):
        kernel_pins(tmp_path)


def test_machine_with_pins_of_another_kind_says_the_same(tmp_path):
    (tmp_path / "gpiochip0").touch()
    pytest.importorskip("lgpio", reason="has wheels for Linux only")
    if Path("/proc/device-tree/model").exists():
        pytest.skip("this is a Raspberry Pi")
    with pytest.raises(DeviceLost, match="no Raspberry Pi"):
        kernel_pins(tmp_path)


def test_absent_pins_make_no_noise(tmp_path):
    program = (
        "from hardware.errors import DeviceLost\n"
        "from hardware.lights import GpioLight\n"
        "try:\n    GpioLight('lamp', 18).open()\nexcept DeviceLost:\n    print('absent')\n"
    )
    if has_pins():
        pytest.skip("this machine has pins")
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", program],
        capture_output=True, text=True, check=True, cwd=Path(__file__).parents[2],
    )  # fmt: skip
    assert (done.stdout, done.stderr) == ("absent\n", "")
