"""Letters to students, as text and as HTML: what happened, why, what to do now, and from whom.

None holds a link into an order: mail is read by servers, and whoever has the link has the photo.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from email.message import EmailMessage
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from kiosk.central.service import words
from kiosk.central.service.context import Service
from kiosk.central.service.student_tables import Contact
from kiosk.central.service.tables import Batch
from kiosk.central.service.words import Language

_templates = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=select_autoescape(default=True, disabled_extensions=("txt",)),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=True,
)


@dataclass(frozen=True, slots=True)
class Letter:
    """What a letter says.

    Attributes:
        subject: in the mailbox's list.
        text: what happened, one sentence or two.
        points: why, each with what to do about it.
        facts: names and values, such as carrier and parcel's number.
    """

    subject: str
    text: str
    points: Sequence[tuple[str, str]] = field(default=())
    facts: Sequence[tuple[str, str]] = field(default=())


def language_of(contact: Contact) -> Language:
    """Return the language a student is written to in."""
    return "en" if contact.language == "en" else "zh"


def write(service: Service, contact: Contact, batch: Batch, letter: Letter) -> EmailMessage:
    """Return the message to a student, text first, HTML for programs that show it."""
    language = language_of(contact)
    values = {
        "letter": letter,
        "language": language,
        "say": lambda key: words.say(key, language),
        "school": _line(batch.school),
        "facts": [
            *letter.facts,
            (words.say("batch", language), _line(f"{batch.title} {batch.code}")),
        ],
        "way_back": f"{service.settings.public_base}/my",
    }
    message = EmailMessage()
    message["To"] = contact.email
    message["Subject"] = _line(letter.subject)
    message.set_content(_templates.get_template("letter.txt").render(values))
    html = _templates.get_template("letter.html").render(values)
    message.add_alternative(html, subtype="html")
    return message


def _line(text: str) -> str:
    """On one line: a header holds no other."""
    return " ".join(text.split())
