"""One picture, measured and judged, as a page that needs nothing else: ``kiosk check --report``."""

from __future__ import annotations

import base64
import html
from collections.abc import Iterator
from dataclasses import dataclass

import cv2

from hardware.base import Pixels
from kiosk.guidance.landmarks import Landmarks
from kiosk.guidance.measured_drawing import STYLE, draw
from kiosk.guidance.measured_words import PageWords
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
th{background:#e9eef4;font-weight:600}th[scope=row]{background:none;font-weight:400;min-width:10em}
ul{margin:0;padding-left:1.2em}li{margin:.25em 0}li.fail,li.hint{list-style:none;margin-left:-1.2em}
li.fail,li.hint{padding:.4em .8em;border-radius:8px}li b{font-weight:600}.narrow{columns:2 200px}
.figures dd{white-space:nowrap;margin-left:.8em}
td.n{text-align:right;white-space:nowrap;font-variant-numeric:tabular-nums}
small{color:#5c6b7e;display:block}.chip{border-radius:99px;padding:.1em .7em;white-space:nowrap}
.pass{background:#ddf2e7;color:#0c5435}.hint{background:#fff0d9;color:#7a4200}
.fail{background:#fbe6e3;color:#8d1d14}.unknown{background:#e9eef4;color:#44546a}
.key{display:flex;flex-wrap:wrap;gap:.3em 1.2em;color:#44546a;font-size:.9rem}
.key i{display:inline-block;width:1.6em;border-top:3px solid;margin-right:.4em}
.key i{vertical-align:middle}
.scroll{overflow-x:auto}@media(max-width:800px){.top{grid-template-columns:minmax(0,1fr)}.seen{position:static}
body{padding:14px}}
@page{margin:15mm}@media print{:root{background:#fff;font-size:12px}body{max-width:none;padding:0}
.seen{position:static}.scroll{overflow:visible}tr,li{break-inside:avoid}}
"""
_KEY = (
    ("#19e3ff", "eyes"),
    ("#ff5a4d", "left"),
    ("#41d66b", "up"),
    ("#4d8bff", "ahead"),
    ("#ffd84d", "measured"),
    ("#ff5ad1", "standard"),
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


def render(checked: Checked, standard: Standard, words: PageWords) -> str:
    """Return the page, HTML; it loads nothing from elsewhere.

    Args:
        checked: the picture.
        standard: it was judged by.
        words: in the reader's language.
    """
    title = html.escape(checked.name)
    assessment, say = checked.assessment, words.say
    counts = {v: sum(r.verdict is v for r in assessment.rules.values()) for v in _ORDER}
    chips = " ".join(
        f'<span class="chip {v}">{say("verdicts", v)} {n}</span>' for v, n in counts.items() if n
    )
    height, width = checked.pixels.shape[:2]
    lead = say("page", "lead").format(
        width=width, height=height, kind=say("page", f"kind_{checked.kind}"),
        standard=html.escape(standard.name), faces=assessment.faces,
    )  # fmt: skip
    language = {"zh": "zh-CN"}.get(words.language, words.language)
    return (
        f'<!doctype html>\n<html lang="{language}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>{title}</title><style>{_PAGE}{STYLE}</style></head><body><main>"
        f"<h1>{title}</h1><p>{lead}<br>{chips}</p>"
        f'<div class="top"><div class="seen">{_picture(checked, standard, words)}{_key(words)}'
        f"</div><div>{_to_do(assessment, words)}{_to_look_at(assessment, words)}"
        f"<h2>{say('page', 'rules')}</h2>"
        f'<div class="scroll" tabindex="0" role="region" aria-label="{say("page", "rules")}">'
        f"{_rules(assessment, words)}</div></div></div>"
        f"<h2>{say('page', 'measurements')}</h2>{_figures(assessment, words)}"
        "</main></body></html>\n"
    )


def _picture(checked: Checked, standard: Standard, words: PageWords) -> str:
    height, width = checked.pixels.shape[:2]
    shown, scale = checked.pixels, _LONGEST_PX / max(height, width)
    if scale < 1:
        size = max(1, round(width * scale)), max(1, round(height * scale))
        shown = cv2.resize(checked.pixels, size, interpolation=cv2.INTER_AREA)
    jpeg = cv2.imencode(
        ".jpg", cv2.cvtColor(shown, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, _JPEG_QUALITY]
    )[1]
    data = base64.b64encode(jpeg.tobytes()).decode()
    measured = checked.assessment.measurements
    drawn = draw(checked.landmarks, measured, standard, checked.kind, words)
    said = words.say("page", "picture")
    return (
        f'<svg viewBox="0 0 {width} {height}" role="img" aria-label="{said}">'
        f'<image width="{width}" height="{height}" href="data:image/jpeg;base64,{data}"/>'
        f"{drawn}</svg>"
    )


def _key(words: PageWords) -> str:
    marks = "".join(
        f'<span><i style="border-color:{colour}"></i>{words.say("marks", key)}</span>'
        for colour, key in _KEY
    )
    return f'<p class="key">{marks}</p>'


def _to_do(assessment: Assessment, words: PageWords) -> str:
    """Return what the sitter or the light has to change, in the coach's own sentences."""
    rules = assessment.rules.values()
    wrong = [r for v in (Verdict.FAIL, Verdict.HINT) for r in rules if r.verdict is v]
    items = "".join(
        f'<li class="{r.verdict}"><b>{html.escape(words.rule(r.rule))}</b>{_hint(r, words)}</li>'
        for r in wrong
    )
    nothing = f"<p>{words.say('page', 'nothing_to_do')}</p>"
    return f"<h2>{words.say('page', 'to_do')}</h2>" + (f"<ul>{items}</ul>" if items else nothing)


def _to_look_at(assessment: Assessment, words: PageWords) -> str:
    names = [
        html.escape(words.rule(r.rule))
        for r in assessment.rules.values()
        if r.verdict is Verdict.UNKNOWN
    ]
    if not names:
        return ""
    items = "".join(f"<li>{name}</li>" for name in names)
    return (
        f"<h2>{words.say('page', 'to_look_at')}</h2><p>{words.say('page', 'to_look_at_why')}</p>"
        f'<ul class="narrow">{items}</ul>'
    )


def _hint(result: RuleResult, words: PageWords) -> str:
    said = words.hints.get(result.hint or "")
    return f"<small>{html.escape(said)}</small>" if said else ""


def _figures(assessment: Assessment, words: PageWords) -> str:
    rows = ""
    for name, value in assessment.measurements.items():
        said, unit = words.figure(name)
        rows += f"<div><dt>{html.escape(said)}</dt><dd>{_figure(value, unit)}</dd></div>"
    return f'<dl class="figures">{rows}</dl>'


def _rules(assessment: Assessment, words: PageWords) -> str:
    heads = "rule", "verdict", "value", "limit", "component"
    head = "".join(f'<th scope="col">{words.say("page", key)}</th>' for key in heads)
    return f"<table><tr>{head}</tr>{''.join(_rows(assessment, words))}</table>"


def _rows(assessment: Assessment, words: PageWords) -> Iterator[str]:
    """Yield the rules, those to look at first, else in order of importance."""
    for result in sorted(assessment.rules.values(), key=lambda r: _ORDER.index(r.verdict)):
        verdict = words.say("verdicts", result.verdict)
        yield (
            f'<tr><th scope="row">{html.escape(words.rule(result.rule))}</th>'
            f'<td><span class="chip {result.verdict}">{verdict}</span></td>'
            f'<td class="n">{_number(result.value)}</td><td class="n">{_number(result.limit)}</td>'
            f"<td>{COMPONENTS.get(result.rule) or '–'}</td></tr>"
        )


def _figure(value: float | None, unit: str) -> str:
    if value is None:
        return "–"
    if unit == "%":
        return f"{100 * value:.3g} %"
    return f"{_number(value)} {unit}".replace(" °", "°").strip()


def _number(value: float | None) -> str:
    if value is None:
        return "–"
    return f"{value:.4g}" if value == 0 or abs(value) >= _SMALL else f"{value:.1e}"
