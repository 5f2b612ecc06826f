"""The libraries the booth stands on: OpenCV, the face models, the QR engines."""

from __future__ import annotations

import importlib.metadata
import json
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence

from kiosk.codes.engines import zbar, zxing
from kiosk.codes.errors import EngineMissing
from kiosk.doctor.finding import Finding, failed, ok, warning

_OPENCV = "opencv-contrib-python"
_RIVALS = ("opencv-python", "opencv-python-headless", "opencv-contrib-python-headless")
_MODELS_TIME_OUT_S = 90.0
"""Loading takes about 5 s on a Raspberry Pi 5; a first start from a slow card much longer."""


def _installed(distribution: str) -> str | None:
    try:
        return importlib.metadata.version(distribution)
    except importlib.metadata.PackageNotFoundError:
        return None


def opencv(version_of: Callable[[str], str | None] = _installed) -> Finding:
    """Look at whether OpenCV is the contributed build, and alone.

    All of its builds share one folder; two of them overwrite each other's files, and what then
    is imported depends on the order in which they were installed.
    """
    name = "opencv"
    version = version_of(_OPENCV)
    rivals = [rival for rival in _RIVALS if version_of(rival) is not None]
    again = f"pip install --force-reinstall --no-deps {_OPENCV}"
    if rivals:
        return failed(
            name,
            f"{' and '.join(rivals)} is installed beside {_OPENCV}; they overwrite each other.",
            f"Say: pip uninstall {' '.join(rivals)}; then: {again}",
        )
    if version is None:
        return failed(name, f"{_OPENCV} is not installed.", "Run: make setup")
    return ok(name, f"{_OPENCV} {version}.")


def models(run: Callable[[], subprocess.CompletedProcess[str]] | None = None) -> Finding:
    """Load the face models in a process of its own, where a crash of theirs harms nobody."""
    name = "face models"
    try:
        done = (run or _probe)()
    except subprocess.TimeoutExpired:
        return failed(
            name,
            f"The face models did not start within {_MODELS_TIME_OUT_S:.0f} s.",
            "Look at the machine's load and memory (top), then try again.",
        )
    if done.returncode < 0:
        crash = signal.Signals(-done.returncode).name
        illegal = crash == "SIGILL"
        return failed(
            name,
            f"The face models crashed ({crash}).",
            "This processor lacks instructions MediaPipe needs (AVX on x86_64)."
            if illegal
            else "Reinstall them: pip install --force-reinstall mediapipe==0.10.18",
        )
    if done.returncode != 0:
        last = done.stderr.strip().splitlines()[-1:] or ["no message"]
        return failed(name, f"The face models do not start: {last[0]}", "Run: make setup")
    seen = json.loads(done.stdout)
    if seen["faces_in_empty_picture"]:
        return failed(
            name,
            "The face models see a face where there is none.",
            "Reinstall them: pip install --force-reinstall mediapipe==0.10.18",
        )
    return ok(name, f"Loaded in {seen['seconds']:.1f} s; MediaPipe {seen['version']}.")


def _probe() -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "kiosk.doctor.models_probe"],
        capture_output=True,
        text=True,
        timeout=_MODELS_TIME_OUT_S,
        check=False,
    )


def qr_engines(wanted: str) -> Sequence[Finding]:
    """Look at both QR engines.

    Args:
        wanted: the one the settings name, ``zxing`` or ``pyzbar``.
    """
    findings = []
    for engine, title, make in (("zxing", "ZXing-C++", zxing), ("pyzbar", "ZBar", zbar)):
        name = f"qr engine {engine}"
        try:
            make()
        except EngineMissing as error:
            grave = failed if engine == wanted else warning
            other = "" if engine == wanted else " The other engine reads alone meanwhile."
            findings.append(grave(name, f"{title} cannot be used.{other}", str(error)))
        else:
            used = "asked first" if engine == wanted else "asked second"
            findings.append(ok(name, f"{title} works, {used}."))
    return findings
