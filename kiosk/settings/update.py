"""Settings of updates."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field

from kiosk.settings.section import Section

_TIME = r"^([01]\d|2[0-3]):[0-5]\d$"


class UpdateSettings(Section):
    """Where new versions come from, and when they may be taken."""

    repository: str | None = Field(
        None,
        pattern=r"^(https?|file)://",
        description="address of the signed releases; without it nothing is looked for",
    )
    root_file: Path = Field(
        Path("root.json"), description="operations' first signed root, relative to the settings"
    )
    window_from: str = Field("02:00", pattern=_TIME, description="updates from, local time")
    window_to: str = Field("05:00", pattern=_TIME, description="until, local time")
    socket_time_out_s: float = Field(30.0, ge=1, le=600, description="seconds of silence allowed")
    least_bytes_per_s: float = Field(
        2_000.0, ge=0, le=1e7, description="bytes a second below which a download is given up"
    )
    slow_grace_s: float = Field(
        30.0, ge=1, le=600, description="seconds before a download's speed is looked at"
    )
    install_time_out_s: float = Field(
        1800.0, ge=30, le=7200, description="seconds one step of an installation may take"
    )
    installed_ratio: float = Field(
        3.5,
        ge=1,
        le=10,
        description="times the size of its wheels that a release takes installed; 2.6 as measured, "
        "and compiled modules",
    )
    preflight_time_out_s: float = Field(
        180.0, ge=10, le=1800, description="seconds one check before the switch may take"
    )
    starts: int = Field(3, ge=1, le=10, description="starts in one boot before a release goes")
    boots: int = Field(
        10,
        ge=3,
        le=100,
        description="starts of the machine before a release goes that has not proved itself",
    )
    healthy_within_s: float = Field(
        300.0, ge=10, le=3600, description="seconds in which a new release must be healthy"
    )
    healthy_for_s: float = Field(
        600.0, ge=10, le=86_400, description="seconds it must stay so, before a restart and after"
    )
    keep_releases: int = Field(
        0, ge=0, le=5, description="older releases kept beside the running and the proved one"
    )
