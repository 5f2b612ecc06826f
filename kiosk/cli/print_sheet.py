"""`kiosk print`: a sheet of ID photos, to a printer or a file."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

if TYPE_CHECKING:
    from hardware.base import Pixels
    from kiosk.portrait.print_sizes import Paper
    from kiosk.settings import PrinterSettings, Settings

_SIZES = "one-inch, large-one-inch, small-two-inch, two-inch or large-two-inch"
_TITLE = "ID photos"
"""The job's name in the queue; who is on the photo stays out of it."""


def print_sheet(
    photo: Annotated[Path, typer.Argument(help="A finished photo.", dir_okay=False)],
    *,
    sizes: Annotated[
        list[str] | None,
        typer.Option("--size", help=f"{_SIZES}; several share the sheet. Default: one-inch."),
    ] = None,
    paper: Annotated[
        str | None, typer.Option("--paper", help="6in or a4. Default: printer.paper.")
    ] = None,
    copies: Annotated[
        int | None,
        typer.Option("--copies", min=1, help="So many of each size. Default: a full sheet."),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", help="Write a PDF, PNG or JPEG instead of printing.", dir_okay=False),
    ] = None,
    printer: Annotated[
        str | None, typer.Option("--printer", help="CUPS queue. Default: printer.queue.")
    ] = None,
    config: Annotated[
        Path | None, typer.Option("--config", help="The booth's settings file.", dir_okay=False)
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="One JSON line on standard output.")
    ] = False,
) -> None:
    """Make a sheet of ID photos with cut marks, 300 dpi, and print it or write it to a file.

    Exit code 1 when the printer cannot print now; 2 when the call, the photo or the settings are
    wrong.
    """
    from kiosk.cli.pictures import UnreadablePicture, read_pixels
    from kiosk.portrait.print_errors import PrintSheetError
    from kiosk.portrait.print_sheet import FORMATS, encode_sheet, make_sheet, upright
    from kiosk.portrait.print_sizes import paper as paper_named
    from kiosk.portrait.print_sizes import photo_size

    settings = _settings(config)
    names = sizes or ["one-inch"]
    if out is not None and out.suffix.lower() not in FORMATS:
        _wrong(f"{out}: write one of {', '.join(FORMATS)}.")
    if out is not None and printer is not None:
        _wrong("Give --out or --printer, not both.")
    if out is None and printer is None and settings.printer.driver == "none":
        _wrong("Say where to: --out FILE or --printer QUEUE, or set printer.driver to 'cups'.")
    try:
        pixels = read_pixels(photo)
    except UnreadablePicture as error:
        _wrong(f"{photo}: {error}.")
    try:
        chosen = paper_named(paper or settings.printer.paper)
        sheet = make_sheet(pixels, chosen, [photo_size(name) for name in names], copies)
    except PrintSheetError as error:
        _wrong(str(error))
    if out is not None:
        _write(out, encode_sheet(sheet, FORMATS[out.suffix.lower()]))
        line = {"file": str(out)}
    else:
        data = encode_sheet(upright(sheet), "application/pdf")
        line = {"job": _print(data, settings.printer, printer, chosen)}
    _say(line, sheet, as_json=as_json)


def _print(data: bytes, settings: PrinterSettings, queue: str | None, paper: Paper) -> str:
    from hardware.cups_ipp import PrintService
    from hardware.errors import HardwareError
    from hardware.printer import CupsPrinter

    service = PrintService(settings.server, deadline_s=settings.answer_s)
    try:
        with CupsPrinter(queue or settings.queue, service) as printer:
            return printer.print_file(data, "application/pdf", _TITLE, paper.media)
    except HardwareError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from error


def _write(path: Path, data: bytes) -> None:
    """Write a file as a whole or not at all."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as file:
            try:
                file.write(data)
                file.close()
                Path(file.name).chmod(0o644)
                Path(file.name).replace(path)
            except OSError:
                Path(file.name).unlink(missing_ok=True)
                raise
    except OSError as error:
        _wrong(f"{path}: cannot be written: {error.strerror or error}.")


def _say(line: dict[str, str], sheet: Pixels, *, as_json: bool) -> None:
    height, width = sheet.shape[:2]
    if as_json:
        typer.echo(json.dumps({**line, "width_px": width, "height_px": height}, ensure_ascii=False))
    else:
        typer.echo(next(iter(line.values())))


def _settings(config: Path | None) -> Settings:
    from kiosk.settings import SettingsError, load

    try:
        return load(config)
    except SettingsError as error:
        _wrong(str(error))


def _wrong(message: str) -> NoReturn:
    typer.echo(message, err=True)
    raise typer.Exit(2)
