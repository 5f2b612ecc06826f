"""The wire between `hardware.isolation` and a camera's child process.

Two pipes carry one JSON object a line: requests to the child's standard input, replies from its
standard output. Pictures go through one anonymous shared memory file (`memfd_create`) that both
sides map; it has no name, so nothing is left behind however either side ends. There is one
request at a time, and the child writes into the memory only to answer one, only where the request
says (`hardware.shared_frames`). So no picture is overwritten while it is read, and whoever got a
frame may keep it as long as they like.

    child  → {"wire": 3}                                                 once, when it is up
    parent → {"id": 7, "call": "read_frame",
              "arguments": {"timeout_s": 1.0, "at": 67108864, "room": 67108864}}
    child  → {"id": 7, "result": {...}}                                  it worked
    child  → {"id": 7, "error": {"kind": "DeviceLost", "message": "…",
              "fault": "disconnected"}}                                  it did not
"""

from __future__ import annotations

import dataclasses
import json
import os
import select
import time
from collections.abc import Mapping
from typing import Any, Final

import numpy as np

from hardware import errors
from hardware.base import CameraSettings, CameraState, Condition, Frame, Still
from hardware.shared_frames import FrameAreas

WIRE_VERSION: Final = 3
"""Both sides must speak the same; counted up when a message changes its meaning."""

CHILD_VARIABLE: Final = "BOOTH_CAMERA_PROCESS"
"""Set in a child's environment, so that a simulated crash never takes the booth with it."""

Message = dict[str, Any]
"""One line of the wire: strings, numbers, booleans, None, and lists and objects of them."""

_LONGEST_LINE: Final = 1 << 20
_ERRORS: Final[Mapping[str, type[errors.HardwareError]]] = {
    kind.__name__: kind
    for kind in (
        errors.DeviceLost,
        errors.DeviceBusy,
        errors.DeviceTimeout,
        errors.Unsupported,
        errors.Misconfigured,
        errors.NotOpen,
    )
}


class WireBroken(Exception):  # noqa: N818 - a state, as in hardware.errors
    """The other side has closed its pipe, or what came is not a message."""


class Lines:
    """Messages over two file descriptors, with a deadline on every wait.

    Args:
        read_from: descriptor that messages come from.
        write_to: descriptor that messages go to.
    """

    def __init__(self, read_from: int, write_to: int) -> None:
        self._read_from = read_from
        self._write_to = write_to
        self._buffer = bytearray()
        self._poll = select.poll()
        self._poll.register(read_from, select.POLLIN)

    def send(self, message: Message) -> None:
        """Write one message.

        Raises:
            WireBroken: nobody reads any more.
        """
        data = memoryview(json.dumps(message, separators=(",", ":")).encode() + b"\n")
        try:
            while data:
                data = data[os.write(self._write_to, data) :]
        except OSError as error:
            raise WireBroken(f"cannot write: {error.strerror}") from error

    def receive(self, timeout_s: float | None) -> Message | None:
        """Return the next message, or None when none came in time.

        Args:
            timeout_s: seconds to wait; None waits for ever.

        Raises:
            WireBroken: end of file, or a line that is no message.
        """
        deadline = None if timeout_s is None else time.monotonic() + timeout_s
        while (end := self._buffer.find(b"\n")) < 0:
            if len(self._buffer) > _LONGEST_LINE:
                raise WireBroken("a line without an end came")
            wait_ms = None if deadline is None else max(0.0, deadline - time.monotonic()) * 1000
            if not self._poll.poll(wait_ms):
                return None
            try:
                chunk = os.read(self._read_from, 1 << 16)
            except OSError as error:
                raise WireBroken(f"cannot read: {error.strerror}") from error
            if not chunk:
                raise WireBroken("the other side has ended")
            self._buffer += chunk
        line = bytes(self._buffer[:end])
        del self._buffer[: end + 1]
        try:
            message = json.loads(line)
        except ValueError as error:
            raise WireBroken(f"not a message: {line[:80]!r}") from error
        if not isinstance(message, dict):
            raise WireBroken(f"not a message: {line[:80]!r}")
        return message


