"""The networks in the project are the ones their recipe made, and its drawings repeat."""

from __future__ import annotations

import hashlib
import json
import shutil
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
    assert f"{recipe['examples']:,} examples" in written


@pytest.fixture
def training(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The training folder's modules, which only its scripts import."""
    monkeypatch.syspath_prepend(str(TRAINING))
    before = set(sys.modules)
    yield
    for name in set(sys.modules) - before:
        if Path(getattr(sys.modules[name], "__file__", None) or "/").parent == TRAINING:
            del sys.modules[name]


def one_head() -> dict[str, np.ndarray]:
    """As `prepare.py` writes it: something with a face's points."""
    from canvas import CANVAS  # type: ignore[import-not-found]

    points = faces.face()
    picture = np.full((720, 1280, 3), 210, np.uint8)
    cv2.ellipse(picture, (640, 330), (130, 180), 0, 0, 360, (190, 150, 130), -1)
    matrix = alignment(points, CANVAS)
    canvas = aligned_crop(picture, points, CANVAS)
    return {
        "pictures": canvas[None],
        "points": (points[:, :2] @ matrix[:, :2].T + matrix[:, 2])[None],
        "masks": ((canvas[..., 2] < 170) * 255).astype(np.uint8)[None],
        "people": np.array(["001"]),
    }


@pytest.mark.usefixtures("training")
def test_the_recipe_draws_as_many_examples_as_were_recorded() -> None:
    from dataset import PARTS  # type: ignore[import-not-found]

    drawn = [number for part in PARTS for number in part]
    assert drawn == list(range(len(drawn)))
    for name in ("eyes", "head"):
        recipe = json.loads((FOLDER / f"{name}.json").read_text("utf-8"))["recipe"]
        assert recipe["examples"] == len(drawn)


@pytest.mark.usefixtures("training")
def test_parts_are_drawn_where_they_are_not_there_yet(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import dataset  # type: ignore[import-not-found]

    monkeypatch.setattr(dataset, "PARTS", (range(2), range(2, 4)))
    heads, folder = tmp_path / "heads.npz", tmp_path / "examples"
    np.savez(heads, **one_head())
    paths = dataset.draw_parts(heads, folder, processes=1)
    both = np.concatenate([np.load(path)["eyes"] for path in paths], axis=1)
    whole = dataset.draw_examples(one_head(), range(4), dataset.SEED, dataset.TIMES)
    assert np.array_equal(both, whole["eyes"])
    paths[0].write_bytes(b"mine")
    assert dataset.draw_parts(heads, folder, processes=1) == paths
    assert paths[0].read_bytes() == b"mine"
    assert sorted(folder.iterdir()) == paths


@pytest.mark.usefixtures("training")
def test_parts_drawn_of_other_heads_or_by_other_scripts_are_not_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import dataset  # type: ignore[import-not-found]

    monkeypatch.setattr(dataset, "PARTS", (range(1),))
    heads, folder = tmp_path / "heads.npz", tmp_path / "examples"
    head = one_head()
    np.savez(heads, **head)
    drawn = dataset.draw_parts(heads, folder, processes=1)
    np.savez(heads, **(head | {"pictures": 255 - head["pictures"]}))
    others = dataset.draw_parts(heads, folder, processes=1)
    assert others != drawn
    assert not np.array_equal(np.load(others[0])["eyes"], np.load(drawn[0])["eyes"])
    mark = others[0].stem.split("-")[1]
    scripts = tmp_path / "scripts"
    shutil.copytree(TRAINING, scripts)
    with monkeypatch.context() as elsewhere:
        elsewhere.setattr(dataset, "__file__", str(scripts / "dataset.py"))
        assert dataset.drawn_from(heads) == mark
        with (scripts / "train.py").open("a") as file:
            file.write("# draws nothing\n")
        assert dataset.drawn_from(heads) == mark
        with (scripts / "fringe.py").open("a") as file:
            file.write("# another fringe\n")
        assert dataset.drawn_from(heads) != mark


@pytest.mark.usefixtures("training")
def test_an_example_is_the_same_whichever_process_draws_it() -> None:
    from dataset import draw_examples  # type: ignore[import-not-found]

    heads = one_head()
    whole = draw_examples(heads, range(6), seed=3, times=2)
    part = draw_examples(heads, range(2, 5), seed=3, times=2)
    for name in ("eyes", "head"):
        assert np.array_equal(whole[name][:, 2:5], part[name])
        assert len({crop.tobytes() for crop in whole[name][0]}) == 6
    assert np.array_equal(whole["labels"][2:5], part["labels"])
