"""How each driver's device is built and broken: the real driver in its process, played faults."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import ClassVar

import cv2
import numpy as np
import virtual_dslr
from standin import draw_portrait
from v4l2_cameras import CameraTree

from hardware.base import CameraSettings
from hardware.discovery import driver_spec
from hardware.isolation import IsolatedCamera
from hardware.sim.director import Director
from kiosk.settings.camera import CameraSection

TESTS = Path(__file__).parents[1]

Break = Callable[[], Callable[[], None]]
"""Breaks the device; returns what mends it. What a restart cures has nothing to mend."""


def nothing() -> None:
    """A restart of the driver has cured it."""


class Driver(ABC):
    """One driver of the matrix.

    Attributes:
        title: as the table calls it.
        cannot: faults that cannot be with this driver, and why.
        breaks_still_after_s: after ordering a still, seconds, to be in the middle of it; None
            when the break waits for the still by itself.
    """

    title: ClassVar[str]
    breaks_still_after_s: ClassVar[float | None] = 0.05
    cannot: ClassVar[Mapping[str, str]] = {}

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.camera = self.build()

    @abstractmethod
    def build(self) -> IsolatedCamera:
        """Build the camera on its device."""

    def isolated(
        self,
        driver: str,
        arguments: Mapping[str, object],
        environment: Mapping[str, str] | None = None,
    ) -> IsolatedCamera:
        """Isolate a driver with the settings' defaults."""
        section = CameraSection()
        return IsolatedCamera(
            "main", driver, arguments, environment=environment or {},
            open_deadline_s=section.open_deadline_s, frame_deadline_s=section.frame_deadline_s,
            still_deadline_s=section.still_deadline_s, frozen_after_s=section.frozen_after_s,
            usb_reset_after=section.usb_reset_after,
        )  # fmt: skip

    def kill(self) -> None:
        """End the driver's process, as a crash would."""
        pid = self.camera.child_pid
        if pid is not None:
            os.kill(pid, signal.SIGKILL)

    def breaks(self, fault: str) -> Break:
        """Return what breaks the device in this way."""
        breaks: Break = getattr(self, f"break_{fault}")
        return breaks

    def has_values(self, wanted: CameraSettings) -> bool:
        """Whether the device is set as it was."""
        return self.camera.apply(CameraSettings()).exposure_s == wanted.exposure_s

    def tidy(self) -> None:  # noqa: B027 - most need nothing
        """Take away what the driver needed."""


class Simulated(Driver):
    title = "simulator"
    cannot: ClassVar = {"full": "keeps no photos"}

    def build(self) -> IsolatedCamera:
        self.director = Director(self.folder)
        self.director.pose(lively=True)
        return self.isolated(
            driver_spec("simulated"),
            {
                "folder": str(self.folder),
                "portrait": str(draw_portrait(self.folder / "portrait.png")),
                "width": 320, "height": 180, "still_width": 640, "still_height": 360,
            },
        )  # fmt: skip

    def tidy(self) -> None:
        self.director.close()

    def _fault(self, kind: str) -> Callable[[], None]:
        self.director.fault("main", kind)
        return lambda: self.director.fault("main", None)

    def break_hang_live(self):
        return self._fault("hang") and nothing

    def break_hang_still(self):
        return self._fault("hang_still") and nothing

    def break_crash(self):
        return self._fault("crash") and nothing

    def break_unplug_idle(self):
        return self._fault("unplug")

    def break_unplug_still(self):
        return self._fault("unplug")

    def break_busy(self):
        return self._fault("busy")

    def break_dark(self):
        return self._fault("dark")

    def break_frozen(self):
        return self._fault("frozen") and nothing

    def break_misset(self):
        return self._fault("unplug")  # a simulated camera forgets its values with its process

    def break_held(self):
        mend = self._fault("busy")
        self.kill()
        return mend


class VirtualDslr(Driver):
    title = "gphoto2"
    breaks_still_after_s = None

    def build(self) -> IsolatedCamera:
        virtual_dslr.install(self.folder)
        path = os.pathsep.join([str(TESTS), str(TESTS.parent)])
        return self.isolated(
            "virtual_dslr:virtual_dslr",
            {"folder": str(self.folder), "played_live_view": True},
            {"PYTHONPATH": path},
        )

    def _told(self, name: str) -> Callable[[], None]:
        (self.folder / name).touch()
        return lambda: (self.folder / name).unlink(missing_ok=True)

    def _unplug(self) -> Callable[[], None]:
        virtual_dslr.unplug(self.folder)
        return lambda: virtual_dslr.plug_in(self.folder)

    def break_hang_live(self):
        return self._told("hang-live") and nothing

    def break_hang_still(self):
        return self._told("hang-still") and nothing

    def break_crash(self):
        return self._told("crash-live") and nothing

    def break_unplug_idle(self):
        return self._unplug()

    def break_unplug_still(self):
        self._told("unplug-mid-still")
        return lambda: virtual_dslr.plug_in(self.folder)

    def break_busy(self):
        return self._told("busy")

    def break_full(self):
        for _ in range(virtual_dslr.FULL_AFTER):
            self.camera.capture_still()
        return nothing

    def break_dark(self):
        return self._told("dark")

    def break_frozen(self):
        return self._told("freeze") and nothing

    def break_misset(self):
        mend = self._told("stuck")
        self.kill()
        return mend

    def break_held(self):
        mend = self._told("held")
        self.kill()
        return mend


