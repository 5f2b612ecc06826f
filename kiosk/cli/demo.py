"""`kiosk demo`: the whole product on this machine, on simulated devices."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def demo(
    *,
    auto: Annotated[
        bool, typer.Option("--auto", help="Play the student too, mistakes first, then right.")
    ] = False,
    headless: Annotated[
        bool,
        typer.Option("--headless", help="Use a virtual display even where there is a real one."),
    ] = False,
    out: Annotated[
        Path, typer.Option(help="Folder for everything the demo makes; emptied first.")
    ] = Path("demo-out"),
    language: Annotated[str, typer.Option(help="zh or en.")] = "zh",
    landscape: Annotated[
        bool, typer.Option("--landscape", help="A wide screen instead of a high one.")
    ] = False,
    size: Annotated[
        str, typer.Option(help="Window size, such as 540x960; high by default.")
    ] = "720x1280",
    person: Annotated[str | None, typer.Option(help="Which simulated sitter.")] = None,
    portrait: Annotated[
        Path | None,
        typer.Option(help="Any picture in the sitter's place.", exists=True, dir_okay=False),
    ] = None,
    script: Annotated[
        Path | None,
        typer.Option(help="What the sitter does; see docs/hardware.md.", exists=True),
    ] = None,
    gallery: Annotated[
        bool, typer.Option("--gallery/--no-gallery", help="Draw every screen afterwards.")
    ] = True,
    verbose: Annotated[bool, typer.Option("--verbose", help="Log to the terminal.")] = False,
) -> None:
    """See the whole thing work: central service and booth together on simulated devices.

    With a display: a window to touch (staff PIN 246810).

    Without one, or with --headless: a virtual display.

    With --auto: the student is played, and everything is checked at the end.

    Exit codes: 0 all went well, 1 something did not, 2 wrong call.
    """
    import logging

    from rich.console import Console

    from hardware import memory

    memory.keep_small()
    from kiosk.demo.problems import SETUP_ERRORS
    from kiosk.demo.run import Demo, DemoOptions
    from kiosk.demo.summary import problems, show, write
    from kiosk.screens.display import has_display
    from kiosk.standards import load

    logging.basicConfig(
        level=logging.INFO if verbose else logging.ERROR,
        format="%(relativeCreated)6d %(threadName)s %(name)s: %(message)s",
    )
    console = Console(stderr=True)
    if language not in ("zh", "en"):
        raise typer.BadParameter("choose zh or en", param_hint="--language")
    if not auto and (headless or not has_display()):
        console.print("There is no display to touch, so the student is played (--auto).")
        auto = True
    options = DemoOptions(
        out=out,
        auto=auto,
        headless=headless,
        language=language,
        size=_size(size, landscape=landscape),
        person=person,
        portrait=portrait,
        script=None if script is None else script.read_text(encoding="utf-8"),
        gallery=gallery,
    )
    try:
        result = Demo(options).run()
    except SETUP_ERRORS as error:
        console.print(f"[red]The demo failed:[/red] {error}")
        raise typer.Exit(1) from error
    except KeyboardInterrupt as error:
        raise typer.Exit(130) from error
    if not auto:
        return
    standard = load("chsi")
    write(result, standard)
    show(result, standard, console)
    if found := problems(result, standard):
        console.print(f"[red]Not as it should be:[/red] {'; '.join(found)}")
        raise typer.Exit(1)
    console.print("[green]From scan to receipt, reviewed and approved.[/green]")


def _size(text: str, *, landscape: bool) -> tuple[int, int]:
    """Return (width, height) of a text such as ``1080x1920``."""
    try:
        width, height = (int(part) for part in text.lower().split("x"))
    except ValueError as error:
        raise typer.BadParameter("write it as 1080x1920", param_hint="--size") from error
    short, long = sorted((width, height))
    return (long, short) if landscape or width > height else (short, long)
