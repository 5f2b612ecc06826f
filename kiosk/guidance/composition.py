"""Whether the standard's composition can be cut out of a frame.

The photo is a crop of the frame, scaled and nothing else, so three figures fix it: how large the
face becomes, and where the crop lies. Wanted are the standard's targets for the eye line and the
crown; the face's width follows from them and is kept within its own range, as is the crown
(domain order: eyes, crown, width).
"""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.standards import Standard

USUAL_CROWN = 0.84
"""A crown lies so many face widths above the eye line: mean of 124 portraits, deviation 0.08.

Used while the crown itself is not seen, so that a head half out of the frame can be guided.
"""


@dataclass(frozen=True, slots=True)
class Composition:
    """The crop that gives the photo, and how far it may be shifted, pixels of the frame.

    Attributes:
        scale: pixels of the photo for one of the frame.
        width_px: the crop's width.
        height_px: the crop's height.
        above_eyes_px: from the crop's upper edge to the eye line, as wanted.
        above_eyes_min_px: the least the standard allows.
        above_eyes_max_px: the most it allows.
    """

    scale: float
    width_px: float
    height_px: float
    above_eyes_px: float
    above_eyes_min_px: float
    above_eyes_max_px: float


def _clamp(value: float, low: float, high: float) -> float:
    return max(low, min(high, value))


def compose(
    standard: Standard,
    *,
    eye_line_y_px: float,
    crown_y_px: float | None,
    face_width_px: float,
) -> Composition:
    """Find the crop for a face in a frame.

    Args:
        standard: sizes and ranges of the photo.
        eye_line_y_px: in the frame.
        crown_y_px: in the frame; None when it is not seen.
        face_width_px: in the frame, above 0.
    """
    rules = standard.geometry
    if crown_y_px is None:
        crown_y_px = eye_line_y_px - USUAL_CROWN * face_width_px
    hair = max(eye_line_y_px - crown_y_px, 0.1 * face_width_px)
    scale = (rules.eyes_target_px - rules.crown_target_px) / hair
    narrowest = rules.face_width_min_px + rules.warn_px
    widest = rules.face_width_max_px - rules.warn_px
    scale = _clamp(scale, narrowest / face_width_px, widest / face_width_px)
    low = max(rules.eyes_min_px, rules.crown_min_px + scale * hair)
    high = min(rules.eyes_max_px, rules.crown_max_px + scale * hair)
    if low > high:  # so much or so little hair that the eyes' range alone can be kept
        low, high = rules.eyes_min_px, rules.eyes_max_px
    eyes = _clamp(rules.eyes_target_px, low, high)
    return Composition(
        scale=scale,
        width_px=standard.file.width_px / scale,
        height_px=standard.file.height_px / scale,
        above_eyes_px=eyes / scale,
        above_eyes_min_px=low / scale,
        above_eyes_max_px=high / scale,
    )
