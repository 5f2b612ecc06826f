"""A display of our own where there is none: Xvfb, for demo, gallery and tests."""

from __future__ import annotations

import contextlib
import os
import select
import shutil
import subprocess
from collections.abc import Iterator

from kiosk.screens.errors import DisplayError

_START_S = 20.0
_STOP_S = 5.0


def has_display() -> bool:
    """Return whether the environment names a display."""
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


@contextlib.contextmanager
def virtual_display(width: int, height: int) -> Iterator[str]:
    """Run an Xvfb of `width` × `height` pixels and point this process's environment at it.

    Must be entered before Kivy is imported. The X server picks a free display number itself, so
    several may run at the same time.

    Yields:
        The display's name, such as ``:99``.

    Raises:
        DisplayError: Xvfb is not installed, or does not start.
    """
    program = shutil.which("Xvfb")
    if program is None:
        raise DisplayError(
            "There is no display, and Xvfb is not installed. "
            "Install it, for example with: apt install xvfb"
        )
    read_end, write_end = os.pipe()
    command = [program, "-displayfd", str(write_end), "-screen", "0", f"{width}x{height}x24"]
    command += ["-nolisten", "tcp", "-noreset", "-nocursor"]
    process = subprocess.Popen(  # noqa: S603 - a fixed command, found on the path
        command,
        pass_fds=(write_end,),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        # A signal for the foreground program must not take the display from under it.
        start_new_session=True,
    )
    os.close(write_end)
    try:
        name = f":{_read_number(read_end)}"
        with _environment(name):
            yield name
    finally:
        os.close(read_end)
        process.terminate()
        try:
            process.wait(_STOP_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@contextlib.contextmanager
def display(width: int, height: int, *, headless: bool = False) -> Iterator[str]:
    """Use the display that is there, or an Xvfb where there is none or `headless` asks for it.

    Raises:
        DisplayError: see `virtual_display`.
    """
    if has_display() and not headless:
        yield os.environ.get("DISPLAY") or os.environ["WAYLAND_DISPLAY"]
    else:
        with virtual_display(width, height) as name:
            yield name


def _read_number(descriptor: int) -> int:
    """Wait for the display number that the X server writes once it is ready."""
    ready, _, _ = select.select([descriptor], [], [], _START_S)
    text = os.read(descriptor, 32).strip() if ready else b""
    if not text.isdigit():
        raise DisplayError("Xvfb did not start. Run it by hand to see why: Xvfb :99")
    return int(text)


@contextlib.contextmanager
def _environment(name: str) -> Iterator[None]:
    values = {"DISPLAY": name, "SDL_VIDEODRIVER": "x11"}
    before = {key: os.environ.get(key) for key in (*values, "WAYLAND_DISPLAY")}
    os.environ.update(values)
    os.environ.pop("WAYLAND_DISPLAY", None)
    try:
        yield
    finally:
        for key, value in before.items():
            if value is None:
                os.environ.pop(key, None)
            else:
                os.environ[key] = value
