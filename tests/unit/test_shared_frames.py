"""Frames stay where they were written until nobody holds them."""

from __future__ import annotations

import gc

import numpy as np
import pytest

from hardware.shared_frames import FRAME_AREAS, FrameAreas

SHAPE = (2, 2, 3)
BYTES = 12


@pytest.fixture
def memory():
    return memoryview(bytearray(BYTES * (1 + FRAME_AREAS)))


def write(areas, memory, value):
    """Write a frame as the child does, and return it as the parent gets it."""
    at, room = areas.ask()
    memory[at : at + room] = bytes([value]) * room
    return areas.pixels(SHAPE)


def test_a_frame_held_is_never_written_over_and_one_let_go_is(memory):
    areas = FrameAreas(memory, BYTES)
    held = write(areas, memory, 1)
    for value in range(2, 3 * FRAME_AREAS):
        assert np.all(write(areas, memory, value) == value)
    assert np.all(held == 1)


def test_a_part_of_a_frame_holds_it_too(memory):
    areas = FrameAreas(memory, BYTES)
    corner = write(areas, memory, 1)[:1].reshape(-1)[2:5]
    flipped = write(areas, memory, 2)[:, ::-1]
    gc.collect()
    for value in range(3, 3 * FRAME_AREAS):
        write(areas, memory, value)
    assert np.all(corner == 1)
    assert np.all(flipped == 2)


def test_whoever_keeps_more_frames_than_there_are_areas_gets_copies(memory):
    areas = FrameAreas(memory, BYTES)
    kept = [write(areas, memory, value) for value in range(4 * FRAME_AREAS)]
    assert [int(frame[0, 0, 0]) for frame in kept] == list(range(4 * FRAME_AREAS))
    assert all(np.all(frame == frame[0, 0, 0]) for frame in kept)


def test_a_frame_costs_no_copy_and_cannot_be_written_to(memory):
    areas = FrameAreas(memory, BYTES)
    frame = write(areas, memory, 5)
    assert np.shares_memory(frame, np.frombuffer(memory, np.uint8))
    assert not frame.flags.writeable
    assert type(frame) is np.ndarray


def test_a_frame_outlives_all_else(memory):
    frame = write(FrameAreas(memory, BYTES), memory, 9)
    del memory
    gc.collect()
    assert np.all(frame == 9)


@pytest.mark.parametrize("shape", [(3, 2, 3), (-1, 2, 3)])
def test_a_shape_that_is_none_is_refused(memory, shape):
    areas = FrameAreas(memory, BYTES)
    areas.ask()
    with pytest.raises(ValueError, match="does not fit"):
        areas.pixels(shape)
