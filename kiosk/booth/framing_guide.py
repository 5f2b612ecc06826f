"""Where the face should be in the live view, for the outline on the pose screen."""

from __future__ import annotations

from kiosk.screens.model import FaceGuide
from kiosk.standards import Standard


def face_guide(standard: Standard, width_px: int, height_px: int) -> FaceGuide:
    """Place the standard's composition into a live view of this size.

    The photo is cut from the middle of the frame, as high as the frame or as wide, whichever
    comes first.
    """
    photo = standard.file
    share = min(1.0, height_px * photo.width_px / photo.height_px / width_px)
    height = width_px * share * photo.height_px / photo.width_px / height_px
    return FaceGuide.from_composition(
        photo_width_px=photo.width_px,
        photo_height_px=photo.height_px,
        crown_px=standard.geometry.crown_target_px,
        eyes_px=standard.geometry.eyes_target_px,
        face_width_px=standard.geometry.face_width_target_px,
        frame=((1 - share) / 2, (1 - height) / 2, (1 + share) / 2, (1 + height) / 2),
    )
