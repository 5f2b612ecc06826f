"""Settings the central backend sets for a booth, on top of its own file.

Only what concerns students and their photos may be set from afar: never which program a camera
runs in, where keys lie, or whom the booth reports to.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from kiosk.settings.model import Settings
from kiosk.settings.reading import SettingsError

SECTIONS = ("guidance", "lights", "portrait", "screen", "visit")
FILE = "pushed-settings.json"
"""In the booth's data directory."""

Value = str | int | float | bool


@dataclass(frozen=True, slots=True)
class Pushed:
    """A set of settings from afar.

    Attributes:
        revision: names the set; empty: none was ever pushed.
        values: ``section.field`` to value.
    """

    revision: str = ""
    values: Mapping[str, Value] = field(default_factory=dict)


def read_pushed(file: Path) -> Pushed:
    """Return what was pushed last; a file that is missing or broken counts as nothing."""
    try:
        data = json.loads(file.read_text(encoding="utf-8"))
        return Pushed(str(data["revision"]), dict(data["values"]))
    except (OSError, ValueError, KeyError, TypeError):
        return Pushed()


def write_pushed(file: Path, pushed: Pushed) -> None:
    """Keep what was pushed, whole or not at all.

    Raises:
        OSError: the disk does not take it.
    """
    draft = file.with_name(f".{file.name}.new")
    content = {"revision": pushed.revision, "values": dict(pushed.values)}
    draft.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
    draft.replace(file)


def with_pushed(settings: Settings, values: Mapping[str, Value]) -> Settings:
    """Return the settings with these on top.

    Raises:
        SettingsError: one of them may not be set from afar, does not exist, or has a wrong value;
            nothing is taken then.
    """
    changes: dict[str, dict[str, Any]] = {}
    for key, value in values.items():
        section, _, name = key.partition(".")
        if section not in SECTIONS:
            raise SettingsError(
                f"{key} may not be set from afar; only {', '.join(SECTIONS)} may. Set it in the "
                "booth's own file."
            )
        changes.setdefault(section, {})[name] = value
    merged = {}
    for section, fields in changes.items():
        before = getattr(settings, section)
        try:
            merged[section] = type(before).model_validate({**before.model_dump(), **fields})
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join([section, *(str(part) for part in first["loc"])])
            raise SettingsError(f"{where}: {first['msg']}. Push another value.") from error
    return settings.model_copy(update=merged)
