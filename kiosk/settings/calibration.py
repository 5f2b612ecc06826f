"""Settings of the calibration steps."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from kiosk.settings.section import Section

Colour = Annotated[str, StringConstraints(pattern="^#[0-9a-fA-F]{6}$")]


class CalibrationSettings(Section):
    """Limits of the calibration steps; each is explained in `calibration.limits`."""

    required_steps: tuple[
        Literal["exposure", "backdrop", "colour", "geometry", "focus", "view_map", "second_camera"],
        ...,
    ] = Field(
        ("exposure", "backdrop", "colour", "geometry", "focus"),
        description="steps without which a booth with a real camera takes no photos",
    )
    exposure_control: Literal["exposure_s", "iso", "none"] = Field(
        "exposure_s",
        description="what the exposure step changes; iso with flash, none leaves the camera alone",
    )
    board_columns: int = Field(10, ge=4, le=30, description="squares across the printed board")
    board_rows: int = Field(7, ge=3, le=30, description="squares down the printed board")
    board_square_mm: float = Field(
        39.0, gt=5, le=200, description="side of a square as measured on the print"
    )

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
    plate_level_min: float = Field(
        40.0, ge=0, le=200, description="brightest channel of the plate, mean, least, code values"
    )
    plate_light_change_max: float = Field(
        0.4, gt=0, le=5, description="backdrop's light since the exposure step, limit, stops"
    )
    grey_level: float = Field(
        118.0, ge=60, le=200, description="code value an 18 % grey card is to have"
    )
    exposure_error_max: float = Field(
        0.2, gt=0, le=2, description="its exposure error, limit, stops"
    )
    exposure_max_s: float = Field(
        0.04, gt=0, le=1, description="longest exposure time the exposure step sets, seconds"
    )
    live_error_max: float = Field(1.5, gt=0, le=6, description="the live view's, limit, stops")
    bright_max: float = Field(0.02, ge=0, le=1, description="burnt out pixels, fraction")
    nonlinearity_max: float = Field(
        0.15, gt=0, le=2, description="light departs from exposure, limit, stops"
    )
    noise_max: float = Field(4.0, gt=0, le=50, description="noise of one still, limit, code values")
    cast_max: float = Field(6.0, gt=0, le=50, description="cast before correction, limit, ΔE2000")
    chart_exposure_max: float = Field(
        1.0, gt=0, le=5, description="the chart's greys are off their brightness, limit, stops"
    )
    delta_e_max: float = Field(
        3.0, gt=0, le=20, description="mean colour error after correction, limit, ΔE2000"
    )
    flaw_max: float = Field(
        0.06, gt=0, le=1, description="stain, crease or shadow on the backdrop, fraction of light"
    )
    backdrop_falloff_good_max: float = Field(
        0.4, gt=0, le=1, description="warn where more light is lost over the backdrop, fraction"
    )
    backdrop_level_good_min: float = Field(
        110.0, ge=0, le=255, description="warn of a darker backdrop: brightest channel, code values"
    )
    backdrop_from_skin_min: float = Field(
        12.0, ge=0, le=100, description="warned of a backdrop nearer to skin, limit, ΔE2000"
    )
    backdrop_from_hair_min: float = Field(
        16.0, ge=0, le=100, description="warned of a backdrop nearer to hair, limit, ΔE2000"
    )
    backdrop_from_clothes_min: float = Field(
        6.0, ge=0, le=100, description="warned of a backdrop nearer to clothes, limit, ΔE2000"
    )
    backdrop_pattern_max: float = Field(
        0.05, gt=0, le=1, description="warn of coarser texture: deviation, fraction of light"
    )
    hair_colours: tuple[Colour, ...] = Field(
        ("#1b1a1c", "#3a2a22", "#6b4a33"), description="black, dark and mid brown hair, sRGB"
    )
    clothes_colours: tuple[Colour, ...] = Field(
        ("#f5f5f3", "#202024", "#232c4b"),
        description="what students wear, sRGB; add a school's uniform",
    )
    tilt_max_deg: float = Field(
        3.0, gt=0, le=45, description="camera looks up, down or aside, degrees"
    )
    roll_max_deg: float = Field(1.0, gt=0, le=45, description="camera is not level, degrees")
    camera_height_max_mm: float = Field(
        60.0, gt=0, le=1000, description="camera above or below the face"
    )
    distortion_max: float = Field(
        0.005, ge=0, le=0.5, description="distortion in the corner left as it is, fraction"
    )
    reprojection_max_px: float = Field(
        1.0, gt=0, le=20, description="the board's corners are off a flat one, pixels"
    )
    pixels_min: float = Field(
        1.2, gt=0, le=20, description="pixels of the still to one of the photo"
    )
    crown_to_eyes_mm: float = Field(
        115.0, ge=80, le=160, description="usual height of crown over eyes, with hair"
    )
    mtf50_min: float = Field(
        0.12, gt=0, le=1, description="least sharpness at the sitter, cycles per pixel"
    )
    focus_change_max: float = Field(
        0.15, gt=0, le=1, description="change of sharpness from still to still, fraction"
    )
    code_module_min_px: float = Field(
        2.5, gt=0, le=50, description="least module of a code before the second camera, pixels"
    )
    code_read_min: float = Field(
        0.5, gt=0, le=1, description="frames in which the code is read at each place, fraction"
    )
    map_error_max_px: float = Field(
        2.0, gt=0, le=50, description="error of the map from live view to still, pixels"
    )
    drift_exposure_max: float = Field(
        0.5,
        gt=0,
        le=3,
        description="change of light that is followed, limit, stops; beyond, the booth stops",
    )
    drift_white_max: float = Field(
        0.12, gt=0, le=1, description="likewise of red or blue over green, fraction"
    )
    drift_light_moved_max: float = Field(
        0.3, gt=0, le=5, description="light moved from one side to the other, fraction"
    )
    drift_shift_max: float = Field(
        0.01, gt=0, le=0.5, description="shift of the picture, fraction of its height"
    )
    drift_blur_max: float = Field(
        0.5, gt=0, le=1, description="fine detail of the backdrop lost, fraction"
    )
    drift_agreement_min: float = Field(
        0.6, gt=0, le=1, description="places that must agree, else somebody stands there, fraction"
    )
