"""A machine with releases in slots, for tests of updates: real folders and links, no power."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path

from kiosk.update.guard import Guard, Machine
from kiosk.update.slots import Slots
from kiosk.update.state import read_state
from kiosk.update.trial import Sign, TrialLimits

OLD, NEW = "1.0.0-aaaaaaaaaaaa", "1.1.0-bbbbbbbbbbbb"
LIMITS = TrialLimits(starts=3, healthy_within_s=300.0, healthy_for_s=600.0, fresh_within_s=30.0)


class PowerCut(BaseException):
    """The plug is pulled: nothing after it happens, and nobody can catch it."""


@dataclass
class TestMachine:
    """A booth's disk and clock.

    Attributes:
        folder: everything.
        boot: which boot this is.
        now_s: the boot clock.
        asked: what the guard asked systemd for.
    """

    __test__ = False

    folder: Path
    boot: str = "boot-1"
    now_s: float = 100.0
    asked: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.root = self.folder / "opt"
        self.state_file = self.folder / "var" / "state.json"
        self.sign_file = self.folder / "run" / "sign.json"
        for folder in (self.root / "releases", self.state_file.parent, self.sign_file.parent):
            folder.mkdir(parents=True, exist_ok=True)
        self.slots = Slots(self.root)

    def install(self, slot: str) -> str:
        """Put a complete release there."""
        folder = self.slots.folder(slot)
        if not folder.exists():
            (folder / "bin").mkdir(parents=True)
            self.slots.mark_complete(slot)
        return slot

    def with_old(self) -> TestMachine:
        """Have the old release run and be committed."""
        self.slots.make_current(self.install(OLD))
        self.slots.make_committed(OLD)
        return self

    @property
    def guard(self) -> Guard:
        """The guard, as it is started anew each time."""
        machine = Machine(
            boot=self.boot,
            boot_clock=lambda: self.now_s,
            restart_booth=lambda: self.asked.append("restart booth"),
            restart_outbox=lambda: self.asked.append("restart outbox"),
            restart_machine=lambda: self.asked.append("restart machine"),
        )
        return Guard(self.slots, self.state_file, self.sign_file, machine)

    @property
    def state(self):
        return read_state(self.state_file)

    def say(self, **changes: object) -> None:
        """Have the running booth give a sign of life."""
        sign = Sign(
            boot=self.boot, slot=self.slots.current or "", at=self.now_s,
            frame_drawn_at=self.now_s, camera_frame_at=self.now_s, camera_works=True,
            central="reached", idle=True,
        )  # fmt: skip
        self.sign_file.write_text(json.dumps({**asdict(sign), **changes}))

    def reboot(self) -> None:
        """Restart the machine: what was in memory is gone."""
        self.boot = f"boot-{int(self.boot.rsplit('-', 1)[1]) + 1}"
        self.now_s = 20.0
        self.sign_file.unlink(missing_ok=True)


def cut_power_at(monkeypatch, number: int) -> Callable[[], int]:
    """Pull the plug before the `number`th write to the disk; return how many there were."""
    done = 0

    def counted(real):
        def call(*args, **kwargs):
            nonlocal done
            done += 1
            if done == number:
                raise PowerCut
            return real(*args, **kwargs)

        return call

    for owner, name in (
        (os, "fsync"), (os, "sync"), (Path, "replace"), (Path, "symlink_to"), (Path, "mkdir"),
        (Path, "unlink"),
    ):  # fmt: skip
        monkeypatch.setattr(owner, name, counted(getattr(owner, name)))
    return lambda: done
