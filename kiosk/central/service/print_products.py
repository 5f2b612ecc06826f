"""What prints can be ordered: sheets full of one size."""

from __future__ import annotations

import functools
import tomllib
from importlib import resources

from pydantic import BaseModel, ConfigDict, Field


class _Table(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Product(_Table):
    """A sheet of photos of one size; millimetres, upright."""

    zh: str
    en: str
    width_mm: int = Field(gt=0)
    height_mm: int = Field(gt=0)
    photos: int = Field(gt=0)


class Products(_Table):
    """All of them, by the size's name at ``kiosk print``, and the paper they are printed on."""

    paper: str
    product: dict[str, Product]


@functools.cache
def products() -> Products:
    """Return what can be ordered."""
    file = resources.files("kiosk.central.service") / "print_products.toml"
    return Products.model_validate(tomllib.loads(file.read_text(encoding="utf-8")))
