"""Which booth gets a new version when, and when that stops by itself: pure decisions.

A version goes out in stages: first a group that can bear it, then a part of all booths, then all.
A stage is left when enough of its booths have committed the version; everything stops when too
many have gone back or fallen silent. Which versions there are, and what is in them, is not decided
here: a booth takes nothing that operations did not sign.
"""

from __future__ import annotations

import enum
import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

_HUNDRED = 100


class BoothUpdate(enum.StrEnum):
    """How a booth stands with the version being rolled out."""

    NOT_OFFERED = "not offered"
    OFFERED = "offered"
    """It may take it, and has not yet."""
    ON_TRIAL = "on trial"
    COMMITTED = "committed"
    WENT_BACK = "went back"
    """It refused the version, or rolled it back."""
    SILENT = "silent"
    """It was on trial and has not been heard of since."""


@dataclass(frozen=True, slots=True)
class Stage:
    """A part of all booths.

    Attributes:
        groups: only booths of these; empty: of any.
        percent: of those, 0 to 100.
    """

    groups: frozenset[str] = frozenset()
    percent: float = 100.0


@dataclass(frozen=True, slots=True)
class Limits:
    """When a rollout goes on and when it stops.

    Attributes:
        committed_share: of a stage's booths that must have committed before the next begins.
        failed_share: of the booths that tried it; more stops the rollout.
        failed_least: so many failures are borne however few have tried: one broken booth is no
            bad version.
    """

    committed_share: float = 0.9
    failed_share: float = 0.1
    failed_least: int = 1


@dataclass(frozen=True, slots=True)
class Rollout:
    """A version on its way out.

    Attributes:
        version: which.
        stages: in order; each takes in what the ones before did.
        stage: the current one, from 0.
        halted: why it stopped; empty: it goes on.
        finished: whether the last stage is through.
    """

    version: str
    stages: tuple[Stage, ...]
    stage: int = 0
    halted: str = ""
    finished: bool = False


@dataclass(frozen=True, slots=True)
class Report:
    """What is known of one booth.

    Attributes:
        booth: its name.
        group: its group; empty: none.
        update: how it stands with the version.
    """

    booth: str
    group: str
    update: BoothUpdate


def place_of(booth: str, version: str) -> float:
    """Return a booth's place in a version's row, 0 to 100: even, and for each version another.

    So it is not always the same booths that try what is new.
    """
    digest = hashlib.sha256(f"{version}\n{booth}".encode()).digest()
    return int.from_bytes(digest[:8]) / 2**64 * _HUNDRED


def is_offered(rollout: Rollout, booth: str, group: str) -> bool:
    """Return whether a booth may take the version now.

    One that stopped is offered to nobody; booths that have it keep it.
    """
    return not rollout.halted and _reaches(rollout, booth, group)


def advance(rollout: Rollout, reports: Iterable[Report], limits: Limits) -> Rollout:
    """Return the rollout after a look at all booths: as it was, a stage further, or stopped."""
    if rollout.halted or rollout.finished:
        return rollout
    reached = [r for r in reports if _reaches(rollout, r.booth, r.group)]
    tried = [r for r in reached if r.update not in (BoothUpdate.NOT_OFFERED, BoothUpdate.OFFERED)]
    failed = [r for r in tried if r.update in (BoothUpdate.WENT_BACK, BoothUpdate.SILENT)]
    if len(failed) > max(limits.failed_least, limits.failed_share * len(tried)):
        return replace(rollout, halted=_reason(failed, tried))
    committed = sum(r.update is BoothUpdate.COMMITTED for r in reached)
    # A failure that is borne is not waited for either.
    awaited = len(reached) - min(len(failed), limits.failed_least)
    if not reached or committed < limits.committed_share * awaited:
        # A stage that reaches nobody is passed over; nobody at all is waited for.
        if reached or rollout.stage + 1 == len(rollout.stages):
            return rollout
        return replace(rollout, stage=rollout.stage + 1)
    if rollout.stage + 1 == len(rollout.stages):
        return replace(rollout, finished=True)
    return replace(rollout, stage=rollout.stage + 1)


def _reaches(rollout: Rollout, booth: str, group: str) -> bool:
    place = place_of(booth, rollout.version)
    return any(
        place < stage.percent and (not stage.groups or group in stage.groups)
        for stage in rollout.stages[: rollout.stage + 1]
    )


def _reason(failed: Sequence[Report], tried: Sequence[Report]) -> str:
    back = sum(r.update is BoothUpdate.WENT_BACK for r in failed)
    silent = len(failed) - back
    names = ", ".join(sorted(r.booth for r in failed)[:5])
    return f"{back} went back and {silent} fell silent of {len(tried)} that tried it: {names}"
