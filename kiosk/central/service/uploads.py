"""Originals sent from a phone: taken in, checked, made into a photo in the background."""

from __future__ import annotations

import hashlib
import io
import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, BinaryIO

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kiosk import standards
from kiosk.central.contract import OrderState
from kiosk.central.service import (
    history,
    jobs,
    originals,
    own_payments,
    pictures,
    portrait_command,
    receipts,
)
from kiosk.central.service.context import Service
from kiosk.central.service.errors import ServiceError
from kiosk.central.service.orders import Action
from kiosk.central.service.phone_booth import phone_booth
from kiosk.central.service.portrait_command import MadePhoto, PhotoTerms
from kiosk.central.service.student_tables import PhoneUpload
from kiosk.central.service.tables import Order, Photo

CONSENT = "upload-1"
"""Version of the words on the page that a student agrees to."""

WAITING, DONE, REFUSED = "waiting", "done", "refused"
MAY_UPLOAD = (OrderState.STARTED, OrderState.REJECTED, OrderState.WITHDRAWN)
_ID_BYTES = 8


def take_in(service: Service, token: str, source: BinaryIO) -> PhoneUpload:
    """Take an original in; return it as refused with its findings, or as waiting to be made.

    Args:
        service: the running service.
        token: the student's receipt token.
        source: the file as it came.

    Raises:
        ServiceError: the link is not good, the order takes no photo now, too many came today, or
            it is no picture.
    """
    now, settings = service.clock(), service.settings
    service.database.read(lambda s: _admit(service, s, token, now).id)
    size = source.seek(0, 2)
    if size > settings.max_original_bytes:
        raise ServiceError(413, "original_too_large", "The picture is too large.", "Send another.")
    pictures.check_original(
        source, "image/jpeg", settings.max_original_pixels, settings.max_scans_pixels
    )
    seen = originals.inspect(source, now, timedelta(days=settings.upload_max_age_days))
    source.seek(0)
    sha256 = hashlib.sha256(source.read()).hexdigest()
    if not seen.is_refused:
        source.seek(0)
        service.storage.put(sha256, source)

    def work(session: Session) -> PhoneUpload:
        order = _admit(service, session, token, now)
        findings = list(seen.findings)
        if _is_used(session, sha256):
            findings.append("used_before")
        refused = seen.is_refused or "used_before" in findings
        upload = PhoneUpload(
            id=secrets.token_hex(_ID_BYTES),
            order_id=order.id,
            original_sha256=sha256,
            original_bytes=size,
            consent_version=CONSENT,
            shot_at=seen.shot_at or now,
            received_at=now,
            state=REFUSED if refused else WAITING,
            findings=findings,
        )
        session.add(upload)
        detail = {"upload": upload.id, "findings": findings, "camera": seen.camera}
        history.note(session, "student", "upload", now, detail, order_id=order.id)
        if not refused:
            jobs.put(session, "make_upload", {"upload": upload.id}, now)
        return upload

    # Two at once: each would find none that waits.
    return service.database.write(work, serialised=True)


def of(session: Session, order_id: str) -> list[PhoneUpload]:
    """Return what was sent for an order, the last first."""
    return list(
        session.scalars(
            select(PhoneUpload)
            .where(PhoneUpload.order_id == order_id)
            .order_by(PhoneUpload.received_at.desc(), PhoneUpload.id)
        )
    )


def make_job(service: Service, detail: Mapping[str, Any]) -> None:
    """Make the photo of an original, by another program, and put it before a reviewer."""

    def load(session: Session) -> tuple[PhoneUpload, PhotoTerms] | None:
        upload = session.get(PhoneUpload, detail["upload"])
        if upload is None or upload.state != WAITING:
            return None
        batch = upload.order.batch
        terms = PhotoTerms(
            batch.standard, batch.background, batch.glasses, batch.min_bytes, batch.max_bytes
        )
        return upload, terms

    found = service.database.read(load)
    if found is None:
        return
    upload, terms = found
    with service.storage.open(upload.original_sha256) as source:
        made = portrait_command.make_photo(service.settings.kiosk_command, source, terms)
    sha256, rules = hashlib.sha256(made.jpeg).hexdigest(), standards.load(terms.standard).file
    if made.jpeg:
        pictures.check_photo(io.BytesIO(made.jpeg), rules.width_px, rules.height_px)
        service.storage.put(sha256, io.BytesIO(made.jpeg))
    now = service.clock()
    service.database.write(lambda session: _finish(session, upload.id, made, sha256, now))


