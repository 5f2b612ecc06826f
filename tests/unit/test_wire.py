"""The wire: messages, deadlines, pictures through memory, errors as their class."""

from __future__ import annotations

import contextlib
import os

import numpy as np
import pytest

from hardware import errors, wire
from hardware.base import CameraSettings, CameraState, Condition, Frame, Still
from hardware.shared_frames import FRAME_AREAS, FrameAreas


@pytest.fixture
def pipe():
    read, write = os.pipe()
    yield read, write
    for end in (read, write):
        with contextlib.suppress(OSError):
            os.close(end)


def test_messages_arrive_whole_however_they_are_cut(pipe):
    read, write = pipe
    lines = wire.Lines(read, write)
    os.write(write, b'{"id":1,"te')
    assert lines.receive(0.0) is None
    os.write(write, b'xt":"\xe4\xbd\xa0"}\n{"id":2}\n')
    assert lines.receive(0.0) == {"id": 1, "text": "你"}
    assert lines.receive(0.0) == {"id": 2}
    assert lines.receive(0.0) is None


@pytest.mark.parametrize("line", [b"no json\n", b"[1]\n", b"\xff\xfe\n"])
def test_a_line_that_is_no_message_breaks_the_wire(pipe, line):
    lines = wire.Lines(*pipe)
    os.write(pipe[1], line)
    with pytest.raises(wire.WireBroken, match="not a message"):
        lines.receive(0.0)


def test_end_of_file_breaks_the_wire(pipe):
    lines = wire.Lines(*pipe)
    os.close(pipe[1])
    with pytest.raises(wire.WireBroken, match="ended"):
        lines.receive(1.0)


def test_writing_to_nobody_breaks_the_wire(pipe):
    lines = wire.Lines(*pipe)
    os.close(pipe[0])
    with pytest.raises(wire.WireBroken, match="cannot write"):
        lines.send({"id": 1})


@pytest.mark.parametrize(
    "kind",
    [
        errors.DeviceLost,
        errors.DeviceBusy,
        errors.DeviceTimeout,
        errors.Unsupported,
        errors.Misconfigured,
        errors.NotOpen,
    ],
)
def test_errors_cross_as_their_class(kind):
    crossed = wire.error_from_wire(wire.error_to_wire(kind("Plug it in — 请插上。")))
    assert type(crossed) is kind
    assert str(crossed) == "Plug it in — 请插上。"


def test_an_error_nobody_foresaw_crosses_as_a_lost_device():
    crossed = wire.error_from_wire(wire.error_to_wire(ZeroDivisionError("division by zero")))
    assert type(crossed) is errors.DeviceLost
    assert "ZeroDivisionError" in str(crossed)


def crossed(frame):
    areas = FrameAreas(memoryview(bytearray(128 * (1 + FRAME_AREAS))), 128)
    at, room = areas.ask()
    message = wire.frame_to_wire(frame, areas._memory[at : at + room])
    return wire.frame_from_wire(message, areas)


def test_frame_crosses_with_all_that_is_said_of_it():
    pixels = np.arange(36, dtype=np.uint8).reshape(3, 4, 3)
    frame = crossed(Frame(pixels, 7, 1.5, {"lux": np.float64(3.0)}))
    assert np.array_equal(frame.pixels, pixels)
    assert not frame.pixels.flags.writeable
    assert (frame.number, frame.taken_at, dict(frame.metadata)) == (7, 1.5, {"lux": 3.0})


def test_cut_out_frame_crosses_as_it_looks():
    pixels = np.arange(72, dtype=np.uint8).reshape(3, 8, 3)[:, ::2]
    assert np.array_equal(crossed(Frame(pixels, 1, 0.0)).pixels, pixels)


def test_still_crosses_byte_for_byte():
    memory = memoryview(bytearray(64))
    still = Still(b"\xff\xd8 photo", "image/jpeg", 2.0, 0.08, {"gain": 2.0})
    assert wire.still_from_wire(wire.still_to_wire(still, memory), memory) == still


def test_picture_that_does_not_fit_is_refused():
    memory = memoryview(bytearray(8))
    with pytest.raises(errors.Misconfigured, match="smaller picture"):
        wire.frame_to_wire(Frame(np.zeros((2, 2, 3), np.uint8), 1, 0.0), memory)
    with pytest.raises(errors.Misconfigured, match="smaller picture"):
        wire.still_to_wire(Still(b"123456789", "image/jpeg", 0.0), memory)


@pytest.mark.parametrize("shape", [[1000, 1000, 3], [2, 2], ["x", 1, 3], [-1, 1, 3]])
def test_description_of_a_frame_that_is_none_breaks_the_wire(shape):
    message = {"shape": shape, "number": 1, "taken_at": 0.0, "metadata": {}}
    with pytest.raises(wire.WireBroken, match="not a frame"):
        wire.frame_from_wire(message, FrameAreas(memoryview(bytearray(64 * 9)), 64))


def test_description_of_a_still_longer_than_the_memory_breaks_the_wire():
    message = {"length": 65, "media_type": "image/jpeg", "taken_at": 0, "shutter_lag_s": 0,
               "metadata": {}}  # fmt: skip
    with pytest.raises(wire.WireBroken, match="not a still"):
        wire.still_from_wire(message, memoryview(bytearray(64)))


def test_settings_and_state_cross():
    settings = CameraSettings(exposure_s=0.008, iso=200)
    assert wire.settings_from_wire(wire.settings_to_wire(settings)) == settings
    assert wire.settings_to_wire(settings) == {"exposure_s": 0.008, "iso": 200}
    state = CameraState("simulated", "model", "1", Condition.READY, True, None, 2, 80)
    assert wire.state_from_wire(wire.state_to_wire(state)) == state
    with pytest.raises(wire.WireBroken):
        wire.settings_from_wire({"shutter": 1})
    with pytest.raises(wire.WireBroken):
        wire.state_from_wire({"driver": "x", "condition": "odd"})
