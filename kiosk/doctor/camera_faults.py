"""What the running booth, or the one that ran last, has found out about its cameras."""

from __future__ import annotations

from pathlib import Path

from hardware.base import Condition
from kiosk.booth.device_log import FILE, CameraRecord, read
from kiosk.doctor.finding import Finding, ok, warning

_NAME = "camera faults"
_TITLES = {"main_camera": "main camera", "code_camera": "code camera"}
_AWAY = (Condition.TEMPORARY_FAULT, Condition.PERMANENT_FAULT)


def camera_faults(data: Path) -> Finding:
    """Tell how often cameras were restarted since the booth started, and why.

    Args:
        data: the booth's data directory.
    """
    records = read(data / FILE)
    if not records:
        return ok(_NAME, "The booth has not run here yet.")
    troubled = [r for r in records if r.restarts or r.fault or r.condition in _AWAY]
    if not troubled:
        return ok(_NAME, f"None since the booth started ({records[0].since}).")
    return warning(
        _NAME,
        " ".join(_told(record) for record in troubled),
        "Look at cable, power supply and USB port of a camera that was restarted more than now "
        "and then; plug it in directly, not into a hub.",
    )


def _told(record: CameraRecord) -> str:
    times = "once" if record.restarts == 1 else f"{record.restarts} times"
    title = _TITLES.get(record.name, record.name)
    told = f"The {title} ({record.model}) was restarted {times} since {record.since}."
    if record.fault is not None:
        told += f" Last fault, {record.fault_at}: {record.fault}"
    if record.condition in _AWAY:
        told += " It is away."
    return told
