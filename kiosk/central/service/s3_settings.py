"""Settings of an S3-compatible storage: the table ``[s3]`` of ``central.toml``."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, HttpUrl, model_validator

# Names of buckets that every store takes, and keys without anything to be escaped.
_URL = re.compile(r"^s3://(?P<bucket>[a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?P<prefix>(/[\w.-]+)*)/?$")


class S3Settings(BaseModel):
    """How the store is reached. Relative paths start from the settings file's folder."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    endpoint: HttpUrl | None = Field(
        None, description="the store's address; none: Amazon's of the region"
    )
    region: str = Field(
        "us-east-1", min_length=1, description="region that requests are signed for"
    )
    key_id: str = Field(min_length=1, description="access key")
    secret_file: Path = Field(description="file with its secret")
    addressing: Literal["path", "virtual"] = Field(
        "path", description="bucket in the path or in the host's name"
    )
    ca_file: Path | None = Field(None, description="certificates to trust instead of the system's")
    connect_time_out_s: float = Field(3.0, gt=0, le=60, description="seconds to connect")
    read_time_out_s: float = Field(20.0, gt=0, le=300, description="seconds without a byte")
    tries: int = Field(3, ge=1, le=10, description="of one call")
    connections: int = Field(40, ge=1, le=1000, description="most connections of a worker")
    booth_endpoint: HttpUrl | None = Field(
        None,
        description="the store's address for booths: they send originals straight to it; "
        "none: through the service",
    )
    offer_s: int = Field(900, ge=60, le=86_400, description="an offered upload holds, seconds")


class S3Place(BaseModel):
    """A bucket, and the beginning of all keys in it: empty, or ending with a slash."""

    model_config = ConfigDict(frozen=True)

    bucket: str
    prefix: str

    @classmethod
    def of(cls, url: str) -> Self:
        """Return the place that ``s3://bucket/prefix`` names.

        Raises:
            ValueError: it names none.
        """
        found = _URL.match(url)
        if found is None:
            raise ValueError("storage_url must be s3://bucket or s3://bucket/prefix")
        prefix = found["prefix"].strip("/")
        return cls(bucket=found["bucket"], prefix=f"{prefix}/" if prefix else "")


class StoresOriginals(BaseModel):
    """Mixed into the service's settings: where photos and originals lie."""

    storage_directory: Path = Field(Path("storage"), description="photos and originals")
    storage_url: str = Field(
        "", description="S3-compatible storage instead: s3://bucket/prefix, with the table [s3]"
    )
    s3: S3Settings | None = Field(None, description="how the S3-compatible storage is reached")

    @model_validator(mode="after")
    def _storage_is_whole(self) -> Self:
        if self.storage_url:
            S3Place.of(self.storage_url)
            if self.s3 is None:
                raise ValueError("storage_url needs the table [s3] with key_id and secret_file")
        elif self.s3 is not None:
            raise ValueError("the table [s3] needs storage_url = 's3://bucket'")
        return self
