"""One camera as libgphoto2 shows it: files, words and events.

Only this file and `gphoto2_connect` call the library.

A session is one ``Camera`` object of python-gphoto2, from ``init`` to ``exit``. It is never used
again after `close`: libgphoto2 crashes the process when a camera object is used after ``exit``.
Reopening therefore means another session.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from hardware.errors import DeviceBusy, DeviceLost, Misconfigured
from hardware.gphoto2_errors import (
    BAD_PARAMETERS,
    CAMERA_BUSY,
    FULL,
    NOT_SUPPORTED,
    error_from_code,
)
from hardware.usb_holders import usb_node
from hardware.usb_reset import usb_path_of

_Result = TypeVar("_Result")

# "Busy" passes by itself, mostly within a few tenths of a second.
_BUSY_LIMIT_S: Final = 2.0
_BUSY_FIRST_PAUSE_S: Final = 0.03
_BUSY_LONGEST_PAUSE_S: Final = 0.4
# A camera that never stops talking must not keep us for ever.
_MOST_EVENTS: Final = 200
# A lens or card that has no figure says the largest number there is.
_FREE_NONSENSE_KB: Final = 1 << 40

GENERIC_MODEL: Final = "USB PTP Class Camera"
"""What libgphoto2 calls a camera that it knows only by the standard."""


class CameraFull(DeviceLost):
    """The camera has no room for another photo; opening it afresh often makes room."""


@dataclass(frozen=True, slots=True)
class CameraFile:
    """A file in the camera."""

    folder: str
    name: str


class Session:
    """One open camera.

    Every method raises an error of `hardware.errors`. "Busy" is tried again for two seconds.

    Args:
        gphoto2: the library.
        camera: its camera object, initialised.
        model: as detected.
        port: such as ``usb:001,005``.
        usb_vendor: the make's USB vendor number.
    """

    def __init__(self, gphoto2: Any, camera: Any, model: str, port: str, usb_vendor: int) -> None:
        self._gp = gphoto2
        self._camera: Any = camera
        self._port = port
        self._missing: set[str] = set()
        self.model = model
        self.usb_vendor = usb_vendor
        node = usb_node(port)
        self.usb_path = "" if node is None else usb_path_of(node)
        if model == GENERIC_MODEL:
            parts = (self.read("manufacturer"), self.read("cameramodel"))
            self.model = " ".join(part for part in parts if part) or model

    def close(self) -> None:
        """Let go of the camera; never raises."""
        camera, self._camera = self._camera, None
        if camera is not None:
            with contextlib.suppress(self._gp.GPhoto2Error):
                camera.exit()

    # --- words ----------------------------------------------------------------------------

    def has(self, name: str) -> bool:
        """Whether the camera has this widget."""
        return self._widget(name) is not None

    def read(self, name: str) -> str | None:
        """Return a widget's word, None when the camera has no such widget."""
        widget = self._widget(name)
        return None if widget is None else str(widget.get_value()).strip()

    def choices(self, name: str) -> tuple[str, ...]:
        """Return the words a widget takes; empty when it is missing or takes any."""
        widget = self._widget(name)
        kinds = (self._gp.GP_WIDGET_RADIO, self._gp.GP_WIDGET_MENU)
        if widget is None or widget.get_type() not in kinds:
            return ()
        return tuple(widget.get_choice(i) for i in range(widget.count_choices()))

    def write(self, name: str, word: str) -> None:
        """Set a widget; whether the camera took it, only reading back tells.

        Args:
            name: of a widget the camera has.
            word: one of `choices` where there are any; another may crash libgphoto2.
        """
        widget = self._widget(name)
        if widget is None:
            raise Misconfigured(f"{self.model} has no '{name}'. Correct the camera's settings.")
        kind = widget.get_type()
        value: object = word
        if kind == self._gp.GP_WIDGET_TOGGLE:
            value = int(word)
        elif kind == self._gp.GP_WIDGET_RANGE:
            value = float(word)
        widget.set_value(value)
        self._call(f"setting '{name}' to {word}", self._camera.set_single_config, name, widget)

    def _widget(self, name: str) -> Any:
        if name in self._missing:
            return None
        try:
            return self._call(f"reading '{name}'", self._camera.get_single_config, name)
        except _Absent:
            self._missing.add(name)
            return None

    # --- pictures -------------------------------------------------------------------------

    def preview(self, limit_s: float) -> bytes:
        """Return one picture of the live view, as the camera sends it (JPEG).

        Args:
            limit_s: "busy" is tried again for so long, seconds.

        Raises:
            Unsupported: this camera has no live view over USB.
            DeviceBusy: it was busy all the time.
        """
        camera = self._camera
        file = patiently(
            lambda: self._once("reading the live view", camera.capture_preview), limit_s=limit_s
        )
        return bytes(file.get_data_and_size())

    def capture(self) -> CameraFile:
        """Release the shutter and return the first file it gave.

        Raises:
            CameraFull: there is no room for it.
        """
        kind = self._gp.GP_CAPTURE_IMAGE
        path = self._call("taking a photo", self._camera.capture, kind)
        return CameraFile(path.folder, path.name)

    def download(self, file: CameraFile) -> bytes:
        """Return a file's content."""
        kind = self._gp.GP_FILE_TYPE_NORMAL
        got = self._call(
            f"fetching {file.name}", self._camera.file_get, file.folder, file.name, kind
        )
        return bytes(got.get_data_and_size())

    def delete(self, file: CameraFile) -> None:
        """Delete a file."""
        self._call(f"deleting {file.name}", self._camera.file_delete, file.folder, file.name)

    def new_files(self, quiet_s: float, limit_s: float) -> list[CameraFile]:
        """Take the camera's pending events and return the files they tell of.

        Args:
            quiet_s: no event for so long ends it, seconds.
            limit_s: ends it in any case, seconds.
        """
        files = []
        until = time.monotonic() + limit_s
        for _ in range(_MOST_EVENTS):
            kind, data = self._call(
                "waiting for events", self._camera.wait_for_event, max(1, int(quiet_s * 1000))
            )
            if kind == self._gp.GP_EVENT_TIMEOUT:
                break
            if kind == self._gp.GP_EVENT_FILE_ADDED:
                files.append(CameraFile(data.folder, data.name))
            if time.monotonic() >= until:
                break
        return files

    def free_bytes(self) -> int | None:
        """Return the free space of all its storage, None when it does not say."""
        free_kb = [
            int(storage.freekbytes)
            for storage in self._call("reading its storage", self._camera.get_storageinfo)
            if storage.fields & self._gp.GP_STORAGEINFO_FREESPACEKBYTES
        ]
        real = [kb for kb in free_kb if 0 <= kb < _FREE_NONSENSE_KB]
        return 1024 * sum(real) if real else None

    # --- one call -------------------------------------------------------------------------

    def _call(self, doing: str, function: Callable[..., _Result], *arguments: object) -> _Result:
        return patiently(lambda: self._once(doing, function, *arguments))

    def _once(self, doing: str, function: Callable[..., _Result], *arguments: object) -> _Result:
        with translated(self._gp, self.model, doing, self._port):
            return function(*arguments)


