"""Who may see a page, and whether a form is from one of ours."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Annotated
from urllib.parse import quote

from fastapi import Depends, Form, Request
from sqlalchemy.orm import Session

from kiosk.central.service import schools, sessions
from kiosk.central.service.api.authentication import ServiceDependency
from kiosk.central.service.context import Service
from kiosk.central.service.errors import ServiceError
from kiosk.central.service.sessions import Visitor
from kiosk.central.service.staff import Right
from kiosk.central.service.tables import Staff

FormToken = Annotated[str, Form(max_length=64)]


class SignInFirst(Exception):  # noqa: N818 - not an error: it becomes a redirection
    """Nobody is signed in.

    Attributes:
        location: the sign-in page, which leads back; or another page to be done with first.
    """

    def __init__(self, request: Request, location: str | None = None) -> None:
        super().__init__("sign in first")
        back = request.url.path if request.method == "GET" else "/"
        self.location = location or f"/login?next={quote(back, safe='/')}"


def current_visitor(request: Request, service: ServiceDependency) -> Visitor:
    """Return who sends the request."""
    return sessions.visitor(service, request)


VisitorDependency = Annotated[Visitor, Depends(current_visitor)]


def with_right(right: Right) -> Callable[..., Awaitable[Visitor]]:
    """Return a dependency that lets only accounts with this right in."""

    # Asynchronous, as they wait for nothing: no thread is taken for them.
    async def guard(request: Request, visitor: VisitorDependency) -> Visitor:
        if visitor.staff is None:
            raise SignInFirst(request)
        service: Service = request.app.state.service
        if service.settings.require_second_factor and not visitor.staff.totp_sealed:
            raise SignInFirst(request, "/account")
        if not visitor.may(right):
            raise ServiceError(
                403, "not_allowed", "Your account may not do this.", "Ask an administrator."
            )
        return visitor

    return guard


def own_school(
    request: Request,
    service: ServiceDependency,
    visitor: Annotated[Visitor, Depends(with_right(Right.MANAGE))],
) -> Visitor:
    """Let a school's own manager near that school's batches and prints only.

    It stands before every page of managers, so that no page can forget it.
    """
    school, names = visitor.school, request.path_params
    if school is None:
        return visitor

    def look(session: Session) -> None:
        if "code" in names:
            schools.check_batch(session, school, names["code"])
        if "name" in names:
            schools.check_prints(session, school, names["name"])

    service.database.read(look)
    return visitor


async def somebody(request: Request, visitor: VisitorDependency) -> Visitor:
    """Let any account in."""
    if visitor.staff is None:
        raise SignInFirst(request)
    return visitor


Somebody = Annotated[Visitor, Depends(somebody)]
Reviewer = Annotated[Visitor, Depends(with_right(Right.REVIEW))]
Manager = Annotated[Visitor, Depends(own_school)]
Operator = Annotated[Visitor, Depends(with_right(Right.OPERATE))]
Administrator = Annotated[Visitor, Depends(with_right(Right.ADMINISTER))]


def account_of(visitor: Visitor) -> Staff:
    """Return the account of a visitor whom a guard has let in."""
    if visitor.staff is None:
        raise ServiceError(401, "not_signed_in", "Nobody is signed in.", "Sign in.")
    return visitor.staff
