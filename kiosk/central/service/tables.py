"""The database's tables. Changes to them go with a migration in ``migrations/versions``."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    DateTime,
    Dialect,
    Double,
    ForeignKey,
    Index,
    MetaData,
    String,
    UniqueConstraint,
    false,
    text,
    true,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship
from sqlalchemy.types import TypeDecorator

EXPORT_TEMPLATE = "{batch}_{seq:04d}_{code_hash8}"
"""A delivered photo's name, unless the batch says another."""


class UtcDateTime(TypeDecorator[datetime]):
    """A moment, stored as UTC without zone: the same on every database."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Return UTC without zone for the database."""
        del dialect
        return None if value is None else value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        """Return a moment with its zone."""
        del dialect
        return None if value is None else value.replace(tzinfo=UTC)


class Word(TypeDecorator[str]):
    """One word of a fixed set, stored as plain text: drivers treat enums each in its own way."""

    impl = String(40)
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """Return the word itself."""
        del dialect
        return None if value is None else str(value)


def _partial(name: str, *columns: str, where: str) -> Index:
    """Return an index over some rows only."""
    return Index(name, *columns, postgresql_where=text(where), sqlite_where=text(where))


class Base(DeclarativeBase):
    """Base of all tables."""

    # Named alike on every database, so that a migration can name what it changes.
    metadata = MetaData(
        naming_convention={
            "ix": "%(table_name)s_by_%(column_0_N_name)s",
            "uq": "%(table_name)s_%(column_0_N_name)s_unique",
            "fk": "%(table_name)s_%(column_0_name)s_is_of_%(referred_table_name)s",
            "pk": "%(table_name)s_key",
        }
    )
    type_annotation_map = {  # noqa: RUF012 - SQLAlchemy's own way
        datetime: UtcDateTime,
        float: Double,
        dict[str, Any]: JSON(none_as_null=True),
        list[str]: JSON,
    }


class Batch(Base):
    """One collection batch of one school; `code_key` is the code without regard to case."""

    __tablename__ = "batches"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(8))
    code_key: Mapped[str] = mapped_column(String(8), unique=True)
    school: Mapped[str] = mapped_column(String(200))
    title: Mapped[str] = mapped_column(String(200))
    standard: Mapped[str] = mapped_column(String(40))
    background: Mapped[str] = mapped_column(String(10))
    glasses: Mapped[str] = mapped_column(String(20))
    bracket_policy: Mapped[str] = mapped_column(String(10))
    fee_fen: Mapped[int]
    payment_methods: Mapped[list[str]]
    min_bytes: Mapped[int | None]
    max_bytes: Mapped[int | None]
    takes: Mapped[int]
    opens_at: Mapped[datetime | None]
    closes_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    payer: Mapped[str] = mapped_column(Word, default="student", server_default="student")
    export_template: Mapped[str] = mapped_column(
        String(100), default=EXPORT_TEMPLATE, server_default=EXPORT_TEMPLATE
    )
    retention_days: Mapped[int] = mapped_column(default=180, server_default="180")

    phone_start: Mapped[bool] = mapped_column(default=True, server_default=true())

    def is_open(self, at: datetime) -> bool:
        """Whether photos may be taken for it at this moment."""
        begun = self.opens_at is None or self.opens_at <= at
        return begun and (self.closes_at is None or at < self.closes_at)


class Booth(Base):
    """An enrolled booth. Of its key only the SHA-256 is kept."""

    __tablename__ = "booths"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(40), unique=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    seen_at: Mapped[datetime | None]
    group_name: Mapped[str] = mapped_column(String(40), default="", server_default="")
    enrol_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
    enrol_until: Mapped[datetime | None]
    heartbeat: Mapped[dict[str, Any] | None]
    heartbeat_at: Mapped[datetime | None]
    heartbeat_number: Mapped[int] = mapped_column(BigInteger, default=0, server_default="0")


class BoothSettings(Base):
    """Settings for booths; `scope` is ``all``, ``group NAME`` or ``booth NAME``."""

    __tablename__ = "booth_settings"

    scope: Mapped[str] = mapped_column(String(60), primary_key=True)
    settings: Mapped[dict[str, Any]]
    changed_at: Mapped[datetime]
    changed_by: Mapped[str] = mapped_column(String(60))


