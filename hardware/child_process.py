"""The parent's handle of one camera's child process: start it, ask it, kill it.

No policy here: what a missed deadline means is the business of `hardware.isolation`.
"""

from __future__ import annotations

import collections
import contextlib
import errno
import json
import logging
import mmap
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any, Final

from hardware import wire
from hardware.errors import DeviceLost, FaultKind, Misconfigured
from hardware.shared_frames import FRAME_AREAS, FrameAreas

_log = logging.getLogger(__name__)

_REAP_S: Final = 1.0
_STDERR_LINES_KEPT: Final = 5
_NO_PROGRAM: Final = (errno.ENOENT, errno.ENOTDIR, errno.EACCES, errno.ENOEXEC)

# Another interpreter knows nothing of this one's packages, and must not: a NumPy built for this
# Python would break it. So it is shown the one folder it needs, and nothing beside it.
_BOOTSTRAP: Final = """
import importlib.util, sys
folder = sys.argv.pop(1)
spec = importlib.util.spec_from_file_location(
    "hardware", folder + "/__init__.py", submodule_search_locations=[folder])
package = importlib.util.module_from_spec(spec)
sys.modules["hardware"] = package
spec.loader.exec_module(package)
from importlib import import_module
import_module(sys.argv.pop(1)).main()
"""


