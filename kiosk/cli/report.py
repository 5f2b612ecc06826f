"""`kiosk report`: a photo's report as a page, its signature checked."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer


def report(
    file: Annotated[Path, typer.Argument(help="A report as JSON.", dir_okay=False)],
    *,
    out: Annotated[Path, typer.Option("--out", help="The page, HTML.", dir_okay=False)],
    photo: Annotated[
        Path | None, typer.Option(help="The photo it is about, to be shown.", dir_okay=False)
    ] = None,
    public_key: Annotated[
        str | None,
        typer.Option(help="The booth's public key, base64, to check whose report it is."),
    ] = None,
    standard: Annotated[
        str | None,
        typer.Option(help="Name of a photo standard, or its TOML. Default: the report's own."),
    ] = None,
) -> None:
    """Show a photo's report as a page for student and reviewer.

    Exit code 0 when the photo conforms and the signature, where there is one, holds; 1 when not,
    the page is written all the same; 2 for a wrong call.
    """
    from kiosk.central.signature import Verified, verify
    from kiosk.portrait.report_page import is_about, render
    from kiosk.standards import StandardError, load

    told = _read(file)
    source = told.get("provenance")
    own = source.get("standard") if isinstance(source, dict) else None
    try:
        rules = load(standard or (own if isinstance(own, str) else "chsi"))
        data = None if photo is None else photo.read_bytes()
        verified = verify(told, public_key)
        out.write_text(render(told, rules, photo=data, signature=verified.value), encoding="utf-8")
    except StandardError as error:
        _wrong(str(error))
    except OSError as error:
        _wrong(f"{error.filename}: {error.strerror or error}.")
    typer.echo(str(out))
    typer.echo(f"signature: {verified.value.replace('_', ' ')}", err=True)
    whole = verified in (Verified.VALID, Verified.UNSIGNED)
    if data is not None and not is_about(told, data):
        typer.echo(f"{photo}: is not the photo this report is about.", err=True)
        whole = False
    if told.get("conforms") is not True or not whole:
        raise typer.Exit(1)


def _read(file: Path) -> dict[str, Any]:
    try:
        told = json.loads(file.read_bytes())
    except OSError as error:
        _wrong(f"{file}: cannot be read: {error.strerror or error}.")
    except ValueError:
        _wrong(f"{file}: this is no report: not JSON. 'kiosk portrait --report' writes one.")
    if not isinstance(told, dict) or "remarks" not in told:
        _wrong(f"{file}: this is no photo's report. 'kiosk portrait --report' writes one.")
    return told


def _wrong(message: str) -> NoReturn:
    typer.echo(message, err=True)
    raise typer.Exit(2)
