"""A school's own list of a batch's students, kept as hashes: who belongs to which class.

Never needed. Names and numbers are read, hashed and forgotten: what is stored cannot be turned
back into a list of students (the key of the hash is the service's own), and matches only what a
booth sends of a student, which is masked.
"""

from __future__ import annotations

import csv
import hmac
import io
import re
import secrets
import unicodedata
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from kiosk.central.service import history
from kiosk.central.service.errors import ServiceError
from kiosk.central.service.roster_tables import RosterDraft, RosterEntry
from kiosk.central.service.tables import Batch, Order

MAX_ROWS = 50_000
_MAX_UNPACKED_BYTES = 100_000_000
_MAX_COLUMNS = 64
_COLUMNS = {
    "number": ("学号", "student number", "number"),
    "name": ("姓名", "name"),
    "last_four": ("身份证后四位", "证件后四位", "last four", "id last four"),
    "class": ("班级", "class"),
}
_LAST_FOUR = r"^[0-9A-Z()]{4}$"
_SHOWN = 2


@dataclass(frozen=True, slots=True)
class Mistake:
    """What is wrong with one row.

    Attributes:
        row: its number in the file, from 1.
        what: key of the words: ``missing``, ``last_four``, ``twice``.
        column: which column, empty for the whole row.
    """

    row: int
    what: str
    column: str = ""


@dataclass(frozen=True, slots=True)
class Preview:
    """A file as it was understood; nothing is written yet.

    Attributes:
        entries: (key, class) of each good row.
        mistakes: of the other rows.
        classes: (class, how many) of the good rows.
    """

    entries: Sequence[tuple[str, str]]
    mistakes: Sequence[Mistake]
    classes: Sequence[tuple[str, int]]


def key_of(secret: bytes, batch: Batch, number: str, name: str, last_four: str) -> str:
    """Return what a student is known by: an HMAC of what remains when a booth has masked it.

    Args:
        secret: the service's own key.
        batch: the batch; the same student has another key in another one.
        number: the student number, masked or not.
        name: the name, masked or not.
        last_four: of the ID number.
    """
    number = "".join(number.split())
    if "*" in number:
        shown = (number[: number.index("*")], number[number.rindex("*") + 1 :])
    elif len(number) <= 3 * _SHOWN:
        shown = ("", number[-1:])
    else:
        shown = (number[:_SHOWN], number[-_SHOWN:])
    text = "\0".join(
        (batch.code_key, str(len(number)), *shown, name.strip()[:1], last_four.upper())
    )
    return hmac.new(secret, b"roster " + text.encode(), "sha256").hexdigest()[:32]


def read(secret: bytes, batch: Batch, file_name: str, data: bytes) -> Preview:
    """Read a CSV or XLSX file.

    Raises:
        ServiceError: 422, it is neither, has too many rows, or lacks a column.
    """
    rows = table_rows(file_name, data)
    header = next(rows, ())
    places = _places(header)
    entries: list[tuple[str, str]] = []
    mistakes: list[Mistake] = []
    seen: set[str] = set()
    counts: dict[str, int] = {}
    for number, row in enumerate(rows, start=2):
        if number > MAX_ROWS:
            raise _unreadable(f"It has more than {MAX_ROWS} rows.", "Split it by class.")
        if not any(cell for cell in row):
            continue
        cells = {name: row[at] if at < len(row) else "" for name, at in places.items()}
        missing = [name for name in ("number", "name", "last_four") if not cells[name]]
        last_four = cells["last_four"].upper()
        if missing:
            mistakes += [Mistake(number, "missing", name) for name in missing]
            continue
        if not re.fullmatch(_LAST_FOUR, last_four):
            mistakes.append(Mistake(number, "last_four", "last_four"))
            continue
        key = key_of(secret, batch, cells["number"], cells["name"], last_four)
        if key in seen:
            mistakes.append(Mistake(number, "twice"))
            continue
        seen.add(key)
        group = cells.get("class", "")[:60]
        counts[group] = counts.get(group, 0) + 1
        entries.append((key, group))
    return Preview(entries, mistakes, sorted(counts.items()))


def keep_draft(session: Session, batch: Batch, preview: Preview, at: datetime) -> str:
    """Keep a preview until somebody says that it is right; return its name."""
    session.execute(delete(RosterDraft).where(RosterDraft.batch_id == batch.id))
    draft = RosterDraft(
        id=secrets.token_hex(8),
        batch_id=batch.id,
        entries={"rows": [list(entry) for entry in preview.entries]},
        created_at=at,
    )
    session.add(draft)
    return draft.id


