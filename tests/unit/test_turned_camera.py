"""A camera on its side: frames upright, stills as they were written and said to be turned."""

from __future__ import annotations

import dataclasses
import io

import numpy as np
import pytest
from contract.devices import CameraContract
from PIL import Image, ImageOps
from standin import draw_portrait

from hardware.base import Camera, CameraSettings
from hardware.errors import DeviceLost, Misconfigured
from hardware.exif_orientation import with_orientation
from hardware.isolation_child import build_driver
from hardware.sim.cameras import simulated_main_camera
from hardware.sim.director import Director
from hardware.turned import TurnedCamera, turned_camera
from kiosk.booth.devices import build_camera
from kiosk.settings import Settings

ORIENTATION, DESCRIPTION = 0x0112, 0x010E


def arguments(folder):
    return {
        "folder": str(folder), "portrait": str(draw_portrait(folder / "portrait.png")),
        "width": 320, "height": 180, "still_width": 640, "still_height": 360,
    }  # fmt: skip


class TestTurnedCamera(CameraContract):
    unsupported = CameraSettings(focus_dioptre=1.0)

    @pytest.fixture
    def camera(self, tmp_path):
        with Director(tmp_path) as director:
            director.pose(lively=True)
            yield TurnedCamera(simulated_main_camera(**arguments(tmp_path)), 90)


@pytest.mark.parametrize(
    ("turned_deg", "transposed"),
    [(0, None), (90, Image.Transpose.ROTATE_270), (180, Image.Transpose.ROTATE_180),
     (270, Image.Transpose.ROTATE_90)],
)  # fmt: skip
def test_live_view_and_still_show_the_same_way_up(tmp_path, turned_deg, transposed):
    """The plain camera's picture, turned by Pillow, is what comes."""
    with Director(tmp_path) as director:
        director.pose()
        plain = simulated_main_camera(**arguments(tmp_path))
        with plain as camera:
            camera.start_live_view()
            frame = Image.fromarray(camera.read_frame(5.0).pixels)
            still = Image.open(io.BytesIO(camera.capture_still().data)).convert("RGB")
        if transposed is not None:
            frame, still = frame.transpose(transposed), still.transpose(transposed)
        with TurnedCamera(plain, turned_deg) as camera:
            camera.start_live_view()
            seen = camera.read_frame(5.0)
            taken = ImageOps.exif_transpose(Image.open(io.BytesIO(camera.capture_still().data)))
    assert seen.pixels.flags.c_contiguous
    assert seen.size == frame.size
    assert taken.size == still.size
    for found, right in ((seen.pixels, frame), (taken, still)):
        apart = np.abs(np.asarray(found, np.int16) - np.asarray(right, np.int16))
        assert apart.mean() < 4, "but for noise and breath"


def test_in_a_process_of_its_own_as_the_settings_say(tmp_path):
    section = Settings.model_validate(
        {"main_camera": {"turned_deg": 270, "width_px": 320, "height_px": 240}}
    ).main_camera
    with build_camera("main", section, {"folder": str(tmp_path)}) as camera:
        camera.start_live_view()
        assert camera.read_frame(10.0).size == (240, 320)
        assert camera.state().driver == "simulated"


def test_a_turn_that_is_no_quarter_is_refused():
    with pytest.raises(Misconfigured, match="0, 90, 180 or 270"):
        build_driver(
            "hardware.turned:turned_camera",
            {"driver": "hardware.sim.cameras:simulated_main_camera", "arguments": {},
             "clockwise_deg": 45},
        )  # fmt: skip
    assert isinstance(turned_camera("hardware.sim.cameras:simulated_main_camera", {}, 0), Camera)


# --- the file -----------------------------------------------------------------------------------


def written(exif: Image.Exif | None = None) -> bytes:
    pixels = np.arange(40 * 60 * 3, dtype=np.uint32).reshape(40, 60, 3).astype(np.uint8)
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "JPEG", **({} if exif is None else {"exif": exif}))
    return file.getvalue()


def exif_with(*, orientation: int | None) -> Image.Exif:
    exif = Image.Exif()
    exif[DESCRIPTION] = "a description longer than four bytes"
    exif[0x010F] = "Maker"
    exif.get_ifd(0x8769)[0x829A] = (1, 125)
    if orientation is not None:
        exif[ORIENTATION] = orientation
    return exif


def little_endian(jpeg: bytes) -> bytes:
    """The same file, its Exif block written by a maker of the other byte order."""
    exif = Image.open(io.BytesIO(jpeg)).getexif()
    exif.endian = "<"
    return written(exif)


@pytest.mark.parametrize("order", [lambda data: data, little_endian])
@pytest.mark.parametrize("orientation", [None, 1, 6, 8])
@pytest.mark.parametrize("wanted", [1, 3, 6, 8])
def test_only_the_orientation_changes(order, orientation, wanted):
    file = order(written(exif_with(orientation=orientation)))
    turned = with_orientation(file, wanted)
    before, after = Image.open(io.BytesIO(file)), Image.open(io.BytesIO(turned))
    assert np.array_equal(np.asarray(before), np.asarray(after))
    known, exif = before.getexif(), after.getexif()
    assert exif[ORIENTATION] == wanted
    assert exif[DESCRIPTION] == known[DESCRIPTION]
    assert exif[0x010F] == known[0x010F]
    assert dict(exif.get_ifd(0x8769)) == dict(known.get_ifd(0x8769))
    if wanted == orientation:
        assert turned == file, "byte for byte as the camera wrote it"


def test_a_file_without_any_gets_one_only_where_it_says_something():
    file = written()
    assert with_orientation(file, 1) == file
    turned = with_orientation(file, 8)
    assert Image.open(io.BytesIO(turned)).getexif()[ORIENTATION] == 8
    assert turned.startswith(file[:20]), "the JFIF header stays first"
    assert turned.endswith(file[20:])


@pytest.mark.parametrize("cut", [12, 13, 16, 20, 24, 40])
def test_damage_is_told(cut):
    file = written(exif_with(orientation=6))
    at = file.index(b"Exif\0\0")
    block = b"Exif\0\0" + file[at + 6 : at + 6 + cut - 12]
    damaged = file[: at - 2] + (len(block) + 2).to_bytes(2, "big") + block
    with pytest.raises(ValueError, match="damaged"):
        with_orientation(damaged, 1)
    with pytest.raises(ValueError, match="no JPEG"):
        with_orientation(b"GIF89a", 1)


def test_a_block_without_room_is_told():
    exif = exif_with(orientation=None)
    exif[DESCRIPTION] = "x" * 65_400
    with pytest.raises(ValueError, match="no room"):
        with_orientation(written(exif), 6)


def test_a_photo_that_cannot_be_turned_is_taken_again(tmp_path):
    with Director(tmp_path):
        plain = simulated_main_camera(**arguments(tmp_path))
        real = plain._do_capture_still
        plain._do_capture_still = lambda timeout_s: _cut(real(timeout_s))
        with TurnedCamera(plain, 90) as camera, pytest.raises(DeviceLost, match="Take it again"):
            camera.capture_still()


def _cut(still):
    return dataclasses.replace(still, data=b"\0" + still.data[1:])
