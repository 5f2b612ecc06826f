"""Where the face should be in the live view, for the outline on the pose screen."""

from __future__ import annotations

from kiosk.guidance.calibrated_view import WHOLE_VIEW, StillField
from kiosk.screens.model import FaceGuide
from kiosk.standards import Standard


def face_guide(
    standard: Standard, width_px: int, height_px: int, still: StillField = WHOLE_VIEW
) -> FaceGuide:
    """Place the standard's composition into a live view of this size.

    The photo is cut from the middle of the still, as high as the still or as wide, whichever
    comes first.

    Args:
        standard: the photo's size and composition.
        width_px: of the live view.
        height_px: of the live view.
        still: what part of the live view the still shows.
    """
    photo = standard.file
    wide, high = (still.right - still.left) * width_px, (still.bottom - still.top) * height_px
    cut_px = min(wide, high * photo.width_px / photo.height_px)
    width = cut_px / width_px / 2
    height = cut_px * photo.height_px / photo.width_px / height_px / 2
    x, y = (still.left + still.right) / 2, (still.top + still.bottom) / 2
    return FaceGuide.from_composition(
        photo_width_px=photo.width_px,
        photo_height_px=photo.height_px,
        crown_px=standard.geometry.crown_target_px,
        eyes_px=standard.geometry.eyes_target_px,
        face_width_px=standard.geometry.face_width_target_px,
        frame=(x - width, y - height, x + width, y + height),
    )
