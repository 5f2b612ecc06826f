"""The booth's screens as the rest of the booth sees them: one object, safe from any thread."""

from __future__ import annotations

import io
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Literal

import numpy as np
import numpy.typing as npt
from PIL import Image

from kiosk.screens import environment, fonts
from kiosk.screens.errors import ScreenError
from kiosk.screens.inbox import Inbox
from kiosk.screens.model import FaceGuide, StatusLine
from kiosk.visit.model import Event, Visit

Pixels = npt.NDArray[np.uint8]

_SCREENSHOT_S = 20.0


class KioskApp:
    """The window and all its screens.

    `run` takes the thread it is called on (it must be the main one) until `stop`. Everything else
    may be called from any thread, at any time, also before `run`: it leaves the newest value for
    the UI thread and returns at once. One process has one window: Kivy allows no second.

    Args:
        on_event: called on the UI thread for every touch; it must return quickly.
        width: of the window, pixels.
        height: of the window, pixels.
        orientation: the shorter side is put across (``portrait``) or up (``landscape``);
            None takes `width` and `height` as they are. In full screen the screen decides.
        fullscreen: take the whole screen and hide the cursor.
        data_directory: writable; fonts and Kivy's cache are kept below it.
        consent_version: shown with the consent text.
        transitions: whether screens fade in; tests and the gallery go without.
        on_frame_drawn: called on the UI thread after each frame, and every two seconds when nothing
            changes: feed a watchdog with it.
        on_ready: called on the UI thread once, when the first screen is there.
    """

    def __init__(
        self,
        on_event: Callable[[Event], None],
        *,
        width: int = 1080,
        height: int = 1920,
        orientation: Literal["portrait", "landscape"] | None = None,
        fullscreen: bool = False,
        data_directory: Path,
        consent_version: str = "",
        transitions: bool = True,
        on_frame_drawn: Callable[[], None] | None = None,
        on_ready: Callable[[], None] | None = None,
    ) -> None:
        if orientation is not None:
            short, long = sorted((width, height))
            width, height = (short, long) if orientation == "portrait" else (long, short)
        self._size = (width, height)
        self._fullscreen = fullscreen
        self._data_directory = data_directory
        self._consent_version = consent_version
        self._transitions = transitions
        self._on_event = on_event
        self._on_frame_drawn = on_frame_drawn
        self._on_ready = on_ready
        self._inbox = Inbox()
        self._ui_thread: int | None = None

    def run(self) -> None:
        """Open the window and show it until `stop` is called or the window is closed.

        Raises:
            FontMissingError: no font with Chinese characters is installed.
            ScreenError: there is no display, Kivy was already imported, or the data folder
                cannot be written.
        """
        width, height = self._size
        font_files = fonts.find(self._data_directory / "fonts")
        environment.prepare(self._data_directory, width, height, fullscreen=self._fullscreen)
        self._ui_thread = threading.get_ident()
        environment.open_window()
        from kiosk.screens.window import KioskWindow, Options

        options = Options(
            fonts=font_files,
            fullscreen=self._fullscreen,
            consent_version=self._consent_version,
            transitions=self._transitions,
            on_event=self._on_event,
            on_frame_drawn=self._on_frame_drawn,
            on_ready=self._on_ready,
        )
        try:
            KioskWindow(options, self._inbox).run()
        finally:
            self._inbox.close()

    def stop(self) -> None:
        """Close the window; `run` returns."""
        self._inbox.put("stop", value=True)

    def show_visit(self, visit: Visit) -> None:
        """Show this visit on the screen of its state."""
        self._inbox.put("visit", visit)

    def show_status(self, status: StatusLine) -> None:
        """Show the booth's own state in the foot, and on the staff screen."""
        self._inbox.put("status", status)

    def show_guide(self, guide: FaceGuide) -> None:
        """Say where the face should be in the live view; the last one said holds."""
        self._inbox.put("guide", guide)

    def show_preview(self, pixels: Pixels | None) -> None:
        """Show a frame of the main camera: RGB uint8 (H, W, 3), not mirrored; None for none.

        It is mirrored on the screen. The array is not copied: do not write to it afterwards.
        Frames that come faster than the screen draws replace one another.
        """
        self._inbox.put("preview", pixels)

    def show_code_preview(self, pixels: Pixels | None) -> None:
        """Show a frame of the second camera, likewise."""
        self._inbox.put("code_preview", pixels)

    def show_outline(self, points: Sequence[tuple[float, float]], *, all_good: bool) -> None:
        """Draw the face's oval over the live view.

        Args:
            points: (x, y) in fractions of the frame, not mirrored; empty for none.
            all_good: whether every rule holds.
        """
        self._inbox.put("outline", (tuple(points), all_good))

    def show_photo(self, jpeg: bytes, remarks: Sequence[str]) -> None:
        """Show the finished photo, as the file is. Decoded on the calling thread.

        Args:
            jpeg: the file.
            remarks: keys of the rules that do not hold or could not be measured.

        Raises:
            ScreenError: it is no picture.
        """
        try:
            with Image.open(io.BytesIO(jpeg)) as image:
                pixels = np.asarray(image.convert("RGB"))
        except (OSError, ValueError, Image.DecompressionBombError) as error:
            raise ScreenError(f"The finished photo cannot be shown: {error}.") from error
        self._inbox.put("photo", (pixels, tuple(remarks)))

    def show_calibration(self, pixels: Pixels | None) -> None:
        """Show what a calibration step found, RGB uint8; None for the live view."""
        self._inbox.put("calibration", pixels)

    def show_payment_qr(self, pixels: Pixels | None) -> None:
        """Show the payment's QR code, RGB or grey uint8; None takes it away."""
        self._inbox.put("payment_qr", pixels)

    def show_receipt_qr(self, pixels: Pixels | None) -> None:
        """Show the receipt's QR code, likewise."""
        self._inbox.put("receipt_qr", pixels)

    def screenshot(self) -> Pixels:
        """Return the window as it is drawn once what was asked to be shown is shown.

        Returns:
            RGB uint8 (H, W, 3).

        Raises:
            ScreenError: it was called on the UI thread, or the window is closed.
        """
        if threading.get_ident() == self._ui_thread:
            raise ScreenError("A screenshot cannot be awaited on the UI thread; use another one.")
        pixels = self._inbox.ask_screenshot().wait(_SCREENSHOT_S)
        if pixels is None:
            raise ScreenError("No screenshot: the window is closed or does not draw.")
        return pixels

    def save_screenshot(self, path: Path) -> None:
        """Write the window as PNG to `path`; returns when it is written.

        Raises:
            ScreenError: see `screenshot`.
            OSError: the file cannot be written.
        """
        pixels = self.screenshot()
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(pixels).save(path, format="PNG")
