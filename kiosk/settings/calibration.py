"""Settings of the calibration steps."""

from __future__ import annotations

from pydantic import Field

from kiosk.settings.section import Section


class PlateSettings(Section):
    """What makes stills of the empty backdrop a clean plate (`calibration.limits`)."""

    min_stills: int = Field(3, ge=1, le=50, description="fewest stills of the empty backdrop")
    max_change: float = Field(
        12.0, gt=0, description="a spot changes so much between stills, code values 0 to 255"
    )
    max_exposure_change: float = Field(
        0.1, gt=0, le=1, description="exposure changes between stills, fraction"
    )
    max_step: float = Field(
        0.2, gt=0, le=1, description="a spot is off the smooth run of light, fraction"
    )
    max_step_area: float = Field(
        0.01, ge=0, le=1, description="part of the picture that may be beyond max_step, fraction"
    )
    max_falloff: float = Field(
        0.6, gt=0, le=1, description="light lost from the brightest part to the darkest, fraction"
    )
    max_clipped: float = Field(0.02, ge=0, le=1, description="pixels at 0 or 255, fraction")
    spot_px: int = Field(
        5, ge=1, le=51, description="size of a spot, pixels of a picture 256 pixels wide"
    )


class CalibrationSettings(Section):
    """Limits of the calibration steps."""

    stills: int = Field(5, ge=1, le=50, description="stills the booth takes for a clean plate")
    plate: PlateSettings = PlateSettings()
