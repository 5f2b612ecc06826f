"""Say where each button of each sample screen is, as one JSON document.

Run in a process of its own (Kivy allows one window a process) with the window's width and
height: a test that touches a booth in a container works its touches out from this.
"""

from __future__ import annotations

import json
import sys
import tempfile
import threading
from pathlib import Path

import numpy as np
from screen_probe import REPORT, on_ui_thread

from kiosk.screens import gallery
from kiosk.screens.app import KioskApp
from kiosk.screens.display import virtual_display

SCREENS = (
    "idle", "last_four", "confirm", "consent", "look", "receipt",
    "help", "staff-idle", "calibrate", "calibrate-passed", "calibrate-done",
)  # fmt: skip


def buttons(app, height):
    """Return what stands on each button, and the middle of it from the top left, pixels."""
    from kivy.app import App
    from screen_layout import visible

    from kiosk.screens.widgets.touch import TouchButton

    found = {}
    for widget in App.get_running_app().shell.walk():
        if isinstance(widget, TouchButton) and visible(widget):
            x, y = widget.to_window(*widget.center)
            found[widget.text or widget.icon] = [int(x), int(height - y)]
    return found


def main():
    width, height = int(sys.argv[1]), int(sys.argv[2])
    places = {}

    def work():
        code = np.zeros((200, 200, 3), np.uint8)
        for name in SCREENS:
            app.show_visit(gallery.visits("zh")[name])
            app.show_receipt_qr(code)
            app.screenshot()
            places[name] = on_ui_thread(lambda: buttons(app, height))
        app.stop()

    with tempfile.TemporaryDirectory() as folder, virtual_display(width, height):
        app = KioskApp(
            lambda _: None,
            width=width, height=height, data_directory=Path(folder), consent_version="2026-1",
            transitions=False, on_ready=lambda: threading.Thread(target=work, daemon=True).start(),
        )  # fmt: skip
        app.run()
    sys.stdout.write(REPORT + json.dumps(places, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
