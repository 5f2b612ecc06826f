"""All measurements of one picture, by name.

Names end in their unit: ``_deg`` degrees, ``_px`` pixels of the picture, ``_ev`` stops,
``_fraction`` 0 to 1, ``_levels`` levels of 255. Without a unit they are ratios, described where
they are measured.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from hardware.base import Pixels
from kiosk.guidance.artefacts import measure_blockiness, measure_noise_levels
from kiosk.guidance.attributes.networks import NAMES as WORN
from kiosk.guidance.background import measure_background_spread
from kiosk.guidance.behind import measure_behind
from kiosk.guidance.clothes import measure_clothes
from kiosk.guidance.crown import measure_crown_y_px
from kiosk.guidance.expression import measure_smile
from kiosk.guidance.eyes import measure_eyes
from kiosk.guidance.face_geometry import measure_face_geometry, measure_shoulder_tilt_deg
from kiosk.guidance.face_light import measure_face_shadow_ev, measure_hot_spot_fraction
from kiosk.guidance.hands import measure_hand
from kiosk.guidance.head_pose import measure_head_pose, measure_roll_deg
from kiosk.guidance.landmarks import Landmarks
from kiosk.guidance.light import (
    measure_backdrop_level,
    measure_exposure_ev,
    measure_face_clipped_fraction,
    measure_light_difference_ev,
    small_face,
)
from kiosk.guidance.mediapipe_models import Floats
from kiosk.guidance.mouth import measure_mouth_open
from kiosk.guidance.mouth_cover import measure_mouth_covered_ev
from kiosk.guidance.red_eye import measure_red_pupil_fraction
from kiosk.guidance.sharpness import measure_blur_direction, measure_eye_sharpness
from kiosk.guidance.teeth import measure_teeth_area

Measurements = Mapping[str, float | None]
Colour = tuple[int, int, int]
Figures = dict[str, float | None]


class Part(enum.Enum):
    """Measurements that are made together, as often as each other."""

    FACE = "face"
    """From the face points alone: on every frame."""
    SHOULDERS = "shoulders"
    """Shoulders and hands."""
    PERSON = "person"
    """Crown, light, mouth and focus: whenever the person mask is new."""
    BEHIND = "behind"
    CLOTHES = "clothes"
    DETAIL = "detail"
    """Pupils, noise, direction of blur, shadows on the face."""
    FILE = "file"
    """What only a picture as it was decoded shows, so never measured live."""
    WORN = "worn"
    """Glasses, head cover, hair over the brows: whenever the networks were asked."""


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a picture before anything is measured in it.

    Attributes:
        background: the official background's colour, sRGB 0 to 255.
        plate_level: mean of the empty backdrop at calibration, sRGB 0 to 255 per channel; None
            where the picture is of no calibrated backdrop.
    """

    background: Colour
    plate_level: tuple[float, float, float] | None = None


NAMES_OF: Mapping[Part, tuple[str, ...]] = MappingProxyType(
    {
        Part.FACE: (
            "roll_deg", "yaw_deg", "pitch_deg", "eye_open_left", "eye_open_right", "gaze_x",
            "gaze_y", "mouth_open", "smile", "face_width_px", "eye_distance_px", "eye_line_y_px",
            "chin_y_px", "centre_x_px",
        ),
        Part.SHOULDERS: (
            "shoulder_tilt_deg", "shoulder_visibility",
            "hand_left_visibility", "hand_left_aside", "hand_left_below",
            "hand_right_visibility", "hand_right_aside", "hand_right_below",
        ),
        Part.PERSON: (
            "crown_y_px", "teeth_area", "light_difference_ev", "face_clipped_fraction",
            "backdrop_level", "exposure_ev", "background_spread", "eye_sharpness",
            "mouth_covered_ev",
        ),
        Part.BEHIND: ("thing_fraction", "backdrop_shadow_ev", "other_person_fraction"),
        Part.CLOTHES: (
            "clothes_difference", "clothes_blue_fraction", "clothes_pattern_fraction",
            "bare_shoulder_fraction",
        ),
        Part.DETAIL: (
            "face_shadow_ev", "hot_spot_fraction", "red_pupil_fraction", "blur_direction",
            "noise_levels",
        ),
        Part.FILE: ("blockiness",),
        Part.WORN: WORN,
    }
)  # fmt: skip

NAMES = tuple(name for names in NAMES_OF.values() for name in names)
NOTHING: Measurements = MappingProxyType(dict.fromkeys(NAMES))
"""What is measured where there is no face."""
EVERYTHING = frozenset(Part)


def measure(
    pixels: Pixels, landmarks: Landmarks, known: Known, parts: Collection[Part] = EVERYTHING
) -> Measurements:
    """Measure everything the landmarks allow; the rest is None.

    Args:
        pixels: (H, W, 3) uint8 RGB, the picture the landmarks were found in.
        landmarks: as found; shoulders and person may be missing.
        known: what does not come from the picture.
        parts: which measurements to make.
    """
    face = landmarks.face
    if face is None:
        return NOTHING
    found: Figures = dict(NOTHING)
    for part, measured in _MEASURED.items():
        if part in parts:
            found |= measured(pixels, landmarks, face, known)
    return found


