"""`kiosk support …`: what those who help from afar need to know of this booth."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from kiosk.support.parts import Booth

app = typer.Typer(
    name="support",
    help="A bundle of how this booth is, for those who help: no photos, names, codes or keys.",
    no_args_is_help=True,
)

ConfigOption = Annotated[
    Path | None, typer.Option("--config", help="The booth's settings file.", dir_okay=False)
]


@app.command("bundle")
def bundle(
    config: ConfigOption = None,
    *,
    out: Annotated[
        str, typer.Option(help="File to write; - is standard output, for kiosk-as-booth.")
    ] = "support.zip",
    hours: Annotated[
        float | None, typer.Option(min=0.0, max=720.0, help="Hours of the journal.")
    ] = None,
) -> None:
    """Write a support bundle. Look into it before you send it: it is a ZIP of text files.

    The booth may go on meanwhile. Exit code 1: some part is missing; manifest.json says why.
    """
    import io
    import json
    import zipfile

    from kiosk.support.bundle import make
    from kiosk.support.errors import SupportError

    try:
        content = make(_booth(config), hours=hours)
        if out == "-":
            sys.stdout.buffer.write(content)
            sys.stdout.buffer.flush()
        else:
            Path(out).write_bytes(content)
    except (SupportError, OSError) as error:
        typer.echo(f"No bundle: {error}", err=True)
        raise typer.Exit(2) from error
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        missing = json.loads(archive.read("manifest.json"))["missing"]
    typer.echo(f"{out}: {len(content)} bytes.", err=True)
    for name, why in missing.items():
        typer.echo(f"without {name}: {why}", err=True)
    if missing:
        raise typer.Exit(1)


@app.command("send")
def send(config: ConfigOption = None) -> None:
    """Send the support bundle that the central backend asked this booth for.

    kiosk-support.service runs this when the booth has been asked. Exit code 1: it could not be
    sent now; the booth is asked again with its next heartbeat.
    """
    import re

    from kiosk.booth.heartbeats import SUPPORT_WANTED
    from kiosk.central.contract import SUPPORT_REQUEST_PATTERN
    from kiosk.central.errors import CentralRefused, CentralUnreachable
    from kiosk.central.opening import open_client
    from kiosk.settings import SettingsError
    from kiosk.support.bundle import make
    from kiosk.support.errors import SupportError

    booth = _booth(config)
    wanted = booth.paths.data / SUPPORT_WANTED
    try:
        request = wanted.read_text(encoding="ascii").strip()
    except (OSError, ValueError):
        request = ""
    if not re.fullmatch(SUPPORT_REQUEST_PATTERN, request):
        typer.echo("Nobody has asked for a support bundle.", err=True)
        return
    try:
        content = make(booth)
        open_client(booth.settings, booth.paths.base).send_support(request, content)
    except CentralRefused as error:
        wanted.unlink(missing_ok=True)  # asked of another booth, or so long ago that nobody waits
        typer.echo(str(error), err=True)
        raise typer.Exit(2) from error
    except (SupportError, SettingsError, CentralUnreachable, OSError) as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from error
    wanted.unlink(missing_ok=True)
    typer.echo(f"Sent: {len(content)} bytes.", err=True)


def _booth(config: Path | None) -> Booth:
    from kiosk.booth.paths import BoothPaths
    from kiosk.settings import SettingsError, load
    from kiosk.support.parts import Booth

    try:
        settings = load(config)
    except SettingsError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(2) from error
    return Booth(settings, config, BoothPaths.of(settings, config))
