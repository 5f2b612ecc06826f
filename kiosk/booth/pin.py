"""The staff PIN: kept only as a salted hash, compared in constant time.

A PIN has few digits, so the hash must be slow. scrypt (RFC 7914) with N = 2^14, r = 8, p = 1
takes about 50 ms and 16 MB: nothing for one entry, a lot for trying all. The hash names its own
parameters, so that they can be raised without invalidating older ones.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import secrets

PIN_LENGTH = range(4, 13)
"""A staff PIN has 4 to 12 digits; the keypad takes no more."""

_N, _R, _P = 2**14, 8, 1
_SALT_BYTES = 16
_KEY_BYTES = 32
_MAX_MEMORY = 256 * 1024 * 1024
"""Bytes; a hash that asks for more than this is refused rather than computed."""


class PinError(Exception):
    """A PIN that cannot be used, or a hash that is none; the message says what to do."""


def hash_pin(pin: str) -> str:
    """Return the salted hash of a staff PIN, for ``booth.staff_pin_hash``.

    Raises:
        PinError: it does not have 4 to 12 digits.
    """
    if len(pin) not in PIN_LENGTH or not (pin.isascii() and pin.isdigit()):
        raise PinError(
            f"A staff PIN has {PIN_LENGTH[0]} to {PIN_LENGTH[-1]} digits and nothing else, "
            "because it is typed on the booth's number pad."
        )
    salt = secrets.token_bytes(_SALT_BYTES)
    key = hashlib.scrypt(pin.encode(), salt=salt, n=_N, r=_R, p=_P, dklen=_KEY_BYTES)
    return f"scrypt:{_N}:{_R}:{_P}:{_text(salt)}:{_text(key)}"


def check_pin(pin: str, pin_hash: str) -> bool:
    """Return whether `pin` is the one `pin_hash` was made of.

    Raises:
        PinError: `pin_hash` is not a hash made by `hash_pin`.
    """
    n, r, p, salt, key = _parse(pin_hash)
    try:
        found = hashlib.scrypt(
            pin.encode(), salt=salt, n=n, r=r, p=p, dklen=len(key), maxmem=_MAX_MEMORY
        )
    except (ValueError, TypeError, OverflowError) as error:
        raise PinError(_UNREADABLE) from error
    return hmac.compare_digest(found, key)


_UNREADABLE = (
    "booth.staff_pin_hash is not a hash of a staff PIN. "
    "Make one with 'kiosk config pin' and copy the whole line."
)


def check_hash(pin_hash: str) -> None:
    """Do nothing where `pin_hash` has the form of a hash.

    Raises:
        PinError: it has not.
    """
    _parse(pin_hash)


def _parse(pin_hash: str) -> tuple[int, int, int, bytes, bytes]:
    try:
        scheme, n, r, p, salt, key = pin_hash.split(":")
        parsed = int(n), int(r), int(p), _bytes(salt), _bytes(key)
    except (ValueError, binascii.Error) as error:
        raise PinError(_UNREADABLE) from error
    if scheme != "scrypt" or not parsed[3] or not parsed[4]:
        raise PinError(_UNREADABLE)
    return parsed


def _text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode()


def _bytes(text: str) -> bytes:
    return base64.b64decode(text, altchars=b"-_", validate=True)
