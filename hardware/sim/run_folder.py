"""The folder through which the simulated devices and the one who directs them talk.

The cameras run in processes of their own, so the scene's wanted state stands in small JSON
files, one for each part. A part is replaced as a whole and at once (`os.replace`), so a reader
sees the old or the new one, never half of it; and each part has one writer at a time.
"""

from __future__ import annotations

import contextlib
import json
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

PARTS: Final = ("sitter", "phone", "light", "faults", "printer", "card", "misadjustment")
_SCANS: Final = "scans"


class RunFolder:
    """Reads and writes the parts of a scene.

    Args:
        folder: made when it does not exist.
    """

    def __init__(self, folder: Path | str) -> None:
        self.path = Path(folder)
        (self.path / _SCANS).mkdir(parents=True, exist_ok=True)
        self._read: dict[str, tuple[tuple[int, int], dict[str, Any]]] = {}

    def write(self, part: str, value: Mapping[str, Any]) -> None:
        """Replace a part."""
        _replace(self.path / f"{part}.json", json.dumps(dict(value)))

    def read(self, part: str) -> dict[str, Any]:
        """Return a part as last written, empty when it never was. Cheap when unchanged."""
        path = self.path / f"{part}.json"
        try:
            status = path.stat()
            stamp = (status.st_mtime_ns, status.st_ino)
            known = self._read.get(part)
            if known is not None and known[0] == stamp:
                return known[1]
            value = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        if not isinstance(value, dict):
            return {}
        self._read[part] = (stamp, value)
        return value

    def put_scan(self, text: str) -> None:
        """Queue a text for the simulated code scanner."""
        folder = self.path / _SCANS
        taken = [int(p.stem) for p in folder.glob("*.txt") if p.stem.isdigit()]
        _replace(folder / f"{max(taken, default=0) + 1:08d}.txt", text)

    def take_scan(self) -> str | None:
        """Return the oldest queued text and forget it; None when there is none."""
        for path in sorted((self.path / _SCANS).glob("*.txt")):
            with contextlib.suppress(OSError):
                text = path.read_text(encoding="utf-8")
                path.unlink()
                return text
        return None


def common_folder() -> Path:
    """Return the folder the simulated devices of this machine share when none is named."""
    return Path(tempfile.gettempdir()) / "campus-capture-simulated-booth"


def _replace(path: Path, text: str) -> None:
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".new")
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
