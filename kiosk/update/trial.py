"""When a new release has proved itself, and when it has to go: pure decisions.

A release on trial must be healthy without a break for a while, over one restart of the machine,
and healthy again. It goes when it starts too often, is not healthy in time, or sends no sign.
Standard library only.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any, Self


class Phase(StrEnum):
    """How far a trial is. Each is written to disk before what it names is done."""

    SWITCHING = "switching"
    PROVING = "proving"
    COMMITTING = "committing"
    ROLLING_BACK = "rolling back"


@dataclass(frozen=True, slots=True)
class TrialLimits:
    """What a release on trial is held to.

    Attributes:
        starts: of the booth's service in one boot before it goes.
        boots: of the machine before it goes, should it not have proved itself by then.
        healthy_within_s: seconds in which it must have become healthy.
        healthy_for_s: seconds it must then stay healthy, before the restart and after it.
        fresh_within_s: seconds a sign of life counts.
    """

    starts: int = 3
    boots: int = 10
    healthy_within_s: float = 300.0
    healthy_for_s: float = 600.0
    fresh_within_s: float = 30.0


@dataclass(frozen=True, slots=True)
class Sign:
    """What the running booth last said of itself. Times are seconds of the machine's boot clock.

    Attributes:
        boot: the kernel's identifier of this boot.
        slot: the release that says it.
        at: when it was said.
        frame_drawn_at: when the window last drew; None: never.
        camera_frame_at: when the main camera last gave a frame; None: never since this start.
            A booth without a student lets its camera rest, so this may be long ago.
        camera_works: whether the main camera is without fault.
        central: ``reached``, ``offline`` (no network, which is nobody's fault) or ``refused``.
        idle: whether nobody is in the middle of a visit.
    """

    boot: str
    slot: str
    at: float
    frame_drawn_at: float | None
    camera_frame_at: float | None
    camera_works: bool
    central: str
    idle: bool

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self | None:
        """Return the sign; None when that is none."""
        try:
            drawn, camera = data["frame_drawn_at"], data["camera_frame_at"]
            return cls(
                boot=str(data["boot"]),
                slot=str(data["slot"]),
                at=float(data["at"]),
                frame_drawn_at=None if drawn is None else float(drawn),
                camera_frame_at=None if camera is None else float(camera),
                camera_works=data["camera_works"] is True,
                central=str(data["central"]),
                idle=data["idle"] is True,
            )
        except (KeyError, TypeError, ValueError):
            return None


@dataclass(frozen=True, slots=True)
class Trial:
    """A release being tried.

    Attributes:
        slot: its folder's name.
        version: its version.
        phase: how far the trial is.
        boots: identifiers of the boots it has been judged in, oldest first.
        starts: of the service in the newest of them.
        judged_since: when it was first judged in that boot, seconds of the boot clock.
        healthy_since: since when it has been healthy without a break; None: it is not.
        restarted: whether it was healthy long enough before the machine restarted.
        reason: why it goes, while it is rolled back.
        limits: what it is held to, from the settings of the release before.
    """

    slot: str
    version: str
    phase: Phase = Phase.SWITCHING
    boots: tuple[str, ...] = ()
    starts: int = 0
    judged_since: float | None = None
    healthy_since: float | None = None
    restarted: bool = False
    reason: str = ""
    limits: TrialLimits = field(default_factory=TrialLimits)


class Verdict(StrEnum):
    """What to do with a release on trial."""

    WAIT = "wait"
    RESTART_MACHINE = "restart the machine"
    COMMIT = "commit"
    ROLL_BACK = "roll back"


@dataclass(frozen=True, slots=True)
class Judgement:
    """A verdict, and the trial as it is after it."""

    verdict: Verdict
    trial: Trial
    reason: str = field(default="")


def started(trial: Trial, boot: str) -> Judgement:
    """Count a start of the booth's service."""
    trial = _in_boot(trial, boot)
    trial = replace(trial, phase=Phase.PROVING, starts=trial.starts + 1)
    if len(trial.boots) > trial.limits.boots:
        return _go(trial, f"the machine restarted {trial.limits.boots} times during the trial")
    if trial.starts > trial.limits.starts:
        return _go(trial, f"the booth was started {trial.starts} times and never stayed up")
    return Judgement(Verdict.WAIT, trial)


def judge(trial: Trial, sign: Sign | None, *, boot: str, now_s: float) -> Judgement:
    """Look at a release on trial.

    Args:
        trial: as it was.
        sign: what the booth last said; None: nothing that could be read.
        boot: identifier of this boot.
        now_s: the boot clock.
    """
    trial = _in_boot(trial, boot)
    limits = trial.limits
    if trial.judged_since is None or trial.judged_since > now_s:
        trial = replace(trial, judged_since=now_s)
    missing = what_is_missing(trial.slot, sign, boot=boot, now_s=now_s, limits=limits)
    if missing:
        trial = replace(trial, healthy_since=None)
        assert trial.judged_since is not None  # noqa: S101 - set above
        # Counted from the last moment it was well: one that falls ill late has as long to recover.
        if now_s - trial.judged_since > limits.healthy_within_s:
            return _go(trial, missing)
        return Judgement(Verdict.WAIT, trial, missing)
    since = now_s if trial.healthy_since is None else min(trial.healthy_since, now_s)
    trial = replace(trial, healthy_since=since, judged_since=now_s)
    if now_s - since < limits.healthy_for_s:
        return Judgement(Verdict.WAIT, trial)
    if trial.restarted and len(trial.boots) > 1:
        return Judgement(Verdict.COMMIT, replace(trial, phase=Phase.COMMITTING))
    if sign is None or not sign.idle:
        return Judgement(Verdict.WAIT, trial, "somebody is at the booth")
    # Asked for again, should it not have come.
    return Judgement(Verdict.RESTART_MACHINE, replace(trial, restarted=True))


def what_is_missing(
    slot: str, sign: Sign | None, *, boot: str, now_s: float, limits: TrialLimits
) -> str:
    """Return why a booth does not count as healthy; empty when it does."""

    def old(at: float | None) -> bool:
        return at is None or not 0 <= now_s - at <= limits.fresh_within_s

    if sign is None or sign.boot != boot or old(sign.at):
        return "the booth gives no sign of life"
    if sign.slot != slot:
        return f"another release is running: {sign.slot}"
    if old(sign.frame_drawn_at):
        return "no frame is drawn on the screen"
    if not sign.camera_works:
        return "the main camera does not work"
    if sign.camera_frame_at is None:
        return "the main camera gives no frame"
    if sign.central == "refused":
        return "the central backend refuses this version"
    return ""


def _in_boot(trial: Trial, boot: str) -> Trial:
    """Begin a new boot's count, should it be one."""
    if trial.boots and trial.boots[-1] == boot:
        return trial
    return replace(
        trial, boots=(*trial.boots, boot), starts=0, judged_since=None, healthy_since=None
    )


def _go(trial: Trial, reason: str) -> Judgement:
    gone = replace(trial, phase=Phase.ROLLING_BACK, reason=reason)
    return Judgement(Verdict.ROLL_BACK, gone, reason)
