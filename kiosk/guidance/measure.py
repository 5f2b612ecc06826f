"""All measurements of one picture, by name.

Names end in their unit: ``_deg`` degrees, ``_px`` pixels of the picture, ``_ev`` stops,
``_fraction`` 0 to 1. Without a unit they are ratios, described where they are measured.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from hardware.base import Pixels
from kiosk.guidance.background import measure_background_spread
from kiosk.guidance.crown import measure_crown_y_px
from kiosk.guidance.eyes import measure_eyes
from kiosk.guidance.face_geometry import measure_face_geometry, measure_shoulder_tilt_deg
from kiosk.guidance.head_pose import measure_head_pose
from kiosk.guidance.landmarks import Landmarks
from kiosk.guidance.light import (
    measure_backdrop_level,
    measure_face_clipped_fraction,
    measure_light_difference_ev,
    small_face,
)
from kiosk.guidance.mouth import measure_mouth_open
from kiosk.guidance.sharpness import measure_eye_sharpness

Measurements = Mapping[str, float | None]

NAMES = (
    "roll_deg",
    "yaw_deg",
    "pitch_deg",
    "eye_open_left",
    "eye_open_right",
    "gaze_x",
    "gaze_y",
    "mouth_open",
    "shoulder_tilt_deg",
    "shoulder_visibility",
    "face_width_px",
    "eye_distance_px",
    "eye_line_y_px",
    "crown_y_px",
    "chin_y_px",
    "centre_x_px",
    "light_difference_ev",
    "face_clipped_fraction",
    "backdrop_level",
    "background_spread",
    "eye_sharpness",
)

NOTHING: Measurements = MappingProxyType(dict.fromkeys(NAMES))
"""What is measured where there is no face."""


def measure(pixels: Pixels, landmarks: Landmarks) -> Measurements:
    """Measure everything the landmarks allow; the rest is None.

    Args:
        pixels: (H, W, 3) uint8 RGB, the picture the landmarks were found in.
        landmarks: as found; shoulders and person may be missing.
    """
    face = landmarks.face
    if face is None:
        return NOTHING
    pose, eyes, geometry = measure_head_pose(face), measure_eyes(face), measure_face_geometry(face)
    found: dict[str, float | None] = dict(NOTHING)
    found |= {
        "roll_deg": pose.roll_deg,
        "yaw_deg": pose.yaw_deg,
        "pitch_deg": pose.pitch_deg,
        "eye_open_left": eyes.open_left,
        "eye_open_right": eyes.open_right,
        "gaze_x": eyes.gaze_x,
        "gaze_y": eyes.gaze_y,
        "mouth_open": measure_mouth_open(face),
        "face_width_px": geometry.face_width_px,
        "eye_distance_px": geometry.eye_distance_px,
        "eye_line_y_px": geometry.eye_line_y_px,
        "chin_y_px": geometry.chin_y_px,
        "centre_x_px": geometry.centre_x_px,
    }
    if (shoulders := landmarks.shoulders) is not None:
        found["shoulder_tilt_deg"] = measure_shoulder_tilt_deg(shoulders)
        found["shoulder_visibility"] = shoulders.visibility
    if (person := landmarks.person) is not None:
        # Light and focus change as slowly as the backdrop, so they are looked at as seldom. What
        # moves fast enough to blur is known from the face's place.
        found["eye_sharpness"] = measure_eye_sharpness(pixels, face)
        if (small := small_face(pixels, face)) is not None:
            found["light_difference_ev"] = measure_light_difference_ev(*small)
            found["face_clipped_fraction"] = measure_face_clipped_fraction(*small)
        found["crown_y_px"] = measure_crown_y_px(pixels, face, person)
        found["backdrop_level"] = measure_backdrop_level(person)
        found["background_spread"] = measure_background_spread(person)
    return found
