"""What can go wrong with an update. The booth goes on with the version it has in every case."""

from __future__ import annotations


class UpdateError(Exception):
    """The base of all errors of an update."""


class RepositoryUnreachable(UpdateError):  # noqa: N818 - says what happened
    """The releases cannot be read now: no network, a stick that is not there. Tried again later."""


class RepositoryRefused(UpdateError):  # noqa: N818
    """The releases are not what operations signed: altered, expired, replayed, or by another key.

    Attributes:
        kind: one word for reports: ``signature``, ``expired``, ``replayed``, ``length``, ``slow``,
            ``content``.
    """

    def __init__(self, message: str, kind: str) -> None:
        super().__init__(message)
        self.kind = kind


class ReleaseUnusable(UpdateError):  # noqa: N818 - says what happened
    """A signed release that does not fit this booth, or describes itself wrongly."""


class InstallFailed(UpdateError):  # noqa: N818 - says what happened
    """A release could not be put into its slot."""


class PreflightFailed(UpdateError):  # noqa: N818 - says what happened
    """A release stands in its slot but did not pass the checks before the switch."""


class SlotError(UpdateError):
    """The folders of the releases are not as an update left them; says what to do."""


class UnitsRefused(UpdateError):  # noqa: N818 - says what happened
    """A release's own units are not what they have to be. Those of the release before stay."""


class PublishError(UpdateError):
    """Operations' side: a release cannot be built, signed or published as asked."""
