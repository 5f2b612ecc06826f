"""Camera words, error codes, the table of makes, and who holds a device."""

from __future__ import annotations

import re
import subprocess
import sys
from importlib import resources
from pathlib import Path

import pytest

from hardware.errors import DeviceBusy, DeviceLost, DeviceTimeout, Misconfigured, Unsupported
from hardware.gphoto2_errors import error_from_code
from hardware.gphoto2_quirks import all_quirks, parse, quirks_of
from hardware.gphoto2_session import patiently, translated
from hardware.gphoto2_settings import (
    battery_percent,
    exposure_seconds,
    f_number,
    first_offered,
    iso_speed,
    kelvin,
    nearest_word,
)
from hardware.usb_holders import holders, usb_node


@pytest.mark.parametrize(
    ("word", "seconds"),
    [
        ("1/60", 1 / 60), ("0.0167s", 0.0167), ("1.3", 1.3), ("1s", 1.0), ("2m", 120.0),
        ("30", 30.0), ("10/13", 10 / 13), ("auto", None), ("bulb", None), ("", None), ("1/0", None),
        ("0", None), ("-1", None),
    ],
)  # fmt: skip
def test_exposure_times(word, seconds):
    assert exposure_seconds(word) == (None if seconds is None else pytest.approx(seconds))


@pytest.mark.parametrize(
    ("read", "word", "number"),
    [
        (f_number, "f/5.6", 5.6), (f_number, "5.6", 5.6), (f_number, "implicit auto", None),
        (f_number, "0", None), (iso_speed, "400", 400), (iso_speed, "Auto", None),
        (iso_speed, "-1", None), (kelvin, "5300 K", 5300), (kelvin, "5300", 5300),
        (kelvin, "Flash", None), (battery_percent, "50%", 50), (battery_percent, "100", 100),
        (battery_percent, "Low", None), (battery_percent, "255%", None),
    ],
)  # fmt: skip
def test_other_words(read, word, number):
    assert read(word) == number


def test_the_nearest_word_is_taken_or_the_offer_told():
    words = ["auto", "1/50", "1/60", "1/80"]
    assert nearest_word("exposure time", 1 / 62, words, exposure_seconds, "1/50") == "1/60"
    with pytest.raises(Misconfigured, match=r"does not offer 0.002, only 1/50, 1/60, 1/80\."):
        nearest_word("exposure time", 1 / 500, words, exposure_seconds, "1/50")
    with pytest.raises(Misconfigured, match=r"only auto\. Turn its mode dial to M"):
        nearest_word("exposure time", 1 / 60, ["auto"], exposure_seconds, "auto")
    with pytest.raises(Misconfigured, match="not above 0"):
        nearest_word("exposure time", 0.0, words, exposure_seconds, "1/50")


def test_free_text_is_written_as_the_camera_writes_it():
    assert nearest_word("colour temperature", 5300.0, (), kelvin, "5200") == "5300"
    assert nearest_word("aperture", 5.6, (), f_number, "4.0") == "5.6"


def test_words_are_found_whatever_their_capitals():
    assert first_offered(("FLASH", "Auto"), ("Auto", "Flash")) == "Flash"
    assert first_offered(("Moonlight",), ("Auto", "Flash")) is None


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        (-52, DeviceLost), (-105, DeviceLost), (-53, DeviceBusy), (-60, DeviceBusy),
        (-110, DeviceBusy), (-10, DeviceTimeout), (-7, DeviceLost), (-1, DeviceLost),
        (-6, Unsupported), (-2, Misconfigured), (-4, Misconfigured), (-115, DeviceLost),
        (-3, DeviceLost), (-9999, DeviceLost),
    ],
)  # fmt: skip
def test_error_codes(code, kind):
    error = error_from_code(code, "Canon EOS R6", "taking a photo")
    assert type(error) is kind
    assert re.match(
        rf"Canon EOS R6 .+\. \(While taking a photo; libgphoto2 says {code}\.\)", str(error)
    )


