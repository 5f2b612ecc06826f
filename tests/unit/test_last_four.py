"""The last four of an ID number under the three bracket policies."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.codes.last_four import BracketPolicy, last_four, matches, normalise

POLICIES = st.sampled_from(["count", "strip", "exclude"])
PLAIN = st.text("0123456789ABCDEFX", min_size=4, max_size=20)


@pytest.mark.parametrize(
    ("id_number", "count", "strip", "exclude"),
    [
        ("A123456(7)", "6(7)", "4567", "3456"),
        ("A123456（7）", "6(7)", "4567", "3456"),
        ("a123456(a)", "6(A)", "456A", "3456"),
        ("11010519491231002X", "002X", "002X", "002X"),
        ("11010519491231002x", "002X", "002X", "002X"),
        ("110105194912310021", "0021", "0021", "0021"),
        (" A1234 56 (7) ", "6(7)", "4567", "3456"),
        ("A123456(7", "4567", "4567", "4567"),
        ("A123456)7", "4567", "4567", "4567"),
        ("AB(1234)", "234)", "1234", None),
        ("ABCD()", "CD()", "ABCD", "ABCD"),
    ],
)
def test_the_three_policies(id_number: str, count: str, strip: str, exclude: str | None) -> None:
    assert last_four(id_number) == count
    assert last_four(id_number, "strip") == strip
    if exclude is None:
        with pytest.raises(ValueError, match="four characters"):
            last_four(id_number, "exclude")
    else:
        assert last_four(id_number, "exclude") == exclude


@pytest.mark.parametrize("id_number", ["", "123", "(12)", "()", "( 1 2 )"])
def test_too_short_a_number_has_no_last_four(id_number: str) -> None:
    for policy in ("strip", "exclude"):
        with pytest.raises(ValueError, match="four characters"):
            last_four(id_number, policy)


def test_an_unknown_policy_is_refused() -> None:
    with pytest.raises(ValueError, match="count, strip or exclude"):
        last_four("A123456(7)", "ignore")


@pytest.mark.parametrize(
    ("typed", "policy"),
    [
        ("6(7)", "count"), ("6（7）", "count"), ("６（７）", "count"), (" 6(7) ", "count"),
        ("4567", "strip"), ("456(7)", "strip"), ("４５６７", "strip"),
        ("3456", "exclude"), ("3456()", "exclude"),
    ],
)  # fmt: skip
def test_what_the_student_types_matches(typed: str, policy: BracketPolicy) -> None:
    assert matches(typed, last_four("A123456(7)", policy), policy)


@pytest.mark.parametrize(
    ("typed", "policy"),
    [("4567", "count"), ("6(8)", "count"), ("67", "count"), ("A123456(7)", "count"),
     ("", "count"), ("6(7)", "strip"), ("4568", "strip"), ("4567", "exclude")],
)  # fmt: skip
def test_what_is_wrong_does_not_match(typed: str, policy: BracketPolicy) -> None:
    assert not matches(typed, last_four("A123456(7)", policy), policy)


def test_nothing_matches_an_empty_expectation() -> None:
    assert not matches("", "")


@given(PLAIN, POLICIES)
def test_without_brackets_all_policies_agree(number: str, policy: BracketPolicy) -> None:
    assert last_four(number, policy) == number[-4:]


@given(st.text("0123456789ABCx()（）Ｘ１ ", min_size=4, max_size=24), POLICIES)
def test_what_is_asked_for_can_be_typed(number: str, policy: BracketPolicy) -> None:
    try:
        ending = last_four(number, policy)
    except ValueError:
        return
    assert len(ending) == 4
    assert matches(ending, ending, policy)
    assert matches(ending.lower(), ending, policy)
    assert matches("".join(chr(ord(c) + 0xFEE0) for c in ending), ending, policy)


@given(PLAIN, PLAIN, POLICIES)
def test_only_the_same_four_match(first: str, second: str, policy: BracketPolicy) -> None:
    assert matches(first[-4:], last_four(second, policy), policy) == (first[-4:] == second[-4:])


@given(st.text(), st.text(), POLICIES)
def test_no_text_breaks_it(typed: str, expected: str, policy: BracketPolicy) -> None:
    assert matches(typed, expected, policy) in (True, False)


@given(st.text())
def test_normalising_twice_changes_nothing(text: str) -> None:
    assert normalise(normalise(text)) == normalise(text)
