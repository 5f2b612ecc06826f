"""The simulated capture code: what it gives away, and what it refuses."""

from __future__ import annotations

import base64
import re
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from hypothesis import given
from hypothesis import strategies as st

from kiosk.codes.errors import ExpiredKey, ForgedCode, KeyFileError, UnknownVersion, WrongKey
from kiosk.codes.keys import Key, KeyRing
from kiosk.codes.simulated import PREFIX, SimulatedDecoder, issue
from kiosk.settings.codes import CodeSettings

KEY = Key(bytes(range(64)))
RECORD = ("20231234567", "欧阳娜娜", "A123456(7)")
DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "capture-code.md"
FIELDS = st.text(st.characters(blacklist_categories=["Cs"]), min_size=1, max_size=16).filter(
    lambda text: text.strip() and len(text.encode()) <= 64
)


def decoder(*keys: Key) -> SimulatedDecoder:
    return SimulatedDecoder(CodeSettings(), KeyRing.of(*(keys or (KEY,))))


def seal(plain: bytes, key: Key = KEY) -> str:
    sealed = AESSIV(key.secret).encrypt(plain, [PREFIX.encode() + key.key_id])
    return PREFIX + base64.b32encode(key.key_id + sealed).decode().rstrip("=")


def test_it_shows_masked_fields_and_the_last_four_only() -> None:
    code = decoder().decode(issue(*RECORD, KEY))
    assert code is not None
    assert (code.masked_name, code.masked_number, code.last_four) == (
        "欧阳**", "20*******67", "6(7)",
    )  # fmt: skip
    assert code.decoder == "simulated"
    assert re.fullmatch("[0-9a-f]{64}", code.code_hash)
    for secret in ("A123456", "娜", "20231234567"):
        assert secret not in repr(code)


def test_the_bracket_policy_is_the_batchs() -> None:
    text = issue(*RECORD, KEY)
    endings = [decoder().decode(text, p).last_four for p in ("count", "strip", "exclude")]
    assert endings == ["6(7)", "4567", "3456"]


def test_an_id_without_four_characters_under_a_policy_has_none() -> None:
    code = decoder().decode(issue("1", "张三", "AB(1234)", KEY), "exclude")
    assert code.last_four is None


def test_one_record_has_one_code_and_one_hash() -> None:
    text = issue(*RECORD, KEY)
    assert issue(*RECORD, KEY) == text
    hashes = {decoder().decode(t).code_hash for t in (text, text.lower(), f" {text}\n")}
    assert len(hashes) == 1
    other = decoder().decode(issue("20231234568", *RECORD[1:], KEY)).code_hash
    assert other not in hashes


def test_the_documented_test_vector_holds() -> None:
    cells = re.findall(r"^\| ([\w ]+) \| `([^`]+)` \|$", DOCUMENT.read_text("utf-8"), re.MULTILINE)
    vector = dict(cells)
    record = (vector["student number"], vector["name"], vector["ID number"])
    text = issue(*record, KEY)
    assert text == vector["text"]
    assert KEY.key_id.hex() == vector["key ID"]
    assert seal(bytes.fromhex(vector["plaintext"])) == text
    body = text.removeprefix(PREFIX)
    assert base64.b32decode(body + "=" * (-len(body) % 8)).hex() == vector["bytes"]
    assert decoder().decode(text).code_hash == vector["code hash"]


def test_it_fits_a_qr_code_a_phone_shows_well() -> None:
    import segno

    text = issue("202312345678", "欧阳娜娜", "11010519491231002X", KEY)
    assert segno.make_qr(text, error="m").version <= 5


@given(FIELDS, FIELDS, st.text("0123456789ABCX()", min_size=8, max_size=20))
def test_every_record_comes_back(number: str, name: str, id_number: str) -> None:
    code = decoder().decode(issue(number, name, id_number, KEY))
    assert code is not None
    assert code.last_four is not None


@pytest.mark.parametrize("position", range(0, 90, 7))
def test_any_changed_character_is_forgery(position: int) -> None:
    text = issue(*RECORD, KEY)
    at = len(PREFIX) + 8 + position % (len(text) - len(PREFIX) - 9)
    changed = text[:at] + ("A" if text[at] != "A" else "B") + text[at + 1 :]
    with pytest.raises(ForgedCode) as caught:
        decoder().decode(changed)
    assert caught.value.key == "code_forged"


