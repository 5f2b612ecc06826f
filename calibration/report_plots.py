"""The report's plots as SVG text. Matplotlib is imported here alone, and only when one is drawn."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np

from calibration.checker import REFERENCE_LAB
from calibration.delta_e import linear_of
from calibration.errors import CalibrationError
from calibration.light import encode
from calibration.profile import Profile

TRENDS: Final[Mapping[str, tuple[str, str]]] = {
    "exposure error, stops": ("exposure", "exposure_error"),
    "noise, code values": ("backdrop", "noise"),
    "light falloff": ("backdrop", "falloff"),
    "worst flaw of the backdrop": ("backdrop", "flaw"),
    "cast, ΔE2000": ("colour", "cast"),
    "colour error, ΔE2000": ("colour", "delta_e_mean"),
    "camera tilt, °": ("geometry", "tilt"),
    "camera roll, °": ("geometry", "roll"),
    "distance, mm": ("geometry", "distance"),
    "distortion, %": ("geometry", "distortion"),
    "sharpness, cycles/px": ("focus", "mtf50"),
    "code module, px": ("second_camera", "module"),
}
"""What is followed over the profiles: heading to step and figure."""

_COLUMNS: Final = 3
_DATES: Final = 6  # under one plot
_INK: Final = "#14202D"
_BLUE: Final = "#0B4A8F"
_LIMIT: Final = "#A02319"


def patches_plot(profile: Profile) -> str:
    """Draw each patch's colour error after correction, in the patch's own colour."""
    errors = profile.sections.get("colour", {}).get("delta_e")
    if not errors:
        return ""
    figure = _figure(8.6, 2.6)
    axes = figure.add_subplot()
    colours = encode(linear_of(REFERENCE_LAB))
    axes.bar(range(1, len(errors) + 1), errors, color=colours, edgecolor=_INK, linewidth=0.6)
    axes.axhline(float(np.mean(errors)), color=_BLUE, linewidth=1, linestyle="--")
    axes.set_xlabel("patch")
    axes.set_ylabel("ΔE2000")
    axes.set_xticks(range(1, len(errors) + 1))
    return _svg(figure)


def noise_plot(profile: Profile) -> str:
    """Draw the noise over the backdrop."""
    grid = profile.sections.get("backdrop", {}).get("noise_map")
    if not grid:
        return ""
    figure = _figure(4.6, 2.8)
    axes = figure.add_subplot()
    image = axes.imshow(grid, cmap="cividis", vmin=0)
    axes.set_xticks([])
    axes.set_yticks([])
    figure.colorbar(image, ax=axes, label="noise, code values")
    return _svg(figure)


def trend_plot(profiles: Sequence[Profile]) -> str:
    """Draw how the figures went from profile to profile, with their limits."""
    shown = {
        title: series
        for title, (step, name) in TRENDS.items()
        if (series := _series(profiles, step, name))
    }
    if not shown:
        return ""
    rows = -(-len(shown) // _COLUMNS)
    figure = _figure(10.4, 2.1 * rows)
    for number, (title, series) in enumerate(shown.items()):
        axes = figure.add_subplot(rows, _COLUMNS, number + 1)
        values = [point[1] for point in series]
        axes.plot(range(len(series)), values, "o-", color=_BLUE, markersize=3.5, linewidth=1.2)
        for limit in series[-1][2:]:
            if limit is not None:
                axes.axhline(limit, color=_LIMIT, linewidth=0.9, linestyle="--")
        axes.set_title(title, fontsize=9, loc="left")
        axes.tick_params(labelsize=7)
        step = -(-len(series) // _DATES)
        places = list(range(0, len(series), step))
        axes.set_xticks(places, [f"{series[i][0]:%m-%d}" for i in places])
        axes.margins(x=0.15, y=0.25)
    return _svg(figure)


def _series(profiles: Sequence[Profile], step: str, name: str) -> list[tuple[Any, ...]]:
    found = []
    for profile in profiles:
        known = profile.sections.get(step, {}).get("figures", {}).get(name)
        if known is not None:
            found.append((profile.created_at, known[0], known[2], known[3]))
    return found


def _figure(width: float, height: float) -> Any:
    try:
        from matplotlib.figure import Figure
    except ImportError as error:
        raise CalibrationError(
            "The report's plots need Matplotlib. Install it: pip install matplotlib"
        ) from error
    return Figure(figsize=(width, height), layout="constrained")


def _svg(figure: Any) -> str:
    """Return the figure as an SVG element; its text stays text."""
    import matplotlib as mpl

    buffer = io.StringIO()
    fonts: Any = {
        "svg.fonttype": "none",
        "font.family": "sans-serif",
        "svg.hashsalt": "calibration",
    }
    with mpl.rc_context(fonts):
        figure.savefig(buffer, format="svg", metadata={"Date": None})
    text = buffer.getvalue()
    return text[text.index("<svg") :]
