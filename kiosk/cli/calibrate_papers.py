"""`kiosk calibrate report` and `kiosk calibrate cards`: what calibration puts on paper."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def report(
    *,
    out: Annotated[
        Path,
        typer.Option(
            help="The page to write; - for standard output.", dir_okay=False, allow_dash=True
        ),
    ] = Path("calibration.html"),
    profile: Annotated[
        Path | None,
        typer.Option(help="A profile, or a folder of them. Default: the booth's own."),
    ] = None,
    config: Annotated[
        Path | None, typer.Option("--config", help="The booth's settings file.", dir_okay=False)
    ] = None,
) -> None:
    """Write one HTML page on the booth's calibration, with the trend over past profiles.

    Exit codes: 0 written, 1 written, but the booth may not shoot with this profile, 2 not written.
    """
    from calibration import profile as profiles
    from calibration.errors import CalibrationError
    from calibration.report import report_page
    from calibration.validity import read
    from kiosk.booth.paths import BoothPaths
    from kiosk.settings import SettingsError, load

    try:
        settings = load(config)
        path = profile or BoothPaths.of(settings, config).profile
        known = read(
            path,
            max_age_days=settings.booth.profile_max_age_days,
            required=settings.calibration.required_steps,
        )
        problem = known.problem.message if known.problem else None
        if known.profile is None or path is None:
            typer.echo(problem, err=True)
            raise typer.Exit(2)
        folder = path if path.is_dir() else path.parent
        past = [*profiles.every(folder), *profiles.every(folder / "profiles")]
        past.sort(key=lambda one: one.created_at)
        page = report_page(known.profile, past, problem)
        if out == Path("-"):
            typer.echo(page)
        else:
            out.write_text(page, encoding="utf-8")
    except (SettingsError, CalibrationError) as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(2) from error
    except OSError as error:
        typer.echo(f"{out}: cannot be written: {error.strerror or error}.", err=True)
        raise typer.Exit(2) from error
    if out != Path("-"):
        typer.echo(str(out))
    if problem is not None:
        typer.echo(problem, err=True)
        raise typer.Exit(1)


def cards(
    *,
    out: Annotated[Path, typer.Option(help="Folder for the files.", file_okay=False)],
    config: Annotated[
        Path | None, typer.Option("--config", help="The booth's settings file.", dir_okay=False)
    ] = None,
) -> None:
    """Write the cards to print as PDF: the board, the slanted edge, the code card."""
    import numpy as np
    import segno
    from PIL import Image

    from calibration.board import Board
    from calibration.printables import DOTS_PER_INCH, printables
    from calibration.second_camera import TEST_TEXT
    from kiosk.settings import SettingsError, load

    try:
        section = load(config).calibration
    except SettingsError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(2) from error
    code = segno.make(TEST_TEXT, error="m", micro=False)
    modules = np.array([[0 if dark else 255 for dark in row] for row in code.matrix], np.uint8)
    board = Board(section.board_columns, section.board_rows, section.board_square_mm)
    try:
        out.mkdir(parents=True, exist_ok=True)
        for sheet in printables(board, modules):
            path = out / f"{sheet.name}.pdf"
            Image.fromarray(sheet.pixels).save(path, resolution=DOTS_PER_INCH)
            typer.echo(str(path))
            typer.echo(f"  {sheet.words}", err=True)
    except OSError as error:
        typer.echo(f"{out}: cannot be written: {error.strerror or error}.", err=True)
        raise typer.Exit(2) from error
