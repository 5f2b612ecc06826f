"""Settings of the two cameras."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from kiosk.settings.section import Section


class CameraSection(Section):
    """One camera: which driver takes it, and how patient the booth is with it."""

    driver: Literal["simulated", "gphoto2"] = Field(
        "simulated", description="which driver takes it; gphoto2 is a DSLR on USB"
    )
    isolated: bool = Field(True, description="run the driver in a process of its own")
    width_px: int = Field(1280, ge=320, le=8000, description="live view width, pixels")
    height_px: int = Field(720, ge=240, le=8000, description="live view height, pixels")
    frames_per_second: float = Field(25.0, ge=1.0, le=120.0, description="live view, 1/second")
    model: str = Field("", description="gphoto2: part of the camera's name; empty for the first")
    serial: str = Field("", description="gphoto2: end of its serial number; empty for any")
    keep_raw: bool = Field(False, description="gphoto2: leave raw files on the camera's card")
    white_balance: str = Field(
        "", description="gphoto2: its own word, or kelvins as '5300 K'; empty leaves it"
    )
    exposure_simulation: bool = Field(
        False, description="gphoto2: live view as dark as a still without flash; not for flash"
    )
    open_deadline_s: float = Field(8.0, gt=0.0, description="seconds to open the camera")
    frame_deadline_s: float = Field(1.0, gt=0.0, description="seconds to the next frame")
    still_deadline_s: float = Field(8.0, gt=0.0, description="seconds to a still")
    frozen_after_s: float = Field(
        1.0, gt=0.0, le=60.0, description="seconds without a new picture that count as a fault"
    )
    patience_s: float = Field(
        1.5, ge=0.0, le=30.0, description="seconds of silence before the student is told"
    )
