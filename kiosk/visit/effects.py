"""What a visit asks the booth to do. An answer to one with a `request` carries it back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from kiosk.visit.state import Batch, Consent, Declaration, Payment, PaymentMethod, Photo, Student


@dataclass(frozen=True, slots=True)
class ScanCodes:
    """Switch the second camera's reading on or off."""

    on: bool


@dataclass(frozen=True, slots=True)
class LookUpBatch:
    """Look a batch up by its code, or by a scanned text that holds it.

    Answered by `BatchFound` or `BatchRefused`.
    """

    text: str
    request: str = ""


@dataclass(frozen=True, slots=True)
class DecodeCode:
    """Decode a scanned text as a capture code of this batch.

    Answered by `CodeAccepted` or `CodeRefused`.
    """

    text: str
    batch: Batch
    request: str = ""


@dataclass(frozen=True, slots=True)
class CheckLastFour:
    """Compare the typed last four with the code's. Answered by `LastFourChecked`."""

    typed: str
    student: Student
    batch: Batch
    request: str = ""


@dataclass(frozen=True, slots=True)
class RecordConsent:
    """Take the time of the agreement. Answered by `ConsentRecorded`."""

    version: str
    request: str = ""


@dataclass(frozen=True, slots=True)
class OpenPayment:
    """Ask for a payment and follow it until it is settled, fails, or `ClosePayment`.

    Answered by any number of `PaymentChanged` (opened, then settled) or a `PaymentFailed`. When
    this student has already paid for this batch, the answer is that settled payment.
    """

    method: PaymentMethod
    amount_fen: int
    batch: Batch
    student: Student
    request: str = ""


@dataclass(frozen=True, slots=True)
class VouchPayment:
    """Tell the central backend that staff took the money; the visit goes on meanwhile.

    The payment has its reference. It must not be lost when the network is. Where the payment
    could not even be opened there is no `VouchPayment`: `StorePhoto.payment` then says, without
    a reference, that the fee was taken at the counter.
    """

    payment: Payment
    request: str = ""


@dataclass(frozen=True, slots=True)
class ClosePayment:
    """The payment is no longer wanted: neither ask for it nor follow it any more.

    Attributes:
        payment: as last known; without a reference when it was still being opened.
        request: of the `OpenPayment` it belongs to.
    """

    payment: Payment
    request: str = ""


@dataclass(frozen=True, slots=True)
class Guide:
    """Switch live view and the coach on or off (and the modelling light with them).

    On from POSE until the still is developed; also while a fault in between is waited out, so
    that it can be noticed when the camera is back. `on` while it is on starts the coach afresh.
    """

    on: bool


@dataclass(frozen=True, slots=True)
class TakePhoto:
    """Take a still, make the photo, judge it. Answered by `PhotoReady` or `PhotoFailed`."""

    batch: Batch
    request: str = ""


@dataclass(frozen=True, slots=True)
class StorePhoto:
    """Write the photo and what belongs to it to the outbox.

    Answered by `Stored` or `StoreFailed`. It is asked again, with the same request, after a
    failure or no answer; storing is idempotent by the photo's hash.

    Attributes:
        last_four: as typed; compared with the code's unless the code is opaque.
        staff_passed: staff let it go to review although a rule does not hold.
        declared: what the student says of it; the reviewer is told to look at it.
    """

    photo: Photo
    batch: Batch
    student: Student
    consent: Consent
    payment: Payment
    request: str = ""
    last_four: str = ""
    staff_passed: bool = False
    declared: tuple[Declaration, ...] = ()


@dataclass(frozen=True, slots=True)
class CheckPin:
    """Compare the typed staff PIN. Answered by `PinChecked`."""

    pin: str
    request: str = ""


@dataclass(frozen=True, slots=True)
class Calibrate:
    """Begin, move or end the calibration. Followed by `Calibrated`, as often as it moves.

    Attributes:
        move: ``begin``; ``go`` (what was asked for stands there, or: the next step); ``again``;
            ``skip``; ``end``.
    """

    move: Literal["begin", "go", "again", "skip", "end"]


@dataclass(frozen=True, slots=True)
class Forget:
    """Erase everything personal of this visit that is not in the outbox."""


@dataclass(frozen=True, slots=True)
class Note:
    """A line for the log: nothing personal in it."""

    what: str


Effect = (
    ScanCodes | LookUpBatch | DecodeCode | CheckLastFour | RecordConsent | OpenPayment
    | VouchPayment | ClosePayment | Guide | TakePhoto | StorePhoto | CheckPin | Calibrate | Forget
    | Note
)  # fmt: skip
