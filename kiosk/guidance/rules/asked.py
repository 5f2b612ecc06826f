"""Rules that no measurement of ours can be trusted with.

They are always unknown: the student is asked on the checklist, and the reviewer is told to look.
A wrong verdict would be worse than none.
"""

from __future__ import annotations

from kiosk.guidance.model import RuleResult
from kiosk.guidance.rules.context import RuleContext, unknown


def hair_off_eyes(_context: RuleContext) -> RuleResult:
    """No hair hangs before the eyes: a strand looks like lashes, a lid's crease or a frame."""
    return unknown("hair_off_eyes")


def ears_visible(_context: RuleContext) -> RuleResult:
    """Both ears show. The mesh ends before them, and skin beside the cheek may be the neck."""
    return unknown("ears_visible")


def no_earrings(_context: RuleContext) -> RuleResult:
    """No earrings: a stud is as small as a highlight on the lobe."""
    return unknown("no_earrings")


def no_necklace(_context: RuleContext) -> RuleResult:
    """No necklace: a thin chain looks like the edge of a collar."""
    return unknown("no_necklace")
