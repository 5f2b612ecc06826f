"""Sheets to print, as one PDF: made by ``kiosk print``, whose sizes and cut marks are exact."""

from __future__ import annotations

import io
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import BinaryIO

from PIL import Image

from kiosk.central.service import portrait_command
from kiosk.central.service.errors import ServiceError
from kiosk.central.service.jobs import JobFailed
from kiosk.central.service.print_products import products

# As `kiosk print` writes its own PDFs: nothing is lost that paper would show.
_QUALITY = 95


def make_pdf(
    command: Sequence[str], photo: BinaryIO, lines: Mapping[str, int], title: str
) -> bytes:
    """Return a PDF with a page for each sheet, of the paper's size.

    Args:
        command: what runs ``kiosk``; empty: this program's own.
        photo: the approved JPEG.
        lines: size to number of sheets.
        title: the document's title; says nothing of whose photo it is.

    Raises:
        ServiceError: 503, the sheets cannot be made now.
    """
    pages: list[Image.Image] = []
    with tempfile.TemporaryDirectory(prefix="central-print-") as folder:
        path = Path(folder) / "photo.jpg"
        path.write_bytes(photo.read())
        for size, sheets in lines.items():
            out = Path(folder) / f"{size}.png"
            words = ["print", str(path), "--size", size, "--paper", products().paper]
            try:
                done = portrait_command.run(command, [*words, "--out", str(out)], folder)
            except JobFailed as error:
                raise _not_now(str(error)) from error
            if done.returncode or not out.exists():
                raise _not_now(done.stderr[-300:])
            with Image.open(out) as sheet:
                sheet.load()
                pages += [sheet.convert("RGB")] * sheets
                dpi = float(sheet.info["dpi"][0])
    file = io.BytesIO()
    pages[0].save(
        file, "PDF", save_all=True, append_images=pages[1:], resolution=dpi,
        quality=_QUALITY, subsampling=0, title=title,
    )  # fmt: skip
    return file.getvalue()


def _not_now(why: str) -> ServiceError:
    return ServiceError(
        503, "print_sheets", f"The sheets cannot be made now: {why.strip()}",
        "Try again; if it stays so, look at kiosk_command and the service's log.",
        retry_after_s=60,
    )  # fmt: skip
