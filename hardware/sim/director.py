"""Who directs the simulated booth: what the sitter does, what is held up, what breaks."""

from __future__ import annotations

import dataclasses
import threading
import time
from pathlib import Path
from typing import Any, Final, Self

from hardware.sim.faults import Fault
from hardware.sim.misadjustment import RIGHT, Misadjustment
from hardware.sim.performance import Deed, Move, Performance
from hardware.sim.pinhole import HeldCard
from hardware.sim.pose import EMPTY_CHAIR, Motion, Pose
from hardware.sim.run_folder import RunFolder
from hardware.sim.script import DEFAULT_SCRIPT, Script, parse

_SIT_DOWN_S: Final = 0.9
_MOVE_S: Final = 0.6
_TICK_S: Final = 0.05
_UNSEEN_Y: Final = 0.75  # so far below its place nothing of the sitter is in the picture
CAMERAS: Final = ("main", "code")


class Director:
    """The handle on a simulated booth; the devices read what it wants from the folder.

    May be used from any thread. Close it, or use it in a ``with``, to stop a script that plays.

    Args:
        folder: the run folder the simulated devices were given.
    """

    def __init__(self, folder: Path | str) -> None:
        self._folder = RunFolder(folder)
        self._lock = threading.RLock()
        self._faults: dict[str, Any] = {}
        self._motion = Motion()
        self._performance: Performance | None = None
        self._stop = threading.Event()
        self._player: threading.Thread | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Stop the script that plays. The scene stays as it is."""
        self._stop.set()
        if self._player is not None:
            self._player.join()
            self._player = None

    def play(self, script: str | Script = DEFAULT_SCRIPT) -> None:
        """Play a script from its beginning, in the background.

        Args:
            script: see `hardware.sim.script`; by default the mistakes, then the good pose.

        Raises:
            ScriptError: a step that is none.
        """
        understood = parse(script) if isinstance(script, str) else script
        self.close()
        with self._lock:
            self._performance = Performance(understood, time.monotonic())
        self._stop = threading.Event()
        self._player = threading.Thread(
            target=self._play, args=(self._stop,), name="director", daemon=True
        )
        self._player.start()

    def hear(self, hint_key: str | None) -> None:
        """Tell the sitter what the coach says now; None: nothing. Cheap, for every frame."""
        with self._lock:
            if self._performance is not None:
                self._performance.hear(hint_key, time.monotonic())

    @property
    def script_over(self) -> bool:
        """Whether every step of the script has been played."""
        with self._lock:
            return self._performance is None or self._performance.over

    @property
    def wanted(self) -> Pose:
        """The pose the sitter is in, or on the way to."""
        with self._lock:
            return self._motion.after

    def pose(self, duration_s: float = 0.0, **state: Any) -> Pose:
        """Put the sitter into exactly this pose.

        Breathing, sway and blinks are off unless `lively` is asked for, so that the picture's
        truth is what was asked.

        Args:
            duration_s: time to get there, seconds.
            **state: fields of `Pose`; the others are those of the good pose.

        Returns:
            The pose.
        """
        wanted = Pose(**{"lively": False, **state})
        self.move_to(wanted, duration_s)
        return wanted

    def move_to(self, pose: Pose, duration_s: float = _MOVE_S) -> None:
        """Have the sitter move from wherever they are into a pose."""
        with self._lock:
            now = time.monotonic()
            self._motion = Motion(self._motion.at(now), pose, now, duration_s)
            self._folder.write("sitter", self._motion.to_json())

    def sit(self, pose: Pose | None = None) -> None:
        """Have the sitter sit down, into the good pose unless told another."""
        with self._lock:
            target = pose or Pose()
            self._motion = Motion(
                after=dataclasses.replace(target, y=target.y + _UNSEEN_Y), start=time.monotonic()
            )
            self.move_to(target, _SIT_DOWN_S)

    def leave(self) -> None:
        """Have the sitter get up and go."""
        with self._lock:
            gone = dataclasses.replace(self.wanted, present=False, y=_UNSEEN_Y)
            self.move_to(gone, _SIT_DOWN_S)

    def empty(self) -> None:
        """Empty the chair at once."""
        self.move_to(EMPTY_CHAIR, 0.0)

    def show_phone(
        self,
        text: str | None,
        *,
        right: float = 0.0,
        down: float = 0.0,
        size: float = 1.0,
        steady: bool = False,
    ) -> None:
        """Hold a phone with this text's QR code before the second camera; None takes it away.

        Args:
            text: what the code holds.
            right: further to the right in the picture than usual, in heights.
            down: further down, in heights.
            size: larger than usual, factor: nearer.
            steady: held still, as a card on a table is.
        """
        place = {"right": right, "down": down, "size": size, "steady": steady}
        self._folder.write("phone", {"text": text, "since": time.monotonic(), **place})

    def show_card(self, held: HeldCard | None) -> None:
        """Put a calibration card on the empty chair; None takes it away."""
        self._folder.write("card", {} if held is None else held.to_json())

    def misadjust(self, flaws: Misadjustment = RIGHT) -> None:
        """Set the booth up wrong in these ways; without any, right."""
        self._folder.write("misadjustment", flaws.to_json())

    def scan(self, text: str) -> None:
        """Have the simulated code scanner read a text."""
        self._folder.put_scan(text)

    def set_light(self, level: float) -> None:
        """Set the lamp, 0 to 1, as if the booth had."""
        self._folder.write("light", {"level": min(max(level, 0.0), 1.0)})

    def fault(self, camera: str, kind: Fault | str | None) -> None:
        """Break a camera, or mend it.

        Args:
            camera: ``main`` or ``code``.
            kind: see `Fault`; None mends it.

        Raises:
            ValueError: there is no such camera or fault.
        """
        if camera not in CAMERAS:
            raise ValueError(f"There is no camera {camera!r}; choose one of {CAMERAS}.")
        with self._lock:
            self._faults[camera] = (
                None if kind is None else {"kind": Fault(kind).value, "since": time.monotonic()}
            )
            self._folder.write("faults", self._faults)

    def printer(self, problem: str | None) -> None:
        """Break the printer, or mend it. `problem`: ``out_of_paper``, ``offline`` or None."""
        self._folder.write("printer", {"problem": problem})

    def _play(self, stop: threading.Event) -> None:
        while not stop.wait(_TICK_S):
            with self._lock:
                if self._performance is None:
                    return
                now = time.monotonic()
                moving = now < self._motion.start + self._motion.duration_s
                for deed in self._performance.tick(now, self._motion.after, moving=moving):
                    self._do(deed)

    def _do(self, deed: Deed) -> None:
        if isinstance(deed, Move):
            if deed.sits:
                self.sit(deed.pose)
            else:
                self.move_to(deed.pose)
        elif deed.what == "leave":
            self.leave()
        elif deed.what == "phone":
            self.show_phone(deed.text)
        elif deed.what == "scan":
            self.scan(deed.text or "")
        elif deed.what == "light":
            self.set_light(deed.level)
        elif deed.what == "fault":
            self.fault(deed.camera, deed.kind)
