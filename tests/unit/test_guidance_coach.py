"""The coach: situations with their words, and what must hold in any of them."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.guidance.coach import Coach
from kiosk.guidance.hints import HINTS
from kiosk.guidance.model import Arrow, Assessment, CoachWord, RuleResult, Verdict
from kiosk.settings.guidance import GuidanceSettings

SETTINGS = GuidanceSettings()
FRAME_S = 0.04

PLACE = {"centre_x_px": 640.0, "eye_line_y_px": 300.0, "face_width_px": 200.0}


def passes(rule: str, value: float = 0.0, limit: float = 1.0) -> RuleResult:
    return RuleResult(rule, Verdict.PASS, value, limit)


def fails(rule: str, hint: str, value: float = 2.0, limit: float = 1.0) -> RuleResult:
    return RuleResult(rule, Verdict.FAIL, value, limit, hint)


def seen(*results: RuleResult, faces: int = 1, **place: float) -> Assessment:
    return Assessment(0, 0.0, faces, PLACE | place, {r.rule: r for r in results})


GOOD = seen(passes("one_face", 1.0), passes("roll"), passes("yaw"))
ROLL = seen(fails("roll", "level_head_left"), passes("yaw"))
YAW = seen(passes("roll"), fails("yaw", "turn_right"))
BOTH = seen(fails("roll", "level_head_left"), fails("yaw", "turn_right"))
NOBODY = seen(RuleResult("one_face", Verdict.FAIL, 0.0, 1.0, "sit_down"), faces=0)


def run(coach: Coach, script: list[tuple[Assessment | None, float]], start: float = 100.0):
    """Show each assessment for so many seconds; return all words with their times."""
    words: list[tuple[float, CoachWord]] = []
    now = start
    for assessment, seconds in script:
        for _ in range(max(1, round(seconds / FRAME_S))):
            words.append((now, coach.update(assessment, now)))
            now += FRAME_S
    return words


def hints(words: list[tuple[float, CoachWord]]) -> list[str | None]:
    """The hints in the order they were shown, repetitions left out."""
    shown: list[str | None] = []
    for _, word in words:
        if not shown or shown[-1] != word.coaching.hint:
            shown.append(word.coaching.hint)
    return shown


SITUATIONS = [
    ("all is well", [(GOOD, 2)], [None], 1),
    ("a fault", [(ROLL, 1)], [None, "level_head_left"], 0),
    ("a blink", [(GOOD, 0.5), (YAW, 0.16), (GOOD, 2)], [None], 1),
    ("the more important one first", [(BOTH, 2)], [None, "turn_right"], 0),
    ("seen a little later", [(ROLL, 0.12), (BOTH, 2)], [None, "turn_right"], 0),
    ("seen much later", [(ROLL, 1), (BOTH, 2)], [None, "level_head_left", "turn_right"], 0),
    ("then the other", [(BOTH, 2), (ROLL, 2)], [None, "turn_right", "level_head_left"], 0),
    ("mended, then shot", [(ROLL, 2), (GOOD, 3)], [None, "level_head_left", None], 1),
    ("nobody", [(NOBODY, 1)], [None, "sit_down"], 0),
    ("nobody, then somebody", [(NOBODY, 1), (GOOD, 3)], [None, "sit_down", None], 1),
    ("one shot only", [(GOOD, 6)], [None], 1),
    ("no verdicts", [(None, 2)], [None], 0),
]


@pytest.mark.parametrize(("name", "script", "shown", "shots"), SITUATIONS)
def test_situations(name: str, script: list, shown: list, shots: int) -> None:
    words = run(Coach(SETTINGS), script)
    assert hints(words) == shown, name
    assert sum(word.shoot for _, word in words) == shots, name


def test_the_arrow_is_the_hint_s_in_the_mirror() -> None:
    word = run(Coach(SETTINGS), [(YAW, 1)])[-1][1]
    assert word.coaching.arrow is Arrow.TURN_RIGHT


def test_a_face_is_seen_or_not() -> None:
    coach = Coach(SETTINGS)
    assert run(coach, [(GOOD, 0.1)])[-1][1].face_seen
    assert not run(coach, [(NOBODY, 0.1)], 101)[-1][1].face_seen
    run(coach, [(GOOD, 0.1)], 102)
    assert not run(coach, [(None, 1)], 103)[-1][1].face_seen, "a dead camera shows nobody"


def test_the_ring_takes_the_hold_time_and_rises_all_the_way() -> None:
    words = run(Coach(SETTINGS), [(GOOD, 2)])
    rings = [word.coaching.ring for _, word in words]
    assert rings[0] == 0
    assert rings == sorted(rings)
    shot_at = next(now for now, word in words if word.shoot)
    assert shot_at - words[0][0] == pytest.approx(SETTINGS.hold_s, abs=2 * FRAME_S)


def test_the_shutters_lag_comes_off_the_hold_time_within_limits() -> None:
    for lag_s, lead_s in ((0.3, 0.3), (5.0, SETTINGS.lag_max_s)):
        coach = Coach(SETTINGS)
        coach.lead_s = lag_s
        words = run(coach, [(GOOD, 2)])
        shot_at = next(now for now, word in words if word.shoot)
        held_s = shot_at - words[0][0]
        assert held_s == pytest.approx(SETTINGS.hold_s - lead_s, abs=2 * FRAME_S)
        assert sum(word.shoot for _, word in words) == 1


def test_a_blink_stops_the_ring_and_keeps_it() -> None:
    coach = Coach(SETTINGS)
    before = run(coach, [(GOOD, 0.6)])[-1][1].coaching.ring
    during = run(coach, [(YAW, 0.2)], 100.6)[-1][1].coaching.ring
    assert during == pytest.approx(before)


def test_a_longer_fault_empties_the_ring() -> None:
    coach = Coach(SETTINGS)
    run(coach, [(GOOD, 0.8)])
    assert run(coach, [(YAW, 0.8)], 100.8)[-1][1].coaching.ring == 0


def test_a_moving_face_is_asked_to_keep_still_and_not_shot() -> None:
    coach = Coach(SETTINGS)
    words = []
    for frame in range(60):
        moving = seen(passes("roll"), centre_x_px=400.0 + 8 * frame)  # one face width a second
        words.append((frame * FRAME_S, coach.update(moving, frame * FRAME_S)))
    assert hints(words) == [None, "hold_still"]
    assert not any(word.shoot for _, word in words)


def test_jitter_of_the_mesh_is_no_movement() -> None:
    coach = Coach(SETTINGS)
    shots = 0
    for frame in range(60):
        place = 640.0 + (2.0 if frame % 2 else -2.0)
        shots += coach.update(seen(passes("roll"), centre_x_px=place), frame * FRAME_S).shoot
    assert shots == 1


def test_a_figure_that_trembles_around_its_limit_does_not_flicker() -> None:
    coach = Coach(SETTINGS)
    inside, outside = (
        seen(passes("roll", 2.95, 3.0)),
        seen(RuleResult("roll", Verdict.HINT, 3.05, 3.0, "level_head_left")),
    )
    words = run(coach, [(outside, FRAME_S), (inside, FRAME_S)] * 60)
    assert hints(words) == [None, "level_head_left"]


def test_well_inside_the_limit_the_hint_goes_soon() -> None:
    coach = Coach(SETTINGS)
    outside = seen(RuleResult("roll", Verdict.HINT, 4.0, 3.0, "level_head_left"))
    run(coach, [(outside, 2)])
    mended = seen(passes("roll", 0.2, 3.0))
    assert run(coach, [(mended, 0.2)], 102.0)[-1][1].coaching.hint is not None
    assert run(coach, [(mended, 0.12)], 102.2)[-1][1].coaching.hint is None


def test_one_frame_that_is_measured_wrong_does_not_take_a_hint_away() -> None:
    outside = seen(RuleResult("roll", Verdict.HINT, 4.0, 3.0, "level_head_left"))
    blink = (seen(passes("roll", 0.1, 3.0)), 0.16)
    words = run(Coach(SETTINGS), [(outside, 1.2), blink, (outside, 1.2), blink, (outside, 1.2)])
    assert hints(words) == [None, "level_head_left"]


def test_reset_allows_another_shot() -> None:
    coach = Coach(SETTINGS)
    assert sum(word.shoot for _, word in run(coach, [(GOOD, 2)])) == 1
    coach.reset()
    assert sum(word.shoot for _, word in run(coach, [(GOOD, 2)], 200)) == 1


POSSIBLE = [GOOD, ROLL, YAW, BOTH, NOBODY, None]
steps = st.lists(
    st.tuples(st.sampled_from(POSSIBLE), st.floats(0.001, 1.5)), min_size=1, max_size=60
)


@given(steps)
@settings(max_examples=200, deadline=None)
def test_whatever_happens(script: list[tuple[Assessment | None, float]]) -> None:
    coach, now, shots = Coach(SETTINGS), 0.0, 0
    hint, hint_since, ring = None, -100.0, 0.0
    for assessment, passed in script:
        now += passed
        word = coach.update(assessment, now)
        said = word.coaching
        assert 0.0 <= said.ring <= 1.0
        assert said.hint is None or said.arrow == HINTS[said.hint].arrow
        if said.hint != hint:
            if hint is not None:
                assert now - hint_since >= SETTINGS.hint_min_s, "a hint is never torn away"
            hint, hint_since = said.hint, now
        if said.ring > ring:
            assert assessment is GOOD, "the ring fills only while every rule holds"
            assert said.hint is None
        if shots == 0 and said.hint is not None:
            assert said.ring == 0
        if word.shoot:
            assert assessment is GOOD
            assert said.ring == 1.0
            shots += 1
        ring = said.ring
    assert shots <= 1


@pytest.mark.parametrize(("step_px", "said"), [(8.0, "hold_still"), (0.0, "refocus")])
def test_who_moves_is_asked_to_keep_still_and_focus_is_blamed_when_nobody_moves(
    step_px: float, said: str
) -> None:
    blurred = fails("sharp", "refocus", 0.28, 0.31)
    script = [(seen(blurred, centre_x_px=500.0 + step_px * n), FRAME_S) for n in range(25)]
    assert hints(run(Coach(SETTINGS), script)) == [None, said]
