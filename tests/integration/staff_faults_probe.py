"""Show a simulated booth's real faults on the staff screen and report what can be read there.

Run in a process of its own by `test_staff_faults` (Kivy allows one window a process): the
argument is a folder for its data. Reports, as one JSON line, the texts of the screen by language.
"""

from __future__ import annotations

import json
import sys
import threading
import traceback
from pathlib import Path
from types import SimpleNamespace

from screen_probe import REPORT, on_ui_thread
from standin import draw_portrait, wait_for

from hardware.base import Condition
from hardware.discovery import driver_spec
from hardware.errors import HardwareError
from hardware.isolation import IsolatedCamera
from hardware.sim.director import Director
from hardware.sim.printer import SimulatedPrinter
from kiosk.booth.accessories import Accessories
from kiosk.booth.status import StatusWatch
from kiosk.screens import gallery
from kiosk.screens.app import KioskApp
from kiosk.screens.display import virtual_display
from kiosk.settings import Settings
from kiosk.visit.model import State

SIZE = (540, 960)


class Booth:
    """Two cameras in processes of their own and a printer, watched as in a booth."""

    def __init__(self, folder, screen):
        self.director = Director(folder)
        self.cameras = {
            name: IsolatedCamera(
                name,
                driver_spec("simulated"),
                {
                    "folder": str(folder),
                    "portrait": str(draw_portrait(folder / "portrait.png")),
                    "width": 320,
                    "height": 180,
                },
                open_deadline_s=30.0,
                back_off_s=0.1,
                back_off_max_s=0.2,
            )
            for name in ("main_camera", "code_camera")
        }
        self.accessories = Accessories(
            Settings(booth={"network_every_s": 1.0}, code_scanner={"driver": "none"}),
            light=None,
            scanner=None,
            printer=SimulatedPrinter(folder),
            on_text=lambda _: None,
            on_scanner=lambda _: None,
        )
        outbox = SimpleNamespace(has_room=lambda: True, counts=lambda: SimpleNamespace(waiting=0))
        self.watch = StatusWatch(
            outbox,
            SimpleNamespace(health=lambda: None),
            SimpleNamespace(delivered=tuple),
            {name: camera.state for name, camera in self.cameras.items()},
            screen,
            lambda _: None,
            lambda: None,
            booth="booth-1",
            every_s=0.05,
            network_every_s=1.0,
            devices=self.accessories.devices,
        )

    def __enter__(self):
        for camera in self.cameras.values():
            camera.open()
        self.accessories.start()
        self.watch.start()
        return self

    def __exit__(self, *_):
        self.watch.stop()
        self.accessories.stop()
        for camera in self.cameras.values():
            camera.close()

    def break_all(self):
        """Unplug the main camera and take the printer's paper out."""
        self.director.printer("out_of_paper")
        self.director.fault("main", "unplug")
        camera = self.cameras["main_camera"]

        def fails():
            try:
                camera.check()
            except HardwareError:
                return camera.state().condition is Condition.TEMPORARY_FAULT
            return False

        wait_for(fails, 30.0)


def texts(shell):
    from kivy.uix.label import Label

    return [w.text for w in shell.screen(State.STAFF).walk() if isinstance(w, Label) and w.text]


def main():
    folder, found = Path(sys.argv[1]), {}

    def work():
        from kivy.app import App

        try:
            with Booth(folder, app) as booth:
                booth.break_all()
                for language, word in (("zh", "缺纸"), ("en", "Out of paper")):
                    app.show_visit(gallery.visits(language)["staff-idle"])
                    shell = App.get_running_app().shell
                    read = lambda: on_ui_thread(lambda: texts(shell))  # noqa: E731, B023
                    wait_for(lambda: any(word in text for text in read()), 30.0)  # noqa: B023
                    found[language] = read()
                app.save_screenshot(folder / "staff.png")
        except Exception:  # noqa: BLE001 - told to the test, which fails
            found["error"] = traceback.format_exc()
        finally:
            app.stop()

    with virtual_display(*SIZE):
        app = KioskApp(
            lambda _: None,
            width=SIZE[0],
            height=SIZE[1],
            data_directory=folder,
            consent_version="2026-1",
            transitions=False,
            on_ready=lambda: threading.Thread(target=work, daemon=True).start(),
        )
        app.run()
    sys.stdout.write(REPORT + json.dumps(found, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
