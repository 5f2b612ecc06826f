"""Copies of 124 real portraits of 62 people among them: all found, none between two people."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from central_samples import sha256, submission
from PIL import Image
from sqlalchemy import select
from sqlalchemy.orm import Session

from kiosk.central.service import intake
from kiosk.central.service.context import Service, open_service
from kiosk.central.service.demo import WAIVED_BATCH, prepare_demo
from kiosk.central.service.jobs import Worker
from kiosk.central.service.settings import load_service_settings
from kiosk.central.service.tables import Booth, Likeness, Photo
from kiosk.central.service.tasks import TASKS

SIZE = (480, 640)
# As a booth crops it, roughly: the pictures are 1350 × 1350.
AS_SHOT = (170, 0, 1180, 1350)

Image_ = Image.Image


@dataclass(frozen=True, slots=True)
class Sent:
    """Whose photo it is, which picture it was made of, and how it differs from it."""

    person: str
    picture: str
    change: str


def cropped(left: float, top: float, right: float, bottom: float) -> Callable[[Image_], Image_]:
    """Return what cuts these shares of width and height away."""

    def cut(image: Image_) -> Image_:
        width, height = image.size
        return image.crop(
            (round(left * width), round(top * height), round((1 - right) * width),
             round((1 - bottom) * height))
        )  # fmt: skip

    return cut


def halved(image: Image_) -> Image_:
    """Return it at half the size; it is enlarged again when it is sent."""
    return image.resize((SIZE[0] // 2, SIZE[1] // 2))


def same(image: Image_) -> Image_:
    return image


# Name, what is done to the picture, quality of its JPEG. With two takes of each person a photo has
# seven that are nearly it: as many as are compared in full.
COPIES = (
    ("compressed again", same, 30),
    ("resized", halved, 85),
    ("cropped by up to a tenth, off centre", cropped(0.1, 0.06, 0.06, 0.1), 70),
)


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    made = open_service(load_service_settings(prepare_demo(tmp_path).config_path))
    yield made
    made.database.close()


def send(service: Service, booth: Booth, image: Image_, quality: int) -> str:
    """Send it as a student's of its own; return the photo's hash."""
    out = io.BytesIO()
    image.resize(SIZE).save(out, "JPEG", quality=quality)
    photo = out.getvalue()
    message = submission(photo, photo, batch=WAIVED_BATCH, code_hash=sha256(photo))
    sent = intake.Upload(message, io.BytesIO(photo), io.BytesIO(photo), "x")
    intake.take_in(service, booth, sent)
    return message.photo_sha256


@pytest.mark.timeout(600)
def test_every_copy_is_found_and_no_two_people_are_alike(
    service: Service, shared_data: Path
) -> None:
    files = sorted((shared_data / "portraits").glob("*/*.jpg"))
    assert len(files) == 124
    booth = service.database.read(lambda s: s.scalars(select(Booth)).first())
    sent: dict[str, Sent] = {}
    for file in files:
        picture = Image.open(file).convert("RGB").crop(AS_SHOT)
        whose = Sent(file.stem.partition("_")[0], f"{file.parent.name} {file.stem}", "")
        sent[send(service, booth, picture, 90)] = whose
        for name, change, quality in COPIES:
            copy = replace(whose, change=name)
            sent[send(service, booth, change(picture), quality)] = copy
    assert len(sent) == 124 * (1 + len(COPIES))
    worker = Worker(service, {"compare_photo": TASKS["compare_photo"]})
    while worker.run_one():
        pass
    pairs = service.database.read(lambda s: found_pairs(s, sent))
    wrong = [(one, other) for one, other in pairs if one.person != other.person]
    assert wrong == [], "two people taken for one"
    found = {one if one.change else other for one, other in pairs
             if one.picture == other.picture and "" in (one.change, other.change)}  # fmt: skip
    missed = [one for one in sent.values() if one.change and one not in found]
    assert missed == [], "copies that were not found"


def found_pairs(session: Session, sent: dict[str, Sent]) -> list[tuple[Sent, Sent]]:
    """Return whose photos were found to be alike, all of them compared."""
    photos = {photo.id: photo for photo in session.scalars(select(Photo))}
    assert all(photo.is_compared for photo in photos.values())
    return [
        (sent[photos[row.photo_id].photo_sha256], sent[photos[row.other_id].photo_sha256])
        for row in session.scalars(select(Likeness))
    ]
