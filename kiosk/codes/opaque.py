"""The decoder for payloads nobody at the booth understands.

An unknown payload is kept as it is and known by its hash; the central backend may resolve it
later. What is plainly something else is refused, so that a student who shows the wrong QR code
is told so at once.
"""

from __future__ import annotations

import re

from kiosk.codes.batch_code import batch_code
from kiosk.codes.capture import CaptureCode, payload_hash
from kiosk.codes.errors import (
    BatchCodeShown,
    EmptyCode,
    ForeignCodeShown,
    NotABatchCode,
    OverlongCode,
    PaymentCodeShown,
)
from kiosk.codes.last_four import BracketPolicy
from kiosk.settings.codes import CodeSettings

_PAYER_CODE = re.compile(r"(1[0-5]|2[5-9]|30)\d{14,22}")
"""The code a payer shows at a till: WeChat 18 digits from 10 to 15, Alipay 16 to 24 digits from
25 to 30 (both merchants' documentation of ``auth_code``)."""


class OpaqueDecoder:
    """Takes every text that is not plainly another kind of code. Ask it last."""

    name = "opaque"

    def __init__(self, settings: CodeSettings) -> None:
        self._settings = settings

    def decode(self, text: str, policy: BracketPolicy = "count") -> CaptureCode:
        """Return the code known by its hash only; name, number and last four stay unknown.

        Raises:
            EmptyCode, OverlongCode, BatchCodeShown, PaymentCodeShown, ForeignCodeShown.
        """
        del policy
        if not text.strip():
            raise EmptyCode("The code holds nothing. Show the capture code again.")
        if len(text) > self._settings.longest_capture_code:
            raise OverlongCode("The code holds more text than a capture code ever does.")
        self._refuse_others(text.strip())
        return CaptureCode(code_hash=payload_hash(text), decoder=self.name)

    def _refuse_others(self, text: str) -> None:
        begins = text.casefold()
        if begins.startswith(_folded(self._settings.payment_prefixes)) or _is_payer_code(text):
            raise PaymentCodeShown("This is a payment code. Show the capture code from CHSI.")
        if begins.startswith(_folded(self._settings.foreign_prefixes)):
            raise ForeignCodeShown("This is another kind of code. Show the one from CHSI.")
        self._refuse_batch_code(text)

    def _refuse_batch_code(self, text: str) -> None:
        try:
            batch_code(text, self._settings.batch_parameters)
        except NotABatchCode:
            return
        raise BatchCodeShown("This is the batch's code. Show your own capture code from CHSI.")


def _folded(prefixes: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(prefix.casefold() for prefix in prefixes)


def _is_payer_code(text: str) -> bool:
    return _PAYER_CODE.fullmatch(text) is not None
