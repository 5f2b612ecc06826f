"""Students' addresses: the least a courier needs, checked, sealed, kept until they are removed."""

from __future__ import annotations

import base64
import hmac
import json
import re
import secrets
import unicodedata
from dataclasses import asdict, dataclass
from datetime import datetime

from cryptography.fernet import Fernet, InvalidToken
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kiosk.central.service import history
from kiosk.central.service.context import Service
from kiosk.central.service.errors import ServiceError
from kiosk.central.service.print_tables import Address
from kiosk.central.service.tables import Order

_ID_BYTES = 8
# Numbering plan of China (MIIT, 2017): mobiles have eleven digits from 13 to 19; fixed lines an
# area code of 0 and two or three digits, then seven or eight that begin with 2 to 8.
_PHONE = re.compile(r"1[3-9]\d{9}|0(?:10|2\d|[3-9]\d{2})[2-8]\d{6,7}")
_LENGTHS = {"recipient": (2, 40), "region": (2, 60), "street": (4, 120)}
_HAS_LETTER = re.compile(r"[^\W\d_]")


@dataclass(frozen=True, slots=True)
class PostalAddress:
    """What a courier in China asks for; no more is kept.

    Attributes:
        recipient: a name.
        phone: digits only.
        region: province, city, district.
        street: street, number, building, room.
    """

    recipient: str
    phone: str
    region: str
    street: str


def checked(recipient: str, phone: str, region: str, street: str) -> PostalAddress:
    """Return an address as it is kept: half width, single spaces, the phone as digits.

    Raises:
        ServiceError: 422, with the code ``address_…`` of the field that is wrong.
    """
    fields = {
        name: " ".join(unicodedata.normalize("NFKC", value).split())
        for name, value in (("recipient", recipient), ("region", region), ("street", street))
    }
    for name, value in fields.items():
        least, most = _LENGTHS[name]
        printable = all(unicodedata.category(c)[0] != "C" for c in value)
        if not (least <= len(value) <= most and printable and _HAS_LETTER.search(value)):
            raise ServiceError(
                422, f"address_{name}", f"The {name} is missing or cannot be.",
                f"Write {least} to {most} characters.",
            )  # fmt: skip
    digits = re.sub(r"[\s()\-]", "", unicodedata.normalize("NFKC", phone))
    digits = re.sub(r"^(?:\+|00)86", "", digits)
    if not _PHONE.fullmatch(digits):
        raise ServiceError(
            422, "address_phone", "This is no phone number of the mainland.",
            "Write a mobile of eleven digits, or a fixed line with its area code.",
        )  # fmt: skip
    return PostalAddress(fields["recipient"], digits, fields["region"], fields["street"])


def seal(service: Service, address: PostalAddress) -> str:
    """Return an address as the database holds it."""
    text = json.dumps(asdict(address), ensure_ascii=False)
    return _seal(service).encrypt(text.encode()).decode()


def opened(service: Service, sealed: str) -> PostalAddress | None:
    """Return an address; None for none, or one sealed by another key."""
    try:
        return PostalAddress(**json.loads(_seal(service).decrypt(sealed.encode())))
    except InvalidToken:
        return None


def of(service: Service, session: Session, order: Order) -> dict[str, PostalAddress]:
    """Return a student's addresses by their names, the newest first."""
    rows = session.scalars(
        select(Address)
        .where(Address.order_id == order.id)
        .order_by(Address.created_at.desc(), Address.id)
    )
    found = {row.id: opened(service, row.sealed) for row in rows}
    return {name: address for name, address in found.items() if address is not None}


def keep(
    service: Service, session: Session, order: Order, address: PostalAddress, at: datetime,
    name: str = "",
) -> str:  # fmt: skip
    """Keep a new address, or change the one of this name; return its name.

    Raises:
        ServiceError: 404, the student has none of this name; 409, there are too many.
    """
    if name:
        row = find(session, order, name)
        row.sealed = seal(service, address)
        history.note(session, "student", "address_change", at, {}, order_id=order.id)
        return row.id
    count = session.scalar(select(func.count()).where(Address.order_id == order.id)) or 0
    if count >= service.settings.prints.addresses_most:
        raise ServiceError(
            409, "addresses_many", "There are too many addresses.", "Remove or change one."
        )
    row = Address(
        id=secrets.token_hex(_ID_BYTES), order_id=order.id,
        sealed=seal(service, address), created_at=at,
    )  # fmt: skip
    session.add(row)
    history.note(session, "student", "address_add", at, {}, order_id=order.id)
    return row.id


def remove(session: Session, order: Order, name: str, at: datetime) -> None:
    """Remove an address; prints that are on their way keep their copy until they have arrived.

    Raises:
        ServiceError: 404, the student has none of this name.
    """
    session.delete(find(session, order, name))
    history.note(session, "student", "address_remove", at, {}, order_id=order.id)


def find(session: Session, order: Order, name: str) -> Address:
    """Return the address of this name.

    Raises:
        ServiceError: 404, the student has none of this name.
    """
    row = session.get(Address, name)
    if row is None or row.order_id != order.id:
        raise ServiceError(404, "address_unknown", "There is no such address.", "Choose another.")
    return row


def _seal(service: Service) -> Fernet:
    # A copy of the database alone must not tell where students live.
    key = hmac.new(service.secret, b"addresses", "sha256").digest()
    return Fernet(base64.urlsafe_b64encode(key))
