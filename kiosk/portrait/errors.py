"""Why no photo can be made, as one small family.

Each has a stable `key`, which the report, the screens and other programs go by, and a message
that says what happened and what to do next.
"""

from __future__ import annotations


class PortraitError(Exception):
    """No photo can be made from this still.

    Attributes:
        key: stable name of the reason.
    """

    key = "failed"


class Unreadable(PortraitError):  # noqa: N818 - a state, named as the field names it
    """The still is not a whole picture."""

    key = "unreadable"


class TooLarge(PortraitError):  # noqa: N818
    """The still has more pixels or bytes than the settings allow."""

    key = "too_large"


class NoPerson(PortraitError):  # noqa: N818
    """Nobody, or no face, is in the still."""

    key = "no_person"


class SeveralPeople(PortraitError):  # noqa: N818
    """More than one face is in the still."""

    key = "several_people"


class PlateMismatch(PortraitError):  # noqa: N818
    """The clean plate is not one for this still: another size, or another place."""

    key = "plate_mismatch"