class Staff(Base):
    """A staff account. Raising `epoch` ends all of its sessions.

    The second factor's secret is sealed by the service's own key; `totp_step` is the newest time
    step a code was accepted for.
    """

    __tablename__ = "staff"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(40), unique=True)
    password_hash: Mapped[str] = mapped_column(String(200))
    role: Mapped[str] = mapped_column(Word)
    is_active: Mapped[bool]
    epoch: Mapped[int]
    created_at: Mapped[datetime]
    totp_sealed: Mapped[str | None] = mapped_column(String(300))
    totp_step: Mapped[int | None]


class LoginFailure(Base):
    """A wrong password, for the rate limit; removed when it no longer counts."""

    __tablename__ = "login_failures"

    id: Mapped[int] = mapped_column(primary_key=True)
    subject: Mapped[str] = mapped_column(String(100), index=True)
    at: Mapped[datetime] = mapped_column(index=True)


class Payment(Base):
    """Money on its way, for the photo or for prints; named by a booth's reference, or our own."""

    __tablename__ = "payments"
    __table_args__ = (Index("payments_of", "batch_id", "code_hash"),)

    reference: Mapped[str] = mapped_column(String(32), primary_key=True)
    batch_id: Mapped[int] = mapped_column(ForeignKey("batches.id"))
    booth_id: Mapped[int] = mapped_column(ForeignKey("booths.id"))
    code_hash: Mapped[str] = mapped_column(String(64))
    method: Mapped[str] = mapped_column(Word)
    state: Mapped[str] = mapped_column(Word)
    amount_fen: Mapped[int]
    vouched_by: Mapped[str] = mapped_column(String(100), default="")
    created_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    print_order_id: Mapped[str | None] = mapped_column(String(16), index=True)


class Order(Base):
    """What one student has going in one batch; `revision` guards against lost updates."""

    __tablename__ = "orders"
    __table_args__ = (
        UniqueConstraint("batch_id", "code_hash"),
        Index("orders_queue", "state", "pending_since", "id"),
        Index("orders_progress", "batch_id", "class_name", "state"),
        # Few: those that a reviewer has, or had when they went away.
        _partial("orders_leased", "leased_until", where="leased_until IS NOT NULL"),
    )

    id: Mapped[str] = mapped_column(String(16), primary_key=True)
    batch_id: Mapped[int] = mapped_column(ForeignKey("batches.id"))
    code_hash: Mapped[str] = mapped_column(String(64), index=True)
    # What it was before is always known, for `order_counts`.
    state: Mapped[str] = mapped_column(Word, active_history=True)
    version: Mapped[int]
    revision: Mapped[int] = mapped_column()
    masked_name: Mapped[str] = mapped_column(String(100))
    masked_number: Mapped[str] = mapped_column(String(100))
    last_four: Mapped[str] = mapped_column(String(8))
    created_at: Mapped[datetime]
    pending_since: Mapped[datetime]
    leased_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    leased_until: Mapped[datetime | None]
    roster_key: Mapped[str] = mapped_column(String(32), default="", server_default="")
    class_name: Mapped[str] = mapped_column(String(60), default="", server_default="")

    batch: Mapped[Batch] = relationship()
    photos: Mapped[list[Photo]] = relationship(
        back_populates="order", order_by="Photo.version", cascade="all"
    )

    __mapper_args__ = {"version_id_col": revision}  # noqa: RUF012 - SQLAlchemy's own way

    @property
    def photo(self) -> Photo:
        """The newest version: the one that counts."""
        return self.photos[-1]


