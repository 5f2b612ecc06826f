"""The staff PIN: only its slow, salted hash is kept."""

from __future__ import annotations

import pytest

from kiosk.booth.pin import PinError, check_pin, hash_pin


def test_a_pin_opens_its_own_hash_and_no_other() -> None:
    made = hash_pin("135790")
    assert check_pin("135790", made)
    for wrong in ("135791", "13579", "1357900", "", "135790\n", "中文"):
        assert not check_pin(wrong, made)


def test_the_same_pin_never_has_the_same_hash() -> None:
    assert hash_pin("2468") != hash_pin("2468")


@pytest.mark.parametrize("pin", ["123", "1" * 13, "12 34", "12a4", "\u0661\u0662\u0663\u0664", ""])
def test_what_the_keypad_cannot_type_is_no_pin(pin: str) -> None:
    with pytest.raises(PinError, match="digits"):
        hash_pin(pin)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2468",
        "scrypt:16384:8:1:c2FsdA==",
        "bcrypt:16384:8:1:c2FsdA==:a2V5",
        "scrypt:x:8:1:c2FsdA==:a2V5",
        "scrypt:16384:8:1:!!:a2V5",
        "scrypt:16384:8:1::",
        "scrypt:3:8:1:c2FsdA==:a2V5",
        "scrypt:1073741824:8:1:c2FsdA==:a2V5",
        "scrypt:-2:8:1:c2FsdA==:a2V5",
        "scrypt:16384:8:99999999999999999999:c2FsdA==:a2V5",
    ],
)
def test_a_hash_that_is_none_says_how_to_make_one(text: str) -> None:
    with pytest.raises(PinError, match="kiosk config pin"):
        check_pin("2468", text)


def test_a_hash_keeps_its_own_parameters_when_new_ones_get_stronger() -> None:
    import base64
    import hashlib

    key = hashlib.scrypt(b"2468", salt=b"older", n=2**10, r=8, p=1, dklen=32)
    older = f"scrypt:1024:8:1:{base64.b64encode(b'older').decode()}:{_url(key)}"
    assert check_pin("2468", older)


def _url(data: bytes) -> str:
    import base64

    return base64.urlsafe_b64encode(data).decode()
