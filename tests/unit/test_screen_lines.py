"""Lines break where Chinese typesetting lets them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.screens.line_breaking import break_lines


def measure(text):
    """Ideographs and full-width marks are two units wide, all else one."""
    return sum(2 if ord(c) > 0x2000 else 1 for c in text)


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        ("请坐下", 6, ["请坐下"]),
        ("你好，世界很大", 4, ["你", "好，", "世界", "很大"]),
        ("号码（含括号）", 6, ["号码", "（含括", "号）"]),
        ("例如 6(7) 号", 8, ["例如", "6(7) 号"]),
        ("one two three", 7, ["one two", "three"]),
        ("一\n二", 10, ["一", "二"]),
    ],
)
def test_breaks(text, width, lines):
    assert break_lines(text, width, measure).split("\n") == lines


@pytest.mark.parametrize("text", ["一二三四五六七八九十甲", "本机在上传确认后删除。"])
def test_a_last_line_of_hardly_anything_is_avoided(text):
    broken = break_lines(text, 20, measure).split("\n")
    assert len(broken) == 2
    assert len(broken[-1]) >= 3


@given(st.text(alphabet="学位照，。（）ab1", max_size=60), st.integers(4, 40))
def test_nothing_is_lost_and_no_line_begins_with_a_comma(text, width):
    broken = break_lines(text, width, measure)
    assert broken.replace("\n", "") == text
    assert [line for line in broken.split("\n")[1:] if line[0] in "，。）"] == []
    assert [line for line in broken.split("\n")[:-1] if line[-1] == "（"] == []
