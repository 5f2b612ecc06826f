"""The exposure step: manual values that put a grey card at its level, nothing clipped.

Still and live view are both looked at; a bracket shows whether twice the exposure is twice the
light, and two stills show the noise.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence
from typing import Final

import cv2
import numpy as np

from calibration.grey_card import GreyCard, find_grey_card
from calibration.light import LUMINANCE, decode, to_linear
from calibration.limits import StepLimits
from calibration.step import Figure, Finding, Step, StepResult, ordered
from calibration.surroundings import corners_light
from hardware.base import CameraSettings, Pixels

_TOP: Final = 254  # code values: at the end of the scale
_USABLE: Final = (0.01, 0.9)  # linear light a bracket's still may have on the card
_DARK, _BRIGHT = 8, 247
_BLUE: Final = (20, 110, 220)


def check_exposure(
    stills: Sequence[Pixels],
    live: Pixels | None = None,
    bracket: Sequence[tuple[float, Pixels]] = (),
    limits: StepLimits | None = None,
) -> StepResult:
    """Look at a grey card on the chair.

    Args:
        stills: of the card at the exposure to be judged; two or more tell the noise.
        live: a live view frame of it.
        bracket: stills of it at other exposures, each with its exposure over that of `stills`.
        limits: what is accepted.

    Returns:
        figures ``exposure_error`` (stops, positive is too bright), ``live_error``, ``bright``,
        ``noise``, ``nonlinearity``, as far as they could be measured.
    """
    limits = limits or StepLimits()
    card = find_grey_card(stills[0])
    if card is None:
        return StepResult(Step.EXPOSURE, {}, (_not_found(stills[0]),), {"card": stills[0]})
    wanted = float(decode(np.array(limits.grey_level / 255)))
    figures: dict[str, Figure] = {}
    error = math.log2(max(card.luminance, 1e-5) / wanted)
    accepted = limits.max_exposure_error
    figures["exposure_error"] = Figure(error, "stops", -accepted, accepted)
    bright = float((stills[0] >= _TOP).any(axis=2).mean())
    figures["bright"] = Figure(bright, "", None, limits.max_bright)
    if len(stills) > 1:
        figures["noise"] = Figure(_noise(stills, card), "code values", None, limits.max_noise)
    if live is not None and (live_card := find_grey_card(live)) is not None:
        live_error = math.log2(max(live_card.luminance, 1e-5) / wanted)
        accepted = limits.max_live_error
        figures["live_error"] = Figure(live_error, "stops", -accepted, accepted)
    bent = _nonlinearity(card, bracket)
    if bent is not None:
        figures["nonlinearity"] = Figure(bent, "stops", None, limits.max_nonlinearity)
    findings = _findings(figures, live_seen=live is None or "live_error" in figures)
    drawn = stills[0].copy()
    left, top, right, bottom = card.box
    cv2.rectangle(drawn, (left, top), (right, bottom), _BLUE, max(drawn.shape[1] // 300, 2))
    section = {
        "grey_light": [round(float(v), 5) for v in card.light],
        "surroundings": [round(v, 5) for v in corners_light(stills[0])],
    }
    return StepResult(Step.EXPOSURE, figures, ordered(findings), {"card": drawn}, section)


def adjusted(
    settings: CameraSettings,
    error_stops: float,
    control: str = "exposure_s",
    limits: StepLimits | None = None,
    mains_hz: float | None = None,
) -> CameraSettings | None:
    """Return the settings that take an exposure error away; None where they hold no such value.

    Args:
        settings: what the camera reads back.
        error_stops: as measured, positive is too bright.
        control: ``exposure_s`` or ``iso``; with flash the exposure time changes nothing.
        limits: the exposure time stays within them; None for any.
        mains_hz: the exposure time is brought into step with the mains where that is near enough;
            None for any.
    """
    factor = 2.0**-error_stops
    if control == "iso":
        if settings.iso is None:
            return None
        return CameraSettings(iso=max(round(settings.iso * factor), 1))
    if settings.exposure_s is None:
        return None
    wanted = settings.exposure_s * factor
    if limits is not None:
        wanted = min(wanted, limits.max_exposure_s)
        if mains_hz is not None:
            wanted = in_step_with_mains(wanted, mains_hz, limits.max_exposure_error / 2)
    return CameraSettings(exposure_s=wanted)


def in_step_with_mains(exposure_s: float, mains_hz: float, tolerance_stops: float) -> float:
    """Return the nearest exposure time that takes in whole flickers of the lamps.

    Lamps at the mains flicker twice in each of its periods: 100 times a second at 50 Hz. An
    exposure of a whole number of flickers has the same light wherever it begins, and so no bands.

    Args:
        exposure_s: what is wanted, seconds.
        mains_hz: alternations per second of the mains.
        tolerance_stops: how far off it may be; else it is returned as it is.
    """
    flicker_s = 1 / (2 * mains_hz)
    steps = max(round(exposure_s / flicker_s), 1)
    near = steps * flicker_s
    return near if abs(math.log2(near / exposure_s)) <= tolerance_stops else exposure_s


def as_section(settings: CameraSettings) -> dict[str, float]:
    """Return settings by name, without those the device does not know: what a profile keeps."""
    known = dataclasses.asdict(settings)
    return {name: float(value) for name, value in known.items() if value is not None}


def from_section(known: dict[str, float]) -> CameraSettings:
    """Return the camera's settings that a profile keeps."""
    names = {field.name for field in dataclasses.fields(CameraSettings)}
    values = {name: value for name, value in known.items() if name in names}
    iso = values.pop("iso", None)
    return CameraSettings(iso=None if iso is None else round(iso), **values)


