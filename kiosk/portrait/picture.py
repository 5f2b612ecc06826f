"""A still as the matte sees it, and the places of it that are worked on.

Most of a still is surely backdrop or surely the person; only the band between is solved. Places
are kept as one list, and colours as planes, channel first: arrays that lie together in memory are
several times faster than a mask's pick of interleaved pixels.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self, TypeVar

import cv2
import numpy as np
import numpy.typing as npt

from kiosk.portrait.light import Floats

Mask = npt.NDArray[np.bool_]
Scalar = TypeVar("Scalar", bound=np.generic)
_ROW = 1024
"""Lists are handed to OpenCV in rows of so many: it takes none as long as a band."""


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """A still in linear light with the segmenter's mask, in full and at half the size.

    Attributes:
        light: (H, W, 3).
        person: (H, W) the segmenter's mask, 0 (backdrop) to 1 (person).
        half_light: (3, h, w) planes.
        half_person: (h, w).
    """

    light: Floats
    person: Floats
    half_light: Floats
    half_person: Floats

    @classmethod
    def of(cls, light: Floats, person: Floats) -> Self:
        """Return the picture of (H, W, 3) linear light and an (H, W) mask."""
        return cls(light, person, planes(halved(light)), halved(person))


def planes(picture: Floats) -> Floats:
    """Return (C, H, W) of (H, W, C)."""
    return np.ascontiguousarray(np.moveaxis(picture, -1, 0))


def halved(picture: Floats) -> Floats:
    """Return (H, W) or (H, W, C) at half the size, averaged."""
    height, width = picture.shape[:2]
    size = ((width + 1) // 2, (height + 1) // 2)
    return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA))


def resized(stack: Floats, shape: tuple[int, ...], interpolation: int) -> Floats:
    """Return planes, (C, H, W), at another size, (C, *shape)."""
    size = (shape[1], shape[0])
    return np.stack([cv2.resize(plane, size, interpolation=interpolation) for plane in stack])


def enlarged(mask: Mask, shape: tuple[int, ...]) -> npt.NDArray[np.uint8]:
    """Return a mask of half the size in full, as 0 and 1."""
    size = (shape[1], shape[0])
    return np.asarray(
        cv2.resize(mask.view(np.uint8), size, interpolation=cv2.INTER_NEAREST), np.uint8
    )


def dot(x: Floats, y: Floats) -> Floats:
    """Return the sum over the channels, which come first, of a product."""
    return np.asarray(np.einsum("c...,c...->...", x, y))


class Places:
    """A list of places in a picture.

    Args:
        mask: (H, W) where they are.

    Attributes:
        shape: (H, W).
        index: (n,) of each in the picture's rows one after another.
    """

    def __init__(self, mask: Mask) -> None:
        self.shape: tuple[int, ...] = mask.shape
        self.index = np.flatnonzero(mask)
        rows = -(-len(self.index) // _ROW)
        filled = np.zeros(rows * _ROW, np.int32)
        filled[: len(self.index)] = self.index
        y, x = np.divmod(filled.reshape(rows, _ROW), np.int32(mask.shape[1]))
        self._x, self._y = x.astype(np.float32), y.astype(np.float32)

    def __len__(self) -> int:
        return len(self.index)

    def colours(self, picture: Floats) -> Floats:
        """Return (3, n) of a picture, (H, W, 3)."""
        return np.ascontiguousarray(picture.reshape(-1, 3).take(self.index, axis=0).T)

    def of_planes(self, stack: Floats) -> Floats:
        """Return (C, n) of planes, (C, H, W)."""
        return stack.reshape(len(stack), -1).take(self.index, axis=1)

    def values(self, plane: npt.NDArray[Scalar]) -> npt.NDArray[Scalar]:
        """Return (n,) of one plane, (H, W)."""
        return plane.ravel().take(self.index)

    def sampled(self, stack: Floats) -> Floats:
        """Return (C, n) of smaller planes, (C, h, w), between whose pixels lines are drawn."""
        height, width = stack.shape[1:]
        x = (self._x + np.float32(0.5)) * np.float32(width / self.shape[1]) - np.float32(0.5)
        y = (self._y + np.float32(0.5)) * np.float32(height / self.shape[0]) - np.float32(0.5)
        out = [
            cv2.remap(plane, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE).ravel()
            for plane in stack
        ]
        return np.asarray(np.stack(out)[:, : len(self.index)])

    def put(self, plane: Floats, values: Floats | float) -> None:
        """Write (n,) values into one plane, (H, W), or (n, 3) into a picture, (H, W, 3)."""
        flat = plane.reshape(-1) if plane.ndim == 2 else plane.reshape(-1, plane.shape[2])  # noqa: PLR2004 - (H, W)
        flat[self.index] = values
