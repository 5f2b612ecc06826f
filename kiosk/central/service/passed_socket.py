"""The socket that systemd listens on for us, where it does: sd_listen_fds(3)."""

from __future__ import annotations

import os
import socket
from collections.abc import MutableMapping
from typing import Final

from kiosk.central.service.settings import ServiceSettingsError

_FIRST: Final = 3
"""Number of the first file that systemd passes on."""
_REMEDY: Final = "Name one ListenStream=HOST:PORT in kiosk-central.socket."


def take(environment: MutableMapping[str, str] = os.environ) -> socket.socket | None:
    """Return the listening socket passed by systemd; None when there is none for this process.

    Whoever is started by this process is not told of it again.

    Raises:
        ServiceSettingsError: it is more than one, or none that TCP connections come in by.
    """
    told = {name: environment.pop(name, "") for name in ("LISTEN_PID", "LISTEN_FDS")}
    environment.pop("LISTEN_FDNAMES", None)
    if told["LISTEN_PID"] != str(os.getpid()) or told["LISTEN_FDS"] in ("", "0"):
        return None
    if told["LISTEN_FDS"] != "1":
        raise ServiceSettingsError(f"systemd passed {told['LISTEN_FDS']} sockets on. {_REMEDY}")
    try:
        passed = socket.socket(fileno=_FIRST)
    except OSError as error:
        raise ServiceSettingsError(f"What systemd passed on is no socket. {_REMEDY}") from error
    over_tcp = passed.family in (socket.AF_INET, socket.AF_INET6)
    if not over_tcp or passed.type != socket.SOCK_STREAM:
        passed.close()
        raise ServiceSettingsError(f"The socket that systemd passed on is none of TCP. {_REMEDY}")
    passed.set_inheritable(False)
    return passed
