"""The DSLR driver's decisions, on a stand-in for libgphoto2 (see `fake_gphoto2`)."""

from __future__ import annotations

import copy
import io
import sys
import time
from typing import ClassVar

import pytest
from fake_gphoto2 import CANON, TEXT, TOGGLE, Body, Gphoto2, Setting, jpeg
from PIL import Image

from hardware.base import CameraSettings
from hardware.errors import (
    DeviceBusy,
    DeviceLost,
    DeviceTimeout,
    Misconfigured,
    Unsupported,
)
from hardware.gphoto2_camera import gphoto2_camera


@pytest.fixture
def body():
    return Body(settings=copy.deepcopy(CANON))


@pytest.fixture
def bus(body, monkeypatch):
    module = Gphoto2(body)
    monkeypatch.setitem(sys.modules, "gphoto2", module)
    return module


def values(body):
    return {name: setting.value for name, setting in body.settings.items()}


@pytest.mark.usefixtures("bus")
class TestOpening:
    def test_is_set_to_one_jpeg_in_its_memory_and_never_to_sleep(self, body):
        with gphoto2_camera():
            has = values(body)
        assert has["capturetarget"] == "Internal RAM"
        assert has["imageformat"] == "Large Fine JPEG"
        assert has["autopoweroff"] == "0"
        assert has["drivemode"] == "Single"

    def test_raw_files_are_kept_on_the_card_when_wanted(self, body):
        with gphoto2_camera(keep_raw=True):
            has = values(body)
        assert has["capturetarget"] == "Memory card"
        assert has["imageformat"] == "RAW + Large Fine JPEG"

    def test_sony_keeps_no_photo_on_its_card_or_says_where_to_choose_that(self, body, monkeypatch):
        monkeypatch.setattr("hardware.gphoto2_controls._READ_BACK_S", 0.1)
        body.vendor, body.model = 0x054C, "Sony Alpha-A7 III (PC Control)"
        target = Setting("card+sdram", ("sdram", "card+sdram"))
        body.settings["capturetarget"] = target
        with gphoto2_camera():
            assert target.value == "sdram"
        with gphoto2_camera(keep_raw=True):
            assert target.value == "card+sdram"
        target.stuck = True
        with pytest.raises(Misconfigured, match=r"card\+sdram\. Choose it in the camera's menu"):
            gphoto2_camera().open()

    def test_mirror_is_not_locked_up(self, body):
        body.settings["mirrorlock"] = Setting("1", ("0", "1"))
        with gphoto2_camera():
            assert values(body)["mirrorlock"] == "0"

    def test_white_balance_by_word_and_by_kelvins(self, body):
        with gphoto2_camera(white_balance="flash"):
            assert values(body)["whitebalance"] == "Flash"
        with gphoto2_camera(white_balance="5300 K"):
            assert values(body)["whitebalance"] == "Color Temperature"
            assert values(body)["colortemperature"] == "5300"
        with pytest.raises(Misconfigured, match="cannot be Moonlight, only Auto, Flash"):
            gphoto2_camera(white_balance="Moonlight").open()

    def test_state_tells_the_number_on_the_body(self):
        with gphoto2_camera() as camera:
            state = camera.state()
        assert (state.serial, state.battery_percent) == ("032021004711", 75)
        assert state.free_bytes == 2048 * 1024

    def test_exposure_simulation_is_off_for_flash(self, body):
        body.vendor, body.model = 0x04B0, "Nikon DSC Z 6"
        body.settings["liveviewexposurepreview"] = Setting("On", ("On", "Off"))
        with gphoto2_camera():
            assert values(body)["liveviewexposurepreview"] == "Off"
        with gphoto2_camera(exposure_simulation=True):
            assert values(body)["liveviewexposurepreview"] == "On"

    def test_refusing_to_open_leaves_nothing_open(self, body):
        body.settings["imageformat"].stuck = True
        camera = gphoto2_camera()
        with pytest.raises(Misconfigured, match=r"was set to Large Fine JPEG, but it has RAW"):
            camera.open()
        assert body.log[-1] == "exit"
        assert not camera.is_open

    def test_each_opening_is_a_new_camera_object(self, body):
        camera = gphoto2_camera()
        for _ in range(3):
            with camera:
                camera.capture_still()
        assert body.opened == 3

    def test_the_generic_name_is_told_by_what_the_camera_calls_itself(self, body):
        body.model = "USB PTP Class Camera"
        body.settings["manufacturer"] = Setting("Sony Corporation")
        body.settings["cameramodel"] = Setting("ILCE-7M4")
        with gphoto2_camera(model="ilce-7m4") as camera:
            assert camera.state().model == "Sony Corporation ILCE-7M4"


