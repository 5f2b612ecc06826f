"""The key file: private, whole, and clear about what is wrong with it."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest

from kiosk.codes.errors import KeyFileError
from kiosk.codes.keys import Key, KeyRing, load_keys, save_keys


def test_it_is_made_on_demand_and_only_its_owner_may_read_it(tmp_path: Path) -> None:
    path = tmp_path / "keys" / "simulated.json"
    first = load_keys(path, create=True)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert load_keys(path, create=True).current == first.current
    assert [p.name for p in path.parent.iterdir()] == [path.name]


def test_it_is_not_made_unasked(tmp_path: Path) -> None:
    with pytest.raises(KeyFileError, match="No such file") as caught:
        load_keys(tmp_path / "none.json")
    assert caught.value.key == "code_key_file"
    assert not list(tmp_path.iterdir())


def test_rotation_keeps_the_older_key(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    old, new = Key.generate(), Key.generate()
    save_keys(KeyRing.of(new, Key(old.secret, withdrawn=True)), path)
    ring = load_keys(path)
    assert ring.current == new
    assert ring.keys[old.key_id].withdrawn
    assert ring.keys[old.key_id].secret == old.secret


@pytest.mark.parametrize("mode", [0o644, 0o604, 0o660, 0o666])
def test_a_file_open_to_others_is_refused_with_the_remedy(tmp_path: Path, mode: int) -> None:
    path = tmp_path / "keys.json"
    load_keys(path, create=True)
    path.chmod(mode)
    with pytest.raises(KeyFileError, match="chmod 600"):
        load_keys(path)


@pytest.mark.parametrize(
    "text",
    [
        "", "not json", "[]", "{}", '{"version": 2}', '{"version": 1, "keys": {}}',
        '{"version": 1, "current": "00", "keys": {}}',
        '{"version": 1, "current": "00", "keys": {"00": {"key": "abcd"}}}',
        '{"version": 1, "current": "00", "keys": {"00": "abcd"}}',
    ],
)  # fmt: skip
def test_a_malformed_file_is_named(tmp_path: Path, text: str) -> None:
    path = tmp_path / "keys.json"
    path.write_text(text)
    path.chmod(0o600)
    with pytest.raises(KeyFileError, match="not a key file of version 1"):
        load_keys(path)


def test_a_directory_or_binary_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(KeyFileError, match="directory"):
        load_keys(tmp_path)
    path = tmp_path / "keys.json"
    path.write_bytes(b"\xff\xfe\x00")
    path.chmod(0o600)
    with pytest.raises(KeyFileError, match="not text"):
        load_keys(path)


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    with pytest.raises(KeyFileError):
        load_keys(Path("/proc/keys/simulated.json"), create=True)
    (tmp_path / "file").write_text("")
    with pytest.raises(KeyFileError):
        load_keys(tmp_path / "file" / "keys.json", create=True)


def test_secrets_do_not_show_in_a_traceback() -> None:
    key = Key.generate()
    assert key.secret.hex() not in repr(key)
    assert repr(key.secret) not in repr(KeyRing.of(key))


def test_the_key_id_follows_from_the_key(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    ring = load_keys(path, create=True)
    assert json.loads(path.read_text())["current"] == ring.current.key_id.hex()
    with pytest.raises(ValueError, match="64 bytes"):
        Key(b"short")
