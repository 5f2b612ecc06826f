"""Which Python has picamera2.

Raspberry Pi OS ships picamera2 and libcamera's binding for its own Python, and neither can be
installed into another: the binding belongs to the libcamera of the system. The booth runs in an
environment of its own. So the driver runs under the system's Python, as a child of
`hardware.isolation`.
"""

from __future__ import annotations

import importlib.util
import subprocess
from typing import Final

from hardware.errors import Misconfigured

SYSTEM_PYTHON: Final = "/usr/bin/python3"
"""Where Raspberry Pi OS has its Python."""

_HAS_IT: Final = (
    "import sys, importlib.util; sys.exit(importlib.util.find_spec('picamera2') is None)"
)
_ANSWER_S: Final = 10.0


def python_with_picamera2(wanted: str = "", system: str = SYSTEM_PYTHON) -> str | None:
    """Return the Python to run the driver with.

    Args:
        wanted: what the settings name; empty to find one.
        system: the system's own Python.

    Returns:
        An interpreter's path, or None for the one that runs here.

    Raises:
        Misconfigured: none has picamera2.
    """
    if wanted:
        return wanted
    if importlib.util.find_spec("picamera2") is not None:
        return None
    if _has_picamera2(system):
        return system
    raise Misconfigured(
        f"Neither the booth's Python nor {system} has picamera2. Install it with 'sudo apt "
        "install python3-picamera2', or name the Python that has it in the camera's 'python'."
    )


def _has_picamera2(python: str) -> bool:
    try:
        asked = subprocess.run(  # noqa: S603 - the system's own Python
            [python, "-I", "-c", _HAS_IT], timeout=_ANSWER_S, check=False, capture_output=True
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return asked.returncode == 0
