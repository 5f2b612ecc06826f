"""Prepare Kivy before it is imported, so that nothing on the machine can change the booth.

Kivy reads its settings from the home of whoever runs it, adds every input device it may open a
second time, takes over standard error, and swallows command line arguments. A booth wants none
of that: the settings are made here and never read from or written to a file, so that touch works
whichever account the booth runs as.
"""

from __future__ import annotations

import logging
import os
import sys
from pathlib import Path

from kiosk.screens.errors import ScreenError

FRAMES_PER_SECOND = 30
"""Drawn at most; live view comes at 25."""


def prepare(data_directory: Path, width: int, height: int, *, fullscreen: bool) -> None:
    """Set Kivy up for one window of `width` × `height` pixels. Call it before Kivy is imported.

    Args:
        data_directory: writable; Kivy keeps its cache below it.
        width: pixels.
        height: pixels.
        fullscreen: take the whole screen, hide the cursor; `width` and `height` are then only
            a wish.

    Raises:
        ScreenError: Kivy was imported before, or the folder cannot be written.
    """
    if "kivy" in sys.modules:
        raise ScreenError("Kivy was imported before its settings were made; call prepare() first.")
    home = (data_directory / "kivy").resolve()
    try:
        home.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ScreenError(
            f"{home} cannot be made: {error.strerror}. Check booth.data_directory."
        ) from error
    os.environ.update(
        KIVY_HOME=str(home),
        KIVY_NO_ARGS="1",
        KIVY_NO_CONFIG="1",
        KIVY_NO_ENV_CONFIG="1",
        KIVY_NO_FILELOG="1",
        # Kivy's lines go to the logger "kivy" and nowhere else; standard error stays ours.
        KIVY_LOG_MODE="PYTHON",
        KIVY_NO_CONSOLELOG="1",
        KIVY_METRICS_DENSITY="1",
        KIVY_METRICS_FONTSCALE="1",
        KIVY_WINDOW="sdl2",
        KIVY_TEXT="sdl2",
        # A finger is a finger and a mouse is a mouse: SDL would report each as the other too,
        # and every touch would count twice.
        SDL_TOUCH_MOUSE_EVENTS="0",
        SDL_MOUSE_TOUCH_EVENTS="0",
        SDL_VIDEO_ALLOW_SCREENSAVER="0",
    )
    _configure(width, height, fullscreen=fullscreen)


def _configure(width: int, height: int, *, fullscreen: bool) -> None:
    from kivy.config import Config

    settings = {
        "kivy": {
            "log_level": "warning",
            "log_enable": "0",
            "exit_on_escape": "0",
            "keyboard_mode": "",
            "desktop": "1",
            "window_icon": "",
        },
        "graphics": {
            "width": str(width),
            "height": str(height),
            "fullscreen": "auto" if fullscreen else "0",
            "borderless": "0",
            "resizable": "1",
            "position": "custom",
            "left": "0",
            "top": "0",
            "show_cursor": "0" if fullscreen else "1",
            "maxfps": str(FRAMES_PER_SECOND),
            "multisamples": "0",
            "vsync": "1",
            "allow_screensaver": "0",
            "minimum_width": "0",
            "minimum_height": "0",
        },
    }
    for section, values in settings.items():
        for key, value in values.items():
            Config.set(section, key, value)
    # Kivy's own list opens /dev/input/* beside SDL: each touch twice, or no touch at all where
    # the account may not read them. SDL reports fingers; the mouse is added for development.
    for key, _ in Config.items("input"):
        Config.remove_option("input", key)
    Config.set("input", "mouse", "mouse,disable_multitouch,disable_on_activity,disable_hover")
    for key, _ in Config.items("modules"):
        Config.remove_option("modules", key)


def open_window() -> None:
    """Import Kivy's window, which opens it.

    Raises:
        ScreenError: there is no display to open it on.
    """
    # Left to itself, SDL draws into memory where no screen answers, and a booth would seem to run.
    drivers = _video_drivers()
    if not drivers:
        raise ScreenError(_NO_WINDOW)
    os.environ.setdefault("SDL_VIDEODRIVER", ",".join(drivers))
    kivy = logging.getLogger("kivy")
    level = kivy.level
    kivy.setLevel(logging.CRITICAL + 1)  # it would tell the same with a traceback
    try:
        from kivy.core.window import Window
    finally:
        kivy.setLevel(level)

    if Window is None:
        raise ScreenError(_NO_WINDOW)


_NO_WINDOW = (
    "No window can be opened. Is DISPLAY set, or a screen connected, and is a graphics driver "
    "(Mesa) installed? Without a screen use 'kiosk demo --headless'."
)


def _video_drivers() -> list[str]:
    """Return SDL's names of the drivers whose windows somebody can see here."""
    if chosen := os.environ.get("SDL_VIDEODRIVER"):
        return [chosen]
    drivers = []
    if os.environ.get("WAYLAND_DISPLAY"):
        drivers.append("wayland")
    if os.environ.get("DISPLAY"):
        drivers.append("x11")
    if not drivers and any(Path("/dev/dri").glob("card*")):
        drivers.append("KMSDRM")
    return drivers
