"""`kiosk fallback`: what stands on the screen when the booth cannot run."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

_LINES = 6


def fallback(
    config: Annotated[
        Path | None, typer.Option("--config", help="The booth's settings file.", dir_okay=False)
    ] = None,
    *,
    unit: Annotated[str, typer.Option(help="Whose last words staff are told.")] = "kiosk.service",
    picture: Annotated[
        Path | None, typer.Option(help="Write the picture to this PNG instead of the screen.")
    ] = None,
    width: Annotated[int, typer.Option(min=320, help="Of that picture, pixels.")] = 1080,
    height: Annotated[int, typer.Option(min=320, help="Of that picture, pixels.")] = 1920,
) -> None:
    """Show that the booth is paused, with a QR code that tells staff why.

    The service kiosk-fallback.service runs this after too many failed starts,
    and starts the booth again after a while.
    """
    import tempfile
    from datetime import datetime

    from kiosk.fallback.framebuffer import Framebuffer, FramebufferError
    from kiosk.fallback.picture import as_text, draw
    from kiosk.screens.errors import FontMissingError
    from kiosk.screens.fonts import find

    booth, when = _booth(config), datetime.now().astimezone().strftime("%Y-%m-%d %H:%M")
    reasons = _last_words(unit)
    with tempfile.TemporaryDirectory() as cache:
        try:
            font = find(Path(cache)).regular
        except FontMissingError:
            font = None
        if picture is not None:
            from PIL import Image

            pixels = draw(width, height, booth=booth, when=when, reasons=reasons, font=font)
            Image.fromarray(pixels).save(picture)
            return
        try:
            screen = Framebuffer.first()
            screen.show(
                draw(
                    screen.width, screen.height,
                    booth=booth, when=when, reasons=reasons, font=font,
                )
            )  # fmt: skip
        except FramebufferError as error:
            typer.echo(str(error), err=True)
            typer.echo(as_text(booth, when, reasons))


def _booth(config: Path | None) -> str:
    """Return the booth's name; the settings may be what keeps it from running."""
    from kiosk.settings import SettingsError, load

    try:
        return load(config).booth.name if config is not None else "booth"
    except SettingsError as error:
        return f"booth ({str(error).splitlines()[0]})"


def _last_words(unit: str) -> list[str]:
    """Return the last lines of a unit's log; none where there is no journal."""
    import subprocess

    command = ["journalctl", "--no-pager", "--quiet", "--output=cat", f"--lines={_LINES}"]
    try:
        done = subprocess.run(  # noqa: S603 - our own command
            [*command, "--unit", unit], check=False, capture_output=True, text=True, timeout=10
        )
    except (OSError, subprocess.TimeoutExpired):
        return []
    return [line.strip() for line in done.stdout.splitlines() if line.strip()]