class ChildProcess:
    """One child process with one driver, and the memory shared with it.

    Use it from one thread at a time. The thread that builds it must live as long as the child:
    the kernel's parent-death signal is bound to that thread.

    Args:
        name: the camera's name, for the log.
        driver: ``module:callable``.
        arguments: keyword arguments of the driver; what JSON can say.
        python: interpreter of the child; None for the one that runs here.
        environment: variables the child gets on top of this process's own.
        memory_bytes: the largest picture. Several fit into the shared memory, which takes real
            memory only where it was written.

    Raises:
        Misconfigured: the interpreter cannot be started.
        DeviceLost: the machine has no memory, process or descriptor left for it now.
    """

    def __init__(
        self,
        name: str,
        driver: str,
        arguments: Mapping[str, object],
        python: str | None,
        environment: Mapping[str, str],
        memory_bytes: int,
    ) -> None:
        self._name = name
        self._last_id = 0
        self._pending: tuple[int, float] | None = None
        descriptor = -1
        try:
            descriptor = os.memfd_create(f"camera-{name}", os.MFD_CLOEXEC)
            shared_bytes = memory_bytes * (1 + FRAME_AREAS)
            os.ftruncate(descriptor, shared_bytes)
            self._map = mmap.mmap(descriptor, shared_bytes)
            command = [
                *module_command("hardware.isolation_child", python),
                f"--memory={descriptor}",
                f"--parent={os.getpid()}",
                f"--driver={driver}",
                f"--arguments={json.dumps(dict(arguments))}",
            ]
            self._process = subprocess.Popen(  # noqa: S603 - our own command, from the settings
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                pass_fds=[descriptor],
                env={**os.environ, **environment},
            )
        except OSError as error:
            if error.errno in _NO_PROGRAM:
                raise Misconfigured(
                    f"The process for {name} cannot be started ({error}). Check the camera's "
                    "'python' setting.",
                    FaultKind.DRIVER_MISSING,
                ) from error
            raise DeviceLost(
                f"The process for {name} cannot be started now ({error}). If it stays so, restart "
                "the booth.",
                FaultKind.PROCESS_ENDED,
            ) from error
        finally:
            if descriptor >= 0:
                os.close(descriptor)
        self.memory = memoryview(self._map)
        self.frames = FrameAreas(self.memory, memory_bytes)
        stdin, stdout, stderr = self._process.stdin, self._process.stdout, self._process.stderr
        assert stdin is not None  # noqa: S101 - three pipes were asked for above
        assert stdout is not None  # noqa: S101
        assert stderr is not None  # noqa: S101
        self._lines = wire.Lines(stdout.fileno(), stdin.fileno())
        self._said: collections.deque[str] = collections.deque(maxlen=_STDERR_LINES_KEPT)
        self._listener = threading.Thread(
            target=self._listen, args=(stderr,), name=f"{name} stderr", daemon=True
        )
        self._listener.start()

    @property
    def pid(self) -> int:
        """Process id."""
        return self._process.pid

    @property
    def ended(self) -> bool:
        """Whether the process has ended."""
        return self._process.poll() is not None

    @property
    def pending_since(self) -> float | None:
        """When the request still waiting for its reply was sent; None when there is none."""
        return None if self._pending is None else self._pending[1]

    def greet(self, timeout_s: float) -> bool:
        """Wait until the child is up. False: not in time.

        Raises:
            wire.WireBroken: it died.
            Misconfigured: it speaks another version of the wire.
        """
        hello = self._lines.receive(timeout_s)
        if hello is None:
            return False
        if hello.get("wire") != wire.WIRE_VERSION:
            raise Misconfigured(
                f"The process for {self._name} speaks another version of the wire "
                f"({hello.get('wire')!r}, wanted {wire.WIRE_VERSION}). Install the same release "
                "for both Python interpreters.",
                FaultKind.DRIVER_MISSING,
            )
        return True

    def send(self, call: str, **arguments: Any) -> None:
        """Send a request. The one before must have been answered.

        Raises:
            wire.WireBroken: it died.
        """
        self._last_id += 1
        self._pending = (self._last_id, time.monotonic())
        self._lines.send({"id": self._last_id, "call": call, "arguments": arguments})

    def reply(self, timeout_s: float) -> wire.Message | None:
        """Wait for the reply to the request sent; None: not in time, it may still come.

        Raises:
            wire.WireBroken: it died, or answers something else.
        """
        message = self._lines.receive(timeout_s)
        if message is None:
            return None
        if self._pending is None or message.get("id") != self._pending[0]:
            raise wire.WireBroken(f"an answer nobody asked for: {message}")
        self._pending = None
        return message

    def how_it_ended(self) -> str:
        """Say in words how the process ended; call it after the wire broke."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(_REAP_S)
        code = self._process.returncode
        if code is None:
            how = "closed its pipe"
        elif code < 0:
            how = f"was ended by {_signal_name(-code)}"
        else:
            how = f"ended with exit code {code}"
        self._listener.join(_REAP_S)
        return f"{how} ({self._said[-1]})" if self._said else how

    def wait(self, timeout_s: float) -> bool:
        """Wait for the process to end by itself."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(timeout_s)
        return self.ended

    def interrupt(self) -> None:
        """Kill the process only: whoever waits for its reply learns that it is gone."""
        self._process.kill()

    def kill(self) -> bool:
        """Kill the process and free everything shared with it. Safe to repeat.

        Returns:
            Whether it is gone. False: the kernel still holds it, inside a device call that can
            not be interrupted; ask again later.
        """
        self._process.kill()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(_REAP_S)
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()
        self._listener.join(_REAP_S)
        with contextlib.suppress(BufferError):  # someone still reads: freed with the last reader
            self.memory.release()
            self._map.close()
        return self.ended

    def _listen(self, stderr: IO[bytes]) -> None:
        with stderr:
            for line in stderr:
                text = line.decode(errors="replace").rstrip()
                if text:
                    self._said.append(text)
                    _log.info("%s: %s", self._name, text)


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:  # most real-time signals have no name
        return f"signal {number}"


def module_command(module: str, python: str | None) -> list[str]:
    """Return the command that runs ``main()`` of one of this package's modules.

    Args:
        module: such as ``hardware.isolation_child``.
        python: another interpreter, which is shown this package and no other of ours; None for
            this one.
    """
    if python is None:
        return [sys.executable, "-m", module]
    return [python, "-c", _BOOTSTRAP, str(Path(__file__).resolve().parent), module]
