"""What can go wrong in calibration, as one small family.

Every message says what happened and what to do next; staff read it as it is.
"""

from __future__ import annotations


class CalibrationError(Exception):
    """A calibration step could not be done with what it was given."""


class PlateError(CalibrationError):
    """The stills do not make a clean plate: too few, of different sizes, not empty, uneven.

    Attributes:
        key: names the sentence on the staff screen.
    """

    def __init__(self, message: str, key: str = "plate_refused") -> None:
        super().__init__(message)
        self.key = key


class ProfileError(CalibrationError):
    """A calibration profile cannot be read, written or trusted."""


class ProfileDamaged(ProfileError):  # noqa: N818 - a state, named as the field names it
    """The file was changed or cut short since it was written."""


class ProfileTooNew(ProfileError):  # noqa: N818
    """The file was written by a newer version of this software."""
