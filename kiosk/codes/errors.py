"""What can be wrong with a code, as one small family.

Each error has a stable `key`; the screens have a sentence for it in every language. The message
itself is for staff and logs. Neither ever holds the code's text or anything personal.
"""

from __future__ import annotations

from typing import ClassVar


class CodeError(Exception):
    """A code, or what is needed to read it, is not as it has to be."""

    key: ClassVar[str] = "code_error"


class NotABatchCode(CodeError):  # noqa: N818 - a verdict, named as one
    """The text neither is nor holds a batch code."""

    key = "batch_code_malformed"


class NotACaptureCode(CodeError):  # noqa: N818
    """No decoder knows this text."""

    key = "code_not_a_capture_code"


class EmptyCode(NotACaptureCode):
    """The code holds nothing."""

    key = "code_empty"


class OverlongCode(NotACaptureCode):
    """The code holds more than a capture code ever does."""

    key = "code_too_long"


class BatchCodeShown(NotACaptureCode):
    """It is the batch's code, from the poster, instead of the student's own."""

    key = "code_is_batch_code"


class PaymentCodeShown(NotACaptureCode):
    """It is a code for paying somebody."""

    key = "code_is_payment_code"


class ForeignCodeShown(NotACaptureCode):
    """It is a code of another well-known kind: a contact, a wireless network, a chat group."""

    key = "code_is_foreign"


class ForgedCode(CodeError):  # noqa: N818
    """It says it is a capture code, but its authentication fails: damaged or forged."""

    key = "code_forged"


class WrongKey(CodeError):  # noqa: N818
    """It was made with a key this booth does not have."""

    key = "code_wrong_key"


class ExpiredKey(CodeError):  # noqa: N818
    """It was made with a key that has been withdrawn."""

    key = "code_expired_key"


class UnknownVersion(CodeError):  # noqa: N818
    """It is of a version this booth does not know: the booth is older than the code."""

    key = "code_unknown_version"


class KeyFileError(CodeError):
    """The key file is missing, unreadable, readable to others, or malformed."""

    key = "code_key_file"


class DecoderMissing(CodeError):  # noqa: N818
    """No capture code decoder of the settings could be loaded."""

    key = "code_decoder_missing"


class EngineMissing(CodeError):  # noqa: N818
    """The library that reads QR codes is not installed."""

    key = "code_engine_missing"
