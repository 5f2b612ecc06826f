"""What a booth and the central backend say to each other, as typed messages.

Both sides import this module and nothing else of each other. All times are ISO 8601 in UTC,
money is integer fen (1/100 yuan), hashes are lower-case hex SHA-256.

Paths, all below the service's address and with ``Authorization: Bearer <booth key>``:

====== ================================ ============================ =========================
verb   path                             body                         answer
====== ================================ ============================ =========================
GET    /api/v1/batches/{code}                                        `BatchInfo`
POST   /api/v1/payments                 `PaymentRequest`             `PaymentInfo`
GET    /api/v1/payments/{reference}                                  `PaymentInfo`
POST   /api/v1/payments/{ref}/vouch     `Vouch`                      `PaymentInfo`
POST   /api/v1/payments/{ref}/close                                  `PaymentInfo`
POST   /api/v1/originals/{hash}         `OriginalRequest`            `OriginalOffer`
PUT    /api/v1/submissions/{photo hash} multipart: ``meta``          `SubmissionAnswer`
                                        (`Submission` as JSON),
                                        ``photo`` (JPEG),
                                        ``original`` (as shot),
                                        unless it was put to an
                                        offer before
GET    /api/v1/submissions/{photo hash}                              `SubmissionAnswer`
POST   /api/v1/heartbeat                `Heartbeat`                  `HeartbeatAnswer`
POST   /api/v1/release                  `ReleaseReport`              `ReleaseAnswer`
POST   /api/v1/enrolment                `EnrolmentRequest`           `EnrolmentAnswer`
PUT    /api/v1/support/{request}        a support bundle (ZIP)       `SupportAnswer`
====== ================================ ============================ =========================

Enrolment alone needs no key: it makes one known. No call does more when it is repeated, so a
recorded one that is played again changes nothing. A submission is idempotent by the photo's hash:
sent again it answers as the first time. Every refusal is an `ErrorAnswer`.
"""

from __future__ import annotations

import enum
from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

_YEARS = range(1970, 9999)


def _with_zone(moment: datetime) -> datetime:
    if moment.year not in _YEARS:
        raise ValueError("a moment between 1970 and 9998 is wanted")
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


Moment = Annotated[datetime, AfterValidator(_with_zone)]
"""A moment; one that names no zone is UTC. Nearer to the ends of time nothing can be reckoned."""
Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
BATCH_CODE_PATTERN = r"^[A-Za-z0-9]{4,8}$"
MAX_FEN = 100_000_000
"""A million yuan: far above any fee, and what every database holds as an integer."""
ReportKey = Annotated[str, StringConstraints(pattern=r"^([A-Za-z0-9+/]{43}=)?$")]
PaymentMethod = Literal["waived", "counter", "sandbox", "wechat", "alipay"]
BatchCode = Annotated[str, StringConstraints(pattern=BATCH_CODE_PATTERN)]


