"""Photos and originals in an S3-compatible store, by their content's hash.

A PUT is whole or not at all, so there are no halves under a final key. Originals that booths send
straight to the store come under ``incoming/``, where their hash is bound by the signed URL; they
get their final key only after the service has read and checked them itself.
"""

from __future__ import annotations

import base64
import hashlib
import os
import re
import tempfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO, cast

import botocore.session
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from kiosk.central.service.errors import ServiceError
from kiosk.central.service.s3_faults import changed, is_missing, refusal_of
from kiosk.central.service.s3_settings import S3Place, S3Settings
from kiosk.central.service.storage import Arrival, Offer

_HASH = re.compile(r"^[0-9a-f]{64}$")
_CHUNK_BYTES = 1 << 20
_IN_MEMORY_BYTES = 8 << 20
_FAULTS = (ClientError, BotoCoreError)


class S3Storage:
    """Files in a bucket. May be used by several threads at once.

    Args:
        place: bucket and prefix.
        settings: how it is reached.
        secret: of the access key.
        base: folder that relative paths of the settings start from.
    """

    def __init__(self, place: S3Place, settings: S3Settings, secret: str, base: Path) -> None:
        self._place = place
        self._settings = settings
        endpoint = str(settings.endpoint) if settings.endpoint else None
        self._client = _client(settings, secret, base, endpoint)
        self._for_booths = (
            _client(settings, secret, base, str(settings.booth_endpoint))
            if settings.booth_endpoint
            else None
        )

    def put(self, sha256: str, source: BinaryIO) -> int:
        """See `Storage.put`."""
        size = source.seek(0, os.SEEK_END)
        source.seek(0)
        if _sha256(source) != sha256:
            raise changed()
        self._call(
            "put_object",
            Key=self._key(sha256),
            Body=source,
            ContentLength=size,
            ChecksumSHA256=_base64(sha256),
        )
        return size

    def open(self, sha256: str) -> BinaryIO:
        """See `Storage.open`. What is read is checked against the hash."""
        file, _ = self._read(self._key(sha256))
        if _sha256(file) != sha256:
            file.close()
            raise ServiceError(
                404, "file_damaged", "The file in the storage is not the one that was put there.",
                "Restore it from the bucket's backup.",
            )  # fmt: skip
        return file

    def check(self) -> None:
        """See `Storage.check`."""
        self._call("put_object", Key=f"{self._place.prefix}probe", Body=b"x", ContentLength=1)

    def files(self) -> Iterator[tuple[str, datetime]]:
        """See `Storage.files`."""
        begin = len(self._place.prefix)
        for key, written in self._list(""):
            folder, _, name = key[begin:].partition("/")
            if _HASH.match(name) and name.startswith(folder):
                yield name, written

    def remove(self, sha256: str, put_before: datetime) -> bool:
        """See `Storage.remove`.

        A store has no "remove unless written again": a put that ends within the milliseconds
        between the look and the removal would be lost. Only files that are named nowhere, a day
        old at least, or of an order that was just erased, are ever removed.
        """
        key = self._key(sha256)
        try:
            written = self._client.head_object(Bucket=self._place.bucket, Key=key)["LastModified"]
        except _FAULTS as error:
            if is_missing(error):
                return True
            raise refusal_of(error) from error
        if written >= put_before:
            return False
        self._call("delete_object", Key=key)
        return True

    def remove_unfinished(self, put_before: datetime) -> int:
        """See `Storage.remove_unfinished`."""
        old = [key for key, written in self._list("incoming/") if written < put_before]
        for key in old:
            self._call("delete_object", Key=key)
        return len(old)

    def offer(self, sha256: str, size: int, media_type: str) -> Offer | None:
        """See `Storage.offer`."""
        if self._for_booths is None:
            return None
        headers = {"Content-Type": media_type, "x-amz-checksum-sha256": _base64(sha256)}
        url = self._for_booths.generate_presigned_url(
            "put_object",
            Params={
                "Bucket": self._place.bucket,
                "Key": self._incoming(sha256),
                "ContentLength": size,
                "ContentType": media_type,
                "ChecksumSHA256": _base64(sha256),
            },
            ExpiresIn=self._settings.offer_s,
        )
        return Offer(url, headers)

    def arrived(self, sha256: str) -> Arrival | None:
        """See `Storage.arrived`."""
        key = self._incoming(sha256)
        try:
            content, tag = self._read(key)
        except ServiceError as error:
            if error.code == "file_missing":
                return None
            raise
        size = content.seek(0, os.SEEK_END)
        content.seek(0)

        def keep() -> int:
            # The store copies it itself, and only the state that was read here: the booth's URL
            # may still be good for writing it.
            source = {"Bucket": self._place.bucket, "Key": key}
            try:
                self._call(
                    "copy_object", Key=self._key(sha256), CopySource=source, CopySourceIfMatch=tag
                )
            except ServiceError as error:
                if error.code == "file_missing":  # another sender of the same was quicker
                    raise changed() from error
                raise
            self._call("delete_object", Key=key)
            return size

        return Arrival(content, keep)

    def _read(self, key: str) -> tuple[BinaryIO, str]:
        """Return an object's content, from its start, and the tag of the state it was in."""
        file = cast("BinaryIO", tempfile.SpooledTemporaryFile(_IN_MEMORY_BYTES))  # noqa: SIM115
        try:
            answer = self._client.get_object(Bucket=self._place.bucket, Key=key)
            with answer["Body"] as body:
                while piece := body.read(_CHUNK_BYTES):
                    file.write(piece)
        except _FAULTS as error:
            file.close()
            raise refusal_of(error) from error
        file.seek(0)
        return file, str(answer["ETag"])

    def _list(self, under: str) -> Iterator[tuple[str, datetime]]:
        pages = self._client.get_paginator("list_objects_v2").paginate(
            Bucket=self._place.bucket, Prefix=self._place.prefix + under
        )
        try:
            for page in pages:
                for found in page.get("Contents", ()):
                    yield found["Key"], found["LastModified"]
        except _FAULTS as error:
            raise refusal_of(error) from error

    def _call(self, operation: str, **values: Any) -> None:
        try:
            getattr(self._client, operation)(Bucket=self._place.bucket, **values)
        except _FAULTS as error:
            raise refusal_of(error) from error

    def _key(self, sha256: str) -> str:
        return f"{self._place.prefix}{_hash(sha256)[:2]}/{sha256}"

    def _incoming(self, sha256: str) -> str:
        return f"{self._place.prefix}incoming/{_hash(sha256)}"


