"""Photo standards: one TOML of figures each, and the class that reads it.

Another country's photo is another file; no code changes.
"""

from __future__ import annotations

import tomllib
from importlib import resources
from pathlib import Path
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator


class StandardError(Exception):
    """A photo standard is unknown or its file is wrong; the message says where."""


class _Table(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class FileRules(_Table):
    """The written file: sizes in pixels and bytes, density in dots per inch, JPEG quality."""

    width_px: int = Field(gt=0)
    height_px: int = Field(gt=0)
    dpi: int = Field(gt=0)
    min_quality: int = Field(ge=1, le=100)
    max_quality: int = Field(ge=1, le=100)
    min_bytes: int = Field(gt=0)
    max_bytes: int = Field(gt=0)

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.min_bytes > self.max_bytes or self.min_quality > self.max_quality:
            raise ValueError("a minimum is above its maximum")
        return self


Channel = tuple[int, int, int]


class BackgroundRules(_Table):
    """The official colours, sRGB 0 to 255, and how far a decoded pixel may be from them."""

    blue: Channel
    white: Channel
    grey: Channel
    default: Literal["blue", "white", "grey"]
    max_deviation: int = Field(ge=0, le=255)

    def colour(self, name: str | None = None) -> Channel:
        """Return the sRGB colour called `name`, or the default one.

        Raises:
            StandardError: no such colour.
        """
        name = name or self.default
        if name not in ("blue", "white", "grey"):
            raise StandardError(f"No background is called {name!r}. Use blue, white or grey.")
        colour: Channel = getattr(self, name)
        return colour


class GeometryRules(_Table):
    """Composition, pixels of the finished photo from its top left corner."""

    crown_min_px: float
    crown_max_px: float
    crown_target_px: float
    eyes_min_px: float
    eyes_max_px: float
    eyes_target_px: float
    face_width_min_px: float
    face_width_max_px: float
    face_width_target_px: float
    centre_tolerance_px: float
    warn_px: float


class PoseRules(_Table):
    """Tilt of head and shoulders, degrees from upright and straight ahead."""

    roll_hint_deg: float
    roll_fail_deg: float
    yaw_hint_deg: float
    yaw_fail_deg: float
    pitch_hint_deg: float
    pitch_fail_deg: float
    shoulders_hint_deg: float
    shoulders_fail_deg: float


class Standard(_Table):
    """A photo standard; see the comments of its TOML for the source of each figure."""

    name: str
    title_zh: str
    title_en: str
    file: FileRules
    background: BackgroundRules
    geometry: GeometryRules
    pose: PoseRules

    def with_file_limits(self, min_bytes: int | None, max_bytes: int | None) -> Standard:
        """Return this standard with a batch's own size band, in bytes."""
        rules = self.file.model_dump()
        if min_bytes is not None:
            rules["min_bytes"] = min_bytes
        if max_bytes is not None:
            rules["max_bytes"] = max_bytes
        return self.model_copy(update={"file": FileRules.model_validate(rules)})


def available() -> tuple[str, ...]:
    """Return the names of the standards that come with the product."""
    folder = resources.files(__name__)
    return tuple(sorted(f.name[:-5] for f in folder.iterdir() if f.name.endswith(".toml")))


def load(name_or_path: str | Path) -> Standard:
    """Read a standard by its name (``chsi``) or from a TOML file.

    Raises:
        StandardError: there is none of that name, or its file is wrong.
    """
    path = Path(name_or_path)
    if path.suffix == ".toml":
        source, read = str(path), path.read_bytes
    else:
        file = resources.files(__name__) / f"{name_or_path}.toml"
        if not file.is_file():
            known = ", ".join(available())
            raise StandardError(f"No photo standard is called {name_or_path!r}. Known: {known}.")
        source, read = f"{name_or_path}.toml", file.read_bytes
    try:
        return Standard.model_validate(tomllib.loads(read().decode()))
    except OSError as error:
        raise StandardError(f"{source}: cannot be read: {error.strerror}.") from error
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise StandardError(f"{source}: not TOML: {error}.") from error
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise StandardError(f"{source}: {where}: {first['msg']}.") from error
