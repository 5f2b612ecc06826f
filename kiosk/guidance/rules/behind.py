"""Rules of what is behind the person. Values are parts of the backdrop seen, levels, or stops."""

from __future__ import annotations

from kiosk.guidance.model import RuleResult
from kiosk.guidance.rules.context import RuleContext, judge_at_most


def background_clear(context: RuleContext) -> RuleResult:
    """Nothing but the backdrop is behind the person. Value: its spread, levels of 255."""
    return judge_at_most(
        "background_clear",
        context.get("background_spread"),
        context.settings.background_spread_max,
        "clear_background",
    )


def nothing_behind(context: RuleContext) -> RuleResult:
    """No single thing is behind the person. Value: the largest, as a part of the backdrop.

    `background_clear` sees the whole backdrop, this sees one small thing on it.
    """
    limit = context.settings.thing_max_fraction
    value = context.get("thing_fraction")
    return judge_at_most("nothing_behind", value, limit, "clear_background")


def no_other_person(context: RuleContext) -> RuleResult:
    """Nobody else is in the picture, not even in part.

    Value: what the person mask shows apart from the sitter, as a part of the backdrop. Whole
    faces are `one_face`'s.
    """
    limit = context.settings.other_person_max_fraction
    value = context.get("other_person_fraction")
    return judge_at_most("no_other_person", value, limit, "one_person")


def no_backdrop_shadow(context: RuleContext) -> RuleResult:
    """No deep shadow on the backdrop. Value: how much darker it is there, stops."""
    limit = context.settings.backdrop_shadow_max_ev
    value = context.get("backdrop_shadow_ev")
    return judge_at_most("no_backdrop_shadow", value, limit, "off_backdrop")
