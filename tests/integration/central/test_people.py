"""Accounts: the second factor, administration, and who may do what."""

from __future__ import annotations

import html
import re
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

import pyotp
import pytest
import requests
from central_browser import Browser, Form, account, order_of, send
from central_matrix import BOOTH, CODE, EVERYBODY, LINK, MATRIX, PROVIDER, Who
from central_server import RunningCentral, start_central
from starlette.routing import BaseRoute, Mount, Route

from kiosk.central.service.app import create_app
from kiosk.central.service.settings import load_service_settings
from kiosk.central.service.staff import Role

PASSWORD = "a long password"


@pytest.fixture(scope="module")
def central(own_central: RunningCentral) -> RunningCentral:
    return own_central


@pytest.fixture(scope="module")
def administrator(central: RunningCentral) -> Browser:
    return account(central, "root", Role.ADMIN)


def enrol(browser: Browser, password: str = PASSWORD) -> tuple[str, str]:
    """Set the second factor up as a person does; return the phone's secret and the code used."""
    page = browser.get("/account")
    secret = re.search(r"<code>([A-Z2-7]{32})</code>", page.text)[1]
    assert "<svg" in page.text
    used = pyotp.TOTP(secret).now()
    done = browser.submit(page, "/account/second-factor", code=used, password=password)
    assert done.status_code == 200
    assert "It is on" in done.text
    return secret, used


def test_with_a_second_factor_the_password_alone_opens_nothing(central: RunningCentral) -> None:
    browser = account(central, "careful", Role.REVIEWER)
    secret, used = enrol(browser)
    other = Browser(central)
    asked = other.log_in("careful", PASSWORD, page="/login?next=/review")
    assert "/login/code?next=%2Freview" in asked.url
    half = requests.get(
        central.address + "/review",
        cookies=other.session.cookies,
        allow_redirects=False,
        timeout=30,
    )
    assert half.headers["Location"].startswith("/login"), "half a session is none"
    refused = other.submit(asked, "/login/code", code=used)
    assert refused.status_code == 401, "each code once: this one was used to set it up"
    assert other.submit(refused, "/login/code", code="000000").status_code == 401
    following = pyotp.TOTP(secret).at(time.time() + 30)
    inside = other.submit(refused, "/login/code", code=following)
    assert inside.url.endswith("/review")
    replayed = Browser(central)
    asked = replayed.log_in("careful", PASSWORD)
    assert replayed.submit(asked, "/login/code", code=following).status_code == 401


def test_guessing_codes_is_limited(central: RunningCentral) -> None:
    browser = account(central, "guessed", Role.REVIEWER)
    enrol(browser)
    other = Browser(central)
    page = other.log_in("guessed", PASSWORD)
    statuses = [other.submit(page, "/login/code", code=f"{n:06d}").status_code for n in range(9)]
    assert statuses == [401] * 8 + [429]


def test_an_offer_of_another_account_or_a_wrong_code_sets_nothing_up(
    central: RunningCentral,
) -> None:
    one, two = (account(central, name, Role.REVIEWER) for name in ("one", "two"))
    foreign = Form(one.get("/account").text, "/account/second-factor").fields["offer"]
    page = two.get("/account")
    mine = {"password": PASSWORD}
    answer = two.submit(page, "/account/second-factor", code="123456", offer=foreign, **mine)
    assert answer.status_code == 403
    wrong = two.submit(two.get("/account"), "/account/second-factor", code="abc", **mine)
    assert wrong.status_code == 422
    assert Browser(central).log_in("two", PASSWORD).url.endswith("/review"), "no code is asked for"


def test_an_administrator_makes_changes_and_ends_accounts(
    central: RunningCentral, administrator: Browser
) -> None:
    page = administrator.submit(administrator.get("/staff"), "/staff", name="Wang", role="reviewer")
    password = html.unescape(re.search(r"<code>(\S+)</code>", page.text)[1])
    wang = Browser(central)
    assert wang.log_in("wang", password).url.endswith("/review")
    again = administrator.submit(administrator.get("/staff"), "/staff", name="wang", role="admin")
    assert again.status_code == 409

    def change(**values: str) -> requests.Response:
        return administrator.submit(administrator.get("/staff"), "/staff/wang", **values)

    change(what="role", role="operations")
    assert "/login" in wang.get("/review").url, "its sessions ended"
    assert wang.log_in("wang", password).url.endswith("/fleet")
    renewed = change(what="password")
    assert wang.log_in("wang", password).status_code == 401
    password = html.unescape(re.search(r"<code>(\S+)</code>", renewed.text)[1])
    assert wang.log_in("wang", password).status_code == 200
    change(what="deactivate")
    assert "/login" in wang.get("/account").url
    assert wang.log_in("wang", password).status_code == 401


def test_the_last_administrator_stays(tmp_path: Path) -> None:
    central = start_central(tmp_path)
    try:
        browser = Browser(central)
        browser.log_in(central.demo.reviewer_name, central.demo.reviewer_password)
        path = f"/staff/{central.demo.reviewer_name}"
        for values in ({"what": "deactivate"}, {"what": "role", "role": "reviewer"}):
            answer = browser.submit(browser.get("/staff"), path, **values)
            assert answer.status_code == 409
        assert browser.get("/staff").status_code == 200
    finally:
        central.stop()


