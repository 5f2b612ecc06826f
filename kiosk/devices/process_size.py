"""How much memory and how many handles a process has, from the kernel's own files."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

_MB = 1 << 20


@dataclass(frozen=True, slots=True)
class ProcessSize:
    """A process at one moment.

    Attributes:
        memory_mb: resident, megabytes (2^20 bytes).
        handles: open file descriptors.
    """

    memory_mb: float
    handles: int


def process_size(pid: int, proc: Path = Path("/proc")) -> ProcessSize | None:
    """Look at a process; None when it is gone."""
    try:
        pages = int((proc / str(pid) / "statm").read_text(encoding="ascii").split()[1])
        handles = sum(1 for _ in (proc / str(pid) / "fd").iterdir())
    except (OSError, IndexError, ValueError):
        return None
    return ProcessSize(pages * os.sysconf("SC_PAGE_SIZE") / _MB, handles)


class Growth:
    """How much processes grow once each has settled; a restarted one settles anew.

    Args:
        settled_after: so many looks at a process do not count yet.
    """

    def __init__(self, settled_after: int) -> None:
        self._settled_after = settled_after
        self._looks: dict[int, int] = {}
        self._first: dict[int, ProcessSize] = {}
        self.memory_mb = 0.0
        self.handles = 0
        self.peak_mb = 0.0

    def note(self, pid: int | None, size: ProcessSize | None) -> None:
        """Take in one look at a process."""
        if pid is None or size is None:
            return
        self.peak_mb = max(self.peak_mb, size.memory_mb)
        self._looks[pid] = self._looks.get(pid, 0) + 1
        if self._looks[pid] <= self._settled_after:
            return
        first = self._first.setdefault(pid, size)
        self.memory_mb = max(self.memory_mb, size.memory_mb - first.memory_mb)
        self.handles = max(self.handles, size.handles - first.handles)
