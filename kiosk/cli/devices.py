"""`kiosk devices …`: what is plugged in, does it work, does it last."""

from __future__ import annotations

import contextlib
import json
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

if TYPE_CHECKING:
    from hardware.base import Camera
    from kiosk.settings import CameraSection, Settings

app = typer.Typer(
    name="devices",
    help="Cameras, scanner, printer, lamps: what is plugged in, does it work, does it last.",
    no_args_is_help=True,
)

ConfigOption = Annotated[
    Path | None, typer.Option("--config", help="The booth's settings file.", dir_okay=False)
]
JsonOption = Annotated[bool, typer.Option("--json", help="JSON lines on standard output.")]
SimulatedOption = Annotated[
    bool, typer.Option("--simulated", help="The simulated booth in place of the settings' devices.")
]
SnapshotOption = Annotated[
    Path | None,
    typer.Option("--snapshot", help="Write pictures into this folder.", file_okay=False),
]
RootOption = Annotated[
    Path, typer.Option("--root", hidden=True, help="Folder with dev and sys; for tests.")
]
_ROOT = Path("/")


@app.command("list")
def list_devices(
    config: ConfigOption = None,
    *,
    simulated: SimulatedOption = False,
    as_json: JsonOption = False,
    root: RootOption = _ROOT,
) -> None:
    """Say what is plugged in, by what name the settings call it, and who holds it.

    Nothing is opened that a booth may be using. Exit code 1 when a device the settings ask for is
    not there.
    """
    from hardware.cups_ipp import PrintService
    from hardware.hid_scanner import input_devices
    from kiosk.cli.device_tables import print_found
    from kiosk.devices.found import as_json as found_as_json
    from kiosk.devices.found import keyboards, look, simulated_devices
    from kiosk.devices.uses import unmet, with_uses

    settings = _settings(config, simulated=simulated)
    service = PrintService(settings.printer.server, deadline_s=settings.printer.answer_s)
    found, missed = look(service, root)
    found = with_uses([*found, *(simulated_devices() if simulated else ())], settings)
    if as_json:
        for device in found:
            typer.echo(json.dumps(found_as_json(device), ensure_ascii=False))
    else:
        print_found(found)
        for why in missed:
            if why.kind == "printer" and settings.printer.driver == "none":
                continue  # no CUPS on a booth without a printer is no news
            typer.echo(f"{why.kind}: {why.why}", err=True)
        if others := keyboards(input_devices(root)):
            typer.echo(
                f"What types besides: {'; '.join(others)}. If one is a scanner, name it in "
                "code_scanner.device.",
                err=True,
            )
    lacking = unmet(found, settings)
    for sentence in lacking:
        typer.echo(sentence, err=True)
    if lacking:
        raise typer.Exit(1)


@app.command("test")
def try_devices(
    config: ConfigOption = None,
    *,
    seconds: Annotated[
        float, typer.Option("--seconds", min=0.0, help="Live view of each camera, seconds.")
    ] = 2.0,
    snapshot: SnapshotOption = None,
    simulated: SimulatedOption = False,
    as_json: JsonOption = False,
    root: RootOption = _ROOT,
) -> None:
    """Use each device of the settings as a booth does, and say how it went.

    Stop the booth first: sudo systemctl stop kiosk. Lamps are lit one after the other; nothing is
    printed. Exit code 1 when something does not work.
    """
    from kiosk.cli.device_tables import accessory_line, print_trials, trial_line
    from kiosk.devices.accessory_trials import try_accessories
    from kiosk.devices.snapshots import save_frame, save_still
    from kiosk.devices.trial import try_camera

    settings = _settings(config, simulated=simulated)
    folder = _folder(snapshot)
    trials = []
    with _cameras(settings, root) as cameras:
        for name, (section, build) in cameras.items():
            typer.echo(f"{name} …", err=True)
            trial = try_camera(
                name,
                build,
                seconds=seconds,
                still=name != "codes",
                still_deadline_s=section.still_deadline_s,
            )
            trials.append(trial)
            with _writing(folder):
                if folder is not None and trial.frame is not None:
                    save_frame(folder, name, trial.frame)
                if folder is not None and trial.still is not None:
                    save_still(folder, name, trial.still)
            if as_json:
                typer.echo(json.dumps(trial_line(trial), ensure_ascii=False))
    accessories = [] if simulated else list(try_accessories(settings))
    if as_json:
        for each in accessories:
            typer.echo(json.dumps(accessory_line(each), ensure_ascii=False))
    else:
        print_trials(trials, accessories)
    if not (all(t.passed for t in trials) and all(a.passed for a in accessories)):
        raise typer.Exit(1)


