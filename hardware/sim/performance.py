"""A script being played: which step is due, and what the sitter makes of the coach's hints.

Pure: time comes in with each call, what is to be done goes out.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Final

from hardware.sim.answers import ANSWERS, Ear
from hardware.sim.pose import Pose
from hardware.sim.script import Script, Step, When
from hardware.sim.script_calls import Call

# As near as this to the good pose, and people think they sit right.
_TOLERANCE: Final = {
    "x": 0.05, "y": 0.05, "distance": 0.12, "roll_deg": 2.0, "shoulder_tilt_deg": 2.0,
    "lean_deg": 2.0, "yaw_deg": 3.0, "pitch_deg": 3.0, "eye_left": 0.2, "eye_right": 0.2,
    "mouth_open": 0.05, "smile": 0.1, "gaze_deg": 5.0,
}  # fmt: skip


_SILENCE_S: Final = 0.5


@dataclass(frozen=True, slots=True)
class Move:
    """The sitter goes into a pose; with `sits`, from standing."""

    pose: Pose
    sits: bool = False


Deed = Move | Call


def sits_right(pose: Pose) -> bool:
    """Whether nothing about a pose is wrong, as far as the sitter feels it."""
    good = Pose()
    return (
        pose.present
        and not pose.wearing
        and all(
            abs(getattr(pose, name) - getattr(good, name)) <= limit
            for name, limit in _TOLERANCE.items()
        )
    )


class Performance:
    """Plays one script.

    Args:
        script: the script.
        now: when it begins, seconds of any clock that only goes forward.
    """

    def __init__(self, script: Script, now: float) -> None:
        self._script = script
        self._began = now
        self._last_step = now
        self._last_change = now
        self._waiting = [step for step in script.steps if step.when is not When.TOLD]
        self._ready = [step for step in script.steps if step.when is When.TOLD]
        self._mistakes: set[str] = set()
        self._hinted = False  # since the last step
        self._silent_since = now
        self._ear = Ear(1.0 if script.answer_s is None else script.answer_s)

    @property
    def over(self) -> bool:
        """Whether every step in the row has been played. The sitter still answers."""
        return not self._waiting

    def hear(self, hint: str | None, now: float) -> None:
        """Take in what the coach says now."""
        self._ear.hear(hint, now)
        if hint is not None:
            self._hinted = True
            self._silent_since = now

    def tick(self, now: float, pose: Pose, *, moving: bool) -> list[Deed]:
        """Return what is to be done now.

        Args:
            now: the time.
            pose: the pose the sitter is in or on the way to.
            moving: whether still on the way.
        """
        deeds: list[Deed] = []
        heard = self._ear.due(now)
        if heard is not None:
            pose = self._answer(heard, pose, deeds)
        if (
            self._script.patience_s is not None
            and pose.present
            and self._mistakes
            and not sits_right(pose)
            and now - self._last_change >= self._script.patience_s
        ):
            good = Pose()
            pose = dataclasses.replace(pose, **{n: getattr(good, n) for n in self._mistakes})
            deeds.append(Move(pose))
        while self._waiting and self._due(
            self._waiting[0], now, pose, moving=moving or bool(deeds)
        ):
            pose = self._play(self._waiting.pop(0), pose, deeds)
            self._last_step = now
            self._hinted = False
        if deeds:
            self._last_change = now
        return deeds

    def _due(self, step: Step, now: float, pose: Pose, *, moving: bool) -> bool:
        if step.when is When.AT:
            return now >= self._began + step.seconds
        if step.when is When.PUT_RIGHT:
            # Somebody whose face is not quite as the models expect sits right when the coach
            # has nothing more to say.
            content = self._hinted and now - self._silent_since >= _SILENCE_S
            return not moving and (sits_right(pose) or content)
        return now >= self._last_step + step.seconds

    def _answer(self, hint: str, pose: Pose, deeds: list[Deed]) -> Pose:
        for step in self._ready:
            if step.hint == hint:
                self._ready.remove(step)
                return self._play(step, pose, deeds)
        if self._script.answer_s is not None and hint in ANSWERS:
            moved = ANSWERS[hint](pose)
            if moved != pose:
                deeds.append(Move(moved))
            return moved
        return pose

    def _play(self, step: Step, pose: Pose, deeds: list[Deed]) -> Pose:
        if step.call is not None:
            deeds.append(step.call)
            return dataclasses.replace(pose, present=False) if step.call.what == "leave" else pose
        start = Pose(lively=pose.lively) if step.sits else pose
        wanted = dataclasses.replace(start, **dict(step.fields))
        good = Pose()
        self._mistakes = {
            name
            for name, value in step.fields
            if name in (*_TOLERANCE, "wearing") and value != getattr(good, name)
        }
        deeds.append(Move(wanted, sits=step.sits))
        return wanted