class _Absent(Misconfigured):
    """The camera has no such widget."""


@contextlib.contextmanager
def translated(gphoto2: Any, camera: str, doing: str, port: str = "") -> Iterator[None]:
    """Turn libgphoto2's errors into those of `hardware.errors`."""
    try:
        yield
    except gphoto2.GPhoto2Error as error:
        found = error_from_code(error.code, camera, doing, port)
        if error.code in FULL:
            found = CameraFull(str(found))
        elif error.code in (BAD_PARAMETERS, NOT_SUPPORTED) and doing.startswith("reading '"):
            found = _Absent(str(found))
        elif error.code == CAMERA_BUSY:
            found = _Passing(str(found))
        raise found from error


class _Passing(DeviceBusy):
    """Busy with the last request, which ends by itself; not held by another program."""


def patiently(
    call: Callable[[], _Result],
    sleep: Callable[[float], None] = time.sleep,
    clock: Callable[[], float] = time.monotonic,
    limit_s: float = _BUSY_LIMIT_S,
) -> _Result:
    """Repeat a call while the camera is busy with the last one, with growing pauses.

    Raises:
        DeviceBusy: it was busy for `limit_s`.
    """
    until = clock() + limit_s
    pause_s = _BUSY_FIRST_PAUSE_S
    while True:
        try:
            return call()
        except _Passing as error:
            if clock() + pause_s > until:
                raise DeviceBusy(str(error), error.kind) from error
        sleep(pause_s)
        pause_s = min(2 * pause_s, _BUSY_LONGEST_PAUSE_S)
