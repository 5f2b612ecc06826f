"""The demo's reviewer goes by the forms that stand on the pages, and says what is missing."""

from __future__ import annotations

import pytest
import requests

from kiosk.demo.processes import DemoError
from kiosk.demo.reviewer import Reviewer

QUEUE = """<form action="/logout" method="post"><input type="hidden" name="csrf" value="t1"></form>
<form action="/review/next" method="post"><input type="hidden" name="csrf" value="t2">
<input type="text" name="q" value="not hidden"></form>"""
ORDER = """<form action="/review/7/approve" method="post">
<input type="hidden" name="csrf" value="t3"><input type="hidden" name="version" value="1">
<button formaction="/review/7/reject">Reject</button><button>Approve</button></form>"""
LOGIN = '<form action="/login"><input type="hidden" name="csrf" value="t0"></form>'


class Pages:
    """A browser's session with made-up pages in place of the network."""

    def __init__(self, **pages: str) -> None:
        self.pages = {"/login": LOGIN, "/review": QUEUE, "/review/7": ORDER} | pages
        self.next = "/review/7"
        self.after_login = "/review"
        self.sent: list[tuple[str, dict]] = []

    def answer(self, url: str) -> requests.Response:
        answer = requests.Response()
        path = url.removeprefix("http://centre.example")
        answer.status_code, answer.url = (200, url) if path in self.pages else (404, url)
        answer._content = self.pages.get(path, "").encode()
        answer.encoding = "utf-8"
        return answer

    def get(self, url: str, timeout: float) -> requests.Response:
        return self.answer(url)

    def post(self, url: str, data: dict, timeout: float) -> requests.Response:
        path = url.removeprefix("http://centre.example")
        self.sent.append((path, data))
        leads = {"/login": self.after_login, "/review/next": self.next}.get(path, "/review")
        return self.answer("http://centre.example" + leads)


@pytest.fixture
def pages():
    return Pages()


@pytest.fixture
def reviewer(pages):
    reviewer = Reviewer("http://centre.example")
    reviewer._session.close()
    reviewer._session = pages
    return reviewer


def test_photo_is_approved_with_the_fields_its_form_hides(reviewer, pages):
    assert reviewer.approve_next() == "http://centre.example/review/7"
    assert pages.sent == [
        ("/review/next", {"csrf": "t2"}),
        ("/review/7/approve", {"csrf": "t3", "version": "1"}),
    ]


def test_empty_queue(reviewer, pages):
    pages.next = "/review"
    with pytest.raises(DemoError, match="No photo waits"):
        reviewer.approve_next()


def test_account_that_is_refused(reviewer, pages):
    pages.after_login = "/login"
    with pytest.raises(DemoError, match="could not sign in"):
        reviewer.sign_in("reviewer", "wrong")
    assert pages.sent == [("/login", {"csrf": "t0", "name": "reviewer", "password": "wrong"})]


def test_page_without_the_form(reviewer, pages):
    pages.pages["/review/7"] = "<p>Locked.</p>"
    with pytest.raises(DemoError, match=r"/review/7 has no form for …/approve"):
        reviewer.approve_next()


def test_page_that_is_not_there(reviewer):
    with pytest.raises(requests.HTTPError):
        reviewer.page("/review/99")
