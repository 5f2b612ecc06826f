"""Settings of the portrait."""

from __future__ import annotations

from pydantic import Field

from kiosk.settings.section import Section


class PortraitSettings(Section):
    """Limits of development and composition that no photo standard prescribes."""

    standard: str = Field("chsi", description="name of a standard, or path of its TOML")
    max_megapixels: float = Field(
        64.0, gt=0, le=400, description="largest still that is decoded, millions of pixels"
    )
    max_megabytes: float = Field(
        60.0, gt=0, le=1000, description="largest file that is read, millions of bytes"
    )
    work_side_px: int = Field(
        1400, ge=640, le=4000, description="longer side the matte is made at, at most, pixels"
    )
    cut_off_least_px: float = Field(
        4.0, ge=0, description="so much of the person at an edge of the still is cut off, pixels"
    )
    sharpening: float = Field(
        0.0, ge=0.0, le=1.0, description="strength that gives back what scaling lost, 0 is off"
    )
    full_chroma_quality: int = Field(
        80,
        ge=1,
        le=100,
        description="JPEG keeps full colour resolution (4:4:4) while its quality is not below",
    )
    plate_agreement_min: float = Field(
        0.6, ge=0, le=1, description="fraction of the backdrop that must look like the plate"
    )
    plate_exposure_max: float = Field(
        1.6, gt=1, le=4, description="exposure is followed up to this factor, down to its inverse"
    )
    plate_tint_max: float = Field(
        1.25, gt=1, le=4, description="channels change apart by at most this factor"
    )
