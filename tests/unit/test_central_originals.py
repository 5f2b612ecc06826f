"""Is a picture an original: thumbnail, header, signs of a print; and the photo made of it."""

from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from central_phone import original
from central_samples import jpeg
from PIL import ExifTags, Image

from kiosk.central.service import originals, portrait_command
from kiosk.central.service.jobs import JobFailed
from kiosk.central.service.portrait_command import PhotoTerms

NOW, YEAR = datetime.now(UTC), timedelta(days=365)
TERMS = PhotoTerms("chsi", "blue", "forbid", 60_000, 90_000)


def picture(seed: int = 5) -> Image.Image:
    return Image.open(io.BytesIO(jpeg(seed, 1500, 2000)))


def with_thumbnail(main: Image.Image, thumbnail: Image.Image) -> bytes:
    """Return a JPEG whose EXIF carries a thumbnail, as cameras write it behind the first IFD."""
    small = io.BytesIO()
    thumbnail.resize((120, 160)).save(small, "JPEG")
    exif = Image.Exif()
    exif[ExifTags.Base.Make], exif[ExifTags.Base.Model] = "Phonemaker", "P 60"
    exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.DateTimeOriginal] = "2026:11:20 10:00:00"
    block = exif.tobytes() + small.getvalue()
    out = io.BytesIO()
    main.save(out, "JPEG", quality=92, exif=block)
    return out.getvalue()


def findings(data: bytes, now: datetime = NOW) -> tuple[str, ...]:
    return originals.inspect(io.BytesIO(data), now, YEAR).findings


def test_a_cameras_own_file_has_nothing_against_it() -> None:
    now = datetime.now(UTC)
    seen = originals.inspect(io.BytesIO(original(picture())), now, YEAR)
    assert seen.findings == ()
    assert seen.camera == "Phonemaker P 60"
    assert seen.shot_at is not None
    assert abs(now - timedelta(days=1) - seen.shot_at) < timedelta(minutes=5)


def test_a_thumbnail_of_another_picture_gives_it_away() -> None:
    now = datetime(2026, 11, 24, tzinfo=UTC)
    assert findings(with_thumbnail(picture(5), picture(5)), now) == ()
    assert findings(with_thumbnail(picture(5), picture(6)), now) == ("thumbnail_differs",)


def test_cropped_after_the_shot_is_told_to_the_reviewer() -> None:
    whole = Image.open(io.BytesIO(original(picture())))
    out = io.BytesIO()
    whole.crop((100, 100, 1400, 1900)).save(out, "JPEG", exif=whole.getexif())
    seen = originals.inspect(io.BytesIO(out.getvalue()), NOW, YEAR)
    assert "size_differs" in seen.findings
    assert not seen.is_refused


@pytest.mark.parametrize("cut", [2, 3, 4, 20, 60, 200])
def test_a_header_cut_anywhere_is_read_as_far_as_it_goes(cut: int) -> None:
    assert isinstance(originals.header_of(original(picture())[:cut]), bytes)


def test_a_printed_raster_stands_out_of_real_portraits(shared_data: Path) -> None:
    rows, columns = np.mgrid[:512, :512]
    along, across = 0.8 * columns + 0.6 * rows, 0.8 * rows - 0.6 * columns
    raster = 12 * np.sin(2 * np.pi * along / 5.3) * np.cos(2 * np.pi * across / 5.3)
    for path in sorted((shared_data / "portraits" / "neutral").glob("*.jpg"))[:8]:
        grey = np.asarray(Image.open(path).convert("L"), np.float32)[400:912, 400:912]
        assert originals.grid_strength(grey) < originals.GRID_PEAK
        printed = np.clip(grey + raster, 0, 255).astype(np.float32)
        assert originals.grid_strength(printed) > originals.GRID_PEAK


def test_the_real_program_makes_a_photo_of_an_original(shared_data: Path) -> None:
    still = min((shared_data / "portraits" / "neutral").glob("*.jpg")).read_bytes()
    made = portrait_command.make_photo((), io.BytesIO(still), TERMS)
    with Image.open(io.BytesIO(made.jpeg)) as photo:
        assert photo.size == (480, 640)
    assert 60_000 <= len(made.jpeg) <= 90_000, "the batch's own limits"
    assert {remark["key"] for remark in made.report["remarks"]} >= {"matte_without_plate"}
    empty = io.BytesIO()
    Image.new("RGB", (1200, 1600), "grey").save(empty, "JPEG")
    none = portrait_command.make_photo((), io.BytesIO(empty.getvalue()), TERMS)
    assert none.jpeg == b""
    assert none.key


def test_a_program_that_is_not_there_is_a_job_for_later() -> None:
    with pytest.raises(JobFailed):
        portrait_command.make_photo(("/nowhere/kiosk",), io.BytesIO(b""), TERMS)
    with pytest.raises(JobFailed):
        portrait_command.make_photo(("false",), io.BytesIO(b""), TERMS)
