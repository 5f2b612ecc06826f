"""The pages as a browser's forms use them, over real HTTP."""

from __future__ import annotations

import re

import pytest
import requests
from central_browser import Browser, Form, account, order_of, send, state_of
from central_samples import sha256
from central_server import RunningCentral

from kiosk.central.contract import OrderState, PaymentRequest
from kiosk.central.errors import CentralRefused
from kiosk.central.service import staff


@pytest.fixture(scope="module")
def central(own_central: RunningCentral) -> RunningCentral:
    return own_central


@pytest.fixture
def reviewer(central: RunningCentral) -> Browser:
    browser = Browser(central)
    answer = browser.log_in(central.demo.reviewer_name, central.demo.reviewer_password)
    assert answer.url.endswith("/review")
    return browser


def test_a_student_withdraws_while_pending_and_not_twice(central: RunningCentral) -> None:
    message = send(central)
    phone, path = Browser(central), f"/r/{message.receipt_token}"
    page = phone.get(path)
    assert page.status_code == 200
    assert "Waiting for review" in page.text
    assert message.receipt_number in page.text
    photo = phone.get(f"{path}/photo")
    assert sha256(photo.content) == message.photo_sha256
    done = phone.submit(page, f"{path}/withdraw")
    assert "Withdrawn" in done.text
    assert state_of(central, message) is OrderState.WITHDRAWN
    again = phone.submit(page, f"{path}/withdraw")
    assert again.status_code == 409
    assert "withdrawn" in again.text


def test_rejected_with_reasons_sent_again_and_approved(
    central: RunningCentral, reviewer: Browser
) -> None:
    first = send(central)
    order = order_of(central, first)
    page = reviewer.get(f"/review/{order}")
    reviewer.submit(page, f"/review/{order}/reject", reason=["glasses", "eyes"])
    assert state_of(central, first) is OrderState.REJECTED
    phone = Browser(central).get(f"/r/{first.receipt_token}").text
    assert "Not accepted" in phone
    assert phone.index("Eyes not open") < phone.index("Glasses not allowed")
    assert "Take the glasses off" in phone

    second = send(central, code_hash=first.code_hash)
    assert order_of(central, second) == order
    assert state_of(central, second) is OrderState.PENDING
    page = reviewer.get(f"/review/{order}")
    assert "Version 2" in page.text
    assert "Glasses not allowed" in page.text, "why the earlier one was rejected"
    reviewer.submit(page, f"/review/{order}/reject", f"/review/{order}/approve")
    assert state_of(central, second) is OrderState.APPROVED
    assert "Approved" in Browser(central).get(f"/r/{first.receipt_token}").text

    with pytest.raises(CentralRefused) as refused:
        send(central, code_hash=first.code_hash)
    assert refused.value.code == "order_locked"
    locked = Browser(central).get(f"/r/{second.receipt_token}")
    assert "/withdraw" not in locked.text


def test_a_decision_opens_the_next_photo_and_none_comes_back(
    central: RunningCentral, reviewer: Browser
) -> None:
    waiting = {order_of(central, send(central)) for _ in range(3)}
    page = reviewer.submit(reviewer.get("/review"), "/review/next")
    seen = []
    while match := re.search(r"/review/([0-9a-f]{16})(\?decided=\w+)?$", page.url):
        order = match[1]
        seen.append(order)
        page = reviewer.submit(page, f"/review/{order}/reject", f"/review/{order}/approve")
    assert page.url.endswith(f"/review?decided={seen[-1]}")
    assert "Everything is reviewed" in page.text
    assert "/undo" in page.text
    assert waiting <= set(seen)
    assert len(seen) == len(set(seen))


def test_a_rejection_without_reason_and_an_unknown_one_are_refused(
    central: RunningCentral, reviewer: Browser
) -> None:
    message = send(central)
    order = order_of(central, message)
    page = reviewer.get(f"/review/{order}")
    for reason in ([], ["ugly"]):
        answer = reviewer.submit(page, f"/review/{order}/reject", reason=reason)
        assert answer.status_code == 422
    assert state_of(central, message) is OrderState.PENDING


