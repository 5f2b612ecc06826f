"""What every section of the settings has in common."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Section(BaseModel):
    """A table of the settings file. Unknown fields are mistakes, not silently ignored."""

    model_config = ConfigDict(frozen=True, extra="forbid")
