"""`kiosk check`: measure pictures and judge them by the rules of guidance."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

if TYPE_CHECKING:
    from kiosk.guidance.measured_page import Checked
    from kiosk.guidance.model import Assessment
    from kiosk.guidance.rules import Kind
    from kiosk.settings.guidance import GuidanceSettings
    from kiosk.standards import Standard

_DIGITS = 4
"""Figures are rounded to so many decimals; what is behind them is noise."""
_COLOURS = {"pass": "green", "hint": "yellow", "fail": "red", "unknown": "dim"}


def check(
    images: Annotated[list[Path], typer.Argument(help="Pictures: JPEG, PNG, WebP …")],
    *,
    as_json: Annotated[
        bool, typer.Option("--json", help="One JSON line a picture on standard output.")
    ] = False,
    no_frame: Annotated[
        bool,
        typer.Option(
            "--no-frame",
            help="The pictures are no booth frames: leave the rules of composition unknown.",
        ),
    ] = False,
    report: Annotated[
        Path | None,
        typer.Option(
            "--report",
            help="Write a page: the one picture with what was measured drawn on it, rule by rule.",
            dir_okay=False,
        ),
    ] = None,
    language: Annotated[
        Literal["zh", "en"] | None,
        typer.Option(help="What the page speaks. Default: screen.language."),
    ] = None,
    standard: Annotated[
        str | None,
        typer.Option(help="Name of a photo standard, or its TOML. Default: portrait.standard."),
    ] = None,
    config: Annotated[
        Path | None, typer.Option("--config", help="The booth's settings file.", dir_okay=False)
    ] = None,
) -> None:
    """Measure pictures and judge them by the rules the booth coaches by.

    A picture of exactly the standard's size is judged as a finished photo, any other as a frame
    of the booth's camera, or, with --no-frame, as neither. Exit code 1 when a picture could not
    be read; what the rules say does not change it.
    """
    from kiosk.settings import SettingsError, load
    from kiosk.standards import StandardError
    from kiosk.standards import load as load_standard

    try:
        settings = load(config)
        rules = load_standard(standard or settings.portrait.standard)
    except (SettingsError, StandardError) as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(2) from error
    if report is not None and len(images) != 1:
        typer.echo("--report is about one picture: name exactly one.", err=True)
        raise typer.Exit(2)
    how = _How(
        as_json=as_json, no_frame=no_frame, report=report,
        language=language or settings.screen.language,
    )  # fmt: skip
    if not _check_all(images, settings.guidance, rules, how):
        raise typer.Exit(1)


@dataclass(frozen=True, slots=True)
class _How:
    """As the options say."""

    as_json: bool
    no_frame: bool
    report: Path | None
    language: Literal["zh", "en"]


def _check_all(
    images: list[Path],
    settings: GuidanceSettings,
    standard: Standard,
    how: _How,
) -> bool:
    """Check the pictures one by one; return whether all could be read."""
    from kiosk.cli.pictures import UnreadablePicture, read_pixels
    from kiosk.guidance.assess import Assessor
    from kiosk.guidance.landmarks import LandmarkFinder
    from kiosk.guidance.measured_page import Checked

    all_read = True
    finder = LandmarkFinder(settings, live=False)
    with Assessor(standard, settings, live=False, finder=finder) as assessor:
        for image in images:
            try:
                pixels = read_pixels(image)
            except UnreadablePicture as error:
                all_read = False
                if how.as_json:
                    _print_line({"file": str(image), "error": str(error)})
                typer.echo(f"{image}: {error}.", err=True)
                continue
            kind: Kind = "picture" if how.no_frame else "live"
            size = standard.file.height_px, standard.file.width_px
            if not how.no_frame and pixels.shape[:2] == size:
                kind = "photo"
            assessment = assessor.assess(pixels, kind=kind)
            if how.report is not None:
                found = finder.find(pixels)
                checked = Checked(image.name, pixels, kind, found, assessment)
                _write_page(how.report, checked, standard, how.language)
            if how.as_json:
                _print_line(_as_line(image, assessment))
            else:
                _print_table(image, kind, assessment)
    return all_read


def _write_page(
    out: Path, checked: Checked, standard: Standard, language: Literal["zh", "en"]
) -> None:
    """Write the page.

    Raises:
        typer.Exit: it cannot be written.
    """
    from kiosk.guidance.hints import HINTS
    from kiosk.guidance.measured_page import render
    from kiosk.guidance.measured_words import PageWords
    from kiosk.portrait.report_page import words
    from kiosk.screens.translations import tr

    at = 0 if language == "zh" else 1
    said = PageWords(
        language,
        {rule: names[at] for rule, names in words()["rules"].items()},
        {hint: tr(language, f"hints.{hint}") for hint in HINTS},
    )
    try:
        out.write_text(render(checked, standard, said), encoding="utf-8")
    except OSError as error:
        typer.echo(f"{out}: cannot be written: {error.strerror or error}.", err=True)
        raise typer.Exit(2) from error


def _print_line(line: dict[str, object]) -> None:
    typer.echo(json.dumps(line, ensure_ascii=False))


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, _DIGITS)


def _as_line(image: Path, assessment: Assessment) -> dict[str, object]:
    return {
        "file": str(image),
        "faces": assessment.faces,
        "measurements": {name: _rounded(v) for name, v in assessment.measurements.items()},
        "rules": {
            name: {
                "verdict": str(result.verdict),
                "value": _rounded(result.value),
                "limit": _rounded(result.limit),
            }
            for name, result in assessment.rules.items()
        },
    }


def _print_table(image: Path, kind: str, assessment: Assessment) -> None:
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    table = Table(title=f"{escape(str(image))} ({kind}), faces: {assessment.faces}")
    for heading in ("rule", "verdict", "value", "limit", "hint"):
        numeric = heading in ("value", "limit")
        table.add_column(heading, justify="right" if numeric else "left")
    for name, result in assessment.rules.items():
        table.add_row(
            name,
            f"[{_COLOURS[result.verdict]}]{result.verdict}[/]",
            "" if result.value is None else f"{result.value:.3f}",
            "" if result.limit is None else f"{result.limit:.3f}",
            result.hint or "",
        )
    figures = Table(title="measurements")
    figures.add_column("name")
    figures.add_column("figure", justify="right")
    for name, value in assessment.measurements.items():
        figures.add_row(name, "" if value is None else f"{value:.3f}")
    console = Console()
    console.print(table, figures)
