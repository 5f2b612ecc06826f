"""The report as one HTML page for student and reviewer: what was measured, against what is allowed.

The page stands for itself: no script, nothing fetched, the photo inside it. Whatever comes from the
report is escaped, and what is missing is shown as missing, since a report may come from elsewhere.
"""

from __future__ import annotations

import base64
import functools
import hashlib
import html
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib import resources
from typing import Any

from kiosk.standards import GeometryRules, Standard, StandardError

_SECTIONS = ("remarks", "rules", "verdicts", "methods", "signatures", "page")
_POSE = (
    ("roll", "roll_deg", "roll"),
    ("yaw", "yaw_deg", "yaw"),
    ("pitch", "pitch_deg", "pitch"),
    ("shoulders", "shoulder_tilt_deg", "shoulders"),
)
"""Row, name of the measurement, prefix of its limits in the standard."""
_NONE = "–"

_STYLE = """
body{font:15px/1.5 system-ui,"Noto Sans SC",sans-serif;max-width:60rem;margin:2rem auto;
padding:0 1rem;color:#1c2430;background:#fff}
h1{font-size:1.5rem}h2{font-size:1.1rem;margin-top:2rem}small{color:#5b6675;display:block}
.verdict{padding:.8rem 1rem;border-radius:.4rem;font-weight:600;font-size:1.2rem}
.pass{background:#e2f4e7;color:#135f2c}.fail{background:#fbe3e1;color:#8f1d14}
.near,.hint,.unknown{background:#fff3d6;color:#6b4a00}
.top{display:flex;gap:2rem;flex-wrap:wrap}.photo{position:relative;width:360px;height:480px}
.photo img,.photo svg{position:absolute;inset:0;width:100%;height:100%}
table{border-collapse:collapse;width:100%}td,th{padding:.35rem .6rem;text-align:left;
border-bottom:1px solid #dde2e8;vertical-align:top}code{word-break:break-all;font-size:.85em}
td.pass,td.fail,td.near,td.hint,td.unknown{white-space:nowrap}
@media print{body{margin:0}}
"""


@dataclass(frozen=True, slots=True)
class _Row:
    """One figure: what it is, what is allowed, what was measured, how it stands."""

    name: str
    allowed: str
    measured: str
    verdict: str
    section: str = "page"


@functools.cache
def words() -> dict[str, dict[str, tuple[str, str]]]:
    """Return the page's words: section, key, (Chinese, English)."""
    text = resources.files("kiosk.portrait").joinpath("words.toml").read_text(encoding="utf-8")
    found = tomllib.loads(text)
    return {name: {k: (v[0], v[1]) for k, v in found[name].items()} for name in _SECTIONS}


def render(
    report: Mapping[str, Any],
    standard: Standard,
    *,
    photo: bytes | None = None,
    signature: str | None = None,
) -> str:
    """Return the page.

    Args:
        report: as `Report.as_dict` gives it, or read again from JSON.
        standard: the photo's standard, for what is allowed.
        photo: the JPEG, to be shown.
        signature: what its signature is worth, by the names of `kiosk.central.signature`; None
            when nobody looked.
    """
    conforms = report.get("conforms") is True
    wrong = photo is not None and not is_about(report, photo)
    conforms = conforms and not wrong and signature not in ("invalid", "unknown_key")
    verdict = ("pass", "conforms") if conforms else ("fail", "fails")
    body = [f"<h1>{_say('page', 'title')}</h1>"]
    body.append(f'<p class="verdict {verdict[0]}">{_say("page", verdict[1])}</p>')
    if wrong:
        body.append(f'<p class="verdict fail">{_say("page", "other_photo")}</p>')
    body += ['<div class="top">', _picture(photo, report, standard), "<div>"]
    body += [f"<h2>{_say('page', 'remarks')}</h2>", _remarks(report), "</div></div>"]
    body += [f"<h2>{_say('page', 'figures')}</h2>", _table(_figures(report, standard))]
    body += [f"<h2>{_say('page', 'person')}</h2>", _table(_rules(report))]
    body += [f"<h2>{_say('page', 'origin')}</h2>", _origin(report, signature)]
    return (
        '<!doctype html>\n<html lang="zh"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width">'
        f"<title>{_plain('page', 'title')}</title><style>{_STYLE}</style></head><body>\n"
        + "\n".join(body)
        + "\n</body></html>\n"
    )


