"""When a new release stays and when it goes, as operations would see it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from update_machine import LIMITS, NEW

from kiosk.update.trial import Phase, Sign, Trial, Verdict, judge, started

GOOD = Sign(
    boot="a", slot=NEW, at=1000.0, frame_drawn_at=1000.0, camera_frame_at=500.0,
    camera_works=True, central="reached", idle=True,
)  # fmt: skip
ON_TRIAL = Trial(NEW, "1.1.0", Phase.PROVING, boots=("a",), starts=1, limits=LIMITS)


def look(trial, sign, now_s, boot="a"):
    return judge(trial, sign, boot=boot, now_s=now_s)


def well_until(trial, boot, begin, end):
    for now_s in range(begin, end + 1, 30):
        sign = replace(GOOD, boot=boot, at=now_s, frame_drawn_at=now_s, camera_frame_at=1.0)
        result = look(trial, sign, float(now_s), boot)
        trial = result.trial
    return result


def test_a_good_release_restarts_the_machine_once_and_is_committed():
    first = well_until(ON_TRIAL, "a", 100, 700)
    assert first.verdict is Verdict.RESTART_MACHINE
    again = well_until(started(first.trial, "b").trial, "b", 30, 600)
    assert again.verdict is Verdict.WAIT
    assert well_until(again.trial, "b", 600, 640).verdict is Verdict.COMMIT


def test_nobody_at_the_booth_is_interrupted_by_the_restart():
    busy = replace(GOOD, at=730.0, frame_drawn_at=730.0, idle=False)
    trial = well_until(ON_TRIAL, "a", 100, 670).trial
    waits = look(trial, busy, 730.0)
    assert waits.verdict is Verdict.WAIT
    assert "somebody" in waits.reason
    again = look(waits.trial, replace(busy, at=760.0, frame_drawn_at=760.0, idle=True), 760.0)
    assert again.verdict is Verdict.RESTART_MACHINE


def test_a_release_that_takes_the_machine_down_again_and_again_goes():
    """It never starts more than once in a boot, and never lives long enough to be judged ill."""
    trial = replace(ON_TRIAL, boots=(), starts=0)
    boots = [f"boot-{number}" for number in range(LIMITS.boots + 1)]
    for boot in boots[:-1]:
        result = started(trial, boot)
        assert result.verdict is Verdict.WAIT
        trial = result.trial
    last = started(trial, boots[-1])
    assert last.verdict is Verdict.ROLL_BACK
    assert "restarted" in last.reason


def test_a_restart_that_does_not_come_is_asked_for_again():
    first = well_until(ON_TRIAL, "a", 100, 700)
    assert well_until(first.trial, "a", 730, 760).verdict is Verdict.RESTART_MACHINE


@pytest.mark.parametrize(
    ("sign", "reason"),
    [
        (None, "no sign of life"),
        (replace(GOOD, at=900.0), "no sign of life"),
        (replace(GOOD, boot="z"), "no sign of life"),
        (replace(GOOD, frame_drawn_at=None), "no frame is drawn"),
        (replace(GOOD, frame_drawn_at=960.0), "no frame is drawn"),
        (replace(GOOD, camera_works=False), "camera does not work"),
        (replace(GOOD, camera_frame_at=None), "camera gives no frame"),
        (replace(GOOD, central="refused"), "refuses this version"),
        (replace(GOOD, slot="1.0.0-aaaaaaaaaaaa"), "another release"),
        (replace(GOOD, at=2000.0), "no sign of life"),
    ],
)
def test_what_is_wrong_is_waited_for_and_then_named(sign, reason):
    first = look(ON_TRIAL, sign, 1000.0)
    assert first.verdict is Verdict.WAIT
    still = look(first.trial, None if sign is None else sign, 1290.0)
    assert still.verdict is Verdict.WAIT
    last = look(replace(still.trial, judged_since=600.0), sign, 1000.0)
    assert last.verdict is Verdict.ROLL_BACK
    assert reason in last.reason
    assert last.trial.phase is Phase.ROLLING_BACK


def test_no_network_is_nobodys_fault():
    assert look(ON_TRIAL, replace(GOOD, central="offline"), 1000.0).reason == ""


def test_a_short_illness_begins_the_count_anew_but_is_forgiven():
    well = well_until(ON_TRIAL, "a", 100, 640)
    ill = look(well.trial, None, 670.0)
    assert ill.verdict is Verdict.WAIT
    assert well_until(ill.trial, "a", 700, 1290).verdict is Verdict.WAIT
    assert well_until(ill.trial, "a", 700, 1300).verdict is Verdict.RESTART_MACHINE


def test_a_release_that_starts_again_and_again_goes():
    trial = replace(ON_TRIAL, starts=0)
    for _ in range(3):
        result = started(trial, "a")
        assert result.verdict is Verdict.WAIT
        trial = result.trial
    assert started(trial, "a").verdict is Verdict.ROLL_BACK


def test_a_new_boot_counts_its_starts_from_one():
    assert started(replace(ON_TRIAL, starts=3), "b").trial.starts == 1


@pytest.mark.parametrize("broken", [{}, {"boot": 1}, {"at": "x", "boot": "a"}, {"at": None}])
def test_a_sign_nobody_can_read_is_none(broken):
    assert Sign.from_json(broken) is None
