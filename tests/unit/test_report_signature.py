"""The booth's signature under a report."""

from __future__ import annotations

import base64
import json
import stat

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from kiosk.central.signature import (
    ReportKeyError,
    Verified,
    load_signing_key,
    public_key,
    sign,
    verify,
)

REPORT = {
    "conforms": True,
    "file": {"sha256": "ab" * 32, "dpi": 300.0, "bytes": 39_000},
    "remarks": [{"key": "crown_near_limit", "value": 1e-05}],
    "provenance": {"booth": "图书馆-1", "profile": None},
}


@pytest.fixture(scope="module")
def key() -> Ed25519PrivateKey:
    return Ed25519PrivateKey.generate()


def test_signature_holds_also_after_storage_as_json(key):
    signed = json.loads(json.dumps(sign(REPORT, key), indent=2))
    assert verify(signed, public_key(key)) is Verified.VALID
    assert verify(dict(reversed(list(signed.items())))) is Verified.VALID


@pytest.mark.parametrize(
    "change",
    [
        lambda r: r.update(conforms=False),
        lambda r: r["file"].update(sha256="cd" * 32),
        lambda r: r["remarks"].clear(),
        lambda r: r.update(more=1),
        lambda r: r["signature"].update(value=base64.b64encode(bytes(64)).decode()),
        lambda r: r["signature"].update(value="not base64!"),
        lambda r: r["signature"].update(algorithm="none"),
        lambda r: r["signature"].pop("key"),
        lambda r: r.update(signature="x"),
    ],
)
def test_any_change_is_noticed(key, change):
    signed = json.loads(json.dumps(sign(REPORT, key)))
    change(signed)
    assert verify(signed, public_key(key)) is Verified.INVALID


def test_another_booth_s_key_and_no_signature_are_told_apart(key):
    other = Ed25519PrivateKey.generate()
    assert verify(sign(REPORT, other), public_key(key)) is Verified.UNKNOWN_KEY
    assert verify(REPORT, public_key(key)) is Verified.UNSIGNED


def test_signing_again_replaces_the_signature(key):
    twice = sign(sign(REPORT, Ed25519PrivateKey.generate()), key)
    assert verify(twice, public_key(key)) is Verified.VALID


def test_key_is_made_once_and_is_the_owner_s_alone(tmp_path):
    path = tmp_path / "data" / "report.key"
    first, second = load_signing_key(path), load_signing_key(path)
    assert public_key(first) == public_key(second)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(path.parent.iterdir()) == [path]


def test_broken_key_file_is_an_error_that_says_what_to_do(tmp_path):
    path = tmp_path / "report.key"
    path.write_bytes(b"short")
    with pytest.raises(ReportKeyError, match="right file back"):
        load_signing_key(path)
    with pytest.raises(ReportKeyError, match="cannot be read or written"):
        load_signing_key(path / "below")
