"""Read a settings file, and say where a mistake is."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from pydantic import ValidationError

from kiosk.settings.model import Settings


class SettingsError(Exception):
    """The settings file is wrong. Each line names file, line, field and remedy."""


def load(path: Path | None = None) -> Settings:
    """Read `path`, or return the defaults when it is None.

    Raises:
        SettingsError: it cannot be read or holds mistakes; all of them are named at once.
    """
    if path is None:
        return Settings()
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "not UTF-8 text"
        raise SettingsError(f"{path}: cannot be read: {reason}.") from error
    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{path}: not TOML: {error}.") from error
    try:
        return Settings(**values)
    except ValidationError as error:
        lines = [_sentence(path, text, dict(e)) for e in error.errors()]
        raise SettingsError("\n".join(lines)) from error


def _sentence(path: Path, text: str, error: dict[str, object]) -> str:
    loc = error["loc"]
    parts = [str(p) for p in loc] if isinstance(loc, tuple) else []
    where = f"{path}:{_line_of(text, parts)}"
    name = ".".join(parts)
    if error["type"] == "extra_forbidden":
        return f"{where}: {name}: no such setting. Check the spelling{_nearest(parts)}."
    return f"{where}: {name}: {error['msg']} (found {error['input']!r}).{_describe(parts)}"


def _line_of(text: str, parts: list[str]) -> int:
    """Return the line that holds the field, or its table's header, or 1."""
    table, best = "", 1
    for number, line in enumerate(text.splitlines(), start=1):
        if header := re.match(r"\s*\[([^\[\]]+)\]", line):
            table = header.group(1).strip()
            if parts and table == parts[0]:
                best = number
        elif key := re.match(r"\s*([\w.-]+)\s*=", line):
            full = [*table.split("."), *key.group(1).split(".")] if table else [key.group(1)]
            if full == parts[: len(full)]:
                return number
    return best


def _fields(parts: list[str]) -> dict[str, str]:
    """Return the fields beside the one named, with their descriptions."""
    if len(parts) <= 1:
        return dict.fromkeys(Settings.model_fields, "")
    section = Settings.model_fields.get(parts[0])
    fields = getattr(section.annotation, "model_fields", {}) if section else {}
    return {name: field.description or "" for name, field in fields.items()}


def _nearest(parts: list[str]) -> str:
    import difflib

    close = difflib.get_close_matches(parts[-1], _fields(parts), n=1) if parts else []
    return f"; perhaps {close[0]!r} is meant" if close else ""


def _describe(parts: list[str]) -> str:
    text = _fields(parts).get(parts[-1], "") if parts else ""
    return f" It is: {text}." if text else ""
