"""Two at once: what may be done once is done once, on a database whose writers run side by side."""

from __future__ import annotations

import contextlib
import io
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from central_phone import original
from central_print_shop import PrintShop
from central_samples import sha256
from payment_gateways import Gateways
from PIL import Image
from sqlalchemy import event, func, select

from kiosk.central.contract import PaymentState
from kiosk.central.service import (
    ledger,
    own_orders,
    own_payments,
    payments,
    provider_payments,
    receipts,
    staff,
    uploads,
)
from kiosk.central.service.booths import digest
from kiosk.central.service.context import Service
from kiosk.central.service.errors import ServiceError
from kiosk.central.service.gateways.base import Reported, Standing
from kiosk.central.service.money_tables import Refund
from kiosk.central.service.phone_booth import phone_booth
from kiosk.central.service.student_tables import PhoneUpload
from kiosk.central.service.tables import LoginFailure, Order, Payment, Receipt

_LOOK_S = 0.7
"""So long who has looked waits for the others to have looked, too."""


@contextlib.contextmanager
def all_have_looked(service: Service, many: int, before: str) -> Iterator[None]:
    """Hold each transaction before a statement until `many` are there, or some time is over."""
    barrier = threading.Barrier(many)

    def hold(_c: Any, _k: Any, statement: str, *_: Any) -> None:
        if statement.startswith(before):
            with contextlib.suppress(threading.BrokenBarrierError):
                barrier.wait(_LOOK_S)

    engine = service.database._engine
    event.listen(engine, "before_cursor_execute", hold)
    yield
    event.remove(engine, "before_cursor_execute", hold)


def at_once(many: int, work: Callable[[int], Any]) -> list[Any]:
    """Do it in as many threads; return what each returned, or the code it was refused with."""

    def one(number: int) -> Any:
        try:
            return work(number)
        except ServiceError as refusal:
            return refusal.code

    with ThreadPoolExecutor(many) as pool:
        return list(pool.map(one, range(many)))


@pytest.fixture(scope="module")
def shop(
    tmp_path_factory: pytest.TempPathFactory, new_database: Callable[[], str | None]
) -> Iterator[PrintShop]:
    folder = tmp_path_factory.mktemp("races")
    with Gateways(folder) as gateways:
        made = PrintShop(folder, gateways, new_database())
        yield made
        made.stop()


@pytest.fixture
def service(shop: PrintShop) -> Service:
    return shop.service


def order_of(shop: PrintShop, token: str) -> Order:
    return shop.service.database.read(lambda session: session.get_one(Receipt, digest(token)).order)


def test_guesses_at_once_are_not_more_guesses(shop: PrintShop, service: Service) -> None:
    shop.sent(code_hash=sha256(b"a code"), last_four="1234")

    with all_have_looked(service, 12, "INSERT INTO login_failures"):
        answers = at_once(
            12,
            lambda n: own_orders.open_by_code(service, "a code", f"{n:04d}", f"10.0.2.{n}"),
        )

    most = service.settings.code_failures
    assert answers.count("code_or_four_wrong") <= most
    assert answers.count("too_many_codes") >= 12 - most


def test_who_is_right_does_not_pay_for_having_been_counted(
    shop: PrintShop, service: Service
) -> None:
    shop.sent(code_hash=sha256(b"the code"), last_four="1234")

    for _ in range(service.settings.code_failures * 2):
        assert len(own_orders.open_by_code(service, "the code", "1234", "10.0.0.1")) >= 32

    subjects = service.database.read(lambda s: s.scalars(select(LoginFailure.subject)).all())
    assert "code from 10.0.0.1" not in subjects


def test_passwords_tried_at_once_are_not_more_tries(service: Service) -> None:
    most = service.settings.login_failures

    with all_have_looked(service, 12, "INSERT INTO login_failures"):
        answers = at_once(
            12, lambda n: staff.log_in(service, "printer", f"wrong {n}", f"10.0.0.{n}")
        )

    more = [at_once(1, lambda n: staff.log_in(service, "printer", "wrong", "10.0.1.1"))[0]
            for _ in range(most + 1)]  # fmt: skip
    assert (answers + more).count("login_wrong") <= most
    assert more[-1] == "too_many_logins"


def test_pictures_at_once_are_counted(service: Service) -> None:
    most = service.settings.code_pictures_per_address
    for _ in range(most - 3):
        own_orders.count_picture(service, "10.0.0.1")

    with all_have_looked(service, 12, "INSERT INTO login_failures"):
        answers = at_once(12, lambda _: own_orders.count_picture(service, "10.0.0.1"))

    assert answers.count(None) <= 3


