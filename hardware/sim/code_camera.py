"""The simulated second camera: a room out of focus and, when told, a hand with a phone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import cv2
import numpy as np
import numpy.typing as npt

from hardware.base import Camera, CameraSettings, Pixels
from hardware.sim.cameras import exposure_of
from hardware.sim.colour import gain_table
from hardware.sim.paced_camera import PacedCamera, View
from hardware.sim.phone import hold, phone_sheet
from hardware.sim.run_folder import RunFolder, common_folder

_NOISE: Final = 2.2  # 8 bit values; a small sensor in an ordinary room
_NOISE_MARGIN: Final = 53
_LEAST_BLUR_PX: Final = 2.0
_GLARE: Final = 70.0  # 8 bit values, where it is brightest
_STEADY_S: Final = 1.5  # a moment at which the phone has arrived and the hand is calm
_MOIRE: Final = 5.0  # 8 bit values


class PhoneView(View):
    """What stands before the second camera.

    Args:
        folder: where the director says what is held up.
        size: (width, height), pixels.
        seed: of room and noise.
    """

    def __init__(self, folder: RunFolder, size: tuple[int, int], seed: int) -> None:
        self._folder = folder
        self._size = size
        self._rng = np.random.default_rng(seed)
        self._room: Pixels | None = None
        self._noise: npt.NDArray[np.int8] | None = None
        self._shown: tuple[str, Pixels] | None = None

    def prepare(self) -> None:
        """Draw the room, and the phone's picture if one is held up already."""
        if self._room is None:
            width, height = self._size
            self._room = _room(width, height, self._rng)
            shape = (height + _NOISE_MARGIN, width + _NOISE_MARGIN, 3)
            noise = self._rng.standard_normal(shape, np.float32) * _NOISE
            self._noise = np.clip(np.rint(noise), -127, 127).astype(np.int8)

    def draw(
        self, now: float, settings: CameraSettings, gain: float, *, still: bool
    ) -> tuple[Pixels, dict[str, float]]:
        """Draw room and phone. A still is a frame of the same size."""
        del still
        self.prepare()
        assert self._room is not None  # noqa: S101 - prepared above
        assert self._noise is not None  # noqa: S101
        width, height = self._size
        pixels = self._room.copy()
        phone = self._folder.read("phone")
        text, since = phone.get("text"), float(phone.get("since", 0.0))
        known = {"truth_phone": 0.0}
        if isinstance(text, str) and now >= since:
            known = {"truth_phone": 1.0}
            if self._shown is None or self._shown[0] != text:
                self._shown = (text, phone_sheet(text))
            pixels = _with_phone(pixels, self._shown[1], now - since, phone)
        gains = exposure_of(settings, gain).gains
        if gains != (1.0, 1.0, 1.0):
            pixels = cv2.LUT(pixels, gain_table(gains))
        top, left = self._rng.integers(0, _NOISE_MARGIN, 2)
        tile = self._noise[top : top + height, left : left + width]
        noisy: Pixels = cv2.add(pixels, tile, dtype=cv2.CV_8U)
        return noisy, known


def _with_phone(room: Pixels, sheet: Pixels, since_s: float, place: Mapping[str, Any]) -> Pixels:
    height, width = room.shape[:2]
    matrix, moved_px = hold(width, height, _STEADY_S if place.get("steady") else since_s)
    size = float(place.get("size", 1.0))
    right = width / 2 * (1 - size) + float(place.get("right", 0.0)) * height
    below = height / 2 * (1 - size) + float(place.get("down", 0.0)) * height
    matrix = np.array([[size, 0.0, right], [0.0, size, below], [0.0, 0.0, 1.0]]) @ matrix
    warped = cv2.warpPerspective(sheet, matrix, (width, height), flags=cv2.INTER_LINEAR)
    if moved_px > _LEAST_BLUR_PX:
        warped = cv2.blur(warped, (1 + 2 * int(moved_px / 2), 1))
    left, top, wide, tall = cv2.boundingRect(warped[:, :, 3])
    if wide == 0:
        return room
    part = np.s_[top : top + tall, left : left + wide]
    person = warped[part].astype(np.float32)
    share = person[:, :, 3:] / 255.0
    x = np.arange(left, left + wide, dtype=np.float32)[None, :]
    y = np.arange(top, top + tall, dtype=np.float32)[:, None]
    # A lamp's reflection wanders over the glass, and the screen's grid beats with the sensor's.
    glare_x = width * (0.45 + 0.12 * np.sin(since_s * 0.8))
    glare = np.exp(-((x - glare_x + 0.4 * (y - 0.3 * height)) ** 2) / (0.03 * width) ** 2)
    glare *= np.exp(-((y - 0.30 * height) ** 2) / (0.16 * height) ** 2)
    moire = np.sin(x * 0.21 + y * 0.05 + since_s * 3.0) * np.sin(y * 0.17 - x * 0.03)
    lit = person[:, :, :3] + (_GLARE * glare + _MOIRE * moire)[:, :, None]
    out = room.copy()
    behind = room[part].astype(np.float32)
    out[part] = np.clip(behind + share * (lit - behind), 0, 255).astype(np.uint8)
    return out


def _room(width: int, height: int, rng: np.random.Generator) -> Pixels:
    """A room no one looks at: ceiling lamps, a door, a window, some colours, out of focus."""
    small_w, small_h = 160, 90
    ramp = np.linspace(150.0, 92.0, small_h, dtype=np.float32)[:, None, None]
    room = ramp * np.array([1.0, 0.97, 0.92], np.float32) * np.ones((1, small_w, 1), np.float32)
    for _ in range(14):
        x, y = int(rng.integers(0, small_w)), int(rng.integers(small_h // 3, small_h))
        wide, tall = int(rng.integers(6, 30)), int(rng.integers(8, 34))
        room[y : y + tall, x : x + wide] = rng.uniform(45, 150) * rng.uniform(0.75, 1.15, 3)
    room[8:40, 112:140] = (225, 232, 240)
    for x in (20, 62):
        room[5:9, x : x + 26] = (255, 252, 244)
    room = cv2.GaussianBlur(room.astype(np.float32), (0, 0), 3.2)
    large = cv2.resize(room, (width, height), interpolation=cv2.INTER_CUBIC)
    pixels: Pixels = np.clip(large, 0, 255).astype(np.uint8)
    return pixels


def simulated_code_camera(
    folder: str = "",
    width: int = 1280,
    height: int = 720,
    frames_per_second: float = 15.0,
    seed: int = 2,
) -> Camera:
    """Build the simulated second camera.

    Args:
        folder: the run folder shared with the `Director`; empty for this machine's common one.
        width: pixels.
        height: pixels.
        frames_per_second: of live view.
        seed: of room and noise.
    """
    cv2.setNumThreads(1)  # as the main camera
    run_folder = RunFolder(folder or common_folder())
    view = PhoneView(run_folder, (width, height), seed)
    return PacedCamera(
        "simulated code camera", "code", run_folder, view, frames_per_second, f"SIM-{seed:04d}"
    )
