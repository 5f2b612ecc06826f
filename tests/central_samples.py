"""Submissions and pictures for the tests of the central backend and the outbox."""

from __future__ import annotations

import hashlib
import io
import secrets
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from kiosk.central.contract import Submission


@lru_cache(maxsize=64)
def jpeg(seed: int = 0, width: int = 480, height: int = 640) -> bytes:
    """Return a JPEG of the standard's size that differs with the seed."""
    import numpy as np
    from PIL import Image

    coarse = np.random.default_rng(seed).integers(0, 255, (20, 15, 3), dtype=np.uint8)
    image = Image.fromarray(coarse).resize((width, height))
    out = io.BytesIO()
    image.save(out, "JPEG", quality=90, dpi=(300, 300))
    return out.getvalue()


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def submission(photo: bytes, original: bytes, **changes: Any) -> Submission:
    """Return what a booth sends with these two files."""
    now = datetime.now(UTC)
    values: dict[str, Any] = {
        "batch": "Z3K8F7",
        "booth": "booth-1",
        "code_hash": sha256(b"a student's code"),
        "decoder": "simulated",
        "masked_name": "张*",
        "masked_number": "2023****0117",
        "last_four": "011X",
        "photo_sha256": sha256(photo),
        "original_sha256": sha256(original),
        "shot_at": now,
        "consent_version": "2026-1",
        "consent_at": now,
        "receipt_number": "0042",
        "receipt_token": secrets.token_urlsafe(24),
        "report": {"rules": {"eyes_open": {"verdict": "pass", "value": 0.31, "limit": 0.2}}},
    }
    return Submission(**(values | changes))
