"""A version goes out in stages, and a bad one stops by itself before most booths have it."""

from __future__ import annotations

from collections.abc import Callable

from kiosk.central.service.rollout import (
    BoothUpdate,
    Limits,
    Report,
    Rollout,
    Stage,
    advance,
    is_offered,
    place_of,
)

BOOTHS = [(f"booth-{n}", "first" if n < 3 else "") for n in range(50)]
STAGES = (Stage(frozenset({"first"})), Stage(percent=10.0), Stage(percent=40.0), Stage())


class Fleet:
    """Fifty booths that ask now and then, and take what they are offered."""

    def __init__(self, version: str, fate: Callable[[str], BoothUpdate], **limits) -> None:
        self.rollout = Rollout(version, STAGES)
        self.limits = Limits(**limits)
        self.fate = fate
        self.update = {booth: BoothUpdate.NOT_OFFERED for booth, _ in BOOTHS}

    def night(self) -> None:
        """Let every booth look for a version, and the trials of the night before end."""
        for booth, group in BOOTHS:
            if self.update[booth] is BoothUpdate.ON_TRIAL:
                self.update[booth] = self.fate(booth)
            elif self.update[booth] is BoothUpdate.NOT_OFFERED and is_offered(
                self.rollout, booth, group
            ):
                self.update[booth] = BoothUpdate.ON_TRIAL
        reports = [Report(booth, group, self.update[booth]) for booth, group in BOOTHS]
        self.rollout = advance(self.rollout, reports, self.limits)

    def touched(self) -> int:
        return sum(u is not BoothUpdate.NOT_OFFERED for u in self.update.values())


def nights(fleet: Fleet, most: int = 30) -> None:
    for _ in range(most):
        if fleet.rollout.halted or fleet.rollout.finished:
            return
        fleet.night()


def test_a_good_version_reaches_all_fifty():
    fleet = Fleet("1.1.0", lambda _: BoothUpdate.COMMITTED)
    nights(fleet)
    assert fleet.rollout.finished
    assert set(fleet.update.values()) == {BoothUpdate.COMMITTED}


def test_a_bad_version_stops_with_the_first_group():
    fleet = Fleet("1.1.0", lambda _: BoothUpdate.WENT_BACK)
    nights(fleet)
    assert "3 went back and 0 fell silent of 3" in fleet.rollout.halted
    assert fleet.touched() == 3
    assert not any(is_offered(fleet.rollout, booth, group) for booth, group in BOOTHS)


def test_a_version_bad_on_some_booths_stops_below_the_limit():
    """One in three cannot bear it: seen before the stage that would reach all."""
    for number in range(20):
        version = f"1.{number}.0"
        fleet = Fleet(
            version,
            lambda booth: (
                BoothUpdate.WENT_BACK if place_of(booth, "lens") < 33 else BoothUpdate.COMMITTED
            ),
        )
        nights(fleet)
        assert fleet.rollout.halted, version
        assert fleet.touched() <= 0.4 * len(BOOTHS) + 6, version


def test_one_broken_booth_is_no_bad_version():
    fleet = Fleet(
        "1.1.0",
        lambda booth: BoothUpdate.SILENT if booth == "booth-20" else BoothUpdate.COMMITTED,
    )
    nights(fleet)
    assert fleet.rollout.finished


def test_booths_that_die_count_like_those_that_go_back():
    fleet = Fleet("1.1.0", lambda _: BoothUpdate.SILENT)
    nights(fleet)
    assert "0 went back and 3 fell silent" in fleet.rollout.halted


def test_a_stage_nobody_is_in_is_passed_over():
    rollout = Rollout("1.1.0", (Stage(frozenset({"nowhere"})), Stage()))
    reports = [Report(booth, group, BoothUpdate.NOT_OFFERED) for booth, group in BOOTHS]
    assert advance(rollout, reports, Limits()).stage == 1


def test_percent_is_about_a_part_of_all_and_another_part_each_time():
    offered = []
    for version in ("1.1.0", "1.2.0"):
        rollout = Rollout(version, (Stage(percent=40.0),))
        offered.append({b for b, g in BOOTHS if is_offered(rollout, b, g)})
        assert 10 <= len(offered[-1]) <= 30
    assert offered[0] != offered[1]


def test_nobody_loses_an_offer_when_the_next_stage_begins():
    before = Rollout("1.1.0", STAGES, stage=1)
    after = Rollout("1.1.0", STAGES, stage=2)
    for booth, group in BOOTHS:
        assert is_offered(after, booth, group) or not is_offered(before, booth, group)
