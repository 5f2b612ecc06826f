"""What a visit is made of: its states, what is known in them, events in, effects out.

Nothing here knows a device, a network, a screen or a clock. Times are seconds of one monotonic
clock, handed in with each `Tick`.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass, field

from kiosk.guidance.model import Coaching


class Language(enum.StrEnum):
    """What the screens speak."""

    CHINESE = "zh"
    ENGLISH = "en"


class State(enum.StrEnum):
    """Where a visit is. Every state is a screen."""

    IDLE = "idle"
    BATCH = "batch"
    """The batch's code is asked for: scanned or typed. Skipped when the booth is set to one."""
    CODE = "code"
    """The capture code is held to the second camera."""
    LAST_FOUR = "last_four"
    """The last four of the ID are typed."""
    CONFIRM = "confirm"
    """The masked name, school and batch are shown: is this you?"""
    CONSENT = "consent"
    PAY = "pay"
    POSE = "pose"
    """Sitting down, coached live."""
    SHOOT = "shoot"
    """The still is being taken and developed."""
    LOOK = "look"
    """The finished photo is shown: take it, or try again."""
    SUBMIT = "submit"
    """The photo is being written to the outbox."""
    RECEIPT = "receipt"
    HELP = "help"
    """The student asked for staff; the staff PIN is asked for."""
    STAFF = "staff"
    """Staff is at the screen."""
    FAULT = "fault"
    """Something the visit needs does not work. It goes on by itself when it is back."""
    ENDED = "ended"
    """Cancelled or timed out; a sentence says so, then the booth is idle again."""


class PaymentMethod(enum.StrEnum):
    """Who pays, and how."""

    WAIVED = "waived"
    """Nothing is to be paid: the school does."""
    COUNTER = "counter"
    """Staff takes the money and says so with the staff PIN."""
    SANDBOX = "sandbox"
    """Play money, for demo and tests."""


class EndReason(enum.StrEnum):
    """Why a visit ended without a photo."""

    CANCELLED = "cancelled"
    TIMED_OUT = "timed_out"
    CONSENT_REFUSED = "consent_refused"
    STAFF = "staff"


@dataclass(frozen=True, slots=True)
class Batch:
    """One collection batch of one school, as far as a visit needs it.

    Attributes:
        code: 4 to 8 letters and digits, as the school writes it.
        school: the school's name.
        title: the batch's name, such as "2027 届本科毕业生".
        fee_fen: what a photo costs, 1/100 yuan; 0 when nothing.
        methods: the ways to pay it.
        bracket_policy: how brackets count in the last four: ``count``, ``strip``, ``exclude``.
        takes: how many times the student may have the photo taken.
    """

    code: str
    school: str
    title: str
    fee_fen: int = 0
    methods: tuple[PaymentMethod, ...] = (PaymentMethod.WAIVED,)
    bracket_policy: str = "count"
    takes: int = 4


@dataclass(frozen=True, slots=True)
class Student:
    """Whom the capture code names, masked as the screen may show it.

    Attributes:
        code_hash: hex SHA-256 of the capture code's payload; the only key kept.
        masked_name: such as "张*"; empty for an opaque code.
        masked_number: the masked student number; empty for an opaque code.
        last_four: the last four of the ID as the code holds them; None for an opaque code.
        decoder: the decoder that read it.
    """

    code_hash: str
    masked_name: str = ""
    masked_number: str = ""
    last_four: str | None = None
    decoder: str = "opaque"


@dataclass(frozen=True, slots=True)
class Consent:
    """What the student agreed to, and when.

    Attributes:
        version: the consent text's version.
        at_utc: ISO 8601, UTC.
    """

    version: str
    at_utc: str


@dataclass(frozen=True, slots=True)
class Payment:
    """A fee on its way.

    Attributes:
        method: how it is paid.
        amount_fen: 1/100 yuan.
        reference: the central backend's name for it, empty until it has one.
        qr_text: what the payment QR holds, empty when there is none.
        settled: whether it is paid, waived or vouched for by staff.
    """

    method: PaymentMethod
    amount_fen: int
    reference: str = ""
    qr_text: str = ""
    settled: bool = False


