"""A release as operations describe it, and which of several fits a booth."""

from __future__ import annotations

import hashlib
import platform
import re
import sys
from collections.abc import Collection, Iterable
from typing import Self

from packaging.version import InvalidVersion, Version
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from kiosk.update.errors import ReleaseUnusable

_WHEEL = re.compile(r"^[A-Za-z0-9_.+]+(-[A-Za-z0-9_.+]+){4,5}\.whl$")


def this_platform() -> str:
    """Return what a wheel must fit here: ``linux-aarch64-cp311``."""
    return f"linux-{platform.machine()}-cp{sys.version_info.major}{sys.version_info.minor}"


class Wheel(BaseModel):
    """One package of a release.

    Attributes:
        name: the wheel's file name.
        sha256: of the file, hexadecimal.
        size: bytes.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    size: int = Field(gt=0)

    @field_validator("name")
    @classmethod
    def _is_wheel(cls, name: str) -> str:
        if not _WHEEL.match(name):
            raise ValueError(f"{name!r} is no wheel's file name")
        return name

    @property
    def target(self) -> str:
        """The wheel's path among the signed files: the same wheel in two releases is one file."""
        return f"wheels/{self.sha256}/{self.name}"


class Release(BaseModel):
    """What a release consists of, for one platform.

    Attributes:
        version: PEP 440.
        platform: see `this_platform`.
        wheels: all packages; the project's own is among them.
        notes: for people.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    version: str
    platform: str = Field(pattern=r"^linux-[a-z0-9_]+-cp\d+$")
    wheels: tuple[Wheel, ...] = Field(min_length=1)
    notes: str = ""

    @field_validator("version")
    @classmethod
    def _is_version(cls, version: str) -> str:
        try:
            if str(Version(version)) != version:
                raise ValueError(f"{version!r} is written {Version(version)}")
        except InvalidVersion as error:
            raise ValueError(str(error)) from error
        return version

    @classmethod
    def read(cls, content: bytes) -> Self:
        """Read a release's description.

        Raises:
            ReleaseUnusable: it is none.
        """
        try:
            return cls.model_validate_json(content)
        except ValidationError as error:
            raise ReleaseUnusable(f"The release describes itself wrongly: {error}") from error

    @property
    def target(self) -> str:
        """The description's path among the signed files."""
        return target_of(self.version, self.platform)

    @property
    def slot(self) -> str:
        """The name of its folder: the version, and what is in it."""
        names = "\n".join(sorted(w.sha256 for w in self.wheels))
        return f"{self.version}-{hashlib.sha256(names.encode()).hexdigest()[:12]}"

    @property
    def size(self) -> int:
        """Of all its wheels, bytes."""
        return sum(wheel.size for wheel in self.wheels)


def target_of(version: str, platform_name: str) -> str:
    """Return the path of a release's description among the signed files."""
    return f"releases/{version}/{platform_name}.json"


def version_in(target: str, platform_name: str) -> str | None:
    """Return the version a path describes for this platform; None for any other path."""
    found = re.fullmatch(rf"releases/([^/]+)/{re.escape(platform_name)}\.json", target)
    return found[1] if found else None


def newer(version: str, than: str) -> bool:
    """Return whether a version is the newer one; False when either is no version."""
    try:
        return Version(version) > Version(than)
    except InvalidVersion:
        return False


def choose(
    offered: Iterable[str], *, running: str, refused: Collection[str], wanted: str | None
) -> str | None:
    """Return the version to update to; None: stay.

    Args:
        offered: versions signed for this platform.
        running: the committed version; never anything older.
        refused: versions that failed here before.
        wanted: what the central backend has this booth run; None: the newest.
    """
    fit = [v for v in offered if newer(v, running) and v not in refused]
    if wanted is not None:
        return wanted if wanted in fit else None
    return max(fit, key=Version, default=None)
