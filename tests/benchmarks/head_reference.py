"""Make kiosk/guidance/head_reference.csv from frontal portraits.

    python tests/benchmarks/head_reference.py PORTRAITS > kiosk/guidance/head_reference.csv

PORTRAITS is a folder (searched through) of frontal portraits, such as the Face Research Lab
London Set. Only the mean of what the mesh model measures is kept, no picture and nobody's face.
"""

from __future__ import annotations

import sys
from pathlib import Path

import cv2
import numpy as np

from kiosk.guidance.head_pose import rotation_between
from kiosk.guidance.mediapipe_models import FaceMesh

# Forehead, bridge and back of the nose, eye corners, temples, cheekbones: what only bone moves.
RIGID = (
    10, 151, 9, 8, 168, 6, 197, 195, 5, 4, 1, 19, 94, 2, 98, 327, 33, 133, 362, 263, 130, 359,
    243, 463, 127, 356, 234, 454, 93, 323, 116, 345, 117, 346, 118, 347, 50, 280, 36, 266, 67,
    297, 109, 338, 103, 332, 54, 284, 21, 251, 162, 389, 69, 299, 104, 333, 68, 298,
)  # fmt: skip
ROUNDS = 5


def measure(folder: Path) -> list[np.ndarray]:
    faces = []
    with FaceMesh(tracking=False) as mesh:
        for path in sorted(folder.rglob("*.jpg")):
            face = mesh.find(np.ascontiguousarray(cv2.imread(str(path))[:, :, ::-1]))
            if face is not None:
                points = face[list(RIGID)].astype(float) * (1, -1, -1)
                points -= points.mean(axis=0)
                span = RIGID.index(263), RIGID.index(33)
                faces.append(points / np.linalg.norm(points[span[0]] - points[span[1]]))
    return faces


def mean_head(faces: list[np.ndarray]) -> np.ndarray:
    """Average all faces with their pose taken out, then turn the mean to their mean pose."""
    mean = np.mean(faces, axis=0)
    for _ in range(ROUNDS):
        mean = np.mean([face @ rotation_between(mean, face) for face in faces], axis=0)
    turned = np.mean([rotation_between(mean, face) for face in faces], axis=0)
    u, _, vt = np.linalg.svd(turned)
    mean = mean @ (u @ vt).T
    # Symmetric: mirrored faces give mirrored angles, and the people's mean yaw is not kept.
    mirrored = mean * (-1, 1, 1)
    partner = np.linalg.norm(mirrored[:, None] - mean[None], axis=2).argmin(axis=1)
    return (mean + mirrored[partner]) / 2


def main() -> None:
    faces = measure(Path(sys.argv[1]))
    print(f"# Mean of {len(faces)} frontal portraits as MediaPipe's face mesh measures them.")
    print("# x to the right, y up, z to the camera; the outer eye corners are about 1 apart.")
    print("# Made by tests/benchmarks/head_reference.py from the Face Research Lab London Set")
    print("# (DeBruine and Jones, CC-BY 4.0).")
    print("point,x,y,z")
    for number, (x, y, z) in zip(RIGID, mean_head(faces), strict=True):
        print(f"{number},{x:.5f},{y:.5f},{z:.5f}")


if __name__ == "__main__":
    main()
