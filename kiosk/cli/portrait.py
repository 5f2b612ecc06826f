"""`kiosk portrait`: make the official photo of a still, with its report."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, NoReturn

import typer
from typer.core import TyperCommand

if TYPE_CHECKING:
    from calibration.backdrop import Plate
    from calibration.profile import Profile
    from kiosk.portrait.make import Portrait, PortraitMaker
    from kiosk.settings import Settings
    from kiosk.standards import Standard

Signer = Callable[[dict[str, Any]], dict[str, Any]]

_PLATE_OPTION = (
    "Stills of the empty backdrop, or a folder of them; after the stills, several may follow. "
    "Without a plate and a profile the person is cut out less exactly."
)
_FLAGS = ("--json", "--help")


class PortraitCommand(TyperCommand):
    """Lets several files follow one ``--plate``, as a shell's pattern gives them."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Repeat ``--plate`` before each file that follows one, then parse as usual."""
        return super().parse_args(ctx, spread_plates(args))


def spread_plates(args: list[str]) -> list[str]:
    """Return `args` with ``--plate`` before each plate.

    Files after a plate are plates only when stills came before: ``STILL --plate A B``. In
    ``--plate A STILL`` there is no telling otherwise.
    """
    spread: list[str] = []
    stills, option = False, ""
    for arg in args:
        if option:
            spread.append(arg)
            last, option = option, ""
            plates = last == "--plate" and stills
        elif arg.startswith("-"):
            spread.append(arg)
            plates = False
            option = "" if arg in _FLAGS or "=" in arg else arg
        elif spread and plates:
            spread += ["--plate", arg]
        else:
            spread.append(arg)
            stills, plates = True, False
    return spread


def portrait(
    stills: Annotated[list[Path], typer.Argument(help="Stills of one person each.")],
    *,
    out: Annotated[
        Path, typer.Option("--out", help="The photo; a folder when there are several stills.")
    ],
    plates: Annotated[list[Path] | None, typer.Option("--plate", help=_PLATE_OPTION)] = None,
    profile: Annotated[
        Path | None,
        typer.Option(help="The booth's calibration profile, instead of plates."),
    ] = None,
    standard: Annotated[
        str | None,
        typer.Option(help="Name of a photo standard, or its TOML. Default: portrait.standard."),
    ] = None,
    background: Annotated[
        str | None,
        typer.Option(help="Official colour: blue, white or grey. Default: the standard's."),
    ] = None,
    min_bytes: Annotated[
        int | None, typer.Option(min=1, help="A batch's smallest file. Default: the standard's.")
    ] = None,
    max_bytes: Annotated[
        int | None, typer.Option(min=1, help="A batch's largest file. Default: the standard's.")
    ] = None,
    glasses: Annotated[
        Literal["forbid", "allow_clear"], typer.Option(help="A batch's policy on glasses.")
    ] = "forbid",
    alpha: Annotated[
        Path | None,
        typer.Option(help="Also write the still's alpha as PNG (a folder for several stills)."),
    ] = None,
    report: Annotated[
        Path | None,
        typer.Option(
            help="Also write the report: JSON, or a page for people where the name ends in .html "
            "(a folder for several stills)."
        ),
    ] = None,
    sign_key: Annotated[
        Path | None,
        typer.Option(help="Sign the report with this key; made on first use.", dir_okay=False),
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="One JSON line a still on standard output.")
    ] = False,
    config: Annotated[
        Path | None, typer.Option("--config", help="The booth's settings file.", dir_okay=False)
    ] = None,
) -> None:
    """Make the official photo: cut out, put on the official colour, cropped, scaled and judged.

    Exit code 0 when every photo conforms to the standard. Exit code 1 when one misses something:
    the photo is written, and what is missed stands on standard error and in the report; or when
    none could be made of a still. Exit code 2 when the call is wrong.
    """
    from kiosk.settings import SettingsError, load
    from kiosk.standards import StandardError
    from kiosk.standards import load as load_standard

    _check_call(stills, plates or [], profile, out)
    try:
        settings = load(config)
        rules = load_standard(standard or settings.portrait.standard)
        rules.background.colour(background)
        _check_limits(rules, min_bytes, max_bytes)
    except (SettingsError, StandardError) as error:
        _wrong(str(error))
    terms: dict[str, Any] = {
        "background": background, "min_bytes": min_bytes, "max_bytes": max_bytes,
        "glasses": glasses,
    }  # fmt: skip
    sign = _signer(sign_key)
    found_profile, plate = _known_backdrop(plates or [], profile, settings)
    from kiosk.portrait.loading import load_maker

    maker = load_maker(
        rules, settings.portrait, settings.guidance, profile=found_profile, plate=plate
    )
    several = len(stills) > 1 or out.is_dir()
    good = True
    for still in stills:
        places = {
            "photo": _place(out, still, ".jpg", several=several),
            "alpha": _place(alpha, still, "_alpha.png", several=several),
            "report": _place(report, still, ".json", several=several),
        }
        good = _make_one(maker, still, places, terms, sign, as_json=as_json) and good
    if not good:
        raise typer.Exit(1)


