"""The modelling light's thread: a lamp that takes its time never holds the visit up."""

from __future__ import annotations

import logging
import threading

from hardware.base import Light
from hardware.errors import FaultKind, HardwareError

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
        self._fault: HardwareError | None = None
        self._thread = threading.Thread(target=self._run, name=f"lamp-{light.name}")

    @property
    def name(self) -> str:
        """The light's."""
        return self._light.name

    @property
    def fault(self) -> HardwareError | None:
        """What was wrong when it was last set; None when it worked."""
        return self._fault

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
            self._fault = None
        except HardwareError as error:
            # The rules on light will say if it matters for the photo.
            self._failed(error, error)
        except Exception as error:  # noqa: BLE001 - logged; a driver's mistake must not end the lamp
            message = f"The driver failed with {type(error).__name__}: {error}"
            self._failed(error, HardwareError(message, FaultKind.PROCESS_ENDED))

    def _failed(self, error: Exception, fault: HardwareError) -> None:
        """Keep the fault, and log it once; one that nobody thought of with its traceback."""
        if self._fault is None or str(fault) != str(self._fault):
            log.warning("%s: %s", self.name, fault, exc_info=None if fault is error else error)
        self._fault = fault
