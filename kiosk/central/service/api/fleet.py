"""Booths make their key known, and tell how they are."""

from __future__ import annotations

from fastapi import APIRouter, Request
from sqlalchemy.orm import Session

from kiosk.central.contract import (
    EnrolmentAnswer,
    EnrolmentRequest,
    Heartbeat,
    HeartbeatAnswer,
)
from kiosk.central.service import booths, fleet, guesses, report_keys, staff, support
from kiosk.central.service.api.authentication import BoothDependency, ServiceDependency
from kiosk.central.service.api.refusals import refusals
from kiosk.central.service.callers import caller_of
from kiosk.central.service.errors import ServiceError
from kiosk.central.service.tables import Booth

router = APIRouter(prefix="/api/v1", tags=["fleet"])


@router.post("/enrolment", responses=refusals(403, 409, 413, 429))
def enrol(
    message: EnrolmentRequest, request: Request, service: ServiceDependency
) -> EnrolmentAnswer:
    """Make a booth's key known by its one-time code; needs no key."""
    now, address = service.clock(), caller_of(request)
    tries = staff.count_guess(service, f"enrolment {address}", address)

    def work(session: Session) -> Booth | None:
        booth = booths.enrol_by_code(
            session, message.code, message.key_hash, now, message.report_key
        )
        if booth is not None:
            guesses.forgive(session, tries)
        return booth

    booth = service.database.write(work)
    if booth is None:
        staff.note_guess(service, f"enrolment {address}", address)
        raise ServiceError(
            403, "enrolment_code", "This code enrols no booth.",
            "Ask operations for a new one: it can be used once, within a day.",
        )  # fmt: skip
    return EnrolmentAnswer(booth=booth.name)


@router.post("/heartbeat", responses=refusals(401, 413))
def heartbeat(
    message: Heartbeat, service: ServiceDependency, booth: BoothDependency
) -> HeartbeatAnswer:
    """Take a heartbeat in; answer with what is set for this booth."""
    now = service.clock()

    def work(session: Session) -> HeartbeatAnswer:
        fleet.note_heartbeat(session, booth, message, now)
        report_keys.note_first(session, booth, message.report_key, now)
        wanted = support.wanted(session, booth, now, days=service.settings.support_keep_days)
        return fleet.settings_of(session, booth, at=now, support=wanted)

    return service.database.write(work)
