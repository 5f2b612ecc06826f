"""Alerts, from a booth's heartbeat over HTTP to a mailbox, a receiver of webhooks, and the page."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from central_browser import account
from central_phone import Mailbox
from central_server import RunningCentral
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import select
from webhook_receiver import SECRET, WebhookReceiver

from kiosk.central.client import CentralClient
from kiosk.central.contract import DeviceHealth, Heartbeat
from kiosk.central.service import alerts, booths, rollouts
from kiosk.central.service.alert_sending import post
from kiosk.central.service.alert_settings import AlertSettings
from kiosk.central.service.context import Service, open_service
from kiosk.central.service.demo import prepare_demo
from kiosk.central.service.jobs import JobFailed, Worker
from kiosk.central.service.settings import ServiceSettingsError, load_service_settings
from kiosk.central.service.staff import Role
from kiosk.central.service.tables import Event, Job
from kiosk.central.service.tasks import TASKS
from kiosk.central.signature import public_key


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    with Mailbox() as box:
        yield box


@pytest.fixture
def receiver() -> Iterator[WebhookReceiver]:
    with WebhookReceiver(answers=(500, 302), leads_to="http://127.0.0.1:9/") as made:
        yield made


@pytest.fixture
def central(
    tmp_path: Path,
    new_database: Callable[[], str | None],
    mailbox: Mailbox,
    receiver: WebhookReceiver,
) -> Iterator[RunningCentral]:
    demo = prepare_demo(tmp_path / "service", database_url=new_database())
    config = demo.config_path
    (config.parent / "webhook.key").write_text(SECRET + "\n")
    config.write_text(
        "jobs = false\n" + config.read_text() +
        f"[mail]\nhost = '127.0.0.1'\nport = {mailbox.port}\nsecurity = 'none'\n"
        "sender = 'booths@s.example'\n"
        f"[alerts]\nemail = ['duty@s.example']\nwebhook = '{receiver.address}'\n"
        "webhook_secret_file = 'webhook.key'\nclear_for_s = 60\n"
    )  # fmt: skip
    running = RunningCentral(demo).start()
    yield running
    assert running.stop() == 0


class Clock:
    def __init__(self) -> None:
        self.ahead = timedelta()

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.ahead


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def service(central: RunningCentral, clock: Clock) -> Iterator[Service]:
    opened = open_service(load_service_settings(central.demo.config_path), clock)
    yield opened
    opened.database.close()


def new_booth(central: RunningCentral, service: Service, name: str) -> CentralClient:
    token = service.database.write(lambda s: booths.enrol(s, name, service.clock()))
    return central.client(token)


def beat(number: int, **changes: Any) -> Heartbeat:
    values = {
        "number": number, "version": "1", "calibrated_at": datetime.now(UTC),
        "disk_free_bytes": 50, "disk_total_bytes": 100,
    }  # fmt: skip
    return Heartbeat(**(values | changes))


def look(service: Service) -> None:
    """Look for alerts and do the jobs that are due, as the workers do."""
    alerts.look_job(service, {})
    worker = Worker(service, {k: v for k, v in TASKS.items() if k.endswith("_alerts")})
    while worker.run_one():
        pass


def test_told_by_mail_and_webhook_shown_looked_after_and_over(
    central: RunningCentral,
    service: Service,
    clock: Clock,
    mailbox: Mailbox,
    receiver: WebhookReceiver,
) -> None:
    client = new_booth(central, service, "hot")
    client.heartbeat(beat(1, temperature_c=85.0, disk_free_bytes=5))
    look(service)
    (message,) = mailbox.messages
    assert message["To"] == "duty@s.example"
    text = message.get_content()
    assert "hot: 警报： 温度过高 / alert: too hot: 85 °C" in text
    assert "disk nearly full: 5 %" in text
    assert "(+1)" in message["Subject"], "one mail for all there is"
    assert receiver.taken == [], "refused once: tried again later"
    look(service)
    assert len(mailbox.messages) == 1, "the same is not told each minute"
    clock.ahead += timedelta(minutes=2)
    look(service)
    assert (receiver.asked, receiver.taken) == (2, []), "it does not go where it is led to"
    clock.ahead += timedelta(minutes=2)
    look(service)
    (sent,) = receiver.taken
    assert sent["type"] == "booth.alerts"
    assert {(a["kind"], a["subject"], a["notice"]) for a in sent["data"]["alerts"]} == {
        ("temperature", "hot", "raised"), ("disk", "hot", "raised"),
    }  # fmt: skip

    operator = account(central, "op", Role.OPERATIONS)
    page = operator.get("/fleet")
    assert "too hot: 85 °C" in page.text
    done = operator.submit(page, f"/fleet/alerts/{sent['data']['alerts'][0]['id']}")
    assert "looked after by op" in done.text
    assert operator.session.post(
        central.address + "/fleet/alerts/1", data={"token": "forged"}, timeout=30
    ).status_code == 403  # fmt: skip

    client.heartbeat(beat(2, temperature_c=60.0))
    look(service)
    clock.ahead += timedelta(minutes=2)
    look(service)
    last = mailbox.messages[-1].get_content()
    assert "已恢复： 温度过高 / over: too hot" in last
    assert {a["notice"] for a in receiver.taken[-1]["data"]["alerts"]} == {"cleared"}
    assert len(set(receiver.names)) == len(receiver.names)
    page = operator.get("/fleet").text
    assert "too hot" not in page
    history = operator.get("/fleet/alerts").text
    assert "too hot: 85 °C" in history
    assert "looked after by op" in history


def test_a_broken_device_is_named_in_the_readers_language(
    central: RunningCentral, service: Service
) -> None:
    client = new_booth(central, service, "torn")
    said = "Nikon D750 is held by gvfs."
    known = DeviceHealth(name="main_camera", fault=said, kind="held")
    newer = DeviceHealth(name="printer", fault="It burns.", kind="from_the_future")
    older = DeviceHealth(name="third", fault="It hangs.")
    client.heartbeat(beat(1, devices=(known, newer, older)))
    operator = account(central, "op", Role.OPERATIONS)
    chinese, english = operator.get("/fleet?lang=zh").text, operator.get("/fleet?lang=en").text
    assert "设备故障: 主相机, 被其他程序占用" in chinese
    assert "device fault: main camera, held by another program" in english
    for page in (chinese, english):
        assert all(words in page for words in (said, "It burns.", "third", "It hangs."))


def test_a_silent_booth_a_device_that_went_and_a_halted_rollout(
    central: RunningCentral, service: Service, clock: Clock, mailbox: Mailbox
) -> None:
    client = new_booth(central, service, "quiet")
    broken = DeviceHealth(name="camera", fault="does not answer", kind="no_answer", restarts_hour=4)
    client.heartbeat(beat(1, devices=(broken,)))
    look(service)
    assert "quiet camera" in mailbox.messages[-1].get_content()
    assert "device fault" not in mailbox.messages[-1].get_content(), "it may come back by itself"
    clock.ahead += timedelta(minutes=6)
    look(service)
    told = mailbox.messages[-1].get_content()
    assert "设备故障，没有响应 / alert: device fault, no answer: does not answer" in told
    clock.ahead += timedelta(minutes=6)
    look(service)
    assert "silent for: 12 min" in mailbox.messages[-1].get_content()
    standing = service.database.read(lambda s: {row.kind for row in alerts.raised(s)})
    assert standing == {"silent", "device", "restarts"}, "of a silent one nothing else is known"
    service.database.write(lambda s: booths.revoke(s, "quiet", service.clock()))
    look(service)
    clock.ahead += timedelta(minutes=6)
    look(service)
    assert service.database.read(alerts.raised) == [], "a booth that is gone alarms nobody"

    now = service.clock()
    service.database.write(lambda s: rollouts.begin(s, "2.0", "100", "staff:op", now))
    service.database.write(lambda s: rollouts.halt(s, "2.0", "staff:op", now))
    look(service)
    assert (
        "2.0: 警报： 版本发布已停止 / alert: rollout halted" in mailbox.messages[-1].get_content()
    )
    service.database.write(lambda s: rollouts.begin(s, "2.1", "100", "staff:op", now))
    look(service)
    clock.ahead += timedelta(minutes=6)
    look(service)
    assert "over: rollout halted" in mailbox.messages[-1].get_content()


def test_acknowledging_is_logged_and_only_what_stands_can_be(
    central: RunningCentral, service: Service
) -> None:
    new_booth(central, service, "low").heartbeat(beat(1, under_voltage=True))
    alerts.look_job(service, {})
    operator = account(central, "op", Role.OPERATIONS)
    operator.submit(operator.get("/fleet"), "/fleet/alerts/1")
    logged = service.database.read(
        lambda s: s.scalar(select(Event).where(Event.action == "alert_acknowledge"))
    )
    assert (logged.actor, logged.detail) == (
        "staff:op", {"kind": "under_voltage", "subject": "low"},
    )  # fmt: skip
    page = operator.get("/fleet")
    token = page.text.split('name="token" value="')[1].split('"')[0]
    answer = operator.session.post(
        central.address + "/fleet/alerts/99", data={"token": token}, timeout=30
    )
    assert answer.status_code == 404


def test_a_webhook_without_a_good_secret_waits_and_says_how_to_make_one(
    tmp_path: Path, receiver: WebhookReceiver
) -> None:
    limits = AlertSettings(webhook=receiver.address, webhook_secret_file=Path("key"))
    at = datetime.now(UTC)
    for text in ("", "short", "whsec_c2hvcnQ=", "whsec_!!!"):
        (tmp_path / "key").write_text(text)
        with pytest.raises(JobFailed, match="openssl rand"):
            post(limits, tmp_path, "m", b"{}", at)
    assert receiver.asked == 0
    (tmp_path / "key").write_text(SECRET)
    away = limits.model_copy(update={"webhook": "http://127.0.0.1:9/"})
    with pytest.raises(JobFailed, match="ConnectionError"):
        post(away, tmp_path, "m", b"{}", at)


def test_a_mail_server_that_is_away_loses_no_alert(
    central: RunningCentral, service: Service, clock: Clock, mailbox: Mailbox
) -> None:
    mailbox.failures = 1
    new_booth(central, service, "off").heartbeat(beat(1, clock_offset_s=90.0))
    look(service)
    assert mailbox.messages == []
    waiting = service.database.read(
        lambda s: [job.attempts for job in s.scalars(select(Job).where(Job.kind == "mail_alerts"))]
    )
    assert waiting == [1]
    clock.ahead += timedelta(minutes=1)
    look(service)
    assert "clock is off by: +90 s" in mailbox.messages[0].get_content()


def test_settings_name_what_is_missing(tmp_path: Path) -> None:
    path = tmp_path / "central.toml"
    path.write_text("[alerts]\nemail = ['duty@s.example']\n")
    with pytest.raises(ServiceSettingsError, match=r"mail\.host"):
        load_service_settings(path)


def test_a_booth_that_tells_another_key_for_minutes_is_an_alert_until_it_is_enrolled_anew(
    central: RunningCentral, service: Service, clock: Clock, mailbox: Mailbox
) -> None:
    client = new_booth(central, service, "keyed")
    right, wrong = (public_key(Ed25519PrivateKey.generate()) for _ in range(2))
    client.heartbeat(beat(1, report_key=right))
    client.heartbeat(beat(2, report_key=wrong))
    look(service)
    assert mailbox.messages == [], "one that is enrolled anew needs a heartbeat"
    clock.ahead = timedelta(minutes=6)
    look(service)
    (told,) = mailbox.messages
    assert "keyed" in str(told["Subject"]) + str(told.get_content())
    assert wrong[:12] in str(told.get_content())
    client.heartbeat(beat(3, report_key=right))
    for minutes in (7, 9):
        clock.ahead = timedelta(minutes=minutes)
        look(service)
    assert len(mailbox.messages) == 2, "told when it is over"
