"""What `kiosk calibrate` does step by step: tells staff what to put where, judges, saves."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import typer
from rich.console import Console
from rich.table import Table

if TYPE_CHECKING:
    from calibration.profile import Profile
    from calibration.session import Session
    from calibration.step import Step, StepResult
    from calibration.wizard import Placing
    from kiosk.booth.calibration_cameras import DirectCameras
    from kiosk.booth.paths import BoothPaths
    from kiosk.booth.simulated_staff import SimulatedStaff
    from kiosk.settings import Settings


@dataclass(frozen=True, slots=True)
class Options:
    """How `kiosk calibrate` was called.

    Attributes:
        config: the settings file.
        scene: the simulated booth's run folder; None for one of its own.
        pictures: a folder for each step's pictures, None for none.
        as_json: whether results are JSON lines on standard output.
    """

    config: Path | None
    scene: Path | None
    pictures: Path | None
    as_json: bool


def calibrate(steps: Sequence[Step], options: Options) -> int:
    """Do these steps and save the profile; return the exit code."""
    from calibration.errors import CalibrationError
    from calibration.session import Session
    from hardware.errors import HardwareError
    from kiosk.booth.calibration_setup import conditions, keep
    from kiosk.booth.errors import BoothError
    from kiosk.booth.paths import BoothPaths
    from kiosk.codes.errors import CodeError
    from kiosk.settings import SettingsError, load
    from kiosk.standards import StandardError
    from kiosk.standards import load as load_standard

    console = Console(stderr=True)
    try:
        settings = load(options.config)
        paths = BoothPaths.of(settings, options.config)
        with_ = conditions(settings, load_standard(settings.portrait.standard))
    except (SettingsError, StandardError, CodeError) as error:
        console.print(str(error), style="red", markup=False)
        return 2
    simulated = settings.main_camera.driver == "simulated"
    if not simulated and not sys.stdin.isatty():
        console.print(
            "Somebody has to put cards up and press Enter: run 'kiosk calibrate' in a terminal."
        )
        return 2
    if simulated:
        console.print(
            "The main camera is simulated: this tries the steps, and calibrates no booth."
        )
    try:
        before = _before(paths, console)
        with _cameras(settings, options, before, simulated=simulated) as (cameras, staff):
            session = Session(cameras, with_, before)
            failed = [s for s in steps if not _do(session, s, staff, options, console)]
            written = keep(session.profile(settings.booth.name), paths)
    except (BoothError, CalibrationError, HardwareError, OSError) as error:
        console.print(str(error), style="red", markup=False)
        return 1
    console.print(f"Profile: {written}", markup=False, soft_wrap=True)
    if failed:
        console.print(f"Not passed: {', '.join(failed)}", style="red", markup=False)
    return 1 if failed else 0


@contextlib.contextmanager
def _cameras(
    settings: Settings, options: Options, before: Profile | None, *, simulated: bool
) -> Iterator[tuple[DirectCameras, SimulatedStaff | None]]:
    """Open the booth's cameras, and have the simulated booth's staff at hand."""
    import tempfile

    from kiosk.booth.calibration_cameras import DirectCameras
    from kiosk.booth.devices import build_camera
    from kiosk.booth.main_camera import still_settings

    with contextlib.ExitStack() as stack:
        main: dict[str, object] = {}
        codes: dict[str, object] = {}
        staff = None
        if simulated or settings.code_camera.driver == "simulated":
            from kiosk.booth.simulated_staff import SimulatedStaff

            scene = options.scene or Path(stack.enter_context(tempfile.TemporaryDirectory()))
            staff = stack.enter_context(SimulatedStaff(scene))
            main = {"folder": str(scene)} if simulated else {}
            codes = {"folder": str(scene)}
        cameras = stack.enter_context(
            DirectCameras(
                build_camera("main", settings.main_camera, main),
                build_camera("codes", settings.code_camera, codes),
                settings,
                still_settings(settings.main_camera, before),
            )
        )
        yield cameras, staff


def _before(paths: BoothPaths, console: Console) -> Profile | None:
    """Return the profile the booth has; what is not done anew is taken over from it."""
    from calibration.errors import CalibrationError
    from calibration.profile import load

    if paths.profile is None or not paths.profile.exists():
        return None
    try:
        return load(paths.profile)
    except CalibrationError as error:
        console.print(f"The profile before cannot be used: {error}", markup=False)
        return None


def _do(
    session: Session, step: Step, staff: SimulatedStaff | None, options: Options, console: Console
) -> bool:
    """Do one step until it passes or staff goes on; return whether it passed."""
    from calibration.wizard import PLAN

    while True:
        for placing in PLAN[step]:
            _place(placing, staff, console)
            session.take(step, placing)
        result = session.judge(step)
        _tell(result, options, console)
        if options.pictures is not None:
            _save(result, options.pictures)
        if result.passed or staff is not None:
            return result.passed
        answer = typer.prompt("r repeats the step, n goes on", default="r", err=True)
        if answer.strip().lower() != "r":
            return False


def _place(placing: Placing, staff: SimulatedStaff | None, console: Console) -> None:
    from calibration.wizard import WORDS

    console.print(WORDS[placing], markup=False)
    if staff is not None:
        staff.put_up(placing)
        return
    typer.prompt("Enter when it is done", default="", show_default=False, err=True)


def _tell(result: StepResult, options: Options, console: Console) -> None:
    import json

    from calibration.report import limits_words, number

    if options.as_json:
        typer.echo(json.dumps({"step": result.step.value, **result.as_section()}))
        return
    table = Table(title=f"{result.step.value}: {'passed' if result.passed else 'not passed'}")
    for heading in ("figure", "value", "limits", ""):
        table.add_column(heading)
    for name, figure in result.figures.items():
        limits = limits_words(figure.low, figure.high)
        value = f"{number(figure.value)} {figure.unit}"
        table.add_row(name.replace("_", " "), value, limits, "" if figure.holds else "!")
    console.print(table)
    for finding in result.findings:
        style = "red" if finding.serious else None
        console.print(f"- {finding.message}", style=style, markup=False)


def _save(result: StepResult, folder: Path) -> None:
    from PIL import Image

    folder.mkdir(parents=True, exist_ok=True)
    for name, picture in result.pictures.items():
        Image.fromarray(picture).save(folder / f"{result.step.value}-{name}.jpg", quality=90)
