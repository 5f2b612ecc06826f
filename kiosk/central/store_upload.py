"""Putting an original straight into the central backend's store, where that is offered."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from urllib.parse import urlsplit

import requests

from kiosk.central.contract import OriginalOffer
from kiosk.settings.central import CentralSettings

_log = logging.getLogger(__name__)
_THIS_MACHINE = frozenset({"127.0.0.1", "localhost", "::1"})


class StoreUpload:
    """One way of two: whatever fails here, the original can still go with the photo.

    Args:
        settings: the patience, and the centre's address.
        clock: seconds that only grow.
    """

    def __init__(
        self, settings: CentralSettings, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._settings = settings
        self._clock = clock
        self._not_before = 0.0

    @property
    def is_worth_trying(self) -> bool:
        """Whether it is switched on, and nothing just now spoke against it."""
        return self._settings.store_uploads and self._clock() >= self._not_before

    def put(self, offer: OriginalOffer, original: bytes) -> bool:
        """Put the original there; return whether the store has taken it. Never raises for it."""
        where = urlsplit(offer.url)
        if not offer.url:
            self._pause()
            return False
        if not self._is_private(where.scheme, where.hostname or ""):
            return self._failed(where.hostname, "the way there is not encrypted")
        try:
            with requests.Session() as session:
                # The signature stands in the address: neither a .netrc nor our key goes along.
                session.auth = _as_it_is
                session.trust_env = where.hostname not in _THIS_MACHINE
                response = session.put(
                    offer.url,
                    data=original,
                    headers=dict(offer.headers),
                    timeout=(self._settings.connect_time_out_s, self._settings.read_time_out_s),
                    allow_redirects=False,
                )
            if response.status_code == requests.codes.ok:
                return True
            reason = f"it answered {response.status_code}"
        except (requests.RequestException, ValueError) as error:
            reason = type(error).__name__
        return self._failed(where.hostname, reason)

    def _failed(self, host: str | None, reason: str) -> bool:
        self._pause()
        pause_s = self._settings.store_pause_s
        _log.warning(
            "No original went to the store at %s: %s. For %.0f s they go through the service.",
            host,
            reason,
            pause_s,
        )
        return False

    def _pause(self) -> None:
        self._not_before = self._clock() + self._settings.store_pause_s

    def _is_private(self, scheme: str, host: str) -> bool:
        """Whether the way there is no less private than the one to the centre itself."""
        if scheme == "https" or host in _THIS_MACHINE:
            return True
        return scheme == "http" and self._settings.url.scheme == "http"


def _as_it_is(request: requests.PreparedRequest) -> requests.PreparedRequest:
    return request
