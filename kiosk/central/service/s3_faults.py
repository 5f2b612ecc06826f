"""What a store's refusals mean, and what is to be done about them."""

from __future__ import annotations

from botocore.exceptions import BotoCoreError, ClientError

from kiosk.central.service.errors import ServiceError

_RETRY_AFTER_S = 30
_NOT_FOUND = frozenset({"NoSuchKey", "404", "NotFound"})
_CHANGED = frozenset(
    {"BadDigest", "XAmzContentSHA256Mismatch", "XAmzContentChecksumMismatch", "PreconditionFailed"}
)
_FULL = frozenset({"XMinioStorageFull", "QuotaExceeded", "InsufficientStorage", "507"})
_KEY = "Check s3.key_id, s3.secret_file, s3.region and what this key may do in the bucket."
_REMEDIES = {
    "NoSuchBucket": "Make the bucket, or restore it, or set storage_url to the right one.",
    "RequestTimeTooSkewed": "Set this machine's clock: the store takes 15 minutes at most.",
    "InvalidAccessKeyId": _KEY,
    "SignatureDoesNotMatch": _KEY,
    "AccessDenied": _KEY,
    "AuthorizationHeaderMalformed": _KEY,
    "403": _KEY,
}


def is_missing(error: Exception) -> bool:
    """Whether the store says that there is no such object."""
    return isinstance(error, ClientError) and _code(error) in _NOT_FOUND


def refusal_of(error: ClientError | BotoCoreError) -> ServiceError:
    """Return what the service answers for a store's refusal or silence."""
    if not isinstance(error, ClientError):
        return _unavailable(
            f"The storage does not answer: {type(error).__name__}.",
            "Check s3.endpoint, the network and whether the store runs.",
        )
    code = _code(error)
    if code in _CHANGED:
        return changed()
    if code in _NOT_FOUND:
        return ServiceError(
            404, "file_missing", "The file is not in the storage.",
            "Restore it from the bucket's backup.",
        )  # fmt: skip
    if code in _FULL:
        return ServiceError(
            503, "storage_full", "The storage has no room.", "Make room in it, or raise its quota.",
            retry_after_s=_RETRY_AFTER_S,
        )  # fmt: skip
    return _unavailable(
        f"The storage refuses: {code}.", _REMEDIES.get(code, "Look into the store's log.")
    )


def changed() -> ServiceError:
    """Return the refusal of a file that is not the one announced."""
    return ServiceError(
        422, "hash_mismatch", "A file is not the one whose hash was announced.",
        "It changed on the way or before: send it again.",
    )  # fmt: skip


def _code(error: ClientError) -> str:
    return str(error.response.get("Error", {}).get("Code", ""))


def _unavailable(message: str, remedy: str) -> ServiceError:
    return ServiceError(503, "storage_unavailable", message, remedy, retry_after_s=_RETRY_AFTER_S)
