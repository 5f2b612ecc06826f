"""A new sitter is looked at by every model at once, so no shot is taken before all have looked."""

from __future__ import annotations

import numpy as np
import pytest

from hardware.sim.figure import Wardrobe
from hardware.sim.pose import Pose
from hardware.sim.scene import Exposure, Scene
from kiosk.guidance.assess import Assessor
from kiosk.guidance.measure import NAMES_OF, Part
from kiosk.guidance.model import Verdict
from kiosk.settings.guidance import GuidanceSettings
from kiosk.standards import load

LOOKS = 3
SELDOM = GuidanceSettings(shoulders_every=60, person_every=60, worn_every=60)


def drawn() -> np.ndarray:
    pose = Pose()
    frame = Scene(1280, 720, seed=4, noise_seed=5).draw(
        Wardrobe("mei").dress(pose), pose, Exposure()
    )
    frame.flags.writeable = False
    return frame


@pytest.mark.parametrize("empty", [0, 7])
def test_after_the_first_frames_nothing_is_unseen_however_seldom_models_look(empty: int) -> None:
    chair, sitter = np.full((720, 1280, 3), 190, np.uint8), drawn()
    with Assessor(load("chsi"), SELDOM, True) as assessor:
        for _ in range(empty):
            assert assessor.assess(chair, kind="live").faces == 0
        frames = 0
        while assessor.assess(sitter, kind="live").faces == 0:
            frames += 1
            assert frames < 5
        for _ in range(LOOKS):
            seen = assessor.assess(sitter, kind="live")
    for part in (Part.SHOULDERS, Part.PERSON, Part.BEHIND, Part.CLOTHES, Part.WORN):
        for name in NAMES_OF[part]:
            assert seen.measurements[name] is not None or name == "exposure_ev", name
    for rule in ("shoulders_level", "background_clear", "clothes_distinct", "sharp"):
        assert seen.rules[rule].verdict is not Verdict.UNKNOWN, rule
