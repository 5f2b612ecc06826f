"""One ZIP with all a helper from afar needs, of bounded size."""

from __future__ import annotations

import contextlib
import io
import json
import zipfile
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from kiosk.central.opening import booth_token
from kiosk.settings import SettingsError
from kiosk.support import journal
from kiosk.support.errors import SupportError
from kiosk.support.parts import Booth, all_parts
from kiosk.support.scrub import scrub, scrubbed

_PART_BYTES = 300_000
"""Of one part at most; none comes near it."""


def make(booth: Booth, *, hours: float | None = None) -> bytes:
    """Return a bundle. A part that cannot be made is named in ``manifest.json``, with the reason.

    Args:
        booth: whose.
        hours: of the journal; None: as the settings say.

    Raises:
        SupportError: it cannot be made small enough.
    """
    wanted = booth.settings.support
    since = wanted.log_hours if hours is None else hours
    secrets = known_secrets(booth)
    missing: dict[str, str] = {}
    files = _collect(all_parts(booth), secrets, missing)
    lines: Sequence[str] = ()
    try:
        raw = journal.read(since, wanted.log_lines, wanted.time_out_s)
        lines = list(journal.readable(raw, secrets))
    except SupportError as error:
        missing["journal.txt"] = scrub(str(error), secrets)
    made_at = datetime.now(UTC).isoformat(timespec="seconds")
    manifest = {"format": 1, "booth": booth.settings.booth.name, "made_at": made_at}
    while True:
        manifest |= {"missing": missing, "journal_hours": since, "journal_lines": len(lines)}
        packed = _packed(
            {**files, "journal.txt": "\n".join(lines), "manifest.json": _text(manifest)}
        )
        if len(packed) <= wanted.max_bytes:
            return packed
        if not lines:
            raise SupportError(f"The bundle has more than {wanted.max_bytes} bytes.")
        lines = lines[len(lines) // 2 + 1 :]  # the newest tell most


def known_secrets(booth: Booth) -> tuple[str, ...]:
    """Return the booth's own secrets, to be taken out wherever they stand."""
    settings, base = booth.settings, booth.paths.base
    found = []
    with contextlib.suppress(SettingsError):
        found.append(booth_token(settings, base).get_secret_value())
    if settings.booth.staff_pin_hash is not None:
        found.append(settings.booth.staff_pin_hash.get_secret_value())
    if settings.codes.key_file is not None:
        with contextlib.suppress(OSError, ValueError):
            text = (base / settings.codes.key_file).read_text(encoding="utf-8")
            found += [word for word in text.split() if word]
    return tuple(found)


def _collect(
    parts: Mapping[str, Callable[[], Any]], secrets: Sequence[str], missing: dict[str, str]
) -> dict[str, str]:
    files = {}
    for name, part in parts.items():
        try:
            text = _text(scrubbed(part(), secrets))
            if len(text) > _PART_BYTES:
                raise SupportError(f"It has {len(text)} characters.")  # noqa: TRY301 - one way out
            files[name] = text
        except Exception as error:  # noqa: BLE001 - one part that fails must not cost the others
            missing[name] = scrub(f"{type(error).__name__}: {error}", secrets)[:500]
    return files


def _text(value: Any) -> str:
    return json.dumps(value, indent=1, ensure_ascii=False, default=str)


def _packed(files: Mapping[str, str]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return buffer.getvalue()
