"""Lamps by the visit's state, the flash, and who is told when nothing reads codes any more."""

from __future__ import annotations

import time
from concurrent.futures import Future
from dataclasses import replace

import pytest
from gpiozero.pins.mock import MockFactory, MockPWMPin
from standin import wait_for

from hardware.base import Still
from hardware.errors import DeviceLost, FaultKind
from hardware.lights import FlashTrigger
from hardware.sim.director import Director
from hardware.sim.light import SimulatedLight
from hardware.sim.printer import SimulatedPrinter
from kiosk.booth.accessories import Accessories
from kiosk.booth.accessory_drivers import Lights, build_lights, build_printer, build_scanner
from kiosk.booth.code_fault import CodeFault
from kiosk.booth.flash import Flash
from kiosk.booth.status_lamps import Sign, StatusLamps, sign_of
from kiosk.settings import CodeScannerSettings, LightSettings, PrinterSettings, Settings
from kiosk.visit.machine import start
from kiosk.visit.model import Fault, State
from kiosk.visit.rules import rules_from

VISIT = start(rules_from(Settings().visit))
PINS = LightSettings(
    driver="gpio", modelling_pin=18, flash_pin=23, idle_pin=5, in_use_pin=6, fault_pin=13
)


@pytest.fixture
def pins():
    factory = MockFactory(pin_class=MockPWMPin)
    yield factory
    factory.close()


@pytest.mark.parametrize(
    ("visit", "sign"),
    [
        (VISIT, Sign.IDLE),
        (replace(VISIT, state=State.POSE), Sign.IN_USE),
        (replace(VISIT, state=State.HELP), Sign.IN_USE),
        (replace(VISIT, state=State.ENDED), Sign.IN_USE),
        (replace(VISIT, state=State.FAULT), Sign.FAULT),
        (replace(VISIT, faults=frozenset({Fault.OUTBOX})), Sign.FAULT),
    ],
)
def test_lamps_say_free_in_use_or_broken(visit, sign):
    assert sign_of(visit) is sign


def test_one_status_lamp_is_lit_at_a_time_and_none_at_the_end(pins):
    lamps = StatusLamps(build_lights(PINS, lambda: pins).status)
    lamps.start()

    def lit() -> list[int]:
        return [pin for pin in (5, 6, 13) if pins.pin(pin).state]

    for visit, pin in ((VISIT, 5), (replace(VISIT, state=State.CODE), 6),
                       (replace(VISIT, state=State.FAULT), 13), (VISIT, 5)):  # fmt: skip
        lamps.show(visit)
        wait_for(lambda pin=pin: lit() == [pin])
    lamps.stop()
    assert lit() == []


def test_lamps_without_a_pin_are_not_built(pins):
    lights = build_lights(LightSettings(driver="gpio", modelling_pin=18), lambda: pins)
    assert lights.modelling is not None
    assert lights.status == {}
    assert lights.flash is None


def test_nothing_is_built_unasked():
    assert build_lights(LightSettings(modelling_pin=18)) == Lights()
    assert build_printer(PrinterSettings()) is None
    assert build_scanner(CodeScannerSettings(driver="none")) is None


def test_pin_of_two_lamps_is_a_mistake_of_the_settings():
    with pytest.raises(ValueError, match="pin 5 is given to two lamps"):
        LightSettings(idle_pin=5, fault_pin=5)


def test_flash_fires_once_for_a_still(pins):
    flash = FlashTrigger(23, factory=lambda: pins, pulse_s=0.001)
    still: Future[Still] = Future()
    fired = Flash(flash, 0.01)
    assert fired.with_still(lambda: still)() is still
    wait_for(lambda: flash.is_open and pins.pin(23).states[-1].state == 0)
    wait_for(lambda: [state.state for state in pins.pin(23).states] == [False, True, False])
    assert fired.fault is None
    fired.close()


def test_flash_that_fails_leaves_the_still_alone(caplog):
    def no_pins():
        raise DeviceLost("This machine has no pins.")

    still: Future[Still] = Future()
    flash = Flash(FlashTrigger(23, factory=no_pins), 0.0)
    assert flash.with_still(lambda: still)() is still
    wait_for(lambda: "no pins" in caplog.text)
    wait_for(lambda: flash.fault is not None)
    assert flash.fault.kind is FaultKind.DISCONNECTED


def test_without_a_flash_nothing_is_changed():
    accessories = Accessories(
        Settings(code_scanner={"driver": "none"}), light=None, scanner=None, printer=None,
        on_text=lambda _: None, on_scanner=lambda _: None,
    )  # fmt: skip

    def take() -> Future[Still]:
        return Future()

    assert accessories.with_flash(take) is take
    assert accessories.devices() == ()


class BrokenLight(SimulatedLight):
    """Fails as no light should."""

    def _do_set_level(self, level: float) -> None:
        del level
        raise ZeroDivisionError("odd")


def test_lamp_that_fails_is_a_device_with_a_fault_and_is_logged_once(tmp_path, caplog):
    accessories = Accessories(
        Settings(code_scanner={"driver": "none"}), light=BrokenLight(tmp_path), scanner=None,
        printer=None, on_text=lambda _: None, on_scanner=lambda _: None,
    )  # fmt: skip
    accessories.start()
    try:
        for on in (True, False, True):
            accessories.light(on=on)
            time.sleep(0.05)
        wait_for(accessories.devices)
        (device,) = accessories.devices()
    finally:
        accessories.stop()
    assert (device.name, device.works, device.fault) == ("light", False, "process_ended")
    assert "odd" in device.said
    assert caplog.text.count("Traceback") == 1


