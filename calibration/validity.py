"""Whether a booth may shoot with the profile it has, and why not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from calibration.errors import CalibrationError
from calibration.profile import Profile, load
from hardware.base import CameraState

_DAY_S = 86_400


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a profile does not count.

    Attributes:
        key: names the sentence on the staff screen.
        message: why, and what to do, in English.
    """

    key: str
    message: str


@dataclass(frozen=True, slots=True, eq=False)
class Known:
    """The profile a booth has, or why it has none that counts.

    Attributes:
        profile: as read; also one that is too old or lacks steps.
        problem: why the booth may not shoot with it; None when it may.
    """

    profile: Profile | None
    problem: Problem | None

    @property
    def valid(self) -> bool:
        """Whether the booth may shoot."""
        return self.problem is None


def read(
    path: Path | None,
    *,
    max_age_days: float,
    required: Sequence[str],
    now: datetime | None = None,
) -> Known:
    """Read a booth's profile and judge it. Never raises.

    Args:
        path: the profile, or a folder of profiles; None when the settings name none.
        max_age_days: older than this it does not count.
        required: names of the steps that must have passed.
        now: UTC.
    """
    if path is None:
        return Known(None, Problem("no_profile", _AGAIN.format("The booth was never calibrated.")))
    try:
        profile = load(path)
    except CalibrationError as error:
        key = "no_profile" if not path.exists() else "profile_unreadable"
        return Known(None, Problem(key, str(error)))
    age_days = ((now or datetime.now(UTC)) - profile.created_at).total_seconds() / _DAY_S
    if age_days > max_age_days:
        said = f"{profile.version} is {age_days:.0f} days old; {max_age_days:.0f} are allowed."
        return Known(profile, Problem("profile_old", _AGAIN.format(said)))
    if lacking := missing_steps(profile, required):
        said = f"{profile.version} lacks steps that passed: {', '.join(lacking)}."
        return Known(profile, Problem("steps_missing", _AGAIN.format(said)))
    return Known(profile, None)


def missing_steps(profile: Profile, required: Sequence[str]) -> tuple[str, ...]:
    """Return those of the required steps that were not done, or did not pass."""
    return tuple(step for step in required if not profile.sections.get(step, {}).get("passed"))


def other_camera(profile: Profile, state: CameraState) -> Problem | None:
    """Return what is wrong when the profile was made with another camera than `state` tells of."""
    known = profile.sections.get("camera", {})
    for name, now in (("model", state.model), ("serial", state.serial)):
        then = known.get(name, "")
        if then and now and then != now:
            said = f"The camera is another one ({name} {now}) than was calibrated ({then})."
            return Problem("other_camera", _AGAIN.format(said))
    return None


_AGAIN = "{} Calibrate the booth: staff screen, 'Calibrate', or 'sudo kiosk-as-booth calibrate'."
