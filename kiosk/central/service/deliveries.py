"""Deliveries: approved photos put together once, sent as often as asked, done when confirmed."""

from __future__ import annotations

import binascii
import csv
import io
import re
import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, selectinload
from sqlalchemy.orm.interfaces import ORMOption

from kiosk.central.contract import OrderState
from kiosk.central.service import archive, batches, history, notices
from kiosk.central.service.archive import Member
from kiosk.central.service.context import Service
from kiosk.central.service.delivery_tables import Export, Proof
from kiosk.central.service.errors import ServiceError
from kiosk.central.service.orders import Action
from kiosk.central.service.rosters import table_rows
from kiosk.central.service.student_tables import Contact
from kiosk.central.service.tables import Batch, Order, Photo

_COLUMNS = (
    "seq", "file", "sha256", "size", "code_hash", "shot_at", "booth", "checks"
)  # fmt: skip
_RESULTS = {
    "passed": "passed", "通过": "passed", "合格": "passed",
    "failed": "failed", "不通过": "failed", "不合格": "failed",
}  # fmt: skip
_PROOF_COLUMNS = {
    "file": ("file", "文件"),
    "result": ("result", "结果"),
    "detail": ("detail", "说明"),
}
_RULE_NAME = re.compile(r"[a-z][a-z0-9_]{0,60}")
_SHOWN_MISTAKES = 20
_AT_A_TIME = 500


@dataclass(frozen=True, slots=True)
class ProofMistake:
    """What is wrong with a row of proof results: the cell, and `not_delivered` or `no_result`."""

    row: int
    cell: str
    what: str


def make(service: Service, code: str, by: str) -> Export | None:
    """Put all approved photos of a batch together, and take them into production.

    Returns:
        None when there is nothing approved.

    Raises:
        ServiceError: no such batch, a photo's file is missing, or there are too many.
    """
    now = service.clock()

    def look(session: Session) -> list[tuple[str, str]]:
        batch = batches.find(session, code)
        hashes = selectinload(Order.photos).load_only(Photo.version, Photo.photo_sha256)
        return [(o.id, o.photo.photo_sha256) for o in _approved(session, batch, hashes)]

    # Read before the transaction: thousands of files take their time.
    checksums = {}
    for order_id, sha256 in service.database.read(look):
        with service.storage.open(sha256) as file:
            checksums[order_id, sha256] = binascii.crc32(file.read())

    def work(session: Session) -> Export | None:
        batch = batches.find(session, code)
        photos = selectinload(Order.photos).joinedload(Photo.booth)
        approved = _approved(session, batch, photos)
        orders = [o for o in approved if (o.id, o.photo.photo_sha256) in checksums]
        if not orders:
            return None
        first = _next_seq(session, batch)
        rows = [
            _row(batch, order, seq, checksums[order.id, order.photo.photo_sha256])
            for seq, order in enumerate(orders, start=first)
        ]
        _part_names(rows, {row["file"] for one in of_batch(session, batch) for row in one.rows})
        _check_size(rows)
        export = Export(
            id=secrets.token_hex(8), batch_id=batch.id, created_at=now, created_by=by,
            rows=rows, confirmed_by="",
        )  # fmt: skip
        session.add(export)
        for order in orders:
            history.change(session, order, Action.PROCESS, by, now, {"export": export.id})
        return export

    return service.database.write(work)


def find(session: Session, export_id: str) -> Export:
    """Return a delivery.

    Raises:
        ServiceError: 404, there is none.
    """
    export = session.get(Export, export_id)
    if export is None:
        raise ServiceError(404, "export_unknown", "There is no such delivery.")
    _ = export.batch.code
    return export


def check_whole(session: Session, export: Export) -> None:
    """Raise when photos of a delivery are no longer kept: its ZIP would break off in the middle.

    Raises:
        ServiceError: 410, some were removed.
    """
    for part in _parts([row["sha256"] for row in export.rows]):
        kept = session.scalar(select(func.count(Photo.id)).where(Photo.photo_sha256.in_(part)))
        if kept != len(part):
            raise ServiceError(
                410, "export_removed", "Photos of this delivery are no longer kept.",
                "They were removed when their time was over, or at a student's wish; who received "
                "the delivery has them.",
            )  # fmt: skip


def of_batch(session: Session, batch: Batch) -> Sequence[Export]:
    """Return a batch's deliveries, the newest first."""
    return session.scalars(
        select(Export).where(Export.batch_id == batch.id).order_by(Export.created_at.desc())
    ).all()


def confirm(session: Session, export_id: str, by: str, at: datetime) -> int:
    """The receiver has it: its orders are done. Return how many became so now."""
    export = find(session, export_id)
    if export.confirmed_at is not None:
        return 0
    export.confirmed_at, export.confirmed_by = at, by
    done = 0
    for part in _parts([row["order"] for row in export.rows]):
        orders = session.scalars(
            select(Order).where(Order.id.in_(part), Order.state == OrderState.PROCESSING)
        ).all()
        # Held here, so that telling them looks none up again.
        contacts = {
            one.order_id: one
            for one in session.scalars(select(Contact).where(Contact.order_id.in_(part)))
        }
        for order in orders:
            history.change(session, order, Action.FINISH, by, at, {"export": export.id})
            if order.id in contacts:
                notices.put(session, order, at)
        done += len(orders)
    history.note(session, by, "export_confirm", at, {"export": export.id, "orders": done})
    return done