def test_codes_fail_only_when_camera_and_scanner_do():
    told: list[bool] = []
    fault = CodeFault(told.append)
    fault.scanner(ready=True)
    fault.camera(fails=True)
    assert told == []
    fault.scanner(ready=False)
    assert told == [True]
    fault.scanner(ready=True)
    assert told == [True, False]
    fault.camera(fails=False)
    fault.scanner(ready=False)
    assert told == [True, False]


class FakeScanner:
    """Not there, then there, then pulled out; says what it is told to."""

    name = "fake scanner"

    def __init__(self) -> None:
        self.there = False
        self.is_open = False
        self.text: str | None = None
        self.error: Exception | None = None

    def open(self) -> None:
        if not self.there:
            raise DeviceLost("A barcode scanner is not plugged in.")
        self.is_open = True

    def close(self) -> None:
        self.is_open = False

    def read(self, timeout_s: float) -> str | None:
        if self.error is not None:
            raise self.error
        if not self.there:
            raise DeviceLost("The scanner is gone.")
        text, self.text = self.text, None
        if text is None:
            time.sleep(0.005)
        return text


class Running:
    def __init__(self) -> None:
        self.scanner = FakeScanner()
        self.texts: list[str] = []
        self.ready: list[bool] = []
        settings = Settings(code_scanner={"search_every_s": 0.2})
        self.accessories = Accessories(
            settings, light=None, scanner=self.scanner, printer=None,
            on_text=self.texts.append, on_scanner=self.ready.append,
        )  # fmt: skip

    def read(self, text: str) -> None:
        self.scanner.text = text
        wait_for(lambda: self.scanner.text is None)


@pytest.fixture
def running():
    running = Running()
    running.accessories.start()
    yield running
    running.accessories.stop()
    assert not running.scanner.is_open


def test_scanner_is_found_lost_and_found_again(running, caplog):
    assert running.accessories.devices() == ()
    running.scanner.there = True
    wait_for(lambda: running.ready == [True])
    assert [device.name for device in running.accessories.devices()] == ["code_scanner"]
    running.scanner.there = False
    wait_for(lambda: running.ready == [True, False])
    assert "The scanner is gone." in caplog.text
    running.scanner.there = True
    wait_for(lambda: running.ready == [True, False, True])
    running.accessories.scan(on=True)
    running.read("AFTER")
    wait_for(lambda: running.texts == ["AFTER"])


def test_scanner_that_was_never_there_is_no_news(running, caplog):
    time.sleep(0.05)
    assert caplog.text == ""


def test_what_is_scanned_counts_only_while_codes_are_wanted(running):
    running.scanner.there = True
    running.read("EARLY")
    running.accessories.scan(on=True)
    running.read("CODE")
    wait_for(lambda: running.texts == ["CODE"])
    running.accessories.scan(on=False)
    running.read("LATE")
    running.accessories.scan(on=True)
    running.read("NEXT")
    wait_for(lambda: running.texts == ["CODE", "NEXT"])


def test_scanner_that_breaks_unforeseen_does_not_end_the_thread(running, caplog):
    running.scanner.there = True
    wait_for(lambda: running.ready == [True])
    running.scanner.error = ZeroDivisionError("odd")
    wait_for(lambda: running.ready == [True, False])
    assert "odd" in caplog.text
    (device,) = running.accessories.devices()
    assert (device.works, device.fault) == (False, "process_ended")
    running.scanner.error = None
    wait_for(lambda: running.ready == [True, False, True])


def test_printer_is_watched_while_it_prints_nothing(tmp_path, caplog):
    director = Director(tmp_path)
    settings = Settings(booth={"network_every_s": 1.0}, code_scanner={"driver": "none"})
    accessories = Accessories(
        settings, light=None, scanner=None, printer=SimulatedPrinter(tmp_path),
        on_text=lambda _: None, on_scanner=lambda _: None,
    )  # fmt: skip
    director.printer("out_of_paper")
    accessories.start()
    try:
        wait_for(lambda: not accessories.devices()[0].works)
        assert accessories.devices()[0].fault == "paper_out"
        assert accessories.devices()[0].said.startswith("The printer is out of paper")
        assert "out of paper" in caplog.text
        director.printer(None)
        wait_for(lambda: accessories.devices()[0].works)
    finally:
        accessories.stop()


def test_modelling_light_has_a_level_for_posing_and_one_for_the_rest(pins, monkeypatch):
    monkeypatch.setattr(
        "kiosk.booth.accessories.build_lights",
        lambda settings: build_lights(settings, lambda: pins),
    )
    settings = Settings(
        lights={"driver": "gpio", "modelling_pin": 18, "modelling_level": 0.9,
                "modelling_rest_level": 0.2},
        code_scanner={"driver": "none"},
    )  # fmt: skip
    accessories = Accessories(
        settings, light=None, scanner=None, printer=None,
        on_text=lambda _: None, on_scanner=lambda _: None,
    )  # fmt: skip
    accessories.start()
    try:
        wait_for(lambda: pins.pin(18).state == pytest.approx(0.2))
        accessories.light(on=True)
        wait_for(lambda: pins.pin(18).state == pytest.approx(0.9))
        accessories.light(on=False)
        wait_for(lambda: pins.pin(18).state == pytest.approx(0.2))
    finally:
        accessories.stop()
    assert not pins.pin(18).state