def _make_one(
    maker: PortraitMaker,
    still: Path,
    places: dict[str, Path | None],
    terms: dict[str, Any],
    sign: Signer | None,
    *,
    as_json: bool,
) -> bool:
    """Make one photo, write its files, say what is missed; return whether it conforms."""
    from kiosk.portrait.errors import PortraitError, Unreadable

    line: dict[str, Any] = {"file": str(still)}
    start = time.perf_counter()
    try:
        try:
            data = still.read_bytes()
        except OSError as error:
            raise Unreadable(f"cannot be read: {error.strerror or error}.") from error
        made = maker.make(data, **terms)
    except PortraitError as error:
        typer.echo(f"{still}: no photo ({error.key}): {error}", err=True)
        line |= {"photo": None, "conforms": False, "error": str(error), "key": error.key}
        _say(line, as_json=as_json)
        return False
    seconds = time.perf_counter() - start
    _write(made, places, maker.standard, sign)
    line |= {
        "photo": str(places["photo"]),
        "conforms": made.report.conforms,
        "remarks": list(made.remarks),
        "seconds": round(seconds, 3),
    }
    for remark in made.report.remarks:
        kind = "missed" if remark.serious else "note"
        typer.echo(f"{still}: {kind}: {remark}", err=True)
    if not made.report.conforms:
        typer.echo(f"{places['photo']}: does not conform; do not pass it on.", err=True)
    _say(line, as_json=as_json)
    return made.report.conforms


def _signer(path: Path | None) -> Signer | None:
    if path is None:
        return None
    from kiosk.central.signature import ReportKeyError, load_signing_key, sign

    try:
        key = load_signing_key(path)
    except ReportKeyError as error:
        _wrong(str(error))
    return lambda report: sign(report, key)


def _report_file(
    made: Portrait, place: Path | None, standard: Standard, sign: Signer | None
) -> bytes:
    """Return the report as the file's name asks for it."""
    report = made.report.as_dict()
    if sign is not None:
        report = sign(report)
    if place is not None and place.suffix.lower() in (".html", ".htm"):
        from kiosk.central.signature import verify
        from kiosk.portrait.report_page import render

        page = render(report, standard, photo=made.jpeg, signature=verify(report).value)
        return page.encode()
    return json.dumps(report, indent=1, ensure_ascii=False).encode() + b"\n"


def _write(
    made: Portrait, places: dict[str, Path | None], standard: Standard, sign: Signer | None
) -> None:
    import io

    from PIL import Image

    alpha = io.BytesIO()
    if places["alpha"] is not None:
        Image.fromarray(made.alpha).save(alpha, "PNG")
    contents = {
        "report": _report_file(made, places["report"], standard, sign),
        "alpha": alpha.getvalue(),
        "photo": made.jpeg,
    }
    for name, content in contents.items():
        place = places[name]
        if place is None:
            continue
        try:
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(content)
        except OSError as error:
            _wrong(f"{place}: cannot be written: {error.strerror or error}.")


def _known_backdrop(
    plates: list[Path], profile: Path | None, settings: Settings
) -> tuple[Profile | None, Plate | None]:
    from calibration.errors import CalibrationError
    from calibration.profile import load as load_profile
    from kiosk.cli.calibrate import plate_limits, read_plate

    try:
        if profile is not None:
            return load_profile(profile), None
        if plates:
            # Whoever has a single picture of the empty wall may use it; a profile needs more.
            limits = replace(plate_limits(settings.calibration), min_stills=1)
            return None, read_plate(plates, limits)
    except CalibrationError as error:
        _wrong(str(error))
    return None, None


def _check_call(stills: list[Path], plates: list[Path], profile: Path | None, out: Path) -> None:
    if plates and profile is not None:
        _wrong("Give plates or a profile, not both.")
    if len(stills) > 1 and out.exists() and not out.is_dir():
        _wrong(f"{out}: is a file; several stills need a folder for their photos.")


def _check_limits(rules: Standard, min_bytes: int | None, max_bytes: int | None) -> None:
    try:
        rules.with_file_limits(min_bytes, max_bytes)
    except ValueError:
        _wrong("--min-bytes is above --max-bytes; the standard sets whichever is not given.")


def _place(path: Path | None, still: Path, ending: str, *, several: bool) -> Path | None:
    if path is None or not several:
        return path
    return path / f"{still.stem}{ending}"


def _say(line: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps(line, ensure_ascii=False))
    elif line.get("photo"):
        typer.echo(line["photo"])


def _wrong(message: str) -> NoReturn:
    typer.echo(message, err=True)
    raise typer.Exit(2)
