"""`kiosk central export|confirm|purge|reconcile|refund`: deliveries, retention, money."""

from __future__ import annotations

import dataclasses
import json
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Annotated

import typer

from kiosk.cli.central import ConfigOption, JsonOption, app, opened

_CHINA = timezone(timedelta(hours=8))
_BY = "operator"


@app.command("export")
def export(
    batch: Annotated[str, typer.Argument(help="The batch's code.")],
    out: Annotated[Path, typer.Option("--out", help="The ZIP to write.", dir_okay=False)],
    config: ConfigOption = None,
    *,
    again: Annotated[
        str, typer.Option(help="An earlier delivery, to the same byte, instead of a new one.")
    ] = "",
) -> None:
    """Put a batch's approved photos into a ZIP with a manifest; prints the delivery's name.

    Exit code 1 when nothing is approved.
    """
    from kiosk.central.service import archive, deliveries

    with opened(config) as service:
        if again:
            made = service.database.read(lambda session: deliveries.find(session, again))
        else:
            new = deliveries.make(service, batch, _BY)
            if new is None:
                typer.echo(f"Nothing of {batch} is approved and not yet delivered.", err=True)
                raise typer.Exit(1)
            made = new
        members = deliveries.members(made)
        size = archive.size_of(members)
        try:
            with out.open("wb") as file:
                for piece in archive.pieces(members, service.storage.open, 0, size):
                    file.write(piece)
        except OSError as error:
            typer.echo(
                f"{out}: {error.strerror}. Nothing is lost: 'export {batch} --again {made.id}'.",
                err=True,
            )
            raise typer.Exit(2) from error
    typer.echo(made.id)
    typer.echo(f"{len(made.rows)} photos in {out}. Confirm when the receiver has it.", err=True)


@app.command("confirm")
def confirm(
    delivery: Annotated[str, typer.Argument(help="As 'export' printed it.")],
    config: ConfigOption = None,
) -> None:
    """Note that the receiver has a delivery: its orders are done."""
    from kiosk.central.service import deliveries

    with opened(config) as service:
        now = service.clock()
        done = service.database.write(
            lambda session: deliveries.confirm(session, delivery, _BY, now)
        )
    typer.echo(f"{done} orders are done.", err=True)


@app.command("purge")
def purge(
    config: ConfigOption = None,
    *,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what is due.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Remove photos and names that are kept no longer, and report by batch."""
    from kiosk.central.service import retention

    with opened(config) as service:
        report = retention.purge(service, dry_run=dry_run)
    for one in report:
        if as_json:
            typer.echo(json.dumps(dataclasses.asdict(one)))
        else:
            typer.echo(f"{one.batch}  delivered {one.delivered}  never {one.never_delivered}")
    if not report:
        typer.echo("Nothing is due.", err=True)


@app.command("reconcile")
def reconcile(
    config: ConfigOption = None,
    *,
    day: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="By China's clock; yesterday.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Report a day's money. Exit code 1 when a person has to look at something."""
    from kiosk.central.service import reconciliation

    with opened(config) as service:
        chosen = (
            day.date() if day else (service.clock() - timedelta(days=1)).astimezone(_CHINA).date()
        )
        report = service.database.read(lambda s: reconciliation.reconcile(s, chosen))
    if as_json:
        typer.echo(json.dumps(dataclasses.asdict(report) | {"day": report.day.isoformat()}))
    else:
        if not report.settled:
            typer.echo(f"{report.day}  no payments")
        for method, (count, fen) in report.settled.items():
            typer.echo(f"{report.day}  {method}  {count} payments  {fen / 100:.2f}")
        for account, fen in report.balances.items():
            typer.echo(f"balance  {account}  {fen / 100:.2f}")
        for state, count in report.refunds_open.items():
            typer.echo(f"refunds  {state}  {count}")
    for problem in report.problems:
        typer.echo(problem, err=True)
    if report.problems:
        raise typer.Exit(1)


@app.command("refund")
def refund(
    reference: Annotated[str, typer.Argument(help="The payment's reference.")],
    reason: Annotated[str, typer.Option(help="Why; the student may see it.")],
    config: ConfigOption = None,
) -> None:
    """Pay a settled fee back; the service's background jobs do it."""
    from kiosk.central.service import provider_payments

    with opened(config) as service:
        now = service.clock()
        asked = provider_payments.give_back(service, reference, reason, _BY, now)
    typer.echo(f"Refund {asked.number} of {asked.amount_fen / 100:.2f} is on its way.", err=True)
