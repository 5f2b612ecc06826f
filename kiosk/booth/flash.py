"""Fires the flash for a still, where the camera has no contact to do it."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from concurrent.futures import Future

from hardware.base import Still
from hardware.errors import HardwareError
from hardware.lights import FlashTrigger

log = logging.getLogger(__name__)

TakeStill = Callable[[], Future[Still]]


def with_flash(take_still: TakeStill, flash: FlashTrigger | None, delay_s: float) -> TakeStill:
    """Return a function that orders a still and fires the flash.

    Args:
        take_still: orders a still.
        flash: fires; None changes nothing.
        delay_s: from the order to the flash, seconds: the camera's shutter lag.
    """
    if flash is None:
        return take_still

    def take() -> Future[Still]:
        still = take_still()
        timer = threading.Timer(delay_s, _fire, (flash,))
        timer.name = "flash"
        timer.start()
        return still

    return take


def _fire(flash: FlashTrigger) -> None:
    try:
        flash.open()
        flash.fire()
    except HardwareError as error:
        # The photo is dark then, and its rules say so.
        log.warning("%s: %s", flash.name, error)
    except Exception:
        log.exception("the flash failed in a way nobody thought of")
