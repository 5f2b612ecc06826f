"""`kiosk calibrate …`: bring a booth into a known state."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kiosk.cli import calibrate_papers

if TYPE_CHECKING:
    from calibration.backdrop import Plate
    from calibration.limits import PlateLimits
    from calibration.profile import Profile
    from kiosk.settings.calibration import CalibrationSettings

app = typer.Typer(
    name="calibrate",
    help="Calibrate the booth: all steps in order, or one of them; report; cards to print.",
    invoke_without_command=True,
)

_PICTURES = (".jpg", ".jpeg", ".png", ".tif", ".tiff", ".webp")
_STEPS = {
    "exposure": "A grey card: exposure of still and live view, linearity, noise.",
    "backdrop": "The empty booth: clean plate, evenness, creases, stains, shadows.",
    "colour": "A colour chart of 24 patches: white balance and matrix.",
    "geometry": "A ChArUco board: lens, distance, height, tilt, crop.",
    "focus": "A slanted edge: sharpness where the sitter is.",
    "view_map": "The board in live view and still: how the two fit.",
    "second_camera": "A code card where phones are held.",
}

Config = Annotated[
    Path | None, typer.Option("--config", help="The booth's settings file.", dir_okay=False)
]
Scene = Annotated[
    Path | None, typer.Option(help="Run folder of the simulated booth; for trying things out.")
]
Pictures = Annotated[
    Path | None, typer.Option(help="Write what each step saw into this folder.", file_okay=False)
]
Json = Annotated[
    bool, typer.Option("--json", help="Each step's figures as a JSON line on standard output.")
]


@app.callback()
def _all_steps(
    ctx: typer.Context,
    *,
    config: Config = None,
    scene: Scene = None,
    pictures: Pictures = None,
    as_json: Json = False,
) -> None:
    """Calibrate the booth: all steps in order, and write a new profile; older ones are kept.

    Exit codes: 0 every step passed, 1 one did not, 2 the call or the settings are wrong.
    """
    if ctx.invoked_subcommand is None:
        _run(tuple(_STEPS), config, scene, pictures, as_json=as_json)


def _run(
    names: tuple[str, ...],
    config: Path | None,
    scene: Path | None,
    pictures: Path | None,
    *,
    as_json: bool,
) -> None:
    from calibration.step import Step
    from kiosk.cli.calibrate_run import Options, calibrate

    options = Options(config, scene, pictures, as_json)
    raise typer.Exit(calibrate([Step(name) for name in names], options))


def _add_step(name: str, words: str) -> None:
    @app.command(name.replace("_", "-"), help=words)
    def one_step(
        *,
        config: Config = None,
        scene: Scene = None,
        pictures: Pictures = None,
        as_json: Json = False,
    ) -> None:
        _run((name,), config, scene, pictures, as_json=as_json)


for _name, _words in _STEPS.items():
    _add_step(_name, _words)


app.command("report")(calibrate_papers.report)
app.command("cards")(calibrate_papers.cards)


@app.command("plate")
def plate(
    stills: Annotated[
        list[Path],
        typer.Argument(help="Stills of the empty backdrop, or folders of them; three or more."),
    ],
    *,
    out: Annotated[
        Path,
        typer.Option(help="The profile to write; in a folder it gets a dated name of its own."),
    ],
    booth: Annotated[
        str | None, typer.Option(help="The booth's name. Default: booth.name of the settings.")
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="The figures as one JSON line on standard output.")
    ] = False,
    config: Annotated[
        Path | None, typer.Option("--config", help="The booth's settings file.", dir_okay=False)
    ] = None,
) -> None:
    """Make the clean plate from stills of the empty booth and write a profile with it.

    Exit code 1 when the stills make no clean plate (somebody is in it, something moved, uneven
    light …): nothing is written then. Exit code 2 when the call or the settings are wrong.
    """
    from calibration.errors import CalibrationError, ProfileError
    from calibration.profile import Exposure, Profile
    from kiosk.settings import SettingsError, load

    try:
        settings = load(config)
    except SettingsError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(2) from error
    try:
        found = read_plate(stills, plate_limits(settings.calibration))
    except CalibrationError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from error
    profile = Profile(
        booth=booth or settings.booth.name,
        plate=found,
        exposure=Exposure(plate_level=found.uniformity.mean),
    )
    try:
        written = profile.save(out) if out.is_dir() else profile.write(out)
    except ProfileError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(2) from error
    _tell(profile, written, as_json=as_json)


def read_plate(paths: list[Path], limits: PlateLimits) -> Plate:
    """Make the clean plate from files, or folders of files.

    Raises:
        CalibrationError: a file cannot be read, or they do not make a plate.
    """
    from calibration.backdrop import PLATE_SIDE_PX, clean_plate
    from calibration.errors import CalibrationError
    from calibration.stills import decode_stills

    files: list[tuple[str, bytes]] = []
    for path in paths:
        inside = sorted(f for f in path.iterdir() if f.suffix.lower() in _PICTURES) \
            if path.is_dir() else [path]  # fmt: skip
        for file in inside:
            try:
                files.append((str(file), file.read_bytes()))
            except OSError as error:
                raise CalibrationError(
                    f"{file}: cannot be read: {error.strerror or error}."
                ) from error
    pixels, size = decode_stills(files, PLATE_SIDE_PX)
    return clean_plate(pixels, size, limits)


def plate_limits(section: CalibrationSettings) -> PlateLimits:
    """Return the settings as the calibration room takes them."""
    from kiosk.booth.calibration_setup import plate_limits as limits_of

    return limits_of(section)


def _tell(profile: Profile, written: Path, *, as_json: bool) -> None:
    import json
    from dataclasses import asdict

    found = profile.plate
    figures = {
        "profile": str(written),
        "stills": found.stills,
        "still_size": list(found.still_size),
        "noise": [round(v, 3) for v in found.noise],
        **{
            name: [round(v, 2) for v in value] if isinstance(value, tuple) else round(value, 4)
            for name, value in asdict(found.uniformity).items()
        },
    }
    if as_json:
        typer.echo(json.dumps(figures))
        return
    uniformity = found.uniformity
    typer.echo(str(written))
    typer.echo(
        f"Clean plate of {found.stills} stills, {found.still_size[0]}x{found.still_size[1]} "
        f"pixels. Noise {max(found.noise):.1f} code values; light falls off by "
        f"{uniformity.falloff:.0%}; the worst spot is {uniformity.largest_step:.1%} off its "
        "surroundings.",
        err=True,
    )
