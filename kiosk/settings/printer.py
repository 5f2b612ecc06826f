"""Settings of the printer."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from kiosk.settings.section import Section


class PrinterSettings(Section):
    """The printer of photo sheets."""

    driver: Literal["none", "cups"] = Field("none", description="what prints")
    queue: str = Field("", description="name of CUPS' queue; empty for the only one there is")
    server: str = Field(
        "localhost:631", pattern=r"^[^/:\s]+(:\d{1,5})?$", description="CUPS' host and port"
    )
    answer_s: float = Field(5.0, ge=0.5, le=60, description="seconds to an answer of CUPS")
    paper: Literal["6in", "a4"] = Field("6in", description="paper that is in it")
