"""`kiosk screens …`: look at the screens without a booth behind them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, NoReturn

import typer

if TYPE_CHECKING:
    from PIL import Image

    from kiosk.screens.gallery import Pictures

app = typer.Typer(name="screens", help="Look at the screens.", no_args_is_help=True)

_LIVE_VIEW = (1280, 720)
_WALL = (214, 219, 225)


@app.callback()
def _group() -> None:
    """Look at the screens."""


@app.command("gallery")
def gallery(
    out: Annotated[Path, typer.Option("--out", help="Folder for the pictures.", file_okay=False)],
    *,
    language: Annotated[
        Literal["zh", "en"], typer.Option("--language", help="What the screens speak.")
    ] = "zh",
    orientation: Annotated[
        Literal["portrait", "landscape"], typer.Option("--orientation", help="Of the screen.")
    ] = "portrait",
    short_side: Annotated[
        int, typer.Option("--short-side", min=360, max=2160, help="Pixels; the other is 16:9.")
    ] = 1080,
    picture: Annotated[
        Path | None,
        typer.Option(
            "--picture",
            help="A portrait for live view and photo. Default: a drawing.",
            dir_okay=False,
        ),
    ] = None,
    show: Annotated[
        bool, typer.Option("--show", help="Use the display that is there instead of Xvfb.")
    ] = False,
) -> None:
    """Draw every screen with sample data and save each as PNG: no booth, camera or network."""
    import tempfile

    from kiosk.screens.display import display
    from kiosk.screens.errors import ScreenError

    pictures = _pictures(_portrait(picture))
    size = (short_side, short_side * 16 // 9)
    width, height = size if orientation == "portrait" else size[::-1]
    try:
        with (
            display(width, height, headless=not show),
            tempfile.TemporaryDirectory(prefix="kiosk-screens-") as data,
        ):
            count = _draw((width, height), Path(data), out, language, pictures)
    except ScreenError as error:
        _wrong(str(error))
    except OSError as error:
        _wrong(f"{error.filename or out}: cannot be written: {error.strerror}.")
    typer.echo(f"{count} screens in {out}", err=True)


def _draw(size: tuple[int, int], data: Path, out: Path, language: str, pictures: Pictures) -> int:
    """Run the window on this thread and the saving on another; return how many were saved."""
    import threading

    from kiosk.screens.app import KioskApp
    from kiosk.screens.gallery import save_all

    saved: list[Path] = []
    failure: list[Exception] = []

    def save() -> None:
        try:
            saved.extend(save_all(screens, out, language, pictures))
        except Exception as error:  # noqa: BLE001 - raised again on the main thread
            failure.append(error)
        finally:
            screens.stop()

    screens = KioskApp(
        lambda _event: None,
        width=size[0],
        height=size[1],
        data_directory=data,
        consent_version="2026-1",
        transitions=False,
        on_ready=lambda: threading.Thread(target=save, daemon=True).start(),
    )
    screens.run()
    if failure:
        raise failure[0]
    return len(saved)


def _portrait(picture: Path | None) -> Image.Image:
    from PIL import Image

    from kiosk.screens.drawn_portrait import drawn_portrait

    if picture is None:
        return drawn_portrait(960, 1280).convert("RGB")
    try:
        with Image.open(picture) as image:
            return image.convert("RGB")
    except (OSError, ValueError, Image.DecompressionBombError) as error:
        _wrong(f"{picture}: cannot be read as a picture: {error}.")


def _pictures(portrait: Image.Image) -> Pictures:
    import io

    import numpy as np
    from PIL import Image, ImageOps

    from kiosk.codes.qr_image import qr_pixels
    from kiosk.screens.gallery import Pictures

    live = Image.new("RGB", _LIVE_VIEW, _WALL)
    figure = ImageOps.contain(portrait, _LIVE_VIEW)
    live.paste(figure, ((live.width - figure.width) // 2, live.height - figure.height))
    photo = io.BytesIO()
    ImageOps.fit(portrait, (480, 640)).save(photo, format="JPEG", quality=90)
    code = Image.new("RGB", _LIVE_VIEW, _WALL)
    shown = Image.fromarray(qr_pixels("https://photo.example/not-a-capture-code", 12))
    code.paste(shown, ((code.width - shown.width) // 2, (code.height - shown.height) // 2))
    return Pictures(
        live_view=np.asarray(live),
        code_view=np.asarray(code),
        photo=photo.getvalue(),
        payment_qr=qr_pixels("https://pay.example/P-7Q2M"),
        receipt_qr=qr_pixels("https://photo.example/r/K7M4Q2"),
    )


def _wrong(message: str) -> NoReturn:
    typer.echo(message, err=True)
    raise typer.Exit(2)
