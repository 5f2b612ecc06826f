"""Settings of support bundles."""

from __future__ import annotations

from pydantic import Field

from kiosk.settings.section import Section


class SupportSettings(Section):
    """What is collected for those who help from afar. Never photos, names, codes or keys."""

    log_hours: float = Field(24.0, gt=0, le=720, description="hours of the journal, the newest")
    log_lines: int = Field(20_000, ge=0, le=1_000_000, description="lines of it at most")
    max_bytes: int = Field(
        2_000_000, ge=20_000, le=50_000_000, description="size of a bundle; older lines go first"
    )
    time_out_s: float = Field(
        60.0, ge=1, le=600, description="seconds one question to the system may take"
    )
