"""Each rule by the name of its component in ISO/IEC 29794-5, for comparison.

The spelling is that of the standard's reference implementation, BSI's OFIQ, so that a column of
ours can be put beside one of its output. Ours are verdicts on figures with units; the standard's
are scores from 0 to 100. None: the standard has no component for it.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

COMPONENTS: Mapping[str, str | None] = MappingProxyType(
    {
        "one_face": "SingleFacePresent",
        "no_other_person": "SingleFacePresent",
        "distance": "HeadSize",
        "centred": "LeftwardCropOfTheFaceImage",
        "head_height": "MarginAboveOfTheFaceImage",
        "shoulders_level": None,
        "yaw": "HeadPoseYaw",
        "roll": "HeadPoseRoll",
        "pitch": "HeadPosePitch",
        "no_head_cover": "NoHeadCoverings",
        "mouth_uncovered": "MouthOcclusionPrevention",
        "no_hands": None,
        "no_glasses": "EyesVisible",
        "no_tint": "EyesVisible",
        "no_reflection": "EyesVisible",
        "hair_off_brows": "FaceOcclusionPrevention",
        "hair_off_eyes": "EyesVisible",
        "ears_visible": None,
        "no_earrings": None,
        "no_necklace": None,
        "clothes_distinct": None,
        "clothes_not_blue": None,
        "clothes_plain": None,
        "no_straps": None,
        "mouth_closed": "MouthClosed",
        "no_teeth": "MouthClosed",
        "neutral_expression": "ExpressionNeutrality",
        "eyes_open": "EyesOpen",
        "gaze_forward": None,
        "background_clear": "BackgroundUniformity",
        "nothing_behind": "BackgroundUniformity",
        "no_backdrop_shadow": "BackgroundUniformity",
        "light_even": "IlluminationUniformity",
        "no_face_shadow": "IlluminationUniformity",
        "no_hot_spots": "OverExposurePrevention",
        "exposure": "UnderExposurePrevention",
        "no_red_eye": "NaturalColour",
        "sharp": "Sharpness",
        "noise": None,
        "compression": "CompressionArtifacts",
    }
)
"""Rule to component. Of the standard's, LuminanceMean, LuminanceVariance and DynamicRange have no
rule here: they look at the level of the skin's luminance. InterEyeDistance is measured
(``eye_distance_px``), but `distance` judges the face's width.
"""
