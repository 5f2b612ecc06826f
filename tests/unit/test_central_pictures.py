"""Is an original whole, and bearable? As the decoder says, in a fraction of its time."""

from __future__ import annotations

import io
import random
import time

import numpy as np
import pytest
from PIL import Image

from kiosk.central.service import pictures
from kiosk.central.service.errors import ServiceError

KINDS = ({}, {"subsampling": 0}, {"restart_marker_rows": 1}, {"progressive": True})
MOST = 120_000_000


def jpeg(seed: int, **how: object) -> bytes:
    noise = np.random.default_rng(seed).integers(0, 255, (240, 200, 3), dtype=np.uint8)
    image = Image.fromarray(noise).resize((320, 400))
    out = io.BytesIO()
    (image.convert("L") if seed == 3 else image).save(out, "JPEG", quality=70, **how)  # type: ignore[arg-type]
    return out.getvalue()


def is_taken(data: bytes, *, in_scans: int = 40_000_000) -> bool:
    try:
        pictures.check_original(io.BytesIO(data), "image/jpeg", MOST, in_scans)
    except ServiceError:
        return False
    return True


def decodes(data: bytes) -> bool:
    """Whether the decoder gets to the end of it."""
    try:
        with Image.open(io.BytesIO(data), formats=("JPEG",)) as image:
            image.draft("RGB", (image.width // 8, image.height // 8))
            image.load()
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return False
    return True


def damaged(data: bytes, chance: random.Random) -> bytes:
    """A few bytes changed, lost or put in, of the head or anywhere; or cut."""
    broken = bytearray(data)
    for _ in range(chance.randrange(1, 4)):
        at = chance.randrange(2, 700 if chance.random() < 0.5 else len(broken) - 8)
        match chance.randrange(4):
            case 0:
                broken[at] ^= 1 << chance.randrange(8)
            case 1:
                del broken[at : at + chance.randrange(1, 40)]
            case 2:
                marker = chance.choice((0xD9, 0xDA, 0xFF, 0xD0, chance.randrange(256)))
                broken[at:at] = bytes((0xFF, marker))
            case 3:
                broken = broken[: max(at, 1000)] + chance.choice((b"", b"\xff\xd9", b"\xff"))
    return bytes(broken)


@pytest.mark.parametrize("how", KINDS, ids=str)
def test_what_the_decoder_takes_is_taken_and_nothing_else(how: dict[str, object]) -> None:
    chance = random.Random(8)
    whole = [jpeg(seed, **how) for seed in range(4)]
    assert all(is_taken(data) for data in whole)
    files = [damaged(chance.choice(whole), chance) for _ in range(300)]

    said = [(is_taken(data), decodes(data)) for data in files]

    assert all(taken == good for taken, good in said)
    assert 50 < sum(good for _, good in said) < 290, "some of them are broken, some are not"


def test_a_cut_file_is_refused() -> None:
    data = jpeg(0)

    assert not is_taken(data[: len(data) // 2])


def test_a_small_file_that_fills_the_memory_is_refused() -> None:
    """All of a progressive picture is held in memory, 6 bytes a pixel."""
    out = io.BytesIO()
    Image.new("RGB", (5000, 9000), "grey").save(out, "JPEG", progressive=True, quality=50)
    assert len(out.getvalue()) < 1_000_000

    assert not is_taken(out.getvalue())
    assert is_taken(out.getvalue(), in_scans=45_000_000)


def test_thousands_of_scans_are_refused_before_they_are_read() -> None:
    out = io.BytesIO()
    Image.new("RGB", (4000, 5000), "grey").save(out, "JPEG", progressive=True, quality=50)
    data = out.getvalue()
    second = data.index(b"\xff\xda", data.index(b"\xff\xda") + 2)
    scan = data[second : data.index(b"\xff\xc4", second)]
    evil = data[: second + len(scan)] + scan * 5_000 + data[second + len(scan) :]

    began = time.process_time()
    assert not is_taken(evil)
    assert time.process_time() - began < 1.0, "each scan takes tens of milliseconds"
