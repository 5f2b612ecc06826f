"""`kiosk calibrate …`: bring a booth into a known state."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from calibration.backdrop import Plate
    from calibration.limits import PlateLimits
    from calibration.profile import Profile
    from kiosk.settings.calibration import CalibrationSettings

app = typer.Typer(
    name="calibrate", help="Calibrate the booth: the clean plate.", no_args_is_help=True
)

_PICTURES = (".jpg", ".jpeg", ".png", ".tif", ".tiff", ".webp")


@app.callback()
def _steps() -> None:
    """Keep `plate` a command of its own, also while it is the only step."""


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


def plate_limits(settings: CalibrationSettings) -> PlateLimits:
    """Return the settings as the calibration room takes them."""
    from calibration.limits import PlateLimits

    return PlateLimits(
        min_stills=settings.plate_stills_min,
        max_change=settings.plate_change_max,
        max_exposure_change=settings.plate_exposure_change_max,
        max_step=settings.plate_step_max,
        max_step_area=settings.plate_step_area_max,
        max_falloff=settings.plate_falloff_max,
        max_clipped=settings.plate_clipped_max,
    )


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
