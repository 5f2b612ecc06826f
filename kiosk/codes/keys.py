"""Keys of the simulated capture code, in a file only its owner may read.

The file is JSON: ``{"version": 1, "current": ID, "keys": {ID: {"key": HEX, "withdrawn": false}}}``.
A key's ID is the first four bytes of its SHA-256, in hex, so that file and code cannot disagree.
To rotate, add a key and make it current; codes made with the older ones stay valid until those
are marked withdrawn.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import stat
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from kiosk.codes.errors import KeyFileError

KEY_BYTES = 64
"""AES-256-SIV takes two keys of 32 bytes (RFC 5297)."""
KEY_ID_BYTES = 4
_FILE_VERSION = 1


@dataclass(frozen=True, slots=True)
class Key:
    """One key.

    Attributes:
        secret: 64 bytes.
        withdrawn: codes made with it are refused.
    """

    secret: bytes = field(repr=False)
    withdrawn: bool = False

    def __post_init__(self) -> None:
        if len(self.secret) != KEY_BYTES:
            raise ValueError(f"a key has {KEY_BYTES} bytes, not {len(self.secret)}.")

    @property
    def key_id(self) -> bytes:
        """Four bytes that name the key in a code."""
        return hashlib.sha256(self.secret).digest()[:KEY_ID_BYTES]

    @classmethod
    def generate(cls) -> Key:
        """Make a new key from the system's random source."""
        return cls(secrets.token_bytes(KEY_BYTES))


@dataclass(frozen=True, slots=True)
class KeyRing:
    """All keys a booth knows, and the one new codes are made with."""

    current: Key
    keys: Mapping[bytes, Key]

    @classmethod
    def of(cls, current: Key, *older: Key) -> KeyRing:
        """Put keys together."""
        return cls(current, {key.key_id: key for key in (*older, current)})


def load_keys(path: Path, *, create: bool = False) -> KeyRing:
    """Read a key file.

    Args:
        path: the file.
        create: make it, with one new key and mode 0600, when it is not there.

    Raises:
        KeyFileError: it is missing, unreadable, open to other users, or malformed.
    """
    try:
        if create and not path.exists():
            _create(path)
        mode = stat.S_IMODE(path.stat().st_mode)
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "not text"
        raise KeyFileError(f"{path}: the key file cannot be read: {reason}.") from error
    # The group may read: systemd hands credentials over through an access list, which shows there.
    if mode & (stat.S_IRWXO | stat.S_IWGRP):
        raise KeyFileError(
            f"{path}: mode {mode:04o} lets other users at the keys. Say: chmod 600 {path}"
        )
    try:
        return _parse(text)
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise KeyFileError(
            f"{path}: not a key file of version {_FILE_VERSION}. Restore it from a backup, or "
            "move it away and let a new one be made."
        ) from error


def save_keys(ring: KeyRing, path: Path) -> None:
    """Write a key file with mode 0600, whole or not at all.

    Raises:
        KeyFileError: it cannot be written.
    """
    content = {
        "version": _FILE_VERSION,
        "current": ring.current.key_id.hex(),
        "keys": {
            key_id.hex(): {"key": key.secret.hex(), "withdrawn": key.withdrawn}
            for key_id, key in ring.keys.items()
        },
    }
    new = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        _write_private(new, json.dumps(content, indent=2) + "\n")
        new.replace(path)
    except OSError as error:
        new.unlink(missing_ok=True)
        raise KeyFileError(f"{path}: cannot be written: {error.strerror}.") from error


def _create(path: Path) -> None:
    """Make the file unless another process has made it meanwhile."""
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    save_keys(KeyRing.of(Key.generate()), new)
    try:
        os.link(new, path)
    except FileExistsError:
        pass
    finally:
        new.unlink(missing_ok=True)


def _write_private(path: Path, text: str) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())


def _parse(text: str) -> KeyRing:
    content = json.loads(text)
    if content["version"] != _FILE_VERSION:
        raise ValueError("version")
    found = [
        Key(bytes.fromhex(entry["key"]), withdrawn=bool(entry.get("withdrawn", False)))
        for entry in content["keys"].values()
    ]
    keys = {key.key_id: key for key in found}
    return KeyRing(keys[bytes.fromhex(content["current"])], keys)