def _noise(stills: Sequence[Pixels], card: GreyCard) -> float:
    """Return the standard deviation of one still on the card: what two of them differ by."""
    left, top, right, bottom = card.box
    first, second = (still[top:bottom, left:right].astype(np.float32) for still in stills[:2])
    return float((first - second).reshape(-1, 3).std(axis=0).max() / math.sqrt(2))


def _nonlinearity(card: GreyCard, bracket: Sequence[tuple[float, Pixels]]) -> float | None:
    """Return the largest departure of the light from the exposure, stops, in the card's box."""
    left, top, right, bottom = card.box
    errors = []
    for factor, pixels in bracket:
        light = to_linear(pixels[top:bottom, left:right]).reshape(-1, 3).mean(axis=0)
        seen = float(light @ LUMINANCE)
        if _USABLE[0] <= seen <= _USABLE[1]:
            errors.append(abs(math.log2(seen / card.luminance) - math.log2(factor)))
    return max(errors) if errors else None


def _not_found(pixels: Pixels) -> Finding:
    height, width = pixels.shape[:2]
    middle = pixels[height * 2 // 5 : height * 3 // 5, width * 2 // 5 : width * 3 // 5]
    level = float(np.median(middle))
    if level < _DARK:
        return Finding(
            "far_too_dark",
            "The picture is nearly black. Take the lens cap off, switch the lamps on, and open "
            "the exposure by several stops.",
        )
    if level > _BRIGHT:
        return Finding(
            "far_too_bright",
            "The picture is burnt out. Shorten the exposure by several stops.",
        )
    return Finding(
        "grey_card_not_found",
        "No grey card is in the middle of the picture. Put it on the chair where the face will "
        "be, whole and upright, facing the camera.",
    )


def _findings(figures: dict[str, Figure], *, live_seen: bool) -> list[Finding]:
    found = []
    error = figures["exposure_error"]
    if not error.holds:
        key = "too_bright" if error.value > 0 else "too_dark"
        word = "bright" if error.value > 0 else "dark"
        found.append(
            Finding(
                key,
                f"The grey card is {abs(error.value):.1f} stops too {word}. Change exposure time, "
                "ISO or lamps by that, and repeat.",
                {"stops": f"{abs(error.value):.1f}"},
            )
        )
    if not figures["bright"].holds:
        found.append(
            Finding(
                "clipped",
                f"{figures['bright'].value:.0%} of the picture is burnt out. Turn the lamps away "
                "from the backdrop or lower them.",
                {"part": f"{figures['bright'].value:.0%}"},
            )
        )
    if (noise := figures.get("noise")) is not None and not noise.holds:
        found.append(
            Finding(
                "noisy",
                f"A still has {noise.value:.1f} code values of noise. Lower the ISO and give more "
                "light.",
                {"noise": f"{noise.value:.1f}"},
            )
        )
    if not live_seen:
        found.append(
            Finding(
                "live_view_blind",
                "The grey card cannot be made out in the live view, so nobody could be guided. "
                "Give more modelling light, or switch exposure simulation off.",
            )
        )
    elif (live := figures.get("live_error")) is not None and not live.holds:
        found.append(
            Finding(
                "live_view_off",
                f"The live view is {abs(live.value):.1f} stops off. Set the modelling light or "
                "the camera's exposure simulation.",
                {"stops": f"{abs(live.value):.1f}"},
            )
        )
    if (bent := figures.get("nonlinearity")) is not None and not bent.holds:
        found.append(
            Finding(
                "not_linear",
                f"Exposure and light differ by {bent.value:.2f} stops. Switch the camera's "
                "picture styles, automatic brightness and highlight functions off.",
                {"stops": f"{bent.value:.2f}"},
            )
        )
    return found
