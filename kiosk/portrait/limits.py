"""The limits of the matte. docs/portrait.md says how they were found."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from kiosk.settings.portrait import PortraitSettings


@dataclass(frozen=True, slots=True)
class MatteLimits:
    """What the matte from a known backdrop goes by.

    Codes are sRGB code values, 0 to 255; prices are squared linear light, 0 to 1; the segmenter's
    mask runs from 0 (backdrop) to 1 (person).

    Attributes:
        person_least: below: nobody there.
        person_possible: above: perhaps the person.
        person_likely: above: rather the person.
        person_sure: above: the person, away from edges.
        person_stretch: the mask counts as 1 from here, as 0 from 1 less this.
        least_shift_px: a smaller shift is left alone, pixels.
        largest_shift_px: a larger shift is not believed, pixels.
        shift_error_px: a shift found less exactly is not believed, pixels.
        backdrop_spread: backdrop differs so many times its usual noise from the plate.
        backdrop_floor: and by so much more, fraction of its light.
        darkest_shadow: a shadow leaves at least this fraction of the light.
        darkest_cast: and at least this fraction where surely nobody is.
        shadow_tint: a shadow's channels are apart by at most this fraction of what it takes.
        shadow_tint_spread: places that give the shadow's colour differ by at most this, fraction.
        brightest_backdrop: the backdrop is nowhere brighter than this factor.
        largest_exposure: exposure is followed up to this factor, and down to its inverse.
        largest_tint: channels change apart by at most this factor.
        largest_unrest: usual difference to the plate's texture, fraction of its light.
        least_agreement: fraction of the backdrop that must look like the plate.
        plate_person: fraction of a plate that is surely a person makes it no clean plate.
        plain_wall: without a plate, a wall this smooth is filled in behind the person, codes.
        noise_codes: a smaller difference to the backdrop is noise, code values.
        faint_codes: where nobody is seen, fainter hair than this is noise, code values of two
            pixels by two.
        faint_noise: and so is hair that differs by less than this, over the usual difference
            where nobody is seen.
        residual: usual squared error of a pixel, price.
        shading: shading that differs from nearby, price.
        gloss: gloss, price.
        gloss_inside: gloss inside the person, price.
        guess: weight of the segmenter at the edge, 1/variance.
        guess_inside: its weight where opaque places inside are looked for, 1/variance.
        guess_within: its weight where the inside begins and none were found, 1/variance.
        guess_likely: its weight where opaque places border on others, 1/variance.
        opaque: opaque, where no colour allows a lower alpha.
        opaque_solved: opaque, where alpha was solved.
        shines_through: inside the person, so much backdrop makes it see-through.
        surface_codes: a surface differs from the backdrop by at least so many codes.
        surface_change: and changes over a few pixels by less than this part of it.
        line_prior: weight of the filled-in colour in the line alpha follows, squared light.
        line_residual: the mixture counts as much as a line with this variance of alpha.
        spill_reach: spill is removed so near the edge, of the longer side.
        alike_share: share of a person's surface near the backdrop's colour.
    """

    # the segmenter's mask, 0 backdrop to 1 person
    person_least: float = 0.02
    person_possible: float = 0.3
    person_likely: float = 0.6
    person_sure: float = 0.9
    person_stretch: float = 0.8

    # following the backdrop
    least_shift_px: float = 0.08
    largest_shift_px: float = 8.0
    shift_error_px: float = 0.1
    backdrop_spread: float = 2.5
    backdrop_floor: float = 0.008
    darkest_shadow: float = 0.5
    darkest_cast: float = 0.25
    shadow_tint: float = 0.4
    shadow_tint_spread: float = 0.1
    brightest_backdrop: float = 1.08
    largest_exposure: float = 1.6
    largest_tint: float = 1.25
    largest_unrest: float = 0.05
    least_agreement: float = 0.6
    plate_person: float = 0.01
    plain_wall: float = 12.0

    # solving
    noise_codes: float = 5.0
    faint_codes: float = 2.0
    faint_noise: float = 4.0
    residual: float = 2e-4
    shading: float = 0.008
    gloss: float = 0.5
    gloss_inside: float = 0.02
    guess: float = 1.0
    guess_inside: float = 700.0
    guess_within: float = 100.0
    guess_likely: float = 300.0
    opaque: float = 0.95
    opaque_solved: float = 0.995
    shines_through: float = 0.1
    surface_codes: float = 10.0
    surface_change: float = 0.05
    line_prior: float = 5e-4
    line_residual: float = 4e-2
    spill_reach: float = 0.03
    alike_share: float = 0.3

    @classmethod
    def of(cls, settings: PortraitSettings) -> Self:
        """Return the limits with what the booth's settings say."""
        return cls(
            least_agreement=settings.plate_agreement_min,
            largest_exposure=settings.plate_exposure_max,
            largest_tint=settings.plate_tint_max,
        )