class Photo(Base):
    """One version of an order's photo, with all that came with it."""

    __tablename__ = "photos"
    __table_args__ = (UniqueConstraint("order_id", "version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[str] = mapped_column(ForeignKey("orders.id"))
    version: Mapped[int]
    photo_sha256: Mapped[str] = mapped_column(String(64), unique=True)
    photo_bytes: Mapped[int]
    original_sha256: Mapped[str] = mapped_column(String(64), index=True)
    original_bytes: Mapped[int]
    original_media_type: Mapped[str] = mapped_column(String(40))
    booth_id: Mapped[int] = mapped_column(ForeignKey("booths.id"))
    decoder: Mapped[str] = mapped_column(String(40))
    shot_at: Mapped[datetime]
    received_at: Mapped[datetime]
    consent_version: Mapped[str] = mapped_column(String(40))
    consent_at: Mapped[datetime]
    payment_reference: Mapped[str] = mapped_column(String(32))
    staff_passed: Mapped[bool]
    receipt_number: Mapped[str] = mapped_column(String(40))
    report: Mapped[dict[str, Any]]
    signature: Mapped[str] = mapped_column(String(128))
    signature_valid: Mapped[bool | None]
    report_signature: Mapped[str] = mapped_column(Word, default="", server_default="")
    reasons: Mapped[list[str]]
    is_compared: Mapped[bool] = mapped_column(default=False, server_default=false())

    order: Mapped[Order] = relationship(back_populates="photos")
    booth: Mapped[Booth] = relationship()


class Receipt(Base):
    """A student's link to an order. Of its token only the SHA-256 is kept."""

    __tablename__ = "receipts"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    order_id: Mapped[str] = mapped_column(ForeignKey("orders.id"), index=True)
    expires_at: Mapped[datetime]

    order: Mapped[Order] = relationship()


class Event(Base):
    """A line of the audit log: who did what when, and why. Never changed, never removed."""

    __tablename__ = "events"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    actor: Mapped[str] = mapped_column(String(100))
    action: Mapped[str] = mapped_column(Word)
    order_id: Mapped[str | None] = mapped_column(ForeignKey("orders.id"), index=True)
    state_before: Mapped[str | None] = mapped_column(Word)
    state_after: Mapped[str | None] = mapped_column(Word)
    detail: Mapped[dict[str, Any]]


class Job(Base):
    """Something to be done in the background; removed when it is done."""

    __tablename__ = "jobs"
    # Those given up are not in it: they are neither passed over nor sorted at each look.
    __table_args__ = (_partial("jobs_due", "due_at", "id", where="failed_at IS NULL"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(Word)
    detail: Mapped[dict[str, Any]]
    key: Mapped[str | None] = mapped_column(String(100), unique=True)
    created_at: Mapped[datetime]
    due_at: Mapped[datetime]
    attempts: Mapped[int]
    taken_by: Mapped[str | None] = mapped_column(String(16))
    taken_until: Mapped[datetime | None]
    failed_at: Mapped[datetime | None]
    error: Mapped[str] = mapped_column(String(500))


class PhotoPrint(Base):
    """What finds copies of a photo: its 64 bits, in hex, and where its face is, pixels."""

    __tablename__ = "photo_prints"

    photo_id: Mapped[int] = mapped_column(ForeignKey("photos.id"), primary_key=True)
    photo_sha256: Mapped[str] = mapped_column(String(64))
    bits: Mapped[str] = mapped_column(String(16))
    x: Mapped[float]
    y: Mapped[float]
    side: Mapped[float]


class PrintKey(Base):
    """The index over `PhotoPrint`: one row for each band of its bits."""

    __tablename__ = "print_keys"

    batch_id: Mapped[int] = mapped_column(ForeignKey("batches.id"), primary_key=True)
    key: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    photo_id: Mapped[int] = mapped_column(ForeignKey("photos.id"), primary_key=True, index=True)


class Likeness(Base):
    """Two photos that look like copies of each other, by their correlation."""

    __tablename__ = "likenesses"

    photo_id: Mapped[int] = mapped_column(ForeignKey("photos.id"), primary_key=True)
    other_id: Mapped[int] = mapped_column(ForeignKey("photos.id"), primary_key=True, index=True)
    score: Mapped[float]


class Decision(Base):
    """What a reviewer decided on a photo; `undone_at` when it was taken back."""

    __tablename__ = "decisions"
    __table_args__ = (
        Index("decisions_of", "staff_id", "at"),
        Index("decisions_since", "at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    photo_id: Mapped[int] = mapped_column(ForeignKey("photos.id"), index=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    at: Mapped[datetime]
    is_approved: Mapped[bool]
    is_second_look: Mapped[bool]
    spent_s: Mapped[float | None]
    undone_at: Mapped[datetime | None]


class SecondLook(Base):
    """A decided photo that another reviewer judges too, without seeing the first decision."""

    __tablename__ = "second_looks"
    __table_args__ = (
        Index("second_looks_done", "done_at"),
        _partial("second_looks_open", "id", where="done_at IS NULL"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    photo_id: Mapped[int] = mapped_column(ForeignKey("photos.id"), unique=True)
    first_by: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    first_approved: Mapped[bool]
    second_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    second_approved: Mapped[bool | None]
    leased_by: Mapped[int | None]
    leased_until: Mapped[datetime | None]
    done_at: Mapped[datetime | None]

    photo: Mapped[Photo] = relationship()
