"""Judge the written file: decoded again, held against the standard and the rules of guidance.

What is measured here is the file as a receiver gets it, not what the steps before meant to make.
"""

from __future__ import annotations

import hashlib
import io
from typing import Protocol

import cv2
import numpy as np
from PIL import Image

from hardware.base import Pixels
from kiosk.guidance.model import Assessment
from kiosk.guidance.policy import DEFAULT_POLICY, BatchPolicy
from kiosk.portrait.encode import Encoded
from kiosk.portrait.framing import Head, judge
from kiosk.portrait.light import Floats
from kiosk.portrait.report import BackgroundReport, FileReport, GeometryReport, Remark
from kiosk.standards import FileRules, Standard

_DPI_TOLERANCE = 0.5
_JPEG_BLOCK_PX = 16
"""A 4:2:0 block: the person's edge rings no farther than into the blocks it touches."""


class Assessor(Protocol):
    """What conformity needs of guidance: an `Assessor` told that it judges photos."""

    def assess(
        self,
        pixels: Pixels,
        *,
        policy: BatchPolicy = DEFAULT_POLICY,
        exposure_ev: float | None = None,
    ) -> Assessment:
        """Measure and judge one picture, (H, W, 3) uint8 RGB.

        Args:
            pixels: the decoded file.
            policy: what its batch decides.
            exposure_ev: of the still over the calibrated one, stops; None when not known.
        """


def check_file(encoded: Encoded, rules: FileRules) -> tuple[Pixels, FileReport, list[Remark]]:
    """Decode the file and check size, colour mode, density, bytes and quality.

    Returns:
        its pixels, what was found, and what is missed.
    """
    with Image.open(io.BytesIO(encoded.data)) as image:
        image.load()
        mode, size = image.mode, image.size
        density = image.info.get("dpi")
        pixels = np.asarray(image.convert("RGB"), np.uint8)
    dpi = None if density is None else float(density[0])
    count = len(encoded.data)
    found = FileReport(
        bytes=count,
        sha256=hashlib.sha256(encoded.data).hexdigest(),
        width_px=size[0],
        height_px=size[1],
        dpi=dpi,
        quality=encoded.quality,
        chroma=encoded.chroma,
        min_bytes=rules.min_bytes,
        max_bytes=rules.max_bytes,
    )
    remarks = []
    if size != (rules.width_px, rules.height_px):
        remarks.append(Remark("size_missed", True, size[0], rules.width_px))
    if mode != "RGB":
        remarks.append(Remark("not_24_bit", True))
    if dpi is None or abs(dpi - rules.dpi) > _DPI_TOLERANCE:
        remarks.append(Remark("dpi_missed", True, dpi, rules.dpi))
    if count > rules.max_bytes:
        over = count - rules.max_bytes
        remarks.append(Remark("file_too_large", True, count, rules.max_bytes, over))
    if count < rules.min_bytes:
        under = rules.min_bytes - count
        remarks.append(Remark("file_too_small", True, count, rules.min_bytes, under))
    if encoded.quality < rules.min_quality:
        remarks.append(Remark("quality_too_low", True, encoded.quality, rules.min_quality))
    return pixels, found, remarks


def check_background(
    pixels: Pixels, alpha: Floats, standard: Standard, name: str | None
) -> tuple[BackgroundReport, list[Remark]]:
    """Hold the background, away from the person, against the official colour.

    Args:
        pixels: the decoded file.
        alpha: (H, W) of the photo.
        standard: the colours and how far a pixel may be from them.
        name: which colour; None for the standard's usual one.
    """
    colour = standard.background.colour(name)
    side = 2 * _JPEG_BLOCK_PX + 1
    person = cv2.dilate((alpha > 0).astype(np.uint8), np.ones((side, side), np.uint8))
    away = person == 0
    if not away.any():
        report = BackgroundReport(name or standard.background.default, colour, 0, 0.0)
        return report, [Remark("background_unseen", False)]
    differences = np.abs(pixels[away].astype(np.int16) - np.array(colour, np.int16))
    deviation = int(differences.max())
    report = BackgroundReport(
        name or standard.background.default, colour, deviation, float(away.mean())
    )
    limit = standard.background.max_deviation
    if deviation > limit:
        return report, [Remark("background_off", True, deviation, limit, deviation - limit)]
    return report, []


def check_geometry(
    assessment: Assessment, crown_px: float, scale: float, standard: Standard
) -> tuple[GeometryReport, list[Remark]]:
    """Hold the head, found again in the decoded file, against the standard's ranges.

    Args:
        assessment: of the decoded file.
        crown_px: the crown as the matte has it, pixels of the photo: finer than the segmenter.
        scale: pixels of the photo for one pixel of the full still.
        standard: the ranges.
    """
    found = assessment.measurements
    eyes, width = found.get("eye_line_y_px"), found.get("face_width_px")
    centre = found.get("centre_x_px")
    if assessment.faces != 1 or eyes is None or width is None or centre is None:
        report = GeometryReport(None, None, None, None, scale)
        key = "face_not_found" if assessment.faces == 0 else "geometry_unknown"
        return report, [Remark(key, True)]
    head = Head(crown_y=crown_px, eyes_y=eyes, face_width=width, centre_x=centre)
    misses, near = judge(head, standard)
    remarks = [Remark(f"{m.what}_missed", True, m.value, m.limit, m.by) for m in misses]
    remarks += [Remark(f"{what}_near_limit", False) for what in near]
    report = GeometryReport(
        crown_px=crown_px,
        eyes_px=eyes,
        face_width_px=width,
        centre_offset_px=centre - standard.file.width_px / 2,
        scale=scale,
    )
    return report, remarks