def test_a_photo_replaced_under_the_reviewers_eyes_is_not_approved_unseen(
    central: RunningCentral, reviewer: Browser
) -> None:
    first = send(central)
    order = order_of(central, first)
    page = reviewer.get(f"/review/{order}")
    second = send(central, code_hash=first.code_hash)
    answer = reviewer.submit(page, f"/review/{order}/reject", f"/review/{order}/approve")
    assert answer.status_code == 409
    assert "newer photo" in answer.text
    assert state_of(central, second) is OrderState.PENDING


def test_two_reviewers_never_get_the_same_photo(central: RunningCentral, reviewer: Browser) -> None:
    other = account(central, "second", staff.Role.REVIEWER)
    orders = [order_of(central, send(central)) for _ in range(2)]
    pages = [b.submit(b.get("/review"), "/review/next") for b in (reviewer, other)]
    assert pages[0].url != pages[1].url
    held = pages[0].url.rpartition("/")[2]
    peek = other.get(f"/review/{held}")
    assert "Another reviewer is looking" in peek.text
    assert "/approve" not in peek.text
    token = Form(pages[1].text, f"/review/{pages[1].url.rpartition('/')[2]}/reject").fields
    stolen = other.session.post(f"{central.address}/review/{held}/approve", data=token, timeout=30)
    assert stolen.status_code == 409
    assert set(orders)


def test_skipping_gives_the_photo_back_and_goes_on(
    central: RunningCentral, reviewer: Browser
) -> None:
    for _ in range(2):
        send(central)
    first = reviewer.submit(reviewer.get("/review"), "/review/next")
    order = first.url.rpartition("/")[2]
    second = reviewer.submit(first, f"/review/{order}/reject", f"/review/{order}/skip")
    assert second.url.rpartition("/")[2] not in ("review", order)
    other = account(central, "third", staff.Role.REVIEWER)
    assert "/approve" in other.get(f"/review/{order}").text


def test_the_manager_takes_approved_orders_to_the_end(
    central: RunningCentral, reviewer: Browser
) -> None:
    message = send(central, batch="N5W2Q8")
    order = order_of(central, message)
    reviewer.submit(
        reviewer.get(f"/review/{order}"), f"/review/{order}/reject", f"/review/{order}/approve"
    )
    manager = account(central, "manager", staff.Role.MANAGER)
    page = manager.submit(manager.get("/batches"), "/batches/N5W2Q8/process")
    assert state_of(central, message) is OrderState.PROCESSING
    manager.submit(page, "/batches/N5W2Q8/finish")
    assert state_of(central, message) is OrderState.DONE
    assert "handed over" in Browser(central).get(f"/r/{message.receipt_token}").text


def test_each_role_sees_its_own_pages_only(central: RunningCentral) -> None:
    manager = account(central, "manager2", staff.Role.MANAGER)
    assert manager.get("/review").status_code == 403
    assert manager.get("/batches").status_code == 200
    only_review = account(central, "reviewer2", staff.Role.REVIEWER)
    assert only_review.get("/batches").status_code == 403
    message = send(central)
    photo = f"/review/{order_of(central, message)}/photo/1"
    assert only_review.get(photo).status_code == 200
    assert manager.get(photo).status_code == 403
    nobody = Browser(central)
    assert nobody.get(photo).url.endswith(f"/login?next={photo}")


def test_forms_without_their_token_change_nothing(
    central: RunningCentral, reviewer: Browser
) -> None:
    message = send(central)
    order = order_of(central, message)
    reviewer.get(f"/review/{order}")
    for path, data in (
        (f"/review/{order}/approve", {"version": 1}),
        (f"/review/{order}/reject", {"version": 1, "reason": "eyes", "token": "0" * 64}),
        (f"/review/{order}/skip", {}),
        ("/review/next", {}),
        ("/logout", {}),
        ("/batches/N5W2Q8/process", {}),
        (f"/r/{message.receipt_token}/withdraw", {}),
    ):
        answer = reviewer.session.post(central.address + path, data=data, timeout=30)
        assert answer.status_code == 403, path
    assert state_of(central, message) is OrderState.PENDING
    foreign = Browser(central)
    token = Form(foreign.get("/login").text, "/login").fields["token"]
    stolen = reviewer.session.post(
        f"{central.address}/review/{order}/approve",
        data={"version": 1, "token": token},
        timeout=30,
    )
    assert stolen.status_code == 403, "another session's token"


