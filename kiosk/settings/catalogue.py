"""Every setting with its unit, range, default and meaning, read off the classes themselves.

The template, the documentation's tables and the remedies of mistakes all come from here, so that
they cannot disagree with what is accepted.
"""

from __future__ import annotations

import json
import types
import typing
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from annotated_types import Ge, Gt, Le, Lt
from pydantic import SecretStr
from pydantic.fields import FieldInfo

from kiosk.settings.model import Settings
from kiosk.settings.section import Section

_UNITS = (
    ("_widths_per_s", "face widths / second"),
    ("frames_per_second", "1 / second"),
    ("_every_frames", "frames"),
    ("_s", "seconds"),
    ("_px", "pixels"),
    ("_mm", "millimetres"),
    ("_deg", "degrees"),
    ("_bytes", "bytes"),
    ("_hours", "hours"),
    ("_days", "days"),
    ("_ev", "EV (stops)"),
    ("_megapixels", "megapixels"),
    ("_megabytes", "megabytes"),
)
"""By the end of a field's name; the first that fits."""


@dataclass(frozen=True, slots=True)
class Setting:
    """One field of the settings file.

    Attributes:
        section: its table, such as ``visit``.
        name: its key there.
        kind: what it takes: ``number``, ``whole number``, ``text``, ``file``, ``yes or no``,
            ``list``.
        unit: such as ``seconds``; empty for none.
        range: what is allowed, such as ``0.2 to 5``; empty for anything of its kind.
        default: as it is used; None when nothing is set.
        description: what it is.
        secret: never to be shown.
    """

    section: str
    name: str
    kind: str
    unit: str
    range: str
    default: object
    description: str
    secret: bool

    @property
    def key(self) -> str:
        """``section.name``."""
        return f"{self.section}.{self.name}"

    @property
    def variable(self) -> str:
        """The environment variable that wins over the file."""
        return f"KIOSK_{self.section}__{self.name}".upper()

    @property
    def allowed(self) -> str:
        """Kind, range and unit in one phrase, such as ``number, 0.2 to 5, seconds``."""
        return ", ".join(part for part in (self.kind, self.range, self.unit) if part)


def sections() -> dict[str, type[Section]]:
    """Return the tables of the settings file, by name, in their order."""
    return {name: _section(field) for name, field in Settings.model_fields.items()}


def settings() -> Iterator[Setting]:
    """Return every setting, in the order of the file."""
    for section, cls in sections().items():
        for name, field in cls.model_fields.items():
            yield Setting(
                section=section,
                name=name,
                kind=_kind(field.annotation),
                unit=next((unit for end, unit in _UNITS if name.endswith(end)), ""),
                range=_range(field),
                default=field.default,
                description=field.description or "",
                secret=SecretStr in _members(field.annotation),
            )


def find(section: str, name: str) -> Setting | None:
    """Return one setting, or None where there is no such."""
    return next((s for s in settings() if (s.section, s.name) == (section, name)), None)


def as_toml(value: object) -> str:
    """Return a setting's value as TOML writes it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return repr(value)
    if isinstance(value, tuple | list):
        return f"[{', '.join(as_toml(member) for member in value)}]"
    return json.dumps(str(value), ensure_ascii=False)


def _section(field: FieldInfo) -> type[Section]:
    cls = field.annotation
    if not (isinstance(cls, type) and issubclass(cls, Section)):
        raise TypeError(f"{cls} is not a section of the settings")
    return cls


def _members(annotation: object) -> tuple[object, ...]:
    """Return what an optional or united type is made of, without None."""
    if typing.get_origin(annotation) in (typing.Union, types.UnionType):
        return tuple(a for a in typing.get_args(annotation) if a is not type(None))
    return (annotation,)


def _parts(annotation: object) -> set[object]:
    """What a list is made of, without the limits of each."""
    return {getattr(a, "__origin__", a) for a in typing.get_args(annotation)}


def _kind(annotation: object) -> str:
    member = _members(annotation)[0]
    if typing.get_origin(member) is typing.Literal:
        return " or ".join(as_toml(choice) for choice in typing.get_args(member))
    if typing.get_origin(member) in (tuple, list):
        return "list of numbers" if float in _parts(member) else "list of texts"
    kinds: dict[object, str] = {
        bool: "true or false",
        int: "whole number",
        float: "number",
        Path: "file or folder",
    }
    return kinds.get(member, "text")


def _range(field: FieldInfo) -> str:
    low = high = pattern = ""
    for limit in field.metadata:
        match limit:
            case Ge():
                low = f"at least {limit.ge}"
            case Gt():
                low = f"above {limit.gt}"
            case Le():
                high = f"at most {limit.le}"
            case Lt():
                high = f"below {limit.lt}"
            case _ if getattr(limit, "pattern", None):
                pattern = f"like `{limit.pattern}`"
    if low.startswith("at least") and high.startswith("at most"):
        return f"{low.removeprefix('at least ')} to {high.removeprefix('at most ')}"
    return pattern or ", ".join(part for part in (low, high) if part)
