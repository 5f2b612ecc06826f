"""Opaque payloads are kept as they are; what is plainly something else is refused."""

from __future__ import annotations

import contextlib
import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.codes.errors import NotACaptureCode
from kiosk.codes.opaque import OpaqueDecoder
from kiosk.settings.codes import CodeSettings

DECODER = OpaqueDecoder(CodeSettings())


@pytest.mark.parametrize(
    "text",
    [
        "https://capture.example.edu.cn/c/310265984?k=83HC5JPPGJ857CJB92E55H2C",
        "811D8A98190F5D36", "某大学|066614360|张*|计算机科学与技术", "x" * 1024, "\x00\x01\x02",
    ],
)  # fmt: skip
def test_an_unknown_payload_is_known_by_its_hash(text: str) -> None:
    code = DECODER.decode(text)
    assert code.code_hash == hashlib.sha256(text.encode()).hexdigest()
    assert (code.masked_name, code.masked_number, code.last_four) == ("", "", None)
    assert code.decoder == "opaque"


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("", "code_empty"),
        (" \n", "code_empty"),
        ("x" * 1025, "code_too_long"),
        ("Z3K8F7", "code_is_batch_code"),
        ("https://school.example.edu.cn/join?batch=Z3K8F7", "code_is_batch_code"),
        ("weixin://wxpay/bizpayurl?pr=AbCdEf", "code_is_payment_code"),
        ("wxp://f2f0abcdefghijklmnopqrstuvwxyz", "code_is_payment_code"),
        ("HTTPS://QR.ALIPAY.COM/FKX00000000000000", "code_is_payment_code"),
        ("134567890123456789", "code_is_payment_code"),
        ("281234567890123456", "code_is_payment_code"),
        ("https://u.wechat.com/abcdefghijk", "code_is_foreign"),
        ("WIFI:T:WPA;S:campus;P:secret;;", "code_is_foreign"),
        ("BEGIN:VCARD\nN:Zhang\nEND:VCARD", "code_is_foreign"),
    ],
)
def test_the_wrong_qr_code_is_told_apart(text: str, key: str) -> None:
    with pytest.raises(NotACaptureCode) as caught:
        DECODER.decode(text)
    assert caught.value.key == key
    assert text not in str(caught.value) or not text.strip()


def test_the_lists_are_settings() -> None:
    settings = CodeSettings(payment_prefixes=("bank://",), longest_capture_code=64)
    decoder = OpaqueDecoder(settings)
    assert decoder.decode("https://qr.alipay.com/fkx0000").last_four is None
    with pytest.raises(NotACaptureCode, match="payment"):
        decoder.decode("bank://pay/1234567890")
    with pytest.raises(NotACaptureCode):
        decoder.decode("x" * 65)


@given(st.text(max_size=200))
def test_no_text_breaks_it(text: str) -> None:
    with contextlib.suppress(NotACaptureCode):
        assert len(DECODER.decode(text).code_hash) == 64
