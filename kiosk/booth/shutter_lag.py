"""How long each camera takes from the order to the open shutter, learnt from its own stills.

The coach's ring is full when the shutter opens, not when it is ordered to.
"""

from __future__ import annotations

import json
import logging
import statistics
from collections import deque
from collections.abc import Callable
from pathlib import Path

from hardware.base import CameraState, Still

log = logging.getLogger(__name__)

_REMEMBERED = 9
"""The median of so many: one that had to wait for the flash does not count."""


class ShutterLag:
    """The lag of every camera this booth has used.

    Args:
        file: remembers it from day to day.
        tell: told the lag to expect of the camera in use, seconds.
    """

    def __init__(self, file: Path, tell: Callable[[float], None]) -> None:
        self._file = file
        self._tell = tell
        self._lags = _read(file)
        self._current = ""

    def expect(self, camera: CameraState) -> None:
        """A camera was opened: tell its lag, 0 when it is not known yet."""
        self._current = _key(camera)
        lags = self._lags.get(self._current)
        self._tell(statistics.median(lags) if lags else 0.0)

    def note(self, camera: CameraState, still: Still) -> None:
        """Learn from a still."""
        lags = self._lags.setdefault(_key(camera), deque(maxlen=_REMEMBERED))
        lags.append(round(max(0.0, still.shutter_lag_s), 3))
        self.expect(camera)
        try:
            self._file.write_text(json.dumps({k: list(v) for k, v in self._lags.items()}))
        except OSError as error:
            log.warning("the shutter's lag is not remembered: %s", error)


def _key(camera: CameraState) -> str:
    return " ".join(part for part in (camera.driver, camera.model, camera.serial) if part)


def _read(file: Path) -> dict[str, deque[float]]:
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
        return {str(k): deque((float(lag) for lag in v), _REMEMBERED) for k, v in found.items()}
    except (OSError, ValueError, TypeError, AttributeError):
        return {}  # it is learnt anew