def test_of_two_cameras_the_one_with_the_serial_number_is_opened(bus, body):
    other = Body(port="usb:001,009", settings=copy.deepcopy(CANON))
    other.settings["eosserialnumber"].value = "032021000815"
    bus.bodies.append(other)
    with gphoto2_camera(serial="0815") as camera:
        assert camera.state().serial == "032021000815"
    assert body.log[-1] == "exit", "the other one is let go of"


def test_a_camera_that_is_held_does_not_hide_another(bus, body):
    body.faults["init"] = [-53]
    bus.bodies.append(Body(port="usb:001,009", settings=copy.deepcopy(CANON)))
    with gphoto2_camera() as camera:
        assert camera.state().model == "Canon EOS R6"


@pytest.mark.parametrize("asked", ["serial", "model"])
def test_a_camera_that_falls_silent_while_it_is_asked_who_it_is_is_let_go_of(bus, body, asked):
    if asked == "model":
        body.model = "USB PTP Class Camera"
        body.settings["manufacturer"] = Setting("Canon")
    body.faults["get"] = [-7]
    bus.bodies.append(Body(port="usb:001,009", settings=copy.deepcopy(CANON)))
    with gphoto2_camera(serial="4711" if asked == "serial" else "") as camera:
        assert camera.state().model == "Canon EOS R6"
    assert body.log[-1] == "exit"
    assert body.opened == 1


def test_held_and_absent_cameras_are_told_apart(bus, body):
    body.faults["init"] = [-53]
    with pytest.raises(DeviceBusy, match="held by another program"):
        gphoto2_camera().open()
    bus.bodies.clear()
    with pytest.raises(DeviceLost, match="found: none"):
        gphoto2_camera().open()


def test_without_the_library_it_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "gphoto2", None)
    with pytest.raises(Misconfigured, match="extra 'dslr'"):
        gphoto2_camera().open()


