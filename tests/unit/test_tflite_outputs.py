"""A network without the outputs nobody reads gives what it gave before, and is shown to be one."""

import importlib.util
from pathlib import Path

import cv2
import numpy as np
import pytest

from kiosk.guidance.pose_model import _NETWORK
from kiosk.guidance.tflite_outputs import keep_outputs

NAMES = ("Identity", "Identity_1", "Identity_3")


@pytest.fixture(scope="module")
def network() -> bytes:
    package = importlib.util.find_spec("mediapipe")
    return (Path(package.origin).parent / _NETWORK).read_bytes()


def outputs(network: bytes) -> dict[str, np.ndarray]:
    net = cv2.dnn.readNetFromTFLite(np.frombuffer(network, np.uint8))
    net.setInput(np.random.default_rng(1).random((1, 3, 256, 256), np.float32))
    names = net.getUnconnectedOutLayersNames()
    return dict(zip(names, net.forward(names), strict=True))


def test_the_outputs_kept_are_as_they_were(network: bytes) -> None:
    before, after = outputs(network), outputs(keep_outputs(network, (0, 1, 3)))
    assert len(before) == 5
    assert sorted(after) == sorted(NAMES)
    for name in NAMES:
        assert np.allclose(after[name], before[name], atol=1e-4)


def test_the_order_is_the_one_asked_for(network: bytes) -> None:
    assert keep_outputs(network, (0, 1)) != keep_outputs(network, (1, 0))
    assert keep_outputs(network, range(5)) == network


@pytest.mark.parametrize("wanted", [(), (5,), (-1,), (0, 9)])
def test_an_output_it_does_not_have(network: bytes, wanted: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="of a model that has 5"):
        keep_outputs(network, wanted)


@pytest.mark.parametrize("part", [slice(0), slice(7), slice(40), slice(4, None)])
def test_what_is_no_whole_model(network: bytes, part: slice) -> None:
    with pytest.raises(ValueError, match="TensorFlow Lite model"):
        keep_outputs(network[part], (0,))
