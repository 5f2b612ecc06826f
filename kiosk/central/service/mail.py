"""E-mail through the operator's own SMTP server."""

from __future__ import annotations

import re
import smtplib
import ssl
from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from pathlib import Path

from kiosk.central.service.errors import ServiceError
from kiosk.central.service.jobs import JobFailed
from kiosk.central.service.mail_settings import MailSettings

# A server's refusal of this kind stays one, however often it is tried: RFC 5321, 4.2.1.
_PERMANENT = 500


# Words with dots between them at a host of labels: RFC 5321, 4.1.2, without quoted names, address
# literals and top domains of one letter or of digits. "=?" begins what mail programs decode: RFC
# 2047.
_LONGEST = 254
_WORD = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_ADDRESS = re.compile(
    rf"{_WORD}(?:\.{_WORD})*@(?:{_LABEL}\.)+(?=[A-Za-z0-9-]*[A-Za-z])[A-Za-z0-9-]{{2,63}}"
)


class UndeliverableAddress(Exception):  # noqa: N818 - says what is wrong
    """The server will never take mail for this address."""


def send(settings: MailSettings, base: Path, message: EmailMessage) -> None:
    """Hand a message over to the server.

    Args:
        settings: of the server.
        base: what relative paths in them start from.
        message: with subject, receiver and text; sender and date are set here.

    Raises:
        JobFailed: it could not be handed over now.
        UndeliverableAddress: the server refused the receiver for good.
    """
    message["From"] = settings.sender or settings.user
    message["Date"] = formatdate()
    message["Message-ID"] = make_msgid(domain=str(message["From"]).rpartition("@")[2] or None)
    # Machines that answer by themselves are asked not to: RFC 3834.
    message["Auto-Submitted"] = "auto-generated"
    try:
        with _connect(settings, base) as server:
            if settings.user:
                server.login(settings.user, _password(settings, base))
            server.send_message(message)
    except smtplib.SMTPRecipientsRefused as error:
        codes = [code for code, _ in error.recipients.values()]
        if codes and all(code >= _PERMANENT for code in codes):
            raise UndeliverableAddress from error
        raise JobFailed("the mail server does not take this receiver now") from error
    except (smtplib.SMTPException, OSError) as error:
        # Never the message or the receiver: the log must not name students.
        raise JobFailed(f"the mail server {settings.host}: {type(error).__name__}") from error


def check_address(text: str) -> str:
    """Return an e-mail address without surrounding space.

    Raises:
        ServiceError: 422, it cannot be one.
    """
    address = text.strip()
    if len(address) > _LONGEST or not _ADDRESS.fullmatch(address) or "=?" in address:
        raise ServiceError(422, "email", "This is not an e-mail address.", "Check it.")
    return address


def _connect(settings: MailSettings, base: Path) -> smtplib.SMTP:
    context = ssl.create_default_context(
        cafile=str(base / settings.ca_file) if settings.ca_file else None
    )
    if settings.security == "tls":
        return smtplib.SMTP_SSL(
            settings.host, settings.port, timeout=settings.time_out_s, context=context
        )
    server = smtplib.SMTP(settings.host, settings.port, timeout=settings.time_out_s)
    if settings.security == "starttls":
        try:
            server.starttls(context=context)
        except (smtplib.SMTPException, OSError):
            server.close()
            raise
    return server


def _password(settings: MailSettings, base: Path) -> str:
    if settings.password_file is None:
        return ""
    return (base / settings.password_file).read_text(encoding="utf-8").strip()
