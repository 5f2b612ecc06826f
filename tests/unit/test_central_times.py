"""What depends on the time, with a clock that the test sets."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from central_samples import jpeg, sha256, submission
from sqlalchemy import select

from kiosk.central.contract import OrderState, PaymentRequest, PaymentState, Submission
from kiosk.central.service import decisions, intake, payments, receipts, review, staff
from kiosk.central.service.context import Service, open_service
from kiosk.central.service.demo import prepare_demo
from kiosk.central.service.errors import ServiceError
from kiosk.central.service.settings import load_service_settings
from kiosk.central.service.tables import Booth, Event, Staff

POLICY = decisions.Policy(lease_s=300, undo_s=10, second_look_percent=0)


class Clock:
    def __init__(self) -> None:
        self.now = datetime.now(UTC)

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture(scope="module")
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory, clock: Clock) -> Iterator[Service]:
    demo = prepare_demo(tmp_path_factory.mktemp("central"), sandbox_settles_after_s=2.0)
    opened = open_service(load_service_settings(demo.config_path), clock)
    yield opened
    opened.database.close()


def take_in(service: Service, seed: int, **changes: object) -> Submission:
    photo, original = jpeg(seed), jpeg(seed + 100)
    message = submission(photo, original, code_hash=sha256(b"%d" % seed), **changes)
    booth = service.database.read(lambda session: session.scalar(select(Booth)))
    assert booth is not None
    upload = intake.Upload(message, io.BytesIO(photo), io.BytesIO(original), "the booth's key")
    intake.take_in(service, booth, upload)
    return message


def reviewer(service: Service, name: str) -> Staff:
    return service.database.write(
        lambda s: staff.add(s, name, "a long password", staff.Role.REVIEWER, service.clock())
    )


def test_a_receipt_link_expires(service: Service, clock: Clock) -> None:
    message = take_in(service, 1)
    token = message.receipt_token
    days = timedelta(days=service.settings.receipt_lifetime_days)

    def state_after(wait: timedelta) -> str:
        return service.database.read(lambda s: receipts.order_of(s, token, clock.now + wait).state)

    assert state_after(days - timedelta(seconds=1)) == OrderState.PENDING
    with pytest.raises(ServiceError) as refused:
        state_after(days)
    assert (refused.value.status, refused.value.code) == (410, "receipt_expired")
    with pytest.raises(ServiceError, match="expired"):
        service.database.write(lambda s: receipts.withdraw(s, token, clock.now + days))


def test_a_reviewer_who_walked_away_loses_the_photo(service: Service, clock: Clock) -> None:
    take_in(service, 2)
    first, second = reviewer(service, "first"), reviewer(service, "second")
    lease_s = service.settings.review_lease_s

    def next_for(account: Staff) -> str | None:
        return service.database.write(lambda s: review.take_next(s, account, clock.now, lease_s))

    order = next_for(first)
    assert order is not None
    assert next_for(second) != order
    clock.now += timedelta(seconds=lease_s)
    assert service.database.write(lambda s: review.take(s, order, second, clock.now, lease_s))
    with pytest.raises(ServiceError) as refused:
        service.database.write(
            lambda s: decisions.decide(s, order, 1, first, clock.now, None, POLICY)
        )
    assert refused.value.code == "order_leased"
    decided = service.database.write(
        lambda s: decisions.decide(s, order, 1, second, clock.now, None, POLICY)
    )
    assert decided.state == OrderState.APPROVED


def test_sandbox_money_arrives_after_its_delay(service: Service, clock: Clock) -> None:
    booth = service.database.read(lambda session: session.scalar(select(Booth)))
    assert booth is not None
    request = PaymentRequest(
        reference="delayed-01", batch="Z3K8F7", code_hash=sha256(b"x"),
        method="sandbox", amount_fen=2000,
    )  # fmt: skip

    def ask() -> PaymentState:
        return service.database.write(
            lambda s: payments.open_payment(s, request, booth, clock.now, service.settings)
        ).state

    assert ask() is PaymentState.OPEN
    clock.now += timedelta(seconds=1.9)
    assert ask() is PaymentState.OPEN
    clock.now += timedelta(seconds=0.1)
    assert ask() is PaymentState.SETTLED


def test_wrong_passwords_count_for_a_while(service: Service, clock: Clock) -> None:
    reviewer(service, "forgetful")
    for _ in range(service.settings.login_failures):
        with pytest.raises(ServiceError, match="wrong"):
            staff.log_in(service, "forgetful", "no", "192.0.2.1")
    with pytest.raises(ServiceError, match="Too many"):
        staff.log_in(service, "forgetful", "a long password", "192.0.2.9")
    clock.now += timedelta(seconds=service.settings.login_window_s)
    account = staff.log_in(service, "Forgetful ", "a long password", "192.0.2.9")
    assert account.name == "forgetful"


@pytest.mark.parametrize(
    ("signature", "valid"),
    [("", None), ("00" * 32, False), ("not hex at all", False), (None, True)],
)
def test_the_booths_signature_is_looked_at(
    service: Service, signature: str | None, *, valid: bool | None
) -> None:
    import hashlib
    import hmac

    seed = 50 + len(str(signature))
    if signature is None:
        signed = (sha256(jpeg(seed)) + sha256(jpeg(seed + 100))).encode()
        signature = hmac.new(b"the booth's key", signed, hashlib.sha256).hexdigest()
    message = take_in(service, seed, signature=signature)
    order = service.database.read(
        lambda s: receipts.order_of(s, message.receipt_token, service.clock()).photo
    )
    assert order.signature_valid is valid
    assert order.signature == signature


def test_the_log_says_who_did_what(service: Service) -> None:
    lines = service.database.read(lambda session: session.scalars(select(Event)).all())
    assert {"submit", "approve", "staff_add", "booth_add", "login", "login_failed"} <= {
        line.action for line in lines
    }
    approved = next(line for line in lines if line.action == "approve")
    assert (approved.actor, approved.state_after) == ("staff:second", "approved")
