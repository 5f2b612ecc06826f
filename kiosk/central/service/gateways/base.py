"""What every payment provider does, in the words of this service."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


class GatewayError(Exception):
    """The provider cannot be reached, or answers what it should not; nothing is known anew."""


class GatewayKeyError(Exception):
    """A key cannot be read; the message says which."""


class BadNotice(Exception):  # noqa: N818 - says what it is
    """A notice is not from the provider, or not for this merchant."""


class Standing(enum.StrEnum):
    """How a payment stands at the provider."""

    UNKNOWN = "unknown"
    """The provider has none of this reference; with Alipay, until the code was scanned."""
    OPEN = "open"
    PAID = "paid"
    CLOSED = "closed"


class RefundStanding(enum.StrEnum):
    """How a refund stands: accepted is not done."""

    ACCEPTED = "accepted"
    DONE = "done"
    FAILED = "failed"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Reported:
    """What the provider says of a payment.

    Attributes:
        reference: our reference.
        standing: how it stands.
        amount_fen: what was or is to be paid.
        transaction: the provider's own number, empty before it was paid.
    """

    reference: str
    standing: Standing
    amount_fen: int = 0
    transaction: str = ""


@dataclass(frozen=True, slots=True)
class RefundNotice:
    """What the provider says of a refund by itself."""

    number: str
    standing: RefundStanding


@dataclass(frozen=True, slots=True)
class Payer:
    """Who pays in the browser of a phone, and comes back to it.

    Attributes:
        address: the phone's IP address, as the provider will see it.
        back: where the provider leads to afterwards, paid or not.
    """

    address: str
    back: str


class Gateway(Protocol):
    """A provider. All calls may raise `GatewayError`; none is made in a database transaction.

    Attributes:
        minutes: a payment may be paid for so long.
        takes_phones: whether `open_on_phone` can be used.
    """

    minutes: int
    takes_phones: bool

    def open(self, reference: str, amount_fen: int, title: str, expires_at: datetime) -> str:
        """Open a payment and return the text of its QR code; repeated it is the same payment."""

    def open_on_phone(
        self, reference: str, amount_fen: int, title: str, expires_at: datetime, payer: Payer
    ) -> str:
        """Open a payment and return the address that its payer's browser is led to."""

    def query(self, reference: str) -> Reported:
        """Ask how a payment stands."""

    def close(self, reference: str, *, on_phone: bool = False) -> None:
        """Close a payment that was not paid; whether it was, `query` tells before and after."""

    def refund(
        self, reference: str, number: str, amount_fen: int, paid_fen: int, reason: str
    ) -> RefundStanding:
        """Ask for a refund; repeated with the same number it is the same refund."""

    def query_refund(self, reference: str, number: str) -> RefundStanding:
        """Ask how a refund stands."""

    def read_notice(
        self, headers: Mapping[str, str], body: bytes, now: datetime
    ) -> Reported | RefundNotice | None:
        """Return what a notice says, None when it is of no interest.

        Raises:
            BadNotice: its signature does not fit, it is too old, or for another merchant.
        """
