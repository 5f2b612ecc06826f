"""What a person wears or has over the face, by two small networks of this project.

Each looks at an aligned crop and gives one figure a question, 0 (no) to 1 (yes), calibrated on
people it was not trained on. docs/model-cards/attributes.md says what they were trained on, how
often they are right, and what they cannot do.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from importlib import resources
from types import MappingProxyType

import cv2
import numpy as np

from hardware.base import Pixels
from kiosk.guidance.attributes.crop import (
    EYES,
    HEAD,
    CropGeometry,
    aligned_crop,
    normalised,
    share_inside,
)
from kiosk.guidance.mediapipe_models import Floats

Attributes = Mapping[str, float | None]

NAMES = ("glasses", "lens_tint", "lens_reflection", "hair_over_brows", "head_cover")
_EYES_INSIDE, _HEAD_INSIDE = 0.7, 0.75
"""So much of its crop has to lie inside the picture for a network to be asked."""


class _Network:
    """One ONNX file beside this module, with the labels and the calibration of its logits."""

    def __init__(self, name: str, geometry: CropGeometry) -> None:
        folder = resources.files(__package__)
        told = json.loads((folder / f"{name}.json").read_text("utf-8"))
        self.geometry = geometry
        self.names: tuple[str, ...] = tuple(told["labels"])
        self._scale = np.array([told["scale"][n] for n in self.names])
        self._offset = np.array([told["offset"][n] for n in self.names])
        data = np.frombuffer((folder / f"{name}.onnx").read_bytes(), np.uint8)
        self._net = cv2.dnn.readNetFromONNX(data)

    def find(self, pixels: Pixels, face: Floats) -> dict[str, float]:
        """Return a figure from 0 to 1 a label, the mean over the crop and its mirror image."""
        crop = aligned_crop(pixels, face, self.geometry)
        self._net.setInput(normalised(np.stack([crop, crop[:, ::-1]])))
        logits = self._net.forward().mean(axis=0)
        likely = 1.0 / (1.0 + np.exp(-(logits * self._scale + self._offset)))
        return {name: float(value) for name, value in zip(self.names, likely, strict=True)}


class AttributeNetworks:
    """The networks, loaded once. Used by one thread at a time."""

    def __init__(self) -> None:
        self._eyes, self._head = _Network("eyes", EYES), _Network("head", HEAD)

    def find(self, pixels: Pixels, face: Floats) -> Attributes:
        """Look at one face.

        Args:
            pixels: (H, W, 3) uint8 RGB.
            face: (478, 2 or more) face points in it.

        Returns:
            `NAMES` to a figure from 0 to 1; None where the picture shows too little to tell.
        """
        found: dict[str, float | None] = dict.fromkeys(NAMES)
        size = pixels.shape[1], pixels.shape[0]
        try:
            eyes, head = (share_inside(face, size, g) for g in (EYES, HEAD))
        except ValueError:
            return MappingProxyType(found)
        if eyes >= _EYES_INSIDE:
            found |= self._eyes.find(pixels, face)
        if head >= _HEAD_INSIDE:
            found |= self._head.find(pixels, face)
        return MappingProxyType(found)
