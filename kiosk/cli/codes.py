"""`kiosk codes …`: read codes from pictures, make simulated ones, say what a text is."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, NoReturn

import typer

from kiosk.codes.last_four import BracketPolicy

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from kiosk.codes.capture import Decoder
    from kiosk.settings.codes import CodeSettings

app = typer.Typer(
    name="codes", help="QR codes, batch codes and capture codes.", no_args_is_help=True
)

EngineName = Literal["zxing", "pyzbar"]

ConfigOption = Annotated[
    Path | None, typer.Option("--config", help="The booth's settings file.", dir_okay=False)
]
KeyFileOption = Annotated[
    Path | None,
    typer.Option("--key-file", help="Keys of simulated capture codes. Default: codes.key_file."),
]
JsonOption = Annotated[bool, typer.Option("--json", help="JSON lines on standard output.")]

_ISSUED_MODULE_PX = 8


@app.command("read")
def read(
    images: Annotated[list[Path], typer.Argument(help="Pictures: JPEG, PNG, WebP …")],
    config: ConfigOption = None,
    *,
    engine: Annotated[
        EngineName | None, typer.Option("--engine", help="Default: codes.engine.")
    ] = None,
    fast: Annotated[
        bool, typer.Option("--fast", help="One look only, as on most frames of the live view.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Read the QR codes in pictures. Exit code 1 when a picture could not be read."""
    from kiosk.codes.errors import EngineMissing
    from kiosk.codes.reader import CodeReader

    settings, _ = _settings(config)
    try:
        reader = CodeReader(engine or settings.engine)
    except EngineMissing as error:
        _wrong(str(error))
    failed = False
    for image in images:
        try:
            texts = reader.read(_pixels(image), thorough=not fast)
        except ValueError as error:
            failed = True
            _show_error(image, str(error), as_json=as_json)
            continue
        if as_json:
            typer.echo(json.dumps({"file": str(image), "texts": texts}, ensure_ascii=False))
        else:
            typer.echo(f"{image}: {' | '.join(texts) or 'no code'}")
    if failed:
        raise typer.Exit(1)


@app.command("issue")
def issue(
    student_number: Annotated[str, typer.Argument(help="The unique student number.")],
    name: Annotated[str, typer.Argument(help="The name as on the ID.")],
    id_number: Annotated[str, typer.Argument(help="The whole ID number, brackets included.")],
    config: ConfigOption = None,
    key_file: KeyFileOption = None,
    png: Annotated[
        Path | None, typer.Option("--png", help="Write the QR code here too.", dir_okay=False)
    ] = None,
) -> None:
    """Make a simulated capture code and print it. The key file is made when it is not there."""
    from kiosk.codes import simulated
    from kiosk.codes.errors import KeyFileError
    from kiosk.codes.keys import load_keys
    from kiosk.codes.qr_image import qr_png

    settings, directory = _settings(config)
    path = key_file or (directory / settings.key_file if settings.key_file else None)
    if path is None:
        _wrong("No key file. Give --key-file FILE, or set codes.key_file in the settings.")
    try:
        key = load_keys(path, create=True).current
        text = simulated.issue(student_number, name, id_number, key)
        if png is not None:
            png.write_bytes(qr_png(text, _ISSUED_MODULE_PX))
    except (KeyFileError, ValueError) as error:
        _wrong(str(error))
    except OSError as error:
        _wrong(f"{png}: cannot be written: {error.strerror}.")
    typer.echo(text)


@app.command("explain")
def explain(
    text: Annotated[
        str, typer.Argument(help="What a QR code holds, or was typed; - reads it from input.")
    ],
    config: ConfigOption = None,
    key_file: KeyFileOption = None,
    policy: Annotated[
        BracketPolicy, typer.Option("--policy", help="How brackets count in the last four.")
    ] = "count",
    *,
    as_json: JsonOption = False,
) -> None:
    """Say what a text is: a batch code, a capture code, or neither. Exit code 1 for neither."""
    import dataclasses

    from kiosk.codes.batch_code import batch_code
    from kiosk.codes.capture import decode
    from kiosk.codes.errors import CodeError, NotABatchCode

    if text == "-":
        text = sys.stdin.read().strip("\r\n")
    settings, directory = _settings(config)
    if key_file is not None:
        settings = settings.model_copy(update={"key_file": key_file.absolute()})
    found: dict[str, object]
    try:
        found = {"kind": "batch_code", "code": batch_code(text, settings.batch_parameters)}
    except NotABatchCode:
        decoders = _decoders(settings, directory)
        try:
            code = decode(text, decoders, policy, settings.longest_capture_code)
            found = {"kind": "capture_code"} | dataclasses.asdict(code)
        except CodeError as error:
            found = {"kind": "error", "key": error.key, "error": str(error)}
    if as_json:
        typer.echo(json.dumps(found, ensure_ascii=False))
    else:
        for key, value in found.items():
            typer.echo(f"{key:14} {'-' if value in (None, '') else value}")
    if found["kind"] == "error":
        raise typer.Exit(1)


def _decoders(settings: CodeSettings, directory: Path) -> tuple[Decoder, ...]:
    from kiosk.codes.capture import load_decoders
    from kiosk.codes.errors import DecoderMissing

    try:
        return load_decoders(settings, directory)
    except DecoderMissing as error:
        _wrong(str(error))


def _settings(config: Path | None) -> tuple[CodeSettings, Path]:
    """Return the section, and the directory that its relative paths start from."""
    from kiosk.settings import SettingsError, load

    try:
        settings = load(config)
    except SettingsError as error:
        _wrong(str(error))
    base = config.resolve().parent if config else Path.cwd()
    return settings.codes, base / settings.booth.data_directory


def _pixels(path: Path) -> npt.NDArray[np.uint8]:
    """Return the picture, upright, as RGB.

    Raises:
        ValueError: it cannot be read; says why.
    """
    import numpy as np
    from PIL import Image, ImageOps, UnidentifiedImageError

    try:
        with Image.open(path) as image:
            return np.asarray(ImageOps.exif_transpose(image).convert("RGB"))
    except UnidentifiedImageError as error:
        raise ValueError("not a picture.") from error
    except OSError as error:
        raise ValueError(f"cannot be read: {error.strerror or error}.") from error
    except (Image.DecompressionBombError, SyntaxError) as error:
        raise ValueError(f"cannot be read: {error}.") from error


def _show_error(path: Path, reason: str, *, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps({"file": str(path), "error": reason}, ensure_ascii=False))
    else:
        typer.echo(f"{path}: {reason}", err=True)


def _wrong(message: str) -> NoReturn:
    typer.echo(message, err=True)
    raise typer.Exit(2)
