"""A version on its way to many booths, over real HTTP: in stages, stopped by itself, halted."""

from __future__ import annotations

from pathlib import Path

import pytest
from central_browser import Browser, account
from central_server import RunningCentral
from sqlalchemy import text

from kiosk.central.client import CentralClient
from kiosk.central.contract import ReleaseReport
from kiosk.central.service import booths, rollouts, staff
from kiosk.central.service.context import Service
from kiosk.cli import update
from kiosk.update.on_this_machine import Places
from kiosk.update.state import UpdateState, write_state

BOOTHS = 12


@pytest.fixture
def central(fresh_central: RunningCentral) -> RunningCentral:
    return fresh_central


@pytest.fixture
def service(service_of_central: Service) -> Service:
    return service_of_central


def fleet(central: RunningCentral, service: Service) -> list[CentralClient]:
    now = service.clock()
    tokens = [
        service.database.write(
            lambda s, n=number: booths.enrol(s, f"b-{n}", now, "pilot" if n < 2 else "")
        )
        for number in range(BOOTHS)
    ]
    return [central.client(token) for token in tokens]


def begin(operator: Browser, version: str, stages: str):
    return operator.submit(operator.get("/rollouts"), "/rollouts", version=version, stages=stages)


def wanted(clients: list[CentralClient], committed: str = "1.0") -> list[str | None]:
    return [client.release(ReleaseReport(committed=committed)).wanted for client in clients]


def test_stage_by_stage_and_stopped_by_itself(central: RunningCentral, service: Service) -> None:
    clients = fleet(central, service)
    operator = account(central, "op", staff.Role.OPERATIONS)
    assert account(central, "re", staff.Role.REVIEWER).get("/rollouts").status_code == 403
    assert wanted(clients) == [None] * BOOTHS, "nobody directs them: each takes the newest"
    begin(operator, "2.0", "pilot 100\n100")
    assert wanted(clients) == ["2.0"] * 2 + [""] * (BOOTHS - 2)
    for client in clients[:2]:
        client.release(ReleaseReport(committed="2.0"))
    rollouts.advance_job(service, {})
    assert wanted(clients[2:]) == ["2.0"] * (BOOTHS - 2)
    assert "Stage 2 / 2" in operator.get("/rollouts").text
    for client in clients[2:5]:
        client.release(ReleaseReport(committed="1.0", refused={"2.0": "no live view"}))
    rollouts.advance_job(service, {})
    page = operator.get("/rollouts").text
    assert "Halted" in page
    assert "3 went back" in page
    assert wanted(clients[5:]) == [""] * (BOOTHS - 5), "nobody else takes it"
    assert wanted(clients[:2], "2.0") == ["", ""], "who has it keeps it"


def test_halted_by_a_person_and_what_cannot_be_begun(
    central: RunningCentral, service: Service
) -> None:
    clients = fleet(central, service)
    operator = account(central, "op", staff.Role.OPERATIONS)
    for bad in ("", "0", "101", "pilot", "10; DROP", "x" * 50 + " 10"):
        assert begin(operator, "2.0", bad).status_code == 422, bad
    assert begin(operator, "2.0 && rm", "100").status_code == 422
    begin(operator, "2.0", "100")
    assert begin(operator, "2.1", "100").status_code == 409
    assert wanted(clients[:1]) == ["2.0"]
    operator.submit(operator.get("/rollouts"), "/rollouts/halt")
    assert wanted(clients) == [""] * BOOTHS
    assert begin(operator, "2.0", "100").status_code == 409
    begin(operator, "2.1", "100")
    for client in clients:
        client.release(ReleaseReport(committed="2.1"))
    central.client().release(ReleaseReport(committed="2.1"))
    rollouts.advance_job(service, {})
    assert "Finished" in operator.get("/rollouts").text
    assert wanted(clients[:1], "1.0") == ["2.1"], "who missed it takes it later"


def test_a_booth_asks_before_it_updates_and_stays_when_nobody_answers(
    central: RunningCentral, service: Service, tmp_path: Path
) -> None:
    (tmp_path / "booth.key").write_text(central.demo.booth_token)
    config = tmp_path / "kiosk.toml"
    config.write_text(
        f'[central]\nurl = "{central.address}"\nbooth_token_file = "booth.key"\nretries = 0\n'
    )
    places = Places(root=tmp_path / "root", data=tmp_path / "data")
    places.data.mkdir()
    write_state(places.state, UpdateState(refused={"1.9": "no live view"}))
    assert update._ask(config, places) is None
    begin(account(central, "op", staff.Role.OPERATIONS), "2.0", "100")
    assert update._ask(config, places) == "2.0"
    with service.database._engine.connect() as connection:
        (refused,) = connection.execute(text("SELECT refused FROM booth_releases")).one()
    assert "no live view" in str(refused)
    central.stop()
    assert update._ask(config, places) == "", "unheard: it stays with what it has"
    central.start()
