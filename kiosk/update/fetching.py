"""Where signed files come from: a web server, or a stick. Neither is trusted."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import unquote, urlsplit

from tuf.api.exceptions import DownloadError, DownloadHTTPError, SlowRetrievalError
from tuf.ngclient import FetcherInterface, Urllib3Fetcher

_CHUNK_BYTES = 400_000
_NOT_FOUND = 404


class WebFetcher(FetcherInterface):
    """Fetches over HTTP, and gives up on a server that sends next to nothing.

    Args:
        socket_time_out_s: seconds of silence that end a download.
        least_bytes_per_s: over the whole of a download; slower is an attack or as good as one.
        grace_s: seconds before that is asked.
        clock: seconds, monotonic.
    """

    def __init__(
        self,
        *,
        socket_time_out_s: float,
        least_bytes_per_s: float,
        grace_s: float,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        # The library takes whole seconds only in its annotation.
        self._web = Urllib3Fetcher(socket_timeout=max(1, round(socket_time_out_s)), chunk_size=4096)
        self._least = least_bytes_per_s
        self._grace_s = grace_s
        self._clock = clock

    def _fetch(self, url: str) -> Iterator[bytes]:
        began, total = self._clock(), 0
        for chunk in self._web.fetch(url):
            total += len(chunk)
            seconds = self._clock() - began
            if seconds > self._grace_s and total < self._least * seconds:
                raise SlowRetrievalError(f"{url}: {total} bytes in {seconds:.0f} s")
            yield chunk


class FolderFetcher(FetcherInterface):
    """Fetches from a folder, such as a stick's, by ``file:`` addresses."""

    def _fetch(self, url: str) -> Iterator[bytes]:
        path = Path(unquote(urlsplit(url).path))
        try:
            file = path.open("rb")
        except FileNotFoundError as error:
            raise DownloadHTTPError(f"{path} is not there", _NOT_FOUND) from error
        except OSError as error:
            raise DownloadError(f"{path} cannot be read: {error}") from error
        with file:
            try:
                while chunk := file.read(_CHUNK_BYTES):
                    yield chunk
            except OSError as error:
                raise DownloadError(f"{path} cannot be read: {error}") from error
