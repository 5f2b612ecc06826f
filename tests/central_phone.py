"""What a student's phone brings along: originals with camera data, and a mailbox to be told in."""

from __future__ import annotations

import io
import socket
import time
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any, Self

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import Envelope
from PIL import ExifTags, Image

_CHINA = timezone(timedelta(hours=8))


def original(picture: Image.Image, *, days_old: float = 1, **tags: str) -> bytes:
    """Return a JPEG as a phone's camera writes it, `tags` (Make, Model, Software) changed."""
    shot = datetime.now(_CHINA) - timedelta(days=days_old)
    exif = Image.Exif()
    for name, value in {"Make": "Phonemaker", "Model": "P 60", **tags}.items():
        if value:
            exif[getattr(ExifTags.Base, name)] = value.encode()  # as phones do, whatever EXIF says
    details = exif.get_ifd(ExifTags.IFD.Exif)
    details[ExifTags.Base.DateTimeOriginal] = shot.strftime("%Y:%m:%d %H:%M:%S")
    details[ExifTags.Base.ExifImageWidth] = picture.width
    details[ExifTags.Base.ExifImageHeight] = picture.height
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=92, exif=exif)
    return out.getvalue()


class Mailbox:
    """A real SMTP server that keeps what it is handed; the first `failures` are put off."""

    def __init__(self, failures: int = 0, refuse: str = "") -> None:
        self.messages: list[EmailMessage] = []
        self.failures, self.refuse = failures, refuse
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self._controller = Controller(self, hostname="127.0.0.1", port=self.port)

    def __enter__(self) -> Self:
        self._controller.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._controller.stop()

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's own name
        self, _server: Any, _session: Any, envelope: Envelope, address: str, _options: Any
    ) -> str:
        if self.refuse and self.refuse in address:
            return "550 no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802 - aiosmtpd's own name
        self, _server: Any, _session: Any, envelope: Envelope
    ) -> str:
        if self.failures:
            self.failures -= 1
            return "451 try again later"
        content = envelope.content
        assert isinstance(content, bytes)
        message = message_from_bytes(content, policy=policy.default)
        assert isinstance(message, EmailMessage)
        self.messages.append(message)
        return "250 taken"


def eventually(look: Callable[[], Any], within_s: float = 30.0) -> Any:
    """Return what `look` finds as soon as it finds something."""
    end = time.monotonic() + within_s
    while time.monotonic() < end:
        if found := look():
            return found
        time.sleep(0.2)
    raise AssertionError("it did not happen")
