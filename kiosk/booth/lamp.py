"""The modelling light's thread: a lamp that takes its time never holds the visit up."""

from __future__ import annotations

import logging
import threading

from hardware.base import Light
from hardware.errors import HardwareError

log = logging.getLogger(__name__)


class Lamp:
    """Brings a light to the level last wanted; levels that were overtaken are left out.

    Args:
        light: opened, used and closed on the lamp's thread only.
    """

    def __init__(self, light: Light) -> None:
        self._light = light
        self._changed = threading.Condition()
        self._wanted: float | None = None
        self._stopping = False
        self._said = ""
        self._thread = threading.Thread(target=self._run, name=f"lamp-{light.name}")

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def stop(self) -> None:
        """Let go of the light, which darkens it, and end the thread."""
        with self._changed:
            self._stopping = True
            self._changed.notify()
        if self._thread.is_alive():  # it is not when the booth could not start
            self._thread.join()

    def shine(self, level: float) -> None:
        """Want a level, 0 (off) to 1 (full); returns at once."""
        with self._changed:
            self._wanted = level
            self._changed.notify()

    def _run(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._stopping or self._wanted is not None)
                if self._stopping:
                    break
                level, self._wanted = self._wanted, None
            if level is not None:
                self._set(level)
        self._light.close()

    def _set(self, level: float) -> None:
        try:
            self._light.open()
            self._light.set_level(level)
            self._said = ""
        except HardwareError as error:
            # The rules on light will say if it matters for the photo; the log says it once.
            if str(error) != self._said:
                log.warning("%s: %s", self._light.name, error)
            self._said = str(error)
        except Exception:
            log.exception("%s failed in a way nobody thought of", self._light.name)
