"""What every device must do, one class a kind. A driver's tests inherit it and bring a fixture."""

from __future__ import annotations

import io
import time
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from hardware.base import (
    Camera,
    CameraSettings,
    CodeScanner,
    Condition,
    Light,
    Printer,
)
from hardware.errors import DeviceTimeout, NotOpen, Unsupported


class CameraContract:
    """Bring the fixture `camera`: closed, and working when opened.

    A driver says here what its camera cannot do. That is then tested too: it has to say so. It
    also says which driver it is and whether it runs ``in-process`` or ``isolated``, for the list
    of `contract/kept.py`; stand-ins for a part of the driver say nothing.
    """

    keeps: tuple[str, str] | None = None

    has_live_view = True
    settings = CameraSettings(exposure_s=1 / 60)
    unsupported: CameraSettings | None = CameraSettings(focus_dioptre=1.0)

    def test_closed_camera_refuses_clearly(self, camera: Camera):
        assert camera.state().condition is Condition.CLOSED
        for call in (camera.start_live_view, camera.read_frame, camera.capture_still):
            with pytest.raises(NotOpen, match="open"):
                call()

    def test_open_and_close_can_be_repeated(self, camera: Camera):
        for _ in range(2):
            camera.open()
            camera.open()
            assert camera.state().condition is Condition.READY
            camera.close()
            camera.close()
            assert not camera.is_open
            assert camera.state().condition is Condition.CLOSED

    @staticmethod
    def check_live_view_is_refused(camera: Camera):
        """A camera without live view says so, and goes on taking photos."""
        with camera:
            with pytest.raises(Unsupported, match="no live view"):
                camera.start_live_view()
            assert not camera.state().live_view
            with pytest.raises(NotOpen, match="live view"):
                camera.read_frame()
            assert camera.capture_still().data
            assert camera.state().condition is Condition.READY

    def test_live_view_gives_new_frames(self, camera: Camera):
        if not self.has_live_view:
            self.check_live_view_is_refused(camera)
            return
        with camera:
            with pytest.raises(NotOpen, match="live view"):
                camera.read_frame()
            camera.start_live_view()
            camera.start_live_view()
            assert camera.state().live_view
            frames = [camera.read_frame(5.0) for _ in range(4)]
            camera.stop_live_view()
            assert not camera.state().live_view
            with pytest.raises(NotOpen, match="live view"):
                camera.read_frame()
        numbers = [frame.number for frame in frames]
        assert numbers[0] >= 1
        assert numbers == sorted(set(numbers))
        times = [frame.taken_at for frame in frames]
        assert times == sorted(set(times))
        assert time.monotonic() - 30 < times[-1] <= time.monotonic()
        for frame in frames:
            assert frame.pixels.dtype == np.uint8
            assert frame.pixels.shape == (frame.size[1], frame.size[0], 3)
            assert not frame.pixels.flags.writeable
            assert all(isinstance(value, float) for value in frame.metadata.values())

    def test_a_frame_kept_does_not_change(self, camera: Camera):
        if not self.has_live_view:
            self.check_live_view_is_refused(camera)
            return
        with camera:
            camera.start_live_view()
            kept = camera.read_frame(5.0)
            before = kept.pixels.copy()
            for _ in range(6):
                camera.read_frame(5.0)
        assert np.array_equal(kept.pixels, before)

    def test_no_frame_in_time_is_a_timeout_not_a_fault(self, camera: Camera):
        if not self.has_live_view:
            self.check_live_view_is_refused(camera)
            return
        with camera:
            camera.start_live_view()
            camera.read_frame(5.0)
            with pytest.raises(DeviceTimeout):
                self.read_without_waiting(camera)
            assert camera.read_frame(5.0).number > 1
            assert camera.state().condition is Condition.READY

    @staticmethod
    def read_without_waiting(camera: Camera):
        for _ in range(1000):  # one of them finds no frame ready
            camera.read_frame(0.0)

    def test_still_is_a_whole_photo(self, camera: Camera):
        with camera:
            asked_at = time.monotonic()
            still = camera.capture_still()
            assert asked_at <= still.taken_at <= time.monotonic()
        assert still.shutter_lag_s >= 0.0
        with Image.open(io.BytesIO(still.data)) as photo:
            photo.load()
            assert photo.mode == "RGB"
            assert photo.format in ("JPEG", "PNG")
            assert still.media_type == f"image/{photo.format.lower()}"

    def test_live_view_goes_on_after_a_still(self, camera: Camera):
        if not self.has_live_view:
            self.check_live_view_is_refused(camera)
            return
        with camera:
            camera.start_live_view()
            before = camera.read_frame(5.0)
            still = camera.capture_still()
            after = camera.read_frame(5.0)
        assert after.number > before.number
        assert after.taken_at > still.taken_at > before.taken_at
        with Image.open(io.BytesIO(still.data)) as photo:
            assert photo.width >= before.size[0]

    def test_still_without_live_view(self, camera: Camera):
        with camera:
            first, second = camera.capture_still(), camera.capture_still()
        assert first.sha256 != second.sha256
        assert second.taken_at > first.taken_at

    def test_settings_are_read_back(self, camera: Camera):
        with camera:
            answer = camera.apply(self.settings)
            assert answer == replace(answer, exposure_s=self.settings.exposure_s)

    def test_what_it_found_by_itself_can_be_kept(self, camera: Camera):
        with camera:
            found = camera.apply(CameraSettings())
            assert camera.apply(found) == found

    def test_unsupported_setting_is_refused_and_harmless(self, camera: Camera):
        if self.unsupported is None:
            pytest.skip("this camera can be set in every way")
        with camera:
            if self.has_live_view:
                camera.start_live_view()
            with pytest.raises(Unsupported, match="no control"):
                camera.apply(self.unsupported)
            if self.has_live_view:
                assert camera.read_frame(5.0).number >= 1
            assert camera.state().condition is Condition.READY


