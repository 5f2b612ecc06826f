"""The one batch that a booth may be set to serve."""

from __future__ import annotations

import logging

from kiosk.booth.batches import BatchDirectory, BatchUnavailable, for_visit
from kiosk.visit.model import Batch

log = logging.getLogger(__name__)


class OwnBatch:
    """Looks the booth's batch up, as often as it is asked to.

    Args:
        batches: all that there are.
        code: of the booth's batch; None when it serves any.
    """

    def __init__(self, batches: BatchDirectory, code: str | None) -> None:
        self._batches = batches
        self._code = code

    @property
    def is_set(self) -> bool:
        """Whether the booth serves one batch alone."""
        return self._code is not None

    def find(self) -> Batch | None:
        """Return it as it is now; None when the booth serves any, or can't tell yet."""
        if self._code is None:
            return None
        try:
            return for_visit(self._batches.find(self._code))
        except BatchUnavailable as error:
            log.warning(
                "batch %s cannot be served now (%s): check its code and dates at the central "
                "backend. Until it can, students are asked for their batch.",
                self._code,
                error.notice,
            )
            return None