def _finish(session: Session, upload_id: str, made: MadePhoto, sha256: str, now: datetime) -> None:
    upload = session.get(PhoneUpload, upload_id)
    if upload is None or upload.state != WAITING:
        return
    order, key = upload.order, made.key
    if order.state not in MAY_UPLOAD:
        key = "came_too_late"
    elif made.jpeg and session.scalar(select(Photo.id).where(Photo.photo_sha256 == sha256)):
        key = "used_before"
    upload.done_at = now
    if key:
        upload.state, upload.findings = REFUSED, [*upload.findings, key]
        detail = {"upload": upload.id, "why": key}
        history.note(session, "job:upload", "upload_refused", now, detail, order_id=order.id)
        return
    photo = _photo(session, order, upload, made, sha256, now)
    upload.state, upload.photo_version = DONE, photo.version
    jobs.put(session, "compare_photo", {"photo": photo.id}, now)


def _photo(
    session: Session, order: Order, upload: PhoneUpload, made: MadePhoto, sha256: str, now: datetime
) -> Photo:
    last = order.photos[-1] if order.photos else None
    detail = {"photo": sha256, "upload": upload.id, "version": order.version + 1}
    history.change(session, order, Action.SUBMIT, "student", now, detail)
    order.version += 1
    order.pending_since = now
    remarks = made.report.get("remarks")
    said = [{"key": "upload", "serious": False}]
    said += [{"key": f"upload_{finding}", "serious": False} for finding in upload.findings]
    photo = Photo(
        order_id=order.id,
        version=order.version,
        photo_sha256=sha256,
        photo_bytes=len(made.jpeg),
        original_sha256=upload.original_sha256,
        original_bytes=upload.original_bytes,
        original_media_type="image/jpeg",
        booth_id=phone_booth(session, now).id,
        decoder="upload",
        shot_at=upload.shot_at,
        received_at=now,
        consent_version=upload.consent_version,
        consent_at=upload.received_at,
        payment_reference=last.payment_reference if last else "",
        staff_passed=False,
        receipt_number=last.receipt_number if last else _receipt_number(upload),
        report={**made.report, "remarks": said + (remarks if isinstance(remarks, list) else [])},
        signature="",
        signature_valid=None,
        reasons=[],
    )
    session.add(photo)
    session.flush()
    return photo


def _receipt_number(upload: PhoneUpload) -> str:
    """How people name the order of a student who was at no booth."""
    return f"{upload.id[:3]}-{upload.id[3:6]}".upper()


def _admit(service: Service, session: Session, token: str, now: datetime) -> Order:
    order = receipts.order_of(session, token, now)
    if own_payments.is_fee_first(service, session, order):
        raise ServiceError(
            409, "fee_first", "The fee is paid before the photo.", "Pay it on the page."
        )
    if order.state not in MAY_UPLOAD:
        raise ServiceError(
            409, "upload_not_now", "This order takes no new photo now.",
            "Withdraw the photo first while it waits for review; an approved one is locked.",
        )  # fmt: skip
    if not order.batch.is_open(now):
        raise ServiceError(409, "batch_closed", "The batch is closed.", "Ask the school.")
    recent = PhoneUpload.order_id == order.id, PhoneUpload.received_at > now - timedelta(days=1)
    if (
        session.scalar(select(func.count()).where(*recent)) or 0
    ) >= service.settings.uploads_per_day:
        raise ServiceError(
            429, "uploads_too_many", "Too many photos were sent today.",
            "Go to a booth, or try again tomorrow.", retry_after_s=86_400,
        )  # fmt: skip
    if any(upload.state == WAITING for upload in of(session, order.id)[:1]):
        raise ServiceError(
            409, "upload_waiting", "Your last photo is still being made.", "Wait a minute."
        )
    return order


def _is_used(session: Session, original_sha256: str) -> bool:
    """Whether a rejected version, or anybody else's photo, was made of this very file."""
    return (
        session.scalar(select(Photo.id).where(Photo.original_sha256 == original_sha256).limit(1))
        is not None
    )