class Uvc(Driver):
    title = "uvc"
    breaks_still_after_s = None
    cannot: ClassVar = {
        "hang_still": "a still is a picture of the stream: as in live view",
        "full": "keeps no photos",
    }
    library: ClassVar[Path]
    number = 0

    def build(self) -> IsolatedCamera:
        self.tree = CameraTree(self.folder)
        self.tree.plug_in()
        self._holder: subprocess.Popen[bytes] | None = None
        return self.isolated(
            driver_spec("uvc"),
            {"root": str(self.tree.root), "width": 640, "height": 360},
            self.tree.environment(self.library),
        )

    def _told(self, ending: str) -> Callable[[], None]:
        self.tree.beside(ending).touch()
        return lambda: self.tree.beside(ending).unlink(missing_ok=True)

    def _unplug(self) -> Callable[[], None]:
        self.tree.pull_out()

        def plug_in() -> None:
            self.number = 3  # as it may be
            self.tree.plug_in(self.number)

        return plug_in

    def has_values(self, wanted: CameraSettings) -> bool:
        set_to = self.tree.values_set(self.number)[_EXPOSURE]
        return set_to == round((wanted.exposure_s or 0.0) / _EXPOSURE_UNIT_S)

    def break_hang_live(self):
        return self._told(".hang") and nothing

    def break_crash(self):
        return self._told(".crash") and nothing

    def break_unplug_idle(self):
        return self._unplug()

    def break_unplug_still(self):
        self._told(".silent")  # the still waits for its picture
        mended = threading.Event()

        def later() -> None:
            mends.append(self._unplug())
            self.tree.beside(".silent").unlink()
            mended.set()

        mends: list[Callable[[], None]] = []
        threading.Timer(0.2, later).start()

        def mend() -> None:
            mended.wait(10)
            mends[0]()

        return mend

    def break_busy(self):
        mend = self._told(".busy")
        self.kill()  # who streams already is not turned away
        return mend

    def break_dark(self):
        jpegs = sorted(self.tree.beside(".jpegs").iterdir())
        bright = [file.read_bytes() for file in jpegs]
        for number, file in enumerate(jpegs):
            black = np.full((720, 1280, 3), number, np.uint8)
            _replace(file, cv2.imencode(".jpg", black)[1].tobytes())

        def mend() -> None:
            for file, data in zip(jpegs, bright, strict=True):
                _replace(file, data)

        return mend

    def break_frozen(self):
        jpegs = sorted(self.tree.beside(".jpegs").iterdir())
        moving = [file.read_bytes() for file in jpegs]
        for file in jpegs:
            _replace(file, moving[0])

        def mend() -> None:
            for file, data in zip(jpegs, moving, strict=True):
                _replace(file, data)

        return mend

    def break_misset(self):
        mend = self._told(".stuck")
        self.kill()
        return mend

    def break_held(self):
        with self.tree.node().open() as node:
            self._holder = subprocess.Popen([sys.executable, "-c", _WAIT], stdin=node)
        mend = self._told(".busy")
        self.kill()

        def let_go() -> None:
            self.tidy()
            mend()

        return let_go

    def tidy(self) -> None:
        if self._holder is not None:
            self._holder.kill()
            self._holder.wait()
            self._holder = None


class Pi(Driver):
    title = "pi"
    breaks_still_after_s = None
    cannot: ClassVar = {
        "unplug_idle": "its ribbon cable is not made to be pulled while it is powered",
        "full": "keeps no photos",
    }

    def build(self) -> IsolatedCamera:
        path = os.pathsep.join([str(TESTS), str(TESTS.parent)])
        return self.isolated(
            "played_pi:played_pi", {"folder": str(self.folder)}, {"PYTHONPATH": path}
        )

    def has_values(self, wanted: CameraSettings) -> bool:
        has = self.camera.apply(CameraSettings()).exposure_s or 0.0
        return abs(has / (wanted.exposure_s or 1.0) - 1.0) < _PI_ROUNDS

    def _told(self, name: str) -> Callable[[], None]:
        (self.folder / name).touch()
        return lambda: (self.folder / name).unlink(missing_ok=True)

    def break_hang_live(self):
        return self._told("hang-live") and nothing

    def break_hang_still(self):
        return self._told("hang-still") and nothing

    def break_crash(self):
        return self._told("crash") and nothing

    def break_unplug_still(self):
        self._told("unplug-mid-still")
        return lambda: (self.folder / "gone").unlink(missing_ok=True)

    def break_busy(self):
        return self.break_held()

    def break_dark(self):
        return self._told("dark")

    def break_frozen(self):
        return self._told("freeze") and nothing

    def break_misset(self):
        mend = self._told("stuck")
        self.kill()
        return mend

    def break_held(self):
        mend = self._told("held")
        self.kill()
        return mend


_PI_ROUNDS = 0.01
"""A sensor exposes in whole lines."""
_EXPOSURE, _EXPOSURE_UNIT_S = 0x009A0902, 0.0001
_WAIT = "import time; time.sleep(600)"


def _replace(file: Path, data: bytes) -> None:
    new = file.with_suffix(".new")
    new.write_bytes(data)
    new.replace(file)


DRIVERS: tuple[type[Driver], ...] = (Simulated, VirtualDslr, Pi, Uvc)
