"""A `PortraitMaker` with its models loaded, which takes seconds."""

from __future__ import annotations

from calibration.backdrop import Plate
from calibration.profile import Profile
from hardware.base import Pixels
from kiosk.guidance.assess import Assessor
from kiosk.guidance.landmarks import LandmarkFinder
from kiosk.guidance.model import Assessment
from kiosk.guidance.policy import DEFAULT_POLICY, BatchPolicy
from kiosk.guidance.shared_models import SharedModels
from kiosk.portrait.make import PortraitMaker
from kiosk.settings.guidance import GuidanceSettings
from kiosk.settings.portrait import PortraitSettings
from kiosk.standards import Standard


class PhotoAssessor:
    """Judges finished photos by the rules of the live frames."""

    def __init__(self, assessor: Assessor) -> None:
        self._assessor = assessor

    def assess(
        self,
        pixels: Pixels,
        *,
        policy: BatchPolicy = DEFAULT_POLICY,
        exposure_ev: float | None = None,
    ) -> Assessment:
        """Measure and judge one finished photo, (H, W, 3) uint8 RGB.

        Args:
            pixels: the decoded file.
            policy: what its batch decides.
            exposure_ev: of the still over the calibrated one, stops; None when not known.
        """
        self._assessor.policy = policy
        return self._assessor.assess(pixels, kind="photo", exposure_ev=exposure_ev)


def load_maker(
    standard: Standard,
    settings: PortraitSettings,
    guidance: GuidanceSettings,
    *,
    profile: Profile | None = None,
    plate: Plate | None = None,
    shared: SharedModels | None = None,
) -> PortraitMaker:
    """Load the models and return a maker that uses them; still and photo share them.

    Args:
        standard: the photo's standard.
        settings: of the portrait.
        guidance: limits of the rules the photo is judged by.
        profile: the booth's calibration, with the clean plate.
        plate: a clean plate without a profile.
        shared: models that live guidance uses too; None for its own.
    """
    models = shared or SharedModels(tracking=False)
    finder = LandmarkFinder(guidance, live=False, shared=models)
    assessor = PhotoAssessor(Assessor(standard, guidance, live=False, finder=finder))
    return PortraitMaker(
        standard,
        settings,
        finder=finder,
        segmenter=models.segmenter,
        assessor=assessor,
        profile=profile,
        plate=plate,
    )
