"""Taking a submission in: checked, files first, then one transaction with all of its rows.

Killed at any point, the service has either nothing (files without a row are never looked at and
are written over by the next try) or everything. The photo's hash is unique in the database, so
the same photo twice at once is still one.
"""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, BinaryIO

from sqlalchemy import select
from sqlalchemy.orm import Session

from kiosk import standards
from kiosk.central.contract import OrderState, Submission, SubmissionAnswer
from kiosk.central.service import batches, history, jobs, payments, pictures, report_keys, rosters
from kiosk.central.service.booths import digest
from kiosk.central.service.context import Service
from kiosk.central.service.errors import ServiceError
from kiosk.central.service.orders import Action, next_state
from kiosk.central.service.report_keys import Mark
from kiosk.central.service.tables import Booth, Order, Photo, Receipt

# A booth's clock may be this far ahead of ours; further, it is wrong.
_CLOCK_TOLERANCE = timedelta(hours=26)
_ORDER_ID_BYTES = 8
_CHUNK_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class Upload:
    """What came in, not yet believed.

    Attributes:
        message: what the booth says of the photo.
        photo: the composed JPEG, at its start.
        original: the still, at its start; None when the booth put it into the store itself.
        token: the booth's key as presented, for the signature.
    """

    message: Submission
    photo: BinaryIO
    original: BinaryIO | None
    token: str


def take_in(service: Service, booth: Booth, upload: Upload) -> SubmissionAnswer:
    """Take a photo in; the same photo again answers as the first time.

    Raises:
        ServiceError: it is refused; nothing was changed.
    """
    message = upload.message
    if message.booth != booth.name:
        raise ServiceError(
            403, "booth_mismatch",
            f"The photo says booth {message.booth!r}, the key is of {booth.name!r}.",
            "Set booth.name as it was enrolled, or give the booth its own key.",
        )  # fmt: skip

    def look(session: Session) -> SubmissionAnswer | tuple[Mark, tuple[int, int]]:
        return _known(session, message) or (
            report_keys.judge(session, booth, message), _admit(session, message, service)
        )  # fmt: skip

    found = service.database.read(look)
    if isinstance(found, SubmissionAnswer):
        return found
    mark, (width, height) = found
    with _original(service, upload) as (original, keep):
        _check_files(service, upload, original, width, height)
        # The original first: its hash is looked at there.
        original_bytes = keep()
        sizes = service.storage.put(message.photo_sha256, upload.photo), original_bytes
    return service.database.write(
        lambda session: (
            _known(session, message) or _record(session, booth, upload, sizes, mark, service)
        )
    )


def find(session: Session, photo_sha256: str, booth: Booth) -> SubmissionAnswer:
    """Return the answer that a booth got for one of its photos.

    Raises:
        ServiceError: 404, this booth has sent no such photo.
    """
    photo = session.scalar(select(Photo).where(Photo.photo_sha256 == photo_sha256))
    if photo is None or photo.booth_id != booth.id:
        raise ServiceError(
            404, "submission_unknown", "This booth has sent no such photo.", "Send it."
        )
    return _answer(photo)


@contextlib.contextmanager
def _original(service: Service, upload: Upload) -> Iterator[tuple[BinaryIO, Callable[[], int]]]:
    """Yield the original, and what makes it durable and returns its size."""
    sha256, sent = upload.message.original_sha256, upload.original
    if sent is not None:
        yield sent, lambda: service.storage.put(sha256, sent)
        return
    arrival = service.storage.arrived(sha256)
    if arrival is None:
        raise ServiceError(
            409, "original_missing", "The original is neither with the photo nor in the store.",
            "Send it with the photo.",
        )  # fmt: skip
    with arrival.content:
        yield arrival.content, arrival.keep


