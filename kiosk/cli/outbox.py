"""`kiosk outbox …`: what is still to be sent, and sending it."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from kiosk.central.outbox import Outbox
    from kiosk.central.sender import Sender
    from kiosk.settings import Settings

app = typer.Typer(
    name="outbox", help="Photos still to be sent to the central backend.", no_args_is_help=True
)

ConfigOption = Annotated[
    Path | None, typer.Option("--config", help="The booth's settings file.", dir_okay=False)
]
JsonOption = Annotated[bool, typer.Option("--json", help="JSON lines on standard output.")]


@app.command("status")
def status(
    config: ConfigOption = None,
    *,
    as_json: JsonOption = False,
    entries: Annotated[bool, typer.Option("--entries", help="List every entry too.")] = False,
) -> None:
    """Show what waits, what was refused and what is broken. Exit code 1 when staff is needed."""
    import dataclasses

    with _outbox(config, make=False) as (_, _, outbox):
        counts = outbox.counts()
        listed = [e for e in outbox.entries() if entries or _needs_staff(e.state)]
    if as_json:
        typer.echo(json.dumps(dataclasses.asdict(counts)))
        for entry in listed:
            typer.echo(json.dumps(dataclasses.asdict(entry)))
    else:
        typer.echo(
            f"{counts.waiting} waiting ({counts.waiting_bytes / 1e6:.1f} MB), {counts.sent} sent, "
            f"{counts.refused} refused, {counts.broken} broken."
        )
        for entry in listed:
            typer.echo(f"{entry.photo_sha256[:12]}… {entry.state}: {entry.reason or '-'}")
        if counts.refused:
            typer.echo("Refused photos are kept; 'flush --refused' sends them again.", err=True)
    if counts.refused or counts.broken:
        raise typer.Exit(1)


@app.command("flush")
def flush(
    config: ConfigOption = None,
    *,
    refused: Annotated[
        bool, typer.Option("--refused", help="Send refused photos again too.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Send everything now, once. Exit code 1 when something is left."""
    import dataclasses

    from kiosk.central.outbox_index import EntryState

    with _outbox(config, make=False) as (settings, base, outbox):
        if refused:
            for entry in outbox.entries(EntryState.REFUSED):
                outbox.requeue(entry.photo_sha256)
        done = _sender(settings, base, outbox).run_once(everything=True)
        left = outbox.counts().waiting
    if as_json:
        typer.echo(json.dumps(dataclasses.asdict(done) | {"waiting": left}))
    else:
        typer.echo(f"{done.sent} sent, {done.refused} refused, {done.broken} broken, {left} left.")
        if done.reason:
            typer.echo(done.reason, err=True)
    if left or done.refused or done.broken:
        raise typer.Exit(1)


@app.command("send")
def send(
    config: ConfigOption = None,
    *,
    forever: Annotated[
        bool, typer.Option("--forever", help="Go on until stopped: the outbox service.")
    ] = False,
) -> None:
    """Send what is due. The outbox service runs this with --forever."""
    import logging
    import signal
    import threading

    from hardware import journal
    from kiosk import notify

    journal.set_up("%(levelname)s %(message)s")
    stop = threading.Event()
    with _outbox(config) as (settings, base, outbox):
        sender = _sender(settings, base, outbox)
        if not forever:
            done = sender.run_once()
            typer.echo(f"{done.sent} sent. {done.reason}".strip(), err=True)
            raise typer.Exit(1 if done.failed or done.refused or done.broken else 0)
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        notify.ready("sending what waits")
        sender.run_forever(
            stop,
            lambda entry, answer: logging.getLogger(__name__).info(
                "Photo %s… delivered as order %s.", entry.photo_sha256[:12], answer.order
            ),
        )


def _needs_staff(state: str) -> bool:
    return state in ("refused", "broken")


def _sender(settings: Settings, base: Path, outbox: Outbox) -> Sender:
    from kiosk.central.opening import open_client
    from kiosk.central.sender import Sender

    return Sender(outbox, open_client(settings, base), settings.outbox)


@contextlib.contextmanager
def _outbox(config: Path | None, *, make: bool = True) -> Iterator[tuple[Settings, Path, Outbox]]:
    """Open the outbox of a settings file; say in words what is wrong and exit with 2.

    Args:
        config: the settings file.
        make: whether one is made where there is none; else that is said, and the exit code is 2.
    """
    from hardware import journal
    from kiosk.central.errors import OutboxError
    from kiosk.central.opening import open_outbox
    from kiosk.settings import SettingsError, load

    base = config.resolve().parent if config else Path.cwd()
    try:
        settings = load(config)
        with open_outbox(settings, base, make=make) as outbox:
            yield settings, base, outbox
    except (SettingsError, OutboxError) as error:
        typer.echo(journal.marked(str(error)), err=True)
        raise typer.Exit(2) from error
