"""Running the service: uvicorn on a socket of our own, clean at SIGTERM."""

from __future__ import annotations

import logging
import signal
import socket
from collections.abc import Callable

import uvicorn

from kiosk.central.service.app import create_app
from kiosk.central.service.settings import CentralServiceSettings, ServiceSettingsError

# Uploads under way at SIGTERM get so long to finish, seconds.
_GRACE_S = 15


def serve(
    settings: CentralServiceSettings, on_ready: Callable[[str], None] = lambda _: None
) -> None:
    """Serve until SIGTERM or SIGINT.

    Args:
        settings: of the service; with port 0 any free port is taken.
        on_ready: called with the address once requests are answered.

    Raises:
        ServiceSettingsError: the address cannot be listened on, or the secret key not be made.
        ServiceError: the database cannot be used.
    """
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s %(message)s")
    logging.getLogger("alembic").setLevel(logging.WARNING)
    listener = _listen(settings.host, settings.port)
    port = listener.getsockname()[1]
    settings = settings.model_copy(update={"port": port})
    config = uvicorn.Config(
        create_app(settings),
        log_config=None,
        access_log=False,  # it would show receipt links; the service has its own
        server_header=False,
        forwarded_allow_ips=settings.trusted_proxies,
        timeout_graceful_shutdown=_GRACE_S,
    )
    # uvicorn hands the signal on to whoever had it before; by itself that would be an exit by
    # signal after a clean shutdown.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: None)
    with listener:
        _Server(config, lambda: on_ready(f"http://{settings.host}:{port}")).run([listener])


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config, on_ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._on_ready = on_ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self._on_ready()


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
