"""What a batch decides about the person in its photos."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

GlassesPolicy = Literal["forbid", "allow_clear"]
"""No glasses at all, or usual ones: clear, without reflection over the eyes."""


@dataclass(frozen=True, slots=True)
class BatchPolicy:
    """The choices of a batch that rules look at.

    Attributes:
        glasses: whether glasses may be worn.
        background: name of the official background, ``blue``, ``white`` or ``grey``; None for
            the standard's usual one.
    """

    glasses: GlassesPolicy = "forbid"
    background: str | None = None


DEFAULT_POLICY = BatchPolicy()
"""Of a batch that says nothing, and of a picture that belongs to none."""