@pytest.mark.usefixtures("bus")
class TestLiveView:
    def test_colours_are_right_and_broken_pictures_left_out(self, body):
        body.broken_previews = 2
        with gphoto2_camera() as camera:
            camera.start_live_view()
            frame = camera.read_frame()
            body.broken_previews = 1
            again = camera.read_frame()
        for picture in (frame, again):
            red, green, blue = picture.pixels[32, 10]
            assert red > 240
            assert green < 100
            assert blue < 100
        assert again.number == frame.number + 1

    def test_is_asked_for_no_more_often_than_the_cap(self, body):
        with gphoto2_camera(frames_per_second=20.0) as camera:
            camera.start_live_view()
            until = time.monotonic() + 0.5
            while time.monotonic() < until:
                camera.read_frame()
            assert body.log.count("preview") <= 12

    def test_rests_while_a_still_is_taken_where_the_make_needs_it(self, body):
        with gphoto2_camera() as camera:
            camera.start_live_view()
            body.log.clear()
            camera.capture_still()
            said = [e for e in body.log if e == "capture" or e.startswith("viewfinder")]
            assert said == ["viewfinder=0", "capture", "viewfinder=1"]

    def test_goes_on_during_a_still_where_the_make_does_not(self, body):
        body.vendor = 0x054C
        body.settings["imagequality"] = Setting("Fine", ("Fine",))
        with gphoto2_camera() as camera:
            camera.start_live_view()
            body.log.clear()
            camera.capture_still()
            assert not [entry for entry in body.log if entry.startswith("viewfinder")]

    @pytest.mark.parametrize("trouble", ["busy", "raw alone"])
    def test_goes_on_as_bright_as_before_when_no_photo_came_of_it(self, body, trouble):
        with gphoto2_camera(live_view={"iso": 800}) as camera:
            camera.apply(CameraSettings(iso=100))
            camera.start_live_view()
            if trouble == "busy":
                body.faults["capture"] = [-110] * 1000
            else:
                body.names = ("capt0000.cr3",)
            with pytest.raises((DeviceBusy, Misconfigured)):
                camera.capture_still(0.2)
            assert (values(body)["viewfinder"], values(body)["iso"]) == ("1", "800")
            assert camera.read_frame()

    def test_frame_is_dated_by_when_it_came_not_by_when_it_was_asked_for(self, body):
        with gphoto2_camera() as camera:
            camera.start_live_view()
            started_at = time.monotonic()
            time.sleep(0.3)
            assert camera.read_frame().taken_at <= started_at

    def test_that_does_not_come_back_does_not_cost_the_photo(self, body):
        with gphoto2_camera() as camera:
            camera.start_live_view()
            body.faults["set"] = []
            real = body.settings.pop("viewfinder")
            assert camera.capture_still().data
            body.settings["viewfinder"] = real

    def test_busy_for_a_moment_is_waited_for_no_longer_than_the_caller_does(self, body):
        with gphoto2_camera() as camera:
            camera.start_live_view()
            camera.read_frame()
            body.faults["preview"] = [-110, -110]
            assert camera.read_frame().number == 2
            body.faults["preview"] = [-110] * 1000
            asked_at = time.monotonic()
            with pytest.raises(DeviceTimeout, match="no new frame yet"):
                camera.read_frame(0.3)
            assert time.monotonic() - asked_at < 1.0
            body.faults.clear()
            assert camera.read_frame().number == 3

    def test_camera_without_it_says_so(self, body):
        body.faults["preview"] = [-6]
        with gphoto2_camera() as camera:
            with pytest.raises(Unsupported, match="no live view over USB"):
                camera.start_live_view()
            assert camera.capture_still().data

    def test_one_that_sends_no_picture_times_out(self, body, monkeypatch):
        monkeypatch.setattr("hardware.gphoto2_pictures._FIRST_PICTURE_S", 0.1)
        body.broken_previews = 10_000
        with gphoto2_camera() as camera, pytest.raises(DeviceTimeout, match="sends no picture"):
            camera.start_live_view()


