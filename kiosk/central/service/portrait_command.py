"""Our other programs, called as commands: they bring libraries that this service does without."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from kiosk.central.service.errors import ServiceError
from kiosk.central.service.jobs import JobFailed

_TIME_OUT_S = 180.0
_READ_TIME_OUT_S = 30.0
_CHUNK_BYTES = 1 << 20
_DONE, _NOT_GOOD = 0, 1


@dataclass(frozen=True, slots=True)
class MadePhoto:
    """A photo made of an original, or why there is none.

    Attributes:
        jpeg: the photo, empty when none could be made.
        report: its report.
        key: why there is none, such as ``no_face``; empty when there is one.
    """

    jpeg: bytes
    report: dict[str, Any]
    key: str = ""


@dataclass(frozen=True, slots=True)
class PhotoTerms:
    """What a batch asks of its photos.

    Attributes:
        standard: name of the photo standard.
        background: blue, white or grey.
        glasses: forbid or allow_clear.
        min_bytes: smallest file, None for the standard's.
        max_bytes: largest file, None for the standard's.
    """

    standard: str
    background: str
    glasses: str
    min_bytes: int | None = None
    max_bytes: int | None = None

    @property
    def options(self) -> list[str]:
        """As options of ``kiosk portrait``."""
        words = ["--standard", self.standard, "--background", self.background]
        words += ["--glasses", self.glasses]
        for name, value in (("--min-bytes", self.min_bytes), ("--max-bytes", self.max_bytes)):
            words += [] if value is None else [name, str(value)]
        return words


def make_photo(command: Sequence[str], original: BinaryIO, terms: PhotoTerms) -> MadePhoto:
    """Make the official photo of an original.

    Args:
        command: what runs ``kiosk``; empty: this program's own.
        original: the JPEG.
        terms: what the batch asks.

    Raises:
        JobFailed: the program could not be run, or ended in a way it should not.
    """
    with tempfile.TemporaryDirectory(prefix="central-photo-") as folder:
        still, photo, report = (Path(folder) / n for n in ("still.jpg", "photo.jpg", "report.json"))
        with still.open("wb") as file:
            while piece := original.read(_CHUNK_BYTES):
                file.write(piece)
        done = run(
            command,
            ["portrait", str(still), "--out", str(photo), "--report", str(report),
             *terms.options, "--json"],
            folder, _TIME_OUT_S,
        )  # fmt: skip
        line = _last_line(done)
        if done.returncode not in (_DONE, _NOT_GOOD) or line is None:
            raise JobFailed(f"'kiosk portrait' ended with {done.returncode}: {done.stderr[-300:]}")
        if not line.get("photo"):
            return MadePhoto(b"", {}, str(line.get("key") or "no_photo")[:40])
        return MadePhoto(photo.read_bytes(), json.loads(report.read_text(encoding="utf-8")))


def read_code(command: Sequence[str], picture: bytes) -> str | None:
    """Return the text of the QR code in a picture, None when it shows none that can be read.

    Raises:
        ServiceError: 503, the program cannot be run.
    """
    with tempfile.TemporaryDirectory(prefix="central-code-") as folder:
        path = Path(folder) / "code.img"
        path.write_bytes(picture)
        try:
            done = run(command, ["codes", "read", str(path), "--json"], folder, _READ_TIME_OUT_S)
        except JobFailed as error:
            raise _no_reader() from error
    texts = (_last_line(done) or {}).get("texts")
    return str(texts[0]) if isinstance(texts, list) and texts else None


def explain_code(
    command: Sequence[str], text: str, policy: str, config: Path | None
) -> dict[str, Any]:
    """Return what a capture code holds, as ``kiosk codes explain`` says it.

    Args:
        command: what runs ``kiosk``; empty: this program's own.
        text: the code's text; handed over by standard input, where no other user sees it.
        policy: how brackets count in the last four.
        config: a booth's settings, which name the decoders; None: the usual ones.

    Raises:
        ServiceError: 422, it is no capture code; 503, the program cannot be run.
    """
    words = ["codes", "explain", "-", "--policy", policy, "--json"]
    words += [] if config is None else ["--config", str(config)]
    with tempfile.TemporaryDirectory(prefix="central-code-") as folder:
        try:
            done = run(command, words, folder, _READ_TIME_OUT_S, text)
        except JobFailed as error:
            raise _no_reader() from error
    found = _last_line(done)
    if found is None:
        raise _no_reader()
    if found.get("kind") != "capture_code":
        raise ServiceError(
            422, "code_not_capture", "This is no capture code.", "Show the one from CHSI."
        )
    return found


def run(
    command: Sequence[str],
    words: Sequence[str],
    folder: str,
    time_out_s: float = _TIME_OUT_S,
    text: str | None = None,
) -> subprocess.CompletedProcess[str]:
    """Run ``kiosk`` and return how it ended.

    Args:
        command: what runs it; empty: this program's own.
        words: its arguments.
        folder: where it runs.
        time_out_s: how long it may take.
        text: what it reads from standard input; None: nothing.

    Raises:
        JobFailed: it could not be run, or took too long.
    """
    program = list(command) or [sys.executable, "-m", "kiosk"]
    try:
        return subprocess.run(  # noqa: S603 - our own program; no shell, names of our making
            [*program, *words], check=False, capture_output=True, text=True,
            timeout=time_out_s, cwd=folder, input=text or "",
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired) as error:
        raise JobFailed(f"'kiosk {words[0]}' could not be run: {error}") from error


def _no_reader() -> ServiceError:
    return ServiceError(
        503, "code_reader", "Codes cannot be read now.",
        "Try again in a minute, or use the receipt's link.", retry_after_s=60,
    )  # fmt: skip


def _last_line(done: subprocess.CompletedProcess[str]) -> dict[str, Any] | None:
    for line in reversed(done.stdout.splitlines()):
        try:
            found = json.loads(line)
        except ValueError:
            continue
        return found if isinstance(found, dict) else None
    return None
