"""The colour step: white balance from grey, and a matrix from a colour chart that finds itself.

What comes out is a `ColourCorrection`: one 3 × 3 matrix on linear light. Its rows sum to the white
balance, so grey stays grey and the exposure stays as it was set.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Self

import cv2
import numpy as np
import numpy.typing as npt

from calibration.checker import NEUTRAL, REFERENCE_LAB, find_checker
from calibration.colour_drawing import draw_chart
from calibration.delta_e import delta_e_2000, lab_of, linear_of
from calibration.light import LUMINANCE, Doubles, Floats, to_linear, to_srgb
from calibration.limits import StepLimits
from calibration.step import Figure, Finding, Step, StepResult, ordered
from hardware.base import Pixels

if TYPE_CHECKING:
    from calibration.profile import Profile

Bools = npt.NDArray[np.bool_]

_CLIPPED: Final = 0.96  # linear light from which a patch may be clipped
_TURNS: Final = 30
_PROBE: Final = 1e-4
_GREY: Final = 0.18
_LEAST: Final = 1e-5  # linear light
_SMOOTH: Final = 0.1  # CIEDE2000; the square root of a difference has no slope at none


@dataclass(frozen=True, slots=True)
class ColourCorrection:
    """What makes the camera's colours right.

    Attributes:
        matrix: 3 × 3, row by row, from the camera's linear sRGB to the true one.
    """

    matrix: tuple[tuple[float, float, float], ...]

    @classmethod
    def of(cls, profile: Profile) -> Self | None:
        """Return the profile's correction; None when its colours were not calibrated."""
        known = profile.sections.get("colour", {}).get("matrix")
        if known is None:
            return None
        return cls(tuple((float(r[0]), float(r[1]), float(r[2])) for r in known))

    def followed(self, gains: Sequence[float]) -> ColourCorrection:
        """Return the correction for light that changed since by these factors, red, green, blue."""
        moved = np.array(self.matrix) / np.asarray(gains, np.float64)
        return ColourCorrection(tuple((float(r[0]), float(r[1]), float(r[2])) for r in moved))


def apply(light: Floats, correction: ColourCorrection | None) -> Floats:
    """Return corrected linear light, (H, W, 3) float32; the same one without a correction."""
    if correction is None:
        return light
    right = cv2.transform(light, np.array(correction.matrix, np.float32))
    out: Floats = cv2.max(right, 0.0)
    return out


def apply_to_pixels(pixels: Pixels, correction: ColourCorrection | None) -> Pixels:
    """Return corrected sRGB pixels, (H, W, 3) uint8."""
    if correction is None:
        return pixels
    return to_srgb(apply(to_linear(pixels), correction))


def check_colour(stills: Sequence[Pixels], limits: StepLimits | None = None) -> StepResult:
    """Look at stills of a colour chart on the chair, (H, W, 3) uint8 RGB each.

    Returns:
        figures ``chart_exposure`` (stops, positive is too bright), ``cast``, ``delta_e_before``,
        ``delta_e_mean`` and ``delta_e_max`` (CIEDE2000), ``red_gain`` and ``blue_gain``; the
        section holds ``matrix``.
    """
    limits = limits or StepLimits()
    charts = [chart for still in stills if (chart := find_checker(still)) is not None]
    if not charts:
        missing = Finding(
            "chart_not_found",
            "No colour chart of 24 patches was found. Put it on the chair, whole, facing the "
            "camera, without a shadow or a reflection on it.",
        )
        return StepResult(Step.COLOUR, {}, (missing,), {"chart": stills[0]})
    seen = np.mean([chart.light for chart in charts], axis=0)
    usable = (seen < _CLIPPED).all(axis=1)
    gains = white_balance(seen)
    matrix = fit_matrix(seen * gains, usable)
    before = _differences(seen, np.eye(3))[usable]
    after = _differences(seen * gains, matrix)[usable]
    cast = cast_of(gains)
    figures = {
        "chart_exposure": Figure(
            chart_exposure(seen), "stops", -limits.max_chart_exposure, limits.max_chart_exposure
        ),
        "cast": Figure(cast, "ΔE2000", None, limits.max_cast),
        "delta_e_before": Figure(float(before.mean()), "ΔE2000"),
        "delta_e_mean": Figure(float(after.mean()), "ΔE2000", None, limits.max_delta_e),
        "delta_e_max": Figure(float(after.max()), "ΔE2000"),
        "red_gain": Figure(float(gains[0])),
        "blue_gain": Figure(float(gains[2])),
    }
    whole = matrix @ np.diag(gains)
    section = {
        "matrix": [[round(float(v), 6) for v in row] for row in whole],
        "white_gains": [round(float(v), 5) for v in gains],
        "patches": [[round(float(v), 5) for v in row] for row in seen],
        "delta_e": [round(float(v), 3) for v in _differences(seen * gains, matrix)],
    }
    picture = draw_chart(stills[0], charts[0].corners, REFERENCE_LAB)
    found = ordered(_findings(figures, usable, limits))
    return StepResult(Step.COLOUR, figures, found, {"chart": picture}, section)


