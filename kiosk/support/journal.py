"""The journal's newest lines, a few fields of each."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

from kiosk.support.errors import SupportError
from kiosk.support.scrub import scrub

UNITS = (
    "kiosk.service", "kiosk-outbox.service", "kiosk-update.service", "kiosk-health.service",
    "kiosk-units.service", "kiosk-fallback.service", "kiosk-support.service",
    "kiosk-reboot.service",
)  # fmt: skip
_FIELDS = "MESSAGE,PRIORITY,_SYSTEMD_UNIT,UNIT,SYSLOG_IDENTIFIER"
_LONGEST = 4000


def read(hours: float, lines: int, time_out_s: float) -> Sequence[str]:
    """Return lines of JSON of the booth's units, the oldest first, as the journal holds them.

    Raises:
        SupportError: the journal cannot be read.
    """
    command = ["journalctl", "--no-pager", "--quiet", "--output=json", f"--lines={lines}"]
    command += [f"--output-fields={_FIELDS}", f"--since=-{hours * 60:.0f}min"]
    command += [f"--unit={unit}" for unit in UNITS]
    try:
        done = subprocess.run(  # noqa: S603 - our own command
            command, check=False, capture_output=True, text=True, errors="replace",
            timeout=time_out_s,
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired) as error:
        raise SupportError(f"The journal cannot be read: {error}.") from error
    if done.returncode:
        said = done.stderr.strip()[-200:]
        raise SupportError(f"The journal cannot be read; journalctl said: {said}")
    return done.stdout.splitlines()


def readable(lines: Iterable[str], secrets: Sequence[str]) -> Iterator[str]:
    """Return each line for people: time (UTC), priority, unit, and the message, scrubbed."""
    for line in lines:
        try:
            entry = json.loads(line)
            moment = datetime.fromtimestamp(int(entry["__REALTIME_TIMESTAMP"]) / 1e6, UTC)
        except (ValueError, KeyError, TypeError):
            continue
        unit = entry.get("_SYSTEMD_UNIT") or entry.get("UNIT") or ""
        name = entry.get("SYSLOG_IDENTIFIER") or ""
        said = scrub(_text(entry.get("MESSAGE"))[:_LONGEST], secrets).replace("\n", "\n    ")
        yield (
            f"{moment:%Y-%m-%dT%H:%M:%S.%f}Z {entry.get('PRIORITY', '-')} {unit or name}: {said}"
        )


def _text(message: Any) -> str:
    # Not UTF-8: journalctl gives the bytes as numbers.
    if isinstance(message, list):
        return bytes(n for n in message if isinstance(n, int) and 0 <= n < 256).decode(  # noqa: PLR2004
            errors="replace"
        )
    return message if isinstance(message, str) else ""
