"""A real Prometheus reads a central backend whose booths have every trouble a panel shows."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import yaml
from central_browser import send
from central_server import RunningCentral, start_central
from prometheus_server import Prometheus, prometheus
from sqlalchemy import select
from sqlalchemy.orm import Session

from kiosk.central.contract import DeviceHealth, Heartbeat, ReleaseReport
from kiosk.central.service import alerts, booths, rollouts
from kiosk.central.service.context import open_service
from kiosk.central.service.settings import load_service_settings
from kiosk.central.service.tables import Booth

HERE = Path(__file__).parent
FOLDER = HERE.parents[2] / "docs" / "grafana"
DASHBOARD = json.loads((FOLDER / "fleet.json").read_text(encoding="utf-8"))
_READ_S = 60.0
TROUBLED = Heartbeat(
    number=1, version="1.2.3", calibrated_at=datetime(2026, 1, 1, tzinfo=UTC), disk_free_bytes=5,
    disk_total_bytes=100, temperature_c=90.0, under_voltage=True, clock_offset_s=45.0,
    outbox_waiting=3, outbox_oldest_s=4000.0, outbox_refused=1,
    devices=(DeviceHealth(name="main camera", restarts_hour=5, fault="away"),),
)  # fmt: skip


@pytest.fixture(scope="module")
def central(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningCentral]:
    running = start_central(tmp_path_factory.mktemp("central"))
    service = open_service(load_service_settings(running.demo.config_path))
    now = service.clock()
    work = service.database.write
    tokens = {name: work(lambda s, n=name: booths.enrol(s, n, now, "north")) for name in ("a", "b")}
    work(lambda session: rollouts.begin(session, "2.0", "100", "staff:op", now))
    for token in tokens.values():
        client = running.client(token)
        client.heartbeat(TROUBLED)
        client.release(ReleaseReport(committed="1.2.3"))

    def fell_silent(session: Session) -> None:
        booth = session.scalars(select(Booth).where(Booth.name == "b")).one()
        booth.heartbeat_at = booth.seen_at = now - timedelta(hours=1)

    work(fell_silent)
    work(lambda session: alerts.look(session, service.settings, now))
    service.database.close()
    send(running)
    yield running
    assert running.stop() == 0


@pytest.fixture(scope="module")
def reader(
    central: RunningCentral, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Prometheus]:
    target = central.address.removeprefix("http://")
    folder = tmp_path_factory.mktemp("prometheus")
    with prometheus(folder, FOLDER / "prometheus.yml", target) as running:
        assert running.wait_for("central_booths", _READ_S)
        yield running


def shown() -> list[tuple[str, str]]:
    """(panel, expression) of everything the dashboard draws, for every booth and group."""
    return [
        (panel["title"], target["expr"].replace("$booth", ".*").replace("$group", ".*"))
        for panel in DASHBOARD["panels"]
        for target in panel.get("targets", ())
    ]


@pytest.mark.parametrize(("panel", "expression"), shown())
def test_every_panel_has_something_to_draw(
    reader: Prometheus, central: RunningCentral, panel: str, expression: str
) -> None:
    central.get("/healthz")  # an answer a second, for the rates
    assert reader.wait_for(expression, _READ_S), panel


def test_the_dashboard_s_choices_list_booths_and_groups(reader: Prometheus) -> None:
    for variable in DASHBOARD["templating"]["list"]:
        if variable["type"] == "query":
            asked = variable["query"]["query"]
            series, label = asked.removeprefix("label_values(").removesuffix(")").split(", ")
            values = reader.get(f"label/{label}/values", **{"match[]": series})
            assert values == {"booth": ["a", "b"], "group": ["north"]}[variable["name"]]


def test_it_takes_the_rules_and_finds_no_fault_with_them(reader: Prometheus) -> None:
    (group,) = reader.get("rules")["groups"]
    rules = yaml.safe_load((FOLDER / "rules.yml").read_text(encoding="utf-8"))
    assert [rule["name"] for rule in group["rules"]] == [
        rule["alert"] for rule in rules["groups"][0]["rules"]
    ]
    assert [rule.get("lastError") for rule in group["rules"]] == [None] * len(group["rules"])
    # One of two booths is silent: ten minutes later it would be told.
    pending = 'ALERTS{alertname="ManyBoothsSilent", alertstate="pending"}'
    assert reader.wait_for(pending, _READ_S)
    assert not reader.query('ALERTS{alertname="CentralAway"}')


def test_each_rule_rings_when_it_should_and_only_then() -> None:
    for command in (
        ["check", "config", FOLDER / "prometheus.yml"],
        ["check", "rules", FOLDER / "rules.yml"],
        ["test", "rules", HERE / "rules_test.yml"],
    ):
        done = subprocess.run(
            ["promtool", *command], check=False, capture_output=True, text=True, timeout=60
        )
        assert done.returncode == 0, done.stdout + done.stderr
    tests = yaml.safe_load((HERE / "rules_test.yml").read_text(encoding="utf-8"))["tests"]
    rung = {
        alert["alertname"]
        for test in tests
        for alert in test["alert_rule_test"]
        if alert.get("exp_alerts")
    }
    rules = yaml.safe_load((FOLDER / "rules.yml").read_text(encoding="utf-8"))
    assert rung == {rule["alert"] for rule in rules["groups"][0]["rules"]}


def test_promtool_finds_no_fault_with_the_figures(central: RunningCentral) -> None:
    done = subprocess.run(
        ["promtool", "check", "metrics"], input=central.get("/metrics").text,
        check=False, capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
