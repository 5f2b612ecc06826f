"""The console's framebuffer: where a picture can be put without a graphics library."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from hardware.base import Pixels

_DEVICE = Path("/dev/fb0")
_SYSTEM = Path("/sys/class/graphics/fb0")
_TRUE_COLOUR, _HIGH_COLOUR = 32, 16


class FramebufferError(Exception):
    """There is no framebuffer, or none that can be written."""


@dataclass(frozen=True, slots=True)
class Framebuffer:
    """A framebuffer.

    Attributes:
        device: the file pixels are written to.
        width: pixels.
        height: pixels.
        bits: of a pixel, 16 (RGB 5-6-5) or 32 (BGRX).
        stride: bytes of a row.
    """

    device: Path
    width: int
    height: int
    bits: int
    stride: int

    @classmethod
    def first(cls, device: Path = _DEVICE, system: Path = _SYSTEM) -> Framebuffer:
        """Return the console's.

        Raises:
            FramebufferError: there is none, or of a kind that is not known.
        """
        try:
            width, height = (int(n) for n in (system / "virtual_size").read_text().split(","))
            bits = int((system / "bits_per_pixel").read_text())
            stride = int((system / "stride").read_text())
        except (OSError, ValueError) as error:
            raise FramebufferError(f"There is no framebuffer: {error}") from error
        if bits not in (_TRUE_COLOUR, _HIGH_COLOUR):
            raise FramebufferError(f"A framebuffer of {bits} bits is not known.")
        return cls(device, width, height, bits, stride)

    def encode(self, pixels: Pixels) -> bytes:
        """Return (height, width, 3) uint8 RGB as this framebuffer's bytes."""
        rows = np.zeros((self.height, self.stride), np.uint8)
        coded = self._true_colour(pixels) if self.bits == _TRUE_COLOUR else _high_colour(pixels)
        flat = coded.reshape(self.height, -1)
        rows[:, : flat.shape[1]] = flat
        return rows.tobytes()

    def show(self, pixels: Pixels) -> None:
        """Put a picture of the framebuffer's size on the screen.

        Raises:
            FramebufferError: it cannot be written.
        """
        try:
            self.device.write_bytes(self.encode(pixels))
        except OSError as error:
            raise FramebufferError(f"The framebuffer cannot be written: {error}") from error

    @staticmethod
    def _true_colour(pixels: Pixels) -> npt.NDArray[np.uint8]:
        opaque = np.full((*pixels.shape[:2], 1), 255, np.uint8)
        return np.concatenate([pixels[..., ::-1], opaque], axis=2)


def _high_colour(pixels: Pixels) -> npt.NDArray[np.uint8]:
    red, green, blue = (pixels[..., i].astype(np.uint16) for i in range(3))
    packed = (red >> 3 << 11) | (green >> 2 << 5) | (blue >> 3)
    return packed.astype("<u2").view(np.uint8)