class Message(BaseModel):
    """A message; unknown fields from a newer side are ignored."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class OrderState(enum.StrEnum):
    """Where an order is; see the table in `kiosk.central.service.orders`."""

    STARTED = "started"
    """待上传: begun on a phone; no photo has come yet."""
    PENDING = "pending"
    """待审核: may be withdrawn."""
    WITHDRAWN = "withdrawn"
    REJECTED = "rejected"
    """审核不通过, with reasons; a new photo may be sent."""
    APPROVED = "approved"
    """待处理: locked."""
    PROCESSING = "processing"
    """制作中."""
    DONE = "done"
    """已完成."""


class PaymentState(enum.StrEnum):
    """Where a payment is."""

    OPEN = "open"
    SETTLED = "settled"
    CLOSED = "closed"


class BatchInfo(Message):
    """One collection batch of one school."""

    code: BatchCode
    school: str
    title: str
    standard: str = "chsi"
    background: Literal["blue", "white", "grey"] = "blue"
    glasses: Literal["forbid", "allow_clear"] = "forbid"
    bracket_policy: Literal["count", "strip", "exclude"] = "count"
    fee_fen: int = Field(0, ge=0, le=MAX_FEN)
    payment_methods: tuple[PaymentMethod, ...] = ("waived",)
    min_bytes: int | None = Field(None, ge=1, le=10_000_000)
    max_bytes: int | None = Field(None, ge=1, le=10_000_000)
    takes: int = Field(4, ge=1, le=100)
    is_open: bool = True


class PaymentRequest(Message):
    """Ask for a payment. Sent again with the same reference it answers as the first time."""

    reference: Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z_\-*]{8,32}$")]
    batch: BatchCode
    code_hash: Sha256
    method: PaymentMethod
    amount_fen: int = Field(ge=0, le=MAX_FEN)


class PaymentInfo(Message):
    """A payment as it stands."""

    reference: str
    state: PaymentState
    amount_fen: int
    method: str
    qr_text: str = ""


class Vouch(Message):
    """Booth staff took the money."""

    staff: str


class Submission(Message):
    """A photo, and what the reviewer must know of it. No ID number, no unmasked name.

    Attributes:
        receipt_token: 32 url-safe characters made by the booth; the student's way to the order.
        report: the conformity report as `kiosk.portrait` wrote it.
        payment_method: how the fee was paid. A ``counter`` payment the service has not heard of
            was vouched for while the network was away: it is recorded with the photo.
        staff_passed: booth staff let the photo go to review although a rule does not hold.
        signature: hex HMAC-SHA-256 of the photo's and the original's hash by the booth's key.
    """

    batch: BatchCode
    booth: str
    code_hash: Sha256
    decoder: str
    masked_name: str = ""
    masked_number: str = ""
    last_four: str = ""
    photo_sha256: Sha256
    original_sha256: Sha256
    original_media_type: str = "image/jpeg"
    shot_at: Moment
    consent_version: str
    consent_at: Moment
    payment_reference: str = ""
    payment_method: str = ""
    payment_amount_fen: int = Field(0, ge=0, le=MAX_FEN)
    staff_passed: bool = False
    receipt_number: str
    receipt_token: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{32,64}$")]
    report: dict[str, Any]
    signature: str = ""


class OriginalRequest(Message):
    """Ask where to put an original; `bytes` is its size."""

    bytes: int = Field(ge=1, lt=2**53)
    media_type: Annotated[str, StringConstraints(pattern=r"^[a-z]{1,20}/[a-z0-9.+-]{1,40}$")]


class OriginalOffer(Message):
    """Where a booth may put an original itself, by one PUT without its key.

    Attributes:
        url: signed for this hash and size, good for some minutes; empty: send it with the photo.
        headers: to be sent with it.
    """

    url: str = ""
    headers: dict[str, str] = Field(default_factory=dict)


class SubmissionAnswer(Message):
    """The order the photo went to. `photo_sha256` and `original_sha256` confirm what was kept."""

    order: str
    state: OrderState
    photo_sha256: Sha256
    original_sha256: Sha256
    version: int


class EnrolmentRequest(Message):
    """Make a booth's key known, by the one-time code that operations gave for it.

    Attributes:
        code: as shown on the fleet page.
        key_hash: SHA-256 of the key the booth has made; the key itself never leaves the booth.
        report_key: what its reports' signatures are checked with, Ed25519 as base64; empty: the
            first heartbeat tells it.
    """

    code: Annotated[str, StringConstraints(pattern=r"^[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}$")]
    key_hash: Sha256
    report_key: ReportKey = ""


class EnrolmentAnswer(Message):
    """The booth the key is of from now on."""

    booth: str


class DeviceHealth(Message):
    """One device of a booth.

    Attributes:
        name: which.
        fault: what is wrong, in the driver's own words; empty when nothing is.
        kind: the same as one word, by which pages say it in the reader's language; empty when
            nothing is wrong, from an older booth, and where there is no word for it.
        restarts_hour: how often it was restarted within the last hour; cameras are.
    """

    name: str = Field(max_length=60)
    fault: str = Field("", max_length=300)
    kind: str = Field("", max_length=40)
    restarts_hour: int = Field(0, ge=0, lt=2**31)


class Heartbeat(Message):
    """How a booth is.

    Attributes:
        number: grows with each heartbeat of a booth; an older one is ignored.
        version: of the booth's software.
        outbox_oldest_s: since when the oldest unsent photo waits, seconds.
        calibrated_at: when the profile in use was made, None without one.
        settings_revision: of the pushed settings that are in use.
        settings_problem: why the newest ones are not, empty when they are.
        temperature_c: of the processor, degrees Celsius; None when it cannot be measured.
        under_voltage: whether the supply's voltage was too low just now; None when unknown.
        clock_synchronised: whether the clock follows a time server; None when unknown.
        clock_offset_s: what the booth's clock is ahead of the centre's, seconds, found with the
            answer before; None before the first.
        report_key: what its reports' signatures are checked with, Ed25519 as base64.
    """

    number: int = Field(ge=1, lt=2**53)
    version: str = Field(max_length=60)
    devices: tuple[DeviceHealth, ...] = Field((), max_length=40)
    outbox_waiting: int = Field(0, ge=0, lt=2**31)
    outbox_refused: int = Field(0, ge=0, lt=2**31)
    outbox_oldest_s: float = Field(0.0, ge=0, lt=1e10)
    calibrated_at: Moment | None = None
    disk_free_bytes: int = Field(0, ge=0, lt=2**53)
    disk_total_bytes: int = Field(0, ge=0, lt=2**53)
    settings_revision: str = Field("", max_length=64)
    settings_problem: str = Field("", max_length=300)
    temperature_c: float | None = Field(None, ge=-100, le=300)
    under_voltage: bool | None = None
    clock_synchronised: bool | None = None
    clock_offset_s: float | None = Field(None, gt=-1e11, lt=1e11)
    report_key: ReportKey = ""


SUPPORT_REQUEST_PATTERN = r"^[0-9a-f]{32}$"


class SupportAnswer(Message):
    """The bundle that is kept."""

    sha256: Sha256


class HeartbeatAnswer(Message):
    """What a booth is to know.

    Attributes:
        settings: what is set for it: ``section.field`` to value.
        settings_revision: of that set.
        now: the centre's clock, None from an older one.
        support: the support bundle that is wanted of it (`SUPPORT_REQUEST_PATTERN`); empty: none.
    """

    settings: dict[str, str | int | float | bool]
    settings_revision: str
    now: Moment | None = None
    support: str = Field("", max_length=32)


Version = Annotated[str, StringConstraints(max_length=40)]


class ReleaseReport(Message):
    """Which versions a booth has: committed, on trial (or empty), and refused with reasons."""

    committed: Version
    on_trial: Version = ""
    refused: dict[Version, Annotated[str, StringConstraints(max_length=500)]] = Field(
        default_factory=dict, max_length=100
    )


class ReleaseAnswer(Message):
    """The version to run: empty, the one the booth has; None, nobody directs it: the newest."""

    wanted: str | None


class ErrorAnswer(Message):
    """Any refusal: what happened and what to do, for a program and for a person."""

    code: str
    message: str
    remedy: str = ""
