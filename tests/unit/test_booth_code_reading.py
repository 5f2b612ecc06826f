"""The second camera: reads only while the visit wants codes, and only what frames agree on."""

from __future__ import annotations

import time

import pytest
from booth_parts import FakeCamera
from standin import wait_for

from kiosk.booth.code_reading import CodeReading
from kiosk.booth.patience import Patience
from kiosk.codes.voting import FrameVote


class FakeReader:
    """Reads what it is told to, at a chosen moment."""

    def __init__(self) -> None:
        self.text: str | None = None
        self.lucky = 0
        self.frames = 0
        self.thorough = 0
        self.error: Exception | None = None

    def read(self, pixels, *, thorough: bool = False) -> tuple[str, ...]:
        self.frames += 1
        self.thorough += thorough
        if self.error is not None:
            raise self.error
        if self.lucky:
            self.lucky -= 1
            return ("GHOST",)
        return (self.text,) if self.text is not None else ()


class Running:
    def __init__(self) -> None:
        self.camera = FakeCamera("codes")
        self.reader = FakeReader()
        self.texts: list[str] = []
        self.told: list[str] = []
        self.previews = 0
        self.codes = CodeReading(
            self.camera, self.reader, FrameVote(3, 8, 60.0),
            thorough_every=4, on_text=self.texts.append, on_frame=self.preview,
            patience=Patience(
                "codes", 0.05,
                on_fault=self.told.append, on_recovered=lambda: self.told.append("back"),
            ),
        )  # fmt: skip

    def preview(self, frame) -> None:
        self.previews += 1

    def read_frames(self, count: int) -> None:
        until = self.reader.frames + count
        wait_for(lambda: self.reader.frames >= until)


@pytest.fixture
def running():
    running = Running()
    running.codes.start()
    yield running
    running.codes.stop()


def test_text_counts_once_and_only_when_frames_agree(running):
    running.codes.show(on=True)
    running.read_frames(2)
    running.reader.text = "CODE"
    wait_for(lambda: running.texts)
    running.read_frames(10)
    assert running.texts == ["CODE"]
    assert running.previews > 5


def test_one_lucky_misreading_counts_for_nothing(running):
    running.reader.lucky = 2
    running.codes.show(on=True)
    running.read_frames(10)
    assert running.texts == []


def test_nothing_is_read_while_switched_off(running):
    running.reader.text = "CODE"
    wait_for(lambda: running.camera.is_open)
    time.sleep(0.2)
    assert running.reader.frames == 0
    running.codes.show(on=True)
    wait_for(lambda: running.texts)
    running.codes.show(on=False)
    wait_for(lambda: running.camera.names()[-1] == "stop_live_view")
    frames, previews = running.reader.frames, running.previews
    time.sleep(0.2)
    assert (running.reader.frames, running.previews) == (frames, previews)


def test_switched_on_again_the_same_code_is_told_again(running):
    running.reader.text = "CODE"
    for times in (1, 2):
        running.codes.show(on=True)
        wait_for(lambda times=times: len(running.texts) == times)
        running.codes.show(on=False)


def test_some_frames_are_read_with_more_patience(running):
    running.codes.show(on=True)
    running.read_frames(12)
    assert 2 <= running.reader.thorough <= running.reader.frames // 4 + 1


def test_fault_and_return_are_told_once_each(running):
    running.codes.show(on=True)
    running.read_frames(1)
    running.camera.away = True
    wait_for(lambda: running.told)
    time.sleep(0.25)
    assert len(running.told) == 1
    running.camera.away = False
    wait_for(lambda: running.told[1:] == ["back"])


def test_frame_the_engine_chokes_on_does_not_end_the_reading(running):
    running.codes.show(on=True)
    running.reader.error = ValueError("mistake")
    running.read_frames(1)
    running.reader.error = None
    running.reader.text = "CODE"
    wait_for(lambda: running.texts)


def test_stop_closes_the_camera(running):
    running.codes.show(on=True)
    running.read_frames(1)
    running.codes.stop()
    assert not running.camera.is_open
    assert {thread for _, thread in running.camera.calls} == {"codes-codes"}


def test_stop_before_start_is_no_mistake():
    Running().codes.stop()
