"""What calibration goes by in this booth: limits from the settings, the standard, the QR reader."""

from __future__ import annotations

from pathlib import Path

from calibration.board import Board
from calibration.geometry import PhotoDemand
from calibration.limits import DriftLimits, PlateLimits, StepLimits
from calibration.profile import Profile
from calibration.session import Conditions
from kiosk.booth.paths import BoothPaths
from kiosk.codes.reader import CodeReader
from kiosk.settings import Settings
from kiosk.settings.calibration import CalibrationSettings
from kiosk.standards import Standard


def conditions(settings: Settings, standard: Standard) -> Conditions:
    """Return what the steps are judged by."""
    section, rules = settings.calibration, standard.geometry
    reader = CodeReader(settings.codes.engine)
    return Conditions(
        board=Board(section.board_columns, section.board_rows, section.board_square_mm),
        demand=PhotoDemand(
            width=standard.file.width_px,
            height=standard.file.height_px,
            eyes=rules.eyes_target_px,
            crown=rules.crown_target_px,
        ),
        read=lambda pixels: reader.read(pixels, thorough=True),
        limits=step_limits(section),
        plate_limits=plate_limits(section),
        stills=max(section.stills, section.plate_stills_min),
        control="" if section.exposure_control == "none" else section.exposure_control,
        mains_hz=settings.main_camera.power_line_hz,
    )


def plate_limits(section: CalibrationSettings) -> PlateLimits:
    """Return what makes a plate."""
    return PlateLimits(
        min_stills=section.plate_stills_min,
        max_change=section.plate_change_max,
        max_exposure_change=section.plate_exposure_change_max,
        max_step=section.plate_step_max,
        max_step_area=section.plate_step_area_max,
        max_falloff=section.plate_falloff_max,
        max_clipped=section.plate_clipped_max,
        min_level=section.plate_level_min,
        max_light_change=section.plate_light_change_max,
    )


def step_limits(section: CalibrationSettings) -> StepLimits:
    """Return what the other steps accept."""
    return StepLimits(
        grey_level=section.grey_level,
        max_exposure_error=section.exposure_error_max,
        max_exposure_s=section.exposure_max_s,
        max_live_error=section.live_error_max,
        max_bright=section.bright_max,
        max_nonlinearity=section.nonlinearity_max,
        max_noise=section.noise_max,
        max_cast=section.cast_max,
        max_chart_exposure=section.chart_exposure_max,
        max_delta_e=section.delta_e_max,
        max_flaw=section.flaw_max,
        max_falloff=section.backdrop_falloff_good_max,
        min_backdrop_level=section.backdrop_level_good_min,
        min_from_skin=section.backdrop_from_skin_min,
        min_from_hair=section.backdrop_from_hair_min,
        min_from_clothes=section.backdrop_from_clothes_min,
        max_pattern=section.backdrop_pattern_max,
        hair_colours=section.hair_colours,
        clothes_colours=section.clothes_colours,
        max_tilt_deg=section.tilt_max_deg,
        max_roll_deg=section.roll_max_deg,
        max_height_mm=section.camera_height_max_mm,
        max_distortion=section.distortion_max,
        max_reprojection_px=section.reprojection_max_px,
        min_pixels=section.pixels_min,
        crown_to_eyes_mm=section.crown_to_eyes_mm,
        min_mtf50=section.mtf50_min,
        max_focus_change=section.focus_change_max,
        min_module_px=section.code_module_min_px,
        min_read=section.code_read_min,
        max_map_error_px=section.map_error_max_px,
    )


def drift_limits(section: CalibrationSettings) -> DriftLimits:
    """Return how far the booth may be from its profile."""
    return DriftLimits(
        max_exposure=section.drift_exposure_max,
        max_white=section.drift_white_max,
        max_shift=section.drift_shift_max,
        max_light_moved=section.drift_light_moved_max,
        max_blur=section.drift_blur_max,
        min_agreement=section.drift_agreement_min,
    )


def keep(profile: Profile, paths: BoothPaths) -> Path:
    """Write a profile where the booth looks for it; older ones are kept. Returns the file.

    Raises:
        ProfileError: it cannot be written.
    """
    place = paths.profile or paths.data / "profiles"
    if place.suffix and not place.is_dir():
        profile.save(place.parent / "profiles")
        return profile.write(place)
    return profile.save(place)