def _known(session: Session, message: Submission) -> SubmissionAnswer | None:
    photo = session.scalar(select(Photo).where(Photo.photo_sha256 == message.photo_sha256))
    if photo is None:
        return None
    order = photo.order
    mine = (order.batch.code_key, order.code_hash, photo.original_sha256)
    if mine != (message.batch.upper(), message.code_hash, message.original_sha256):
        raise ServiceError(
            409, "photo_used", "This very photo was sent for another order already.",
            "Take a new photo: none may be used twice.",
        )  # fmt: skip
    return _answer(photo)


def _admit(session: Session, message: Submission, service: Service) -> tuple[int, int]:
    """Check what can be checked without the files; return the photo's size in pixels."""
    now = service.clock()
    batch = batches.find(session, message.batch)
    # A photo shot in time counts, however long the booth had no network; and one that is here in
    # time was shot in time, whatever the booth's clock said.
    if not (batch.is_open(_shot_at(message, now)) or batch.is_open(now)):
        raise ServiceError(
            409, "batch_closed", "The batch was not open when the photo was shot.",
            "Ask the school to open it again, then send the photo again.",
        )  # fmt: skip
    order = _order(session, batch.id, message.code_hash)
    if order is not None and order.state not in _TAKES_PHOTOS:
        raise ServiceError(
            409, "order_locked", "This student's photo is approved and locked.",
            "Nothing is to be done; a wrong photo is a matter for the batch's manager.",
        )  # fmt: skip
    rules = standards.load(batch.standard).file
    return rules.width_px, rules.height_px


_TAKES_PHOTOS = (
    OrderState.STARTED,
    OrderState.PENDING,
    OrderState.REJECTED,
    OrderState.WITHDRAWN,
)


def _shot_at(message: Submission, now: datetime) -> datetime:
    """Return when the photo was shot: not after it is here, as a clock that is ahead would say."""
    return now if message.shot_at > now + _CLOCK_TOLERANCE else message.shot_at


def _check_files(
    service: Service, upload: Upload, original: BinaryIO, width_px: int, height_px: int
) -> None:
    """Check both files, but for the hash of what the storage is handed: it looks at that itself."""
    settings, message = service.settings, upload.message
    for name, source, limit in (
        ("photo", upload.photo, settings.max_photo_bytes),
        ("original", original, settings.max_original_bytes),
    ):
        if source.seek(0, 2) > limit:
            raise ServiceError(
                413, f"{name}_too_large", f"The {name} has more than {limit} bytes.",
                "Check the booth's settings of camera and portrait.",
            )  # fmt: skip
    _check_hash("photo", upload.photo, message.photo_sha256)
    if upload.original is None:
        _check_hash("original", original, message.original_sha256)
    pictures.check_photo(upload.photo, width_px, height_px)
    try:
        pictures.check_original(
            original, message.original_media_type, settings.max_original_pixels,
            settings.max_scans_pixels,
        )  # fmt: skip
    except ServiceError:
        # Changed on the way it is sent again; only the very file is refused for what it is.
        _check_hash("original", original, message.original_sha256)
        raise


def _check_hash(name: str, source: BinaryIO, wanted: str) -> None:
    source.seek(0)
    if _sha256(source) != wanted:
        raise ServiceError(
            422, "hash_mismatch", f"The {name} is not the one whose hash was announced.",
            "It changed on the way or before: send it again.",
        )  # fmt: skip
    source.seek(0)


def _sha256(source: BinaryIO) -> str:
    digest = hashlib.sha256()
    while piece := source.read(_CHUNK_BYTES):
        digest.update(piece)
    return digest.hexdigest()


