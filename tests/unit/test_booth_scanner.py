"""The barcode scanner's driver on the booth's thread: scanned, pulled out, plugged in elsewhere.

The kernel's event device is played by a pipe; everything else is real.
"""

from __future__ import annotations

import os

import pytest
from standin import wait_for

from hardware.hid_keys import CHARACTERS, KEY_PRESSED, KEY_RELEASED
from hardware.hid_scanner import EVENT, KEY, HidScanner, InputDevice
from kiosk.booth.scanner_reading import ScannerReading

ENTER = 28
KEYS = {plain: key for key, (plain, _) in CHARACTERS.items()}


class Socket:
    """A USB socket: what is plugged in now, and what it types."""

    def __init__(self) -> None:
        self.devices: list[InputDevice] = []
        self._writing = -1
        self.grabbed: list[str] = []
        self.looks = 0

    def find(self) -> list[InputDevice]:
        self.looks += 1
        return self.devices

    def plug_in(self, node: str) -> None:
        self.devices = [InputDevice(node, "Honeywell Scanner", "0c2e:0b61", "usb-1", types=True)]

    def pull_out(self) -> None:
        self.devices = []
        os.close(self._writing)
        self._writing = -1

    def connect(self, device: InputDevice) -> int:
        reading, self._writing = os.pipe()
        os.set_blocking(reading, False)
        self.grabbed.append(str(device.node))
        return reading

    def scan(self, text: str) -> None:
        for key in [*(KEYS[character] for character in text), ENTER]:
            for value in (KEY_PRESSED, KEY_RELEASED):
                os.write(self._writing, EVENT.pack(1, 2, KEY, key, value))


@pytest.fixture
def socket():
    socket = Socket()
    yield socket
    if socket.devices:
        socket.pull_out()


@pytest.fixture
def texts():
    return []


@pytest.fixture
def ready():
    return []


@pytest.fixture
def reading(socket, texts, ready):
    scanner = HidScanner(find=socket.find, connect=socket.connect)
    reading = ScannerReading(
        scanner, on_text=texts.append, on_ready=ready.append, search_every_s=0.02
    )
    reading.start()
    yield reading
    reading.stop()


def test_scanned_pulled_out_and_plugged_in_under_another_number(reading, socket, texts, ready):
    reading.show(on=True)
    socket.plug_in("/dev/input/event3")
    wait_for(lambda: ready == [True])
    socket.scan("z3k8f7")
    wait_for(lambda: texts == ["z3k8f7"])
    socket.pull_out()
    wait_for(lambda: ready == [True, False])
    assert not reading.ready
    socket.plug_in("/dev/input/event7")
    wait_for(lambda: ready == [True, False, True])
    socket.scan("610967")
    wait_for(lambda: texts == ["z3k8f7", "610967"])
    assert socket.grabbed == ["/dev/input/event3", "/dev/input/event7"]


def test_scanner_is_held_also_while_no_codes_are_wanted(reading, socket, texts, ready):
    socket.plug_in("/dev/input/event3")
    wait_for(lambda: ready == [True])
    socket.scan("early")
    reading.show(on=True)
    socket.scan("code")
    wait_for(lambda: texts and texts[-1] == "code")
    assert socket.grabbed == ["/dev/input/event3"]


def test_keyboard_is_never_taken(reading, socket, ready):
    socket.devices = [InputDevice("/dev/input/event0", "USB Keyboard", "1:2", "", types=True)]
    until = socket.looks + 3
    wait_for(lambda: socket.looks >= until)
    assert socket.grabbed == []
    assert not reading.ready
    assert ready == []
    socket.devices = []