class LightContract:
    """Bring the fixture `light`: closed."""

    def test_level_is_kept(self, light: Light):
        with light:
            for level in (0.0, 0.4, 1.0):
                light.set_level(level)
                assert light.level == level

    def test_refuses_levels_that_are_none_and_being_closed(self, light: Light):
        with pytest.raises(NotOpen):
            light.set_level(0.5)
        with light:
            for level in (-0.1, 1.1):
                with pytest.raises(ValueError, match="outside 0 to 1"):
                    light.set_level(level)

    def test_is_dark_when_let_go(self, light: Light):
        with light:
            light.set_level(1.0)
        assert light.level == 0.0


class PrinterContract:
    """Bring the fixture `printer`: closed, with paper."""

    def test_prints_and_names_each_job(self, printer: Printer):
        with printer:
            assert printer.state().ready
            jobs = [printer.print_file(b"data", "image/jpeg", "sheet") for _ in range(2)]
        assert len(set(jobs)) == 2

    def test_refuses_what_it_cannot_print(self, printer: Printer):
        with printer, pytest.raises(Unsupported):
            printer.print_file(b"data", "application/x-unknown", "sheet")

    def test_closed_printer_says_so(self, printer: Printer):
        state = printer.state()
        assert not state.ready
        assert state.message
        with pytest.raises(NotOpen):
            printer.print_file(b"data", "image/jpeg", "sheet")


class CodeScannerContract:
    """Bring the fixture `scanner`: closed, and `scan`, which has it read a text."""

    def test_reads_each_code_once_in_order(self, scanner: CodeScanner, scan):
        with scanner:
            assert scanner.read(0.0) is None
            scan("first")
            scan("第二 code")
            assert scanner.read(5.0) == "first"
            assert scanner.read(5.0) == "第二 code"
            assert scanner.read(0.05) is None

    def test_what_came_before_it_was_opened_is_forgotten(self, scanner: CodeScanner, scan):
        scan("old")
        with scanner:
            assert scanner.read(0.05) is None

    def test_closed_scanner_refuses(self, scanner: CodeScanner):
        with pytest.raises(NotOpen):
            scanner.read(0.0)
