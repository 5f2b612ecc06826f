"""Copies of real portraits are found, and no two people are taken for each other."""

from __future__ import annotations

import random
from collections import defaultdict
from pathlib import Path

import cv2
import numpy as np
import pytest

from kiosk.central.service import likeness

# As the service does: so many bits may differ, and so many candidates are compared in full.
MOST_BITS, COMPARED = 20, 8


def as_portrait(path: Path) -> np.ndarray:
    """An ID photo's part of a square portrait, 480×640."""
    square = cv2.imread(str(path))
    return cv2.resize(square[:, 170:1180], (480, 640), interpolation=cv2.INTER_AREA)


def jpeg(picture: np.ndarray, quality: int) -> bytes:
    return cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, quality])[1].tobytes()


def copied(picture: np.ndarray, kind: int, rng: random.Random) -> bytes:
    """A copy: strongly compressed, made small, made large, or cropped at each side and resized."""
    height, width = picture.shape[:2]
    if kind == 0:
        return jpeg(picture, 40)
    if kind == 1:
        return jpeg(cv2.resize(picture, (width // 2, height // 2)), 80)
    if kind == 2:
        return jpeg(cv2.resize(picture, (width * 3 // 2, height * 3 // 2)), 80)
    left, top, right, bottom = (rng.uniform(0.0, 0.1) for _ in range(4))
    cut = picture[
        int(top * height) : int(height * (1 - bottom)), int(left * width) : int(width * (1 - right))
    ]
    return jpeg(cv2.resize(cut, (480, 480 * cut.shape[0] // cut.shape[1])), 70)


def test_every_copy_of_124_portraits_is_found_and_no_two_people_are_one(shared_data: Path) -> None:
    paths = sorted((shared_data / "portraits").glob("*/*.jpg"))
    assert len(paths) == 124
    rng, index, known, worst = random.Random(5), defaultdict(set), [], 0
    pictures = [as_portrait(path) for path in paths]
    for number, picture in enumerate(pictures):
        grey = likeness.grey(jpeg(picture, 92))
        face = likeness.find_face(grey)
        assert face is not None, paths[number].name
        bits = likeness.fingerprint(grey, face)
        known.append((grey, face, bits))
        for key in likeness.keys(bits):
            index[key].add(number)

    for number, picture in enumerate(pictures):
        grey = likeness.grey(copied(picture, number % 4, rng))
        face = likeness.find_face(grey)
        assert face is not None, paths[number].name
        bits = likeness.fingerprint(grey, face)
        candidates = set().union(*(index[key] for key in likeness.probes(grey, face)))
        near = sorted((known[other][2] ^ bits).bit_count() for other in candidates)
        limit = min(MOST_BITS, near[min(COMPARED, len(near)) - 1])
        alike = {
            other
            for other in candidates
            if (known[other][2] ^ bits).bit_count() <= limit
            and likeness.likeness(grey, face, *known[other][:2]) >= likeness.COPY
        }
        person = paths[number].name[:3]
        worst = max(worst, (known[number][2] ^ bits).bit_count())
        assert number in alike, f"the copy of {paths[number].name} was not found"
        others = [paths[other].name for other in alike if paths[other].name[:3] != person]
        assert not others, f"{paths[number].name} was taken for {others}"
    assert worst < MOST_BITS - 2, "copies are about to be missed"
    print(f"copies differ in at most {worst} of 64 bits")


def test_what_has_no_face_has_no_fingerprint() -> None:
    assert likeness.find_face(np.full((640, 480), 128, np.uint8)) is None
    noise = np.random.default_rng(1).integers(0, 255, (640, 480), dtype=np.uint8)
    smooth = cv2.GaussianBlur(noise, (0, 0), 9)
    assert likeness.find_face(smooth) is None


def test_what_is_no_picture_is_said_to_be_none() -> None:
    with pytest.raises(ValueError, match="not a picture"):
        likeness.grey(b"no picture")


def test_a_probe_finds_the_picture_itself_and_keys_name_their_band() -> None:
    keys = likeness.keys(0x0123_4567_89AB_CDEF)
    assert keys == [0xCDEF, 0x1_89AB, 0x2_4567, 0x3_0123]
