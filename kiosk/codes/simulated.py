"""The simulated capture code: for demos, training and tests.

Its format is described byte by byte in docs/capture-code.md. AES-256-SIV (RFC 5297) encrypts and
authenticates; it needs no nonce, and the same record under the same key always gives the same
code. That matters: a student is known by the code's hash, and one record has one code.
"""

from __future__ import annotations

import base64
import binascii
import re

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV

from kiosk.codes.capture import CaptureCode, payload_hash
from kiosk.codes.errors import ExpiredKey, ForgedCode, KeyFileError, UnknownVersion, WrongKey
from kiosk.codes.keys import KEY_ID_BYTES, Key, KeyRing, load_keys
from kiosk.codes.last_four import BracketPolicy, last_four
from kiosk.codes.masking import mask_name, mask_number
from kiosk.settings.codes import CodeSettings

PREFIX = "CCK1:"
"""Kind and version of the code."""

_KIND = re.compile(r"CCK(\d{1,3}):", re.ASCII)
_FIELD_MAX_BYTES = 64
_SIV_BYTES = 16


def issue(student_number: str, name: str, id_number: str, key: Key) -> str:
    """Make a simulated capture code.

    Args:
        student_number: unique; at most 64 bytes of UTF-8, as the other fields.
        name: as on the ID.
        id_number: whole, brackets included.
        key: the key to make it with.

    Returns:
        Text for a QR code: capitals, digits and a colon only, so that the QR stays small.

    Raises:
        ValueError: a field is empty or too long, or the ID number has no last four.
    """
    last_four(id_number)
    plain = b"".join(
        _field(label, value)
        for label, value in (
            ("student number", student_number), ("name", name), ("ID number", id_number),
        )
    )  # fmt: skip
    sealed = AESSIV(key.secret).encrypt(plain, [_associated(key.key_id)])
    return PREFIX + _base32(key.key_id + sealed)


class SimulatedDecoder:
    """Understands simulated capture codes made with a key of the key file."""

    name = "simulated"

    def __init__(self, settings: CodeSettings, keys: KeyRing | None = None) -> None:
        """Take the keys from `settings.key_file`, made when it is not there, or as given.

        Raises:
            KeyFileError: the file cannot be used.
        """
        if keys is None and settings.key_file is not None:
            keys = load_keys(settings.key_file, create=True)
        self._keys = keys

    def decode(self, text: str, policy: BracketPolicy = "count") -> CaptureCode | None:
        """Return the masked fields and the last four; None when it is another kind of code.

        Raises:
            UnknownVersion, WrongKey, ExpiredKey, ForgedCode, KeyFileError (no keys are set).
        """
        payload = text.strip().upper()
        kind = _KIND.match(payload)
        if kind is None:
            return None
        if not payload.startswith(PREFIX):
            raise UnknownVersion(
                f"This capture code is of version {kind.group(1)}, which this booth does not "
                "know. Update the booth."
            )
        student_number, name, id_number = self._open(_bytes(payload[len(PREFIX) :]))
        try:
            ending = last_four(id_number, policy)
        except ValueError:
            ending = None
        return CaptureCode(
            code_hash=payload_hash(payload),
            decoder=self.name,
            masked_name=mask_name(name),
            masked_number=mask_number(student_number),
            last_four=ending,
        )

    def _open(self, sealed: bytes) -> tuple[str, str, str]:
        if self._keys is None:
            raise KeyFileError("No key for simulated capture codes: set codes.key_file.")
        if len(sealed) < KEY_ID_BYTES + _SIV_BYTES:
            raise _forged()
        key_id, body = sealed[:KEY_ID_BYTES], sealed[KEY_ID_BYTES:]
        key = self._keys.keys.get(key_id)
        if key is None:
            raise WrongKey(
                f"This capture code was made with key {key_id.hex()}, which this booth does not "
                "have. Copy the key file from where codes are issued."
            )
        try:
            plain = AESSIV(key.secret).decrypt(body, [_associated(key_id)])
        except InvalidTag as error:
            raise _forged() from error
        if key.withdrawn:
            raise ExpiredKey("This capture code's key was withdrawn. A new code is needed.")
        return _fields(plain)


def _field(label: str, value: str) -> bytes:
    data = value.strip().encode("utf-8")
    if not 1 <= len(data) <= _FIELD_MAX_BYTES:
        raise ValueError(f"the {label} has to have 1 to {_FIELD_MAX_BYTES} bytes of UTF-8.")
    return bytes([len(data)]) + data


def _fields(plain: bytes) -> tuple[str, str, str]:
    """Take the three length-prefixed fields apart; later versions may append more."""
    values: list[str] = []
    position = 0
    try:
        for _ in range(3):
            length = plain[position]
            data = plain[position + 1 : position + 1 + length]
            if len(data) != length or not length:
                raise _forged()
            values.append(data.decode("utf-8"))
            position += 1 + length
    except (IndexError, UnicodeDecodeError) as error:
        raise _forged() from error
    return values[0], values[1], values[2]


def _associated(key_id: bytes) -> bytes:
    return PREFIX.encode("ascii") + key_id


def _base32(data: bytes) -> str:
    return base64.b32encode(data).decode("ascii").rstrip("=")


def _bytes(body: str) -> bytes:
    try:
        data = base64.b32decode(body + "=" * (-len(body) % 8))
    except (binascii.Error, ValueError) as error:
        raise _forged() from error
    if _base32(data) != body:
        # The last character has bits that mean nothing; changed, they would give the same record
        # a second hash.
        raise _forged()
    return data


def _forged() -> ForgedCode:
    return ForgedCode("This capture code is damaged or forged. Save it again from CHSI (学信网).")
