"""The command line: `kiosk …`.

Exit codes: 0 done; 1 done, but something was wrong (each thing is named); 2 the call or the
settings are wrong; 130 interrupted.
"""

from __future__ import annotations

import os

import typer

from kiosk import __version__
from kiosk.cli import (
    calibrate,
    central,
    central_delivery,
    check,
    codes,
    config,
    demo,
    devices,
    doctor,
    enrol,
    fallback,
    logs,
    outbox,
    portrait,
    print_sheet,
    release,
    report,
    run,
    screens,
    support,
    update,
)

app = typer.Typer(
    name="kiosk",
    help="A self-service photo booth for official degree photos, and its central backend.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
)


def _version(*, value: bool) -> None:
    if value:
        typer.echo(f"kiosk {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    *,
    version: bool = typer.Option(
        False, "--version", callback=_version, is_eager=True, help="Show the version and exit."
    ),
) -> None:
    """Take the options that belong to no single command."""
    del version


app.command("demo")(demo.demo)
app.command("run")(run.run)
app.command("doctor")(doctor.doctor)
app.command("enrol")(enrol.enrol)
app.command("fallback")(fallback.fallback)
app.command("logs")(logs.logs)
app.command("check")(check.check)
app.command("portrait", cls=portrait.PortraitCommand)(portrait.portrait)
app.command("report")(report.report)
app.command("print")(print_sheet.print_sheet)
# It adds its commands to those of `central`.
__all__ = ["app", "central_delivery"]
for group in (
    calibrate,
    central,
    codes,
    config,
    devices,
    outbox,
    release,
    screens,
    support,
    update,
):
    app.add_typer(group.app)


def main() -> None:
    """Run the command line."""
    # Matrices here are small: threads of the linear algebra only get into each other's way, and
    # on a busy booth make one step ten times slower. NumPy reads this when it is first imported.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    app()
