"""`kiosk run`: the booth."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def run(
    config: Annotated[
        Path, typer.Option("--config", help="The booth's settings file.", exists=True)
    ],
) -> None:
    """Run the booth: screen, cameras, guidance. The outbox has a service of its own.

    Exit codes: 0 stopped as asked, 1 it cannot run, 2 the settings are wrong.
    """
    from hardware import journal, memory

    memory.keep_small()
    from kiosk.booth.main import START_ERRORS, run_booth
    from kiosk.settings import SettingsError, load

    journal.set_up("%(levelname)s %(name)s: %(message)s")
    try:
        settings = load(config)
    except SettingsError as error:
        typer.echo(journal.marked(str(error)), err=True)
        raise typer.Exit(2) from error
    try:
        run_booth(settings, config)
    except START_ERRORS as error:
        typer.echo(journal.marked(f"The booth cannot run: {error}"), err=True)
        raise typer.Exit(1) from error
