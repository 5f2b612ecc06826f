"""Cut the heads out of picture files: canvas, face points and person mask of each.

    python prepare.py FOLDER... --out heads.npz

Runs in the project's own environment (it needs MediaPipe); training itself does not. The
person is taken from the file's name, up to the first underscore.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import cv2
import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[4]))

from canvas import CANVAS

from kiosk.guidance.attributes.crop import aligned_crop, alignment, share_inside
from kiosk.guidance.landmarks import LandmarkFinder, PersonMask
from kiosk.settings.guidance import GuidanceSettings


def person_mask(person: PersonMask, matrix: np.ndarray) -> np.ndarray:
    """Take the person's mask to the canvas."""
    step = person.step_px
    cells = np.array([[step, 0, person.left_px], [0, step, person.top_px], [0, 0, 1]])
    to_canvas = np.vstack([matrix, [0, 0, 1]]) @ cells
    size = (CANVAS.width_px, CANVAS.height_px)
    return cv2.warpAffine(person.alpha, to_canvas[:2], size, borderMode=cv2.BORDER_REPLICATE)


def main() -> None:
    """Read the folders, write the heads."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    found: dict[str, list[object]] = {
        k: [] for k in ("pictures", "points", "masks", "people", "names", "inside")
    }
    with LandmarkFinder(GuidanceSettings(), live=False) as finder:
        paths = [p for f in options.folders for p in sorted(f.iterdir())]
        for path in paths:
            if path.suffix.lower() not in (".jpg", ".jpeg", ".png", ".webp"):
                continue
            picture = cv2.imread(str(path), cv2.IMREAD_UNCHANGED)
            if picture.ndim == 2:
                picture = cv2.cvtColor(picture, cv2.COLOR_GRAY2BGR)
            if picture.shape[2] == 4:
                alpha = picture[..., 3:].astype(np.float32) / 255
                colour = np.array([215, 220, 220])
                picture = (picture[..., :3] * alpha + colour * (1 - alpha)).astype(np.uint8)
            pixels = cv2.cvtColor(picture, cv2.COLOR_BGR2RGB)
            landmarks = finder.find(pixels)
            face = landmarks.face
            if face is None or landmarks.person is None:
                print("no face in", path, file=sys.stderr)
                continue
            matrix = alignment(face, CANVAS)
            found["pictures"].append(aligned_crop(pixels, face, CANVAS))
            found["points"].append(face[:, :2] @ matrix[:, :2].T + matrix[:, 2])
            mask = person_mask(landmarks.person, matrix)
            found["masks"].append((np.clip(mask, 0, 1) * 255).astype(np.uint8))
            found["people"].append(path.stem.split("_")[0])
            found["names"].append(f"{path.parent.name}/{path.name}")
            found["inside"].append(share_inside(face, pixels.shape[1::-1], CANVAS))
    np.savez_compressed(options.out, **{k: np.array(v) for k, v in found.items()})
    print(len(found["names"]), "heads of", len(set(found["people"])), "people")


if __name__ == "__main__":
    main()
