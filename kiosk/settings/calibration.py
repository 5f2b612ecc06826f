"""Settings of the calibration steps."""

from __future__ import annotations

from pydantic import Field

from kiosk.settings.section import Section


class CalibrationSettings(Section):
    """Limits of the calibration steps; those of the plate are explained in `calibration.limits`."""

    stills: int = Field(5, ge=1, le=50, description="stills the booth takes for a clean plate")
    plate_stills_min: int = Field(3, ge=1, le=50, description="fewest stills for a clean plate")
    plate_change_max: float = Field(
        12.0, gt=0, le=255, description="change of a spot between stills, limit, code values"
    )
    plate_exposure_change_max: float = Field(
        0.1, gt=0, le=1, description="change of exposure between stills, fraction"
    )
    plate_step_max: float = Field(
        0.2, gt=0, le=1, description="a spot is off the smooth run of light, fraction"
    )
    plate_step_area_max: float = Field(
        0.01, ge=0, le=1, description="part of the picture beyond plate_step_max, fraction"
    )
    plate_falloff_max: float = Field(
        0.6, gt=0, le=1, description="light lost from the brightest part to the darkest, fraction"
    )
    plate_clipped_max: float = Field(0.02, ge=0, le=1, description="pixels at 0 or 255, fraction")
