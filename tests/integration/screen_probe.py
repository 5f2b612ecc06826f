"""Draw every sample visit in a real window and report what is wrong, as one JSON document.

Run in a process of its own by `test_screens` (Kivy allows one window a process): arguments are
the folder for its data and the window's width and height.
"""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
import traceback
from pathlib import Path

import numpy as np

from kiosk.screens import gallery
from kiosk.screens.app import KioskApp
from kiosk.screens.display import virtual_display
from kiosk.visit.model import State, Touched
from kiosk.visit.table import buttons

REPORT = "report:"


def on_ui_thread(call):
    """Run `call` on Kivy's thread and return what it returns."""
    from kivy.clock import Clock

    box, done = [], threading.Event()

    def run(_):
        try:
            box.append(call())
        finally:
            done.set()

    Clock.schedule_once(run, 0)
    if not done.wait(20):
        raise TimeoutError("the UI thread does not answer")
    return box[0]


def click(widget, size):
    """Click the middle of a widget with a real pointer."""
    x, y = on_ui_thread(lambda: widget.to_window(widget.center_x, widget.center_y))
    place = [str(int(x)), str(int(size[1] - y))]
    subprocess.run(["xdotool", "mousemove", *place, "click", "1"], check=True, timeout=10)


def button(root, name):
    from screen_layout import visible

    from kiosk.screens.widgets.touch import TouchButton

    for widget in root.walk():
        named = isinstance(widget, TouchButton) and name in (widget.text, widget.icon)
        if named and visible(widget):
            return widget
    raise LookupError(f"no button {name!r}")


def wait_for(condition, seconds=10):
    end = time.monotonic() + seconds
    while not condition() and time.monotonic() < end:
        time.sleep(0.02)
    return condition()


