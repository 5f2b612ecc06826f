"""What is plugged in, which driver takes it, who holds it, and what the settings lack."""

from __future__ import annotations

import os

import pytest
from device_tree import plug_in_dslr, plug_in_keys
from v4l2_cameras import CameraTree

from hardware import v4l2_devices
from hardware.errors import DeviceTimeout, Misconfigured
from hardware.hid_scanner import input_devices
from hardware.usb_cameras import usb_still_cameras
from kiosk.devices import found
from kiosk.devices.found import Found
from kiosk.devices.uses import unmet, with_uses
from kiosk.settings import Settings

CANON = ["Canon EOS R6", "usb:001,007"]
DSLR = Found("DSLR", "Canon EOS R6", "0123456789ab", "gphoto2", other_names=("1-1.4", "04a9:32c5"))
WEBCAM = Found("USB camera", "C920", "1-1.2", "uvc", other_names=("A1B2", "046d:0892"))
OTHER = Found("USB camera", "OV2311", "1-1.3", "uvc", other_names=("0c45:6366",))


class NoPrinters:
    def printers(self):
        return ()


def test_dslr_is_known_by_its_serial_number_and_place(tmp_path):
    plug_in_dslr(tmp_path)
    (device,) = found.dslrs(tmp_path, lambda _: [CANON])
    assert (device.name, device.lasting, device.driver) == (
        "Canon EOS R6",
        "0123456789ab",
        "gphoto2",
    )
    assert device.other_names == ("1-1.4", "04a9:32c5")
    assert device.node.endswith("dev/bus/usb/001/007")
    assert device.state == "free"


def test_dslr_that_libgphoto2_does_not_know_is_shown_all_the_same(tmp_path):
    plug_in_dslr(tmp_path)
    (device,) = found.dslrs(tmp_path, lambda _: [])
    assert device.name == "Canon Inc. Canon Digital Camera"
    assert "does not know it" in device.state


def test_dslr_is_shown_also_without_the_library(tmp_path):
    def missing(_):
        raise Misconfigured("python-gphoto2 cannot be loaded.")

    with pytest.raises(Misconfigured):
        list(found.dslrs(tmp_path, missing))
    plug_in_dslr(tmp_path)
    assert len(list(found.dslrs(tmp_path, missing))) == 1


def test_camera_in_mass_storage_mode_is_no_camera(tmp_path):
    plug_in_dslr(tmp_path, ptp=False)
    assert usb_still_cameras(tmp_path) == ()


def test_two_cameras_of_one_make_are_told_apart(tmp_path):
    plug_in_dslr(tmp_path)
    plug_in_dslr(tmp_path, "1-1.5", device=8, serial="999")
    assert [camera.serial for camera in usb_still_cameras(tmp_path)] == ["0123456789ab", "999"]


def test_scanner_is_told_from_a_keyboard_by_its_name(tmp_path):
    plug_in_keys(tmp_path, 3, "Honeywell Imaging Scanner")
    plug_in_keys(tmp_path, 4, "USB Keyboard", "1a2c:2124")
    devices = input_devices(tmp_path)
    (scanner,) = found.scanners(devices)
    assert (scanner.name, scanner.lasting) == ("Honeywell Imaging Scanner", "0c2e:0b61")
    assert found.keyboards(devices) == ("USB Keyboard (1a2c:2124)",)


def test_who_holds_a_camera_is_named(tmp_path, monkeypatch):
    # The node is a plain file here, which no kernel says of that it gives pictures.
    monkeypatch.setattr(v4l2_devices, "node_captures", lambda _: True)
    tree = CameraTree(tmp_path)
    tree.plug_in()
    descriptor = os.open(tree.node(), os.O_RDONLY)
    try:
        devices, _ = found.look(NoPrinters(), tmp_path)
    finally:
        os.close(descriptor)
    (camera,) = (device for device in devices if device.kind == "USB camera")
    assert any(str(os.getpid()) in holder for holder in camera.holders)
    assert camera.state.startswith("in use by")


def test_pi_cameras_are_asked_for_on_a_pi_only(tmp_path):
    def listed(*_, **__):
        raise AssertionError("libcamera was started for nothing")

    (tmp_path / "dev").mkdir()
    (tmp_path / "dev/media0").touch()
    assert list(found.pi_cameras(tmp_path, listed)) == []


def test_kind_that_cannot_be_asked_hides_no_other(tmp_path, monkeypatch):
    def hangs(*_):
        raise DeviceTimeout("gphoto2 did not list its cameras within 10 s.")

    monkeypatch.setattr(found, "dslrs", hangs)
    plug_in_keys(tmp_path, 3, "Barcode Scanner")
    devices, missed = found.look(NoPrinters(), tmp_path)
    assert [device.kind for device in devices] == ["barcode scanner"]
    assert [(each.kind, each.why[:7]) for each in missed] == [("DSLR", "gphoto2")]


def uses(devices, **sections):
    settings = Settings(**sections)
    return [device.used_as for device in with_uses(devices, settings)], unmet(
        with_uses(devices, settings), settings
    )


@pytest.mark.parametrize("name", ["1-1.3", "0c45:6366"])
def test_settings_name_a_camera_in_every_lasting_way(name):
    used, lacking = uses([WEBCAM, OTHER], code_camera={"driver": "uvc", "device": name})
    assert used == [(), ("code_camera",)]
    assert lacking == []


@pytest.mark.parametrize("which", [{}, {"model": "eos"}, {"serial": "89ab"}])
def test_settings_name_a_dslr_by_model_or_end_of_its_serial_number(which):
    used, lacking = uses([WEBCAM, DSLR], main_camera={"driver": "gphoto2", **which})
    assert used == [(), ("main_camera",)]
    assert lacking == []


def test_what_the_settings_lack_is_said():
    used, lacking = uses(
        [WEBCAM],
        main_camera={"driver": "gphoto2", "model": "EOS"},
        code_camera={"driver": "uvc", "device": "1-1.4"},
        printer={"driver": "cups"},
        code_scanner={"device": "honeywell"},
    )
    assert used == [()]
    assert lacking == [
        "main_camera asks for the gphoto2 camera 'EOS', which is not there.",
        "code_camera asks for the uvc camera '1-1.4', which is not there.",
        "code_scanner asks for the scanner 'honeywell', which is not there.",
        "printer asks for a printer, which is not there.",
    ]


def test_simulated_booth_lacks_nothing():
    assert uses([]) == ([], [])
