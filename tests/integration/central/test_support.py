"""A support bundle, from the button on the fleet page to the file in an operator's hands."""

from __future__ import annotations

import io
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import requests
from central_browser import Browser, account
from central_server import RunningCentral
from sqlalchemy import select
from typer.testing import CliRunner

from kiosk.booth.heartbeats import SUPPORT_WANTED, Heartbeats, PushedInUse
from kiosk.central.client import CentralClient
from kiosk.central.contract import Heartbeat
from kiosk.central.errors import CentralRefused
from kiosk.central.opening import open_outbox
from kiosk.central.service import booths, support, sweeping
from kiosk.central.service.context import Service
from kiosk.central.service.staff import Role
from kiosk.central.service.tables import Event
from kiosk.cli import app
from kiosk.settings import load


@pytest.fixture
def central(fresh_central: RunningCentral) -> RunningCentral:
    return fresh_central


@pytest.fixture
def service(service_of_central: Service) -> Service:
    return service_of_central


@pytest.fixture
def operator(central: RunningCentral) -> Browser:
    return account(central, "op", Role.OPERATIONS)


def ask(operator: Browser, booth: str = "helped") -> requests.Response:
    return operator.submit(operator.get("/fleet"), f"/fleet/booth/{booth}", what="support")


def zipped(text: str = "{}") -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(zipfile.ZipInfo("manifest.json"), text)  # the same each time
    return buffer.getvalue()


def new_booth(service: Service, name: str = "helped") -> str:
    return service.database.write(lambda s: booths.enrol(s, name, service.clock()))


def test_from_the_button_to_the_file(
    central: RunningCentral, service: Service, operator: Browser, tmp_path: Path
) -> None:
    token = new_booth(service)
    (tmp_path / "token").write_text(token)
    config = tmp_path / "kiosk.toml"
    config.write_text(
        f"[booth]\nname = 'helped'\n[central]\nurl = '{central.address}'\n"
        "booth_token_file = 'token'\n"
    )
    data = tmp_path / "data"
    data.mkdir()
    settings = load(config)
    with open_outbox(settings, tmp_path) as outbox:
        beats = Heartbeats(
            central.client(token), outbox, {}, tuple, lambda: None,
            data=data, in_use=PushedInUse(settings), every_s=60.0,
        )  # fmt: skip
        beats.beat()
        assert not (data / SUPPORT_WANTED).exists()
        assert "a support bundle is asked for" in ask(operator).text
        beats.beat()
        done = CliRunner().invoke(app, ["support", "send", "--config", str(config)])
        assert done.exit_code == 0, done.output
        assert not (data / SUPPORT_WANTED).exists()
        beats.beat()
        assert not (data / SUPPORT_WANTED).exists(), "it has come: nobody wants it any more"
    page = operator.get("/fleet").text
    link = page.split('href="/fleet/support/')[1].split('"')[0]
    answer = operator.get(f"/fleet/support/{link}")
    assert answer.headers["Content-Type"] == "application/zip"
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="helped-')
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        assert {"manifest.json", "settings.json", "outbox.json"} <= set(archive.namelist())
        assert token not in "".join(archive.read(n).decode() for n in archive.namelist())
    logged = service.database.read(
        lambda s: [
            (e.actor, e.action)
            for e in s.scalars(select(Event).where(Event.action.like("support%")).order_by("id"))
        ]
    )
    assert logged == [
        ("staff:op", "support_ask"), ("booth:helped", "support_bundle"),
        ("staff:op", "support_fetch"),
    ]  # fmt: skip


def beat(client: CentralClient, number: int) -> str:
    return client.heartbeat(Heartbeat(number=number, version="1")).support


def test_asked_twice_answered_twice_is_one(
    central: RunningCentral, service: Service, operator: Browser
) -> None:
    client = central.client(new_booth(service))
    ask(operator)
    first = beat(client, 1)
    ask(operator)
    assert beat(client, 2) == first
    client.send_support(first, zipped("first"))
    client.send_support(first, zipped("second"))
    assert beat(client, 3) == ""
    _, kept = support.fetch(service, 1, "staff:op", service.clock())
    assert kept == zipped("first")
    assert ask(operator).status_code == 200
    assert beat(client, 4) not in ("", first)


def test_what_nobody_asked_for_is_not_taken(
    central: RunningCentral, service: Service, operator: Browser
) -> None:
    client, other = (central.client(new_booth(service, name)) for name in ("helped", "other"))
    ask(operator)
    request = beat(client, 1)

    def refused(by: CentralClient, name: str, content: bytes) -> Any:
        with pytest.raises(CentralRefused) as caught:
            by.send_support(name, content)
        return caught.value.status, caught.value.code

    assert refused(other, request, zipped()) == (404, "support_unknown")
    assert refused(client, "0" * 32, zipped()) == (404, "support_unknown")
    assert refused(client, "../../etc", zipped())[0] in (404, 422)
    assert refused(client, request, b"\x7fELF") == (422, "support_bundle")
    assert refused(client, request, b"PK\x03\x04" + bytes(6_000_000)) == (413, "too_large")
    assert beat(client, 2) == request, "it is still wanted"
    assert operator.get("/fleet/support/1").status_code == 404
    reviewer = account(central, "re", Role.REVIEWER)
    client.send_support(request, zipped())
    assert reviewer.get("/fleet/support/1").status_code == 403
    assert operator.get("/fleet/support/1").status_code == 200


def test_kept_for_a_while_then_gone_with_its_file(
    central: RunningCentral, service: Service, operator: Browser
) -> None:
    client = central.client(new_booth(service))
    ask(operator)
    client.send_support(beat(client, 1), zipped())
    ((sha256, _),) = service.storage.files()
    named = service.database.read(lambda s: sweeping.named(s, [sha256]))
    assert named == {sha256}, "the sweeper leaves it alone"
    support.expire_job(service, {})
    assert len(list(service.storage.files())) == 1
    later = datetime.now(UTC) + timedelta(days=31)
    late = Service(**{**vars(service), "clock": lambda: later})
    support.expire_job(late, {})
    assert list(service.storage.files()) == []
    assert operator.get("/fleet/support/1").status_code == 404


def test_a_request_that_nobody_answers_is_given_up(
    central: RunningCentral, service: Service, operator: Browser
) -> None:
    client = central.client(new_booth(service))
    ask(operator)
    assert beat(client, 1) != ""
    late = Service(**{**vars(service), "clock": lambda: datetime.now(UTC) + timedelta(days=31)})
    support.expire_job(late, {})
    assert beat(client, 2) == ""
