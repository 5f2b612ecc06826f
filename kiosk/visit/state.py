"""What is known of a visit: the batch, the student, the photo, where it is; and the rules.

Times are seconds of one monotonic clock, handed in with each `Tick`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from kiosk.guidance.model import Coaching
from kiosk.visit.vocabulary import (
    Declaration,
    EndReason,
    Fault,
    Language,
    Notice,
    PaymentMethod,
    State,
)

__all__ = [
    "Batch",
    "Calibration",
    "Consent",
    "Declaration",
    "EndReason",
    "Fault",
    "Language",
    "Notice",
    "Payment",
    "PaymentMethod",
    "Photo",
    "Receipt",
    "State",
    "Student",
    "Visit",
    "VisitRules",
]


@dataclass(frozen=True, slots=True)
class Batch:
    """One collection batch of one school, as far as a visit needs it.

    Attributes:
        code: 4 to 8 letters and digits, as the school writes it.
        school: the school's name.
        title: the batch's name, such as "2027 届本科毕业生".
        fee_fen: what a photo costs, 1/100 yuan; 0 when nothing.
        methods: the ways to pay it, the preferred first.
        bracket_policy: how brackets count in the last four: ``count``, ``strip``, ``exclude``.
        takes: how many times the student may have the photo taken.
        glasses: whether glasses may be worn: ``forbid`` or ``allow_clear``.
        background: name of the official background; None for the standard's usual one.
    """

    code: str
    school: str
    title: str
    fee_fen: int = 0
    methods: tuple[PaymentMethod, ...] = (PaymentMethod.WAIVED,)
    bracket_policy: Literal["count", "strip", "exclude"] = "count"
    takes: int = 4
    glasses: Literal["forbid", "allow_clear"] = "forbid"
    background: str | None = None


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
class Calibration:
    """How far staff has come in calibrating the booth.

    Attributes:
        step: key of the step.
        number: the step's number, from 1.
        of: how many steps there are.
        place: key of what is to be put where.
        phase: ``place``, ``busy``, ``result`` or ``done``.
        passed: whether the step passed, or, when done, each step that was done.
        finding: key of what is wrong, or what is worth knowing; empty for nothing.
        values: what its sentence says besides, by name.
        figures: (name, value in words, whether it holds), the important ones first.
        second_camera: whether the second camera looks.
        results: (step, whether it passed) of those that were done.
    """

    step: str = ""
    number: int = 0
    of: int = 0
    place: str = ""
    phase: Literal["place", "busy", "result", "done"] = "busy"
    passed: bool = False
    finding: str = ""
    values: tuple[tuple[str, str], ...] = ()
    figures: tuple[tuple[str, str, bool], ...] = ()
    second_camera: bool = False
    results: tuple[tuple[str, bool], ...] = ()


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
        coaching: the coach's newest word, in POSE.
        takes_left: how many more times the photo may be taken.
        typed: what was typed on this screen so far.
        notice: key of a sentence to show on this screen, such as ``code_not_for_batch``.
        attempts: wrong last fours in this visit.
        busy: whether this screen awaits an answer (a look-up, a payment, a still).
        waiting: the request whose answer is awaited; an answer to another is ignored.
        faults: keys of what does not work now; remembered between visits.
        returns_to: where HELP, STAFF and FAULT go back to.
        end_reason: why the visit ended, in ENDED.
        staff_passed: staff lets this photo go to review although a rule does not hold.
        booth_language: what the idle screen speaks, and the next student is greeted in.
        last_four: what was typed and accepted (or, for an opaque code, not compared).
        warning_s: whole seconds until the visit ends, while "still there?" is to be shown.
        asked_at: when the awaited answer was asked for.
        notice_at: when `notice` was set.
        payment_request: the request of the payment that is followed.
        pin_request: the request of the staff PIN that is being compared.
        pin_attempts: wrong staff PINs in a row; outlives the visit.
        pin_locked_until: no staff PIN is taken before this time; outlives the visit.
        scanned: the last text that was acted on, so that it is not acted on again at once.
        scanned_at: when it was.
        early_code: a text that may be a capture code, scanned before the batch was known.
        delivered: the central backend has confirmed the photo before it was known to be stored.
        serial: how many requests were made since the booth started.
        scanning: whether `ScanCodes` was last ordered on.
        guiding: whether `Guide` was last ordered on.
        calibration: how far the calibration is, in CALIBRATE.
        declared: what the student says of this photo; the reviewer is told to look at it.
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
    booth_language: Language = Language.CHINESE
    last_four: str = ""
    warning_s: int | None = None
    asked_at: float = 0.0
    notice_at: float = 0.0
    payment_request: str = ""
    pin_request: str = ""
    pin_attempts: int = 0
    pin_locked_until: float = 0.0
    scanned: str = ""
    scanned_at: float = 0.0
    early_code: str = ""
    delivered: bool = False
    serial: int = 0
    scanning: bool = False
    guiding: bool = False
    calibration: Calibration = field(default_factory=Calibration)
    declared: tuple[Declaration, ...] = ()

    @property
    def place(self) -> State:
        """Where the visit is beneath HELP, STAFF and FAULT."""
        return self.returns_to or self.state


@dataclass(frozen=True, slots=True)
class VisitRules:
    """The figures a visit goes by; seconds, from the settings.

    Attributes:
        time_out_s: without a sign of the student, for each state that ends by itself.
        warn_s: so long before a time-out the screen asks "still there?".
        max_attempts: wrong last fours before the visit ends; wrong staff PINs before the PIN is
            locked.
        consent_version: the consent text's version shown by this booth.
        process_time_out_s: the longest wait for a still, a photo, the outbox or any other answer.
        pin_lock_s: how long the staff PIN is locked then.
        scan_repeat_s: a refused text that is still held up is asked again after so long.
        notice_s: how long a sentence stands over the coach's hints.
    """

    time_out_s: dict[State, float]
    warn_s: float = 10.0
    max_attempts: int = 5
    consent_version: str = "1"
    process_time_out_s: float = 15.0
    pin_lock_s: float = 300.0
    scan_repeat_s: float = 3.0
    notice_s: float = 6.0
