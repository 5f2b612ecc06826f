"""RSA keys, and signatures by PKCS #1 v1.5 with SHA-256: what both providers use."""

from __future__ import annotations

import base64
import binascii
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_pem_public_key

from kiosk.central.service.gateways.base import GatewayKeyError


def private_key(path: Path) -> RSAPrivateKey:
    """Read a private key.

    Raises:
        GatewayKeyError: there is none.
    """
    try:
        key = load_pem_private_key(path.read_bytes(), None)
    except (OSError, ValueError, TypeError) as error:
        raise GatewayKeyError(f"{path}: not a private key in PEM: {error}.") from error
    if not isinstance(key, RSAPrivateKey):
        raise GatewayKeyError(f"{path}: not an RSA key.")
    return key


def public_key(path: Path) -> RSAPublicKey:
    """Read a public key.

    Raises:
        GatewayKeyError: there is none.
    """
    try:
        key = load_pem_public_key(path.read_bytes())
    except (OSError, ValueError) as error:
        raise GatewayKeyError(f"{path}: not a public key in PEM: {error}.") from error
    if not isinstance(key, RSAPublicKey):
        raise GatewayKeyError(f"{path}: not an RSA key.")
    return key


def sign(key: RSAPrivateKey, text: bytes) -> str:
    """Return the signature in base 64."""
    return base64.b64encode(key.sign(text, PKCS1v15(), SHA256())).decode()


def is_signed(key: RSAPublicKey, text: bytes, signature: str) -> bool:
    """Whether this is the signature of this text."""
    try:
        key.verify(base64.b64decode(signature, validate=True), text, PKCS1v15(), SHA256())
    except (InvalidSignature, binascii.Error, ValueError):
        return False
    return True