def is_about(report: Mapping[str, Any], photo: bytes) -> bool:
    """Return whether the report is about this very file."""
    return bool(hashlib.sha256(photo).hexdigest() == _dig(report, "file", "sha256"))


def _remarks(report: Mapping[str, Any]) -> str:
    lines = []
    for remark in _items(report.get("remarks")):
        key = str(remark.get("key"))
        name = _say("rules", key.removeprefix("rule_")) if key.startswith("rule_") else (
            _say("remarks", key)
        )  # fmt: skip
        serious = remark.get("serious") is True
        figure = ""
        if remark.get("value") is not None and remark.get("limit") is not None:
            figure = f": {_number(remark['value'])} "
            figure += f"({_plain('page', 'limit')} {_number(remark['limit'])}"
            if remark.get("by") is not None:
                figure += f", {_plain('page', 'by')} {_number(remark['by'])}"
            figure += ")"
        kind = _plain("page", "serious" if serious else "note")
        lines.append(
            f'<li><span class="{"fail" if serious else "hint"}">{kind}</span> {name}{figure}</li>'
        )
    return f"<ul>{''.join(lines)}</ul>" if lines else f"<p>{_say('page', 'nothing')}</p>"


def _figures(report: Mapping[str, Any], standard: Standard) -> Iterator[_Row]:
    rules, file = standard.file, report.get("file")
    size = (_dig(file, "width_px"), _dig(file, "height_px"))
    yield _Row("size", f"{rules.width_px} × {rules.height_px}",
               " × ".join(_number(v) for v in size),
               _holds(size == (rules.width_px, rules.height_px)))  # fmt: skip
    dpi = _dig(file, "dpi")
    yield _Row("dpi", f"{rules.dpi}", _number(dpi), _within(dpi, rules.dpi - 0.5, rules.dpi + 0.5))
    low = _dig(file, "min_bytes") or rules.min_bytes
    high = _dig(file, "max_bytes") or rules.max_bytes
    count = _dig(file, "bytes")
    yield _Row("bytes", f"{low} – {high}", _number(count), _within(count, low, high))
    quality = _dig(file, "quality")
    yield _Row("quality", f"≥ {rules.min_quality}", _number(quality),
               _within(quality, rules.min_quality, 100))  # fmt: skip
    yield _Row("chroma", _NONE, html.escape(str(_dig(file, "chroma") or _NONE)), "")
    ground = report.get("background")
    colour, name = _dig(ground, "colour"), _dig(ground, "name")
    try:
        official = standard.background.colour(name) if isinstance(name, str) else None
    except StandardError:
        official = None
    yield _Row("background", str(official or _NONE), html.escape(str(tuple(colour or ()))),
               _holds(official is not None and tuple(colour or ()) == tuple(official)))  # fmt: skip
    off, most = _dig(ground, "deviation"), standard.background.max_deviation
    yield _Row("deviation", f"≤ {most}", _number(off), _within(off, 0, most))
    yield from _geometry(report.get("geometry"), standard.geometry)
    for row, measurement, limit in _POSE:
        most = getattr(standard.pose, f"{limit}_fail_deg")
        value = _dig(report.get("measurements"), measurement)
        size_of = abs(value) if isinstance(value, int | float) else None
        yield _Row(row, f"± {most:g}", _number(value), _within(size_of, 0, most))


def _geometry(found: Any, rules: GeometryRules) -> Iterator[_Row]:
    for row, key, low, high in (
        ("crown", "crown_px", rules.crown_min_px, rules.crown_max_px),
        ("eyes", "eyes_px", rules.eyes_min_px, rules.eyes_max_px),
        ("face_width", "face_width_px", rules.face_width_min_px, rules.face_width_max_px),
        ("centre", "centre_offset_px", -rules.centre_tolerance_px, rules.centre_tolerance_px),
    ):
        value = _dig(found, key)
        verdict = _within(value, low, high, rules.warn_px)
        yield _Row(row, f"{low:g} – {high:g}", _number(value), verdict)


def _rules(report: Mapping[str, Any]) -> Iterator[_Row]:
    rules = report.get("rules")
    for name, result in rules.items() if isinstance(rules, Mapping) else ():
        verdict = str(_dig(result, "verdict"))
        known = verdict if verdict in words()["verdicts"] else "unknown"
        limit, value = _number(_dig(result, "limit")), _number(_dig(result, "value"))
        yield _Row(str(name), limit, value, known, "rules")


