"""Settings of the live guidance."""

from __future__ import annotations

from pydantic import Field

from kiosk.settings.section import Section


class GuidanceSettings(Section):
    """Limits and times of guidance that no photo standard prescribes.

    docs/guidance.md says for each limit how its default was found.
    """

    # --- the coach: times ---
    hold_s: float = Field(1.2, ge=0.2, le=5.0, description="all rules hold so long, then the shot")
    lag_max_s: float = Field(
        0.5, ge=0.0, le=3.0, description="most of the shutter's lag that is taken off hold_s"
    )
    hint_min_s: float = Field(0.8, ge=0.0, le=5.0, description="a hint is shown at least so long")
    hint_after_s: float = Field(
        0.25, ge=0.0, le=2.0, description="a fault lasts so long before its hint, seconds"
    )
    grace_s: float = Field(
        0.4, ge=0.0, le=2.0, description="a blink this short stops the ring but keeps it, seconds"
    )
    leave_margin: float = Field(
        0.1, ge=0.0, le=0.5, description="a hint goes when the figure is so far inside its limit"
    )
    steady_widths_per_s: float = Field(
        0.35, gt=0.0, le=5.0, description="fastest a still face moves, face widths a second"
    )
    blur_by_movement_s: float = Field(
        0.8, ge=0.0, le=5.0, description="blur so long after the face moved is taken for movement's"
    )

    explain_after_s: float = Field(
        30.0, ge=5.0, le=600.0, description="a hint stood so long is explained in pictures, seconds"
    )
    staff_after_s: float = Field(
        60.0, ge=5.0, le=600.0, description="a hint stood so long: staff help is offered, seconds"
    )

    # --- how often the slower models run ---
    shoulders_every: int = Field(10, ge=1, le=60, description="frames from one pose to the next")
    person_every: int = Field(10, ge=1, le=60, description="frames from one mask to the next")
    worn_every: int = Field(
        10,
        ge=1,
        le=60,
        description="frames from one look for glasses, head cover, hair to the next",
    )
    faces_every: int = Field(10, ge=1, le=60, description="frames from one count to the next")

    # --- limits ---
    pitch_uncertainty_deg: float = Field(
        3.0, ge=0.0, le=10.0, description="pitch limits are wider by what a face's shape does"
    )
    eyes_open_min: float = Field(
        0.18, gt=0.0, le=0.5, description="lid gap over eye width, of the eye less open"
    )
    mouth_open_max: float = Field(
        0.05, gt=0.0, le=0.5, description="gap between the lips over the distance of the eyes"
    )
    mouth_covered_max_ev: float = Field(
        0.4,
        gt=0.0,
        le=4.0,
        description="lips so much less red than skin are covered, stops",
    )
    hand_fail_from: float = Field(
        0.6, gt=0.5, le=1.0, description="a hand in the photo: surely seen, 0 to 1"
    )
    hand_pass_below: float = Field(
        0.45, ge=0.0, le=0.5, description="a hand in the photo: surely not, 0 to 1"
    )
    gaze_max: float = Field(
        0.09, gt=0.0, le=0.5, description="iris off the middle of the eye, over eye width"
    )
    teeth_max: float = Field(
        0.002,
        gt=0.0,
        le=0.5,
        description="area of teeth, in fractions of the eyes' distance squared",
    )
    smile_hint: float = Field(
        0.06,
        gt=0.0,
        le=0.5,
        description="mouth's corners above its middle, in fractions of the eyes' distance",
    )
    smile_max: float = Field(
        0.1,
        gt=0.0,
        le=0.5,
        description="a broader smile is refused, in fractions of the eyes' distance",
    )
    clothes_difference_min: float = Field(
        14.0,
        ge=0.0,
        le=100.0,
        description="distance of the clothes from the background, of the CIE 1976 colour space",
    )
    clothes_blue_max_fraction: float = Field(
        0.3, gt=0.0, le=1.0, description="blue part of the clothes on a blue background"
    )
    clothes_pattern_max_fraction: float = Field(
        0.45, gt=0.0, le=1.0, description="part of the clothes where light and dark alternate"
    )
    bare_shoulder_max_fraction: float = Field(
        0.4, gt=0.0, le=1.0, description="part of the shoulders' outline that is bare skin"
    )
    thing_max_fraction: float = Field(
        0.01, gt=0.0, le=1.0, description="largest thing behind, of the backdrop seen"
    )
    other_person_max_fraction: float = Field(
        0.01, gt=0.0, le=1.0, description="somebody else in part, of the backdrop seen"
    )
    backdrop_shadow_max_ev: float = Field(
        0.6, gt=0.0, le=4.0, description="deepest shadow on the backdrop, stops"
    )
    face_shadow_max_ev: float = Field(
        1.5, gt=0.0, le=4.0, description="darkest zone of the face below its middle one, stops"
    )
    hot_spot_max_fraction: float = Field(
        0.004, gt=0.0, le=1.0, description="largest burnt-out spot of the skin, of the face"
    )
    exposure_max_ev: float = Field(
        0.7, gt=0.0, le=4.0, description="backdrop against itself at calibration, stops"
    )
    red_pupil_max_fraction: float = Field(
        0.15, gt=0.0, le=1.0, description="red part of a pupil that a flash lit up"
    )
    noise_max_levels: float = Field(
        3.0, gt=0.0, le=50.0, description="noise of the face, of the 255 levels"
    )
    blur_direction_min: float = Field(
        0.55,
        gt=0.0,
        le=4.0,
        description="blur that differs by this factor (stops) with direction is movement",
    )
    blockiness_max: float = Field(
        4.5,
        ge=1.0,
        le=50.0,
        description="steps at the borders of JPEG blocks, factor over those within",
    )
    background_spread_max: float = Field(
        16.0, gt=0.0, le=255.0, description="backdrop off its smooth course, levels of 255"
    )
    light_difference_max_ev: float = Field(
        1.0, gt=0.0, le=4.0, description="left half of the face against the right, stops"
    )
    clipped_max_fraction: float = Field(
        0.03, gt=0.0, le=1.0, description="part of the face that is burnt out"
    )
    backdrop_level_min: float = Field(
        0.25, ge=0.0, le=1.0, description="brightest channel of the backdrop, 0 to 1, sRGB"
    )
    eye_sharpness_min: float = Field(
        0.31, ge=0.0, le=1.0, description="sharpness of the eyes, 0 (blurred) to 1"
    )
    visibility_min: float = Field(
        0.5, ge=0.0, le=1.0, description="a shoulder less visible than this is not judged"
    )
    worn_fail_from: float = Field(
        0.7,
        gt=0.5,
        le=1.0,
        description="glasses, head cover, hair over the brows: surely there, 0 to 1",
    )
    worn_pass_below: float = Field(
        0.3,
        ge=0.0,
        lt=0.5,
        description="glasses, head cover, hair over the brows: surely not, 0 to 1",
    )
    worn_pass_eye_distance_px: float = Field(
        44.0,
        ge=0.0,
        description="glasses, hair over the brows: only found, never said to be absent, where the"
        " eyes are nearer to each other; the scale the network looks at",
    )
    cover_pass_eye_distance_px: float = Field(
        22.0,
        ge=0.0,
        description="as worn_pass_eye_distance_px, for head covers",
    )
    crop_min_fraction: float = Field(
        0.6, gt=0.0, le=1.0, description="the photo's crop is so much of the frame's height"
    )
    off_centre_max: float = Field(
        0.12, gt=0.0, le=0.5, description="face off the frame's middle, of the frame's width"
    )
