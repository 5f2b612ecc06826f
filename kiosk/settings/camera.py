"""Settings of the cameras."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from kiosk.settings.section import Section


class CameraSection(Section):
    """One camera: which driver takes it, and how patient the booth is with it."""

    driver: Literal["simulated", "gphoto2", "uvc", "pi"] = Field(
        "simulated",
        description="which driver takes it; gphoto2 is a DSLR on USB, uvc a USB camera, pi a "
        "Raspberry Pi's camera module",
    )
    isolated: bool = Field(True, description="run the driver in a process of its own")
    python: str = Field(
        "", description="pi: the Python that has picamera2; empty finds the system's own"
    )
    simulated_folder: Path | None = Field(
        None, description="simulated: where its scene is directed from; default: a temporary one"
    )
    width_px: int = Field(1280, ge=320, le=8000, description="live view width, pixels")
    height_px: int = Field(720, ge=240, le=8000, description="live view height, pixels")
    turned_deg: Literal[0, 90, 180, 270] = Field(
        0,
        description="its pictures are turned clockwise by so much; sizes are before that",
    )
    frames_per_second: float = Field(25.0, ge=1.0, le=120.0, description="live view, 1/second")
    model: str = Field("", description="gphoto2: part of the camera's name; empty for the first")
    serial: str = Field("", description="gphoto2: end of its serial number; empty for any")
    keep_raw: bool = Field(False, description="gphoto2: leave raw files on the camera's card")
    white_balance: str = Field(
        "",
        description="kelvins as '5300 K', with gphoto2 also the camera's word; empty leaves it",
    )
    still_exposure_s: float = Field(
        0.0, ge=0.0, le=30.0, description="of stills where the profile says none; 0 leaves it"
    )
    still_iso: int = Field(0, ge=0, le=409_600, description="as still_exposure_s; ISO speed")
    still_aperture: float = Field(
        0.0, ge=0.0, le=64.0, description="as still_exposure_s; f-number, a factor"
    )
    live_view_exposure_s: float = Field(
        0.0, ge=0.0, le=30.0, description="gphoto2: of the live view; 0 for the still's"
    )
    live_view_iso: int = Field(
        0, ge=0, le=409_600, description="gphoto2: of the live view, ISO speed; 0 for the still's"
    )
    live_view_aperture: float = Field(
        0.0, ge=0.0, le=64.0, description="gphoto2: of the live view, f-number; 0 for the still's"
    )
    autofocus: bool = Field(
        True, description="focus on each sitter before the shot, where the camera can; then hold it"
    )
    exposure_simulation: bool = Field(
        False, description="gphoto2: live view as dark as a still without flash; not for flash"
    )
    device: str = Field(
        "",
        description="uvc: its USB port as '1-1.2', its serial number, or vendor and product as "
        "'046d:0892'; pi: part of its sensor's name or path; empty for the first",
    )
    still_width_px: int = Field(
        0,
        ge=0,
        le=8000,
        description="uvc, pi: of the main camera's stills, pixels; 0 for the largest",
    )
    still_height_px: int = Field(
        0,
        ge=0,
        le=8000,
        description="uvc, pi: of the main camera's stills, pixels; 0 for the largest",
    )
    power_line_hz: Literal[50, 60] = Field(
        50, description="uvc, pi: alternations per second of the mains, against flicker"
    )
    open_deadline_s: float = Field(8.0, gt=0.0, le=50.0, description="seconds to open the camera")
    frame_deadline_s: float = Field(1.0, gt=0.0, le=50.0, description="seconds to the next frame")
    still_deadline_s: float = Field(6.0, gt=0.0, le=50.0, description="seconds to a still")
    frozen_after_s: float = Field(
        1.0, gt=0.0, le=60.0, description="seconds without a new picture that count as a fault"
    )
    idle_check_s: float = Field(
        3.0, gt=0.0, le=60.0, description="seconds between two looks at a camera nobody uses"
    )
    usb_reset_after: int = Field(
        3, ge=0, le=100, description="faults in a row until it is reset on the USB bus; 0 for never"
    )
    dark_level: float = Field(
        0.15,
        ge=0.0,
        le=1.0,
        description="a picture with no hundredth brighter than this is dark, 0 to 1, sRGB",
    )
    dark_after_s: float = Field(
        1.5, gt=0.0, le=60.0, description="seconds of dark pictures that count as a fault"
    )
    patience_s: float = Field(
        1.5, ge=0.0, le=30.0, description="seconds of silence before the student is told"
    )


class StandInCameraSection(CameraSection):
    """A second portrait camera that takes over while the main camera is away."""

    used: bool = Field(False, description="whether there is one")
    take_over_after_s: float = Field(
        6.0, ge=0.0, le=600.0, description="seconds the main camera is away until it takes over"
    )
    take_over_after_stills: int = Field(
        2, ge=1, le=20, description="failed stills in a row until it takes over"
    )
    profile_file: Path | None = Field(
        None, description="its own calibration profile, in the data directory"
    )


class CodeCameraSection(CameraSection):
    """The second camera: as the first, and how it looks at screens of phones."""

    exposure_turns_s: tuple[Annotated[float, Field(gt=0.0, le=1.0)], ...] = Field(
        (0.002, 0.008, 0.033),
        description="uvc, pi: exposure times taken in turn, seconds; empty leaves it automatic",
    )
    frames_each_exposure: int = Field(
        6, ge=4, le=100, description="uvc, pi: frames for which each of them lasts"
    )
