"""Uploads as booths send them: a photo of 40 KB and an original of 4 MB, each only once."""

from __future__ import annotations

import hashlib
import io
import sys
from functools import cache
from pathlib import Path

import numpy as np
from PIL import Image

sys.path.insert(0, str(Path(__file__).parents[1]))

from central_samples import sha256, submission
from central_target import Ask

PHOTO_BYTES, ORIGINAL_BYTES = 40_000, 4_000_000
_BOUNDARY = "----bench"
_START_OF_IMAGE = b"\xff\xd8"


def upload(number: int, batch: str, booth: str, key: str) -> Ask:
    """Return the request with the photo of this number, of a student of its own."""
    photo, original = (_numbered(picture(kind), number) for kind in ("photo", "original"))
    message = submission(
        photo, original, batch=batch, booth=booth,
        code_hash=sha256(f"uploaded {batch} {number}".encode()), last_four=f"{number % 10000:04d}",
        report={"rules": {f"rule_{n}": {"verdict": "pass", "value": n / 7, "limit": 0.2}
                          for n in range(80)}},
    )  # fmt: skip
    body = b"".join(
        b"--" + _BOUNDARY.encode() + b'\r\nContent-Disposition: form-data; name="' + name.encode()
        + b'"' + extra + b"\r\n\r\n" + content + b"\r\n"
        for name, extra, content in (
            ("meta", b"", message.model_dump_json().encode()),
            ("photo", b'; filename="p"\r\nContent-Type: image/jpeg', photo),
            ("original", b'; filename="o"\r\nContent-Type: image/jpeg', original),
        )
    ) + f"--{_BOUNDARY}--\r\n".encode()  # fmt: skip
    headers = {
        "Content-Type": f"multipart/form-data; boundary={_BOUNDARY}",
        "Authorization": f"Bearer {key}",
    }
    return Ask("PUT", f"/api/v1/submissions/{message.photo_sha256}", headers, body)


@cache
def picture(kind: str) -> bytes:
    """Return a JPEG of about the size in bytes that a booth's have."""
    size, wanted = ((480, 640), PHOTO_BYTES) if kind == "photo" else ((3000, 4000), ORIGINAL_BYTES)
    noise = np.random.default_rng(1).normal(128, 40, (size[1] // 4, size[0] // 4, 3))
    image = Image.fromarray(noise.clip(0, 255).astype(np.uint8)).resize(size)
    data = b""
    for quality in range(20, 100, 3):
        out = io.BytesIO()
        image.save(out, "JPEG", quality=quality, dpi=(300, 300))
        data = out.getvalue()
        if len(data) >= wanted:
            break
    return data


def _numbered(jpeg: bytes, number: int) -> bytes:
    """Return the same picture with a comment in it: another file, another hash."""
    comment = hashlib.sha256(str(number).encode()).digest()
    segment = b"\xff\xfe" + (len(comment) + 2).to_bytes(2, "big") + comment
    return _START_OF_IMAGE + segment + jpeg[len(_START_OF_IMAGE) :]