def members(export: Export) -> list[Member]:
    """Return what the delivery's ZIP holds: the manifest first, then the photos."""
    photos = [Member(r["file"], r["size"], r["crc32"], str(r["sha256"])) for r in export.rows]
    return [archive.member("manifest.csv", manifest(export.rows)), *photos]


def manifest(rows: Sequence[Mapping[str, Any]]) -> bytes:
    """Return the manifest as CSV, UTF-8 with the mark that spreadsheets want."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(_COLUMNS)
    writer.writerows([row[name] for name in _COLUMNS] for row in rows)
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def import_proofs(
    session: Session, batch: Batch, file_name: str, data: bytes, by: str, at: datetime
) -> tuple[int, list[ProofMistake]]:
    """Note what came of the students' looks at their photos; all rows, or none when one is wrong.

    Args:
        session: the transaction.
        batch: whose.
        file_name: its ending tells CSV from XLSX.
        data: the file, with the columns file, result (passed or failed), detail.
        by: who imports.
        at: when, UTC.

    Returns:
        How many rows were noted, and the mistakes.

    Raises:
        ServiceError: 422, it is no such file.
    """
    orders = {
        row["file"]: row["order"] for export in of_batch(session, batch) for row in export.rows
    }
    good: dict[str, tuple[str, str]] = {}
    mistakes: list[ProofMistake] = []
    for number, row in _proof_rows(file_name, data):
        result = _RESULTS.get(row["result"].strip().lower())
        if row["file"] not in orders:
            mistakes.append(ProofMistake(number, row["file"][:80], "not_delivered"))
        elif result is None:
            mistakes.append(ProofMistake(number, row["result"][:40], "no_result"))
        else:
            good[orders[row["file"]]] = (result, row["detail"][:200])
    if mistakes:
        return 0, mistakes[:_SHOWN_MISTAKES]
    before = {
        proof.order_id: proof
        for part in _parts(list(good))
        for proof in session.scalars(select(Proof).where(Proof.order_id.in_(part)))
    }
    for order_id, (result, detail) in good.items():
        known = before.get(order_id)
        if known is None:
            known = Proof(order_id=order_id)
            session.add(known)
        known.result, known.detail, known.at, known.imported_by = result, detail, at, by
        note = {"result": result, "detail": detail}
        history.note(session, by, "proof", at, note, order_id=order_id)
    return len(good), []


def _proof_rows(file_name: str, data: bytes) -> Iterator[tuple[int, dict[str, str]]]:
    rows = table_rows(file_name, data)
    header = [cell.lower() for cell in next(rows, ())]
    places = {
        name: header.index(word)
        for name, words in _PROOF_COLUMNS.items()
        for word in words
        if word in header
    }
    if not {"file", "result"} <= set(places):
        raise ServiceError(
            422, "proof_columns", "Its first row lacks: file, result.", "Name the columns so."
        )
    for number, row in enumerate(rows, start=2):
        if any(row):
            cells = {name: row[at] if at < len(row) else "" for name, at in places.items()}
            yield number, {"detail": ""} | cells


def _approved(session: Session, batch: Batch, with_photos: ORMOption) -> Sequence[Order]:
    chosen = Order.batch_id == batch.id, Order.state == OrderState.APPROVED
    ordered = select(Order).where(*chosen).order_by(Order.created_at, Order.id)
    return session.scalars(ordered.options(with_photos)).all()


def _parts(names: Sequence[str]) -> Iterator[Sequence[str]]:
    """Return them some at a time, not more than every database takes as parameters."""
    for start in range(0, len(names), _AT_A_TIME):
        yield names[start : start + _AT_A_TIME]


def _next_seq(session: Session, batch: Batch) -> int:
    return 1 + max(
        (row["seq"] for export in of_batch(session, batch) for row in export.rows), default=0
    )


def _row(batch: Batch, order: Order, seq: int, crc32: int) -> dict[str, Any]:
    photo = order.photo
    name = batch.export_template.format(batch=batch.code, seq=seq, code_hash8=order.code_hash[:8])
    return {
        "order": order.id, "seq": seq, "file": f"{name}.jpg", "sha256": photo.photo_sha256,
        "size": photo.photo_bytes, "crc32": crc32, "code_hash": order.code_hash,
        "shot_at": photo.shot_at.isoformat(timespec="seconds"), "booth": photo.booth.name,
        "checks": " ".join(_failed_rules(photo)) or "ok",
    }  # fmt: skip


def _part_names(rows: Sequence[dict[str, Any]], taken: set[str]) -> None:
    """Give photos of one name, as eight digits of a hash may be alike, their numbers besides."""
    for row in rows:
        if row["file"] in taken:
            row["file"] = f"{row['file'].removesuffix('.jpg')}_{row['seq']}.jpg"
        taken.add(row["file"])


def _failed_rules(photo: Photo) -> Iterator[str]:
    rules = photo.report.get("rules")
    for name, result in sorted(rules.items()) if isinstance(rules, dict) else ():
        # Reports are booths' work: a name that is none might be a formula to a spreadsheet.
        is_name = isinstance(name, str) and _RULE_NAME.fullmatch(name)
        if is_name and isinstance(result, dict) and result.get("verdict") in ("fail", "hint"):
            yield f"{name}:{result['verdict']}"


def _check_size(rows: Sequence[Mapping[str, Any]]) -> None:
    total = sum(row["size"] for row in rows)
    if len(rows) > archive.MAX_FILES or total > archive.MAX_BYTES:
        raise ServiceError(
            409, "export_too_large", f"{len(rows)} photos are too many for one delivery.",
            "Open a batch for each faculty.",
        )  # fmt: skip