def _client(settings: S3Settings, secret: str, base: Path, endpoint: str | None) -> Any:
    # Nothing of an environment made for other programs: profiles, endpoints, credentials.
    nowhere: tuple[Any, ...] = (None, [], os.devnull, None)
    session = botocore.session.Session(
        {"profile": (None, [], None, None), "config_file": nowhere, "credentials_file": nowhere}
    )
    config = Config(
        signature_version="s3v4",
        s3={"addressing_style": settings.addressing},
        retries={"total_max_attempts": settings.tries, "mode": "standard"},
        connect_timeout=settings.connect_time_out_s,
        read_timeout=settings.read_time_out_s,
        max_pool_connections=settings.connections,
        ignore_configured_endpoint_urls=True,
        # Ours are given where they are wanted; not every store takes them everywhere.
        request_checksum_calculation="when_required",
        response_checksum_validation="when_required",
    )
    return session.create_client(
        "s3",
        region_name=settings.region,
        endpoint_url=endpoint,
        aws_access_key_id=settings.key_id,
        aws_secret_access_key=secret,
        verify=str(base / settings.ca_file) if settings.ca_file else None,
        config=config,
    )


def _hash(sha256: str) -> str:
    if not _HASH.match(sha256):
        raise ValueError(f"Not a SHA-256 in lower-case hex: {sha256!r}")
    return sha256


def _sha256(file: BinaryIO) -> str:
    digest = hashlib.sha256()
    while piece := file.read(_CHUNK_BYTES):
        digest.update(piece)
    file.seek(0)
    return digest.hexdigest()


def _base64(sha256: str) -> str:
    return base64.b64encode(bytes.fromhex(sha256)).decode()
