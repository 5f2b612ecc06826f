"""What a calibration step accepts. The booth's settings fill these in; the defaults are ours."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PlateLimits:
    """What makes stills of the empty backdrop a clean plate.

    Attributes:
        min_stills: fewest stills; the median of fewer keeps too much noise.
        max_change: largest change of a spot between stills, sRGB code values 0 to 255, after
            the exposure of the stills was made equal. More means that something moved.
        max_exposure_change: largest change of exposure between stills, as a fraction.
        max_step: how far a spot may be from the backdrop's smooth run of light, as a fraction
            of its luminance. More means that something stands before the backdrop.
        max_step_area: the fraction of the picture that may be beyond `max_step`.
        max_falloff: largest loss of light from the brightest to the darkest part, as a fraction.
        max_clipped: largest fraction of pixels at 255 or at 0.
        min_level: least mean of the brightest channel, sRGB code values. A darker picture is that
            of a booth without its lamps.
        max_light_change: how far the backdrop's light may be from what it was in the exposure
            step, stops. More means that a lamp went out since.
        spot_px: size of a spot, in pixels of a picture 256 pixels wide.
    """

    min_stills: int = 3
    max_change: float = 12.0
    max_exposure_change: float = 0.1
    max_step: float = 0.2
    max_step_area: float = 0.01
    max_falloff: float = 0.6
    max_clipped: float = 0.02
    min_level: float = 40.0
    max_light_change: float = 0.4
    spot_px: int = 5


@dataclass(frozen=True, slots=True)
class StepLimits:
    """What the steps beside the plate accept.

    Attributes:
        grey_level: the sRGB code value an 18 % grey card is to have.
        max_exposure_error: how far it may be from that, stops.
        max_exposure_s: the longest exposure time the step sets, seconds; a longer one would blur
            a sitter who breathes.
        max_live_error: how far the live view's card may be from it, stops.
        max_bright: largest fraction of pixels at the top of the scale.
        max_nonlinearity: largest departure from "twice the exposure, twice the light", stops.
        max_noise: largest noise of one still on the grey card, sRGB code values.
        max_cast: largest colour cast of the camera's own picture, CIEDE2000.
        max_chart_exposure: how far the chart's greys may be from their brightness, stops.
        max_delta_e: largest mean difference of the chart's patches after correction, CIEDE2000.
        max_flaw: largest deviation of stain, crease or shadow from its surroundings, fraction.
        max_falloff: beyond this loss of light over the backdrop staff is warned, fraction.
        min_backdrop_level: brightest channel of the backdrop behind the sitter, sRGB code values.
        min_from_skin: how far the backdrop is to be from the colours of skin, CIEDE2000.
        min_from_hair: and from those of hair.
        min_from_clothes: and from those of clothes.
        max_pattern: largest standard deviation of its fine structure, fraction of the light.
        hair_colours: sRGB, ``#rrggbb``: black, dark and mid brown.
        clothes_colours: sRGB, ``#rrggbb``: what students mostly wear.
        max_tilt_deg: largest tilt and turn of the camera towards the sitter, degrees.
        max_roll_deg: largest roll of the camera, degrees.
        max_height_mm: how far the camera may be above or below the board's middle.
        max_distortion: largest distortion in the picture's corner that is left as it is, fraction.
        max_reprojection_px: largest root mean square error of the board's corners, pixels.
        min_pixels: fewest pixels of the still to one of the photo, along one side.
        crown_to_eyes_mm: a usual head with hair, from the top to the line of the eyes.
        min_mtf50: least sharpness, cycles per pixel at half contrast.
        max_focus_change: largest change of sharpness from still to still, fraction.
        min_module_px: least width of a code's module before the second camera, pixels.
        min_read: least part of the frames in which the code is read at each place.
        max_map_error_px: largest error of the map from live view to still, pixels of the still.
    """

    grey_level: float = 118.0
    max_exposure_error: float = 0.2
    max_exposure_s: float = 1 / 25
    max_live_error: float = 1.5
    max_bright: float = 0.02
    max_nonlinearity: float = 0.15
    max_noise: float = 4.0
    max_cast: float = 6.0
    max_chart_exposure: float = 1.0
    max_delta_e: float = 3.0
    max_flaw: float = 0.06
    max_falloff: float = 0.4
    min_backdrop_level: float = 110.0
    min_from_skin: float = 12.0
    min_from_hair: float = 16.0
    min_from_clothes: float = 6.0
    max_pattern: float = 0.05
    hair_colours: tuple[str, ...] = ("#1b1a1c", "#3a2a22", "#6b4a33")
    clothes_colours: tuple[str, ...] = ("#f5f5f3", "#202024", "#232c4b")
    max_tilt_deg: float = 3.0
    max_roll_deg: float = 1.0
    max_height_mm: float = 60.0
    max_distortion: float = 0.005
    max_reprojection_px: float = 1.0
    min_pixels: float = 1.2
    crown_to_eyes_mm: float = 115.0
    min_mtf50: float = 0.12
    max_focus_change: float = 0.15
    min_module_px: float = 2.5
    min_read: float = 0.5
    max_map_error_px: float = 2.0


@dataclass(frozen=True, slots=True)
class DriftLimits:
    """How far a booth may be from its profile before a visit.

    Between the small and the large limit the change is followed; beyond the large one the booth
    stops and staff is told.

    Attributes:
        max_exposure: largest change of the light that is followed, stops.
        max_white: largest change of red or blue over green that is followed, fraction.
        max_shift: largest shift of the picture, fraction of its height.
        max_light_moved: largest change of the light from one side to the other, fraction.
        max_blur: largest loss of fine detail, fraction.
        min_exposure: smaller changes of the light are left alone, stops.
        min_white: smaller changes of red or blue over green are left alone, fraction.
        min_agreement: least part of the places looked at that must agree, else somebody stands
            there and nothing is said.
    """

    max_exposure: float = 0.5
    max_white: float = 0.12
    max_shift: float = 0.01
    max_light_moved: float = 0.3
    max_blur: float = 0.5
    min_exposure: float = 0.03
    min_white: float = 0.01
    min_agreement: float = 0.6
