"""How operators are told of alerts: by mail, and by a signed POST to an address of theirs.

The POST follows Standard Webhooks 1.0 (standardwebhooks.com), for which receivers find libraries in
many languages: headers ``webhook-id``, ``webhook-timestamp`` (seconds since 1970) and
``webhook-signature``, which holds ``v1,`` and the base64 of the HMAC-SHA-256 of
``id.timestamp.body``. The address is the one in ``central.toml`` and no other: no page sets it, no
redirection is followed, no proxy or password of the environment is used.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import logging
from collections.abc import Mapping, Sequence
from datetime import datetime
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import requests
from sqlalchemy.orm import Session

from kiosk.central.service import mail, words
from kiosk.central.service.alert_settings import AlertSettings
from kiosk.central.service.alert_tables import AlertRow
from kiosk.central.service.context import Service
from kiosk.central.service.jobs import JobFailed
from kiosk.central.service.words import Language

_log = logging.getLogger(__name__)

_SECRET_PREFIX = "whsec_"  # noqa: S105 - lets a leaked secret be recognised as one
_SHORTEST_SECRET = 24
"""Bytes, by Standard Webhooks."""


def mail_job(service: Service, detail: Mapping[str, Any]) -> None:
    """Tell one address."""
    settings = service.settings
    told = service.database.read(lambda session: _told(session, detail["notices"]))
    if not told or not settings.mail.host or detail["to"] not in settings.alerts.email:
        return
    message = EmailMessage()
    message["To"] = detail["to"]
    message["Subject"] = _subject(told)
    lines = [_line(one) for one in told]
    message.set_content("\n".join([*lines, "", f"{settings.public_base}/fleet"]) + "\n")
    try:
        mail.send(settings.mail, settings.base, message)
    except mail.UndeliverableAddress:
        # Operators' own address, of the settings: named, so that they can mend it.
        _log.error("The mail server takes no alerts for %s.", detail["to"])


def post_job(service: Service, detail: Mapping[str, Any]) -> None:
    """POST what has changed."""
    limits = service.settings.alerts
    told = service.database.read(lambda session: _told(session, detail["notices"]))
    if limits.webhook is None or not told:
        return
    first = detail["notices"][0]
    # The same when the job is done again: the receiver can tell a repetition.
    name = f"alert_{first['alert']}_{first['notice']}_{told[0]['told_at']}"
    body = json.dumps(
        {"type": "booth.alerts", "timestamp": told[0]["told_at"], "data": {"alerts": told}},
        ensure_ascii=False,
    ).encode()
    post(limits, service.settings.base, hashlib.sha256(name.encode()).hexdigest()[:32], body,
         service.clock())  # fmt: skip


def post(limits: AlertSettings, base: Path, name: str, body: bytes, at: datetime) -> None:
    """Send one message.

    Args:
        limits: where to, and with which secret.
        base: what the secret's path starts from.
        name: the message's own; the same for each try.
        body: JSON.
        at: now, UTC.

    Raises:
        JobFailed: it did not arrive, or was refused; or there is no secret.
    """
    moment = str(int(at.timestamp()))
    signed = hmac.digest(_secret(limits, base), f"{name}.{moment}.".encode() + body, "sha256")
    headers = {
        "Content-Type": "application/json",
        "webhook-id": name,
        "webhook-timestamp": moment,
        "webhook-signature": "v1," + base64.b64encode(signed).decode(),
    }
    with requests.Session() as session:
        session.trust_env = False
        try:
            # What the receiver says is not read: only whether it took it.
            with session.post(
                str(limits.webhook), data=body, headers=headers, allow_redirects=False, stream=True,
                timeout=limits.webhook_time_out_s,
            ) as answer:  # fmt: skip
                status = answer.status_code
        except requests.RequestException as error:
            raise JobFailed(f"alerts.webhook: {type(error).__name__}") from error
    if not requests.codes.ok <= status < requests.codes.multiple_choices:
        raise JobFailed(f"alerts.webhook answered {status}")


def _secret(limits: AlertSettings, base: Path) -> bytes:
    if limits.webhook_secret_file is None:
        raise JobFailed("alerts.webhook_secret_file is not set")
    path = base / limits.webhook_secret_file
    text = path.read_text(encoding="ascii", errors="replace").strip()
    try:
        secret = base64.b64decode(text.removeprefix(_SECRET_PREFIX), validate=True)
    except binascii.Error:
        secret = b""
    if len(secret) < _SHORTEST_SECRET:
        raise JobFailed(
            f"{path}: not a secret of at least {_SHORTEST_SECRET} bytes in base64. Make one with: "
            "printf 'whsec_%s' \"$(openssl rand -base64 32)\""
        )
    return secret


def _told(session: Session, notices: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    found = []
    for one in notices:
        row = session.get(AlertRow, one["alert"])
        if row is not None:
            found.append(
                {
                    "id": row.id,
                    "notice": one["notice"],
                    "kind": row.kind,
                    "subject": row.subject,
                    "detail": row.detail,
                    "what": row.what,
                    "raised_at": _text(row.raised_at),
                    "cleared_at": _text(row.cleared_at),
                    "told_at": _text(row.told_at),
                }
            )
    return found


def _text(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat(timespec="seconds")


def _subject(told: Sequence[Mapping[str, Any]]) -> str:
    more = f" (+{len(told) - 1})" if len(told) > 1 else ""
    return _line(told[0])[:150] + more


def _line(one: Mapping[str, Any]) -> str:
    both = [_said(one, language) for language in ("zh", "en")]
    detail = f": {one['detail']}" if one["detail"] else ""
    # On one line, whatever a booth calls its devices: a header holds no other.
    return " ".join(f"{one['subject']}: {' / '.join(both)}{detail}".split())


def _said(one: Mapping[str, Any], language: Language) -> str:
    keys = f"notice_{one['notice']}", f"alert_{one['kind']}"
    said = " ".join(words.say(key, language) for key in keys)
    fault = f"fault_{one['what']}"
    if fault in words.WORDS:
        said += ("，" if language == "zh" else ", ") + words.say(fault, language)
    return said
