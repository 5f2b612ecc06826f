"""The demo's student: reads the screen, touches what it says, shows a phone, sits down.

It goes by what stands on the screen, with the pauses a person makes, and saves a picture of
every screen it comes to.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import requests

from hardware.sim.director import Director
from kiosk.demo.recording import WatchedScreen
from kiosk.screens.translations import tr
from kiosk.visit.model import State, Visit

log = logging.getLogger(__name__)

_TOUCH_RETRY_S = 0.3
_LONGEST_STEP_S = 90.0
_LONGEST_POSE_S = 240.0
_COACHED_AFTER_S = 3.5
"""So long after sitting down the coach has something to say: a picture worth keeping."""


@dataclass(frozen=True, slots=True)
class Papers:
    """What the student brings.

    Attributes:
        batch_text: what the batch's QR code on the poster holds; empty when none is needed.
        capture_code: what the student's own QR code holds.
        last_four: of the ID number.
    """

    batch_text: str
    capture_code: str
    last_four: str


@dataclass(slots=True)
class Diary:
    """What happened, and when.

    Attributes:
        seconds: state to the time spent in it.
        screenshots: state to its first picture.
        receipt_url: the link in the receipt's QR code.
        photo_id: hex SHA-256 of the photo that was taken.
        stills: how many photos were taken.
    """

    seconds: dict[str, float] = field(default_factory=dict)
    screenshots: dict[str, Path] = field(default_factory=dict)
    receipt_url: str = ""
    photo_id: str = ""
    stills: int = 0


class VisitFailed(Exception):  # noqa: N818 - an outcome
    """The visit did not end with a receipt; the message says where it stood still."""


def _is_at(state: State) -> Callable[[Visit], bool]:
    return lambda visit: visit.state is state


class PlayedStudent:
    """Plays one visit.

    Args:
        screen: the booth's window.
        director: of the simulated booth.
        papers: what the student brings.
        language: which language's words to touch.
        folder: where the pictures of the screens go.
        pause_s: what a person takes to read and lift a finger.
        sit: has the sitter play its part, from sitting down on.
    """

    def __init__(
        self,
        screen: WatchedScreen,
        director: Director,
        papers: Papers,
        *,
        language: str,
        folder: Path,
        pause_s: float,
        sit: Callable[[], None],
    ) -> None:
        self._screen = screen
        self._director = director
        self._papers = papers
        self._language = language
        self._folder = folder
        self._pause_s = pause_s
        self._sit = sit
        # Kivy may only be imported once the window's settings are made.
        from kiosk.screens.finger import Finger

        self._finger = Finger()
        self.diary = Diary()
        self._steps: Mapping[State, Callable[[Visit], None]] = {
            State.IDLE: self._start,
            State.BATCH: lambda _: self._hold_up(self._papers.batch_text),
            State.CODE: lambda _: self._hold_up(self._papers.capture_code),
            State.LAST_FOUR: lambda _: self._type(self._papers.last_four),
            State.CONFIRM: lambda _: self._touch("confirm.yes"),
            State.CONSENT: lambda _: self._touch("consent.agree"),
            State.PAY: self._pay,
            State.POSE: lambda _: self._sit(),
            State.LOOK: self._look,
        }

    def visit(self) -> Diary:
        """Go through a whole visit, from the idle screen to the receipt.

        Raises:
            VisitFailed: it went nowhere for a long time, or ended early.
        """
        state = State.IDLE
        while state is not State.RECEIPT:
            visit = self._screen.wait_for(_is_at(state), _LONGEST_STEP_S)
            if visit is None:
                raise VisitFailed(f"The {state} screen went away by itself.")
            state = self._play(visit)
        visit = self._screen.wait_for(lambda v: v.receipt is not None, _LONGEST_STEP_S)
        if visit is None or visit.receipt is None:
            raise VisitFailed("There is no receipt.")
        self.diary.receipt_url = visit.receipt.url
        self._picture(State.RECEIPT)
        self._director.leave()
        return self.diary

    def leave(self) -> None:
        """Touch the receipt away."""
        self._touch("receipt.done")

    def _play(self, visit: Visit) -> State:
        began = time.monotonic()
        state = visit.state
        log.info("student: at %s", state)
        self._picture(state)
        time.sleep(self._pause_s)
        step = self._steps.get(state)
        if step is not None:
            step(visit)
        after = self._screen.wait_for(
            lambda v: v.state is not state and v.state is not State.FAULT,
            _LONGEST_POSE_S if state is State.POSE else _LONGEST_STEP_S,
        )
        if state in (State.BATCH, State.CODE):
            self._director.show_phone(None)
        self.diary.seconds[state] = self.diary.seconds.get(state, 0.0) + time.monotonic() - began
        if after is None:
            raise VisitFailed(f"Nothing followed the {state} screen.")
        if after.state in (State.ENDED, State.HELP):
            raise VisitFailed(f"The visit went from {state} to {after.state}.")
        return after.state

    def _picture(self, state: State) -> None:
        if state in self.diary.screenshots:
            return
        number = len(self.diary.screenshots) + 1
        path = self._folder / f"{number:02d}-{state}.png"
        self._screen.save_screenshot(path)
        if self._screen.wait_for(_is_at(state), 0.0) is None:
            path.unlink()  # it has gone by already: this is a picture of the next one
        else:
            self.diary.screenshots[state] = path

    def _touch(self, key: str, **values: object) -> None:
        words = tr(self._language, key, **values)
        deadline = time.monotonic() + _LONGEST_STEP_S
        while not self._finger.touch(words):
            if time.monotonic() > deadline:
                raise VisitFailed(f"No button says {words!r}.")
            time.sleep(_TOUCH_RETRY_S)

    def _type(self, text: str) -> None:
        for key in text:
            deadline = time.monotonic() + _LONGEST_STEP_S
            while not self._finger.touch(key):
                if time.monotonic() > deadline:
                    raise VisitFailed(f"The keypad has no key {key!r}.")
                time.sleep(_TOUCH_RETRY_S)
            time.sleep(self._pause_s / 4)

    def _start(self, visit: Visit) -> None:
        if visit.language.value != self._language:
            self._finger.touch(tr(visit.language.value, "common.language"))
            self._screen.wait_for(lambda v: v.language.value == self._language, 5.0)
            time.sleep(self._pause_s)
        self._touch("idle.start")

    def _hold_up(self, text: str) -> None:
        """Hold the phone up until the next screen."""
        self._director.show_phone(text)

    def _pay(self, _: Visit) -> None:
        visit = self._screen.wait_for(
            lambda v: bool(v.payment and v.payment.qr_text) or v.state is not State.PAY,
            _LONGEST_STEP_S,
        )
        if visit is None or visit.payment is None or visit.state is not State.PAY:
            return
        self.diary.screenshots.pop(State.PAY, None)
        self._picture(State.PAY)
        # What a phone does with the sandbox's QR code: open the link and confirm.
        requests.post(visit.payment.qr_text, timeout=10.0).raise_for_status()

    def _look(self, visit: Visit) -> None:
        self.diary.stills += 1
        if visit.photo is None:
            raise VisitFailed("The finished photo is not there.")
        self.diary.photo_id = visit.photo.photo_id
        if visit.photo.passed:
            self._touch("look.take")
        else:
            log.info("student: not passed: %s", ", ".join(visit.photo.remarks))
            self._touch("look.again", left=visit.takes_left)
