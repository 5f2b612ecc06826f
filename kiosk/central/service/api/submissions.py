"""Booths send photos."""

from __future__ import annotations

import contextlib
import math
from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Path, Request
from fastapi.concurrency import run_in_threadpool
from pydantic import ValidationError
from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser

from kiosk.central.contract import Submission, SubmissionAnswer
from kiosk.central.service import intake
from kiosk.central.service.api.authentication import BoothDependency, ServiceDependency
from kiosk.central.service.api.refusals import refusals
from kiosk.central.service.errors import ServiceError

router = APIRouter(prefix="/api/v1/submissions", tags=["submissions"])

PhotoHash = Annotated[str, Path(pattern=r"^[0-9a-f]{64}$")]

_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["meta", "photo"],
                    "properties": {
                        "meta": {"$ref": "#/components/schemas/Submission"},
                        "photo": {"type": "string", "contentMediaType": "image/jpeg"},
                        "original": {"type": "string", "contentMediaType": "image/jpeg"},
                    },
                }
            }
        },
    }
}


class _Parser(MultiPartParser):
    # A usual original stays in memory: to hand each piece of it to a thread, which writes it to a
    # file, takes longer than all else that is done with the piece.
    spool_max_size = 5 << 20


@router.put(
    "/{photo_sha256}",
    responses=refusals(401, 403, 404, 409, 413, 415),
    openapi_extra=_BODY,
)
async def submit(
    photo_sha256: PhotoHash, request: Request, service: ServiceDependency, booth: BoothDependency
) -> SubmissionAnswer:
    """Send a photo with its original; sent again it answers as the first time.

    Without one the original is taken that the booth has put to an offer of `/originals`.

    The body is read here, after the booth is known, not by the framework before.
    """
    if not request.headers.get("content-type", "").startswith("multipart/form-data"):
        raise _malformed("it is not multipart/form-data")
    try:
        async with contextlib.aclosing(request.stream()) as stream:
            parts = await _Parser(
                request.headers, stream, max_files=2, max_fields=1,
                max_part_size=service.settings.max_message_bytes,
            ).parse()  # fmt: skip
    except MultiPartException as error:
        raise _malformed(error.message) from error
    try:
        meta, photo, original = (parts.get(name) for name in ("meta", "photo", "original"))
        if not (
            isinstance(meta, str)
            and isinstance(photo, UploadFile)
            and (original is None or isinstance(original, UploadFile))
        ):
            raise _malformed("it needs the field 'meta' and the files 'photo' and 'original'")
        upload = intake.Upload(
            _submission(meta, photo_sha256),
            photo.file,
            None if original is None else original.file,
            request.headers["authorization"].partition(" ")[2].strip(),
        )
        return await run_in_threadpool(intake.take_in, service, booth, upload)
    finally:
        await parts.close()


@router.get("/{photo_sha256}", responses=refusals(401, 404))
def submission(
    photo_sha256: PhotoHash, service: ServiceDependency, booth: BoothDependency
) -> SubmissionAnswer:
    """Return the answer to one of this booth's photos."""
    return service.database.read(lambda session: intake.find(session, photo_sha256, booth))


def _submission(text: str, photo_sha256: str) -> Submission:
    try:
        message = Submission.model_validate_json(text)
        message = Submission.model_validate(_storable(message.model_dump()))
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"]) or "meta"
        raise _malformed(f"{where}: {first['msg']}") from error
    if message.photo_sha256 != photo_sha256:
        raise _malformed("the path names another photo than the message")
    return message


def _storable(value: Any) -> Any:
    """Return the value as every database can store it: no NaN, no NUL, times with their zone."""
    if isinstance(value, dict):
        return {_storable(key): _storable(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_storable(item) for item in value]
    if isinstance(value, datetime) and value.tzinfo is None:
        return value.replace(tzinfo=UTC)  # the contract's times are UTC
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value.replace("\0", "") if isinstance(value, str) else value


def _malformed(why: str) -> ServiceError:
    return ServiceError(
        422, "message_malformed", f"The submission is wrong: {why}.",
        "Update the booth's software or the central backend's.",
    )  # fmt: skip
