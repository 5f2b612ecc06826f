"""The backdrop step: the clean plate, its noise, and how even the backdrop is.

A clean plate is the picture of the booth with nobody in it. The matte is made from the
difference between a still and this plate, so the plate must be empty, sharp in time (nothing
moved) and as free of noise as a median of several stills makes it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from calibration.backdrop_colour import judge_colour
from calibration.emptiness import Channels, Uniformity, judge_uniformity, measure_uniformity
from calibration.errors import PlateError
from calibration.evenness import draw_evenness, measure_evenness, noise_map
from calibration.limits import PlateLimits, StepLimits
from calibration.step import Figure, Finding, Step, StepResult
from calibration.stills import decode_stills
from hardware.base import Camera, Pixels

PLATE_SIDE_PX = 2800
"""Longer side of a stored plate: twice what the portrait works at, so that nothing is lost."""

_NAMED = 3  # flaws that are told; the others are drawn


@dataclass(frozen=True, slots=True, eq=False)
class Plate:
    """The empty backdrop.

    Attributes:
        pixels: (H, W, 3) uint8 RGB, sRGB-encoded; the median of the stills.
        noise: standard deviation of one still about the plate, per channel, sRGB code values.
        still_size: (width, height) of the stills it is for, pixels; `pixels` may be smaller by
            a power of two.
        stills: how many stills it was made from.
        uniformity: how even it is.
    """

    pixels: Pixels
    noise: Channels
    still_size: tuple[int, int]
    stills: int
    uniformity: Uniformity


def clean_plate(
    stills: Sequence[Pixels],
    still_size: tuple[int, int] | None = None,
    limits: PlateLimits | None = None,
) -> Plate:
    """Make the clean plate from stills of the empty backdrop.

    Args:
        stills: (H, W, 3) uint8 RGB each, all of one size.
        still_size: (width, height) of the stills in full, where they were decoded smaller.
        limits: what is accepted.

    Raises:
        PlateError: too few stills, different sizes, something moved, somebody or something
            stands before the backdrop, or it is clipped or lit too unevenly.
    """
    limits = limits or PlateLimits()
    if len(stills) < limits.min_stills:
        raise PlateError(
            f"{len(stills)} still(s) of the empty backdrop are too few; at least "
            f"{limits.min_stills} are needed. Take more and start again.",
            "plate_too_few",
        )
    shapes = {still.shape for still in stills}
    if len(shapes) > 1:
        named = " and ".join(f"{s[1]}x{s[0]}" for s in sorted(shapes))
        raise PlateError(
            f"The stills differ in size ({named} pixels). Take all plates with one camera "
            "and one picture size.",
            "plate_sizes_differ",
        )
    pixels = _median(stills)
    uniformity = measure_uniformity(stills, pixels, limits)
    judge_uniformity(uniformity, pixels, limits)
    height, width = pixels.shape[:2]
    return Plate(pixels, _noise(stills, pixels), still_size or (width, height),
                 len(stills), uniformity)  # fmt: skip


def check_backdrop(
    stills: Sequence[Pixels],
    still_size: tuple[int, int] | None = None,
    plate_limits: PlateLimits | None = None,
    limits: StepLimits | None = None,
) -> tuple[StepResult, Plate | None]:
    """Make the clean plate and say how even the backdrop is, and what disturbs it where.

    Args:
        stills: of the empty backdrop, (H, W, 3) uint8 RGB each.
        still_size: (width, height) of the stills in full, where they were decoded smaller.
        plate_limits: what makes a plate.
        limits: what is accepted of it.

    Returns:
        the result, and the plate; None when the stills make none.
    """
    plate_limits, limits = plate_limits or PlateLimits(), limits or StepLimits()
    try:
        plate = clean_plate(stills, still_size, plate_limits)
    except PlateError as error:
        found = Finding(error.key, str(error))
        picture = {"evenness": stills[0]} if stills else {}
        return StepResult(Step.BACKDROP, {}, (found,), picture), None
    even = measure_evenness(plate.pixels, limits.max_flaw)
    worst = max((abs(flaw.depth) for flaw in even.flaws), default=0.0)
    noise = noise_map(stills, plate.pixels)
    figures = {
        "falloff": Figure(even.falloff, "", None, plate_limits.max_falloff),
        "across": Figure(even.across),
        "down": Figure(even.down),
        "flaw": Figure(worst, "", None, limits.max_flaw),
        "noise": Figure(max(plate.noise), "code values", None, limits.max_noise),
        "noise_worst": Figure(float(noise.max()), "code values"),
    }
    findings = [
        Finding(
            f"flaw_{flaw.kind}",
            f"There is a {flaw.kind} on the backdrop, {abs(flaw.depth):.0%} "
            f"{'darker' if flaw.depth < 0 else 'brighter'} than its surroundings, at "
            f"{(flaw.box[0] + flaw.box[2]) / 2:.0%} from the left and "
            f"{(flaw.box[1] + flaw.box[3]) / 2:.0%} from the top. Smooth, clean or light it.",
            {"part": f"{abs(flaw.depth):.0%}"},
        )
        for flaw in even.flaws[:_NAMED]
    ]
    if not figures["noise"].holds:
        message = f"A still has {max(plate.noise):.1f} code values of noise. Lower the ISO."
        findings.append(Finding("noisy", message, {"noise": f"{max(plate.noise):.1f}"}))
    if even.falloff > limits.max_falloff:
        message = (
            f"The backdrop loses {even.falloff:.0%} of its light towards its darkest part "
            f"({limits.max_falloff:.0%} or less is good). Move the lamps until it is more even."
        )
        values = {"part": f"{even.falloff:.0%}", "limit": f"{limits.max_falloff:.0%}"}
        findings.append(Finding("backdrop_uneven", message, values, serious=False))
    colours, warnings = judge_colour(plate.pixels, limits)
    figures |= colours
    findings += warnings
    section = {
        "noise_map": [[round(float(v), 2) for v in row] for row in noise],
        "flaws": [[flaw.kind, round(flaw.depth, 4), list(flaw.box)] for flaw in even.flaws],
    }
    drawn = {"evenness": draw_evenness(plate.pixels, even, limits.max_flaw)}
    return StepResult(Step.BACKDROP, figures, tuple(findings), drawn, section), plate


def calibrate_plate(
    camera: Camera, count: int, timeout_s: float, limits: PlateLimits | None = None
) -> Plate:
    """Take `count` stills of the empty backdrop with an open camera and make the plate.

    Args:
        camera: open; its exposure and white balance already set.
        count: how many stills.
        timeout_s: for each still, seconds.
        limits: what is accepted.

    Raises:
        PlateError, CalibrationError: the stills do not make a plate.
        HardwareError: the camera failed.
    """
    files = [(f"Plate still {i + 1}", camera.capture_still(timeout_s).data) for i in range(count)]
    pixels, size = decode_stills(files, PLATE_SIDE_PX)
    return clean_plate(pixels, size, limits)


def _median(stills: Sequence[Pixels]) -> Pixels:
    """Return the median, strip by strip so that memory stays small."""
    out = np.empty_like(stills[0])
    for top in range(0, out.shape[0], 64):
        strip = np.stack([still[top : top + 64] for still in stills])
        out[top : top + 64] = np.round(np.median(strip, axis=0)).astype(np.uint8)
    return out


def _noise(stills: Sequence[Pixels], plate: Pixels) -> Channels:
    """Return the standard deviation of a still about the plate, its exposure made equal.

    The median of N normal samples has itself about pi / (2 N) of their variance and lies among
    them, so the spread about it is a little too small; the factor N / (N - 1) of the mean is
    close enough here.
    """
    total = np.zeros(3)
    for still in stills:
        _, spread = cv2.meanStdDev(cv2.subtract(still, plate, dtype=cv2.CV_16S))
        total += spread.reshape(3) ** 2
    sigma = np.sqrt(total / max(len(stills) - 1, 1))
    return float(sigma[0]), float(sigma[1]), float(sigma[2])
