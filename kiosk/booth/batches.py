"""Batches the booth knows: asked of the central backend, remembered for days without network."""

from __future__ import annotations

import json
import logging
from pathlib import Path

from pydantic import ValidationError

from kiosk.central.client import CentralClient
from kiosk.central.contract import BatchInfo
from kiosk.central.errors import CentralRefused, CentralUnreachable
from kiosk.visit.model import Batch, PaymentMethod

log = logging.getLogger(__name__)


class BatchUnavailable(Exception):  # noqa: N818 - the visit's word for it
    """No such batch, or it can't be looked up now. `notice`: key of a sentence."""

    def __init__(self, notice: str) -> None:
        super().__init__(notice)
        self.notice = notice


class BatchDirectory:
    """Looks batches up.

    Args:
        client: the way to the central backend.
        folder: where known batches are remembered, one JSON file each; they hold nothing
            personal.
    """

    def __init__(self, client: CentralClient, folder: Path) -> None:
        self._client = client
        self._folder = folder
        self._seen: dict[str, BatchInfo] = {}
        self._kept: dict[str, BatchInfo] = {}

    def find(self, code: str) -> BatchInfo:
        """Return the batch called `code`.

        Raises:
            BatchUnavailable: it does not exist, is closed, or is unknown and central is away.
        """
        info: BatchInfo | None
        try:
            info = self._client.batch(code)
        except CentralRefused as error:
            if error.concerns_booth:
                # Not the batch's fault: staff must see to the booth's key.
                log.error("batch %s cannot be looked up: %s", code, error)  # noqa: TRY400
                raise BatchUnavailable("central_offline") from error
            log.info("batch %s refused: %s", code, error)
            raise BatchUnavailable("batch_unknown") from error
        except CentralUnreachable as error:
            info = self._remembered(code)
            if info is None:
                raise BatchUnavailable("central_offline") from error
        else:
            self._remember(info)
        if not info.is_open:
            raise BatchUnavailable("batch_closed")
        return info

    def known(self, code: str) -> BatchInfo:
        """Return a batch that was looked up before, without asking the network for it.

        For a visit on its way: a batch that closes meanwhile still serves it, and a network that
        does not answer holds no shutter up.

        Raises:
            BatchUnavailable: as of `find`, which is asked when the batch is new here.
        """
        return self._remembered(code) or self.find(code)

    def _path(self, code: str) -> Path:
        return self._folder / f"{code.upper()}.json"

    def _remember(self, info: BatchInfo) -> None:
        code = info.code.upper()
        self._seen[code] = info
        if self._kept.get(code) == info:
            return  # asked every few seconds for days, it must not wear the disk out
        path = self._path(code)
        fresh = path.with_suffix(".new")
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            fresh.write_text(info.model_dump_json(), encoding="utf-8")
            fresh.replace(path)
            self._kept[code] = info
        except OSError as error:
            log.warning("%s: the batch could not be remembered: %s", path, error.strerror)

    def _remembered(self, code: str) -> BatchInfo | None:
        if (seen := self._seen.get(code.upper())) is not None:
            return seen
        try:
            return BatchInfo.model_validate(json.loads(self._path(code).read_text("utf-8")))
        except (OSError, ValueError, ValidationError):
            return None


def for_visit(info: BatchInfo) -> Batch:
    """Return what a visit needs to know of a batch."""
    return Batch(
        code=info.code,
        school=info.school,
        title=info.title,
        fee_fen=info.fee_fen,
        methods=tuple(PaymentMethod(m) for m in info.payment_methods),
        bracket_policy=info.bracket_policy,
        takes=info.takes,
        glasses=info.glasses,
        background=info.background,
    )
