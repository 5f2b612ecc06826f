"""Who stands there: batch look-up, capture code, last four, staff PIN."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from kiosk.booth.batches import BatchDirectory, BatchUnavailable, for_visit
from kiosk.booth.pin import PinError, check_pin
from kiosk.codes.batch_code import batch_code
from kiosk.codes.capture import Decoder, decode
from kiosk.codes.errors import CodeError, NotABatchCode
from kiosk.codes.last_four import matches
from kiosk.settings.codes import CodeSettings
from kiosk.visit.model import (
    BatchFound,
    BatchRefused,
    CheckLastFour,
    CheckPin,
    CodeAccepted,
    CodeRefused,
    DecodeCode,
    LastFourChecked,
    LookUpBatch,
    PinChecked,
    Student,
)

log = logging.getLogger(__name__)


class Identification:
    """Answers the visit's questions about batch, code and PIN.

    Args:
        batches: the batches the booth can look up.
        decoders: asked in this order what a capture code holds.
        settings: how codes are read.
        pin_hash: of the staff PIN; None lets nobody in.
    """

    def __init__(
        self,
        batches: BatchDirectory,
        decoders: Sequence[Decoder],
        *,
        settings: CodeSettings,
        pin_hash: str | None,
    ) -> None:
        self._batches = batches
        self._decoders = tuple(decoders)
        self._settings = settings
        self._pin_hash = pin_hash

    def look_up_batch(self, effect: LookUpBatch) -> BatchFound | BatchRefused:
        """Find the batch a typed or scanned text names."""
        try:
            code = batch_code(effect.text, self._settings.batch_parameters)
        except NotABatchCode as error:
            return BatchRefused(error.key, effect.request, not_a_batch=True)
        try:
            info = self._batches.find(code)
        except BatchUnavailable as error:
            return BatchRefused(error.notice, effect.request)
        return BatchFound(for_visit(info), effect.request)

    def decode_code(self, effect: DecodeCode) -> CodeAccepted | CodeRefused:
        """Read a capture code."""
        try:
            code = decode(
                effect.text,
                self._decoders,
                effect.batch.bracket_policy,
                self._settings.longest_capture_code,
            )
        except CodeError as error:
            return CodeRefused(error.key, effect.request)
        student = Student(
            code_hash=code.code_hash,
            masked_name=code.masked_name,
            masked_number=code.masked_number,
            last_four=code.last_four,
            decoder=code.decoder,
        )
        return CodeAccepted(student, effect.request)

    def check_last_four(self, effect: CheckLastFour) -> LastFourChecked:
        """Compare what was typed with what the code holds, by the batch's bracket policy."""
        expected = effect.student.last_four
        same = expected is None or matches(effect.typed, expected, effect.batch.bracket_policy)
        return LastFourChecked(same, effect.request)

    def check_pin(self, effect: CheckPin) -> PinChecked:
        """Compare the typed staff PIN."""
        try:
            right = self._pin_hash is not None and check_pin(effect.pin, self._pin_hash)
        except PinError as error:
            log.error("%s", error)  # noqa: TRY400 - anticipated: no traceback
            right = False
        log.info("staff PIN %s", "accepted" if right else "refused")
        return PinChecked(right, effect.request)
