"""What camera libraries see, each asked in a process of its own: some hang, and some crash.

Run as ``python -m hardware.camera_lists gphoto2`` or ``pi`` it prints one JSON line for each.
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys

from hardware.errors import DeviceTimeout, HardwareError, Misconfigured


def ask(library: str, *, python: str | None = None, deadline_s: float = 10.0) -> list[list[str]]:
    """Return what a library lists, each as its words.

    Args:
        library: ``gphoto2``: (model, port); ``pi``: (model, sensor, path).
        python: the interpreter that has the library; None for this one.
        deadline_s: to the whole answer, seconds.

    Raises:
        Misconfigured: the library is missing, or broke down.
        DeviceTimeout: no answer in time.
    """
    from hardware.child_process import module_command  # the child itself does without

    command = [*module_command("hardware.camera_lists", python), library]
    try:
        done = subprocess.run(  # noqa: S603 - this very module
            command,
            capture_output=True,
            timeout=deadline_s,
            check=False,
            env={**os.environ, "PYTHONIOENCODING": "utf-8"},
        )
    except subprocess.TimeoutExpired as error:
        raise DeviceTimeout(
            f"{library} did not list its cameras within {deadline_s:g} s. Pull out the camera that "
            "was plugged in last."
        ) from error
    except OSError as error:
        raise Misconfigured(f"{command[0]} cannot be started ({error.strerror}).") from error
    if done.returncode:
        said = done.stderr.decode(errors="replace").strip().splitlines()
        raise Misconfigured(said[-1] if said else f"{library} ended with {done.returncode}.")
    return [json.loads(line) for line in done.stdout.splitlines()]


def _gphoto2() -> list[tuple[str, ...]]:
    from hardware.gphoto2_connect import detect, library

    return [tuple(found) for found in detect(library())]


def _pi() -> list[tuple[str, ...]]:
    from hardware.pi_devices import library, listed

    return [(found.model, found.sensor, found.path) for found in listed(library())]


def main() -> None:
    """Print what the library named on the command line lists."""
    library = sys.argv[1]
    try:
        with contextlib.redirect_stdout(sys.stderr):  # libraries print what they like
            found = {"gphoto2": _gphoto2, "pi": _pi}[library]()
    except HardwareError as error:
        sys.exit(str(error))
    for words in found:
        sys.stdout.write(json.dumps(words) + "\n")


if __name__ == "__main__":
    main()
