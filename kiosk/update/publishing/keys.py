"""Signing keys: one file a person, encrypted with a passphrase."""

from __future__ import annotations

import os
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from securesystemslib.signer import CryptoSigner

from kiosk.update.errors import PublishError


def make_key(path: Path, passphrase: str | None) -> CryptoSigner:
    """Make an Ed25519 key and write it, readable by its owner only.

    Args:
        path: must not exist.
        passphrase: None or empty for a key that lies open, as a server's timestamp key must.

    Raises:
        PublishError: the file exists or cannot be written.
    """
    key = Ed25519PrivateKey.generate()
    encryption = BestAvailableEncryption(passphrase.encode()) if passphrase else NoEncryption()
    content = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, encryption)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        raise PublishError(f"The key {path} cannot be written: {error.strerror}.") from error
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
    return CryptoSigner(key)


def load_key(path: Path, passphrase: str | None) -> CryptoSigner:
    """Read a key.

    Raises:
        PublishError: it cannot be read, or the passphrase is wrong.
    """
    try:
        key = load_pem_private_key(path.read_bytes(), passphrase.encode() if passphrase else None)
    except OSError as error:
        raise PublishError(f"The key {path} cannot be read: {error.strerror}.") from error
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise PublishError(f"{path} is no key, or the passphrase is wrong.") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise PublishError(f"{path} is no Ed25519 key.")
    return CryptoSigner(key)