def _face(_pixels: Pixels, _landmarks: Landmarks, face: Floats, _known: Known) -> Figures:
    smile, mouth_open = measure_smile(face), measure_mouth_open(face)
    pose = measure_head_pose(face, smile=smile, mouth_open=mouth_open)
    eyes, geometry = measure_eyes(face), measure_face_geometry(face)
    return {
        "roll_deg": pose.roll_deg,
        "yaw_deg": pose.yaw_deg,
        "pitch_deg": pose.pitch_deg,
        "eye_open_left": eyes.open_left,
        "eye_open_right": eyes.open_right,
        "gaze_x": eyes.gaze_x,
        "gaze_y": eyes.gaze_y,
        "mouth_open": mouth_open,
        "smile": smile,
        "face_width_px": geometry.face_width_px,
        "eye_distance_px": geometry.eye_distance_px,
        "eye_line_y_px": geometry.eye_line_y_px,
        "chin_y_px": geometry.chin_y_px,
        "centre_x_px": geometry.centre_x_px,
    }


def _shoulders(_pixels: Pixels, landmarks: Landmarks, face: Floats, _known: Known) -> Figures:
    shoulders = landmarks.shoulders
    if shoulders is None:
        return {}
    found: Figures = {
        "shoulder_tilt_deg": measure_shoulder_tilt_deg(shoulders, measure_roll_deg(face)),
        "shoulder_visibility": shoulders.visibility,
    }
    for side, hand in zip(("left", "right"), landmarks.hands or (), strict=False):
        place = measure_hand(hand, face, landmarks.width_px, landmarks.height_px)
        found[f"hand_{side}_visibility"] = place.visibility
        found[f"hand_{side}_aside"] = place.aside
        found[f"hand_{side}_below"] = place.below
    return found


def _person(pixels: Pixels, landmarks: Landmarks, face: Floats, known: Known) -> Figures:
    person = landmarks.person
    if person is None:
        return {}
    # Light and focus change as slowly as the backdrop, so they are looked at as seldom. What
    # moves fast enough to blur is known from the face's place.
    found: Figures = {
        "eye_sharpness": measure_eye_sharpness(pixels, face),
        "teeth_area": measure_teeth_area(pixels, face),
        "crown_y_px": measure_crown_y_px(pixels, face, person),
        "backdrop_level": measure_backdrop_level(person),
        "background_spread": measure_background_spread(person),
    }
    if known.plate_level is not None:
        found["exposure_ev"] = measure_exposure_ev(person, known.plate_level)
    if (small := small_face(pixels, face)) is not None:
        found["light_difference_ev"] = measure_light_difference_ev(*small)
        found["face_clipped_fraction"] = measure_face_clipped_fraction(*small)
        found["mouth_covered_ev"] = measure_mouth_covered_ev(*small)
    return found


def _behind(_pixels: Pixels, landmarks: Landmarks, face: Floats, _known: Known) -> Figures:
    if landmarks.person is None:
        return {}
    behind = measure_behind(face, landmarks.person)
    return {
        "thing_fraction": behind.thing_fraction,
        "backdrop_shadow_ev": behind.shadow_ev,
        "other_person_fraction": behind.other_person_fraction,
    }


def _clothes(_pixels: Pixels, landmarks: Landmarks, face: Floats, known: Known) -> Figures:
    if landmarks.person is None:
        return {}
    clothes = measure_clothes(face, landmarks.person, known.background)
    return {
        "clothes_difference": clothes.colour_difference,
        "clothes_blue_fraction": clothes.blue_fraction,
        "clothes_pattern_fraction": clothes.pattern_fraction,
        "bare_shoulder_fraction": clothes.bare_shoulder_fraction,
    }


def _detail(pixels: Pixels, _landmarks: Landmarks, face: Floats, _known: Known) -> Figures:
    found: Figures = {
        "red_pupil_fraction": measure_red_pupil_fraction(pixels, face),
        "blur_direction": measure_blur_direction(pixels, face),
        "noise_levels": measure_noise_levels(pixels, face),
    }
    if (small := small_face(pixels, face)) is not None:
        found["face_shadow_ev"] = measure_face_shadow_ev(*small)
        found["hot_spot_fraction"] = measure_hot_spot_fraction(*small)
    return found


def _file(pixels: Pixels, _landmarks: Landmarks, face: Floats, _known: Known) -> Figures:
    return {"blockiness": measure_blockiness(pixels, face)}


def _worn(_pixels: Pixels, landmarks: Landmarks, _face: Floats, _known: Known) -> Figures:
    return dict(landmarks.attributes or {})


_MEASURED: Mapping[Part, Callable[[Pixels, Landmarks, Floats, Known], Figures]] = MappingProxyType(
    {
        Part.FACE: _face,
        Part.SHOULDERS: _shoulders,
        Part.PERSON: _person,
        Part.BEHIND: _behind,
        Part.CLOTHES: _clothes,
        Part.DETAIL: _detail,
        Part.FILE: _file,
        Part.WORN: _worn,
    }
)
