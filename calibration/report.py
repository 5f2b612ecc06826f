"""One HTML page on a profile: each step's figures, findings and pictures, plots, and the trend."""

from __future__ import annotations

import base64
import html
from collections.abc import Sequence
from typing import Any, Final

import cv2

from calibration.profile import Profile
from calibration.report_plots import noise_plot, patches_plot, trend_plot
from calibration.step import Step

_TITLES: Final = {
    Step.EXPOSURE: "Exposure",
    Step.BACKDROP: "Backdrop",
    Step.COLOUR: "Colour",
    Step.GEOMETRY: "Geometry",
    Step.FOCUS: "Focus",
    Step.VIEW_MAP: "Live view and still",
    Step.SECOND_CAMERA: "Second camera",
}
_PLOTS: Final = {Step.BACKDROP: noise_plot, Step.COLOUR: patches_plot}
_PLATE_PX: Final = 640
_TINY: Final = 5e-4

_STYLE: Final = """
:root { color-scheme: light; }
body { font: 16px/1.5 system-ui, "Noto Sans", "Noto Sans CJK SC", sans-serif; color: #14202D;
  background: #F4F6F9; margin: 0; }
main { max-width: 1080px; margin: 0 auto; padding: 32px 24px 64px; }
h1 { font-size: 30px; margin: 0 0 4px; }
h2 { font-size: 21px; margin: 0; display: flex; align-items: center; gap: 12px; }
section { background: #fff; border-radius: 14px; padding: 22px 26px; margin-top: 20px; }
.sub { color: #44546A; margin: 0; }
.good, .bad, .none { border-radius: 99px; font-size: 14px; font-weight: 600; padding: 2px 12px; }
.good { background: #DDF2E7; color: #0C7547; }
.bad { background: #FBE6E3; color: #A02319; }
.none { background: #E9EEF4; color: #44546A; }
table { border-collapse: collapse; margin-top: 12px; width: 100%; }
th, td { text-align: left; padding: 5px 12px 5px 0; border-bottom: 1px solid #E9EEF4; }
th { color: #44546A; font-weight: 500; font-size: 14px; }
td.off { color: #A02319; font-weight: 600; }
ul { margin: 12px 0 0; padding-left: 20px; }
.cols { display: grid; grid-template-columns: minmax(0, 1fr) minmax(0, 1fr); gap: 26px; }
.cols img, .wide img { width: 100%; border-radius: 8px; margin-top: 12px; }
svg { width: 100%; height: auto; margin-top: 12px; }
@media (max-width: 760px) { .cols { grid-template-columns: 1fr; } }
@media print { body { background: #fff; } section { break-inside: avoid; } }
"""


def report_page(profile: Profile, past: Sequence[Profile], problem: str | None = None) -> str:
    """Return the page as HTML; it needs no other file.

    Args:
        profile: the one it is about.
        past: all known profiles, the oldest first; for the trend.
        problem: why the booth may not shoot with it; None when it may.

    Raises:
        CalibrationError: Matplotlib is not installed.
    """
    of_booth = [p for p in past if p.booth == profile.booth and p.created_at <= profile.created_at]
    series = (
        of_booth if any(p.checksum == profile.checksum for p in of_booth) else [*of_booth, profile]
    )
    verdict = (
        '<span class="good">in use</span>' if problem is None
        else f'<span class="bad">not valid</span><p>{html.escape(problem)}</p>'
    )  # fmt: skip
    camera = profile.sections.get("camera", {})
    device = " · ".join(str(v) for v in (camera.get("model"), camera.get("serial")) if v)
    heading = (f"{profile.created_at:%Y-%m-%d %H:%M} UTC", profile.version, device)
    trend = f"<h2>Trend over {len(series)} profiles</h2>{trend_plot(series)}"
    parts = [
        f"<h1>Calibration of {html.escape(profile.booth)}</h1>",
        f'<p class="sub">{" · ".join(html.escape(word) for word in heading)}</p>',
        f"<p>{verdict}</p>",
        *(_section(profile, step) for step in Step),
        f'<section class="wide">{trend}</section>',
        _settings(profile),
    ]
    return (
        '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>Calibration of {html.escape(profile.booth)}</title><style>{_STYLE}</style></head>"
        f"<body><main>{''.join(parts)}</main></body></html>"
    )


def _section(profile: Profile, step: Step) -> str:
    known = profile.sections.get(step.value)
    title = f"<h2>{_TITLES[step]} "
    if known is None:
        return f'<section>{title}<span class="none">not done</span></h2></section>'
    state = (
        '<span class="good">passed</span>'
        if known.get("passed")
        else '<span class="bad">not passed</span>'
    )
    rows = "".join(_row(name, figure) for name, figure in known.get("figures", {}).items())
    findings = "".join(f"<li>{html.escape(str(f[1]))}</li>" for f in known.get("findings", ()))
    pictures = [
        _picture(data, f"{_TITLES[step]}: {name}")
        for name, data in sorted(profile.pictures.items())
        if name.startswith(f"{step.value}-")
    ]
    if step is Step.BACKDROP:
        pictures.append(_plate(profile))
    plot = _PLOTS[step](profile) if step in _PLOTS else ""
    return (
        f'<section>{title}{state}</h2><div class="cols"><div>'
        f"<table><tr><th>figure</th><th>value</th><th>limits</th></tr>{rows}</table>"
        f"{f'<ul>{findings}</ul>' if findings else ''}{plot}</div>"
        f"<div>{''.join(pictures)}</div></div></section>"
    )


def _row(name: str, known: Sequence[Any]) -> str:
    value, unit, low, high = known
    off = (low is not None and value < low) or (high is not None and value > high)
    limits = limits_words(low, high)
    return (
        f"<tr><td>{html.escape(name.replace('_', ' '))}</td>"
        f"<td{' class=off' if off else ''}>{number(value)} {html.escape(unit)}</td>"
        f"<td>{limits}</td></tr>"
    )


def number(value: float) -> str:
    """Return a figure as people read it: three digits that count, no exponent."""
    if abs(value) < _TINY:
        return "0"
    digits = max(0, 2 - int(f"{abs(value):e}".split("e")[1]))
    return f"{value:.{min(digits, 4)}f}"


def limits_words(low: float | None, high: float | None) -> str:
    """Return a range in signs; empty for none."""
    if low is not None and high is not None:
        return f"{low:g} … {high:g}"
    if high is not None:
        return f"≤ {high:g}"
    return f"≥ {low:g}" if low is not None else ""


def _picture(jpeg: bytes, words: str) -> str:
    data = base64.b64encode(jpeg).decode()
    return f'<img alt="{html.escape(words)}" src="data:image/jpeg;base64,{data}">'


def _plate(profile: Profile) -> str:
    pixels = profile.plate.pixels
    height = round(pixels.shape[0] * _PLATE_PX / pixels.shape[1])
    small = cv2.resize(pixels, (_PLATE_PX, height), interpolation=cv2.INTER_AREA)
    _, jpeg = cv2.imencode(".jpg", cv2.cvtColor(small, cv2.COLOR_RGB2BGR))
    return _picture(bytes(jpeg.tobytes()), "The clean plate")


def _settings(profile: Profile) -> str:
    rows = "".join(
        f"<tr><td>{html.escape(name.replace('_', ' '))}</td><td>{number(value)}</td></tr>"
        for name, value in profile.exposure.settings.items()
    )
    if not rows:
        return ""
    return (
        "<section><h2>What the main camera is set to</h2>"
        f"<table><tr><th>value</th><th></th></tr>{rows}</table></section>"
    )
