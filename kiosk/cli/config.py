"""`kiosk config …`: check the settings file, show what counts, write a new one, make a PIN."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

if TYPE_CHECKING:
    from kiosk.settings import Settings
    from kiosk.settings.catalogue import Setting

app = typer.Typer(name="config", help="The settings file: kiosk.toml.", no_args_is_help=True)

FileArgument = Annotated[Path, typer.Argument(help="The settings file.", dir_okay=False)]


@app.command("check")
def check(file: FileArgument) -> None:
    """Say what is wrong in a settings file: file, line, what is found, what it takes.

    Exit code 0: nothing; 2: something, all of it is named.
    """
    from kiosk import standards
    from kiosk.booth.pin import PinError, check_hash

    settings = _settings(file)
    secret = settings.booth.staff_pin_hash
    try:
        standards.load(settings.portrait.standard)
        if secret is not None:
            check_hash(secret.get_secret_value())
    except standards.StandardError as error:
        _wrong(f"{file}: portrait.standard: {error}")
    except PinError as error:
        _wrong(f"{file}: {error}")
    typer.echo(f"{file}: no mistakes.", err=True)


@app.command("show")
def show(
    file: Annotated[
        Path | None, typer.Argument(help="The settings file; without one, the defaults.")
    ] = None,
    *,
    changed: Annotated[
        bool, typer.Option("--changed", help="Only what differs from the defaults.")
    ] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="One JSON line for each setting on standard output.")
    ] = False,
) -> None:
    """Show the settings that count, where each comes from, and what it is."""
    from kiosk.settings import catalogue

    effective = _settings(file)
    rows = []
    for setting in catalogue.settings():
        section = getattr(effective, setting.section)
        value = getattr(section, setting.name)
        origin = _origin(setting, was_set=setting.name in section.model_fields_set)
        if changed and value == setting.default:
            continue
        shown = "–" if value is None else "(secret)" if setting.secret else catalogue.as_toml(value)
        rows.append((setting, shown, origin))
    for setting, shown, origin in rows if as_json else ():
        line = {"key": setting.key, "value": shown, "from": origin, "what": setting.description}
        typer.echo(json.dumps(line, ensure_ascii=False))
    if not as_json:
        _print_table(rows)


def _print_table(rows: list[tuple[Setting, str, str]]) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table()
    for column in ("setting", "value", "from", "what it is"):
        table.add_column(column, overflow="fold")
    for setting, shown, origin in rows:
        style = "dim" if origin == "default" else "bold"
        table.add_row(setting.key, Text(shown, style), origin, Text(setting.description))
    Console().print(table)


def _origin(setting: Setting, *, was_set: bool) -> str:
    if setting.variable in {name.upper() for name in os.environ}:
        return "environment"
    return "file" if was_set else "default"


@app.command("template")
def template() -> None:
    """Write a settings file with every setting, its range and default: > kiosk.toml."""
    from kiosk.settings.template import template as text

    typer.echo(text(), nl=False)


@app.command("pin")
def pin() -> None:
    """Ask for a staff PIN and print its line for the settings file's booth table.

    The PIN itself is kept nowhere. Without a terminal it is read from standard input.
    """
    from kiosk.booth.pin import PinError, hash_pin
    from kiosk.settings.catalogue import as_toml

    if sys.stdin.isatty():
        entered = typer.prompt("Staff PIN", hide_input=True, confirmation_prompt=True, err=True)
    else:
        entered = sys.stdin.readline().strip()
    try:
        hashed = hash_pin(entered)
    except PinError as error:
        _wrong(str(error))
    typer.echo(f"staff_pin_hash = {as_toml(hashed)}")


def _settings(file: Path | None) -> Settings:
    from kiosk.settings import SettingsError, load

    try:
        return load(file)
    except SettingsError as error:
        _wrong(str(error))


def _wrong(message: str) -> NoReturn:
    typer.echo(message, err=True)
    raise typer.Exit(2)
