"""Where booths may put originals themselves."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path

from kiosk.central.contract import OriginalOffer, OriginalRequest
from kiosk.central.service import pictures
from kiosk.central.service.api.authentication import BoothDependency, ServiceDependency
from kiosk.central.service.api.refusals import refusals
from kiosk.central.service.errors import ServiceError

router = APIRouter(prefix="/api/v1/originals", tags=["submissions"])

OriginalHash = Annotated[str, Path(pattern=r"^[0-9a-f]{64}$")]


@router.post("/{original_sha256}", responses=refusals(401, 413, 415))
def offer(
    original_sha256: OriginalHash,
    request: OriginalRequest,
    service: ServiceDependency,
    _booth: BoothDependency,
) -> OriginalOffer:
    """Offer a place in the store for an original of this hash; the photo follows afterwards.

    What is put there is not believed: it is read and checked when the photo comes.
    """
    limit = service.settings.max_original_bytes
    if request.bytes > limit:
        raise ServiceError(
            413, "original_too_large", f"The original has more than {limit} bytes.",
            "Check the booth's settings of camera and portrait.",
        )  # fmt: skip
    pictures.check_type(request.media_type)
    found = service.storage.offer(original_sha256, request.bytes, request.media_type)
    return OriginalOffer(url=found.url, headers=dict(found.headers)) if found else OriginalOffer()
