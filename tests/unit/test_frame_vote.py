"""Frames vote on a text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.codes.voting import FrameVote


def test_a_text_counts_when_enough_frames_agree_and_only_once() -> None:
    vote = FrameVote(needed=2, of_frames=4, forget_s=3.0)
    assert vote.add(["A"], 0.0) == ()
    assert vote.add([], 0.1) == ()
    assert vote.add(["A"], 0.2) == ("A",)
    assert vote.add(["A"], 0.3) == ()


def test_a_misreading_in_one_frame_never_counts() -> None:
    vote = FrameVote(needed=2, of_frames=3, forget_s=3.0)
    reported = [vote.add(["A", f"wrong {n}"], n / 10) for n in range(20)]
    assert [text for texts in reported for text in texts] == ["A"]


def test_old_frames_do_not_vote() -> None:
    vote = FrameVote(needed=2, of_frames=2, forget_s=3.0)
    for n in range(10):
        assert vote.add(["A"] if n % 2 else [], float(n)) == ()


def test_a_code_still_in_sight_is_not_reported_again() -> None:
    vote = FrameVote(needed=1, of_frames=1, forget_s=1.0)
    assert vote.add(["A"], 0.0) == ("A",)
    assert all(vote.add(["A"], n * 0.9) == () for n in range(1, 20))


def test_a_code_shown_again_after_a_while_is_reported_again() -> None:
    vote = FrameVote(needed=2, of_frames=3, forget_s=1.0)
    vote.add(["A"], 0.0)
    assert vote.add(["A"], 0.1) == ("A",)
    for n in range(3):
        vote.add([], 0.2 + n / 10)
    assert vote.add(["A"], 1.2) == ()
    assert vote.add(["A"], 1.3) == ("A",)


def test_two_codes_in_sight_are_both_reported() -> None:
    vote = FrameVote(needed=2, of_frames=3, forget_s=1.0)
    vote.add(["A", "B"], 0.0)
    assert vote.add(["B", "A", "B"], 0.1) == ("B", "A")


def test_clearing_forgets_everything() -> None:
    vote = FrameVote(needed=1, of_frames=1, forget_s=100.0)
    vote.add(["A"], 0.0)
    vote.clear()
    assert vote.add(["A"], 0.1) == ("A",)


@pytest.mark.parametrize(("needed", "of_frames", "forget_s"), [(0, 3, 1), (4, 3, 1), (1, 1, -1)])
def test_rules_that_make_no_sense_are_refused(needed: int, of_frames: int, forget_s: int) -> None:
    with pytest.raises(ValueError, match="needed"):
        FrameVote(needed, of_frames, forget_s)


@given(st.lists(st.sets(st.sampled_from("ABC")), max_size=60), st.integers(1, 4))
def test_within_its_memory_nothing_is_reported_twice(frames: list[set[str]], needed: int) -> None:
    vote = FrameVote(needed, 5, forget_s=1000.0)
    reported = [t for n, texts in enumerate(frames) for t in vote.add(sorted(texts), float(n))]
    assert len(reported) == len(set(reported))
    for text in reported:
        assert sum(text in frame for frame in frames) >= needed
