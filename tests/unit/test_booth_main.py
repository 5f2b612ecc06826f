"""The watchdog is fed by drawn frames, and only while the booth behind them lives."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from kiosk import notify
from kiosk.booth.main import Heartbeat


@pytest.fixture
def told(monkeypatch):
    told: list[str] = []
    monkeypatch.setattr(notify, "ready", lambda _: told.append("ready"))
    monkeypatch.setattr(notify, "watchdog", lambda: told.append("fed"))
    monkeypatch.setattr(notify, "watchdog_interval_s", lambda: 0.0)
    return told


PARTS = ("loop", "live_view", "code_reading")


def booth(*, hangs: str = ""):
    return SimpleNamespace(**{part: SimpleNamespace(is_turning=part != hangs) for part in PARTS})


def test_drawn_frames_before_the_booth_is_up_say_nothing(told):
    Heartbeat().frame_drawn()
    assert told == []


def test_ready_is_said_once_then_every_frame_feeds(told):
    heart = Heartbeat()
    heart.booth = booth()
    heart.frame_drawn()
    heart.frame_drawn()
    assert told == ["ready", "fed", "fed"]


@pytest.mark.parametrize("part", PARTS)
def test_what_hangs_starves_the_watchdog(told, part):
    heart = Heartbeat()
    heart.booth = booth(hangs=part)
    heart.frame_drawn()
    assert told == []


def test_watchdog_is_fed_no_oftener_than_it_needs(told, monkeypatch):
    monkeypatch.setattr(notify, "watchdog_interval_s", lambda: 600.0)
    heart = Heartbeat()
    heart.booth = booth()
    heart._fed_at = -1e9
    for _ in range(5):
        heart.frame_drawn()
    assert told.count("fed") == 1


def test_without_a_watchdog_nothing_is_fed(told, monkeypatch):
    monkeypatch.setattr(notify, "watchdog_interval_s", lambda: None)
    heart = Heartbeat()
    heart.booth = booth()
    heart.frame_drawn()
    assert told == ["ready"]
