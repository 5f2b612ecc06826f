"""Why no sheet can be made, as one small family; each message says what to do next."""

from __future__ import annotations


class PrintSheetError(Exception):
    """No sheet can be made."""


class UnknownSize(PrintSheetError):  # noqa: N818 - a state, named as people say it
    """There is no photo size or paper of that name."""


class DoesNotFit(PrintSheetError):  # noqa: N818
    """The photos asked for have no room on the paper."""
