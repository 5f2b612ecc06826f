"""Finding copies of photos: over all photos of the batch by an index, and the person's own.

Done in the background, once for each photo: 4 keys go into the table `print_keys`, whose primary
key is (batch, key, photo), so a lookup reads a few short ranges however many photos there are.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import bindparam, or_, select
from sqlalchemy.orm import Session

from kiosk.central.service import likeness
from kiosk.central.service.context import Service
from kiosk.central.service.tables import Likeness, Order, Photo, PhotoPrint, PrintKey

# Bits of 64 in which a copy may differ (10 were measured at most); and how many of the
# nearest are compared in full.
_MOST_BITS = 20
_COMPARED = 8


def compare_job(service: Service, detail: Mapping[str, Any]) -> None:
    """Compare a photo with all others that it could be a copy of, and put it into the index."""
    photo_id = int(detail["photo"])
    photo = service.database.read(lambda session: session.get(Photo, photo_id))
    if photo is None or photo.is_compared:
        return
    picture = _picture(service, photo.photo_sha256)
    face = likeness.find_face(picture)
    copies: list[tuple[int, float]] = []
    if face is not None:
        bits, wanted = likeness.fingerprint(picture, face), likeness.probes(picture, face)
        # Into the index first: of two copies compared at the same time one then finds the other.
        service.database.write(lambda session: index(session, photo_id, face, bits))
        near = service.database.read(lambda session: candidates(session, photo_id, bits, wanted))
        for other in near:
            there = likeness.Face(other.x, other.y, other.side)
            score = likeness.likeness(picture, face, _picture(service, other.photo_sha256), there)
            if score >= likeness.COPY:
                copies.append((other.photo_id, score))
    service.database.write(lambda session: _finish(session, photo_id, copies))


def copies_of(session: Session, photo: Photo) -> Sequence[tuple[Photo, float]]:
    """Return (photo, correlation) of those that look like a copy of this one, the nearest first."""
    rows = session.execute(
        select(Likeness)
        .where(or_(Likeness.photo_id == photo.id, Likeness.other_id == photo.id))
        .order_by(Likeness.score.desc())
    ).scalars()
    found = []
    for row in rows:
        other = session.get_one(Photo, row.other_id if row.photo_id == photo.id else row.photo_id)
        _ = other.order.batch.code
        found.append((other, row.score))
    return found


def _picture(service: Service, sha256: str) -> likeness.Grey:
    with service.storage.open(sha256) as file:
        return likeness.grey(file.read())


def candidates(
    session: Session, photo_id: int, bits: int, wanted: set[int]
) -> Sequence[PhotoPrint]:
    """Return the prints of photos that this one could be a copy of, or a copy of it.

    Args:
        session: the transaction.
        photo_id: of the photo itself.
        bits: its fingerprint.
        wanted: the keys under which a copy of it stands in the index.
    """
    photo = session.get_one(Photo, photo_id)
    in_batch = session.scalars(
        select(PrintKey.photo_id)
        .where(
            PrintKey.batch_id == photo.order.batch_id,
            # Written into the statement: some 400 parameters take longer than the lookup.
            PrintKey.key.in_(bindparam("keys", sorted(wanted), literal_execute=True)),
            PrintKey.photo_id != photo_id,
        )
        .distinct()
    )
    same_person = session.scalars(
        select(Photo.id)
        .join(Order)
        .where(Order.code_hash == photo.order.code_hash, Photo.id != photo_id)
    )
    own = set(same_person)
    numbers = list({*in_batch, *own})
    prints: list[PhotoPrint] = []
    # Not more at a time than every database takes as parameters.
    for start in range(0, len(numbers), 500):
        part = numbers[start : start + 500]
        prints += session.scalars(select(PhotoPrint).where(PhotoPrint.photo_id.in_(part)))
    ranked = sorted((int(one.bits, 16) ^ bits).bit_count() for one in prints)
    limit = min(_MOST_BITS, ranked[min(_COMPARED, len(ranked)) - 1]) if ranked else 0
    return [
        one
        for one in prints
        if one.photo_id in own or (int(one.bits, 16) ^ bits).bit_count() <= limit
    ]


def index(session: Session, photo_id: int, face: likeness.Face, bits: int) -> None:
    """Put a photo into the index, unless it is there."""
    if session.get(PhotoPrint, photo_id) is not None:
        return
    photo = session.get_one(Photo, photo_id)
    session.add(
        PhotoPrint(
            photo_id=photo_id, photo_sha256=photo.photo_sha256, bits=f"{bits:016x}",
            x=face.x, y=face.y, side=face.side,
        )
    )  # fmt: skip
    batch_id = photo.order.batch_id
    session.add_all(
        PrintKey(batch_id=batch_id, key=key, photo_id=photo_id) for key in likeness.keys(bits)
    )


def _finish(session: Session, photo_id: int, copies: Sequence[tuple[int, float]]) -> None:
    photo = session.get_one(Photo, photo_id)
    if not photo.is_compared:
        photo.is_compared = True
        session.add_all(
            Likeness(photo_id=photo_id, other_id=other, score=score) for other, score in copies
        )