def confirm(session: Session, batch: Batch, draft_id: str, at: datetime, by: str) -> int:
    """Make a draft the batch's roster, instead of any before; return its number of students.

    Raises:
        ServiceError: 409, the draft is gone.
    """
    draft = session.get(RosterDraft, draft_id)
    if draft is None or draft.batch_id != batch.id:
        raise ServiceError(409, "roster_gone", "This preview is gone.", "Upload the file again.")
    session.execute(delete(RosterEntry).where(RosterEntry.batch_id == batch.id))
    rows = draft.entries["rows"]
    session.add_all(
        RosterEntry(batch_id=batch.id, key=key, class_name=group) for key, group in rows
    )
    session.delete(draft)
    session.flush()
    entries = select(RosterEntry.class_name).where(
        RosterEntry.batch_id == Order.batch_id, RosterEntry.key == Order.roster_key
    )
    session.execute(
        update(Order)
        .where(Order.batch_id == batch.id)
        .values(class_name=func.coalesce(entries.scalar_subquery(), ""))
        .execution_options(synchronize_session=False)
    )
    history.note(session, by, "roster", at, {"batch": batch.code, "students": len(rows)})
    return len(rows)


def class_of(session: Session, batch: Batch, key: str) -> str:
    """Return the class a student is in, empty when nobody says."""
    entry = session.get(RosterEntry, (batch.id, key))
    return entry.class_name if entry else ""


def table_rows(file_name: str, data: bytes) -> Iterator[tuple[str, ...]]:
    """Return the rows of a CSV or XLSX file as text.

    Raises:
        ServiceError: 422, it is neither.
    """
    if data[:2] == b"PK":
        return _sheet(data)
    if file_name.lower().endswith((".xlsx", ".xls")):
        raise _unreadable("It is not a workbook of the XLSX kind.", "Save it as XLSX or CSV.")
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return _lines(text)
    raise _unreadable("It is neither CSV nor XLSX.", "Save the list as XLSX or CSV.")


def _lines(text: str) -> Iterator[tuple[str, ...]]:
    reader = csv.reader(io.StringIO(text, newline=""))
    try:
        for row in reader:
            yield _clean(row)
    except csv.Error as error:
        raise _unreadable(
            f"Line {reader.line_num} cannot be read: {error}.", "Save the list again."
        ) from error


def _sheet(data: bytes) -> Iterator[tuple[str, ...]]:
    import openpyxl

    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            unpacked = sum(part.file_size for part in archive.infolist())
        if unpacked <= _MAX_UNPACKED_BYTES:
            book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
            # Programs that formatted whole rows once say that a sheet has 16,384 columns.
            cells = book.worksheets[0].iter_rows(
                max_row=MAX_ROWS + 1, max_col=_MAX_COLUMNS, values_only=True
            )
            rows = [_clean(row) for row in cells]
            book.close()
            return iter(rows)
    except Exception as error:
        # A damaged file makes zip, XML and workbook reader fail each in many ways of its own.
        raise _unreadable("The workbook cannot be read.", "Save it again, or as CSV.") from error
    raise _unreadable("It is far too large when unpacked.", "Save it as CSV.")


def _clean(row: Iterable[object]) -> tuple[str, ...]:
    """Return a row's cells as text: numbers without a decimal point, full width made half width."""
    cells = []
    for cell in row:
        plain = int(cell) if isinstance(cell, float) and cell.is_integer() else cell
        text = "" if plain is None else str(plain)
        cells.append(unicodedata.normalize("NFKC", text).strip())
    return tuple(cells)


def _places(header: Sequence[str]) -> dict[str, int]:
    words = [cell.lower() for cell in header]
    places = {
        name: words.index(wanted)
        for name, titles in _COLUMNS.items()
        for wanted in titles
        if wanted in words
    }
    lacking = [_COLUMNS[name][0] for name in ("number", "name", "last_four") if name not in places]
    if lacking:
        raise _unreadable(
            f"Its first row lacks: {', '.join(lacking)}.",
            "Name the columns 学号, 姓名, 身份证后四位 and, if wished, 班级.",
        )
    return places


def _unreadable(message: str, remedy: str) -> ServiceError:
    return ServiceError(422, "roster_unreadable", message, remedy)
