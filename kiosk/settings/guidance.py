"""Settings of the live guidance."""

from __future__ import annotations

from pydantic import Field

from kiosk.settings.section import Section


class GuidanceSettings(Section):
    """Limits and times of the coach that no photo standard prescribes."""

    hold_s: float = Field(1.2, ge=0.2, le=5.0, description="all rules hold so long, then the shot")
    hint_min_s: float = Field(0.8, ge=0.0, le=5.0, description="a hint is shown at least so long")