@app.command("watch")
def watch_devices(
    config: ConfigOption = None,
    *,
    every: Annotated[
        float, typer.Option("--every", min=0.2, help="Seconds between two looks.")
    ] = 1.0,
    looks: Annotated[
        int | None, typer.Option("--looks", min=1, help="End after so many. Default: Ctrl-C.")
    ] = None,
    snapshot: SnapshotOption = None,
    simulated: SimulatedOption = False,
    as_json: JsonOption = False,
    root: RootOption = _ROOT,
) -> None:
    """Watch all cameras at once until Ctrl-C: pull a cable, and see how long it takes.

    With --snapshot each camera's newest picture stands in the folder as NAME.jpg. Exit code 1 when
    a camera gave no pictures at the last look.
    """
    from kiosk.cli.device_tables import watch

    settings = _settings(config, simulated=simulated)
    folder = _folder(snapshot)
    with _cameras(settings, root) as cameras, _writing(folder):
        built = {name: build() for name, (_, build) in cameras.items()}
        well = watch(built, every_s=every, looks=looks, folder=folder, as_json=as_json, root=root)
    if not well:
        raise typer.Exit(1)


@app.command("soak")
def soak_devices(
    config: ConfigOption = None,
    *,
    hours: Annotated[
        float | None, typer.Option("--hours", min=0.0, help="How long, hours.")
    ] = None,
    stills: Annotated[int | None, typer.Option("--stills", min=1, help="How many stills.")] = None,
    camera: Annotated[str, typer.Option("--camera", help="main or stand_in.")] = "main",
    give_up: Annotated[
        float, typer.Option("--give-up", min=1.0, help="End after so long without one, seconds.")
    ] = 120.0,
    simulated: SimulatedOption = False,
    as_json: JsonOption = False,
    root: RootOption = _ROOT,
) -> None:
    """Take still after still, thousands: before a new booth goes to its place.

    Each is decoded to its last byte. Faults, restarts and the time until stills come again are
    counted, and the memory and handles of the driver's process. Exit code 1 when anything went
    wrong or grew.
    """
    from kiosk.cli.device_tables import print_soak, soaking
    from kiosk.devices.soak import soak

    if hours is None and stills is None:
        _wrong("Say how long: --hours H or --stills N.")
    settings = _settings(config, simulated=simulated)
    with _cameras(settings, root) as cameras:
        if camera not in cameras or camera == "codes":
            known = ", ".join(name for name in cameras if name != "codes")
            _wrong(f"There is no camera {camera!r} that takes stills. Choose from: {known}.")
        section, build = cameras[camera]
        with soaking(stills, as_json=as_json) as on_still:
            result = soak(
                build(),
                stills=stills,
                seconds=None if hours is None else hours * 3600,
                deadline_s=section.still_deadline_s,
                give_up_after_s=give_up,
                on_still=on_still,
            )
    if as_json:
        typer.echo(json.dumps(result.as_dict(), ensure_ascii=False))
    else:
        print_soak(result)
    if not result.passed:
        raise typer.Exit(1)


class _Build:
    """Builds one camera of the settings."""

    def __init__(self, name: str, section: CameraSection, extra: Mapping[str, object]) -> None:
        self._name, self._section, self._extra = name, section, extra

    def __call__(self) -> Camera:
        from kiosk.booth.devices import build_camera
        from kiosk.booth.errors import BoothError

        try:
            return build_camera(self._name, self._section, self._extra)
        except BoothError as error:
            _wrong(str(error))


@contextlib.contextmanager
def _cameras(settings: Settings, root: Path) -> Iterator[dict[str, tuple[CameraSection, _Build]]]:
    """Give the cameras of the settings by their names; simulated ones see an empty chair."""
    import logging

    logging.getLogger().addHandler(logging.NullHandler())  # what drivers log is told here anyway
    sections: dict[str, CameraSection] = {"main": settings.main_camera}
    if settings.stand_in_camera.used:
        sections["stand_in"] = settings.stand_in_camera
    sections["codes"] = settings.code_camera
    with tempfile.TemporaryDirectory() as folder:
        extras: dict[str, dict[str, object]] = {"simulated": {"folder": folder}}
        if root != _ROOT:
            extras["uvc"] = {"root": str(root)}
        yield {
            name: (section, _Build(name, section, extras.get(section.driver, {})))
            for name, section in sections.items()
        }


@contextlib.contextmanager
def _writing(folder: Path | None) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        _wrong(f"{folder}: cannot be written: {error.strerror or error}.")


def _folder(path: Path | None) -> Path | None:
    if path is not None:
        with _writing(path):
            path.mkdir(parents=True, exist_ok=True)
    return path


def _settings(config: Path | None, *, simulated: bool) -> Settings:
    from kiosk.settings import CameraSection, CodeCameraSection, SettingsError, load

    try:
        settings = load(config)
    except SettingsError as error:
        _wrong(str(error))
    if simulated:
        return settings.model_copy(
            update={
                "main_camera": CameraSection(driver="simulated"),
                "code_camera": CodeCameraSection(driver="simulated"),
                "stand_in_camera": settings.stand_in_camera.model_copy(update={"used": False}),
            }
        )
    return settings


def _wrong(message: str) -> NoReturn:
    typer.echo(message, err=True)
    raise typer.Exit(2)