@dataclass(frozen=True, slots=True)
class Photo:
    """The finished photo, as far as a visit needs it.

    Attributes:
        photo_id: hex SHA-256 of the composed file.
        passed: whether every rule that can be measured holds.
        remarks: keys of what does not hold, or could not be measured and is to be looked at.
    """

    photo_id: str
    passed: bool
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the student leaves with.

    Attributes:
        number: a short number to say aloud.
        url: the link in the receipt's QR.
        delivered: whether the central backend has it already; else the outbox will send it.
    """

    number: str
    url: str
    delivered: bool = False


@dataclass(frozen=True, slots=True)
class Visit:
    """All that is known of a visit. A new one replaces it with each event.

    Attributes:
        state: where it is.
        language: what the screens speak.
        now: the last tick.
        entered_at: when this state was entered.
        touched_at: the last sign of the student: a touch, a scan, a face.
        booth_batch: the batch this booth is set to, when it is.
        typed: what was typed on this screen so far.
        notice: key of a sentence to show on this screen, such as ``code_not_for_batch``.
        attempts: wrong entries on this screen.
        busy: whether an answer is awaited (a look-up, a payment, a still).
        returns_to: where HELP, STAFF and FAULT go back to.
        waiting: the effect's key whose answer is awaited; a late answer to another is ignored.
    """

    state: State = State.IDLE
    language: Language = Language.CHINESE
    now: float = 0.0
    entered_at: float = 0.0
    touched_at: float = 0.0
    booth_batch: Batch | None = None
    batch: Batch | None = None
    student: Student | None = None
    consent: Consent | None = None
    payment: Payment | None = None
    coaching: Coaching = field(default_factory=Coaching)
    takes_left: int = 0
    takes_used: int = 0
    photo: Photo | None = None
    receipt: Receipt | None = None
    typed: str = ""
    notice: str | None = None
    attempts: int = 0
    busy: bool = False
    waiting: str = ""
    faults: tuple[str, ...] = ()
    returns_to: State | None = None
    end_reason: EndReason | None = None
    staff_passed: bool = False


@dataclass(frozen=True, slots=True)
class VisitRules:
    """The figures a visit goes by; seconds, from the settings.

    Attributes:
        time_out_s: without a sign of the student, for each state that ends by itself.
        warn_s: so long before a time-out the screen asks "still there?".
        max_attempts: wrong last fours or staff PINs before the visit ends.
        consent_version: the consent text's version shown by this booth.
        process_time_out_s: the longest wait for a still, a photo or the outbox.
    """

    time_out_s: dict[State, float]
    warn_s: float = 10.0
    max_attempts: int = 5
    consent_version: str = "1"
    process_time_out_s: float = 15.0


# --- events -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Tick:
    """Time has passed. `now`: seconds, monotonic."""

    now: float


class Button(enum.StrEnum):
    """What can be touched."""

    START = "start"
    NEXT = "next"
    """Yes, this is me; on."""
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


@dataclass(frozen=True, slots=True)
class Touched:
    """A button was touched."""

    button: Button


@dataclass(frozen=True, slots=True)
class KeyTouched:
    """A key of the on-screen keypad was touched."""

    key: str


@dataclass(frozen=True, slots=True)
class LanguageTouched:
    """The other language was chosen."""

    language: Language


@dataclass(frozen=True, slots=True)
class Scanned:
    """The second camera or a scanner read a text."""

    text: str


@dataclass(frozen=True, slots=True)
class BatchFound:
    """The batch that was looked up exists and is open."""

    batch: Batch


@dataclass(frozen=True, slots=True)
class BatchRefused:
    """It does not, or could not be looked up. `notice`: key of a sentence."""

    notice: str


@dataclass(frozen=True, slots=True)
class CodeAccepted:
    """The scanned text is a capture code."""

    student: Student


@dataclass(frozen=True, slots=True)
class CodeRefused:
    """It is not, or not of this batch. `notice`: key of a sentence."""

    notice: str


@dataclass(frozen=True, slots=True)
class LastFourChecked:
    """Whether the typed last four are the code's."""

    matches: bool


@dataclass(frozen=True, slots=True)
class ConsentRecorded:
    """The clock time of the agreement that was just touched."""

    consent: Consent


@dataclass(frozen=True, slots=True)
class PaymentChanged:
    """A payment was opened or settled."""

    payment: Payment


