# SPDX-License-Identifier: Apache-2.0
"""The people: shape, colours, hair and clothes, as data."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Colour = tuple[float, float, float]  # linear RGB, 0 to 1
HairStyle = Literal["tied", "loose", "parted", "curls"]


@dataclass(frozen=True)
class Tone:
    """Colours of skin, lips and eyes."""

    skin: Colour
    deep: Colour  # the skin where it is darker: under the eyes, spots
    lip: Colour
    iris: Colour
    brow: Colour


@dataclass(frozen=True)
class Hair:
    """How the hair grows."""

    style: HairStyle
    melanin: float  # 0 white to 1 black
    redness: float  # 0 to 1
    parting: float = 0.0  # decimetres to the sitter's left of the middle
    strands: int = 34000
    seed: int = 1


@dataclass(frozen=True)
class Person:
    """One sitter."""

    description: str
    tone: Tone
    hair: Hair
    shirt: Colour
    shape: dict[str, float] = field(default_factory=dict)  # target -> weight, `*` for l and r
    brow_height: float = 1.0  # thickness of the brows, 1 = usual
    shoulder_narrowing: float = 0.15  # share by which the base mesh's broad shoulders shrink
    arm_drop: float = 33.0  # degrees the arms are lowered from the base mesh's pose
    clavicle_drop: float = 7.0  # degrees
    resting_smile: float = 0.26
    level: float = 0.0  # degrees the mesh's head is raised by to hold it level: pitch 0 is there
    lip_seal: float = 0.25  # how far the upper lip is lowered onto the lower one


_LIGHT = Tone(
    skin=(0.66, 0.41, 0.30),
    deep=(0.46, 0.24, 0.17),
    lip=(0.50, 0.17, 0.155),
    iris=(0.045, 0.020, 0.009),
    brow=(0.035, 0.025, 0.02),
)
_WARM = Tone(
    skin=(0.56, 0.335, 0.225),
    deep=(0.38, 0.19, 0.125),
    lip=(0.40, 0.150, 0.125),
    iris=(0.035, 0.016, 0.008),
    brow=(0.018, 0.013, 0.011),
)
_FAIR = Tone(
    skin=(0.68, 0.43, 0.34),
    deep=(0.48, 0.25, 0.19),
    lip=(0.52, 0.18, 0.17),
    iris=(0.075, 0.050, 0.024),
    brow=(0.11, 0.062, 0.036),
)
_DARK = Tone(
    skin=(0.185, 0.088, 0.050),
    deep=(0.12, 0.050, 0.028),
    lip=(0.20, 0.072, 0.062),
    iris=(0.035, 0.016, 0.008),
    brow=(0.010, 0.008, 0.007),
)

PEOPLE: dict[str, Person] = {
    "mei": Person(
        description="woman, East Asian, light skin, long black hair tucked behind the ears",
        tone=_LIGHT,
        hair=Hair("loose", melanin=0.93, redness=0.25, parting=0.18, seed=3),
        shirt=(0.52, 0.52, 0.515),
        shape={
            "macrodetails/asian-female-young": 0.75,
            "macrodetails/caucasian-female-young": 0.25,
            "eyes/*-eye-scale-incr": 0.45,
            "head/head-oval": 0.35,
            "mouth/mouth-upperlip-volume-decr": 0.7,
            "mouth/mouth-upperlip-height-decr": 0.6,
            "mouth/mouth-lowerlip-volume-decr": 0.4,
            "nose/nose-width1-decr": 0.3,
            "nose/nose-width3-decr": 0.4,
            "chin/chin-width-decr": 0.3,
            "macrodetails/universal-female-young-minmuscle-averageweight": 0.8,
        },
        brow_height=0.8,
        level=3.0,
    ),
    "jun": Person(
        description="man, East Asian, short black hair with a side parting",
        tone=_WARM,
        hair=Hair("parted", melanin=0.96, redness=0.2, parting=0.44, seed=5),
        shirt=(0.30, 0.31, 0.32),
        shape={
            "macrodetails/asian-male-young": 0.85,
            "macrodetails/caucasian-male-young": 0.15,
            "eyes/*-eye-scale-incr": 0.4,
            "head/head-oval": 0.25,
            "mouth/mouth-upperlip-volume-decr": 0.9,
            "mouth/mouth-upperlip-height-decr": 0.8,
            "mouth/mouth-lowerlip-volume-decr": 0.7,
            "nose/nose-width1-decr": 0.2,
            "nose/nose-width3-decr": 0.3,
            "chin/chin-width-decr": 0.1,
            "macrodetails/universal-male-young-averagemuscle-averageweight": 0.8,
        },
        level=2.5,
    ),
    "clara": Person(
        description="woman, European, fair skin, light brown hair tied back",
        tone=_FAIR,
        hair=Hair("tied", melanin=0.50, redness=0.55, parting=0.0, seed=7),
        shirt=(0.15, 0.014, 0.026),
        shape={
            "macrodetails/caucasian-female-young": 0.9,
            "eyes/*-eye-scale-incr": 0.3,
            "head/head-oval": 0.3,
            "mouth/mouth-upperlip-volume-decr": 0.1,
            "mouth/mouth-lowerlip-volume-decr": 0.1,
            "nose/nose-width1-decr": 0.2,
            "nose/nose-width3-decr": 0.3,
            "chin/chin-width-decr": 0.3,
            "macrodetails/universal-female-young-minmuscle-averageweight": 0.8,
        },
        brow_height=0.85,
    ),
    "kofi": Person(
        description="man, African, dark skin, short curly black hair",
        tone=_DARK,
        hair=Hair("curls", melanin=0.98, redness=0.3, strands=42000, seed=9),
        shirt=(0.040, 0.041, 0.046),
        shape={
            "macrodetails/african-male-young": 0.9,
            "eyes/*-eye-scale-incr": 0.25,
            "head/head-oval": 0.2,
            "mouth/mouth-upperlip-volume-decr": 0.3,
            "mouth/mouth-upperlip-height-decr": 0.1,
            "mouth/mouth-lowerlip-volume-decr": 0.2,
            "nose/nose-width1-decr": 0.1,
            "nose/nose-width3-decr": 0.2,
            "macrodetails/universal-male-young-averagemuscle-averageweight": 0.8,
        },
    ),
}
