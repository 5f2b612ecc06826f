"""One picture, measured and judged, as a page that needs nothing else: ``kiosk check --report``."""

from __future__ import annotations

import base64
import html
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import cv2

from hardware.base import Pixels
from kiosk.guidance.landmarks import Landmarks
from kiosk.guidance.measured_drawing import STYLE, draw
from kiosk.guidance.model import Assessment, RuleResult, Verdict
from kiosk.guidance.quality import COMPONENTS
from kiosk.guidance.rules import Kind
from kiosk.standards import Standard

_LONGEST_PX = 1600
"""The picture is shown no larger; what was measured is drawn in its own pixels all the same."""
_JPEG_QUALITY = 88
_PAGE = """
:root{font:15px/1.45 system-ui,"Noto Sans CJK SC",sans-serif;color:#14202d;background:#f4f6f9}
body{margin:0 auto;max-width:1500px;padding:24px}h1{font-size:1.5rem;margin:.2em 0}
h2{font-size:1.1rem;margin:1.4em 0 .5em}
.top{display:grid;grid-template-columns:minmax(0,5fr) minmax(0,6fr);gap:24px;align-items:start}
.seen{position:sticky;top:12px}.figures{columns:3 260px;column-gap:24px;margin:0}
.figures div{display:flex;justify-content:space-between;border-bottom:1px solid #e3e9f0}
svg{width:100%;height:auto;border-radius:12px;background:#222}
table{border-collapse:collapse;width:100%;background:#fff;border-radius:12px;overflow:hidden}
th,td{text-align:left;padding:.38em .7em;border-bottom:1px solid #e3e9f0;vertical-align:top}
th{background:#e9eef4;font-weight:600}td.n{text-align:right;white-space:nowrap;font-variant-numeric:tabular-nums}
small{color:#5c6b7e;display:block}.chip{border-radius:99px;padding:.1em .7em;white-space:nowrap}
.pass{background:#ddf2e7;color:#0c5435}.hint{background:#fff0d9;color:#7a4200}
.fail{background:#fbe6e3;color:#8d1d14}.unknown{background:#e9eef4;color:#44546a}
.key{display:flex;flex-wrap:wrap;gap:.3em 1.2em;color:#44546a;font-size:.9rem}
.key i{display:inline-block;width:1.6em;border-top:3px solid;margin-right:.4em}
.key i{vertical-align:middle}
.scroll{overflow-x:auto}@media(max-width:800px){.top{grid-template-columns:1fr}}
@media print{body{max-width:none;padding:0}}
"""
_KEY = (
    ("#19e3ff", "eyes, shoulders"),
    ("#ff5a4d", "the head's left"),
    ("#41d66b", "its up"),
    ("#4d8bff", "its ahead"),
    ("#ffd84d", "measured; dashed: person"),
    ("#ff5ad1", "the standard"),
)
_SMALL = 0.0005
_ORDER = (Verdict.FAIL, Verdict.HINT, Verdict.UNKNOWN, Verdict.PASS)


@dataclass(frozen=True, slots=True, eq=False)
class Checked:
    """One picture that was checked.

    Attributes:
        name: the file's name.
        pixels: (H, W, 3) uint8 RGB.
        kind: what sort of picture it was judged as.
        landmarks: what was found in it.
        assessment: figures and verdicts.
    """

    name: str
    pixels: Pixels
    kind: Kind
    landmarks: Landmarks
    assessment: Assessment


def render(checked: Checked, standard: Standard, names: Mapping[str, tuple[str, str]]) -> str:
    """Return the page, HTML; it loads nothing from elsewhere.

    Args:
        checked: the picture.
        standard: it was judged by.
        names: rule to its name in (Chinese, English); a rule without one is shown by its key.
    """
    title = html.escape(checked.name)
    assessment = checked.assessment
    counts = {v: sum(r.verdict is v for r in assessment.rules.values()) for v in _ORDER}
    chips = " ".join(f'<span class="chip {v}">{v} {n}</span>' for v, n in counts.items() if n)
    height, width = checked.pixels.shape[:2]
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>{title}</title><style>{_PAGE}{STYLE}</style></head><body>"
        f"<h1>{title}</h1><p>{width} × {height} px, judged as: {checked.kind}; "
        f"standard: {html.escape(standard.name)}; faces: {assessment.faces}<br>{chips}</p>"
        f'<div class="top"><div class="seen">{_picture(checked, standard)}{_key()}</div>'
        f'<div class="scroll">{_rules(assessment, names)}</div></div>'
        f"<h2>Measurements</h2>{_figures(assessment)}</body></html>\n"
    )


def _picture(checked: Checked, standard: Standard) -> str:
    height, width = checked.pixels.shape[:2]
    shown, scale = checked.pixels, _LONGEST_PX / max(height, width)
    if scale < 1:
        size = max(1, round(width * scale)), max(1, round(height * scale))
        shown = cv2.resize(checked.pixels, size, interpolation=cv2.INTER_AREA)
    jpeg = cv2.imencode(
        ".jpg", cv2.cvtColor(shown, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, _JPEG_QUALITY]
    )[1]
    data = base64.b64encode(jpeg.tobytes()).decode()
    drawn = draw(checked.landmarks, checked.assessment.measurements, standard, checked.kind)
    return (
        f'<svg viewBox="0 0 {width} {height}" role="img" aria-label="the picture, measured">'
        f'<image width="{width}" height="{height}" href="data:image/jpeg;base64,{data}"/>'
        f"{drawn}</svg>"
    )


def _key() -> str:
    marks = "".join(f'<span><i style="border-color:{c}"></i>{words}</span>' for c, words in _KEY)
    return f'<p class="key">{marks}</p>'


def _figures(assessment: Assessment) -> str:
    rows = "".join(
        f"<div><dt>{html.escape(name)}</dt><dd>{_number(value)}</dd></div>"
        for name, value in assessment.measurements.items()
    )
    return f'<dl class="figures">{rows}</dl>'


def _rules(assessment: Assessment, names: Mapping[str, tuple[str, str]]) -> str:
    heads = "rule", "verdict", "value", "limit", "ISO/IEC 29794-5"
    head = "".join(f"<th>{words}</th>" for words in heads)
    return f"<table><tr>{head}</tr>{''.join(_rows(assessment, names))}</table>"


def _rows(assessment: Assessment, names: Mapping[str, tuple[str, str]]) -> Iterator[str]:
    """Yield the rules, those to look at first, else in order of importance."""
    for result in sorted(assessment.rules.values(), key=lambda r: _ORDER.index(r.verdict)):
        yield _row(result, names.get(result.rule))


def _row(result: RuleResult, name: tuple[str, str] | None) -> str:
    said = f"<small>{html.escape(' · '.join(name))}</small>" if name else ""
    hint = f"<small>{html.escape(result.hint)}</small>" if result.hint else ""
    return (
        f"<tr><td>{html.escape(result.rule)}{said}</td>"
        f'<td><span class="chip {result.verdict}">{result.verdict}</span>{hint}</td>'
        f'<td class="n">{_number(result.value)}</td><td class="n">{_number(result.limit)}</td>'
        f"<td>{COMPONENTS.get(result.rule) or '–'}</td></tr>"
    )


def _number(value: float | None) -> str:
    if value is None:
        return "–"
    return f"{value:.4g}" if value == 0 or abs(value) >= _SMALL else f"{value:.1e}"
