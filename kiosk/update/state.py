"""What the updater must not forget, in one small file. Standard library only."""

from __future__ import annotations

import fcntl
import json
import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

from kiosk.update.slots import replace_file
from kiosk.update.trial import Phase, Trial, TrialLimits

_log = logging.getLogger(__name__)
_FORMAT = 1


@dataclass(frozen=True, slots=True)
class UpdateState:
    """What is known of this booth's updates.

    Attributes:
        trial: the release being tried; None when none is.
        refused: versions never to be tried again by itself, and why.
        last_error: what went wrong last, for people; empty after a success.
        last_checked: when releases were last looked for, ISO 8601 UTC; empty: never.
    """

    trial: Trial | None = None
    refused: Mapping[str, str] = field(default_factory=dict)
    last_error: str = ""
    last_checked: str = ""


def read_state(path: Path) -> UpdateState:
    """Read the state; a file that cannot be read counts as none, and the booth starts.

    A trial that is forgotten so is begun anew by the guard.
    """
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        if data["format"] != _FORMAT:
            raise ValueError(f"format {data['format']}")  # noqa: TRY301 - one way out for all
        trial = data["trial"]
        return UpdateState(
            trial=None if trial is None else _trial(trial),
            refused={str(k): str(v) for k, v in data["refused"].items()},
            last_error=str(data["last_error"]),
            last_checked=str(data["last_checked"]),
        )
    except FileNotFoundError:
        return UpdateState()
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        _log.warning("the state of updates in %s is unreadable (%s): begun afresh", path, error)
        return UpdateState()


@contextmanager
def state_lock(path: Path) -> Iterator[None]:
    """Wait for others that read the state and write it again, and keep them waiting.

    Raises:
        OSError: the lock cannot be made beside the state.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.with_name(f".{path.name}.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def write_state(path: Path, state: UpdateState) -> None:
    """Write the state, whole or not at all.

    Raises:
        OSError: the disk does not take it.
    """
    data = {"format": _FORMAT, **asdict(state)}
    replace_file(path, json.dumps(data, ensure_ascii=False, indent=1).encode())


def _trial(data: Mapping[str, Any]) -> Trial:
    limits = TrialLimits(**_known(TrialLimits, data["limits"]))
    read = {"phase": Phase(data["phase"]), "boots": tuple(data["boots"]), "limits": limits}
    return Trial(**{**_known(Trial, data), **read})


def _known(kind: type[Trial | TrialLimits], data: Mapping[str, Any]) -> dict[str, Any]:
    """Leave out what a newer release wrote and this one has no word for."""
    names = {f.name for f in fields(kind)}
    return {name: value for name, value in data.items() if name in names}
