"""A barcode scanner as keyboard: the key map, the choice of the device, and the scanner's contract.

The kernel here has no uinput, so the event device is played by a pipe with the kernel's own
structures in it. What cannot be tried is the grab itself: only that it is asked for.
"""

from __future__ import annotations

import errno
import fcntl
import os
import string
from pathlib import Path

import pytest
from contract.devices import CodeScannerContract

from hardware import hid_scanner
from hardware.errors import DeviceBusy, DeviceLost, Misconfigured
from hardware.hid_keys import CHARACTERS, KEY_PRESSED, KEY_RELEASED, KEY_REPEATED, Keys
from hardware.hid_scanner import (
    EVENT,
    EVENTS_LOST,
    KEY,
    SYNC,
    HidScanner,
    InputDevice,
    choose_scanner,
    input_devices,
    open_grabbed,
)

ENTER, TAB, SHIFT, ALT, CAPS_LOCK = 28, 15, 42, 56, 58
KEYPAD = {"7": 71, "8": 72, "9": 73, "4": 75, "5": 76, "6": 77, "1": 79, "2": 80, "3": 81, "0": 82}
PLAIN = {plain: key for key, (plain, _) in reversed(CHARACTERS.items()) if key < CAPS_LOCK}
SHIFTED = {upper: key for key, (plain, upper) in CHARACTERS.items() if key < CAPS_LOCK}


def tap(key):
    return [(key, KEY_PRESSED), (key, KEY_RELEASED)]


def typed(text, end=ENTER):
    """The key events of a scanner that read a text."""
    keys = []
    for character in text:
        if character in PLAIN:
            keys += tap(PLAIN[character])
        elif character in SHIFTED:
            keys += [(SHIFT, KEY_PRESSED), *tap(SHIFTED[character]), (SHIFT, KEY_RELEASED)]
        else:
            number = [event for digit in str(ord(character)) for event in tap(KEYPAD[digit])]
            keys += [(ALT, KEY_PRESSED), *number, (ALT, KEY_RELEASED)]
    return keys + (tap(end) if end else [])


def events(keys):
    pairs = [(KEY, *key) for key in keys]
    return b"".join(EVENT.pack(1, 2, *event) + EVENT.pack(1, 2, SYNC, 0, 0) for event in pairs)


def read_by(keys):
    state = Keys()
    return [text for key in keys if (text := state.event(*key)) is not None]


def test_every_printable_character_is_typed_as_it_is_read():
    printable = string.printable.strip()
    assert read_by(typed(printable)) == [printable]


def test_the_whole_of_a_capture_code():
    text = "https://example.edu/a?B=1&c=%E4~{\"x\":'Y'}"
    assert read_by(typed(text)) == [text]


def test_chinese_comes_as_numbers_on_the_keypad():
    assert read_by(typed("张三 A1 🎓")) == ["张三 A1 🎓"]
    euro = [(ALT, KEY_PRESSED), *tap(KEYPAD["0"]), *tap(KEYPAD["1"]), *tap(KEYPAD["2"]),
            *tap(KEYPAD["8"]), (ALT, KEY_RELEASED), *tap(ENTER)]  # fmt: skip
    assert read_by(euro) == ["€"]


@pytest.mark.parametrize("end", [ENTER, TAB, 96])
def test_each_ending_key_ends_a_text(end):
    assert read_by(typed("AB", end) + typed("cd", end)) == ["AB", "cd"]


def test_odd_keys_are_no_text():
    assert read_by([*tap(ENTER), *tap(ENTER)]) == []
    assert read_by([*tap(59), *tap(999), *typed("a")]) == ["a"]
    held = [(PLAIN["a"], KEY_PRESSED), (PLAIN["a"], KEY_REPEATED), (PLAIN["a"], KEY_RELEASED)]
    assert read_by([*held, *tap(ENTER)]) == ["a"]
    too_large = [(ALT, KEY_PRESSED), *(e for _ in range(9) for e in tap(KEYPAD["9"])),
                 (ALT, KEY_RELEASED)]  # fmt: skip
    assert read_by([*too_large, *typed("b")]) == ["b"]


def test_caps_lock_turns_letters_alone():
    assert read_by([*tap(CAPS_LOCK), *typed("aB1!")]) == ["Ab1!"]


# --- the device -------------------------------------------------------------------------------

SCANNER = InputDevice(os.devnull, "Honeywell Barcode Scanner", "0c2e:0b61", "usb-1/input0", True)


@pytest.fixture
def pipe():
    """(reading end, writing end); the scanner is given a copy to close."""
    reading, writing = os.pipe()
    os.set_blocking(reading, False)
    yield reading, writing
    os.close(reading)
    os.close(writing)


def connected(pipe):
    return HidScanner(find=lambda: [SCANNER], connect=lambda _: os.dup(pipe[0]))


class TestHidScanner(CodeScannerContract):
    @pytest.fixture
    def scanner(self, pipe):
        return connected(pipe)

    @pytest.fixture
    def scan(self, pipe):
        return lambda text: os.write(pipe[1], events(typed(text)))


@pytest.fixture
def scanner(pipe):
    with connected(pipe) as scanner:
        yield scanner


def test_a_text_may_come_in_pieces(scanner, pipe):
    data = events(typed("whole"))
    os.write(pipe[1], data[: 10 * EVENT.size])
    assert scanner.read(0.01) is None
    os.write(pipe[1], data[10 * EVENT.size :])
    assert scanner.read(5.0) == "whole"


