from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from kiosk.central.backoff import delay_s


@given(failures=st.integers(1, 5000), jitter=st.floats(0, 1, exclude_max=True))
def test_every_wait_is_between_half_a_step_and_the_longest(failures: int, jitter: float) -> None:
    wait = delay_s(failures, first_s=2.0, longest_s=300.0, random=lambda: jitter)
    assert 1.0 <= wait <= 300.0


def test_waits_double_and_then_stay() -> None:
    waits = [delay_s(n, 2.0, 30.0, lambda: 1.0) for n in range(1, 7)]
    assert waits == [2.0, 4.0, 8.0, 16.0, 30.0, 30.0]


def test_two_booths_cut_off_together_do_not_return_together() -> None:
    assert delay_s(5, 2.0, 300.0, lambda: 0.1) != delay_s(5, 2.0, 300.0, lambda: 0.7)
