"""Batch codes: what is one, where it stands, and when two are the same."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.codes.batch_code import batch_code, same_batch
from kiosk.codes.errors import NotABatchCode

PARAMETERS = ("batch", "tzm")
CODES = st.text("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz", min_size=4,
                max_size=8)  # fmt: skip


@pytest.mark.parametrize("code", ["Z3K8F7", "C5UG16", "aatt7m", "610967", "EK43", "ABCDEFGH"])
def test_codes_seen_in_the_field_are_shown_as_given(code: str) -> None:
    assert batch_code(code, PARAMETERS) == code
    assert batch_code(f"  {code}\n", PARAMETERS) == code


def test_full_width_typing_is_folded() -> None:
    assert batch_code("Z3K8F7\u3000", PARAMETERS) == "Z3K8F7"


@pytest.mark.parametrize(
    "text",
    [
        "https://school.example.edu.cn/join?batch=Z3K8F7",
        "https://school.example.edu.cn/join?lang=zh&TZM=Z3K8F7#top",
        "https://school.example.edu.cn/#/join?batch=Z3K8F7",
        "HTTPS://SCHOOL.EXAMPLE.EDU.CN/?BATCH=Z3K8F7",
        "https://school.example.edu.cn/?batch=not%20one&tzm=Z3K8F7",
    ],
)
def test_a_posters_url_holds_the_code(text: str) -> None:
    assert batch_code(text, PARAMETERS) == "Z3K8F7"


def test_the_first_parameter_of_the_settings_wins() -> None:
    url = "https://school.example.edu.cn/?tzm=EK43&batch=Z3K8F7"
    assert batch_code(url, ("batch", "tzm")) == "Z3K8F7"
    assert batch_code(url, ("tzm", "batch")) == "EK43"


@pytest.mark.parametrize(
    "text",
    [
        "", "   ", "ABC", "ABCDEFGHI", "Z3K-F7", "Z3K8F7 EK43", "批次Z3K8", "①②③④", "²³¹²",
        "https://school.example.edu.cn/Z3K8F7", "https://school.example.edu.cn/?other=Z3K8F7",
        "batch=Z3K8F7", "https://[broken/?batch=Z3K8F7", "\x00\x00\x00\x00",
    ],
)  # fmt: skip
def test_everything_else_is_refused_with_the_shape_named(text: str) -> None:
    with pytest.raises(NotABatchCode, match="4 to 8 letters and digits") as caught:
        batch_code(text, PARAMETERS)
    assert caught.value.key == "batch_code_malformed"


@given(CODES)
def test_case_and_width_do_not_tell_batches_apart(code: str) -> None:
    wide = "".join(chr(ord(c) + 0xFEE0) for c in code)
    assert same_batch(code, code.lower())
    assert same_batch(code.upper(), wide)
    assert batch_code(wide, PARAMETERS) == code


def test_different_codes_are_different_batches() -> None:
    assert not same_batch("Z3K8F7", "Z3K8F8")


@given(st.text())
def test_no_text_breaks_it(text: str) -> None:
    try:
        found = batch_code(text, PARAMETERS)
    except NotABatchCode:
        return
    assert 4 <= len(found) <= 8
    assert found.isascii()
    assert found.isalnum()
