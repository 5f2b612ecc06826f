"""When an alert is raised, told, told again and cleared: from heartbeats and a clock alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from kiosk.central.contract import DeviceHealth, Heartbeat
from kiosk.central.service.alert_rules import (
    KINDS,
    FleetLimits,
    Level,
    Notice,
    Reading,
    follow,
    readings,
)
from kiosk.central.service.alert_settings import AlertSettings
from kiosk.central.service.words import WORDS

AT = datetime(2026, 6, 1, 12, tzinfo=UTC)
FLEET = FleetLimits(silent_s=600, outbox_s=3600, disk_percent=10, calibration_days=7)
LIMITS = AlertSettings()


def well(**changes) -> Heartbeat:
    values = {
        "number": 1, "version": "1", "calibrated_at": AT, "disk_free_bytes": 50,
        "disk_total_bytes": 100, "devices": (DeviceHealth(name="camera"),), "temperature_c": 50.0,
        "under_voltage": False, "clock_offset_s": 0.2,
    }  # fmt: skip
    return Heartbeat(**(values | changes))


def levels(beat: Heartbeat, heard: datetime = AT) -> dict[str, Level]:
    return {one.kind: one.level for one in readings("b", beat, heard, AT, FLEET, LIMITS)}


def test_a_booth_that_is_well_raises_nothing():
    assert set(levels(well()).values()) == {Level.GOOD}


@pytest.mark.parametrize(
    ("kind", "changes"),
    [
        ("device", {"devices": (DeviceHealth(name="camera", fault="gone"),)}),
        ("restarts", {"devices": (DeviceHealth(name="camera", restarts_hour=3),)}),
        ("refused", {"outbox_refused": 1}),
        ("outbox", {"outbox_waiting": 2, "outbox_oldest_s": 3700.0}),
        ("calibration", {"calibrated_at": AT - timedelta(days=8)}),
        ("calibration", {"calibrated_at": None}),
        ("disk", {"disk_free_bytes": 9}),
        ("temperature", {"temperature_c": 82.0}),
        ("under_voltage", {"under_voltage": True}),
        ("clock", {"clock_offset_s": -45.0}),
    ],
)
def test_each_trouble_is_its_own_alert(kind, changes):
    bad = {k for k, level in levels(well(**changes)).items() if level is Level.BAD}
    assert bad == {kind}


@pytest.mark.parametrize(
    ("kind", "changes"),
    [
        ("restarts", {"devices": (DeviceHealth(name="camera", restarts_hour=2),)}),
        ("outbox", {"outbox_waiting": 2, "outbox_oldest_s": 1200.0}),
        ("disk", {"disk_free_bytes": 12}),
        ("temperature", {"temperature_c": 75.0}),
        ("clock", {"clock_offset_s": 12.0}),
    ],
)
def test_between_the_limits_nothing_changes(kind, changes):
    assert levels(well(**changes))[kind] is Level.BETWEEN


def test_of_a_silent_booth_only_the_silence_is_known():
    silent = AT - timedelta(minutes=11)
    assert levels(well(temperature_c=90.0), silent) == {"silent": Level.BAD}


def test_what_a_booth_cannot_tell_is_no_trouble():
    beat = Heartbeat(number=1, version="an older one", calibrated_at=AT)
    assert set(levels(beat).values()) == {Level.GOOD}


def reading(level: Level, *, lasts: bool = False) -> Reading:
    return Reading("temperature", "b", level, lasts=lasts)


def play(*steps: tuple[float, Level], lasts: bool = False, told_before=None):
    """Return what is told when, minutes from the start, and the alert at the end."""
    alert, told = None, []
    for minutes, level in steps:
        before = told_before if alert is None else None
        at = AT + timedelta(minutes=minutes)
        alert, notice = follow(alert, reading(level, lasts=lasts), at, LIMITS, before)
        if notice is not None:
            told.append((minutes, notice))
        if alert is not None and alert.cleared_at is not None:
            alert = None
    return told, alert


BAD, BETWEEN, GOOD = Level.BAD, Level.BETWEEN, Level.GOOD


def test_raised_once_and_cleared_once_it_has_been_good_for_a_while():
    told, alert = play((0, BAD), (1, BAD), (2, BETWEEN), (3, GOOD), (7, GOOD), (9, GOOD))
    assert told == [(0, Notice.RAISED), (9, Notice.CLEARED)]
    assert alert is None


def test_a_value_that_swings_about_its_limit_rings_once():
    steps = [(m, (BAD, BETWEEN, GOOD)[m % 3]) for m in range(60)]
    assert play(*steps)[0] == [(0, Notice.RAISED)]


def test_a_fault_that_mends_itself_in_time_is_not_told():
    assert play((0, BAD), (4, BAD), (4.5, GOOD), lasts=True) == ([], None)
    assert play((0, BAD), (5, BAD), lasts=True)[0] == [(5, Notice.RAISED)]


def test_told_again_after_hours_unless_somebody_looks_after_it():
    every_ten = [(float(m), BAD) for m in range(0, 13 * 60, 10)]
    assert play(*every_ten)[0] == [
        (0, Notice.RAISED), (360, Notice.AGAIN), (720, Notice.AGAIN),
    ]  # fmt: skip
    alert, _ = follow(None, reading(BAD), AT, LIMITS)
    looked_after = replace(alert, acknowledged=True)
    late = AT + timedelta(hours=30)
    assert follow(looked_after, reading(BAD), late, LIMITS)[1] is None
    good_since = replace(looked_after, good_since=late)
    assert follow(good_since, reading(GOOD), late + timedelta(minutes=6), LIMITS)[1] is (
        Notice.CLEARED
    )


def test_one_that_comes_back_within_hours_is_not_told_at_once():
    told, _ = play((0, BAD), (100, BAD), told_before=AT - timedelta(hours=5))
    assert told == [(100, Notice.RAISED)], "six hours after the last word"
    assert play((0, BAD), (10, GOOD), (20, GOOD), told_before=AT - timedelta(hours=1))[0] == [], (
        "who was not told that it is there is not told that it is gone"
    )


@given(st.lists(st.sampled_from([BAD, BETWEEN, GOOD]), max_size=200), st.booleans())
def test_whatever_happens_notices_come_in_order_and_never_too_often(seen, lasts):
    told, _ = play(*((float(m), level) for m, level in enumerate(seen)), lasts=lasts)
    open_since = None
    for minutes, notice in told:
        assert (notice is Notice.RAISED) == (open_since is None)
        open_since = None if notice is Notice.CLEARED else minutes
    raised = [m for m, n in told if n is not Notice.CLEARED]
    assert len(raised) <= 1 + len([n for _, n in told if n is Notice.CLEARED])


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"temperature_clear_c": 80.0}, "temperature_clear_c"),
        ({"restarts_per_hour_clear": 3}, "restarts_per_hour_clear"),
        ({"clock_offset_clear_s": 60.0}, "clock_offset_clear_s"),
        ({"email": ["nobody"]}, "no e-mail address"),
        ({"webhook": "https://ops.example/x"}, "webhook_secret_file"),
        ({"webhook": "file:///etc/passwd"}, "webhook"),
        ({"webhook": "gopher://ops.example/"}, "webhook"),
    ],
)
def test_settings_that_cannot_be_meant_are_refused(values, said):
    with pytest.raises(ValidationError, match=said):
        AlertSettings.model_validate(values)


def test_every_kind_has_its_words():
    for key in [f"alert_{kind}" for kind in KINDS] + [f"notice_{notice}" for notice in Notice]:
        assert all(WORDS[key]), key
