"""Make fits repeatable: import this before torch.

One thread, fixed instruction sets and deterministic kernels: what else the machine does, and how
many processors it has, changes nothing. Another kind of processor may still round otherwise.
"""

from __future__ import annotations

import hashlib
import os
import platform
import sys
from pathlib import Path

for _name, _value in {
    "OMP_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "MKL_CBWR": "AVX2",
    "DNNL_MAX_CPU_ISA": "AVX2",
    "ATEN_CPU_CAPABILITY": "avx2",
}.items():
    os.environ[_name] = _value

import cv2
import numpy as np
import torch


def settle() -> None:
    """Set what has to be set inside the process."""
    cv2.setNumThreads(1)
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)


def versions() -> dict[str, str]:
    """Return what the numbers depend on."""
    return {
        "python": ".".join(map(str, sys.version_info[:3])),
        "torch": torch.__version__,
        "numpy": np.__version__,
        "opencv": cv2.__version__,
        "machine": platform.machine(),
    }


def processor() -> str:
    """Return this machine's processor; others may round otherwise."""
    told: dict[str, str] = {}
    for line in Path("/proc/cpuinfo").read_text("utf-8").splitlines():
        name, _, value = line.partition(":")
        told.setdefault(name.strip(), value.strip())
    known = ("model name", "cpu family", "model", "stepping", "CPU part", "CPU revision")
    return ", ".join(f"{name} {told[name]}" for name in known if name in told)


def digest(*arrays: np.ndarray) -> str:
    """Return the SHA-256 of arrays' shapes and contents."""
    told = hashlib.sha256()
    for array in arrays:
        told.update(f"{array.dtype}{array.shape}".encode())
        told.update(np.ascontiguousarray(array).tobytes())
    return told.hexdigest()


def file_digest(path: Path) -> str:
    """Return the SHA-256 of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()
