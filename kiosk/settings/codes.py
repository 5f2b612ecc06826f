"""Settings of code reading."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field

from kiosk.settings.section import Section


class CodeSettings(Section):
    """How codes are read and decoded."""

    engine: Literal["zxing", "pyzbar"] = Field("zxing", description="QR engine asked first")
    decoders: tuple[str, ...] = Field(
        ("simulated", "opaque"), description="capture code decoders, asked in this order"
    )
    key_file: Path | None = Field(None, description="key of the simulated capture code")
