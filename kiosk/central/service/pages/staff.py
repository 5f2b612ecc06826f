"""Accounts of staff, for administrators."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from typing import Annotated, Literal

from fastapi import APIRouter, Form, Path, Request
from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.responses import RedirectResponse, Response

from kiosk.central.service import schools, sessions, staff
from kiosk.central.service.api.authentication import ServiceDependency
from kiosk.central.service.context import Service
from kiosk.central.service.errors import ServiceError
from kiosk.central.service.pages.guards import Administrator, FormToken, account_of
from kiosk.central.service.pages.login import ShortText
from kiosk.central.service.pages.rendering import page
from kiosk.central.service.sessions import Visitor
from kiosk.central.service.tables import Staff

router = APIRouter(prefix="/staff", include_in_schema=False)

Name = Annotated[str, Path(pattern=r"^[a-z0-9._-]{1,40}$")]
School = Annotated[str, Form(max_length=200)]
Change = Literal["deactivate", "activate", "password", "second_factor", "role"]


@router.get("")
def show(request: Request, service: ServiceDependency, visitor: Administrator) -> Response:
    """Show all accounts."""
    return _page(request, service, visitor)


@router.post("")
def add(
    request: Request,
    service: ServiceDependency,
    visitor: Administrator,
    name: ShortText,
    role: Annotated[staff.Role, Form()],
    school: School = "",
    token: FormToken = "",
) -> Response:
    """Make an account with a password of the service's choice, shown this once."""
    password, now, by = secrets.token_urlsafe(12), service.clock(), _by(visitor)
    try:
        sessions.check_form(service, visitor.nonce, token)
        service.database.write(
            lambda session: staff.add(session, name.strip(), password, role, now, by, school=school)
        )
    except ServiceError as error:
        return _page(request, service, visitor, error=error)
    return _page(request, service, visitor, shown=(name.strip().lower(), password))


@router.post("/{name}")
def change(
    name: Name,
    request: Request,
    service: ServiceDependency,
    visitor: Administrator,
    what: Annotated[Change, Form()],
    role: Annotated[staff.Role | None, Form()] = None,
    school: School = "",
    token: FormToken = "",
) -> Response:
    """Change an account; its sessions end."""
    now, by, password = service.clock(), _by(visitor), None
    if what == "password":
        password = secrets.token_urlsafe(12)
    is_active = {"activate": True, "deactivate": False}.get(what)
    try:
        sessions.check_form(service, visitor.nonce, token)
        service.database.write(
            lambda session: staff.change(
                session, name, now, by,
                role=role if what == "role" else None,
                school=school,
                is_active=is_active,
                password=password,
                without_second_factor=what == "second_factor",
            )
        )  # fmt: skip
    except ServiceError as error:
        return _page(request, service, visitor, error=error)
    if password:
        return _page(request, service, visitor, shown=(name, password))
    return RedirectResponse("/staff", status_code=303)


def _by(visitor: Visitor) -> str:
    return f"staff:{account_of(visitor).name}"


def _page(
    request: Request,
    service: Service,
    visitor: Visitor,
    *,
    error: ServiceError | None = None,
    shown: tuple[str, str] | None = None,
) -> Response:

    def work(session: Session) -> tuple[Sequence[Staff], Sequence[str]]:
        accounts = session.scalars(select(Staff).order_by(Staff.name)).all()
        return accounts, schools.known(session)

    accounts, known = service.database.read(work)
    return page(
        request,
        "staff.html",
        visitor=visitor,
        status=error.status if error else 200,
        error=error,
        shown=shown,
        accounts=accounts,
        roles=list(staff.Role),
        schools=known,
    )
