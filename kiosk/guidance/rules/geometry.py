"""Rules of composition: one face, its distance, its place.

In a live frame they ask whether the standard's composition can be cut out of the still taken now:
out of the part of the frame that the still shows, which is all of it where calibration did not
find another. In a finished photo they hold the same measurements against the standard's ranges.
Any other picture was not composed by anybody, so they are unknown there.
"""

from __future__ import annotations

from kiosk.guidance.composition import Composition
from kiosk.guidance.model import RuleResult, Verdict
from kiosk.guidance.rules.context import RuleContext, judge_range, unknown

_ORDER = (Verdict.FAIL, Verdict.HINT, Verdict.UNKNOWN, Verdict.PASS)


def one_face(context: RuleContext) -> RuleResult:
    """Exactly one face. Value: how many there are."""
    faces = float(context.faces)
    if context.faces == 1:
        return RuleResult("one_face", Verdict.PASS, faces, 1.0)
    hint = "sit_down" if context.faces == 0 else "one_person"
    return RuleResult("one_face", Verdict.FAIL, faces, 1.0, hint)


def _still(context: RuleContext) -> tuple[float, float, float, float]:
    """Return the part of the picture that the still shows: left, top, width, height, pixels."""
    still = context.still
    return (
        still.left * context.width_px,
        still.top * context.height_px,
        (still.right - still.left) * context.width_px,
        (still.bottom - still.top) * context.height_px,
    )


def distance(context: RuleContext) -> RuleResult:
    """The face is large enough, and not too large.

    Live, value: the photo's crop as a part of the still, of its height or width, whichever is
    tighter; above 1 it does not fit, below ``crop_min_fraction`` it has too few pixels.
    In a photo, value: the face's width, pixels.
    """
    if context.kind == "photo":
        rules = context.standard.geometry
        return judge_range(
            "distance",
            context.get("face_width_px"),
            (rules.face_width_min_px, rules.face_width_max_px),
            rules.warn_px,
            ("nearer", "farther"),
        )
    crop = context.composition
    if context.kind != "live" or crop is None:
        return unknown("distance")
    _, _, width, height = _still(context)
    part = max(crop.height_px / height, crop.width_px / width)
    return judge_range(
        "distance", part, (context.settings.crop_min_fraction, 1.0), 0.0, ("nearer", "farther")
    )


def centred(context: RuleContext) -> RuleResult:
    """The face is in the middle, left to right.

    Live, value: the face's distance from the still's middle as a part of the still's width,
    positive to the person's own left; a hint beyond ``off_centre_max``, a fail where the crop
    leaves the still. In a photo, value: pixels from the photo's middle.
    """
    centre = context.get("centre_x_px")
    if centre is None or context.kind == "picture":
        return unknown("centred")
    left, _, width, _ = _still(context)
    off = centre - left - width / 2
    hint = "move_right" if off > 0 else "move_left"
    if context.kind == "photo":
        rules = context.standard.geometry
        limit, size = rules.centre_tolerance_px, abs(off)
        if size > limit:
            return RuleResult("centred", Verdict.FAIL, off, limit, hint)
        near = size > limit - rules.warn_px
        verdict = Verdict.HINT if near else Verdict.PASS
        return RuleResult("centred", verdict, off, limit, hint if near else None)
    crop = context.composition
    if crop is None:
        return unknown("centred")
    part, limit = off / width, context.settings.off_centre_max
    tolerance = context.standard.geometry.centre_tolerance_px / crop.scale
    outside = crop.width_px / 2 - tolerance - (width / 2 - abs(off))
    if outside > 0 and crop.width_px <= width:
        furthest = (width / 2 + tolerance - crop.width_px / 2) / width
        return RuleResult("centred", Verdict.FAIL, part, min(furthest, limit), hint)
    if abs(part) > limit:
        return RuleResult("centred", Verdict.HINT, part, limit, hint)
    return RuleResult("centred", Verdict.PASS, part, limit)


def head_height(context: RuleContext) -> RuleResult:
    """Eyes and crown are at the right height.

    Live, value: the eye line as a part of the still's height from the top; a hint where only
    the standard's tolerance keeps the crop inside the still, a fail where it leaves it. In a
    photo, value: whichever of eye line and crown stands worse, pixels from the top.
    """
    eyes = context.get("eye_line_y_px")
    if eyes is None or context.kind == "picture":
        return unknown("head_height")
    if context.kind == "photo":
        return _head_height_in_photo(context)
    crop = context.composition
    _, top, _, height = _still(context)
    if crop is None or crop.height_px > height:
        return unknown("head_height")  # `distance` says so, and no height would mend it
    eyes -= top
    wanted = _window(crop, height, crop.above_eyes_px, crop.above_eyes_px)
    allowed = _window(crop, height, crop.above_eyes_min_px, crop.above_eyes_max_px)
    # The window may be empty by a rounding error when the crop is as high as the still.
    hints = ("sit_lower", "sit_higher")
    result = judge_range("head_height", eyes / height, wanted, 0.0, hints)
    if result.verdict is Verdict.FAIL and allowed[0] <= eyes / height <= allowed[1]:
        return RuleResult("head_height", Verdict.HINT, result.value, result.limit, result.hint)
    return result


def _window(crop: Composition, height: float, least: float, most: float) -> tuple[float, float]:
    """Return where the eye line may be, parts of the still's height, for the crop to fit."""
    return least / height, 1.0 - (crop.height_px - most) / height


def _head_height_in_photo(context: RuleContext) -> RuleResult:
    rules = context.standard.geometry
    hints = ("sit_lower", "sit_higher")
    eyes = judge_range(
        "head_height",
        context.get("eye_line_y_px"),
        (rules.eyes_min_px, rules.eyes_max_px),
        rules.warn_px,
        hints,
    )
    crown = judge_range(
        "head_height",
        context.get("crown_y_px"),
        (rules.crown_min_px, rules.crown_max_px),
        rules.warn_px,
        hints,
    )
    return min(eyes, crown, key=lambda result: _ORDER.index(result.verdict))
