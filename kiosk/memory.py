"""Keep a process that runs for weeks small."""

from __future__ import annotations

import contextlib
import ctypes

_M_ARENA_MAX = -8  # glibc's malloc.h
_M_MMAP_THRESHOLD = -3
_ARENAS = 2
_LARGE_BYTES = 256 * 1024


def keep_small() -> None:
    """Have glibc share two arenas among all threads, and give large blocks back when freed.

    By default each thread gets an arena of its own, and what large pictures leave in it stays:
    some 130 MB after the first photos. Does nothing with another C library. Call it before the
    first thread starts.
    """
    with contextlib.suppress(OSError, AttributeError):
        libc = ctypes.CDLL("libc.so.6")
        libc.mallopt(_M_ARENA_MAX, _ARENAS)
        libc.mallopt(_M_MMAP_THRESHOLD, _LARGE_BYTES)
