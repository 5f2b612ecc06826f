"""Settings of the portrait."""

from __future__ import annotations

from pydantic import Field

from kiosk.settings.section import Section


class MatteSettings(Section):
    """Limits of the matte from a clean plate; docs/portrait.md says how each was found.

    Code values are sRGB, 0 to 255; prices are squared linear light, 0 to 1.
    """

    # --- the segmenter's mask, 0 backdrop to 1 person ---
    person_least: float = Field(0.02, gt=0, lt=1, description="below: nobody there")
    person_possible: float = Field(0.3, gt=0, lt=1, description="above: perhaps the person")
    person_likely: float = Field(0.6, gt=0, lt=1, description="above: rather the person")
    person_sure: float = Field(0.9, gt=0, lt=1, description="above: the person, away from edges")
    person_stretch: float = Field(
        0.8, gt=0.5, le=1, description="the mask counts as 1 from here, as 0 from 1 less this"
    )

    # --- following the backdrop ---
    least_shift_px: float = Field(0.08, ge=0, description="a smaller shift is left alone, pixels")
    largest_shift_px: float = Field(2.0, ge=0, description="a larger shift is not believed, pixels")
    shift_error_px: float = Field(
        0.1, gt=0, description="a shift found less exactly is not believed, pixels"
    )
    backdrop_spread: float = Field(
        2.5, gt=0, description="backdrop differs so many times its usual noise from the plate"
    )
    backdrop_floor: float = Field(
        0.008, ge=0, description="and by so much more, fraction of its light"
    )
    darkest_shadow: float = Field(
        0.5, gt=0, lt=1, description="a shadow leaves at least this fraction of the light"
    )
    brightest_backdrop: float = Field(
        1.08, gt=1, description="the backdrop is nowhere brighter than this factor"
    )
    largest_exposure: float = Field(
        1.6, gt=1, description="exposure is followed up to this factor, and down to its inverse"
    )
    largest_tint: float = Field(
        1.25, gt=1, description="channels change apart by at most this factor"
    )
    largest_unrest: float = Field(
        0.05, gt=0, description="usual difference to the plate's texture, fraction of its light"
    )
    least_agreement: float = Field(
        0.6, ge=0, le=1, description="fraction of the backdrop that must look like the plate"
    )

    plain_wall: float = Field(
        12.0,
        gt=0,
        description="without a plate, a wall this smooth is filled in behind the person, codes",
    )

    # --- solving ---
    noise_codes: float = Field(
        5.0, gt=0, description="a smaller difference to the backdrop is noise, code values"
    )
    faint_codes: float = Field(
        2.5, gt=0, description="where nobody is seen, fainter hair than this is noise, code values"
    )
    residual: float = Field(2e-4, gt=0, description="usual squared error of a pixel, price")
    shading: float = Field(0.008, gt=0, description="shading that differs from nearby, price")
    gloss: float = Field(0.5, gt=0, description="gloss, price")
    gloss_inside: float = Field(0.02, gt=0, description="gloss inside the person, price")
    guess: float = Field(1.0, ge=0, description="weight of the segmenter at the edge, 1/variance")
    guess_inside: float = Field(
        700.0, ge=0, description="its weight where opaque places inside are looked for, 1/variance"
    )
    guess_within: float = Field(
        100.0, ge=0, description="its weight inside where none were found, 1/variance"
    )
    opaque: float = Field(
        0.95, gt=0, lt=1, description="opaque, where no colour allows a lower alpha"
    )
    opaque_solved: float = Field(0.98, gt=0, lt=1, description="opaque, where alpha was solved")
    shines_through: float = Field(
        0.1, gt=0, lt=1, description="inside the person, so much backdrop makes it see-through"
    )
    surface_codes: float = Field(
        10.0, gt=0, description="a surface differs from the backdrop by at least so many codes"
    )
    surface_change: float = Field(
        0.05, gt=0, description="and changes over a few pixels by less than this part of it"
    )
    spill_reach: float = Field(
        0.03, ge=0, le=0.2, description="spill is removed so near the edge, of the longer side"
    )
    alike_share: float = Field(
        0.3, gt=0, le=1, description="share of a person's surface near the backdrop's colour"
    )


class PortraitSettings(Section):
    """Limits of development and composition that no photo standard prescribes."""

    standard: str = Field("chsi", description="name of a standard, or path of its TOML")
    max_megapixels: float = Field(
        64.0, gt=0, le=400, description="largest still that is decoded, millions of pixels"
    )
    max_megabytes: float = Field(
        80.0, gt=0, le=1000, description="largest file that is read, millions of bytes"
    )
    work_side_px: int = Field(
        1400, ge=640, le=4000, description="longer side the matte is made at, at most, pixels"
    )
    cut_off_least_px: float = Field(
        4.0, ge=0, description="so much of the person at an edge of the still is cut off, pixels"
    )
    sharpening: float = Field(
        0.0, ge=0.0, le=1.0, description="strength that gives back what scaling lost, 0 is off"
    )
    full_chroma_quality: int = Field(
        80,
        ge=1,
        le=100,
        description="JPEG keeps full colour resolution (4:4:4) while its quality is not below",
    )
    matte: MatteSettings = MatteSettings()
