"""What a check finds, and how checks are run without one spoiling the others."""

from __future__ import annotations

import enum
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass


class Status(enum.StrEnum):
    """How grave a finding is."""

    OK = "ok"
    WARNING = "warning"
    """The booth works, but not as it should."""
    FAILED = "failed"
    """The booth does not work until this is mended."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at.

    Attributes:
        name: what was looked at, such as ``main camera``.
        status: how it is.
        what: what was found, a sentence for booth staff.
        remedy: what to do about it; empty when nothing is to be done.
        seconds: how long looking took.
    """

    name: str
    status: Status
    what: str
    remedy: str = ""
    seconds: float = 0.0


Found = Finding | Iterable[Finding]


@dataclass(frozen=True, slots=True)
class Check:
    """Something to look at.

    Attributes:
        name: what it is called where the check itself breaks down.
        look: looks, and returns one or several findings.
    """

    name: str
    look: Callable[[], Found]


def ok(name: str, what: str) -> Finding:
    """Return a finding that all is well."""
    return Finding(name, Status.OK, what)


def warning(name: str, what: str, remedy: str) -> Finding:
    """Return a finding that something is not as it should be."""
    return Finding(name, Status.WARNING, what, remedy)


def failed(name: str, what: str, remedy: str) -> Finding:
    """Return a finding that something keeps the booth from working."""
    return Finding(name, Status.FAILED, what, remedy)


def examine(checks: Iterable[Check]) -> Iterator[Finding]:
    """Run the checks one after the other; one that breaks down is a finding of its own."""
    for check in checks:
        begun = time.monotonic()
        for finding in _look(check):
            taken = time.monotonic() - begun
            yield Finding(finding.name, finding.status, finding.what, finding.remedy, taken)
            begun = time.monotonic()


def _look(check: Check) -> tuple[Finding, ...]:
    try:
        found = check.look()
        return (found,) if isinstance(found, Finding) else tuple(found)
    except Exception as error:  # noqa: BLE001 - whatever breaks a check must not hide the others
        return (
            failed(
                check.name,
                f"The check itself broke down: {type(error).__name__}: {error}",
                "Please report this with the output of 'kiosk doctor --json'.",
            ),
        )