def test_ones_own_password(central: RunningCentral) -> None:
    browser = account(central, "self", Role.REVIEWER)
    page = browser.get("/account")
    wrong = browser.submit(page, "/account/password", old="not it at all", new="quite new words")
    assert wrong.status_code == 401
    short = browser.submit(page, "/account/password", old=PASSWORD, new="short")
    assert short.status_code == 422
    done = browser.submit(page, "/account/password", old=PASSWORD, new="quite new words")
    assert done.url.endswith("/login")
    assert "/login" in browser.get("/account").url
    assert browser.log_in("self", "quite new words").status_code == 200


def test_a_required_second_factor_comes_before_everything(tmp_path: Path) -> None:
    central = start_central(tmp_path)
    central.stop()
    with central.demo.config_path.open("a") as file:
        file.write("require_second_factor = true\n")
    central.start()
    try:
        browser = Browser(central)
        browser.log_in(central.demo.reviewer_name, central.demo.reviewer_password)
        for path in ("/review", "/batches", "/staff", "/fleet"):
            assert browser.get(path).url.endswith("/account")
        enrol(browser, central.demo.reviewer_password)
        assert browser.get("/review").url.endswith("/review")
    finally:
        central.stop()


def flat(routes: Iterable[BaseRoute]) -> Iterator[Route]:
    for route in routes:
        if isinstance(route, Route):
            yield route
        elif not isinstance(route, Mount):  # what FastAPI includes a router as
            yield from flat(route.original_router.routes)


def routes_of(central: RunningCentral) -> list[tuple[str, str]]:
    app = create_app(load_service_settings(central.demo.config_path))
    found = [
        (method, route.path)
        for route in flat(app.routes)
        for method in sorted(route.methods - {"HEAD"})
    ]
    app.state.service.database.close()
    return found


def calls(central: RunningCentral, who: Who, filler: str) -> Iterator[tuple[str, str, str]]:
    """Yield method, pattern, and address with something in place of what it names."""
    for (method, pattern), whose in MATRIX.items():
        if whose == who:
            path = pattern.replace("{provider}", "wechat").replace("{version}", "1")
            yield method, pattern, central.address + re.sub(r"\{[a-z_0-9]+(:\w+)?\}", filler, path)


def pages() -> set[Who]:
    return {who for who in MATRIX.values() if isinstance(who, frozenset)}


def test_the_matrix_names_every_endpoint_and_no_other(central: RunningCentral) -> None:
    """Whoever adds an endpoint says here who may use it."""
    there, named = set(routes_of(central)), set(MATRIX)
    assert sorted(there - named) == [], "without a line in central_matrix.py"
    assert sorted(named - there) == [], "no longer there"


def test_every_role_is_kept_from_every_page_of_others(central: RunningCentral) -> None:
    order = order_of(central, send(central))
    people = {role.value: account(central, f"m-{role.value}", role) for role in Role}
    people["nobody"] = Browser(central)
    assert set(people) == EVERYBODY
    for may in pages():
        for method, pattern, address in calls(central, may, "x" * 32):
            real = address.replace(f"/review/{'x' * 32}", f"/review/{order}")
            for name, browser in people.items():
                answer = browser.session.request(method, real, allow_redirects=False, timeout=30)
                assert answer.status_code < 500, (name, method, pattern)
                if name in may:
                    sent_away = answer.headers.get("Location", "").startswith("/login?next=")
                    assert not sent_away, (name, method, pattern)
                    # A form without its token is refused as such, not for the role.
                    assert "may not do this" not in answer.text, (name, method, pattern)
                elif name == "nobody":
                    assert answer.headers.get("Location", "").startswith("/login"), (
                        method, pattern,
                    )  # fmt: skip
                else:
                    assert answer.status_code == 403, (name, method, pattern)
                    assert "may not do this" in answer.text, (name, method, pattern)


def test_a_link_that_is_none_opens_nothing_to_anybody(central: RunningCentral) -> None:
    administrator = account(central, "m-links", Role.ADMIN)
    for method, pattern, address in calls(central, LINK, "x" * 32):
        for session in (requests.Session(), administrator.session):
            answer = session.request(method, address, allow_redirects=False, timeout=30)
            assert answer.status_code in (403, 404, 422), (method, pattern)


def test_no_page_is_open_to_booths_and_no_call_to_people(central: RunningCentral) -> None:
    key = {"Authorization": f"Bearer {central.demo.booth_token}"}
    administrator = account(central, "m-people", Role.ADMIN)
    for method, pattern, address in calls(central, BOOTH, "a" * 64):
        for session in (requests.Session(), administrator.session):
            answer = session.request(method, address, timeout=30)
            assert answer.status_code == 401, (method, pattern)
            assert answer.json()["code"] == "booth_unknown"
    for may in pages():
        if isinstance(may, frozenset) and "nobody" not in may:
            for method, pattern, address in calls(central, may, "a" * 64):
                answer = requests.request(
                    method, address, headers=key, allow_redirects=False, timeout=30
                )
                assert answer.headers["Location"].startswith("/login"), (method, pattern)


def test_calls_of_others_than_booths_ask_for_their_own_proof(central: RunningCentral) -> None:
    for who in (CODE, PROVIDER):
        for method, pattern, address in calls(central, who, "a" * 64):
            answer = requests.request(method, address, json={}, timeout=30)
            assert answer.status_code in (403, 404, 422), (method, pattern)
