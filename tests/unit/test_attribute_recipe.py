"""The networks in the project are the ones their recipe made, and its drawings repeat."""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Iterator
from pathlib import Path

import cv2
import guidance_faces as faces
import numpy as np
import pytest

import kiosk.guidance.attributes
from kiosk.guidance.attributes.crop import aligned_crop, alignment

FOLDER = Path(kiosk.guidance.attributes.__file__).parent
TRAINING = FOLDER / "training"


@pytest.mark.parametrize("name", ["eyes", "head"])
def test_the_network_is_the_one_that_came_out_of_the_recipe(name: str) -> None:
    recipe = json.loads((FOLDER / f"{name}.json").read_text("utf-8"))["recipe"]
    data = (FOLDER / f"{name}.onnx").read_bytes()
    assert hashlib.sha256(data).hexdigest() == recipe["network"]
    assert len(data) < 1_000_000
    written = (TRAINING / "README.md").read_text("utf-8")
    versions = recipe["versions"]
    for package in ("torch", "numpy"):
        assert f"{package}=={versions[package].split('+')[0]}" in written
    assert f"--count {recipe['examples'] // 2}" in written


@pytest.fixture
def training(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The training folder's modules, which only its scripts import."""
    monkeypatch.syspath_prepend(str(TRAINING))
    before = set(sys.modules)
    yield
    for name in set(sys.modules) - before:
        if Path(getattr(sys.modules[name], "__file__", None) or "/").parent == TRAINING:
            del sys.modules[name]


@pytest.mark.usefixtures("training")
def test_an_example_is_the_same_whichever_process_draws_it() -> None:
    from canvas import CANVAS  # type: ignore[import-not-found]
    from dataset import draw_examples  # type: ignore[import-not-found]

    points = faces.face()
    picture = np.full((720, 1280, 3), 210, np.uint8)
    cv2.ellipse(picture, (640, 330), (130, 180), 0, 0, 360, (190, 150, 130), -1)
    matrix = alignment(points, CANVAS)
    canvas = aligned_crop(picture, points, CANVAS)
    heads = {
        "pictures": canvas[None],
        "points": (points[:, :2] @ matrix[:, :2].T + matrix[:, 2])[None],
        "masks": ((canvas[..., 2] < 170) * 255).astype(np.uint8)[None],
        "people": np.array(["001"]),
    }
    whole = draw_examples(heads, range(6), seed=3, times=2)
    part = draw_examples(heads, range(2, 5), seed=3, times=2)
    for name in ("eyes", "head"):
        assert np.array_equal(whole[name][:, 2:5], part[name])
        assert len({crop.tobytes() for crop in whole[name][0]}) == 6
    assert np.array_equal(whole["labels"][2:5], part["labels"])
