"""Entries of the outbox as encrypted files.

A file is ``CKO1``, a 12-byte nonce, then AES-256-GCM of: the header's length (4 bytes, big
endian), the header (JSON: the `Submission` and the photo's length), the photo, the original.
The photo's hash is authenticated with it, so that a renamed file is noticed. Everything an
entry is made of is in its one file: it is there whole or not at all, and the outbox's database
can be rebuilt from the files.
"""

from __future__ import annotations

import hashlib
import json
import os
import struct
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from pydantic import ValidationError

from kiosk.central.contract import Submission
from kiosk.central.errors import OutboxKeyError
from kiosk.durable import sync_folder

MAGIC = b"CKO1"
KEY_BYTES = 32
_NONCE_BYTES = 12
_LENGTH = struct.Struct(">I")


class SealBroken(Exception):  # noqa: N818
    """The file is cut, changed, of another key, or not an outbox entry at all."""


@dataclass(frozen=True, slots=True)
class Parcel:
    """What is sent: the submission and its two files.

    Attributes:
        submission: what the reviewer must know.
        photo: the composed JPEG.
        original: the still as the camera wrote it.
    """

    submission: Submission
    photo: bytes
    original: bytes

    def check(self) -> None:
        """Raise `ValueError` when a file is not the one the submission names."""
        for name, data, wanted in (
            ("photo", self.photo, self.submission.photo_sha256),
            ("original", self.original, self.submission.original_sha256),
        ):
            if hashlib.sha256(data).hexdigest() != wanted:
                raise ValueError(f"The {name} is not the file whose hash the submission names.")


def seal(parcel: Parcel, key: bytes) -> bytes:
    """Return the parcel as the bytes of an encrypted file."""
    header = json.dumps(
        {
            "submission": parcel.submission.model_dump(mode="json"),
            "photo_bytes": len(parcel.photo),
        }
    ).encode()
    plain = b"".join((_LENGTH.pack(len(header)), header, parcel.photo, parcel.original))
    nonce = os.urandom(_NONCE_BYTES)
    bound = MAGIC + parcel.submission.photo_sha256.encode()
    return MAGIC + nonce + AESGCM(key).encrypt(nonce, plain, bound)


def unseal(data: bytes, key: bytes, photo_sha256: str) -> Parcel:
    """Return the parcel in an encrypted file.

    Args:
        data: the file.
        key: the 32 bytes it was sealed with.
        photo_sha256: which photo it has to be.

    Raises:
        SealBroken: it is not that, whole and unchanged.
    """
    if not data.startswith(MAGIC):
        raise SealBroken("It is not a file of this outbox.")
    nonce, sealed = data[len(MAGIC) :][:_NONCE_BYTES], data[len(MAGIC) + _NONCE_BYTES :]
    try:
        plain = AESGCM(key).decrypt(nonce, sealed, MAGIC + photo_sha256.encode())
    except (InvalidTag, ValueError) as error:
        raise SealBroken("It is cut or changed, or was written with another key.") from error
    try:
        (length,) = _LENGTH.unpack_from(plain)
        header = json.loads(plain[_LENGTH.size : _LENGTH.size + length])
        submission = Submission.model_validate(header["submission"])
        files = plain[_LENGTH.size + length :]
        photo_bytes = int(header["photo_bytes"])
        parcel = Parcel(submission, files[:photo_bytes], files[photo_bytes:])
        parcel.check()
    except (struct.error, ValidationError, ValueError, KeyError, TypeError) as error:
        raise SealBroken("It was written by another version, or wrongly.") from error
    return parcel


def load_key(path: Path) -> bytes:
    """Return the 32-byte key in `path`; make it, readable by its owner only, when there is none.

    Two processes may call this at once on first use and get the same key.

    Raises:
        OutboxKeyError: the file cannot be read or written, or does not hold 32 bytes.
    """
    try:
        if not path.exists():
            _create_key(path)
        key = path.read_bytes()
    except OSError as error:
        raise OutboxKeyError(
            f"{path}: the outbox's key cannot be read or written: {error.strerror}. "
            "Give the kiosk's user this folder."
        ) from error
    if len(key) != KEY_BYTES:
        raise OutboxKeyError(
            f"{path}: not a key of {KEY_BYTES} bytes. Put the right key file back: without it "
            "what is in the outbox cannot be read."
        )
    return key


def _create_key(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}.{os.urandom(4).hex()}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(os.urandom(KEY_BYTES))
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(draft, path)  # fails when another process was first, whose key then counts
        except FileExistsError:
            return
        sync_folder(path.parent)
    finally:
        draft.unlink()
