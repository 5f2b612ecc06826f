"""Fires the flash for a still, where the camera has no contact to do it."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from concurrent.futures import Future

from hardware.base import Still
from hardware.errors import FaultKind, HardwareError
from hardware.lights import FlashTrigger

log = logging.getLogger(__name__)

TakeStill = Callable[[], Future[Still]]


class Flash:
    """Fires the flash with each still.

    Args:
        trigger: fires; opened, used and closed here only.
        delay_s: from the order of a still to the flash, seconds: the camera's shutter lag.
    """

    def __init__(self, trigger: FlashTrigger, delay_s: float) -> None:
        self._trigger = trigger
        self._delay_s = delay_s
        self._fault: HardwareError | None = None

    @property
    def fault(self) -> HardwareError | None:
        """Why it did not fire the last time; None when it did."""
        return self._fault

    def close(self) -> None:
        """Let go of it."""
        self._trigger.close()

    def with_still(self, take_still: TakeStill) -> TakeStill:
        """Return a function that orders a still and fires the flash for it."""

        def take() -> Future[Still]:
            still = take_still()
            timer = threading.Timer(self._delay_s, self._fire)
            timer.name = "flash"
            timer.start()
            return still

        return take

    def _fire(self) -> None:
        try:
            self._trigger.open()
            self._trigger.fire()
            self._fault = None
        except HardwareError as error:
            # The photo is dark then, and its rules say so.
            log.warning("%s: %s", self._trigger.name, error)
            self._fault = error
        except Exception as error:  # a driver's mistake; at most once a photo
            log.exception("the flash failed in a way nobody thought of")
            message = f"The driver failed with {type(error).__name__}: {error}"
            self._fault = HardwareError(message, FaultKind.PROCESS_ENDED)
