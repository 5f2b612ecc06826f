"""What the tests of the service over HTTP have in common."""

from __future__ import annotations

from typing import Any

import pytest
import requests
from central_samples import jpeg, sha256, submission
from central_server import RunningCentral

from kiosk.central.contract import Submission
from kiosk.central.errors import CentralRefused

seeds = iter(range(1, 10_000))


def parcel(**changes: Any) -> tuple[Submission, bytes, bytes]:
    seed = next(seeds)
    photo, original = jpeg(seed), jpeg(seed + 30_000, 960, 1280)
    values = {"code_hash": sha256(f"student {seed}".encode())} | changes
    return submission(photo, original, **values), photo, original


def refusal(call: Any, *arguments: Any) -> CentralRefused:
    with pytest.raises(CentralRefused) as refused:
        call(*arguments)
    answer = refused.value.answer
    assert answer.message.endswith(".")
    assert "Traceback" not in answer.message
    return refused.value


def put(
    central: RunningCentral,
    message: Submission | None,
    photo: bytes,
    original: bytes | None,
    *,
    path: str = "",
    meta: str = "",
) -> requests.Response:
    """Send what the real client would never send."""
    files: Any = {
        "meta": (None, message.model_dump_json() if message else meta),
        "photo": ("../../photo.jpg", photo, "image/jpeg"),
    }
    if original is not None:
        files["original"] = ("/etc/passwd", original, "image/jpeg")
    name = path or (message.photo_sha256 if message else "")
    return requests.put(
        f"{central.address}/api/v1/submissions/{name}",
        files=files,
        headers={"Authorization": f"Bearer {central.demo.booth_token}"},
        timeout=60,
    )