class Probe:
    def __init__(self, folder, size):
        self.size = size
        self.events = []
        self.frames = 0
        self.report = {"problems": [], "blank": [], "shown": [], "dead": []}
        self.app = KioskApp(
            self.events.append,
            width=size[0],
            height=size[1],
            data_directory=folder,
            consent_version="2026-1",
            transitions=False,
            on_frame_drawn=self.count,
            on_ready=lambda: threading.Thread(target=self.guarded, daemon=True).start(),
        )

    def count(self):
        self.frames += 1

    def shell(self):
        from kivy.app import App

        return App.get_running_app().shell

    def guarded(self):
        try:
            self.work()
        except Exception:  # noqa: BLE001 - told to the test, which fails
            self.report["error"] = traceback.format_exc()
        finally:
            self.app.stop()

    def work(self):
        self.draw_all()
        self.clicks()
        self.mirror()
        self.forgetting()
        self.drawing()

    def draw_all(self):
        from screen_layout import hint_problems, problems

        rng = np.random.default_rng(1)
        frame = rng.integers(0, 255, (72, 128, 3), dtype=np.uint8)
        frame.flags.writeable = False  # as frames out of shared memory are
        code = np.kron(rng.integers(0, 2, (25, 25), dtype=np.uint8), np.ones((8, 8), np.uint8))
        for language in ("zh", "en"):
            for name, visit in gallery.visits(language).items():
                self.app.show_status(gallery.status_of(name))
                self.app.show_visit(visit)
                self.app.show_preview(frame)
                self.app.show_code_preview(frame if name.startswith("batch") else None)
                self.app.show_outline(((0.4, 0.4), (0.6, 0.4), (0.5, 0.6)), all_good=False)
                self.app.show_payment_qr(code * 255 if name == "pay" else None)
                self.app.show_receipt_qr(code * 255)
                pixels = self.app.screenshot()
                here = f"{language} {name}"
                if pixels.shape != (self.size[1], self.size[0], 3) or pixels.std() < 5:
                    self.report["blank"].append(here)
                found = on_ui_thread(lambda: problems(self.shell()))
                if visit.state is State.POSE:
                    screen = self.shell().screen(State.POSE)
                    found += on_ui_thread(lambda shown=screen: list(hint_problems(shown)))
                self.report["problems"] += [f"{here}: {sentence}" for sentence in found]
                self.report["shown"].append(here)
                self.report["dead"] += [f"{here}: {word}" for word in self.dead_buttons(visit)]

    def dead_buttons(self, visit):
        """Return the buttons that look alive and do nothing; a keypad always looks the same."""
        from screen_layout import visible

        from kiosk.screens.widgets.keypad import Keypad
        from kiosk.screens.widgets.touch import TouchButton

        offered, dead = buttons(visit), []

        def touch_all():
            for widget in list(self.shell().walk()):
                key = isinstance(widget.parent, Keypad)
                alive = isinstance(widget, TouchButton) and widget.enabled and visible(widget)
                if alive and not key:
                    self.events.clear()
                    widget.dispatch("on_release")
                    touched = [e.button for e in self.events if isinstance(e, Touched)]
                    dead.extend(f"{widget.text} ({b})" for b in touched if b not in offered)

        on_ui_thread(touch_all)
        self.events.clear()
        return dead

    def clicks(self):
        """Touch real buttons through the X server."""
        seen = {}
        for name, words in (
            ("idle", "点击开始"),
            ("confirm", "是本人，继续"),
            ("last_four", "7"),
            ("consent-warning", "我还在"),
            ("pose", "找工作人员"),
            ("look", "戴饰物"),
            ("pose-stuck", "请工作人员帮忙"),
            ("look-remarks", "就用这张"),
            ("idle", "English"),
            ("idle", "找工作人员"),
        ):
            self.app.show_visit(gallery.visits("zh")[name])
            self.app.screenshot()
            self.events.clear()
            click(button(self.shell(), words), self.size)
            enabled = name != "look-remarks"
            wait_for(lambda: bool(self.events), 10 if enabled else 0.5)
            seen[f"{name} {words}"] = [repr(e) for e in self.events]
        self.report["clicks"] = seen

    def mirror(self):
        """A frame that is bright on its left must be bright on the right of the screen."""

        frame = np.zeros((90, 160, 3), np.uint8)
        frame[:, :80] = 255
        self.app.show_visit(gallery.visits("zh")["pose-empty"])
        self.app.show_preview(frame)
        pixels = self.app.screenshot()
        live = self.shell().screen(State.POSE).ids.live
        x, y = on_ui_thread(lambda: live.to_window(live.x, live.y))
        row = int(self.size[1] - (y + live.height * 0.9))
        left = pixels[row, int(x + live.width * 0.15)].mean()
        right = pixels[row, int(x + live.width * 0.85)].mean()
        self.report["mirror"] = {"left": float(left), "right": float(right)}

    def forgetting(self):
        """After a visit no screen holds anything personal any more."""
        from kivy.uix.label import Label

        from kiosk.screens.widgets.picture import Picture

        visits = gallery.visits("zh")
        for name in ("confirm", "last_four", "look", "receipt", "idle"):
            self.app.show_visit(visits[name])
            self.app.screenshot()
        shell = self.shell()
        left = []
        for state in State:
            for widget in shell.screen(state).walk():
                if isinstance(widget, Picture) and widget.has_picture:
                    left.append(f"{state}: picture")
                if isinstance(widget, Label) and widget.text in (
                    "欧阳**",
                    "20230417****",
                    "K7M-4Q2",
                ):
                    left.append(f"{state}: {widget.text}")
        self.report["left"] = left

    def drawing(self):
        """Frames are still drawn when nothing happens, and only few."""
        before, start = self.frames, time.monotonic()
        wait_for(lambda: self.frames >= before + 2, 15)
        self.report["idle_frames"] = self.frames - before
        self.report["idle_seconds"] = time.monotonic() - start


def main():
    folder, width, height = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    with virtual_display(width, height):
        probe = Probe(folder, (width, height))
        probe.app.run()
    sys.stdout.write(REPORT + json.dumps(probe.report, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