@dataclass(frozen=True, slots=True)
class PaymentFailed:
    """It could not be opened, or expired. `notice`: key of a sentence."""

    notice: str


@dataclass(frozen=True, slots=True)
class Coached:
    """The coach's newest word. `face_seen`: somebody sits there. `shoot`: take the still now."""

    coaching: Coaching
    face_seen: bool = True
    shoot: bool = False


@dataclass(frozen=True, slots=True)
class PhotoReady:
    """The still was taken, developed and judged."""

    photo: Photo


@dataclass(frozen=True, slots=True)
class PhotoFailed:
    """No photo came of this still; it costs no take. `notice`: key of a sentence."""

    notice: str


@dataclass(frozen=True, slots=True)
class Stored:
    """The photo is safe in the outbox."""

    receipt: Receipt


@dataclass(frozen=True, slots=True)
class StoreFailed:
    """It is not: a full or broken disk. The photo is still in memory."""

    notice: str


@dataclass(frozen=True, slots=True)
class Delivered:
    """The central backend has confirmed the photo of this visit."""


@dataclass(frozen=True, slots=True)
class FaultRaised:
    """Something the visit needs stopped working. `fault`: key such as ``camera``."""

    fault: str


@dataclass(frozen=True, slots=True)
class FaultCleared:
    """It works again."""

    fault: str


@dataclass(frozen=True, slots=True)
class PinChecked:
    """Whether the typed staff PIN is right."""

    right: bool


Event = (
    Tick | Touched | KeyTouched | LanguageTouched | Scanned | BatchFound | BatchRefused
    | CodeAccepted | CodeRefused | LastFourChecked | ConsentRecorded | PaymentChanged
    | PaymentFailed | Coached | PhotoReady | PhotoFailed | Stored | StoreFailed | Delivered
    | FaultRaised | FaultCleared | PinChecked
)  # fmt: skip


# --- effects ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ScanCodes:
    """Switch the second camera's reading on or off."""

    on: bool


@dataclass(frozen=True, slots=True)
class LookUpBatch:
    """Look a batch up by its code, or by a scanned text that holds it."""

    text: str


@dataclass(frozen=True, slots=True)
class DecodeCode:
    """Decode a scanned text as a capture code of this batch."""

    text: str
    batch: Batch


@dataclass(frozen=True, slots=True)
class CheckLastFour:
    """Compare the typed last four with the code's."""

    typed: str
    student: Student
    batch: Batch


@dataclass(frozen=True, slots=True)
class RecordConsent:
    """Take the time of the agreement."""

    version: str


@dataclass(frozen=True, slots=True)
class OpenPayment:
    """Ask for a payment and follow it until it is settled, fails, or `ClosePayment`."""

    method: PaymentMethod
    amount_fen: int
    batch: Batch
    student: Student


@dataclass(frozen=True, slots=True)
class VouchPayment:
    """Tell the central backend that staff took the money."""

    payment: Payment


@dataclass(frozen=True, slots=True)
class ClosePayment:
    """The payment is no longer wanted."""

    payment: Payment


@dataclass(frozen=True, slots=True)
class Guide:
    """Switch live view and the coach on or off (and the modelling light with them)."""

    on: bool


@dataclass(frozen=True, slots=True)
class TakePhoto:
    """Take a still, make the photo, judge it."""

    batch: Batch


@dataclass(frozen=True, slots=True)
class StorePhoto:
    """Write the photo and what belongs to it to the outbox."""

    photo: Photo
    batch: Batch
    student: Student
    consent: Consent
    payment: Payment


@dataclass(frozen=True, slots=True)
class CheckPin:
    """Compare the typed staff PIN."""

    pin: str


@dataclass(frozen=True, slots=True)
class Forget:
    """Erase everything personal of this visit that is not in the outbox."""


@dataclass(frozen=True, slots=True)
class Note:
    """A line for the log: nothing personal in it."""

    what: str


Effect = (
    ScanCodes | LookUpBatch | DecodeCode | CheckLastFour | RecordConsent | OpenPayment
    | VouchPayment | ClosePayment | Guide | TakePhoto | StorePhoto | CheckPin | Forget | Note
)  # fmt: skip
