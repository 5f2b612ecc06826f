"""Second looks, and the reviewers' figures."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Literal

from fastapi import APIRouter, Form, Request
from starlette.responses import RedirectResponse, Response

from kiosk import standards
from kiosk.central.service import figures, second_look, sessions
from kiosk.central.service.api.authentication import ServiceDependency
from kiosk.central.service.china_time import day_of
from kiosk.central.service.pages.fleet_alerts import Number
from kiosk.central.service.pages.guards import FormToken, Reviewer, account_of
from kiosk.central.service.pages.rendering import page
from kiosk.central.service.pages.review import checks_of
from kiosk.central.service.staff import Right

# Before the pages of single orders, whose addresses begin alike.
router = APIRouter(prefix="/review", include_in_schema=False)

# Days, today among them.
_PERIODS = {"day": 1, "week": 7, "month": 30}


@router.get("/second")
def look(request: Request, service: ServiceDependency, visitor: Reviewer) -> Response:
    """Show the next photo for a second look, without what the first reviewer decided."""
    settings, account, now = service.settings, account_of(visitor), service.clock()
    found = service.database.write(
        lambda session: second_look.take(
            session, account, now, settings.review_undo_s, settings.review_lease_s
        )
    )
    if found is None:
        return RedirectResponse("/review", status_code=303)
    order = found.photo.order
    return page(
        request,
        "second.html",
        visitor=visitor,
        look=found,
        photo=found.photo,
        order=order,
        checks=checks_of(found.photo),
        geometry=standards.load(order.batch.standard),
    )


@router.post("/second/{look_id}")
def judge(
    look_id: Number,
    service: ServiceDependency,
    visitor: Reviewer,
    verdict: Annotated[Literal["approve", "reject"], Form()],
    token: FormToken = "",
) -> Response:
    """Record what the second reviewer thinks, and open the next."""
    sessions.check_form(service, visitor.nonce, token)
    account, now = account_of(visitor), service.clock()
    service.database.write(
        lambda session: second_look.judge(
            session, look_id, account, now, is_approved=verdict == "approve"
        )
    )
    return RedirectResponse("/review/second", status_code=303)


@router.get("/figures")
def show_figures(
    request: Request,
    service: ServiceDependency,
    visitor: Reviewer,
    period: Literal["day", "week", "month"] = "week",
) -> Response:
    """Show one's own figures; an administrator sees everybody's."""
    since = day_of(service.clock()) - timedelta(days=_PERIODS[period] - 1)
    only = None if visitor.may(Right.ADMINISTER) else account_of(visitor)
    rows = service.database.read(lambda session: figures.figures(session, since, only))
    return page(
        request, "figures.html", visitor=visitor, rows=rows, period=period, periods=list(_PERIODS)
    )
