"""From a template and values to a page, in the visitor's language."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any, cast
from urllib.parse import urlencode

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.routing import Match

from kiosk.central.service import sessions, words
from kiosk.central.service.context import Service
from kiosk.central.service.sessions import Visitor
from kiosk.central.service.words import Language

# China has one time zone and no summer time.
CHINA = timezone(timedelta(hours=8))
_LANGUAGE_COOKIE = "lang"
_YEAR_S = 365 * 86_400

_templates = Environment(
    loader=FileSystemLoader(Path(__file__).parents[1] / "templates"),
    autoescape=select_autoescape(default=True),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    # They come with the program: nobody changes them while it runs.
    auto_reload=False,
)


def language_of(request: Request) -> Language:
    """Return the language asked for in the address, by cookie, or by the browser; else Chinese."""
    for wish in (request.query_params.get("lang"), request.cookies.get(_LANGUAGE_COOKIE)):
        if wish in ("zh", "en"):
            return cast("Language", wish)
    accepted = request.headers.get("accept-language", "").lower()
    return "en" if accepted.startswith("en") else "zh"


def page(
    request: Request,
    template: str,
    *,
    visitor: Visitor | None = None,
    status: int = 200,
    form_nonce: str | None = None,
    **values: Any,
) -> HTMLResponse:
    """Render a template.

    Args:
        request: what is answered.
        template: file in ``templates``.
        visitor: who asks, for the header and the forms' tokens.
        status: HTTP status.
        form_nonce: what the forms' tokens are derived from, instead of the visitor's session.
        **values: what the template shows.
    """
    service: Service = request.app.state.service
    language = language_of(request)
    other = "en" if language == "zh" else "zh"
    nonce = form_nonce or (visitor.nonce if visitor else "")
    text = _templates.get_template(template).render(
        say=lambda key: words.say(key, language),
        rule_name=lambda rule: words.rule_name(rule, language),
        moment=_moment,
        yuan=lambda fen: f"¥{fen / 100:.2f}",
        kilobytes=lambda size: f"{size / 1024:.1f} KB",
        known_words=words.WORDS,
        language=language,
        # A page that answers a form may have an address that only forms are sent to.
        other_language_url="?" + urlencode({"lang": other}) if _can_be_opened(request) else "",
        form_token=sessions.form_token(service, nonce) if nonce else "",
        visitor=visitor or Visitor(None, ""),
        **values,
    )
    response = HTMLResponse(text, status_code=status)
    if request.query_params.get("lang") == language:
        response.set_cookie(
            _LANGUAGE_COOKIE, language, max_age=_YEAR_S, httponly=True, samesite="lax",
            secure=service.settings.is_https,
        )  # fmt: skip
    return response


def _can_be_opened(request: Request) -> bool:
    if request.method in ("GET", "HEAD"):
        return True
    scope = {**request.scope, "method": "GET"}
    return any(route.matches(scope)[0] is Match.FULL for route in request.app.routes)


def _moment(at: datetime | None) -> str:
    return "" if at is None else at.astimezone(CHINA).strftime("%Y-%m-%d %H:%M")
