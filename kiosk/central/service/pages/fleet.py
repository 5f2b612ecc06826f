"""The booths: which of them need a person, their keys, and what is set for them."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Form, Path, Query, Request
from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.responses import RedirectResponse, Response

from kiosk.central.contract import Heartbeat
from kiosk.central.service import alerts, booths, fleet, report_keys, sessions, support
from kiosk.central.service.alert_tables import AlertRow
from kiosk.central.service.api.authentication import ServiceDependency
from kiosk.central.service.context import Service
from kiosk.central.service.errors import ServiceError
from kiosk.central.service.pages.guards import FormToken, Operator, account_of
from kiosk.central.service.pages.login import ShortText
from kiosk.central.service.pages.rendering import page
from kiosk.central.service.sessions import Visitor
from kiosk.central.service.tables import Booth, BoothSettings

router = APIRouter(prefix="/fleet", include_in_schema=False)


_AT_A_TIME = 50


@router.get("")
def show(
    request: Request,
    service: ServiceDependency,
    visitor: Operator,
    search: Annotated[str, Query(max_length=60)] = "",
    after: Annotated[int, Query(ge=0, le=1_000_000)] = 0,
) -> Response:
    """Show the booths, those that need a person first, some at a time.

    Args:
        request: of the browser.
        service: the running service.
        visitor: who looks.
        search: part of a booth's name or its group's, without regard to case; empty for all.
        after: so many of them are left out.
    """
    return _page(request, service, visitor, search=search.strip(), after=after)


@router.post("/add")
def add(
    request: Request,
    service: ServiceDependency,
    visitor: Operator,
    name: ShortText,
    group: ShortText = "",
    token: FormToken = "",
) -> Response:
    """Add a booth and show its one-time code."""
    now, by = service.clock(), _by(visitor)

    def work(session: Session) -> str:
        booths.enrol(session, name, now, group, by)
        session.flush()
        return booths.offer_code(session, name, now, by)

    try:
        sessions.check_form(service, visitor.nonce, token)
        code = service.database.write(work)
    except ServiceError as error:
        return _page(request, service, visitor, error=error)
    return _page(request, service, visitor, shown=(name, code))


@router.post("/settings")
def push(
    request: Request,
    service: ServiceDependency,
    visitor: Operator,
    scope: ShortText,
    text: Annotated[str, Form(max_length=20_000)] = "",
    token: FormToken = "",
) -> Response:
    """Set what all booths, a group or one booth use."""
    now, by = service.clock(), _by(visitor)
    try:
        sessions.check_form(service, visitor.nonce, token)
        settings = _settings(text)
        service.database.write(lambda session: fleet.push(session, scope, settings, now, by))
    except ServiceError as error:
        return _page(request, service, visitor, error=error)
    return RedirectResponse("/fleet", status_code=303)


@router.post("/booth/{name}")
def change(
    name: Annotated[str, Path(pattern=booths.NAME_PATTERN)],
    request: Request,
    service: ServiceDependency,
    visitor: Operator,
    what: Annotated[Literal["code", "revoke", "support"], Form()],
    token: FormToken = "",
) -> Response:
    """Give a booth a new one-time code, refuse it from now on, or ask it for a support bundle."""
    now, by, shown = service.clock(), _by(visitor), None
    try:
        sessions.check_form(service, visitor.nonce, token)
        if what == "code":
            code = service.database.write(lambda session: booths.offer_code(session, name, now, by))
            shown = (name, code)
        elif what == "support":
            service.database.write(lambda session: support.ask(session, name, by, now))
        else:
            service.database.write(lambda session: booths.revoke(session, name, now, by))
    except ServiceError as error:
        return _page(request, service, visitor, error=error)
    return _page(request, service, visitor, shown=shown)


def _by(visitor: Visitor) -> str:
    return f"staff:{account_of(visitor).name}"


def _settings(text: str) -> dict[str, Any]:
    try:
        read = tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # also numbers of thousands of digits
        raise ServiceError(422, "booth_settings", f"Not TOML: {error}.") from error
    flat: dict[str, Any] = {}
    for section, fields in read.items():
        if isinstance(fields, dict):
            flat |= {f"{section}.{name}": value for name, value in fields.items()}
        else:
            flat[section] = fields
    return flat


def _page(
    request: Request,
    service: Service,
    visitor: Visitor,
    *,
    error: ServiceError | None = None,
    shown: tuple[str, str] | None = None,
    search: str = "",
    after: int = 0,
) -> Response:
    now, limits = service.clock(), service.settings

    def work(
        session: Session,
    ) -> tuple[list[dict[str, Any]], list[BoothSettings], Sequence[AlertRow]]:
        rows, bundles, keys = [], support.newest(session), report_keys.that_count(session)
        machines = session.scalars(
            select(Booth).where(Booth.name != booths.PHONES).order_by(Booth.name)
        ).all()
        wanted = fleet.revisions(session, machines)
        for booth in machines:
            beat = Heartbeat.model_validate(booth.heartbeat) if booth.heartbeat else None
            rows.append(
                {
                    "booth": booth,
                    "beat": beat,
                    "needs": fleet.needs(booth, wanted[booth.name], now, limits, keys),
                    "bundles": bundles.get(booth.id, ()),
                }
            )
        pushed = select(BoothSettings).order_by(BoothSettings.scope)
        return rows, list(session.scalars(pushed)), alerts.raised(session)

    rows, pushed, standing = service.database.read(work)
    alarming = {one.subject.partition(" ")[0] for one in standing}
    for row in rows:
        row["is_well"] = not row["needs"] and row["booth"].name not in alarming
    rows.sort(key=lambda row: (row["booth"].revoked_at is not None, row["is_well"]))
    found = [row for row in rows if _is_named(row["booth"], search)]
    left = found[after + _AT_A_TIME :]
    return page(
        request, "fleet.html", visitor=visitor, status=error.status if error else 200,
        error=error, shown=shown, rows=found[after : after + _AT_A_TIME], pushed=pushed,
        toml=_toml, alerts=standing[:_AT_A_TIME], more_alerts=len(standing[_AT_A_TIME:]),
        needing=sum(not row["is_well"] for row in rows), all=len(rows), search=search,
        further=after + _AT_A_TIME if left else 0, left=len(left),
    )  # fmt: skip


def _is_named(booth: Booth, search: str) -> bool:
    part = search.casefold()
    return part in booth.name.casefold() or part in booth.group_name.casefold()


def _toml(settings: dict[str, Any]) -> str:
    words = {True: "true", False: "false"}
    return "\n".join(
        f"{name} = {words[value] if isinstance(value, bool) else repr(value)}"
        for name, value in settings.items()
    )
