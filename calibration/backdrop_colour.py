"""Whether the backdrop's colour lets people be cut out exactly.

The matte knows person from wall by their colours, so a wall as dark as hair, of the colour of
skin or of what students wear, or with a pattern of its own, gives less exact edges. Photos can
be taken all the same: these are warnings, for whoever can still choose the backdrop.
"""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np

from calibration.checker import REFERENCE_LAB
from calibration.delta_e import delta_e_2000, lab_of
from calibration.light import Doubles, to_linear
from calibration.limits import StepLimits
from calibration.step import Figure, Finding
from hardware.base import Pixels

_SKINS: Final = REFERENCE_LAB[:2]
"""Dark and light skin as the ColorChecker has them; other skins lie about between."""
_TONES: Final = 12
_LOOK_PX: Final = 540
_GROUND_PX: Final = 15
_MIDDLE: Final = 0.5  # of the picture's width and height: behind the sitter


def judge_colour(plate: Pixels, limits: StepLimits) -> tuple[dict[str, Figure], list[Finding]]:
    """Measure a clean plate, (H, W, 3) uint8 RGB, against hair, skin, clothes and pattern.

    Args:
        plate: the empty backdrop, as the camera gives it.
        limits: what is good.

    Returns:
        figures by name, and a warning for each that is beyond its limit.
    """
    colour = _middle_colour(plate)
    lab = lab_of(to_linear(np.rint(colour).astype(np.uint8).reshape(1, 1, 3)))[0, 0]
    level = float(colour.max())
    skin = float(delta_e_2000(_skin_tones(), lab).min())
    hair = float(delta_e_2000(_labs(limits.hair_colours), lab).min())
    clothes = delta_e_2000(_labs(limits.clothes_colours), lab)
    worn = float(clothes.min()) if len(clothes) else 100.0
    pattern = _pattern(plate)
    figures = {
        "level": Figure(level, "code values", limits.min_backdrop_level),
        "from_skin": Figure(skin, "ΔE2000", limits.min_from_skin),
        "from_hair": Figure(hair, "ΔE2000", limits.min_from_hair),
        "from_clothes": Figure(worn, "ΔE2000", limits.min_from_clothes),
        "pattern": Figure(pattern, "", None, limits.max_pattern),
    }
    findings = []

    def warn(key: str, message: str, **values: str) -> None:
        findings.append(Finding(key, message, values, serious=False))

    if not figures["level"].holds:
        warn(
            "backdrop_dark",
            f"The backdrop is dark (code value {level:.0f}, {limits.min_backdrop_level:.0f} or "
            "more is good): dark hair and clothes are cut out less exactly. Light it more, or "
            "hang up a light blue, white or light grey one.",
            level=f"{level:.0f}",
            limit=f"{limits.min_backdrop_level:.0f}",
        )
    near = (
        ("from_hair", "backdrop_hair", "hair", "a light or coloured one"),
        ("from_skin", "backdrop_skin", "skin", "a blue, green or light grey one"),
        ("from_clothes", "backdrop_clothes", "what students wear", "one of another colour"),
    )
    for name, key, what, instead in near:
        figure = figures[name]
        if not figure.holds:
            warn(
                key,
                f"The backdrop has nearly the colour of {what} (apart by {figure.value:.0f} "
                f"ΔE2000, {figure.low:.0f} or more is good): edges there are cut out less exactly. "
                f"Hang up {instead}.",
                apart=f"{figure.value:.0f}",
                limit=f"{figure.low:.0f}",
            )
    if not figures["pattern"].holds:
        warn(
            "backdrop_pattern",
            f"The backdrop has a pattern or coarse texture of {pattern:.1%} of its light "
            f"({limits.max_pattern:.1%} or less is good). Hang up a plain, smooth one.",
            part=f"{pattern:.1%}",
            limit=f"{limits.max_pattern:.1%}",
        )
    return figures, findings


def _middle_colour(plate: Pixels) -> Doubles:
    """Return the median sRGB code values behind the sitter, (3,)."""
    height, width = plate.shape[:2]
    tall, wide = round(height * _MIDDLE / 2), round(width * _MIDDLE / 2)
    middle = plate[tall : height - tall : 4, wide : width - wide : 4]
    return np.asarray(np.median(middle.reshape(-1, 3), axis=0), np.float64)


def _skin_tones() -> Doubles:
    share = np.linspace(0, 1, _TONES)[:, None]
    return np.asarray(_SKINS[0] * (1 - share) + _SKINS[1] * share, np.float64)


def _labs(colours: tuple[str, ...]) -> Doubles:
    """Return CIELAB, (n, 3), of colours written ``#rrggbb``."""
    codes = [tuple(bytes.fromhex(colour.removeprefix("#"))) for colour in colours]
    pixels = np.array(codes, np.uint8).reshape(1, -1, 3)
    return np.asarray(lab_of(to_linear(pixels))[0], np.float64)


def _pattern(plate: Pixels) -> float:
    """Return the standard deviation of the fine structure, fraction of the light."""
    height, width = plate.shape[:2]
    scale = _LOOK_PX / max(height, width)
    size = (round(width * scale), round(height * scale))
    light = to_linear(cv2.resize(plate, size, interpolation=cv2.INTER_AREA)).mean(axis=2)
    ground = cv2.GaussianBlur(light, (0, 0), _GROUND_PX)
    return float((light / np.maximum(ground, 1e-4) - 1).std())