def test_who_holds_the_camera_is_told_with_the_remedy():
    def error(*programs):
        return str(error_from_code(-53, "Canon", "opening it", "usb:001,005", lambda _: programs))

    assert "held by gvfs-gphoto2-volume-monitor (88)" in error("gvfs-gphoto2-volume-monitor (88)")
    assert "mask --now gvfs-gphoto2-volume-monitor" in error("gvfsd-gphoto2 (9)")
    assert "held by darktable (5). End that program." in error("darktable (5)")
    assert "this user may not see" in error()


def test_the_holder_is_found_by_its_open_file(tmp_path):
    node = tmp_path / "005"
    node.touch()
    assert holders(node) == ()
    code = "import sys; f = open(sys.argv[1]); print(flush=True); sys.stdin.read()"
    with subprocess.Popen(
        [sys.executable, "-c", code, str(node)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as other:
        other.stdout.readline()
        assert holders(node) == (f"{Path(sys.executable).name} ({other.pid})",)
        other.stdin.close()
    assert holders(node) == ()


def test_processes_that_may_not_be_seen_or_have_ended_are_left_out(tmp_path):
    for pid, link in (("12", "/dev/bus/usb/001/005"), ("9", "/dev/null"), ("13", None)):
        (tmp_path / pid / "fd").mkdir(parents=True)
        (tmp_path / pid / "cmdline").write_bytes(b"/usr/libexec/gvfs-gphoto2-volume-monitor\0-x\0")
        if link:
            (tmp_path / pid / "fd" / "3").symlink_to(link)
    (tmp_path / "self").mkdir()
    (tmp_path / "14").mkdir()
    found = holders(Path("/dev/bus/usb/001/005"), tmp_path)
    assert found == ("gvfs-gphoto2-volume-monitor (12)",)


def test_ports_lead_to_device_files():
    assert usb_node("usb:001,005") == Path("/dev/bus/usb/001/005")
    assert usb_node("ptpip:192.168.1.1") is None


class _Library:
    class GPhoto2Error(Exception):
        def __init__(self, code):
            self.code = code


def busy(times):
    calls = []

    def call():
        calls.append(1)
        with translated(_Library, "Canon", "taking a photo"):
            if len(calls) <= times:
                raise _Library.GPhoto2Error(-110)
        return "done"

    return call


def test_busy_is_tried_again_with_growing_pauses():
    pauses = []
    assert patiently(busy(4), pauses.append, lambda: sum(pauses)) == "done"
    assert pauses == sorted(set(pauses))
    assert len(pauses) == 4


def test_busy_for_ever_is_given_up():
    pauses = []
    with pytest.raises(DeviceBusy, match="not finished the last request"):
        patiently(busy(10**6), pauses.append, lambda: sum(pauses))
    assert 1.0 < sum(pauses) < 3.0


class TestQuirks:
    def test_makes_are_found_by_their_usb_number(self):
        for vendor, make in (
            (0x04A9, "canon"),
            (0x04B0, "nikon"),
            (0x054C, "sony"),
            (0x04CB, "fuji"),
        ):
            assert quirks_of(vendor).make == make
        assert quirks_of(0x1234).make == "default"

    def test_each_make_can_be_set_and_takes_a_jpeg(self):
        for quirks in all_quirks().values():
            assert quirks.shutter_speed
            assert quirks.aperture
            assert quirks.iso
            assert quirks.jpeg_formats
            assert not any("RAW" in word or "NEF" in word for word in quirks.jpeg_formats)
            assert all("+" in word for word in quirks.raw_and_jpeg_formats)

    @pytest.mark.parametrize(
        ("change", "told"),
        [
            ("[canon]\nusb_vendor = 1\nshuter = []\n", "has no shuter"),
            ("[canon]\nexposure_simulation = ['a']\n", "widget, on, off"),
            ("[canon\n", "damaged"),
        ],
    )
    def test_a_damaged_table_is_refused(self, change, told):
        text = resources.files("hardware").joinpath("gphoto2_quirks.toml").read_text("utf-8")
        with pytest.raises(Misconfigured, match=told):
            parse(text.split("[canon]")[0] + change)

    def test_an_empty_table_is_refused(self):
        with pytest.raises(Misconfigured, match="damaged"):
            parse("")
