"""What can go wrong between a booth and the central backend."""

from __future__ import annotations

from kiosk.central.contract import ErrorAnswer


class CentralError(Exception):
    """The central backend did not do what was asked."""


class CentralUnreachable(CentralError):  # noqa: N818
    """It could not be asked now; the same request may succeed later. Nothing is lost.

    Attributes:
        answered: whether the service answered at all (a fault of its own, too busy), as against
            no connection.
        foreign: whether something else answered in its place: a network's login page, a proxy.
        retry_after_s: how long it asked to be left alone, seconds; None when it did not say.
    """

    def __init__(
        self,
        message: str,
        *,
        answered: bool = False,
        foreign: bool = False,
        retry_after_s: float | None = None,
    ) -> None:
        super().__init__(message)
        self.answered = answered
        self.foreign = foreign
        self.retry_after_s = retry_after_s


class CentralRefused(CentralError):  # noqa: N818
    """It refused for good: asked the same way again it would refuse again.

    Attributes:
        answer: the refusal for a program (code) and a person (message, remedy).
        status: the HTTP status.
    """

    def __init__(self, answer: ErrorAnswer, status: int) -> None:
        text = f"{answer.message} {answer.remedy}".strip()
        super().__init__(f"{text} [{answer.code}]")
        self.answer = answer
        self.status = status

    @property
    def code(self) -> str:
        """The refusal's code, such as ``order_locked``."""
        return self.answer.code

    @property
    def concerns_booth(self) -> bool:
        """Whether the booth itself was refused (its key), not what it sent."""
        return self.status in (401, 403)

    @property
    def names_another_booth(self) -> bool:
        """Whether what was sent says another booth than the key: it was shot under another name."""
        return self.code == "booth_mismatch"


class OutboxError(Exception):
    """The outbox could not do what was asked. What it has acknowledged is still there."""


class OutboxFull(OutboxError):  # noqa: N818
    """The disk has no room for another photo. Nothing of it was written."""


class OutboxKeyError(OutboxError):
    """The key file cannot be used, or is not the one this outbox was written with."""


class EntryBroken(OutboxError):  # noqa: N818
    """One entry cannot be read; its file was put into quarantine. The others go on."""
