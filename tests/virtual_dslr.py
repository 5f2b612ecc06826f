"""The real DSLR driver on libgphoto2's own virtual camera, which is part of python-gphoto2.

Everything but the camera is real: detection, configuration, capture, download, events. The
camera calls itself a Nikon D750, shows a picture of a folder, has no live view, and is full after
26 photos. libgphoto2 reads its folder's name when it is loaded and its port drivers from
``IOLIBS`` at each opening, so `virtual_dslr` has to run in a process of its own.
"""

from __future__ import annotations

import io
import os
import signal
import time
from pathlib import Path

import cv2
import numpy as np
from PIL import Image

from hardware.base import Camera, Still
from hardware.gphoto2_connect import connect
from hardware.gphoto2_driver import Gphoto2Camera
from hardware.gphoto2_errors import error_from_code
from hardware.gphoto2_quirks import quirks_of
from hardware.gphoto2_session import Session

_MARK = b"photo number "
_DIGITS = 8

FULL_AFTER = 26
"""Photos after which the virtual camera has no room."""


def install(folder: Path) -> Path:
    """Make a folder with a virtual camera plugged in and return it."""
    (folder / "pictures").mkdir()
    noise = np.random.default_rng(4).integers(0, 256, (120, 180, 3), dtype=np.uint8)
    file = io.BytesIO()
    Image.fromarray(noise).save(file, "JPEG", comment=_MARK + b"0" * _DIGITS)
    (folder / "pictures" / "scene.jpg").write_bytes(file.getvalue())
    return folder


def unplug(folder: Path) -> None:
    """Take the camera off the bus, also while a process has it open."""
    (folder / "pictures" / "scene.jpg").rename(folder / "away.jpg")


def plug_in(folder: Path) -> None:
    """Put it on the bus again."""
    (folder / "away.jpg").rename(folder / "pictures" / "scene.jpg")


def photo_number(still: Still) -> int:
    """Return which photo of its process a still is, from 1 on."""
    at = still.data.index(_MARK) + len(_MARK)
    return int(still.data[at : at + _DIGITS])


class PlayedFaults:
    """What the virtual camera lacks or never does, put into the session by files in its folder.

    Live view is played; all else is libgphoto2's own. ``hang-live``, ``hang-still``, ``crash-live``
    and ``freeze`` are removed by whoever does what they say, so that a restart cures it.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        noise = np.random.default_rng(5)
        size = (135, 240, 3)
        self._bright = [
            cv2.imencode(".jpg", noise.integers(90, 220, size, np.uint8))[1].tobytes()
            for _ in range(6)
        ]
        self._dark = [
            cv2.imencode(".jpg", noise.integers(0, 9, size, np.uint8))[1].tobytes()
            for _ in range(6)
        ]
        self._turn = 0
        self._frozen = False

    def hang_if_told(self, name: str) -> None:
        if self._told_once(name):
            while True:
                time.sleep(3600)

    def put_into(self, session: Session) -> None:
        capture, download = session.capture, session.download
        read, write = session.read, session.write

        def read_if_there(name):
            self._need_there(session.model, f"reading '{name}'")
            return read(name)

        def busy_capture():
            if (self._folder / "busy").exists():
                raise error_from_code(-110, session.model, "taking a photo")
            return capture()

        def cut_off_download(file):
            if self._told_once("unplug-mid-still"):
                unplug(self._folder)
            return download(file)

        def write_in_vain(name, word):
            if not (self._folder / "stuck").exists():
                write(name, word)

        session.preview = self._preview
        session.capture, session.download = busy_capture, cut_off_download
        session.read, session.write = read_if_there, write_in_vain

    def _preview(self, limit_s: float) -> bytes:
        del limit_s
        self.hang_if_told("hang-live")
        if self._told_once("crash-live"):
            os.kill(os.getpid(), signal.SIGSEGV)
        self._need_there("Nikon DSC D750", "reading the live view")
        self._frozen = self._frozen or self._told_once("freeze")
        self._turn += not self._frozen
        pictures = self._dark if (self._folder / "dark").exists() else self._bright
        return pictures[self._turn % len(pictures)]

    def _need_there(self, model: str, doing: str) -> None:
        # libgphoto2's own camera, once opened, only notices at the next photo.
        if not (self._folder / "pictures" / "scene.jpg").exists():
            raise error_from_code(-7, model, doing)

    def _told_once(self, name: str) -> bool:
        try:
            (self._folder / name).unlink()
        except FileNotFoundError:
            return False
        return True


class VirtualDslr(Gphoto2Camera):
    """The driver, with a scene that changes from photo to photo.

    Nothing of the driver is replaced; only the picture the camera will take is, with a file of
    the same size, because libgphoto2 has noted the size.
    """

    def __init__(self, folder: Path, *arguments, played_live_view: bool = False, **options):
        super().__init__(*arguments, **options)
        self.folder = folder
        self.count = 0
        self.played = PlayedFaults(folder) if played_live_view else None

    def _connect_and_prepare(self) -> None:
        super()._connect_and_prepare()
        if self.played is not None:
            self.played.put_into(self._linked().session)

    def _do_open(self) -> None:
        if (self.folder / "held").exists():  # no second program can hold a virtual camera
            raise error_from_code(
                -53, "Nikon DSC D750", "opening it", "usb:001,001",
                lambda port: (f"gvfs-gphoto2-volume-monitor (77) on {port}",),
            )  # fmt: skip
        super()._do_open()

    def _do_capture_still(self, timeout_s: float) -> Still:
        if self.played is not None:
            self.played.hang_if_told("hang-still")
        picture = self.folder / "pictures" / "scene.jpg"
        self.count += 1
        if picture.exists():
            data = picture.read_bytes()
            at = data.index(_MARK) + len(_MARK)
            number = f"{self.count:0{_DIGITS}d}".encode()
            picture.write_bytes(data[:at] + number + data[at + _DIGITS :])
        if (self.folder / "crash").exists():
            (self.folder / "crash").unlink()
            self._linked().session._camera.exit()  # what libgphoto2 cannot stand
            self._linked().session._camera.get_single_config("f-number")
        return super()._do_capture_still(timeout_s)


def virtual_dslr(folder: str, model: str = "", serial: str = "", **options) -> Camera:
    """Build the driver on the virtual camera of a folder that `install` made."""
    pictures = Path(folder) / "pictures"
    os.environ["VCAMERADIR"] = f"{pictures}/"
    import gphoto2

    libraries = Path(gphoto2.__file__).parent / "libgphoto2"
    # python-gphoto2 sets IOLIBS when it is imported. The folder of real USB has no cameras here.
    plugged_in = (pictures / "scene.jpg").exists()
    os.environ["IOLIBS"] = str(libraries / ("vusb" if plugged_in else "iolibs"))
    return VirtualDslr(
        Path(folder),
        "DSLR",
        lambda: connect(model, serial, lambda vendor: quirks_of(vendor).serial),
        **options,
    )