def open_payments(shop: PrintShop, *methods: str) -> tuple[Order, list[str]]:
    """Open payments of one student's fee, as two booths or tabs do; return their references."""
    message = shop.sent()

    def work(session: Any) -> tuple[Order, list[str]]:
        order = shop.order_of(session, message)
        made = [
            Payment(
                reference=sha256(f"{method} {order.id}".encode())[:32], batch_id=order.batch_id,
                booth_id=phone_booth(session, shop.now()).id, code_hash=order.code_hash,
                method=method, state=PaymentState.OPEN, amount_fen=2000, created_at=shop.now(),
            )
            for method in methods
        ]  # fmt: skip
        session.add_all(made)
        return order, [one.reference for one in made]

    return shop.service.database.write(work)


def test_a_fee_paid_twice_at_once_stays_once(shop: PrintShop, service: Service) -> None:
    """On the booth's screen by WeChat, on the phone by Alipay: both tell of it now."""
    before = shop.balances().get(ledger.FEES, 0)
    order, references = open_payments(shop, "wechat", "alipay")
    methods = ("wechat", "alipay")

    with all_have_looked(service, 2, "UPDATE payments"):
        at_once(
            2,
            lambda n: provider_payments.take_in(
                service, Reported(references[n], Standing.PAID, 2000, f"transaction {n}"),
                methods[n], shop.now(),
            ),
        )  # fmt: skip

    def look(session: Any) -> tuple[list[str], int]:
        states = [session.get_one(Payment, one).state for one in references]
        back = select(func.count()).where(Refund.reference.in_(references))
        return sorted(states), session.scalar(back)

    assert service.database.read(look) == (["closed", "settled"], 1)
    assert shop.balances()[ledger.FEES] == before - 2000
    assert service.database.read(lambda s: payments.is_settled(s, order.batch_id, order.code_hash))


def test_money_for_what_was_given_up_goes_back_once_however_often_it_is_told(
    shop: PrintShop, service: Service
) -> None:
    """The server ended between opening it at the provider and noting that it had."""
    _, (reference,) = open_payments(shop, "wechat")

    def give_up(session: Any) -> None:
        payments.mark_closed(session, session.get_one(Payment, reference), "student", shop.now())

    service.database.write(give_up)
    paid = Reported(reference, Standing.PAID, 2000, "transaction 1")
    for _ in range(3):
        provider_payments.take_in(service, paid, "wechat", shop.now())

    count = select(func.count()).select_from(Refund).where(Refund.reference == reference)
    assert service.database.read(lambda session: session.scalar(count)) == 1


def test_a_refund_asked_for_by_two_is_one(shop: PrintShop, service: Service) -> None:
    before = shop.balances().get(ledger.FEES, 0)
    _, (reference,) = open_payments(shop, "counter")
    service.database.write(
        lambda s: payments.settle(s, s.get_one(Payment, reference), "test", shop.now())
    )

    with all_have_looked(service, 2, "INSERT INTO refunds"):
        answers = at_once(
            2,
            lambda n: (
                provider_payments.give_back(
                    service, reference, "wrong batch", f"staff:{n}", shop.now()
                ).state
            ),
        )

    assert sorted(answers) == ["refund_not_now", "requested"]
    assert shop.balances().get(ledger.FEES, 0) == before


def test_two_tabs_open_one_payment_of_the_fee(shop: PrintShop, service: Service) -> None:
    token = shop.sent().receipt_token
    service.database.write(lambda session: phone_booth(session, shop.now()))

    with all_have_looked(service, 2, "INSERT INTO payments"):
        answers = at_once(2, lambda _: own_payments.choose(service, token, None, "sandbox"))

    assert answers[0] == answers[1]
    order = order_of(shop, token)
    chosen = select(func.count()).where(Payment.code_hash == order.code_hash)
    assert service.database.read(lambda session: session.scalar(chosen)) == 1


def test_two_originals_at_once_are_one_that_waits(shop: PrintShop, service: Service) -> None:
    message = shop.sent()
    service.database.write(
        lambda session: receipts.withdraw(session, message.receipt_token, shop.now())
    )
    pictures = [original(Image.effect_noise((1200, 1600), 40 + n).convert("RGB")) for n in range(2)]

    with all_have_looked(service, 2, "INSERT INTO phone_uploads"):
        answers = at_once(
            2,
            lambda n: (
                uploads.take_in(service, message.receipt_token, io.BytesIO(pictures[n])).state
            ),
        )

    assert sorted(answers) == ["upload_waiting", "waiting"]
    waiting = select(func.count()).where(PhoneUpload.state == uploads.WAITING)
    assert service.database.read(lambda session: session.scalar(waiting)) == 1
