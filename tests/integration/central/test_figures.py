"""Reviewers' figures are kept, not added up: whatever happens they say what a recount says."""

from __future__ import annotations

import random
import statistics
import threading
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import pytest
from central_reviewing import ALWAYS, NEVER, Centre
from central_samples import jpeg
from sqlalchemy import select

from kiosk.central.service import decisions, erasing, figures, review, second_look
from kiosk.central.service.china_time import day_of
from kiosk.central.service.figures import Figures
from kiosk.central.service.review_days import median_s, step_of
from kiosk.central.service.tables import Decision, Order, SecondLook, Staff
from kiosk.central.service.tables.reviews import SPENT_STEPS

# Half a step of the histogram.
WITHIN = 10**0.05 - 1


def shown(centre: Centre, since: date, reviewer: Staff | None = None) -> Sequence[Figures]:
    return centre.read(lambda s: figures.figures(s, since, reviewer))


def recounted(centre: Centre, since: date) -> dict[str, tuple[int, ...]]:
    """Return the numbers as all decisions and second looks give them, by reviewer."""

    def work(session: Any) -> dict[str, tuple[int, ...]]:
        found = {}
        for person in session.scalars(select(Staff)):
            own = select(Decision).filter_by(staff_id=person.id, is_second_look=False)
            made = [one for one in session.scalars(own) if day_of(one.at) >= since]
            stands = [one for one in made if one.undone_at is None]
            looks = select(SecondLook).filter_by(first_by=person.id)
            seen = [o for o in session.scalars(looks) if o.done_at and day_of(o.done_at) >= since]
            if made or seen:
                found[person.name] = (
                    len(stands),
                    sum(one.is_approved for one in stands),
                    len(made) - len(stands),
                    len(seen),
                    sum(one.first_approved != one.second_approved for one in seen),
                )
        return found

    return centre.read(work)


def kept(centre: Centre, since: date) -> dict[str, tuple[int, ...]]:
    return {
        row.name: (row.decided, row.approved, row.undone, row.seen_twice, row.differing)
        for row in shown(centre, since)
    }


def a_history(centre: Centre, seed: int, steps: int = 45) -> None:
    """Let two reviewers do whatever they may, over some days and nights."""
    own = random.Random(seed)
    people = (centre.li, centre.wu)
    for step in range(steps):
        reviewer, other = own.sample(people, 2)
        order = centre.send(jpeg(seed * 1000 + step))
        if own.random() < 0.8:
            centre.write(lambda s, o=order, r=reviewer: review.take(s, o, r, centre.now, 300))
        centre.now += timedelta(seconds=own.lognormvariate(1.5, 1.2))
        centre.decide(order, reviewer, own.choice((None, ["eyes"])), own.choice((ALWAYS, NEVER)))
        if own.random() < 0.3:
            centre.now += timedelta(seconds=own.uniform(0, 9))
            centre.undo(order, reviewer)
            centre.decide(order, reviewer, own.choice((None, ["glasses"])), ALWAYS)
        centre.now += timedelta(seconds=11)
        if own.random() < 0.5:
            look = centre.write(lambda s, r=other: second_look.take(s, r, centre.now, 10, 300))
            if look is not None:
                agrees, at = own.random() < 0.6, centre.now
                centre.write(
                    lambda s, i=look.id, r=other, a=agrees, t=at: second_look.judge(
                        s, i, r, t, is_approved=a
                    )
                )
        centre.now += timedelta(hours=own.choice((0, 0, 0, 1, 7)))


def test_they_say_what_a_recount_says(centre: Centre) -> None:
    first = day_of(centre.now)
    a_history(centre, 1)
    last = day_of(centre.now)
    assert last > first, "nights have passed"
    for days in range((last - first).days + 2):
        since = first + timedelta(days=days)
        assert kept(centre, since) == recounted(centre, since), since
    mine = shown(centre, first, centre.li)
    assert mine == [row for row in shown(centre, first) if row.name == "li"]
    assert kept(centre, last + timedelta(days=1)) == {}


