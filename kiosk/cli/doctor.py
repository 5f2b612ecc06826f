"""`kiosk doctor`: what is wrong with this booth, and what to do about it."""

from __future__ import annotations

import functools
import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from hardware.base import Camera
    from kiosk.doctor.finding import Finding
    from kiosk.settings.camera import CameraSection

_STYLES = {"ok": "green", "warning": "yellow", "failed": "bold red"}


def doctor(
    config: Annotated[
        Path | None, typer.Option("--config", help="The booth's settings file.", dir_okay=False)
    ] = None,
    *,
    as_json: Annotated[
        bool, typer.Option("--json", help="One JSON line for each finding on standard output.")
    ] = False,
) -> None:
    """Look at everything a booth needs, and say what to do about what is wrong.

    Settings, Python, face models, OpenCV, QR engines, font, display, clock,
    service, cameras and who holds them, barcode scanner, lamps, printer,
    calibration, disk, outbox, central backend. Nothing is changed. Stop the
    booth first, or its own devices are busy: sudo systemctl stop kiosk.

    Exit code 0: nothing failed (there may be warnings); 1: something did.
    """
    import logging
    import tempfile

    from kiosk.doctor.checks import all_checks
    from kiosk.doctor.finding import Status, examine

    # What drivers log says again, less clearly, what the findings say.
    logging.getLogger().addHandler(logging.NullHandler())
    with tempfile.TemporaryDirectory() as folder:
        checks = all_checks(config, functools.partial(_build, folder))
        findings = list(_shown(examine(checks), as_json=as_json))
    failures = sum(finding.status is Status.FAILED for finding in findings)
    warnings = sum(finding.status is Status.WARNING for finding in findings)
    if not as_json:
        _print_table(findings)
    typer.echo(f"{len(findings)} looked at, {failures} failed, {warnings} warnings.", err=True)
    if failures:
        raise typer.Exit(1)


def _build(folder: str, name: str, section: CameraSection) -> Camera:
    """Build a camera as the booth does; a simulated one sees an empty chair in `folder`."""
    from hardware.errors import Misconfigured
    from kiosk.booth.devices import build_camera
    from kiosk.booth.errors import BoothError

    simulated = str(section.driver) == "simulated"
    try:
        return build_camera(name, section, {"folder": folder} if simulated else {})
    except BoothError as error:
        raise Misconfigured(str(error)) from error


def _shown(findings: Iterable[Finding], *, as_json: bool) -> Iterator[Finding]:
    """Say what is found as it is found: some checks take seconds."""
    import dataclasses

    from rich.console import Console

    with Console(stderr=True).status("Looking at settings …") as status:
        for finding in findings:
            if as_json:
                typer.echo(json.dumps(dataclasses.asdict(finding), ensure_ascii=False))
            status.update(f"{finding.name}: {finding.status}")
            yield finding


def _print_table(findings: Iterable[Finding]) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(show_lines=True)
    for column in ("", "what", "found", "what to do"):
        table.add_column(column, overflow="fold")
    for finding in findings:
        table.add_row(
            Text(finding.status, _STYLES[finding.status]),
            finding.name,
            Text(finding.what),
            Text(finding.remedy),
        )
    Console().print(table)
