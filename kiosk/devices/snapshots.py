"""Pictures of what cameras see, as files for people."""

from __future__ import annotations

from pathlib import Path

from PIL import Image

from hardware.base import Frame, Still

_ENDINGS = {"image/jpeg": ".jpg", "image/png": ".png"}
_QUALITY = 90


def save_frame(folder: Path, name: str, frame: Frame) -> Path:
    """Write a frame as ``NAME.jpg`` and return where; a viewer never sees half of it.

    Raises:
        OSError: it cannot be written.
    """
    path = folder / f"{name}.jpg"
    part = path.with_suffix(".part")
    Image.fromarray(frame.pixels).save(part, "JPEG", quality=_QUALITY)
    part.replace(path)
    return path


def save_still(folder: Path, name: str, still: Still) -> Path:
    """Write a still as it is, as ``NAME_still.jpg``, and return where.

    Raises:
        OSError: it cannot be written.
    """
    path = folder / f"{name}_still{_ENDINGS.get(still.media_type, '.bin')}"
    path.write_bytes(still.data)
    return path
