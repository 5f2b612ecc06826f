"""Tell systemd how a service is: the sd_notify protocol of ``man 3 sd_notify``, in plain Python.

Every function does nothing outside systemd (no ``NOTIFY_SOCKET``) and never raises: a service
must not die of telling that it lives.
"""

from __future__ import annotations

import logging
import os
import socket

_log = logging.getLogger(__name__)

_MICROSECONDS = 1_000_000
_PATIENCE_S = 1.0
"""How long `ready` and `stopping` wait for a systemd that is behind; the others come again and
wait for nothing, so that the screen never hangs with systemd."""


def ready(status: str = "") -> bool:
    """Say that the service does its work. With a unit of ``Type=notify`` it is started from here.

    Returns:
        Whether systemd was told.
    """
    return _send("READY=1", *_status_lines(status), patience_s=_PATIENCE_S)


def watchdog() -> bool:
    """Say that the part that matters has just worked. Call it at least every `watchdog_interval_s`.

    Returns:
        Whether systemd was told.
    """
    return _send("WATCHDOG=1")


def status(text: str) -> bool:
    """Set the line that ``systemctl status`` shows.

    Returns:
        Whether systemd was told.
    """
    return _send(*_status_lines(text or " "))


def stopping(text: str = "") -> bool:
    """Say that the service has begun to stop.

    Returns:
        Whether systemd was told.
    """
    return _send("STOPPING=1", *_status_lines(text), patience_s=_PATIENCE_S)


def watchdog_interval_s() -> float | None:
    """Return how often to call `watchdog`, seconds: half of what the unit allows.

    None when the unit has no watchdog, or it is meant for another process.
    """
    try:
        allowed = int(os.environ["WATCHDOG_USEC"])
        meant_for = int(os.environ.get("WATCHDOG_PID") or os.getpid())
    except (KeyError, ValueError):
        return None
    if allowed <= 0 or meant_for != os.getpid():
        return None
    return allowed / _MICROSECONDS / 2


def _status_lines(text: str) -> tuple[str, ...]:
    """One line: a line break would begin another assignment."""
    return (f"STATUS={' '.join(text.splitlines())}",) if text else ()


def _send(*lines: str, patience_s: float = 0.0) -> bool:
    address = os.environ.get("NOTIFY_SOCKET", "")
    if not address.startswith(("/", "@")):
        return False
    if address.startswith("@"):
        # Linux's abstract names begin with a zero byte; systemd writes it as "@".
        address = "\0" + address[1:]
    message = "\n".join(lines).encode("utf-8", "replace")
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as end:
            end.settimeout(patience_s)
            end.sendto(message, address)
    except (OSError, ValueError) as error:
        _log.debug("systemd could not be told: %s", error)
        return False
    return True
