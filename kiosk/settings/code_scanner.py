"""Settings of the barcode scanner."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from kiosk.settings.section import Section


class CodeScannerSettings(Section):
    """A USB barcode scanner beside the second camera."""

    driver: Literal["none", "hid"] = Field(
        "hid", description="hid takes a scanner that types as a keyboard, where there is one"
    )
    device: str = Field(
        "",
        description="part of its name, vendor and product as '0c2e:0b61', or its port; empty for "
        "the first whose name is a scanner's",
    )
    search_every_s: float = Field(
        2.0, ge=0.2, le=60, description="seconds between two looks for a scanner that is away"
    )