def test_a_scanner_without_enter_is_read_when_it_falls_quiet(scanner, pipe):
    os.write(pipe[1], events(typed("no end", end=None)))
    assert scanner.read(5.0) == "no end"


def test_a_text_with_lost_keys_is_dropped_and_the_next_one_read(scanner, pipe):
    lost = EVENT.pack(1, 2, SYNC, EVENTS_LOST, 0)
    os.write(pipe[1], events(typed("abc", end=None)) + lost + events(typed("def")))
    os.write(pipe[1], events(typed("next")))
    assert scanner.read(5.0) == "next"


def test_a_text_of_which_all_was_lost_does_not_cost_the_next_one(scanner, pipe):
    os.write(pipe[1], EVENT.pack(1, 2, SYNC, EVENTS_LOST, 0))
    assert scanner.read(0.4) is None
    os.write(pipe[1], events(typed("next")))
    assert scanner.read(5.0) == "next"


def test_pulled_out_is_told_and_opening_again_finds_it(pipe):
    pulled, writing = os.pipe()
    os.set_blocking(pulled, False)
    nodes = [pulled, os.dup(pipe[0])]
    scanner = HidScanner(find=lambda: [SCANNER], connect=lambda _: nodes.pop(0))
    scanner.open()
    os.close(writing)
    with pytest.raises(DeviceLost, match="Honeywell Barcode Scanner is gone"):
        scanner.read(1.0)
    scanner.close()
    with scanner:
        os.write(pipe[1], events(typed("back")))
        assert scanner.read(5.0) == "back"


# --- which device -----------------------------------------------------------------------------

LETTERS = "10000 7 ff9f207ac14057ff febeffdfffefffff fffffffffffffffe"


def plug(root, number, name, usb_id, keys=LETTERS, port="usb-0000:00:14.0-2/input0"):
    device = root / "sys/class/input" / f"event{number}" / "device"
    (device / "id").mkdir(parents=True)
    (device / "capabilities").mkdir()
    vendor, product = usb_id.split(":")
    for file, text in (
        ("name", name), ("phys", port), ("id/vendor", vendor), ("id/product", product),
        ("capabilities/key", keys),
    ):  # fmt: skip
        (device / file).write_text(text + "\n")


@pytest.fixture
def machine(tmp_path):
    plug(tmp_path, 0, "Power Button", "0000:0001", "100000 0 0 0")
    plug(tmp_path, 2, "Logitech Keyboard", "046d:c31c")
    plug(tmp_path, 10, "Newland Auto-ID NLS-HR20", "1eab:1d06", port="usb-2/input0")
    plug(tmp_path, 11, "Symbol Bar Code Scanner media keys", "05e0:1200", "0")
    plug(tmp_path, 12, "USB Adapter", "ffff:0035")
    return tmp_path


def test_a_scanner_is_known_by_its_name_and_no_keyboard_is_taken(machine):
    found = input_devices(machine)
    assert [device.types for device in found] == [False, True, True, False, True]
    assert choose_scanner(found).node == machine / "dev/input/event10"


@pytest.mark.parametrize("wanted", ["ffff:0035", "usb adapter"])
def test_a_nameless_one_is_named_in_the_settings(machine, wanted):
    assert choose_scanner(input_devices(machine), wanted).name == "USB Adapter"


def test_absent_or_numbered_ones_are_told_with_those_there_are(machine):
    found = input_devices(machine)
    with pytest.raises(DeviceLost, match=r"'1111:2222' is not plugged in.*1eab:1d06"):
        choose_scanner(found, "1111:2222")
    with pytest.raises(DeviceLost, match="is not plugged in"):
        choose_scanner(found[:2])
    with pytest.raises(Misconfigured, match="no lasting name"):
        choose_scanner(found, "/dev/input/event10")


# --- the grab ---------------------------------------------------------------------------------


@pytest.fixture
def node(tmp_path):
    node = tmp_path / "event5"
    node.touch()
    return node


def open_files():
    return len(list(Path("/proc/self/fd").iterdir()))


def device_at(node):
    return InputDevice(node, "Test Scanner", "0c2e:0b61", "", True)


def test_the_device_is_grabbed(node, monkeypatch):
    asked = []
    monkeypatch.setattr(fcntl, "ioctl", lambda *call: asked.append(call))
    descriptor = open_grabbed(device_at(node))
    os.close(descriptor)
    assert asked == [(descriptor, hid_scanner.GRAB, 1)]


@pytest.mark.parametrize(
    ("error", "fault", "words"),
    [
        (errno.EBUSY, DeviceBusy, "is in use"),
        (errno.EACCES, Misconfigured, "group 'input'"),
        (errno.ENODEV, DeviceLost, "plug it in again"),
    ],
)
def test_a_refused_grab_is_told_and_leaves_nothing_open(node, monkeypatch, error, fault, words):
    def refuse(*_):
        raise OSError(error, os.strerror(error))

    monkeypatch.setattr(fcntl, "ioctl", refuse)
    before = open_files()
    with pytest.raises(fault, match=words):
        open_grabbed(device_at(node))
    assert open_files() == before


def test_a_device_that_is_gone(tmp_path):
    with pytest.raises(DeviceLost, match="Test Scanner is gone"):
        open_grabbed(device_at(tmp_path / "event9"))