def test_the_meaningless_bits_of_the_last_character_give_no_second_code() -> None:
    text = issue(*RECORD, KEY)
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
    twin = text[:-1] + alphabet[alphabet.index(text[-1]) ^ 1]
    body = twin.removeprefix(PREFIX)
    same = base64.b32decode(body + "=" * (-len(body) % 8))
    assert PREFIX + base64.b32encode(same).decode().rstrip("=") == text
    with pytest.raises(ForgedCode):
        decoder().decode(twin)


@pytest.mark.parametrize("body", ["", "A", "MZXW6", "!!!!", "0189", "Ａ" * 40, "A" * 5000])
def test_rubbish_behind_the_prefix_is_refused(body: str) -> None:
    with pytest.raises((ForgedCode, WrongKey)):
        decoder().decode(PREFIX + body)


def test_a_cut_code_is_forgery() -> None:
    text = issue(*RECORD, KEY)
    for length in (len(text) - 1, len(text) - 20, len(PREFIX) + 33, len(PREFIX) + 8):
        with pytest.raises(ForgedCode):
            decoder().decode(text[:length])


@pytest.mark.parametrize(
    "plain",
    [b"", b"\x00", b"\x01a\x01b", b"\x01a\x01b\x05c", b"\x01a\x00\x01b", b"\x02\xff\xfe\x01a\x01b",
     b"\xff" * 10],
)  # fmt: skip
def test_malformed_fields_under_the_right_key_are_refused(plain: bytes) -> None:
    with pytest.raises(ForgedCode):
        decoder().decode(seal(plain))


def test_fields_of_later_versions_are_ignored() -> None:
    plain = b"\x0120"[:2] + b"\x06\xe5\xbc\xa0\xe4\xb8\x89\x041234" + b"\x03new"
    assert decoder().decode(seal(plain)).masked_name == "张*"


def test_a_key_this_booth_does_not_have_is_named() -> None:
    with pytest.raises(WrongKey, match=KEY.key_id.hex()) as caught:
        decoder(Key.generate()).decode(issue(*RECORD, KEY))
    assert caught.value.key == "code_wrong_key"


def test_an_older_key_still_works_until_it_is_withdrawn() -> None:
    text = issue(*RECORD, KEY)
    new = Key.generate()
    assert decoder(new, KEY).decode(text).masked_name == "欧阳**"
    with pytest.raises(ExpiredKey) as caught:
        decoder(new, Key(KEY.secret, withdrawn=True)).decode(text)
    assert caught.value.key == "code_expired_key"


def test_a_key_id_cannot_be_put_on_another_keys_code() -> None:
    other = Key.generate()
    body = issue(*RECORD, other).removeprefix(PREFIX)
    raw = base64.b32decode(body + "=" * (-len(body) % 8))
    swapped = PREFIX + base64.b32encode(KEY.key_id + raw[4:]).decode().rstrip("=")
    with pytest.raises(ForgedCode):
        decoder(KEY, other).decode(swapped)


def test_a_newer_version_blames_the_booth() -> None:
    with pytest.raises(UnknownVersion, match="Update the booth"):
        decoder().decode("CCK2:ABCDEFG")


@pytest.mark.parametrize("text", ["", "CCK", "CCK1", "CCKX:AB", "Z3K8F7", "https://x/CCK1:AA"])
def test_other_texts_are_left_to_other_decoders(text: str) -> None:
    assert decoder().decode(text) is None


@given(st.text(max_size=60))
def test_no_text_breaks_it(text: str) -> None:
    assert decoder().decode(f"x{text}") is None
    with pytest.raises((ForgedCode, WrongKey)):
        decoder().decode(PREFIX + text)


def test_without_a_key_it_says_which_setting_is_missing() -> None:
    with pytest.raises(KeyFileError, match=r"codes\.key_file"):
        SimulatedDecoder(CodeSettings()).decode(issue(*RECORD, KEY))


def test_keys_come_from_the_settings_file(tmp_path: Path) -> None:
    from kiosk.codes.keys import load_keys

    settings = CodeSettings(key_file=tmp_path / "keys.json")
    made = SimulatedDecoder(settings)
    text = issue(*RECORD, load_keys(tmp_path / "keys.json").current)
    assert made.decode(text).masked_name == "欧阳**"


@pytest.mark.parametrize(
    ("record", "reason"),
    [(("", "张三", "1234"), "student number"), (("1", " ", "1234"), "name"),
     (("1", "张三", "123"), "four characters"), (("1", "三" * 22, "1234"), "1 to 64 bytes")],
)  # fmt: skip
def test_a_record_that_cannot_be_issued_is_refused(record: tuple[str, ...], reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        issue(*record, KEY)