def test_a_wrong_password_and_guessing(central: RunningCentral) -> None:
    browser = Browser(central)
    account(central, "guessed", staff.Role.REVIEWER)
    statuses = [browser.log_in("guessed", f"wrong {n}").status_code for n in range(9)]
    assert statuses == [401] * 8 + [429]
    limited = browser.log_in("guessed", "a long password")
    assert limited.status_code == 429
    assert "Too many wrong passwords" in limited.text
    assert int(limited.headers["Retry-After"]) > 0


def test_sessions_end_with_sign_out_and_cannot_be_made_up(central: RunningCentral) -> None:
    browser = Browser(central)
    nobody = browser.get("/login").cookies["session"]
    page = browser.log_in(central.demo.reviewer_name, central.demo.reviewer_password)
    session = browser.session.cookies["session"]
    assert session != nobody, "a session begun before signing in is not the one after"
    cookie = next(c for c in browser.session.cookies if c.name == "session")
    assert cookie.has_nonstandard_attr("HttpOnly")
    assert cookie.get_nonstandard_attr("SameSite") == "lax"
    for forged in (session[:-2] + "AA", "x", nobody, ""):
        answer = requests.get(central.address + "/review", cookies={"session": forged}, timeout=30)
        assert "/login" in answer.url
    browser.submit(page, "/logout")
    assert "/login" in browser.get("/review").url
    copied = requests.get(central.address + "/review", cookies={"session": session}, timeout=30)
    assert "/login" in copied.url, "whoever kept the cookie is out too"


def test_signing_in_leads_back_here_only(central: RunningCentral) -> None:
    for wish in ("//evil.example", "https://evil.example", "/\\evil.example"):
        browser = Browser(central)
        page = browser.get(f"/login?next={wish}")
        assert 'name="next" value="/"' in page.text


@pytest.mark.parametrize("language", ["zh", "en"])
def test_pages_speak_the_language_asked_for(central: RunningCentral, language: str) -> None:
    words = {"zh": "待审核", "en": "Waiting for review"}
    message = send(central)
    path = f"/r/{message.receipt_token}?lang={language}"
    page = Browser(central).get(path).text
    assert words.pop(language) in page
    assert next(iter(words.values())) not in page


@pytest.mark.parametrize("token", ["A" * 32, "short", "../../etc/passwd", "A" * 65])
def test_links_that_open_nothing(central: RunningCentral, token: str) -> None:
    answer = Browser(central).get(f"/r/{token}")
    assert answer.status_code == 404
    assert "text/html" in answer.headers["Content-Type"]


def test_every_answer_carries_the_security_headers(central: RunningCentral) -> None:
    for path in ("/login", "/r/nothing", "/nowhere", "/healthz", "/static/style.css"):
        headers = Browser(central).get(path).headers
        assert "default-src 'none'" in headers["Content-Security-Policy"]
        assert "unsafe" not in headers["Content-Security-Policy"]
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "no-referrer"
        assert "server" not in headers
    assert "no-store" in Browser(central).get("/login").headers["Cache-Control"]


def test_receipt_links_are_not_in_the_log(central: RunningCentral) -> None:
    message = send(central)
    Browser(central).get(f"/r/{message.receipt_token}")
    assert "/r/{receipt_token}" in central.log
    assert message.receipt_token not in central.log


def test_play_money_is_paid_on_its_page(central: RunningCentral) -> None:
    client = central.client()
    request = PaymentRequest(
        reference="sandbox-page-1", batch="Z3K8F7", code_hash=sha256(b"x"),
        method="sandbox", amount_fen=2000,
    )  # fmt: skip
    opened = client.open_payment(request)
    assert opened.qr_text.startswith(central.address)
    phone = Browser(central)
    page = phone.get(opened.qr_text.removeprefix(central.address))
    assert "¥20.00" in page.text
    paid = phone.submit(page, f"/sandbox/pay/{request.reference}")
    assert "Paid" in paid.text
    assert client.payment(request.reference).state == "settled"
