"""Hints aloud: one voice at a time, the newest words, and silence where there is no voice.

The programs are scripts that write down what they are given: the real ones need a sound card. What
the real voice makes of the words is asked of it without one.
"""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import time
import wave
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from kiosk.booth.speech import VOICES, Speech, tone
from kiosk.guidance.hints import HINTS
from kiosk.guidance.model import Coaching
from kiosk.screens.translations import tr
from kiosk.settings.visit import VisitSettings
from kiosk.visit.model import Language, State, Visit

POSING = Visit(state=State.POSE)


def told(hint: str | None, language: Language = Language.ENGLISH) -> Visit:
    return replace(POSING, coaching=Coaching(hint), language=language)


@pytest.fixture
def heard(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file with a line for each beginning and each end of something heard."""
    log = tmp_path / "heard"
    log.touch()
    for name, lasts_s in (("espeak-ng", 0.3), ("aplay", 0.0)):
        program = tmp_path / name
        program.write_text(
            f'#!/bin/sh\necho "{name} $*" >> "{log}"\n/bin/sleep {lasts_s}\n'
            f'echo "end {name}" >> "{log}"\n'
        )
        program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    return log


def wait_for(heard: Path, lines: int) -> list[str]:
    deadline = time.monotonic() + 20
    while len(found := heard.read_text().splitlines()) < lines and time.monotonic() < deadline:
        time.sleep(0.02)
    return found


def speech(*, hints: bool = True, sounds: bool = True) -> Speech:
    return Speech(VisitSettings(spoken_hints=hints, sounds=sounds))


def test_hint_is_spoken_in_the_visit_s_language_once(heard: Path) -> None:
    voice = speech()
    for _ in range(5):
        voice(told("chin_up"))
    assert wait_for(heard, 2)[0] == "espeak-ng -v en -s 160 -- Chin up a little"
    voice(told("chin_down", Language.CHINESE))
    lines = wait_for(heard, 4)
    voice.stop()
    assert lines[2] == "espeak-ng -v cmn-latn-pinyin -s 160 -- 请微收下巴"
    assert len(lines) == 4


def test_it_never_speaks_over_itself_and_only_the_newest_waits(heard: Path) -> None:
    voice = speech()
    voice(told("nearer"))
    wait_for(heard, 1)
    for hint in ("move_left", "move_right", "chin_up"):
        voice(told(hint))
    lines = wait_for(heard, 4)
    voice.stop()
    assert [line.partition(" -- ")[2] for line in lines] == [
        "Come a little closer", "", "Chin up a little", "",
    ]  # fmt: skip


def test_hint_that_was_mended_meanwhile_is_not_said(heard: Path) -> None:
    voice = speech()
    voice(told("nearer"))
    wait_for(heard, 1)
    voice(told("move_left"))
    voice(told(None))
    wait_for(heard, 2)
    time.sleep(0.1)
    voice.stop()
    assert len(heard.read_text().splitlines()) == 2


def test_shot_is_heard_once(heard: Path) -> None:
    voice = speech(hints=False)
    voice(told("nearer"))
    for _ in range(3):
        voice(replace(POSING, state=State.SHOOT))
    assert wait_for(heard, 2) == ["aplay -q -", "end aplay"]
    voice.stop()


def test_without_programs_there_is_silence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path / "empty"))
    voice = speech()
    voice(told("nearer"))
    voice(replace(POSING, state=State.SHOOT))
    voice.stop()


def test_stop_ends_a_sentence_that_hangs(heard: Path) -> None:
    program = heard.parent / "espeak-ng"
    program.write_text(f'#!/bin/sh\necho on >> "{heard}"\nexec /bin/sleep 60\n')
    voice = speech()
    voice(told("nearer"))
    wait_for(heard, 1)
    began = time.monotonic()
    voice.stop()
    assert time.monotonic() - began < 9


def test_tone_is_a_short_sound() -> None:
    with wave.open(io.BytesIO(tone())) as file:
        assert 0.1 < file.getnframes() / file.getframerate() < 0.5


@pytest.mark.skipif(
    shutil.which("espeak-ng") is None and not os.environ.get("CI"),
    reason="espeak-ng is not installed",
)
@pytest.mark.parametrize("language", list(Language))
def test_the_real_voice_reads_every_hint_in_its_own_language(language: Language) -> None:
    said = [tr(language.value, f"hints.{hint}") for hint in HINTS]
    done = subprocess.run(
        ["espeak-ng", "-v", VOICES[language], "-q", "-x", "--", "\n\n".join(said)],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    clauses = done.stdout.split("\n")
    assert len(clauses) >= len(said)
    assert "(en)" not in done.stdout, "a foreign voice takes over where it cannot read a word"


@pytest.mark.skipif(
    shutil.which("espeak-ng") is None and not os.environ.get("CI"),
    reason="espeak-ng is not installed",
)
@pytest.mark.parametrize("language", list(Language))
def test_the_real_voice_takes_no_longer_than_a_hint_stands(
    language: Language, tmp_path: Path
) -> None:
    file = tmp_path / "said.wav"
    for hint in HINTS:
        words = tr(language.value, f"hints.{hint}")
        command = ["espeak-ng", "-v", VOICES[language], "-s", "160", "-w", str(file), "--", words]
        subprocess.run(command, check=True)
        with wave.open(str(file)) as sound:
            lasts_s = sound.getnframes() / sound.getframerate()
            levels = np.frombuffer(sound.readframes(sound.getnframes()), np.int16)
        assert 0.4 < lasts_s < 6.0, words
        assert np.abs(levels.astype(int)).max() > 3000, f"{words}: hardly to be heard"
