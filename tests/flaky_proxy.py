"""A proxy that cuts connections where a test says, as bad networks do where they like."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Self
from urllib.parse import urlsplit


@dataclass(frozen=True)
class Cut:
    """Where one connection is cut; None lets all through.

    Attributes:
        sent: after so many bytes towards the service, when more come.
        answered: after so many bytes towards the client, when more come.
    """

    sent: int | None = None
    answered: int | None = None


class FlakyProxy:
    """Listens on a free port and passes connections on.

    Args:
        target: address of the service.
        cuts: where to cut the first, second, … connection; those after are let through.
        on_cut: called when a connection is cut, before the client notices.
    """

    def __init__(
        self, target: str, cuts: list[Cut], on_cut: Callable[[], None] = lambda: None
    ) -> None:
        parts = urlsplit(target)
        self._target = (parts.hostname or "127.0.0.1", parts.port or 80)
        self._cuts = list(cuts)
        self._on_cut = on_cut
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.address = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self._threads: list[threading.Thread] = []
        self._ends: list[socket.socket] = []
        self.connections = 0
        self.is_down = False
        """Whether nobody answers: connections are closed at once."""

    def __enter__(self) -> Self:
        self._spawn(self._accept)
        return self

    def __exit__(self, *_: object) -> None:
        # shutdown wakes the thread that waits in accept; close alone does not.
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for end in self._ends:
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(20)

    def cut_next(self, cut: Cut) -> None:
        """Cut the next connection there."""
        self._cuts.insert(0, cut)

    def hang_up(self) -> None:
        """From now on nobody answers, on lines that are open neither."""
        self.is_down = True
        for end in self._ends:
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def _spawn(self, work: Callable[..., None], *arguments: object) -> None:
        thread = threading.Thread(target=work, args=arguments, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            if self.is_down:
                client.close()
                continue
            cut = self._cuts.pop(0) if self._cuts else Cut()
            try:
                server = socket.create_connection(self._target, 5)
            except OSError:
                client.close()
                continue
            self._ends += [client, server]
            done = threading.Event()
            self._spawn(self._pass_on, client, server, cut.sent, done)
            self._spawn(self._pass_on, server, client, cut.answered, done)

    def _pass_on(
        self, source: socket.socket, sink: socket.socket, limit: int | None, done: threading.Event
    ) -> None:
        passed = 0
        with contextlib.suppress(OSError):
            while True:
                data = source.recv(65_536)
                if not data:
                    break
                too_much = limit is not None and passed + len(data) > limit
                if limit is not None:
                    data = data[: max(0, limit - passed)]
                sink.sendall(data)
                passed += len(data)
                if too_much:
                    if not done.is_set():
                        done.set()
                        self._on_cut()
                    break
        for end in (source, sink):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()
