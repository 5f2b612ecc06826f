"""Resetting a device on USB by its place on the bus."""

from __future__ import annotations

import errno
import logging
from pathlib import Path

import pytest

from hardware.usb_reset import reset, usb_path_of


@pytest.fixture
def root(tmp_path):
    for path, bus, device in (("1-1", 1, 4), ("1-1.2", 1, 12), ("usb1", 1, 1), ("1-1.2:1.0", 0, 0)):
        folder = tmp_path / "sys/bus/usb/devices" / path
        folder.mkdir(parents=True)
        if bus:
            (folder / "busnum").write_text(f"{bus}\n")
            (folder / "devnum").write_text(f"{device}\n")
    node = tmp_path / "dev/bus/usb/001/012"
    node.parent.mkdir(parents=True)
    node.touch()
    return tmp_path


class Asked:
    def __init__(self, error: OSError | None = None) -> None:
        self.requests: list[tuple[str, int]] = []
        self._error = error

    def __call__(self, descriptor: int, request: int, argument: int) -> int:
        node = Path(f"/proc/self/fd/{descriptor}").readlink()
        self.requests.append((str(node), request))
        if self._error is not None:
            raise self._error
        return 0


def test_resets_the_device_that_is_at_this_place_now(root):
    asked = Asked()
    assert reset("1-1.2", root, asked)
    assert asked.requests == [(str(root / "dev/bus/usb/001/012"), 0x5514)]


@pytest.mark.parametrize("place", ["", "2-1", "1-1", "usb1", "../1-1.2", "1-1.2:1.0"])
def test_a_place_without_a_device_is_left_alone_without_noise(root, place, caplog):
    asked = Asked()
    assert not reset(place, root, asked)
    assert asked.requests == []
    assert caplog.text == ""


@pytest.mark.parametrize("kinds", [("06",), ("0e", "0e", "01"), ("ff",), ("03", "06")])
def test_a_camera_is_known_by_its_interfaces(root, kinds):
    asked = Asked()
    with_interfaces(root, kinds)
    assert reset("1-1.2", root, asked)
    assert len(asked.requests) == 1


@pytest.mark.parametrize("kinds", [("09",), ("03",), ("08",), ("07", "03")])
def test_whatever_else_was_plugged_in_there_since_is_left_alone(root, kinds, caplog):
    asked = Asked()
    with_interfaces(root, kinds)
    assert not reset("1-1.2", root, asked)
    assert asked.requests == []
    assert "no camera any more" in caplog.text


def with_interfaces(root, kinds):
    for number, kind in enumerate(kinds):
        folder = root / f"sys/bus/usb/devices/1-1.2/1-1.2:1.{number}"
        folder.mkdir()
        (folder / "bInterfaceClass").write_text(f"{kind}\n")


def test_a_machine_without_usb_says_nothing(tmp_path, caplog):
    assert not reset("1-1.2", tmp_path, Asked())
    assert caplog.text == ""


def test_what_the_kernel_refuses_is_logged(root, caplog):
    caplog.set_level(logging.WARNING)
    assert not reset("1-1.2", root, Asked(OSError(errno.ENODEV, "No such device")))
    assert "No such device" in caplog.text


def test_a_node_is_found_by_its_numbers(root):
    assert usb_path_of(Path("/dev/bus/usb/001/012"), root) == "1-1.2"
    assert usb_path_of(Path("/dev/bus/usb/001/013"), root) == ""
    assert usb_path_of(Path("/dev/video0"), root) == ""
