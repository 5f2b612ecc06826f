"""Booths: enrolment by code, heartbeats, what needs a person, pushed settings."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import requests
from central_browser import Browser, account
from central_requests import parcel
from central_server import RunningCentral
from sqlalchemy import event, select
from sqlalchemy.orm import Session
from typer.testing import CliRunner

from kiosk.central.client import CentralClient
from kiosk.central.contract import DeviceHealth, Heartbeat
from kiosk.central.errors import CentralRefused
from kiosk.central.service import booths, fleet
from kiosk.central.service.booths import PHONES
from kiosk.central.service.context import Service, utc_now
from kiosk.central.service.errors import ServiceError
from kiosk.central.service.phone_booth import phone_booth
from kiosk.central.service.staff import Role
from kiosk.central.service.tables import Booth
from kiosk.cli import app
from kiosk.settings.central import CentralSettings


@pytest.fixture(scope="module")
def central(own_central: RunningCentral) -> RunningCentral:
    return own_central


@pytest.fixture(scope="module")
def operations(central: RunningCentral) -> Browser:
    return account(central, "operator", Role.OPERATIONS)


def code_in(page: requests.Response) -> str:
    return re.search(r"<code>([0-9A-Z-]{14})</code>", page.text)[1]


def add(operations: Browser, name: str, group: str = "") -> str:
    page = operations.get("/fleet")
    return code_in(operations.submit(page, "/fleet/add", name=name, group=group))


def well(number: int, **changes: Any) -> Heartbeat:
    values = {
        "number": number, "version": "1.2.3", "calibrated_at": datetime.now(UTC),
        "disk_free_bytes": 60, "disk_total_bytes": 100,
    }  # fmt: skip
    return Heartbeat(**(values | changes))


def card(operations: Browser, name: str) -> str:
    page = operations.get("/fleet").text
    start = page.index(f"<h2>{name} ")
    return page[start : page.index("</section>", start)]


def test_a_code_enrols_one_key_once(central: RunningCentral, operations: Browser) -> None:
    code = add(operations, "enrolled")
    client = CentralClient(CentralSettings(url=central.address), "ckb_its-own-key")
    with pytest.raises(CentralRefused):
        client.batch("Z3K8F7")
    assert client.enrol(code).booth == "enrolled"
    assert client.batch("Z3K8F7").code == "Z3K8F7"
    assert client.enrol(code).booth == "enrolled", "the answer was lost: asked again"
    thief = CentralClient(CentralSettings(url=central.address), "ckb_another")
    with pytest.raises(CentralRefused) as refused:
        thief.enrol(code)
    assert refused.value.code == "enrolment_code"
    with pytest.raises(CentralRefused):
        thief.batch("Z3K8F7")


def test_a_revoked_booth_is_refused_everywhere_until_enrolled_anew(
    central: RunningCentral, operations: Browser
) -> None:
    client = CentralClient(CentralSettings(url=central.address), "ckb_to-be-revoked")
    client.enrol(code := add(operations, "revoked"))
    page = operations.get("/fleet")
    operations.submit(page, "/fleet/booth/revoked", what="revoke")
    message, photo, original = parcel(booth="revoked")
    for call in (
        lambda: client.batch("Z3K8F7"),
        lambda: client.heartbeat(well(1)),
        lambda: client.submit(message, photo, original),
        lambda: client.enrol(code),
    ):
        with pytest.raises(CentralRefused):
            call()
    again = operations.submit(operations.get("/fleet"), "/fleet/booth/revoked", what="code")
    with pytest.raises(CentralRefused):
        client.enrol(code_in(again))  # a key that was revoked never comes back
    renewed = CentralClient(CentralSettings(url=central.address), "ckb_a-new-key")
    assert renewed.enrol(code_in(again)).booth == "revoked"
    assert renewed.submit(message, photo, original).version == 1


def test_guessing_codes_is_limited(central: RunningCentral) -> None:
    statuses = []
    for number in range(9):
        answer = requests.post(
            central.address + "/api/v1/enrolment",
            json={"code": f"AAAA-BBBB-{number:04d}", "key_hash": "0" * 64},
            headers={"X-Forwarded-For": "203.0.113.77"},
            timeout=30,
        )
        statuses.append(answer.status_code)
    assert statuses == [403] * 8 + [429]


def test_the_fleet_page_says_what_needs_a_person(
    central: RunningCentral, operations: Browser
) -> None:
    client = CentralClient(CentralSettings(url=central.address), "ckb_looked-at")
    client.enrol(add(operations, "looked-at"))
    assert "no heartbeat yet" in card(operations, "looked-at")
    client.heartbeat(well(1))
    assert "notice" not in card(operations, "looked-at")
    trouble = {
        "devices": (DeviceHealth(name="gripper", fault="does not answer"), DeviceHealth(name="x")),
        "outbox_refused": 2, "outbox_waiting": 7, "outbox_oldest_s": 8000.0,
        "disk_free_bytes": 5, "calibrated_at": datetime.now(UTC) - timedelta(days=9),
        "settings_problem": "visit.takes: too large",
    }  # fmt: skip
    client.heartbeat(well(2, **trouble))
    said = card(operations, "looked-at")
    for words in (
        "device fault: gripper<br>", '<span class="faint" lang="en">does not answer</span>',
        "photos refused: 2",
        "photos wait too long: 7, 133 min", "disk nearly full: 5 %", "calibrated long ago: 9 d",
        "cannot use its settings: visit.takes: too large",
    ):  # fmt: skip
        assert words in said
    client.heartbeat(well(1))
    assert "device fault" in card(operations, "looked-at"), "an old one played again is ignored"
    client.heartbeat(well(3, calibrated_at=None))
    assert "not calibrated" in card(operations, "looked-at")


def test_settings_reach_all_a_group_or_one_booth(
    central: RunningCentral, operations: Browser
) -> None:
    one, other = (
        CentralClient(CentralSettings(url=central.address), f"ckb_{n}") for n in ("one", "two")
    )
    one.enrol(add(operations, "set-one", "north"))
    other.enrol(add(operations, "set-two"))

    def push(scope: str, text: str) -> requests.Response:
        page = operations.get("/fleet")
        return operations.submit(page, "/fleet/settings", scope=scope, text=text)

    push("all", "[visit]\ntakes = 3\ntime_out_s = 40.5")
    push("group north", "visit.takes = 5")
    push("booth set-one", "screens.language = 'en'")
    answer = one.heartbeat(well(1))
    assert answer.settings == {
        "visit.takes": 5, "visit.time_out_s": 40.5, "screens.language": "en",
    }  # fmt: skip
    assert other.heartbeat(well(1)).settings == {"visit.takes": 3, "visit.time_out_s": 40.5}
    assert "does not use the newest" in card(operations, "set-one")
    one.heartbeat(well(2, settings_revision=answer.settings_revision))
    assert "does not use the newest" not in card(operations, "set-one")
    for scope, text in (("all", "no TOML"), ("all", "list.x = [1]"), ("planet", "a.b = 1")):
        assert push(scope, text).status_code == 422
    push("all", "")


def test_the_booths_own_command(
    tmp_path: Path, central: RunningCentral, operations: Browser
) -> None:
    config = tmp_path / "kiosk.toml"
    config.write_text(
        f"[booth]\nname = 'by-command'\n[central]\nurl = '{central.address}'\n"
        "booth_token_file = 'keys/token'\nretries = 0\n"
    )

    def run(code: str) -> Any:
        return CliRunner().invoke(app, ["enrol", code, "--config", str(config)])

    assert run("nonsense").exit_code == 2
    wrong = run("AAAA-AAAA-AAAA")
    assert wrong.exit_code == 2
    assert "Ask operations" in wrong.output
    code = add(operations, "by-command")
    done = run(code.lower())
    assert done.exit_code == 0, done.output
    token = tmp_path / "keys" / "token"
    assert token.stat().st_mode & 0o777 == 0o600
    client = CentralClient(CentralSettings(url=central.address), token.read_text().strip())
    assert client.batch("Z3K8F7").is_open
    assert list(token.parent.iterdir()) == [token]


def test_what_phones_send_is_booked_under_what_is_no_booth(
    central: RunningCentral, operations: Browser, service_of_central: Service
) -> None:
    """Nobody may get its key: neither by its name, nor by a code."""
    named = operations.submit(operations.get("/fleet"), "/fleet/add", name=PHONES)
    assert named.status_code == 422
    database = service_of_central.database
    database.write(lambda session: phone_booth(session, utc_now()))
    assert PHONES not in operations.get("/fleet").text
    add(operations, "beside-it")
    page = operations.get("/fleet")
    refused = operations.submit(
        page, "/fleet/booth/beside-it", f"/fleet/booth/{PHONES}", what="code"
    )
    assert refused.status_code == 404
    with pytest.raises(ServiceError, match="no booth"):
        database.write(lambda session: booths.rekey(session, PHONES, utc_now()))


def test_what_is_set_for_many_booths_is_read_once(
    central: RunningCentral, operations: Browser, service_of_central: Service
) -> None:
    for name, group in (("many-1", "many"), ("many-2", "many"), ("many-3", "")):
        add(operations, name, group)
    for scope, text in (("group many", "visit.takes = 3"), ("booth many-2", "visit.takes = 2")):
        page = operations.get("/fleet")
        operations.submit(page, "/fleet/settings", scope=scope, text=text)

    def work(session: Session) -> tuple[Mapping[str, str], dict[str, str], list[str]]:
        machines = session.scalars(select(Booth)).all()
        asked: list[str] = []
        event.listen(
            session.connection(), "before_cursor_execute", lambda *a: asked.append(str(a[2]))
        )
        found = fleet.revisions(session, machines)
        statements = list(asked)
        each = {one.name: fleet.settings_of(session, one).settings_revision for one in machines}
        return found, each, statements

    found, each, statements = service_of_central.database.read(work)
    assert found == each
    assert len({found[f"many-{number}"] for number in (1, 2, 3)}) == 3
    assert len(statements) == 1


def test_of_many_booths_some_are_shown_at_a_time_and_each_is_found(
    operations: Browser, service_of_central: Service
) -> None:
    def seed(session: Session) -> None:
        for number in range(120):
            booths.enrol(session, f"hall-{number:03d}", utc_now(), "north" if number % 2 else "")
        session.flush()
        one = session.scalars(select(Booth).where(Booth.name == "hall-119")).one()
        broken = DeviceHealth(name="camera", fault="It hangs.")
        fleet.note_heartbeat(session, one, well(1, devices=(broken,)), utc_now())

    service_of_central.database.write(seed)
    seen, path = [], "/fleet"
    while path:
        text = operations.get(path).text
        assert len(text) < 200_000
        names = re.findall(r"<h2>(hall-\d{3})", text)
        assert not set(names) & set(seen), "each once"
        seen += names
        following = re.search(r'href="(/fleet\?[^"]*after=\d+)"', text)
        path = html.unescape(following[1]) if following else ""
    assert len(seen) == 120
    found = operations.get("/fleet?search=HALL-07").text
    assert re.findall(r"<h2>(hall-\d{3})", found) == [f"hall-07{n}" for n in range(10)]
    assert "hall-001" in operations.get("/fleet?search=north").text
    assert "No booth is called so." in operations.get("/fleet?search=nowhere").text
    assert operations.get("/fleet?after=9999").status_code == 200
