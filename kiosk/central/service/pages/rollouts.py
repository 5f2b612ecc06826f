"""Versions on their way out to the booths: begin, watch, halt."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Form, Request
from sqlalchemy.orm import Session
from starlette.responses import RedirectResponse, Response

from kiosk.central.service import rollouts, sessions
from kiosk.central.service.api.authentication import ServiceDependency
from kiosk.central.service.context import Service
from kiosk.central.service.errors import ServiceError
from kiosk.central.service.pages.guards import FormToken, Operator, account_of
from kiosk.central.service.pages.rendering import page
from kiosk.central.service.rollout import BoothUpdate, Report
from kiosk.central.service.rollout_tables import RolloutRow
from kiosk.central.service.sessions import Visitor

router = APIRouter(prefix="/rollouts", include_in_schema=False)

Text = Annotated[str, Form(max_length=1_000)]
_FIRST = (
    BoothUpdate.WENT_BACK, BoothUpdate.SILENT, BoothUpdate.ON_TRIAL, BoothUpdate.OFFERED,
    BoothUpdate.COMMITTED, BoothUpdate.NOT_OFFERED,
)  # fmt: skip
_AT_MOST = 100
"""So many booths are listed, what may need a person first; of the others the number."""


@router.get("")
def show(request: Request, service: ServiceDependency, visitor: Operator) -> Response:
    """Show all versions, and how each booth stands with the newest."""
    return _page(request, service, visitor)


@router.post("")
def begin(
    request: Request,
    service: ServiceDependency,
    visitor: Operator,
    version: Text,
    stages: Text,
    token: FormToken = "",
) -> Response:
    """Begin to roll a version out."""
    by, now = f"staff:{account_of(visitor).name}", service.clock()
    try:
        sessions.check_form(service, visitor.nonce, token)
        service.database.write(lambda s: rollouts.begin(s, version.strip(), stages, by, now))
    except ServiceError as error:
        return _page(request, service, visitor, error=error)
    return RedirectResponse("/rollouts", status_code=303)


@router.post("/halt")
def halt(
    service: ServiceDependency, visitor: Operator, version: Text, token: FormToken = ""
) -> Response:
    """Stop a version."""
    sessions.check_form(service, visitor.nonce, token)
    by, now = f"staff:{account_of(visitor).name}", service.clock()
    service.database.write(lambda session: rollouts.halt(session, version, by, now))
    return RedirectResponse("/rollouts", status_code=303)


def _page(
    request: Request, service: Service, visitor: Visitor, error: ServiceError | None = None
) -> Response:
    now, silent = service.clock(), timedelta(seconds=service.settings.rollout_silent_s)

    def work(session: Session) -> tuple[Sequence[RolloutRow], Sequence[Report]]:
        rows = rollouts.all_rollouts(session)
        return rows, rollouts.reports(session, rows[0].version, now, silent) if rows else []

    rows, booths = service.database.read(work)
    booths = sorted(booths, key=lambda one: (_FIRST.index(one.update), one.booth))
    counts = Counter(one.update for one in booths)
    return page(
        request, "rollouts.html", visitor=visitor, status=error.status if error else 200,
        error=error, rollouts=rows, booths=booths[:_AT_MOST],
        counts={update: counts[update] for update in _FIRST if counts[update]},
    )  # fmt: skip
