"""A reviewer's decisions: made, taken back for a few seconds, sampled for a second look."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from kiosk.central.service import history, notices, review, review_days
from kiosk.central.service.errors import ServiceError
from kiosk.central.service.orders import Action
from kiosk.central.service.reasons import REASONS
from kiosk.central.service.tables import Decision, Order, Photo, SecondLook, Staff


@dataclass(frozen=True, slots=True)
class Policy:
    """How decisions are handled.

    Attributes:
        lease_s: how long a photo is a reviewer's, seconds.
        undo_s: how long a decision can be taken back, seconds.
        second_look_percent: of decisions, judged by another reviewer too.
    """

    lease_s: int
    undo_s: int
    second_look_percent: float


def decide(
    session: Session,
    order_id: str,
    version: int,
    reviewer: Staff,
    at: datetime,
    reasons: Sequence[str] | None,
    policy: Policy,
) -> Order:
    """Approve a photo, or reject it with reasons.

    Args:
        session: the transaction.
        order_id: which order.
        version: which version of its photo the reviewer saw.
        reviewer: who decides.
        at: now, UTC.
        reasons: codes of the catalogue to reject with; None approves.
        policy: how long a lease is, and how many are looked at twice.

    Raises:
        ServiceError: it is not pending, is another reviewer's, is a newer version by now, or a
            reason is unknown or missing.
    """
    order = review.find(session, order_id)
    if order.version != version:
        raise ServiceError(
            409, "photo_replaced", "A newer photo has come in.", "Look at the new one."
        )
    held = order.leased_until is not None and order.leased_until > at
    if held and order.leased_by != reviewer.id:
        raise ServiceError(
            409, "order_leased", "Another reviewer is looking at this photo.", "Take the next one."
        )
    actor = f"staff:{reviewer.name}"
    spent_s = None
    if order.leased_until is not None and order.leased_by == reviewer.id:
        spent_s = policy.lease_s - (order.leased_until - at).total_seconds()
    if reasons is None:
        history.change(session, order, Action.APPROVE, actor, at, {"version": version})
        _note(session, order, reviewer, at, policy, is_approved=True, spent_s=spent_s)
        return order
    unknown = [code for code in reasons if code not in REASONS]
    if unknown or not reasons:
        raise ServiceError(
            422, "reasons", "A rejection needs reasons of the catalogue.", "Choose at least one."
        )
    ordered = [code for code in REASONS if code in reasons]
    detail = {"version": version, "reasons": ordered}
    history.change(session, order, Action.REJECT, actor, at, detail)
    order.photo.reasons = ordered
    _note(session, order, reviewer, at, policy, is_approved=False, spent_s=spent_s)
    return order


def undo(session: Session, order_id: str, reviewer: Staff, at: datetime, policy: Policy) -> Order:
    """Take back the decision just made; the photo is this reviewer's again.

    Raises:
        ServiceError: 409, it was not this reviewer's, is too long ago, or something has happened
            to the order since.
    """
    order = review.find(session, order_id)
    decision = _undoable(session, order, reviewer, at, policy)
    if decision is None:
        raise ServiceError(
            409, "undo_late", "This can no longer be taken back.",
            "Tell the batch's manager when the decision was wrong.",
        )  # fmt: skip
    detail = {"version": order.version}
    history.change(session, order, Action.UNDO, f"staff:{reviewer.name}", at, detail)
    decision.undone_at = at
    review_days.note_undo(session, decision)
    order.photo.reasons = []
    session.execute(delete(SecondLook).where(SecondLook.photo_id == order.photo.id))
    order.leased_by, order.leased_until = reviewer.id, at + timedelta(seconds=policy.lease_s)
    return order


def can_undo(
    session: Session, order_id: str, reviewer: Staff, at: datetime, policy: Policy
) -> Order | None:
    """Return the order when its decision can still be taken back by this reviewer."""
    order = session.get(Order, order_id)
    if order is None or _undoable(session, order, reviewer, at, policy) is None:
        return None
    return order


def _undoable(
    session: Session, order: Order, reviewer: Staff, at: datetime, policy: Policy
) -> Decision | None:
    if order.state not in ("approved", "rejected"):
        return None
    decision = session.scalar(
        select(Decision)
        .join(Photo)
        .where(Photo.order_id == order.id, Decision.is_second_look.is_(False))
        .order_by(Decision.id.desc())
        .limit(1)
    )
    if (
        decision is None
        or decision.undone_at is not None
        or decision.staff_id != reviewer.id
        or decision.photo_id != order.photo.id
        or at - decision.at > timedelta(seconds=policy.undo_s)
    ):
        return None
    return decision


def _note(
    session: Session,
    order: Order,
    reviewer: Staff,
    at: datetime,
    policy: Policy,
    *,
    is_approved: bool,
    spent_s: float | None,
) -> None:
    photo = order.photo
    decision = Decision(
        photo_id=photo.id, staff_id=reviewer.id, at=at, is_approved=is_approved,
        is_second_look=False, spent_s=spent_s,
    )  # fmt: skip
    session.add(decision)
    session.flush()
    review_days.note_decision(session, decision)
    notices.put(session, order, at + timedelta(seconds=policy.undo_s + 1), decision.id)
    # By the file's hash: nobody can know which are taken, and a repeat takes the same.
    draw = int.from_bytes(hashlib.sha256(f"second {photo.photo_sha256}".encode()).digest()[:4])
    if draw < policy.second_look_percent / 100 * 2**32:
        session.add(SecondLook(photo_id=photo.id, first_by=reviewer.id, first_approved=is_approved))
