"""What the finished photo's rules are told of the batch and of the still."""

from __future__ import annotations

import guidance_faces as faces
import numpy as np
import pytest

from kiosk.guidance.assess import Assessor
from kiosk.guidance.landmarks import Landmarks
from kiosk.guidance.model import Verdict
from kiosk.guidance.policy import BatchPolicy
from kiosk.portrait.loading import PhotoAssessor
from kiosk.settings.guidance import GuidanceSettings
from kiosk.standards import load

IMAGE = faces.picture(crown_y=130)


class OneSitter:
    """Finds the same landmarks in every picture, in the place of the models."""

    def find(self, pixels: np.ndarray) -> Landmarks:
        return faces.landmarks(faces.face(), pixels)

    def close(self) -> None:
        """Hold nothing."""


@pytest.fixture
def photos() -> PhotoAssessor:
    return PhotoAssessor(Assessor(load("chsi"), GuidanceSettings(), live=False, finder=OneSitter()))


@pytest.mark.parametrize(("stops", "hint"), [(-1.0, "too_dark"), (0.9, "too_bright"), (0.2, None)])
def test_exposure_is_the_still_s_not_the_official_background_s(
    photos: PhotoAssessor, stops: float, hint: str | None
) -> None:
    result = photos.assess(IMAGE, exposure_ev=stops).rules["exposure"]
    assert (result.value, result.hint) == (stops, hint)


def test_each_photo_is_held_against_its_own_background(photos: PhotoAssessor) -> None:
    white = photos.assess(IMAGE, policy=BatchPolicy(background="white")).rules["clothes_distinct"]
    usual = photos.assess(IMAGE).rules["clothes_distinct"]
    assert white.verdict is Verdict.FAIL
    assert usual.verdict is Verdict.PASS
