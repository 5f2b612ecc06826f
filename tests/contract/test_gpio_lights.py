"""Lamps at pins keep the light's contract, on gpiozero's own mock pins."""

from __future__ import annotations

import pytest
from contract.devices import LightContract
from gpiozero.pins.mock import MockFactory, MockPWMPin

from hardware.lights import GpioLight


@pytest.fixture
def pins():
    factory = MockFactory(pin_class=MockPWMPin)
    yield factory
    factory.close()


class TestDimmedLight(LightContract):
    @pytest.fixture
    def light(self, pins):
        return GpioLight("modelling light", 18, pwm_hz=1000, factory=lambda: pins)


class TestSwitchedLight(LightContract):
    @pytest.fixture
    def light(self, pins):
        return GpioLight("idle lamp", 5, factory=lambda: pins)