def test_an_older_database_is_counted_once(centre: Centre) -> None:
    first = day_of(centre.now)
    a_history(centre, 3, steps=20)
    before = [shown(centre, first + timedelta(days=days)) for days in range(3)]
    centre.service.database.migrate("0012")
    centre.service.database.migrate()
    assert [shown(centre, first + timedelta(days=days)) for days in range(3)] == before


def test_they_count_what_stands_and_how_long_it_took(centre: Centre) -> None:
    for seed, reasons in ((5, None), (6, None), (7, ["eyes"])):
        order = centre.send(jpeg(seed))
        centre.write(lambda s, order=order: review.take(s, order, centre.li, centre.now, 300))
        centre.now += timedelta(seconds=4)
        centre.decide(order, centre.li, reasons)
    centre.undo(order, centre.li)
    (row,) = shown(centre, day_of(centre.now) - timedelta(days=1), centre.li)
    assert (row.decided, row.approved, row.undone) == (2, 2, 1)
    assert row.median_s == pytest.approx(4, abs=0.1)


def test_a_day_is_one_of_china(centre: Centre) -> None:
    centre.now = centre.now.replace(hour=15, minute=59, second=50)
    centre.decide(centre.send(jpeg(8)), centre.li, None)
    centre.now += timedelta(seconds=20)  # past midnight in China, 16:00 UTC
    centre.decide(centre.send(jpeg(9)), centre.li, None)
    today = day_of(centre.now)
    assert [row.decided for row in shown(centre, today)] == [1]
    assert [row.decided for row in shown(centre, today - timedelta(days=1))] == [2]


def test_a_photo_that_is_erased_stays_counted(centre: Centre) -> None:
    order = centre.send(jpeg(10))
    centre.decide(order, centre.li, ["eyes"])
    today = day_of(centre.now)
    before = shown(centre, today)
    centre.write(lambda s: erasing.erase_own(s, s.get(Order, order), centre.now))
    assert recounted(centre, today) == {}
    assert shown(centre, today) == before


def test_two_windows_of_one_reviewer_lose_nothing(centre: Centre) -> None:
    orders = [centre.send(jpeg(seed)) for seed in range(20, 32)]
    faults: list[BaseException] = []

    def some(part: list[str]) -> None:
        try:
            for order in part:
                centre.decide(order, centre.li, None)
        except BaseException as fault:  # noqa: BLE001 - raised below
            faults.append(fault)

    threads = [threading.Thread(target=some, args=(orders[n::3],)) for n in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not faults
    assert kept(centre, day_of(centre.now)) == {"li": (12, 12, 0, 0, 0)}


def test_a_decision_that_fails_is_not_counted(centre: Centre) -> None:
    order = centre.send(jpeg(33))

    def work(session: Any) -> None:
        decisions.decide(session, order, 1, centre.li, centre.now, None, NEVER)
        raise RuntimeError

    with pytest.raises(RuntimeError):
        centre.write(work)
    assert kept(centre, day_of(centre.now)) == {}


class TestMedian:
    @pytest.mark.parametrize("spread", [0.05, 0.5, 1.0])
    def test_it_is_near_the_true_one(self, spread: float) -> None:
        own = random.Random(4)
        for middle in (2.0, 4.0, 11.0, 60.0):
            times = [middle * own.lognormvariate(0, spread) for _ in range(501)]
            numbers = [0] * SPENT_STEPS
            for time_s in times:
                numbers[step_of(time_s)] += 1
            found = median_s(numbers)
            assert found == pytest.approx(statistics.median(times), rel=WITHIN)

    def test_of_nothing_there_is_none(self) -> None:
        assert median_s([0] * SPENT_STEPS) is None

    @pytest.mark.parametrize(("time_s", "step"), [(0, 0), (-1, 0), (1, 0), (316, 25), (1e9, 25)])
    def test_the_outermost_steps_take_all_beyond(self, time_s: float, step: int) -> None:
        assert step_of(time_s) == step
