"""How a camera module's lens is focused, where its lens moves.

A change of mode begins continuous autofocus anew, in the middle of a still. So the lens searches
once when it is asked to, and is then held by its position in every mode.
"""

from __future__ import annotations

import itertools
import logging
import time
from collections.abc import Callable, Mapping
from typing import Any, Final

from hardware import pi_controls
from hardware.pi_sensor import Picture

_log = logging.getLogger(__name__)

# A search shows in the fourth picture after it was asked for; what is said before is of before.
_FIRST_PICTURES: Final = 10


class Focusing:
    """What the lens does, and where it was left.

    Args:
        on_request: search when asked to, and hold; before the first search all the time.
        always: all the time, also for what is held up to the camera. With neither the lens stays
            where it is.
    """

    def __init__(self, *, on_request: bool, always: bool) -> None:
        self._on_request = on_request
        self._always = always
        self._dioptre: float | None = None

    @property
    def held(self) -> bool:
        """Whether the lens is held where a search left it."""
        return self._dioptre is not None

    def forget(self) -> None:
        """Know no position: the camera was opened anew."""
        self._dioptre = None

    def can_search(self, limits: pi_controls.Limits) -> bool:
        """Return whether a search can be asked for.

        Args:
            limits: the controls the camera has.
        """
        return self._on_request and "AfMode" in limits

    def controls(self) -> dict[str, Any]:
        """Return libcamera's controls for any mode."""
        if self._always:
            return {
                "AfMode": pi_controls.AF_CONTINUOUS,
                "AfRange": pi_controls.AF_FULL_RANGE,
                "AfSpeed": pi_controls.AF_FAST,
            }
        if self._dioptre is not None:
            return {"AfMode": pi_controls.AF_MANUAL, "LensPosition": self._dioptre}
        return {"AfMode": pi_controls.AF_CONTINUOUS if self._on_request else pi_controls.AF_MANUAL}

    def search(
        self,
        set_controls: Callable[[Mapping[str, Any]], None],
        next_picture: Callable[[], Picture],
        timeout_s: float,
        camera: str,
    ) -> None:
        """Search once, and hold the lens where the search ends, found or not.

        Args:
            set_controls: sets controls of the running camera.
            next_picture: waits for its next picture.
            timeout_s: how long it may take, seconds.
            camera: its name, for the log.

        Raises:
            DeviceTimeout, DeviceLost: as `next_picture`.
        """
        until = time.monotonic() + timeout_s
        set_controls({"AfMode": pi_controls.AF_AUTO, "AfTrigger": pi_controls.AF_START})
        searching = False
        for number in itertools.count(1):
            focus = next_picture().focus
            if focus.settled and (searching or number > _FIRST_PICTURES):
                break
            searching = searching or not focus.settled
            if time.monotonic() >= until:
                break
        if not focus.focused:
            _log.warning("%s found no focus and stays at %.1f dioptre.", camera, focus.dioptre)
        self._dioptre = focus.dioptre
        set_controls(self.controls())