@pytest.mark.usefixtures("bus")
class TestStills:
    def test_of_raw_and_jpeg_the_jpeg_is_taken_and_the_raw_dropped(self, body):
        body.names = ("capt0000.cr3", "capt0000.jpg")
        with gphoto2_camera() as camera:
            assert camera.capture_still().data.startswith(b"\xff\xd8")
        assert "get capt0000.jpg" in body.log
        assert "get capt0000.cr3" not in body.log
        assert {"delete capt0000.jpg", "delete capt0000.cr3"} <= set(body.log)

    def test_raw_files_wanted_stay(self, body):
        body.names = ("capt0000.jpg", "capt0000.cr3")
        with gphoto2_camera(keep_raw=True) as camera:
            camera.capture_still()
        assert "delete capt0000.jpg" in body.log
        assert "delete capt0000.cr3" not in body.log

    def test_raw_alone_is_refused_with_the_remedy(self, body):
        body.names = ("capt0000.cr3",)
        with gphoto2_camera() as camera, pytest.raises(Misconfigured, match="image format to JPEG"):
            camera.capture_still(0.2)

    def test_a_photo_somebody_took_by_hand_is_not_mistaken_for_it(self, body):
        with gphoto2_camera() as camera:
            body.waiting.append((2, type("Path", (), {"folder": "/", "name": "hand.jpg"})))
            camera.capture_still()
        assert "get hand.jpg" not in body.log

    def test_busy_passes_by_itself(self, body):
        with gphoto2_camera() as camera:
            body.faults["capture"] = [-110, -110, -110]
            assert camera.capture_still().data
        assert body.log.count("capture") == 4

    @pytest.mark.parametrize("code", [-3, -115])
    def test_full_is_opened_afresh_and_no_photo_lost(self, body, code):
        with gphoto2_camera() as camera:
            camera.apply(CameraSettings(iso=400))
            body.faults["capture"] = [code]
            body.settings["iso"].value = "Auto"
            assert camera.capture_still().data
            assert values(body)["iso"] == "400", "the profile's values are restored"
        assert body.opened == 2

    def test_still_full_says_what_to_do(self, body):
        with gphoto2_camera() as camera:
            body.faults["capture"] = [-115, -115]
            with pytest.raises(DeviceLost, match=r"no room for another photo\. Empty its memory"):
                camera.capture_still()

    @pytest.mark.parametrize("broken", [b"", b"not a photo", jpeg(7)[:300]])
    def test_a_damaged_photo_is_refused(self, body, broken):
        body.photo = broken or b"\0"
        with gphoto2_camera() as camera, pytest.raises(DeviceLost, match="damaged photo"):
            camera.capture_still()

    def test_a_photo_damaged_on_its_way_is_fetched_again_and_not_lost(self, body):
        body.damaged_downloads = 1
        with gphoto2_camera() as camera:
            still = camera.capture_still()
        assert Image.open(io.BytesIO(still.data)).convert("RGB").size == (600, 400)
        assert body.log.count("get capt0000.jpg") == 2

    def test_the_end_of_a_thumbnail_is_not_the_end_of_the_photo(self, body):
        thumbnail, photo = jpeg(3), jpeg(7, (600, 400))
        exif = b"\xff\xe1" + (len(thumbnail) + 2).to_bytes(2, "big") + thumbnail
        body.photo = photo[:2] + exif + photo[2 : len(photo) * 3 // 4]
        assert b"\xff\xd9" in body.photo
        with gphoto2_camera() as camera, pytest.raises(DeviceLost, match="damaged photo"):
            camera.capture_still()

    def test_no_portrait_stays_in_the_camera_that_sends_it_damaged(self, body):
        body.damaged_downloads = 2
        with gphoto2_camera() as camera, pytest.raises(DeviceLost, match="damaged photo"):
            camera.capture_still()
        assert "delete capt0000.jpg" in body.log

    def test_raw_alone_stays_where_raw_files_are_kept(self, body):
        body.names = ("capt0000.cr3",)
        with gphoto2_camera(keep_raw=True) as camera, pytest.raises(Misconfigured):
            camera.capture_still(0.2)
        assert "delete capt0000.cr3" not in body.log

    def test_what_there_was_no_time_to_delete_is_deleted_at_the_next_check(self, body):
        body.names = ("capt0000.cr3",)
        with gphoto2_camera() as camera:
            with pytest.raises(Misconfigured):
                camera.capture_still(0.2)
            assert "delete capt0000.cr3" not in body.log
            camera.check()
            assert "delete capt0000.cr3" in body.log

    def test_a_camera_that_deletes_nothing_still_gives_its_photo(self, body):
        body.faults["delete capt0000.jpg"] = [-6]
        with gphoto2_camera() as camera:
            assert camera.capture_still().data

    def test_busy_for_ever_says_what_to_look_at(self, body):
        with gphoto2_camera() as camera:
            body.faults["capture"] = [-110] * 1000
            with pytest.raises(DeviceBusy, match="memory card in and switch its mirror lock-up"):
                camera.capture_still()

    def test_unplugged_after_the_download_the_photo_is_kept(self, body):
        with gphoto2_camera() as camera:
            body.faults["delete capt0000.jpg"] = [-7]
            assert camera.capture_still().data


@pytest.mark.usefixtures("bus")
class TestSettings:
    def test_values_are_set_in_the_cameras_words_and_read_back(self, body):
        with gphoto2_camera() as camera:
            answer = camera.apply(CameraSettings(exposure_s=1 / 120, iso=200, aperture=8.0))
            assert answer == CameraSettings(exposure_s=1 / 125, iso=200, aperture=8.0)
        assert values(body)["shutterspeed"] == "1/125"

    def test_a_value_that_does_not_stay_is_told(self, body, monkeypatch):
        monkeypatch.setattr("hardware.gphoto2_controls._READ_BACK_S", 0.1)
        body.settings["iso"].stuck = True
        with gphoto2_camera() as camera, pytest.raises(Misconfigured, match="set to 200, but it"):
            camera.apply(CameraSettings(iso=200))

    def test_nothing_is_set_when_one_of_them_is_missing(self, body):
        with gphoto2_camera() as camera, pytest.raises(Unsupported, match="focus_dioptre"):
            camera.apply(CameraSettings(iso=800, focus_dioptre=1.0))
        assert values(body)["iso"] == "Auto"

    def test_unplugged_while_it_is_set(self, bus):
        with gphoto2_camera() as camera:
            bus.bodies.clear()
            with pytest.raises(DeviceLost, match="power, battery and cable"):
                camera.apply(CameraSettings(iso=800))


def test_frames_per_second_must_be_above_zero():
    with pytest.raises(ValueError, match="frames_per_second"):
        gphoto2_camera(frames_per_second=0.0)


@pytest.mark.usefixtures("bus")
class TestRoles:
    """Live view, still and standby have values of their own."""

    LIVE: ClassVar = {"exposure_s": 1 / 30, "iso": 800}

    def test_live_view_is_bright_and_the_still_is_as_the_profile_says(self, body):
        still = {"shutterspeed": "1/125", "iso": "100"}
        live = {"shutterspeed": "1/30", "iso": "800"}

        def has():
            return {name: values(body)[name] for name in still}

        with gphoto2_camera(live_view=self.LIVE) as camera:
            camera.apply(CameraSettings(exposure_s=1 / 125, iso=100))
            camera.start_live_view()
            assert has() == live
            body.log.clear()
            camera.capture_still()
            steps = [e for e in body.log if e in {"capture", "iso=100", "iso=800"}]
            assert steps == ["iso=100", "capture", "iso=800"]
            assert has() == live
            camera.stop_live_view()
            assert has() == still, "at rest it is ready for a still"

    def test_what_the_camera_had_is_the_stills_where_the_profile_has_nothing(self, body):
        body.settings["iso"].value = "200"
        with gphoto2_camera(live_view=self.LIVE) as camera:
            camera.start_live_view()
            assert values(body)["iso"] == "800"
            found = camera.apply(CameraSettings())
            assert (found.exposure_s, found.iso) == (1 / 60, 200), "not live view's"
            assert camera.apply(CameraSettings(iso=100)).exposure_s == 1 / 60
            body.log.clear()
            camera.capture_still()
            assert body.log.index("shutterspeed=1/60") < body.log.index("capture")
            assert values(body)["shutterspeed"] == "1/30"

    def test_new_values_for_stills_leave_a_running_live_view_as_bright_as_it_is(self, body):
        with gphoto2_camera(live_view=self.LIVE) as camera:
            camera.start_live_view()
            answer = camera.apply(CameraSettings(exposure_s=1 / 125, iso=100))
            assert (answer.exposure_s, answer.iso) == (1 / 125, 100)
            assert (values(body)["shutterspeed"], values(body)["iso"]) == ("1/30", "800")
            camera.stop_live_view()
            assert (values(body)["shutterspeed"], values(body)["iso"]) == ("1/125", "100")

    def test_without_values_of_its_own_live_view_costs_the_still_nothing(self, body):
        with gphoto2_camera() as camera:
            camera.apply(CameraSettings(iso=100))
            camera.start_live_view()
            body.log.clear()
            camera.capture_still()
            assert not [entry for entry in body.log if entry.startswith("iso")]

    def test_a_value_for_live_view_the_camera_does_not_offer_is_told(self):
        with (
            gphoto2_camera(live_view={"iso": 123_456}) as camera,
            pytest.raises(Misconfigured, match="ISO speed"),
        ):
            camera.start_live_view()


@pytest.mark.usefixtures("bus")
class TestFocus:
    def test_is_found_when_asked_for_and_held_for_the_still(self, body):
        body.settings["focusmode"] = Setting("One Shot", ("One Shot", "AI Servo", "Manual"))
        body.settings["continuousaf"] = Setting("On", ("Off", "On"))
        body.settings["autofocusdrive"] = Setting("0", kind=TOGGLE)
        with gphoto2_camera() as camera:
            assert values(body)["focusmode"] == "Manual"
            assert values(body)["continuousaf"] == "Off"
            assert camera.autofocus()
            body.log.clear()
            camera.capture_still()
            assert "autofocusdrive=1" not in body.log

    def test_nikon_does_not_focus_again_at_the_release(self, body):
        body.vendor, body.model = 0x04B0, "Nikon DSC Z 6"
        body.settings["autofocusdrive"] = Setting("0", kind=TOGGLE)
        body.settings["autofocus"] = Setting("On", ("On", "Off"))
        with gphoto2_camera() as camera:
            assert values(body)["autofocus"] == "Off"
            assert camera.autofocus()
            assert "autofocusdrive=1" in body.log

    def test_camera_that_cannot_says_so_and_focuses_as_it_likes(self, body):
        body.settings["focusmode"] = Setting("One Shot", ("One Shot", "Manual"))
        with gphoto2_camera() as camera:
            assert not camera.autofocus()
        assert values(body)["focusmode"] == "One Shot"

    def test_may_be_switched_off(self, body):
        body.settings["autofocusdrive"] = Setting("0", kind=TOGGLE)
        with gphoto2_camera(autofocus=False) as camera:
            assert not camera.autofocus()
        assert "autofocusdrive=1" not in body.log


@pytest.mark.usefixtures("bus")
class TestState:
    def test_lens_and_releases_are_told_where_the_camera_does(self, body):
        with gphoto2_camera() as camera:
            assert (camera.state().lens, camera.state().shutter_count) == ("", None)
        body.settings["lensname"] = Setting("EF85mm f/1.8 USM", kind=TEXT)
        body.settings["shuttercounter"] = Setting("12345", kind=TEXT)
        with gphoto2_camera() as camera:
            assert camera.state().lens == "EF85mm f/1.8 USM"
            assert camera.state().shutter_count == 12345

    def test_is_as_new_as_the_last_check_and_costs_no_still_time(self, body):
        body.settings["shuttercounter"] = Setting("7", kind=TEXT)
        with gphoto2_camera() as camera:
            body.settings["batterylevel"].value = "25%"
            body.settings["shuttercounter"].value = "8"
            body.log.clear()
            camera.capture_still()
            assert "storage" not in body.log
            assert (camera.state().battery_percent, camera.state().shutter_count) == (75, 7)
            state = camera.check()
            assert (state.battery_percent, state.shutter_count) == (25, 8)

    def test_a_camera_that_went_away_while_idle_is_found_out(self, bus):
        with gphoto2_camera() as camera:
            bus.bodies.clear()
            with pytest.raises(DeviceLost, match="power, battery and cable"):
                camera.check()


@pytest.mark.usefixtures("bus")
def test_the_lag_counts_from_the_order_with_all_that_comes_before_the_shutter(body, monkeypatch):
    with gphoto2_camera() as camera:
        camera.start_live_view()
        real = camera._linked().controls.set_viewfinder
        monkeypatch.setattr(
            camera._linked().controls,
            "set_viewfinder",
            lambda *, on: (time.sleep(0.2), real(on=on)),
        )
        assert camera.capture_still().shutter_lag_s >= 0.2
