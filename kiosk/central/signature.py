"""The booth's signature under a photo's report: Ed25519 (RFC 8032) over the report as text.

The report holds the hashes of the photo and of the still, the booth, and the profile, so the
signature says: this booth measured this photo, made from this still, and found this. Whoever has
the booth's public key can check it, also years later and without the booth's secret.

Signed is the JSON text with sorted keys, without spaces, in UTF-8, of everything but the signature
itself. It survives being stored as JSON and read again.
"""

from __future__ import annotations

import base64
import binascii
import enum
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from kiosk.central.errors import CentralError
from kiosk.durable import sync_folder

FIELD = "signature"
ALGORITHM = "Ed25519"
SECRET_BYTES = 32


class ReportKeyError(CentralError):
    """The booth's signing key cannot be used."""


class Verified(enum.StrEnum):
    """What a report's signature is worth."""

    VALID = "valid"
    UNKNOWN_KEY = "unknown_key"
    """It fits the key it names, which is not the one expected."""
    INVALID = "invalid"
    """The report was changed, or the signature is broken."""
    UNSIGNED = "unsigned"


def load_signing_key(path: Path) -> Ed25519PrivateKey:
    """Return the secret key in `path`; make it, readable by its owner only, when there is none.

    Two processes may call this at once on first use and get the same key. What root makes, as
    `sudo kiosk enrol` does, belongs to the folder's owner: the booth reads it later.

    Raises:
        ReportKeyError: the file cannot be read or written, or holds no such key.
    """
    try:
        if not path.exists():
            _create(path)
        secret = path.read_bytes()
    except OSError as error:
        raise ReportKeyError(
            f"{path}: the signing key cannot be read or written: {error.strerror or error}. "
            f"Give it to the user of the booth: sudo chown kiosk: {path}"
        ) from error
    if len(secret) != SECRET_BYTES:
        raise ReportKeyError(
            f"{path}: not a signing key of {SECRET_BYTES} bytes. Put the right file back, or "
            "remove it and tell the central backend the new public key."
        )
    return Ed25519PrivateKey.from_private_bytes(secret)


def public_key(key: Ed25519PrivateKey) -> str:
    """Return the public key as base64, to be given to the central backend."""
    return base64.b64encode(key.public_key().public_bytes_raw()).decode()


def sign(report: Mapping[str, Any], key: Ed25519PrivateKey) -> dict[str, Any]:
    """Return the report with the booth's signature, replacing an earlier one.

    Args:
        report: plain JSON values.
        key: the booth's.
    """
    value = base64.b64encode(key.sign(_text(report))).decode()
    seal = {"algorithm": ALGORITHM, "key": public_key(key), "value": value}
    return {**{k: v for k, v in report.items() if k != FIELD}, FIELD: seal}


def verify(report: Mapping[str, Any], expected_key: str | None = None) -> Verified:
    """Return what the report's signature is worth. Pure; for either side of the wire.

    Args:
        report: as `sign` returned it, or read again from JSON.
        expected_key: the booth's public key, base64; None where only changes are looked for.
    """
    seal = report.get(FIELD)
    if seal is None:
        return Verified.UNSIGNED
    try:
        if seal["algorithm"] != ALGORITHM:
            return Verified.INVALID
        key = base64.b64decode(seal["key"], validate=True)
        value = base64.b64decode(seal["value"], validate=True)
        Ed25519PublicKey.from_public_bytes(key).verify(value, _text(report))
    except (InvalidSignature, KeyError, TypeError, ValueError, binascii.Error):
        return Verified.INVALID
    if expected_key is not None and seal["key"] != expected_key:
        return Verified.UNKNOWN_KEY
    return Verified.VALID


def _text(report: Mapping[str, Any]) -> bytes:
    told = {k: v for k, v in report.items() if k != FIELD}
    text = json.dumps(
        told, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    )
    return text.encode()


def _create(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}.{os.urandom(4).hex()}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(Ed25519PrivateKey.generate().private_bytes_raw())
            if os.geteuid() == 0:
                folder = path.parent.stat()
                os.fchown(file.fileno(), folder.st_uid, folder.st_gid)
            file.flush()
            os.fsync(file.fileno())
        # A link does not replace: of two makers the first wins, and both read the same key.
        try:
            os.link(draft, path)
        except FileExistsError:
            return
        sync_folder(path.parent)  # a key that a power cut takes away again is another booth's
    finally:
        draft.unlink(missing_ok=True)
