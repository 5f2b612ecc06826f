"""Settings of the portrait."""

from __future__ import annotations

from pydantic import Field

from kiosk.settings.section import Section


class PortraitSettings(Section):
    """Limits of development and composition that no photo standard prescribes."""

    standard: str = Field("chsi", description="name of a standard, or path of its TOML")