def error_to_wire(error: Exception) -> Message:
    """Describe an exception; one that is not of `hardware.errors` goes as DeviceLost.

    A driver that raises something else has a bug or has met a state it does not know; either
    way the cure is the same as for a lost device: start it afresh.
    """
    if isinstance(error, errors.HardwareError) and type(error).__name__ in _ERRORS:
        return {"kind": type(error).__name__, "message": str(error), "fault": error.kind.value}
    return {
        "kind": errors.DeviceLost.__name__,
        "message": f"the driver failed with {type(error).__name__}: {error}",
        "fault": errors.FaultKind.PROCESS_ENDED.value,
    }


def error_from_wire(message: Message) -> errors.HardwareError:
    """Build the exception that `error_to_wire` described."""
    kind = _ERRORS.get(str(message.get("kind")), errors.DeviceLost)
    return kind(str(message.get("message", "")), errors.kind_of(message.get("fault")))


def frame_to_wire(frame: Frame, memory: memoryview) -> Message:
    """Copy a frame's pixels to the beginning of a piece of shared memory and describe it.

    Raises:
        Misconfigured: it does not fit.
    """
    pixels = frame.pixels
    _need_room(pixels.nbytes, memory)
    np.copyto(np.frombuffer(memory, np.uint8, pixels.nbytes).reshape(pixels.shape), pixels)
    return {
        "shape": list(pixels.shape),
        "number": frame.number,
        "taken_at": frame.taken_at,
        "metadata": _plain(frame.metadata),
    }


def frame_from_wire(message: Message, areas: FrameAreas) -> Frame:
    """Build a frame out of its description, with its pixels where the child wrote them.

    Raises:
        WireBroken: the description is none.
    """
    try:
        height, width, channels = (int(n) for n in message["shape"])
        return Frame(
            areas.pixels((height, width, channels)),
            int(message["number"]),
            float(message["taken_at"]),
            dict(message["metadata"]),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise WireBroken(f"not a frame: {error}") from error


def still_to_wire(still: Still, memory: memoryview) -> Message:
    """Copy a still's file to the beginning of a piece of shared memory and describe it.

    Raises:
        Misconfigured: it does not fit.
    """
    _need_room(len(still.data), memory)
    memory[: len(still.data)] = still.data
    return {
        "length": len(still.data),
        "media_type": still.media_type,
        "taken_at": still.taken_at,
        "shutter_lag_s": still.shutter_lag_s,
        "metadata": _plain(still.metadata),
    }


def still_from_wire(message: Message, memory: memoryview) -> Still:
    """Copy a still's file out of the shared memory.

    Raises:
        WireBroken: the description is none.
    """
    try:
        data = np.frombuffer(memory, np.uint8, int(message["length"])).tobytes()
        return Still(
            data,
            str(message["media_type"]),
            float(message["taken_at"]),
            float(message["shutter_lag_s"]),
            dict(message["metadata"]),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise WireBroken(f"not a still: {error}") from error


def settings_to_wire(settings: CameraSettings) -> Message:
    """Describe settings: only what is set."""
    return {key: value for key, value in dataclasses.asdict(settings).items() if value is not None}


def settings_from_wire(message: Message) -> CameraSettings:
    """Build settings.

    Raises:
        WireBroken: a field that is none.
    """
    try:
        return CameraSettings(**message)
    except TypeError as error:
        raise WireBroken(f"not camera settings: {error}") from error


def state_to_wire(state: CameraState) -> Message:
    """Describe a camera's state."""
    return dataclasses.asdict(state)


def state_from_wire(message: Message) -> CameraState:
    """Build a camera's state.

    Raises:
        WireBroken: the description is none.
    """
    try:
        typed = {
            "condition": Condition(message["condition"]),
            "fault_kind": errors.kind_of(message.get("fault_kind")),
        }
        return CameraState(**{**message, **typed})
    except (KeyError, TypeError, ValueError) as error:
        raise WireBroken(f"not a camera's state: {error}") from error


def _need_room(length: int, memory: memoryview) -> None:
    if length > len(memory):
        raise errors.Misconfigured(
            f"A picture of {length} bytes does not fit into the {len(memory)} bytes shared with "
            "the booth. Choose a smaller picture size."
        )


def _plain(metadata: Mapping[str, float]) -> dict[str, float]:
    return {str(key): float(value) for key, value in metadata.items()}
