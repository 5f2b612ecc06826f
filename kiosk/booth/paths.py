"""Where a booth keeps what."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from kiosk.settings import Settings


@dataclass(frozen=True, slots=True)
class BoothPaths:
    """A booth's files.

    Attributes:
        base: the settings file's folder; relative paths start from it.
        data: everything below it belongs to the booth.
        batches: batches known from earlier.
        profile: the calibration profile; None when the settings name none.
    """

    base: Path
    data: Path
    batches: Path
    profile: Path | None

    @classmethod
    def of(cls, settings: Settings, settings_file: Path | None) -> BoothPaths:
        """Resolve the settings' paths: relative ones against the settings file's folder."""
        base = settings_file.resolve().parent if settings_file is not None else Path.cwd()
        data = base / settings.booth.data_directory
        profile = settings.booth.profile_file
        return cls(
            base=base,
            data=data,
            batches=data / "batches",
            profile=None if profile is None else data / profile,
        )