def white_balance(patches: Doubles) -> Doubles:
    """Return the gains, (3,) with green 1, that make the chart's grey patches neutral.

    Args:
        patches: (24, 3) linear light.
    """
    grey = patches[NEUTRAL]
    truth = linear_of(REFERENCE_LAB[NEUTRAL])
    # The greys are not perfectly neutral themselves.
    level = (grey / truth * truth[:, 1:2]).sum(axis=0)
    return np.asarray(level[1] / level, np.float64)


def chart_exposure(patches: Doubles) -> float:
    """Return how much brighter than they are the chart's grey patches are seen, stops.

    Args:
        patches: (24, 3) linear light.
    """
    truth = linear_of(REFERENCE_LAB[NEUTRAL]) @ LUMINANCE
    seen = np.maximum(patches[NEUTRAL] @ LUMINANCE, _LEAST)
    return float(np.median(np.log2(seen / truth)))


def cast_of(gains: Doubles) -> float:
    """Return how far a grey is from neutral for which these gains are needed, CIEDE2000."""
    seen = np.array([_GREY] * 3) / gains
    seen *= _GREY / float(seen @ LUMINANCE)
    return float(delta_e_2000(lab_of(seen), lab_of([_GREY] * 3)))


def fit_matrix(patches: Doubles, usable: Bools | None = None) -> Doubles:
    """Return the 3 × 3 matrix that brings a chart's patches nearest to their true colours.

    The mean CIEDE2000 is made smallest, by damped Gauss-Newton steps from the least
    squares in linear light; each row sums to 1, so that grey stays grey. The exposure is free.

    Args:
        patches: (24, 3) linear light, white-balanced.
        usable: (24,) which patches count; None for all.
    """
    kept = np.ones(len(patches), bool) if usable is None else np.asarray(usable, bool)
    seen, truth, target = patches[kept], linear_of(REFERENCE_LAB)[kept], REFERENCE_LAB[kept]
    scale = float((truth * seen).sum() / (seen * seen).sum())
    free = np.array([0.0] * 6 + [scale])

    def errors(values: Doubles) -> Doubles:
        found = delta_e_2000(lab_of(seen @ _matrix(values).T * values[6]), target)
        return np.asarray(np.sqrt(found + _SMOOTH), np.float64)

    now, damping = errors(free), 1.0
    for _ in range(_TURNS):
        slopes = np.stack(
            [(errors(free + _PROBE * unit) - now) / _PROBE for unit in np.eye(7)], axis=1
        )
        normal = slopes.T @ slopes
        moved = free - np.linalg.solve(
            normal + damping * np.diag(np.diag(normal) + 1e-9), slopes.T @ now
        )
        then = errors(moved)
        if float(then @ then) < float(now @ now):
            free, now, damping = moved, then, damping / 3
        else:
            damping *= 4
    return _matrix(free)


def _matrix(free: Doubles) -> Doubles:
    """Return the matrix of six free values: those beside the diagonal; rows sum to 1."""
    a, b, c, d, e, f = free[:6]
    return np.array([[1 - a - b, a, b], [c, 1 - c - d, d], [e, f, 1 - e - f]])


def _differences(patches: Doubles, matrix: Doubles) -> Doubles:
    """Return each patch's CIEDE2000 after the matrix, the exposure made equal on the greys."""
    right = patches @ matrix.T
    truth = linear_of(REFERENCE_LAB)
    level = truth[NEUTRAL] @ LUMINANCE / np.maximum(right[NEUTRAL] @ LUMINANCE, 1e-6)
    return delta_e_2000(lab_of(right * float(np.median(level))), REFERENCE_LAB)


def _findings(figures: dict[str, Figure], usable: Bools, limits: StepLimits) -> list[Finding]:
    found = []
    if not figures["chart_exposure"].holds:
        stops = figures["chart_exposure"].value
        found.append(
            Finding(
                "chart_exposure",
                f"The chart is {abs(stops):.1f} stops too {'bright' if stops > 0 else 'dark'}. "
                "Look whether all lamps are on, do the exposure step, and repeat.",
                {"stops": f"{abs(stops):.1f}"},
            )
        )
    if not figures["cast"].holds:
        red, blue = figures["red_gain"].value, figures["blue_gain"].value
        found.append(
            Finding(
                "cast",
                f"The camera's white is {figures['cast'].value:.1f} ΔE off: it wants red times "
                f"{red:.2f} and blue times {blue:.2f}. Set the camera's white balance to the "
                "lamps' colour temperature, and repeat.",
                {
                    "cast": f"{figures['cast'].value:.1f}",
                    "red": f"{red:.2f}",
                    "blue": f"{blue:.2f}",
                },
            )
        )
    if not figures["delta_e_mean"].holds:
        found.append(
            Finding(
                "colours_off",
                f"After correction the colours are still {figures['delta_e_mean'].value:.1f} ΔE "
                f"off on average ({limits.max_delta_e:.1f} are allowed). Use lamps of one kind "
                "with a high colour rendering index, keep daylight out, and keep reflections off "
                "the chart.",
                {"mean": f"{figures['delta_e_mean'].value:.1f}"},
            )
        )
    if not usable.all():
        found.append(
            Finding(
                "chart_clipped",
                f"{int((~usable).sum())} patches are burnt out and were left out. "
                "Do the exposure first.",
                {"count": f"{int((~usable).sum())}"},
                serious=bool(usable.sum() < len(usable) - 2),
            )
        )
    return found
