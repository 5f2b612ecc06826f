"""Masked names and numbers give away no more than they should."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.codes.masking import mask_name, mask_number


@pytest.mark.parametrize(
    ("name", "masked"),
    [
        ("张三", "张*"), ("张小明", "张**"), ("欧阳娜娜", "欧阳**"), ("司马光", "司马*"),
        ("欧阳", "欧*"), ("阿卜杜·热合曼", "阿卜杜·***"), ("John Smith", "J*** S****"),
        ("Li", "L*"), ("张", "张"), ("", ""),
        ("王 伟", "王*"), ("王　伟", "王*"), ("欧阳 娜娜", "欧阳**"),
    ],
)  # fmt: skip
def test_the_family_name_stays(name: str, masked: str) -> None:
    assert mask_name(name) == masked


@pytest.mark.parametrize(
    ("number", "masked"),
    [("20231234567", "20*******67"), ("123456", "*****6"), ("1234567", "12***67"), ("7", "7"),
     ("", ""), ("2023 1234 567", "20*******67")],
)  # fmt: skip
def test_both_ends_of_a_number_stay(number: str, masked: str) -> None:
    assert mask_number(number) == masked


@given(st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), min_size=2, max_size=8))
def test_a_given_name_never_shows(name: str) -> None:
    masked = mask_name(name)
    assert len(masked) == len(name)
    assert masked.endswith("*")
    assert len(masked.rstrip("*")) <= 2


@given(st.text("0123456789", min_size=7, max_size=30))
def test_most_of_a_number_never_shows(number: str) -> None:
    masked = mask_number(number)
    assert len(masked) == len(number)
    assert len(masked.replace("*", "")) == 4
