"""`kiosk central …`: run the central backend and enrol batches, booths and staff."""

from __future__ import annotations

import contextlib
import dataclasses
import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from kiosk.central.service.context import Service
    from kiosk.central.service.settings import CentralServiceSettings

app = typer.Typer(name="central", help="The central backend.", no_args_is_help=True)
batch = typer.Typer(name="batch", help="Collection batches.", no_args_is_help=True)
booth = typer.Typer(name="booth", help="Booths and their keys.", no_args_is_help=True)
people = typer.Typer(name="staff", help="Accounts of reviewers and managers.", no_args_is_help=True)
app.add_typer(batch)
app.add_typer(booth)
app.add_typer(people)
admin = typer.Typer(name="admin", help="The first administrator.", no_args_is_help=True)
app.add_typer(admin)

ConfigOption = Annotated[
    Path | None, typer.Option("--config", help="The service's settings file.", dir_okay=False)
]
_KEY_BELONGS = (
    "Put this key into the file that the booth's central.booth_token_file names "
    "(/etc/campus-capture-kiosk/credentials/booth-token), and restart kiosk.target there."
)
JsonOption = Annotated[bool, typer.Option("--json", help="JSON on standard output.")]


@app.command("serve")
def serve(
    config: ConfigOption = None,
    *,
    port: Annotated[
        int | None, typer.Option(min=0, max=65_535, help="Instead of the settings'; 0: any free.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Serve until stopped. Prints its address once it answers."""
    from hardware import journal
    from kiosk import notify
    from kiosk.central.service.server import serve as run

    journal.set_up("%(levelname)s %(name)s %(message)s")
    with _explained():
        settings = _settings(config)
        if port is not None:
            settings = settings.model_copy(update={"port": port})

        def ready(address: str) -> None:
            notify.ready(f"answers at {address}")
            if as_json:
                typer.echo(json.dumps({"address": address}))
            else:
                typer.echo(f"The central backend answers at {address}", err=True)

        run(settings, ready)


@app.command("work")
def work(config: ConfigOption = None) -> None:
    """Do the background jobs until stopped; for services whose setting `jobs` is off."""
    import signal
    import threading

    from kiosk import notify
    from kiosk.central.service import tasks

    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    with opened(config) as service:
        notify.ready("does background jobs")
        typer.echo("Doing background jobs.", err=True)
        tasks.run(service, stop)


@app.command("migrate")
def migrate(
    config: ConfigOption = None,
    *,
    to: Annotated[
        str, typer.Option(help="A revision; 'base' or '-1' goes back and may lose data.")
    ] = "head",
) -> None:
    """Bring the database to the newest revision, or to another one."""
    from alembic.util import CommandError

    from kiosk.central.service.database import Database

    with _explained():
        database = Database(_settings(config).resolved_database_url)
        before = database.revision()
        try:
            database.migrate(to)
        except CommandError as error:
            typer.echo(f"{error}. 'head', 'base', or a revision's name.", err=True)
            raise typer.Exit(2) from error
        typer.echo(f"{before or 'empty'} → {database.revision() or 'empty'}", err=True)


@batch.command("add")
def batch_add(
    code: Annotated[str, typer.Argument(help="4 to 8 letters and digits.")],
    school: Annotated[str, typer.Option(help="The school's name.")],
    title: Annotated[str, typer.Option(help="The batch's name, such as '2027 届本科毕业生'.")],
    config: ConfigOption = None,
    *,
    fee_fen: Annotated[int, typer.Option(min=0, help="What a photo costs, 1/100 yuan.")] = 0,
    pay: Annotated[
        list[str] | None, typer.Option(help="A way to pay: waived, counter, sandbox. Repeatable.")
    ] = None,
    standard: Annotated[str, typer.Option(help="The photo standard.")] = "chsi",
    background: Annotated[str, typer.Option(help="blue, white or grey.")] = "blue",
    glasses: Annotated[str, typer.Option(help="forbid or allow_clear.")] = "forbid",
    brackets: Annotated[str, typer.Option(help="count, strip or exclude.")] = "count",
    takes: Annotated[int, typer.Option(min=1, help="Shots a student may have.")] = 4,
    min_bytes: Annotated[int | None, typer.Option(help="Smallest photo, bytes.")] = None,
    max_bytes: Annotated[int | None, typer.Option(help="Largest photo, bytes.")] = None,
    opens: Annotated[str | None, typer.Option(help="First moment, ISO 8601 with zone.")] = None,
    closes: Annotated[str | None, typer.Option(help="End, ISO 8601 with zone.")] = None,
    payer: Annotated[str, typer.Option(help="student or school.")] = "student",
    retention_days: Annotated[int, typer.Option(help="Kept after delivery, days.")] = 180,
    export_template: Annotated[
        str | None, typer.Option(help="Names in the export, of {batch}, {seq:04d}, {code_hash8}.")
    ] = None,
) -> None:
    """Open a batch."""
    from pydantic import ValidationError

    from kiosk.central.contract import BatchInfo
    from kiosk.central.service import batches

    try:
        message = BatchInfo.model_validate(
            {
                "code": code, "school": school, "title": title, "standard": standard,
                "background": background, "glasses": glasses, "bracket_policy": brackets,
                "fee_fen": fee_fen, "payment_methods": tuple(pay or ["waived"]),
                "min_bytes": min_bytes, "max_bytes": max_bytes, "takes": takes,
            }
        )  # fmt: skip
        moments = [_moment(text) for text in (opens, closes)]
        terms = {"payer": payer, "retention_days": retention_days}
        if export_template is not None:
            terms["export_template"] = export_template
        kept = batches.BatchTerms.model_validate(terms)
    except ValidationError as error:
        for mistake in error.errors():
            typer.echo(f"{'.'.join(map(str, mistake['loc']))}: {mistake['msg']}.", err=True)
        raise typer.Exit(2) from error
    with opened(config) as service:
        service.database.write(
            lambda session: batches.add(
                session,
                message,
                service.clock(),
                opens_at=moments[0],
                closes_at=moments[1],
                terms=kept,
            )
        )
    typer.echo(f"Batch {code} is open.", err=True)


@batch.command("list")
def batch_list(config: ConfigOption = None, *, as_json: JsonOption = False) -> None:
    """List the batches."""
    from sqlalchemy import select

    from kiosk.central.service import batches
    from kiosk.central.service.tables import Batch

    with opened(config) as service:
        now = service.clock()
        found = service.database.read(
            lambda session: [
                batches.info(one, now) for one in session.scalars(select(Batch).order_by(Batch.id))
            ]
        )
    for one in found:
        if as_json:
            typer.echo(one.model_dump_json())
        else:
            state = "open" if one.is_open else "closed"
            typer.echo(f"{one.code}  {state}  {one.fee_fen / 100:.2f}  {one.school}  {one.title}")


@booth.command("add")
def booth_add(
    name: Annotated[str, typer.Argument(help="Small letters, digits, hyphens.")],
    config: ConfigOption = None,
) -> None:
    """Enrol a booth and print its key on standard output, this once."""
    from kiosk.central.service import booths

    with opened(config) as service:
        token = service.database.write(lambda session: booths.enrol(session, name, service.clock()))
    typer.echo(token)
    typer.echo(_KEY_BELONGS, err=True)


@booth.command("rekey")
def booth_rekey(name: str, config: ConfigOption = None) -> None:
    """Give a booth a new key and print it; the old one is refused from now on."""
    from kiosk.central.service import booths

    with opened(config) as service:
        token = service.database.write(lambda session: booths.rekey(session, name, service.clock()))
    typer.echo(token)
    typer.echo(_KEY_BELONGS, err=True)


@booth.command("revoke")
def booth_revoke(name: str, config: ConfigOption = None) -> None:
    """Refuse a booth from now on."""
    from kiosk.central.service import booths

    with opened(config) as service:
        service.database.write(lambda session: booths.revoke(session, name, service.clock()))
    typer.echo(f"Booth {name} is refused.", err=True)


PasswordOption = Annotated[
    str,
    typer.Option(
        prompt=True, hide_input=True, confirmation_prompt=True,
        envvar="KIOSK_STAFF_PASSWORD", help="At least 8 characters; asked for when not given.",
    ),
]  # fmt: skip


@admin.command("add")
def admin_add(name: str, config: ConfigOption = None, *, password: PasswordOption) -> None:
    """Make an administrator, who makes all other accounts on the pages."""
    staff_add(name, config, role="admin", password=password)


@people.command("add")
def staff_add(
    name: str,
    config: ConfigOption = None,
    *,
    role: Annotated[str, typer.Option(help="reviewer, manager, operations or admin.")] = "reviewer",
    school: Annotated[
        str, typer.Option(help="A manager's only school, named as in its batches.")
    ] = "",
    password: PasswordOption,
) -> None:
    """Make a staff account."""
    from kiosk.central.service import staff

    if role not in set(staff.Role):
        typer.echo(f"There is no role {role!r}: {', '.join(staff.Role)}.", err=True)
        raise typer.Exit(2)
    with opened(config) as service:
        service.database.write(
            lambda session: staff.add(
                session, name, password, staff.Role(role), service.clock(), school=school
            )
        )
    typer.echo(f"{name.lower()} may sign in as {role}.", err=True)


@app.command("seed-demo")
def seed_demo(config: ConfigOption = None) -> None:
    """Fill an empty central backend for a demonstration; prints keys and codes as JSON."""
    from kiosk.central.service.demo import seed

    with _explained():
        seeded = seed(_settings(config), config or Path("central.toml"))
    path = {"config_path": None if config is None else str(config)}
    typer.echo(json.dumps(dataclasses.asdict(seeded) | path))


def _settings(config: Path | None) -> CentralServiceSettings:
    from kiosk.central.service.settings import load_service_settings

    return load_service_settings(config)


@contextlib.contextmanager
def opened(config: Path | None) -> Iterator[Service]:
    """Open the service of a settings file; the database is made and migrated when needed."""
    from kiosk.central.service.context import open_service

    with _explained():
        service = open_service(_settings(config))
        service.database.migrate()
        try:
            yield service
        finally:
            service.database.close()


@contextlib.contextmanager
def _explained() -> Iterator[None]:
    """Say in words what is wrong and exit with 2."""
    from kiosk.central.service.errors import ServiceError
    from kiosk.central.service.settings import ServiceSettingsError

    try:
        yield
    except (ServiceSettingsError, ServiceError) as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(2) from error


def _moment(text: str | None) -> datetime | None:
    from pydantic import AwareDatetime, TypeAdapter

    return None if text is None else TypeAdapter(AwareDatetime).validate_python(text)
