"""Sizes of printed photos and papers, from ``print_sizes.toml``."""

from __future__ import annotations

import functools
import tomllib
from importlib import resources

from pydantic import BaseModel, ConfigDict, Field

from kiosk.portrait.print_errors import UnknownSize

MM_PER_INCH = 25.4


class _Size(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    title_zh: str
    title_en: str
    width_mm: float = Field(gt=0)
    height_mm: float = Field(gt=0)

    def pixels(self, dpi: int) -> tuple[int, int]:
        """Return (width, height) in whole pixels at `dpi` dots per inch."""
        return to_pixels(self.width_mm, dpi), to_pixels(self.height_mm, dpi)


class PhotoSize(_Size):
    """A printed photo, upright."""


class Paper(_Size):
    """A sheet of paper, upright.

    Attributes:
        margin_mm: stays free of photos on every side.
        media: its name at the printer (PWG 5101.1).
    """

    margin_mm: float = Field(ge=0)
    media: str


class PrintSizes(BaseModel):
    """All sizes, by their names."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    photo: dict[str, PhotoSize]
    paper: dict[str, Paper]


def to_pixels(mm: float, dpi: int) -> int:
    """Return the nearest whole number of pixels."""
    return round(mm * dpi / MM_PER_INCH)


@functools.cache
def print_sizes() -> PrintSizes:
    """Return all sizes."""
    text = (resources.files("kiosk.portrait") / "print_sizes.toml").read_text(encoding="utf-8")
    return PrintSizes.model_validate(tomllib.loads(text))


def photo_size(name: str) -> PhotoSize:
    """Return the size of a printed photo by its name.

    Raises:
        UnknownSize: there is none of that name; those there are are named.
    """
    known = print_sizes().photo
    if name not in known:
        raise UnknownSize(f"There is no photo size {name!r}. Choose from: {', '.join(known)}.")
    return known[name]


def paper(name: str) -> Paper:
    """Return a paper by its name.

    Raises:
        UnknownSize: there is none of that name; those there are are named.
    """
    known = print_sizes().paper
    if name not in known:
        raise UnknownSize(f"There is no paper {name!r}. Choose from: {', '.join(known)}.")
    return known[name]
