"""Running the service: uvicorn on a socket of our own or of systemd's, clean at SIGTERM."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import http.client
import logging
import multiprocessing
import os
import signal
import socket
import tempfile
import threading
from collections.abc import Callable
from multiprocessing.process import BaseProcess

import uvicorn
from fastapi import FastAPI
from uvicorn.supervisors import multiprocess as workers

from kiosk.central.service import metrics, passed_socket
from kiosk.central.service.app import create_app
from kiosk.central.service.settings import CentralServiceSettings, ServiceSettingsError

# Uploads under way at SIGTERM get so long to finish, seconds.
_GRACE_S = 15
_START_S = 60
# Who was let in just before SIGTERM has so long to send a request, seconds.
_SETTLE_S = 0.2


def serve(
    settings: CentralServiceSettings, on_ready: Callable[[str], None] = lambda _: None
) -> None:
    """Serve until SIGTERM or SIGINT.

    Args:
        settings: of the service; with port 0 any free port is taken. Where systemd passes a
            listening socket on, its address counts.
        on_ready: called with the address once requests are answered.

    Raises:
        ServiceSettingsError: the address cannot be listened on, or the secret key not be made.
        ServiceError: the database cannot be used.
    """
    listener = passed_socket.take() or _listen(settings.host, settings.port)
    host, port = listener.getsockname()[:2]
    settings = settings.model_copy(update={"host": host, "port": port})
    config = uvicorn.Config(
        functools.partial(_application, settings),
        factory=True,
        workers=settings.workers,
        log_config=None,
        access_log=False,  # it would show receipt links; the service has its own
        server_header=False,
        forwarded_allow_ips=settings.trusted_proxies,
        timeout_graceful_shutdown=_GRACE_S,
    )
    address = f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
    with listener:
        if settings.workers > 1:
            _serve_by_workers(config, listener, lambda: on_ready(address))
            return
        # uvicorn hands the signal on to whoever had it before; by itself that would be an exit by
        # signal after a clean shutdown.
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: None)
        config.load()
        _Server(config, lambda: on_ready(address)).run([listener])


def _application(settings: CentralServiceSettings) -> FastAPI:
    """Return the application, in the process that serves it."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        # A killed parent must not leave workers behind that hold the port.
        threading.Thread(target=_end_with, args=(parent,), daemon=True).start()
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s %(message)s")
    logging.getLogger("alembic").setLevel(logging.WARNING)
    return create_app(settings)


def _end_with(parent: BaseProcess) -> None:
    parent.join()
    os.kill(os.getpid(), signal.SIGTERM)


def _serve_by_workers(
    config: uvicorn.Config, listener: socket.socket, on_ready: Callable[[], None]
) -> None:
    """Serve by several processes on one socket; one that dies is started again."""
    listener.listen(config.backlog)
    with tempfile.TemporaryDirectory(prefix="central-figures-") as figures:
        os.environ[metrics.SHARED_FOLDER] = figures
        host, port = listener.getsockname()[:2]
        threading.Thread(target=_announce, args=(host, port, on_ready), daemon=True).start()
        # uvicorn has no other way to say what its workers run.
        workers.Process = _Worker  # type: ignore[misc]
        workers.Multiprocess(config, sockets=[listener]).run()


def _announce(host: str, port: int, on_ready: Callable[[], None]) -> None:
    """Say so once a worker answers; the request waits at the socket until one does."""
    with contextlib.suppress(OSError, http.client.HTTPException):
        connection = http.client.HTTPConnection(host, port, timeout=_START_S)
        connection.request("GET", "/healthz")
        if connection.getresponse().status == http.client.OK:
            on_ready()
        connection.close()


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config, on_ready: Callable[[], None] = lambda: None) -> None:
        super().__init__(config)
        self._on_ready = on_ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self._on_ready()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        # uvicorn takes a connection without a request yet for an idle one, and would reset it.
        for server in self.servers:
            server.close()
        await asyncio.sleep(_SETTLE_S)
        await super().shutdown(sockets)


class _Worker(workers.Process):
    @property
    def server(self) -> uvicorn.Server:
        if self._server is None:
            self._server = _Server(self.config)
        return self._server


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        raise ServiceSettingsError(
            f"{host}:{port} cannot be listened on: {error.strerror}. Is another one running? "
            "Set host and port."
        ) from error
    return listener
