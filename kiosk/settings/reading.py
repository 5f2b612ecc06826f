"""Read a settings file, and say where a mistake is."""

from __future__ import annotations

import difflib
import os
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pydantic_settings
from pydantic import ValidationError

from kiosk.settings import catalogue
from kiosk.settings.model import Settings


class SettingsError(Exception):
    """The settings file is wrong. Each line names file, line, field and remedy."""


def load(path: Path | None = None) -> Settings:
    """Read `path`, or return the defaults when it is None.

    Raises:
        SettingsError: it cannot be read or holds mistakes; all of them are named at once.
    """
    text = "" if path is None else _read(path)
    try:
        values: dict[str, Any] = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{path}{_toml_mistake(str(error))}") from error
    try:
        return Settings(**values)
    except ValidationError as error:
        place = _Place(path, text)
        lines = [_sentence(place, dict(e)) for e in error.errors(include_url=False)]
        raise SettingsError("\n".join(lines)) from error
    except pydantic_settings.SettingsError as error:
        raise SettingsError(
            f"An environment variable cannot be understood: {error}. "
            'Lists are written as JSON, such as KIOSK_CODES__DECODERS=["simulated"].'
        ) from error


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise SettingsError(
            f"{path}: there is no such file. Write one with: kiosk config template > {path.name}"
        ) from error
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "not UTF-8 text"
        raise SettingsError(
            f"{path}: cannot be read: {reason}. It has to be a file of UTF-8 text that this user "
            "may read."
        ) from error


def _toml_mistake(message: str) -> str:
    """Return ``:LINE: not TOML: …`` out of the parser's own message."""
    where = re.search(r" \(at line (\d+), column \d+\)$", message)
    what = message[: where.start()] if where else message
    line = f":{where.group(1)}" if where else ""
    return f"{line}: not TOML: {what}. Texts need quotation marks; true and false are lower case."


class _Place:
    """Finds where a value came from: a line of the file, or the environment."""

    def __init__(self, path: Path | None, text: str) -> None:
        self._path = path
        self._text = text
        self._environment = {name.upper() for name in os.environ}

    def of(self, parts: list[str]) -> str:
        for length in range(len(parts), 0, -1):
            variable = "KIOSK_" + "__".join(parts[:length]).upper()
            if variable in self._environment:
                return f"environment variable {variable}"
        return f"{self._path}:{_line_of(self._text, parts)}" if self._path else "the settings"


def _sentence(place: _Place, error: Mapping[str, Any]) -> str:
    parts = [str(part) for part in error["loc"]]
    where, name = place.of(parts), ".".join(parts)
    if error["type"] == "extra_forbidden":
        return f"{where}: {name}: no such setting. {_nearest(parts)}"
    message = str(error["msg"]).removeprefix("Value error, ")
    message = message[:1].lower() + message[1:]
    setting = catalogue.find(parts[0], parts[1]) if len(parts) > 1 else None
    if setting is None:
        return f"{where}: {name}: {message}. Mend this table; see docs/settings.md."
    found = "a secret" if setting.secret else f"{error['input']!r}"
    default = "" if setting.default is None else f" (default {catalogue.as_toml(setting.default)})"
    return (
        f"{where}: {name}: {message}; found {found}. "
        f"It takes: {setting.allowed}{default}. It is: {setting.description}."
    )


def _nearest(parts: list[str]) -> str:
    tables = catalogue.sections()
    fields = tables[parts[0]].model_fields if parts[0] in tables else tables
    close = difflib.get_close_matches(parts[-1], fields, n=1)
    if close:
        return f"Check the spelling; perhaps {close[0]!r} is meant."
    elsewhere = [s.key for s in catalogue.settings() if s.name == parts[-1]]
    if elsewhere:
        return f"It belongs elsewhere: {' or '.join(elsewhere)}."
    return f"There are: {', '.join(fields)}."


def _line_of(text: str, parts: list[str]) -> int:
    """Return the line that holds the field, or its table's header, or 1."""
    table, best = "", 1
    for number, line in enumerate(text.splitlines(), start=1):
        if header := re.match(r"\s*\[([^\[\]]+)\]", line):
            table = header.group(1).strip()
            if table == parts[0]:
                best = number
        elif key := re.match(r"\s*([\w.-]+)\s*=", line):
            full = [*(table.split(".") if table else ()), *key.group(1).split(".")]
            if full == parts[: len(full)]:
                return number
    return best
