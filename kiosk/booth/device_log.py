"""How the cameras fared since the booth started, in a file for `kiosk doctor` and for staff.

The doctor is another process, and asks cameras nothing the booth has found out already: how often
each was restarted, and why.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from hardware.base import CameraState

log = logging.getLogger(__name__)

FILE = "devices.json"
"""In the booth's data directory."""


@dataclass(frozen=True, slots=True)
class CameraRecord:
    """One camera's faults since the booth started.

    Attributes:
        name: ``main_camera`` or ``code_camera``.
        model: make and model.
        condition: as of `hardware.base.Condition`.
        restarts: since the booth started.
        fault: the last one, None when there was none.
        fault_at: when it was first seen, ISO 8601 UTC.
        since: when the booth started, ISO 8601 UTC.
    """

    name: str
    model: str
    condition: str
    restarts: int
    fault: str | None
    fault_at: str | None
    since: str


class DeviceLog:
    """Writes the file whenever something changed.

    Args:
        file: where it stands; replaced as a whole.
    """

    def __init__(self, file: Path) -> None:
        self._file = file
        self._since = _now()
        self._records: dict[str, CameraRecord] = {}

    def note(self, cameras: Mapping[str, CameraState]) -> None:
        """Take in how the cameras are. A file that cannot be written is logged, no more."""
        records = {name: self._record(name, state) for name, state in cameras.items()}
        if records == self._records:
            return
        self._records = records
        try:
            new = self._file.with_suffix(".new")
            new.write_text(json.dumps([asdict(r) for r in records.values()], ensure_ascii=False))
            new.replace(self._file)
        except OSError as error:
            log.warning("%s cannot be written: %s", self._file, error.strerror)

    def _record(self, name: str, state: CameraState) -> CameraRecord:
        before = self._records.get(name)
        fault, fault_at = state.fault, None
        if before is not None and (fault is None or fault == before.fault):
            fault, fault_at = before.fault, before.fault_at
        elif fault is not None:
            fault_at = _now()
        return CameraRecord(
            name,
            state.model or state.driver,
            str(state.condition),
            state.restarts,
            fault,
            fault_at,
            self._since,
        )


def read(file: Path) -> tuple[CameraRecord, ...]:
    """Read the file; empty when there is none, or none that can be read."""
    try:
        return tuple(
            CameraRecord(**record) for record in json.loads(file.read_text(encoding="utf-8"))
        )
    except (OSError, ValueError, TypeError):
        return ()


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