def _record(
    session: Session,
    booth: Booth,
    upload: Upload,
    sizes: tuple[int, int],
    mark: Mark,
    service: Service,
) -> SubmissionAnswer:
    message, now = upload.message, service.clock()
    token_hash = digest(message.receipt_token)
    if session.get(Receipt, token_hash) is not None:
        raise ServiceError(
            409, "receipt_used", "This receipt token was used for another photo.",
            "A booth makes a new token for each photo.",
        )  # fmt: skip
    order = _next_version(session, booth, message, now)
    order.roster_key = rosters.key_of(
        service.secret, order.batch, order.masked_number, order.masked_name, order.last_four
    )
    order.class_name = rosters.class_of(session, order.batch, order.roster_key)
    photo = _photo(order, booth, upload, sizes, now)
    photo.report_signature = mark
    session.add(photo)
    payments.record_with_photo(session, message, order.batch, booth, now)
    lifetime = timedelta(days=service.settings.receipt_lifetime_days)
    session.add(Receipt(token_hash=token_hash, order_id=order.id, expires_at=now + lifetime))
    session.flush()
    jobs.put(session, "compare_photo", {"photo": photo.id}, now)
    return _answer(photo)


def _next_version(session: Session, booth: Booth, message: Submission, now: datetime) -> Order:
    """Return the student's order, pending with one version more; a new one at the first."""
    actor = f"booth:{booth.name}"
    batch = batches.find(session, message.batch)
    order = _order(session, batch.id, message.code_hash)
    detail: dict[str, Any] = {"photo": message.photo_sha256, "receipt": message.receipt_number}
    if _shot_at(message, now) != message.shot_at:
        detail["booth_clock"] = message.shot_at.isoformat(timespec="seconds")
    person = {
        "masked_name": message.masked_name[:100],
        "masked_number": message.masked_number[:100],
        "last_four": message.last_four[:8],
        "pending_since": now,
    }
    if order is None:
        order = Order(
            id=secrets.token_hex(_ORDER_ID_BYTES),
            batch_id=batch.id,
            code_hash=message.code_hash,
            state=next_state(None, Action.SUBMIT),
            version=1,
            created_at=now,
            **person,
        )
        session.add(order)
        session.flush()  # the log's line refers to it
        history.note(
            session, actor, Action.SUBMIT, now, detail | {"version": 1},
            order_id=order.id, after=OrderState.PENDING,
        )  # fmt: skip
        return order
    history.change(
        session, order, Action.SUBMIT, actor, now, detail | {"version": order.version + 1}
    )
    order.version += 1
    for name, value in person.items():
        setattr(order, name, value)
    return order


def _photo(
    order: Order, booth: Booth, upload: Upload, sizes: tuple[int, int], now: datetime
) -> Photo:
    message = upload.message
    return Photo(
        order=order,
        version=order.version,
        photo_sha256=message.photo_sha256,
        photo_bytes=sizes[0],
        original_sha256=message.original_sha256,
        original_bytes=sizes[1],
        original_media_type=message.original_media_type,
        booth_id=booth.id,
        decoder=message.decoder[:40],
        shot_at=_shot_at(message, now),
        received_at=now,
        consent_version=message.consent_version[:40],
        consent_at=message.consent_at,
        payment_reference=message.payment_reference[:32],
        staff_passed=message.staff_passed,
        receipt_number=message.receipt_number[:40],
        report=message.report,
        signature=message.signature[:128],
        signature_valid=_signature_valid(upload),
        reasons=[],
    )


def _signature_valid(upload: Upload) -> bool | None:
    """Whether the booth's signature fits, None when there is none.

    A wrong one is shown to the reviewer, not refused: the booth may have got a new key between
    the shot and the sending.
    """
    message = upload.message
    if not message.signature:
        return None
    signed = (message.photo_sha256 + message.original_sha256).encode()
    right = hmac.new(upload.token.encode(), signed, hashlib.sha256).hexdigest()
    return hmac.compare_digest(right.encode(), message.signature.lower().encode())


def _order(session: Session, batch_id: int, code_hash: str) -> Order | None:
    return session.scalar(
        select(Order).where(Order.batch_id == batch_id, Order.code_hash == code_hash)
    )


def _answer(photo: Photo) -> SubmissionAnswer:
    return SubmissionAnswer(
        order=photo.order_id,
        state=OrderState(photo.order.state),
        photo_sha256=photo.photo_sha256,
        original_sha256=photo.original_sha256,
        version=photo.version,
    )
