"""What can happen to a visit.

An answer carries the `request` of the effect it answers. One whose request is no longer awaited
(the visit was cancelled, timed out, or is another student's) is ignored, so nothing of one visit
ever shows in the next.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass, field

from kiosk.guidance.model import Coaching
from kiosk.visit.state import (
    Batch,
    Calibration,
    Consent,
    Declaration,
    Language,
    Payment,
    Photo,
    Receipt,
    Student,
)


@dataclass(frozen=True, slots=True)
class Tick:
    """Time has passed. `now`: seconds, monotonic. A few a second are enough."""

    now: float


class Button(enum.StrEnum):
    """What can be touched."""

    START = "start"
    NEXT = "next"
    """Yes, this is me; on; try again."""
    BACK = "back"
    AGREE = "agree"
    REFUSE = "refuse"
    TAKE = "take"
    """Take this photo."""
    AGAIN = "again"
    """Shoot once more."""
    DONE = "done"
    CANCEL = "cancel"
    HELP = "help"
    STAY = "stay"
    """I am still here."""
    ERASE = "erase"
    """Keypad: one character back."""
    STAFF_CLOSE = "staff_close"
    """Staff: back to the student."""
    STAFF_END = "staff_end"
    """Staff: end this visit."""
    STAFF_ANOTHER_TAKE = "staff_another_take"
    STAFF_PAID = "staff_paid"
    """Staff: the fee was paid at the counter."""
    STAFF_SHOOT = "staff_shoot"
    """Staff: take the photo now, for a sitter the coach cannot content."""
    STAFF_PASS = "staff_pass"  # noqa: S105 - a button, not a password
    """Staff: let this photo go to review although a rule does not hold."""
    STAFF_CALIBRATE = "staff_calibrate"
    """Staff: calibrate the booth."""
    STAFF_SKIP = "staff_skip"
    """Staff, calibrating: leave this step out."""


@dataclass(frozen=True, slots=True)
class Touched:
    """A button was touched."""

    button: Button


@dataclass(frozen=True, slots=True)
class KeyTouched:
    """A key of the on-screen keypad was touched."""

    key: str


@dataclass(frozen=True, slots=True)
class Declared:
    """The student says that this holds of the photo, or, touched again, that it does not."""

    what: Declaration


@dataclass(frozen=True, slots=True)
class LanguageTouched:
    """The other language was chosen."""

    language: Language


@dataclass(frozen=True, slots=True)
class Scanned:
    """The second camera or a scanner read a text."""

    text: str


@dataclass(frozen=True, slots=True)
class BoothBatchChanged:
    """The booth was set to a batch, or to none, or what is known of its batch has changed."""

    batch: Batch | None


@dataclass(frozen=True, slots=True)
class BatchFound:
    """The batch that was looked up exists and is open."""

    batch: Batch
    request: str = ""


@dataclass(frozen=True, slots=True)
class BatchRefused:
    """It does not, or could not be looked up.

    Attributes:
        notice: key of a sentence.
        request: of the `LookUpBatch` it answers.
        not_a_batch: the text holds no batch code at all, so it may be a capture code: it is kept
            until the batch is known.
    """

    notice: str
    request: str = ""
    not_a_batch: bool = False


@dataclass(frozen=True, slots=True)
class CodeAccepted:
    """The scanned text is a capture code."""

    student: Student
    request: str = ""


@dataclass(frozen=True, slots=True)
class CodeRefused:
    """It is not, or not of this batch. `notice`: key of a sentence."""

    notice: str
    request: str = ""


@dataclass(frozen=True, slots=True)
class LastFourChecked:
    """Whether the typed last four are the code's."""

    matches: bool
    request: str = ""


@dataclass(frozen=True, slots=True)
class ConsentRecorded:
    """The clock time of the agreement that was just touched."""

    consent: Consent
    request: str = ""


@dataclass(frozen=True, slots=True)
class PaymentChanged:
    """A payment was opened or settled."""

    payment: Payment
    request: str = ""


@dataclass(frozen=True, slots=True)
class PaymentFailed:
    """It could not be opened, or expired. `notice`: key of a sentence."""

    notice: str
    request: str = ""


@dataclass(frozen=True, slots=True)
class Coached:
    """The coach's newest word. `face_seen`: somebody sits there. `shoot`: take the still now."""

    coaching: Coaching = field(default_factory=Coaching)
    face_seen: bool = True
    shoot: bool = False


@dataclass(frozen=True, slots=True)
class PhotoReady:
    """The still was taken, developed and judged."""

    photo: Photo
    request: str = ""


@dataclass(frozen=True, slots=True)
class PhotoFailed:
    """No photo came of this still; it costs no take. `notice`: key of a sentence."""

    notice: str
    request: str = ""


@dataclass(frozen=True, slots=True)
class Stored:
    """The photo is safe in the outbox."""

    receipt: Receipt
    request: str = ""


@dataclass(frozen=True, slots=True)
class StoreFailed:
    """It is not: a full or broken disk. The photo is still in memory."""

    notice: str
    request: str = ""


@dataclass(frozen=True, slots=True)
class Delivered:
    """The central backend has confirmed a photo. Of another visit's photo it is ignored."""

    photo_id: str = ""


@dataclass(frozen=True, slots=True)
class FaultRaised:
    """Something the visit needs stopped working. `fault`: a key of `Fault`."""

    fault: str


@dataclass(frozen=True, slots=True)
class FaultCleared:
    """It works again."""

    fault: str


@dataclass(frozen=True, slots=True)
class Calibrated:
    """The calibration has come so far. Outside of it ignored."""

    calibration: Calibration


@dataclass(frozen=True, slots=True)
class PinChecked:
    """Whether the typed staff PIN is right."""

    right: bool
    request: str = ""


Answer = (
    BatchFound | BatchRefused | CodeAccepted | CodeRefused | LastFourChecked | ConsentRecorded
    | PaymentChanged | PaymentFailed | PhotoReady | PhotoFailed | Stored | StoreFailed | PinChecked
)  # fmt: skip

Event = (
    Tick | Touched | KeyTouched | Declared | LanguageTouched | Scanned | BoothBatchChanged | Answer
    | Coached | Delivered | FaultRaised | FaultCleared | Calibrated
)  # fmt: skip
