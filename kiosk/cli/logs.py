"""`kiosk logs`: what the booth's services said."""

from __future__ import annotations

from typing import Annotated

import typer

UNITS = (
    "kiosk.service", "kiosk-outbox.service", "kiosk-update.service", "kiosk-health.service",
    "kiosk-fallback.service", "kiosk-support.service", "kiosk-central.service",
)  # fmt: skip


def logs(
    *,
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Go on as lines come.")] = False,
    since: Annotated[
        str, typer.Option(help="From when on, as journalctl takes it: today, -2h, 2026-06-01.")
    ] = "-1h",
    problems: Annotated[bool, typer.Option("--problems", help="Only warnings and errors.")] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="One JSON object a line, with all fields.")
    ] = False,
) -> None:
    """Show what the booth's services said, newest last.

    Exit code 1 where the journal cannot be read; then it says what to do.
    """
    import subprocess

    command = ["journalctl", "--no-pager", f"--since={since}"]
    command += [f"--unit={unit}" for unit in UNITS]
    command += ["--follow"] if follow else []
    command += ["--priority=warning"] if problems else []
    command += ["--output=json" if as_json else "--output=short-iso"]
    try:
        done = subprocess.run(command, check=False)  # noqa: S603 - our own command
    except FileNotFoundError as error:
        typer.echo("There is no systemd journal here; the terminal has the log.", err=True)
        raise typer.Exit(1) from error
    except KeyboardInterrupt:
        return
    if done.returncode:  # journalctl has said why
        typer.echo(
            "A time is written as '2 hours ago' or '2027-03-01 08:00'. Only members of the group "
            "systemd-journal may read the journal: sudo kiosk logs",
            err=True,
        )
        raise typer.Exit(1)
