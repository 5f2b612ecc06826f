"""The words of a visit: its states, languages, ways to pay, ends, faults, notices, declarations.

Screens and settings name them by these values; each has its sentence in both languages.
"""

from __future__ import annotations

import enum


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
    """The photo is being written to the outbox; it may be retried when that failed."""
    RECEIPT = "receipt"
    HELP = "help"
    """The student asked for staff; the staff PIN is asked for."""
    STAFF = "staff"
    """Staff is at the screen."""
    CALIBRATE = "calibrate"
    """Staff calibrates the booth, between two visits."""
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
    WECHAT = "wechat"
    ALIPAY = "alipay"


class EndReason(enum.StrEnum):
    """Why a visit ended without a photo."""

    CANCELLED = "cancelled"
    TIMED_OUT = "timed_out"
    CONSENT_REFUSED = "consent_refused"
    STAFF = "staff"
    TOO_MANY_ATTEMPTS = "too_many_attempts"
    """The last four were wrong too often."""


class Fault(enum.StrEnum):
    """What can stop working under a visit; the keys of `FaultRaised` and `FaultCleared`."""

    CAMERA = "camera"
    """The main camera gives no picture."""
    CAMERA_DARK = "camera_dark"
    """It gives a picture that is all but black."""
    CODE_CAMERA = "code_camera"
    """Neither the second camera nor a scanner reads codes."""
    GUIDANCE = "guidance"
    """The face models do not answer."""
    OUTBOX = "outbox"
    """No photo could be kept: the disk is full or broken."""
    CALIBRATION = "calibration"
    """The booth is not calibrated, or not any more as it was."""


class Notice(enum.StrEnum):
    """The sentences the visit itself gives a screen; others come with events, by their key."""

    CODE_KEPT = "code_kept"
    """That may be a capture code: it is kept. Now the batch, please."""
    BATCH_CODE_SHORT = "batch_code_short"
    """A batch code has four to eight letters and digits."""
    LAST_FOUR_WRONG = "last_four_wrong"
    PIN_WRONG = "pin_wrong"
    PIN_LOCKED = "pin_locked"
    """The staff PIN was wrong too often; it is locked for a while."""
    NO_ANSWER = "no_answer"
    """That took too long; please try again."""
    PHOTO_SLOW = "photo_slow"
    """No photo came in time; it costs no take."""
    STORE_SLOW = "store_slow"
    """The photo is not kept yet; it is tried again by itself."""
    PAYMENT_KEPT = "payment_kept"
    """The visit ended after the fee was paid: the payment is on record, staff can help."""
    TAKE_ADDED = "take_added"
    PHOTO_LET_PASS = "photo_let_pass"  # noqa: S105 - a sentence's key, not a password


class Declaration(enum.StrEnum):
    """What the student says of the photo, because no measurement of it can be trusted."""

    MAKE_UP = "make_up"
    COLOURED_LENSES = "coloured_lenses"
    JEWELLERY = "jewellery"
    """Earrings, a necklace, a hair ornament."""
    COVERED_EARS = "covered_ears"
    """Hair over the ears, or before the eyes."""
