"""`kiosk update …`: this booth's version, and the way to the next one."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from kiosk.update.booth_update import BoothUpdate
    from kiosk.update.on_this_machine import Places

app = typer.Typer(
    name="update", help="This booth's version, and the way to the next one.", no_args_is_help=True
)

ConfigOption = Annotated[
    Path, typer.Option("--config", help="The booth's settings file.", dir_okay=False)
]
RootOption = Annotated[Path, typer.Option("--root", help="The program's folder.")]
DataOption = Annotated[Path, typer.Option("--data", help="The updater's own folder.")]
_CONFIG = Path("/etc/campus-capture-kiosk/kiosk.toml")
_ROOT = Path("/opt/campus-capture-kiosk")
_DATA = Path("/var/lib/campus-capture-kiosk-update")
_USER = "kiosk"


@app.command("status")
def status(
    root: RootOption = _ROOT,
    data: DataOption = _DATA,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> None:
    """Show what runs, what is on trial, and what was refused and why.

    Exit code 1 when the last look for a new version failed.
    """
    from kiosk.update.slots import Slots
    from kiosk.update.state import read_state

    slots, state = Slots(root), read_state(_places(root, data).state)
    if as_json:
        told = {"current": slots.current, "committed": slots.committed}
        typer.echo(json.dumps({**told, **dataclasses.asdict(state)}, ensure_ascii=False))
    else:
        typer.echo(f"running    {slots.current or 'nothing: run install.sh'}")
        typer.echo(f"committed  {slots.committed or '-'}")
        if state.trial is not None:
            trial = state.trial
            typer.echo(f"on trial   {trial.version}, {trial.phase}, {len(trial.boots)} boots")
        for version, why in state.refused.items():
            typer.echo(f"refused    {version}: {why}")
        typer.echo(f"looked at  {state.last_checked or 'never'}")
        if state.last_error:
            typer.echo(state.last_error, err=True)
    if state.last_error:
        raise typer.Exit(1)


@app.command("run")
def run(
    config: ConfigOption = _CONFIG,
    root: RootOption = _ROOT,
    data: DataOption = _DATA,
    *,
    stick: Annotated[
        Path | None, typer.Option("--stick", help="Take releases from this folder instead.")
    ] = None,
    version: Annotated[
        str | None, typer.Option("--version", help="This version, not the newest.")
    ] = None,
    now: Annotated[
        bool, typer.Option("--now", help="Do not wait for the maintenance window.")
    ] = False,
) -> None:
    """Look for a new version, install it, and put it on trial when it is time.

    What runs is stopped only in the maintenance window and while nobody is at
    the booth. Nothing that operations did not sign is ever installed.

    Exit code 0: up to date, waiting or switched; 1: refused, not possible now,
    or under way already.
    """
    from kiosk.update.booth_update import Outcome

    update = _update(config, _places(root, data), stick)
    if update is None:
        typer.echo("No update.repository is set: nothing is looked for.")
        return
    places = _places(root, data)
    directed = None if version is not None or stick is not None else _ask(config, places)
    report = update.run(wanted=version or directed, now=now)
    if directed is not None:
        _ask(config, places)  # so that operations know at once what came of it
    typer.echo(" ".join(filter(None, (report.version, report.outcome))) + ".")
    if report.message:
        typer.echo(report.message, err=True)
    if report.outcome in (Outcome.REFUSED, Outcome.FAILED, Outcome.BUSY):
        raise typer.Exit(1)


@app.command("back")
def back(
    reason: Annotated[str, typer.Argument(help="Why; kept, and told to operations.")],
    root: RootOption = _ROOT,
    data: DataOption = _DATA,
) -> None:
    """Give up the release on trial and go back to the one before, at once."""
    from kiosk.update.errors import SlotError
    from kiosk.update.on_this_machine import make_guard

    guard = make_guard(_places(root, data))
    try:
        guard.roll_back(reason)
    except SlotError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from error
    except OSError as error:
        raise _not_written(error) from error
    typer.echo(f"Back on {guard.slots.current}.")


@app.command("allow")
def allow(
    version: Annotated[str, typer.Argument(help="A version that was refused here before.")],
    root: RootOption = _ROOT,
    data: DataOption = _DATA,
) -> None:
    """Let a version be tried again that failed here once."""
    from kiosk.update.state import read_state, state_lock, write_state

    file = _places(root, data).state
    try:
        with state_lock(file):
            state = read_state(file)
            if version not in state.refused:
                typer.echo(f"{version} was not refused here.", err=True)
                raise typer.Exit(1)
            refused = {v: why for v, why in state.refused.items() if v != version}
            write_state(file, dataclasses.replace(state, refused=refused))
    except OSError as error:
        raise _not_written(error) from error
    typer.echo(f"{version} may be tried again.")


def _not_written(error: OSError) -> typer.Exit:
    typer.echo(f"{error}. Only root may write here (sudo); else look at the disk.", err=True)
    return typer.Exit(1)


def _places(root: Path, data: Path) -> Places:
    from kiosk.update.on_this_machine import Places

    return Places(root, data)


def _ask(config: Path, places: Places) -> str | None:
    """Tell the central backend which versions are here; return the one it wants.

    Returns:
        None: nobody directs this booth. The version here, when it is to stay or the backend was
        not heard: a version it has stopped must not come in by the back door.
    """
    from kiosk.central.contract import ReleaseReport
    from kiosk.central.errors import CentralError
    from kiosk.central.opening import open_client
    from kiosk.settings import SettingsError, load
    from kiosk.update.slots import Slots, version_of_slot
    from kiosk.update.state import read_state

    settings = load(config)
    if settings.central.booth_token is None and settings.central.booth_token_file is None:
        return None
    slot, state = Slots(places.root).committed, read_state(places.state)
    here = version_of_slot(slot) if slot else ""
    report = ReleaseReport(
        committed=here[:40],
        on_trial=state.trial.version[:40] if state.trial else "",
        refused={version[:40]: why[:500] for version, why in list(state.refused.items())[-100:]},
    )
    try:
        wanted = open_client(settings, config.resolve().parent).release(report).wanted
    except (CentralError, SettingsError) as error:
        typer.echo(f"Which version to run cannot be asked: {error}", err=True)
        return here
    return here if wanted == "" else wanted


def _update(config: Path, places: Places, stick: Path | None) -> BoothUpdate | None:
    """Put the updater together; None when no releases are to be looked for."""
    from kiosk.settings import SettingsError, load
    from kiosk.update.install import Room
    from kiosk.update.on_this_machine import Policy, make_update
    from kiosk.update.trial import TrialLimits

    try:
        settings = load(config)
    except SettingsError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(2) from error
    chosen = settings.update
    repository = stick.resolve().as_uri() if stick is not None else chosen.repository
    if repository is None:
        return None
    base = config.resolve().parent
    root_file = base / chosen.root_file
    try:
        root = root_file.read_bytes()
    except OSError as error:
        typer.echo(
            f"{root_file} cannot be read ({error.strerror}). Operations give it out with the "
            "address of the releases.",
            err=True,
        )
        raise typer.Exit(2) from error
    policy = Policy(
        repository=repository,
        root=root,
        window_from=chosen.window_from,
        window_to=chosen.window_to,
        socket_time_out_s=chosen.socket_time_out_s,
        least_bytes_per_s=chosen.least_bytes_per_s,
        slow_grace_s=chosen.slow_grace_s,
        install_time_out_s=chosen.install_time_out_s,
        preflight_time_out_s=chosen.preflight_time_out_s,
        keep_releases=chosen.keep_releases,
        room=Room(chosen.installed_ratio, settings.outbox.min_free_bytes),
        limits=TrialLimits(
            starts=chosen.starts,
            boots=chosen.boots,
            healthy_within_s=chosen.healthy_within_s,
            healthy_for_s=chosen.healthy_for_s,
        ),
    )
    outbox = base / settings.booth.data_directory / settings.outbox.directory
    return make_update(policy, places, settings_file=config, outbox=outbox, user=_USER)
