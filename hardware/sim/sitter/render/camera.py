# SPDX-License-Identifier: Apache-2.0
"""The camera as plain numbers, shared by the scene and the truth."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from geometry import Array


@dataclass(frozen=True)
class Camera:
    """A level camera straight in front of the sitter, with its picture shifted downwards."""

    width: int = 1152  # px
    height: int = 1280  # px
    distance: float = 14.0  # dm from the camera to the plane of the face
    face_plane: float = 1.3  # dm, z of that plane
    level: float = 6.6  # dm, y of the camera
    horizon: float = 488 / 1280  # row of the camera's level, as a share of the height
    scale: float = 270 / 1152  # size of one dm in the plane of the face, as a share of the width

    @property
    def focal(self) -> float:
        """Focal length in px."""
        return self.scale * self.width * self.distance

    def project(self, points: Array) -> Array:
        """Pixel positions (x, y) of points in body space; pixel centres are at half integers."""
        points = np.asarray(points, float)
        depth = self.distance + self.face_plane - points[..., 2]
        x = self.width / 2 + self.focal * points[..., 0] / depth
        y = self.horizon * self.height - self.focal * (points[..., 1] - self.level) / depth
        return np.stack([x, y], -1)

    def rows(self, height: float) -> float:
        """The row in which a height (dm) in the plane of the face is seen."""
        point = np.array([0.0, height, self.face_plane])
        return float(self.project(point)[1])
