"""A network's login page, or a proxy, answers for the central backend: nothing is given up."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from central_samples import jpeg, submission

from kiosk.central.client import CentralClient
from kiosk.central.contract import OrderState, SubmissionAnswer
from kiosk.central.errors import CentralRefused, CentralUnreachable
from kiosk.central.outbox import Outbox
from kiosk.central.outbox_index import EntryState
from kiosk.central.sender import Connection, Sender
from kiosk.settings.central import CentralSettings, OutboxSettings

LOGIN_PAGE = "<html><body>校园网登录</body></html>".encode()
OWN_REFUSAL = b'{"code": "order_locked", "message": "It is approved.", "remedy": ""}'
STATUSES = (200, 302, 400, 401, 403, 404, 405, 413, 511)


class Portal:
    """Answers everything in one way."""

    def __init__(self) -> None:
        self.status, self.body, self.asked = 200, LOGIN_PAGE, 0
        portal = self

        class Handler(BaseHTTPRequestHandler):
            def _answer(self) -> None:
                portal.asked += 1
                self.rfile.read(int(self.headers.get("Content-Length") or 0))
                self.send_response(portal.status)
                if portal.status == 302:
                    self.send_header("Location", "http://127.0.0.1:9/login")
                self.send_header("Content-Length", str(len(portal.body)))
                self.end_headers()
                self.wfile.write(portal.body)

            do_GET = do_PUT = do_POST = _answer  # noqa: N815 - names of the standard library

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self.server.server_port}"


@pytest.fixture
def portal() -> Iterator[Portal]:
    made = Portal()
    thread = threading.Thread(target=made.server.serve_forever)
    thread.start()
    yield made
    made.server.shutdown()
    thread.join()
    made.server.server_close()


def client_of(portal: Portal) -> CentralClient:
    settings = CentralSettings(url=portal.address, retries=0, store_uploads=False)
    return CentralClient(settings, "a-booth-s-key")


@pytest.mark.parametrize("status", STATUSES)
def test_a_login_page_is_not_taken_for_the_service(portal: Portal, status: int) -> None:
    portal.status = status
    client = client_of(portal)
    calls: tuple[Callable[[], object], ...] = (
        client.health,
        lambda: client.batch("Z3K8F7"),
        lambda: client.find_submission(submission(jpeg(1), jpeg(2))),
    )
    for call in calls:
        with pytest.raises(CentralUnreachable):
            call()


@pytest.mark.parametrize("status", STATUSES)
def test_no_photo_is_given_up_for_a_login_page(portal: Portal, status: int, tmp_path: Path) -> None:
    portal.status = status
    with Outbox(tmp_path, bytes(32), min_free_bytes=0) as outbox:
        for seed in range(4):
            photo, original = jpeg(seed), jpeg(seed + 1000)
            outbox.put(submission(photo, original), photo, original)
        sender = Sender(outbox, client_of(portal), OutboxSettings())
        sender.run_once(everything=True)
        assert {e.state for e in outbox.entries()} == {EntryState.WAITING}
        if status != 511:  # a server's fault, which may be one photo's alone
            assert portal.asked == 2, "photos are sent to a login page"
            assert sender.connection is Connection.OFFLINE
            assert sender.pause_s > 0


def test_a_proxy_that_takes_offence_at_one_photo_does_not_hold_up_the_others(
    portal: Portal, tmp_path: Path
) -> None:
    """Nor does it for ever: the photo is tried again."""
    client = client_of(portal)

    class Central:
        def __init__(self) -> None:
            self.sent: list[str] = []

        def submit(self, message, photo, original):
            if not self.sent and message.photo_sha256 == first:
                return client.submit(message, photo, original)
            self.sent.append(message.photo_sha256)
            return SubmissionAnswer(
                photo_sha256=message.photo_sha256,
                original_sha256=message.original_sha256,
                order="o-1",
                version=1,
                state=OrderState.PENDING,
            )

        def find_submission(self, message):
            return None

    portal.status = 405
    with Outbox(tmp_path, bytes(32), min_free_bytes=0) as outbox:
        names = []
        for seed in range(3):
            photo, original = jpeg(seed), jpeg(seed + 1000)
            names.append(outbox.put(submission(photo, original), photo, original).photo_sha256)
        first = names[0]
        central = Central()
        sender = Sender(outbox, central, OutboxSettings())
        done = sender.run_once()
        assert (done.sent, done.failed) == (2, 1)
        assert sender.run_once(everything=True).sent == 1


def test_the_service_s_own_refusal_still_counts(portal: Portal) -> None:
    portal.status, portal.body = 409, OWN_REFUSAL
    with pytest.raises(CentralRefused, match="order_locked"):
        client_of(portal).batch("Z3K8F7")
