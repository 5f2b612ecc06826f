"""The Grafana dashboard and the rules for Prometheus ask for figures and labels that exist."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml
from central_server import RunningCentral, start_central
from prometheus_client.parser import text_string_to_metric_families

from kiosk.central.contract import DeviceHealth, Heartbeat, ReleaseReport
from kiosk.central.service import booths, rollouts
from kiosk.central.service.context import open_service
from kiosk.central.service.settings import load_service_settings

FOLDER = Path(__file__).parents[3] / "docs" / "grafana"
DASHBOARD = json.loads((FOLDER / "fleet.json").read_text(encoding="utf-8"))
RULES = yaml.safe_load((FOLDER / "rules.yml").read_text(encoding="utf-8"))
TELLING = Heartbeat(
    number=1, version="1.2.3", calibrated_at=datetime.now(UTC), disk_free_bytes=50,
    disk_total_bytes=100, temperature_c=50.0, under_voltage=False, clock_offset_s=0.5,
    devices=(DeviceHealth(name="camera", restarts_hour=1),),
)  # fmt: skip


@pytest.fixture(scope="module")
def central(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningCentral]:
    running = start_central(tmp_path_factory.mktemp("central"))
    running.stop()
    config = running.demo.config_path
    config.write_text("metrics_booths = 3\n" + config.read_text())
    service = open_service(load_service_settings(config))
    now = service.clock()
    tokens = [
        service.database.write(lambda s, n=n: booths.enrol(s, f"b-{n}", now, "north"))
        for n in range(5)
    ]
    service.database.write(lambda s: rollouts.begin(s, "2.0", "100", "staff:op", now))
    service.database.close()
    running.start()
    for token in tokens:
        client = running.client(token)
        client.heartbeat(TELLING)
        client.release(ReleaseReport(committed="1.2.3"))
    yield running
    assert running.stop() == 0


@pytest.fixture(scope="module")
def samples(central: RunningCentral) -> dict[str, set[str]]:
    """Name of each series to its labels."""
    text = central.get("/metrics").text
    found: dict[str, set[str]] = {}
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            found.setdefault(sample.name, set()).update(sample.labels)
    return found


def asked() -> list[tuple[str, str, str]]:
    """(where, expression, legend) of everything that asks Prometheus."""
    panels = [p for p in DASHBOARD["panels"] if p["type"] != "row"]
    found = [(p["title"], t["expr"], t["legendFormat"]) for p in panels for t in p["targets"]]
    variables = [v for v in DASHBOARD["templating"]["list"] if v["type"] == "query"]
    found += [(v["name"], v["query"]["query"], f"{{{{{v['name']}}}}}") for v in variables]
    rules: list[dict[str, Any]] = [r for group in RULES["groups"] for r in group["rules"]]
    return found + [(rule["alert"], rule["expr"], "") for rule in rules]


@pytest.mark.parametrize(("where", "expression", "legend"), asked())
def test_every_figure_that_is_asked_for_exists(
    samples: dict[str, set[str]], where: str, expression: str, legend: str
) -> None:
    names = set(re.findall(r"\bcentral_[a-z_]+", expression))
    assert names, where
    assert names <= set(samples), where
    labels = set(re.findall(r"(\w+)=~?\"", expression))
    for listed in re.findall(r"by \(([^)]+)\)", expression):
        labels |= set(re.split(r",\s*", listed))
    labels |= set(re.findall(r"\{\{(\w+)\}\}", legend))
    for name in names:
        assert labels <= samples[name] | {"le"}, where


def test_nothing_that_is_told_of_booths_is_left_unseen(samples: dict[str, set[str]]) -> None:
    shown = " ".join(expression for _, expression, _ in asked())
    hidden = {name for name in samples if name.startswith("central_") and name not in shown}
    assert not {name for name in hidden if not name.endswith(("_created", "_bucket"))}


def test_the_number_of_series_is_bounded(central: RunningCentral) -> None:
    families = text_string_to_metric_families(central.get("/metrics").text)
    values = {
        family.name: {tuple(s.labels.values()): s.value for s in family.samples}
        for family in families
    }
    assert len(values["central_booth_outbox_photos"]) == 3
    assert values["central_booths"][()] == 6, "five, and the demonstration's own"
    assert values["central_booths_without_series"][()] == 3
    assert values["central_booth_versions"] == {("1.2.3",): 3}
    assert values["central_rollout_booths"]["offered",] == 5


def test_the_dashboard_is_one_grafana_takes_and_panels_do_not_overlap() -> None:
    ids = [panel["id"] for panel in DASHBOARD["panels"]]
    assert len(set(ids)) == len(ids)
    taken: set[tuple[int, int]] = set()
    for panel in DASHBOARD["panels"]:
        place = panel["gridPos"]
        cells = {
            (x, y)
            for x in range(place["x"], place["x"] + place["w"])
            for y in range(place["y"], place["y"] + place["h"])
        }
        assert not cells & taken, panel["title"]
        assert place["x"] + place["w"] <= 24
        taken |= cells
    for panel in DASHBOARD["panels"]:
        assert panel["type"] in {"row", "stat", "timeseries", "bargauge"}
        if panel["type"] != "row":
            assert panel["datasource"]["uid"] == "${datasource}", "no data source of ours"
