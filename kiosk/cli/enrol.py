"""`kiosk enrol`: make this booth known to the central backend by a one-time code."""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import Annotated

import typer


def enrol(
    code: Annotated[str, typer.Argument(help="One-time code of the fleet page.")],
    config: Annotated[
        Path, typer.Option("--config", help="The booth's settings file.", dir_okay=False)
    ] = Path("kiosk.toml"),
) -> None:
    """Make a key for this booth, have the central backend know it, and keep it.

    The key is written before it is made known, and the same code may be given again: nothing is
    lost when the power or the network goes in between.
    """
    from pydantic import ValidationError

    from kiosk.central.client import CentralClient
    from kiosk.central.errors import CentralError, CentralUnreachable
    from kiosk.central.signature import load_signing_key, public_key
    from kiosk.settings import load
    from kiosk.settings.reading import SettingsError

    try:
        settings = load(config)
        if settings.central.booth_token_file is None:
            typer.echo(
                f"{config}: central.booth_token_file is not set. Name the file that shall hold the "
                "booth's key.",
                err=True,
            )
            raise typer.Exit(2)
        path = config.resolve().parent / settings.central.booth_token_file
        path_of_data = config.resolve().parent / settings.booth.data_directory
        draft = path.with_name(path.name + ".enrolling")
        reports = load_signing_key(path_of_data / "report.key")
        answer = CentralClient(settings.central, _key(draft)).enrol(
            code.strip().upper(), public_key(reports)
        )
        draft.replace(path)
    except (SettingsError, CentralError, OSError) as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1 if isinstance(error, CentralUnreachable) else 2) from error
    except ValidationError as error:
        typer.echo("A code looks like ABCD-EFGH-JKMN. Look at the fleet page again.", err=True)
        raise typer.Exit(2) from error
    typer.echo(f"This booth is {answer.booth}; its key is in {path}.", err=True)
    if settings.booth.name != answer.booth:
        typer.echo(f"Set booth.name = '{answer.booth}': photos need it.", err=True)
        raise typer.Exit(1)


def _key(draft: Path) -> str:
    """Return the key of an enrolment that was begun before, else a new one, kept durably."""
    import os

    if draft.exists():
        return draft.read_text(encoding="utf-8").strip()
    key = "ckb_" + secrets.token_urlsafe(32)
    draft.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(key + "\n")
        file.flush()
        os.fsync(file.fileno())
    return key