def _table(rows: Iterator[_Row]) -> str:
    head = "".join(
        f"<th>{_say('page', key)}</th>" for key in ("item", "allowed", "measured", "verdict")
    )
    lines = [f"<tr>{head}</tr>"]
    for row in rows:
        verdict = _say("verdicts", row.verdict) if row.verdict else ""
        lines.append(
            f"<tr><td>{_say(row.section, row.name)}</td><td>{row.allowed}</td>"
            f'<td>{row.measured}</td><td class="{row.verdict}">{verdict}</td></tr>'
        )
    return f"<table>{''.join(lines)}</table>"


def _origin(report: Mapping[str, Any], signature: str | None) -> str:
    source, matte = report.get("provenance"), report.get("matte")
    method = _dig(matte, "method")
    unsure = _dig(matte, "unsure")
    corrected = _dig(source, "colour_corrected") is True
    lines = [
        ("booth", _text(_dig(source, "booth"))),
        ("profile", _text(_dig(source, "profile"))),
        ("colour", _say("page", "yes" if corrected else "no")),
        ("standard", _text(_dig(source, "standard"))),
        ("software", _text(_dig(source, "software"))),
        ("matte", _say("methods", method) if isinstance(method, str) else _NONE),
        ("unsure", f"{unsure:.0%}" if isinstance(unsure, int | float) else _NONE),
        ("photo_hash", f"<code>{_text(_dig(report.get('file'), 'sha256'))}</code>"),
        ("original_hash", f"<code>{_text(_dig(source, 'original_sha256'))}</code>"),
    ]
    if signature is not None:
        key = _text(_dig(report.get("signature"), "key"))
        lines.append(("signature", f"{_say('signatures', signature)}<code>{key}</code>"))
    rows = "".join(f"<tr><td>{_say('page', k)}</td><td>{v}</td></tr>" for k, v in lines)
    return f"<table>{rows}</table>"


def _picture(photo: bytes | None, report: Mapping[str, Any], standard: Standard) -> str:
    """Return the photo with the ranges of crown and eyes, and where they were measured."""
    if photo is None:
        return ""
    rules, file, found = standard.geometry, standard.file, report.get("geometry")
    marks = []
    for low, high, key in (
        (rules.crown_min_px, rules.crown_max_px, "crown_px"),
        (rules.eyes_min_px, rules.eyes_max_px, "eyes_px"),
    ):
        marks.append(
            f'<rect x="0" y="{low:g}" width="14" height="{high - low:g}" '
            'fill="#135f2c" fill-opacity=".55"/>'
        )
        value = _dig(found, key)
        if isinstance(value, int | float):
            marks.append(
                f'<path d="M0 {value:g}H{file.width_px}" stroke="#135f2c" stroke-dasharray="6 5"/>'
            )
    data = base64.b64encode(photo).decode()
    return (
        f'<div class="photo"><img alt="" src="data:image/jpeg;base64,{data}">'
        f'<svg viewBox="0 0 {file.width_px} {file.height_px}">{"".join(marks)}</svg></div>'
    )


def _within(value: Any, low: float, high: float, warn: float = 0.0) -> str:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return "unknown"
    if not low <= value <= high:
        return "fail"
    return "near" if min(value - low, high - value) < warn else "pass"


def _holds(right: bool) -> str:  # noqa: FBT001 - a yes or no, named
    return "pass" if right else "fail"


def _say(section: str, key: str) -> str:
    """Return the words in both languages, the key itself where there are none."""
    pair = words()[section].get(key)
    if pair is None:
        return html.escape(key)
    return f"{html.escape(pair[0])}<small>{html.escape(pair[1])}</small>"


def _plain(section: str, key: str) -> str:
    pair = words()[section][key]
    return html.escape(f"{pair[0]} {pair[1]}")


def _text(value: Any) -> str:
    return html.escape(str(value)) if value is not None else _NONE


def _number(value: Any) -> str:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return _NONE
    return f"{value:.4g}" if abs(value) < 1000 else f"{value:.0f}"  # noqa: PLR2004 - digits that count


def _items(value: Any) -> list[Mapping[str, Any]]:
    found = value if isinstance(value, list | tuple) else []
    return [item for item in found if isinstance(item, Mapping)]


def _dig(value: Any, *path: str) -> Any:
    for key in path:
        if not isinstance(value, Mapping):
            return None
        value = value.get(key)
    return value
