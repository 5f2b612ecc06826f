"""The coach's hints aloud, and a tone at the shot: for who does not look at the screen.

Both are off by default. The voice is espeak-ng's, a process of its own for each sentence; where it
or a player of sounds is absent the booth is silent and works as before. Nothing waits for it.
"""

from __future__ import annotations

import io
import logging
import math
import shutil
import struct
import subprocess
import threading
import wave
from collections.abc import Sequence
from dataclasses import dataclass

from kiosk.screens.translations import tr_or
from kiosk.settings.visit import VisitSettings
from kiosk.visit.model import Language, State, Visit

log = logging.getLogger(__name__)

VOICES = {Language.CHINESE: "cmn-latn-pinyin", Language.ENGLISH: "en"}
"""Espeak-ng's names. Its plain ``cmn`` turns characters into pinyin and reads that as English."""
_LONGEST_S = 10.0
"""A sentence takes three seconds; a process that takes longer than this hangs."""
_TONE_HZ, _TONE_S, _RATE_HZ, _LOUDNESS = 880.0, 0.15, 22_050, 0.4


@dataclass(frozen=True, slots=True)
class _Sound:
    """One thing to be heard: a command, and what it reads."""

    command: tuple[str, ...]
    heard: bytes = b""


class Speech:
    """Speaks one sentence at a time; while it speaks, the newest one waits and older ones go.

    Args:
        settings: whether hints are spoken, and how fast; whether the shot is heard.
    """

    def __init__(self, settings: VisitSettings) -> None:
        speaks, sounds = settings.spoken_hints, settings.sounds
        self._espeak = _program("espeak-ng", "hints are not spoken") if speaks else None
        self._player = _program("aplay", "no sounds are played") if sounds else None
        self._speed = str(settings.spoken_words_per_minute)
        self._changed = threading.Condition()
        self._next: _Sound | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._stopping = False
        self._thread: threading.Thread | None = None
        self._said: str | None = None
        self._state = State.IDLE

    def __call__(self, visit: Visit) -> None:
        """Take in the visit as it is now; returns at once."""
        entered, self._state = visit.state is not self._state, visit.state
        if visit.state is State.SHOOT and entered and self._player is not None:
            self._offer(_Sound((self._player, "-q", "-"), tone()))
        hint = visit.coaching.hint if visit.state is State.POSE else None
        if hint == self._said:
            return
        self._said = hint
        if hint is None:
            self._withdraw()  # what waits to be said is no longer so
        elif self._espeak is not None:
            words = tr_or(visit.language.value, f"hints.{hint}", "hints.other")
            voice = VOICES[visit.language]
            self._offer(_Sound((self._espeak, "-v", voice, "-s", self._speed, "--", words)))

    def stop(self) -> None:
        """Fall silent."""
        with self._changed:
            self._stopping, self._next = True, None
            self._changed.notify()
            if self._process is not None:
                self._process.kill()
        if self._thread is not None:
            self._thread.join(_LONGEST_S)

    def _offer(self, sound: _Sound) -> None:
        with self._changed:
            self._next = sound
            self._changed.notify()
            if self._thread is None and not self._stopping:
                self._thread = threading.Thread(target=self._run, name="speech", daemon=True)
                self._thread.start()

    def _withdraw(self) -> None:
        with self._changed:
            if self._next is not None and self._next.command[0] == self._espeak:
                self._next = None

    def _run(self) -> None:
        while True:
            with self._changed:
                while self._next is None and not self._stopping:
                    self._changed.wait()
                sound, self._next = self._next, None
                if sound is None or self._stopping:
                    return
                process = self._process = _start(sound.command)
            if process is not None:
                _finish(process, sound.heard)
            with self._changed:
                self._process = None


def _program(name: str, consequence: str) -> str | None:
    path = shutil.which(name)
    if path is None:
        log.info("%s is not installed: %s", name, consequence)
    return path


def _start(command: Sequence[str]) -> subprocess.Popen[bytes] | None:
    try:
        return subprocess.Popen(  # noqa: S603 - a program found by us; the words are our own
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
    except OSError as error:
        log.info("%s: %s", command[0], error.strerror)
        return None


def _finish(process: subprocess.Popen[bytes], heard: bytes) -> None:
    with process:
        try:
            process.communicate(heard, timeout=_LONGEST_S)
        except subprocess.TimeoutExpired:
            process.kill()


def tone() -> bytes:
    """Return the tone of the shot, a WAV file: mono, 16 bit, fading out."""
    count = int(_RATE_HZ * _TONE_S)
    levels = (
        _LOUDNESS * (1 - i / count) * math.sin(2 * math.pi * _TONE_HZ * i / _RATE_HZ)
        for i in range(count)
    )
    file = io.BytesIO()
    with wave.open(file, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(_RATE_HZ)
        out.writeframes(b"".join(struct.pack("<h", round(32_767 * level)) for level in levels))
    return file.getvalue()
