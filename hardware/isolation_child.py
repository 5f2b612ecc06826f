"""The child's side of `hardware.isolation`: one driver, answering one request at a time.

Run by the parent as ``python -m hardware.isolation_child``. It imports only NumPy, the
contracts and the driver itself, so that it is up again fast.
"""

from __future__ import annotations

import argparse
import ctypes
import importlib
import json
import logging
import mmap
import os
import queue
import signal
import threading
from collections.abc import Callable

from hardware import journal, memory, wire
from hardware.base import Camera
from hardware.errors import FaultKind, HardwareError, Misconfigured

_PR_SET_PDEATHSIG = 1  # linux/prctl.h
_log = logging.getLogger(__name__)


def build_driver(name: str, arguments: dict[str, object]) -> Camera:
    """Import ``module:callable`` and call it.

    Raises:
        Misconfigured: there is no such driver here, or it does not take these arguments.
    """
    module_name, _, attribute = name.partition(":")
    try:
        factory: Callable[..., object] = getattr(importlib.import_module(module_name), attribute)
    except (ImportError, AttributeError, ValueError) as error:
        raise Misconfigured(
            f"The camera driver {name!r} cannot be loaded ({error}). Check the driver's name in "
            "the settings and that its libraries are installed for this Python.",
            FaultKind.DRIVER_MISSING,
        ) from error
    try:
        camera = factory(**arguments)
    except (TypeError, ValueError) as error:
        raise Misconfigured(
            f"The camera driver {name!r} does not take its arguments ({error}). Correct the "
            "camera's settings."
        ) from error
    if not isinstance(camera, Camera):
        raise Misconfigured(f"{name!r} is not a camera driver. Correct the driver's name.")
    return camera


class Server:
    """Answers requests with a driver.

    Args:
        memory: the shared memory pictures go through.
        driver: ``module:callable``.
        arguments: keyword arguments of the driver.
    """

    def __init__(self, memory: memoryview, driver: str, arguments: dict[str, object]) -> None:
        self._memory = memory
        self._driver = driver
        self._arguments = arguments
        self._camera: Camera | None = None

    def answer(self, request: wire.Message) -> wire.Message:
        """Do what a request asks for and return the reply; never raises."""
        try:
            result = self._call(request.get("call"))(**request.get("arguments", {}))
        except Exception as error:  # noqa: BLE001 - every failure of a driver crosses the wire
            if not isinstance(error, HardwareError):
                _log.exception("the driver failed")
            return {"id": request.get("id"), "error": wire.error_to_wire(error)}
        return {"id": request.get("id"), "result": result}

    def _call(self, name: object) -> Callable[..., object]:
        calls: dict[object, Callable[..., object]] = {
            "open": self._open,
            "close": self._close,
            "start_live_view": self._start_live_view,
            "stop_live_view": self._stop_live_view,
            "read_frame": self._read_frame,
            "capture_still": self._capture_still,
            "apply": self._apply,
            "autofocus": self._autofocus,
            "check": self._check,
            "state": self._state,
        }
        if name not in calls:
            raise Misconfigured(f"The wire has no call {name!r}. Install the same release.")
        return calls[name]

    def _open(self) -> wire.Message:
        if self._camera is None:
            self._camera = build_driver(self._driver, self._arguments)
        self._camera.open()
        return self._state()

    def _close(self) -> None:
        if self._camera is not None:
            self._camera.close()

    def _start_live_view(self) -> None:
        self._opened().start_live_view()
        memory.reuse_frames()

    def _stop_live_view(self) -> None:
        self._opened().stop_live_view()

    def _read_frame(self, timeout_s: float, at: int, room: int) -> wire.Message:
        return wire.frame_to_wire(
            self._opened().read_frame(timeout_s), self._memory[at : at + room]
        )

    def _capture_still(self, timeout_s: float, room: int) -> wire.Message:
        return wire.still_to_wire(self._opened().capture_still(timeout_s), self._memory[:room])

    def _apply(self, settings: wire.Message) -> wire.Message:
        return wire.settings_to_wire(self._opened().apply(wire.settings_from_wire(settings)))

    def _autofocus(self, timeout_s: float) -> bool:
        return self._opened().autofocus(timeout_s)

    def _check(self) -> wire.Message:
        return wire.state_to_wire(self._opened().check())

    def _state(self) -> wire.Message:
        return wire.state_to_wire(self._opened().state())

    def _opened(self) -> Camera:
        if self._camera is None:
            raise Misconfigured("the wire asked for a camera that was not opened")
        return self._camera


def _die_with(parent: int) -> None:
    """Have the kernel end this process with its parent, and end now if that is gone already."""
    ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(0)


def _read_requests(lines: wire.Lines, requests: queue.SimpleQueue[wire.Message]) -> None:
    """Hand requests on. The end of the pipe ends the process, whatever the driver is doing."""
    try:
        while (request := lines.receive(None)) is not None:
            requests.put(request)
    except wire.WireBroken:
        os._exit(0)


def main(arguments: list[str] | None = None) -> None:
    """Serve one driver until the parent closes the pipe."""
    parser = argparse.ArgumentParser(prog="hardware.isolation_child", description=__doc__)
    parser.add_argument("--memory", type=int, required=True, help="descriptor of the memory")
    parser.add_argument("--parent", type=int, required=True, help="process id of the parent")
    parser.add_argument("--driver", required=True, help="module:callable")
    parser.add_argument("--arguments", required=True, help="keyword arguments, a JSON object")
    options = parser.parse_args(arguments)
    _die_with(options.parent)
    memory.keep_small()
    os.environ[wire.CHILD_VARIABLE] = "1"
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's business
    journal.set_up("%(levelname)s %(name)s: %(message)s", logging.WARNING)
    # Whatever a driver or a C library prints must not get between the messages.
    replies = os.dup(1)
    os.dup2(2, 1)
    shared = memoryview(mmap.mmap(options.memory, 0))
    lines = wire.Lines(0, replies)
    requests: queue.SimpleQueue[wire.Message] = queue.SimpleQueue()
    threading.Thread(target=_read_requests, args=(lines, requests), daemon=True).start()
    server = Server(shared, options.driver, json.loads(options.arguments))
    lines.send({"wire": wire.WIRE_VERSION})
    while True:
        request = requests.get()
        try:
            lines.send(server.answer(request))
        except wire.WireBroken:
            os._exit(0)
        if request.get("call") == "close":
            os._exit(0)


if __name__ == "__main__":
    main()
