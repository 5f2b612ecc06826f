"""Lines on standard error with their level, as systemd's journal takes them.

Without a mark the journal files every line of a service as information, and whoever asks it for
warnings and errors is told nothing: see sd-daemon(3), SyslogLevelPrefix= in systemd.exec(5).
Standard library only.
"""

from __future__ import annotations

import logging
import os
import sys

_VARIABLE = "JOURNAL_STREAM"
"""Device and inode of the stream that systemd connected to the journal: systemd.exec(5)."""
_MARKS = ((logging.CRITICAL, "<2>"), (logging.ERROR, "<3>"), (logging.WARNING, "<4>"))
"""The least level of a mark; the numbers are those of syslog(3)."""


def set_up(form: str, level: int = logging.INFO) -> None:
    """Have Python's log go to standard error.

    Args:
        form: of a line, as `logging.Formatter` takes it.
        level: the least that is written.
    """
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Marking(form))
    logging.basicConfig(level=level, handlers=[handler])


def marked(text: str, level: int = logging.ERROR) -> str:
    """Return a text with each line's level before it where the journal reads; else as it is."""
    mark = next((mark for least, mark in _MARKS if level >= least), "")
    if not mark or not _journal_reads():
        return text
    return "\n".join(mark + line for line in text.split("\n"))


class _Marking(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        return marked(super().format(record), record.levelno)


def _journal_reads() -> bool:
    """Whether standard error itself is the stream to the journal: it may have been redirected."""
    try:
        state = os.fstat(2)
    except OSError:
        return False
    return os.environ.get(_VARIABLE) == f"{state.st_dev}:{state.st_ino}"
