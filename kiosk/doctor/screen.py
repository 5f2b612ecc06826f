"""The screen: a font with Chinese letters, and something to draw on."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

from kiosk.doctor.finding import Finding, failed, ok, warning
from kiosk.screens import fonts
from kiosk.screens.errors import FontMissingError


def font() -> Finding:
    """Look for a font with Chinese letters that the screens can use."""
    name = "font"
    try:
        with tempfile.TemporaryDirectory() as cache:
            found = fonts.find(Path(cache))
    except FontMissingError as error:
        return failed(name, str(error), "Say: sudo apt install fonts-noto-cjk")
    return ok(name, f"{found.family}.")


def display(
    environment: Mapping[str, str] = os.environ, graphics: Path = Path("/dev/dri")
) -> Finding:
    """Look for an X or Wayland display, or a graphics card to draw on directly."""
    name = "display"
    for variable in ("WAYLAND_DISPLAY", "DISPLAY"):
        if environment.get(variable):
            return ok(name, f"{variable} is {environment[variable]}.")
    cards = sorted(card.name for card in graphics.glob("card*"))
    if not cards:
        virtual = shutil.which("Xvfb") is not None
        return warning(
            name,
            "There is no display and no graphics card"
            + ("; Xvfb is there for the demonstration." if virtual else "."),
            "Connect a screen. On a Raspberry Pi see that dtoverlay=vc4-kms-v3d is in config.txt.",
        )
    blocked = [card for card in cards if not os.access(graphics / card, os.R_OK | os.W_OK)]
    if blocked:
        return failed(
            name,
            f"This user may not use {', '.join(blocked)} in {graphics}.",
            "Add the user to the groups video and render: usermod -aG video,render USER",
        )
    return ok(name, f"No window system; drawing directly on {', '.join(cards)}.")
