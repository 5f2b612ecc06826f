"""Orders of a season for the central's database, by COPY: about a million in two minutes.

Rows only: the generated photos have hashes, but no files behind them. A batch has some 3,000
orders (log-normal, as institutions differ); the same seed gives the same first batches whatever
the total, so that two databases differ by what else lies in them and by nothing else. States
follow age: the oldest are delivered, 3 % wait. One order in eight has a second version of its
photo, with the decision that led to it; every change has its line in the audit log.
"""

from __future__ import annotations

import hashlib
import json
import random
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

import psycopg
from psycopg import sql

from kiosk.central.service.china_time import day_of
from kiosk.central.service.review_days import step_of
from kiosk.central.service.tables.reviews import REVIEW_NUMBERS, SPENT_NAMES

SEASON = timedelta(days=90)
PLANTED = 40
"""So many photos of each of the first two batches are left out of the index of copies."""
ORDERS_A_BATCH, SPREAD, LARGEST_BATCH = 3000, 0.6, 20_000
ORDERS_A_BOOTH = 6000
"""12 million graduates at 2,000 booths."""
REVIEWERS = 200

# Share of the season's orders by state, the oldest first.
_BY_AGE = (
    ("done", 0.70), ("processing", 0.12), ("approved", 0.10), ("rejected", 0.03),
    ("withdrawn", 0.02), ("pending", 0.03),
)  # fmt: skip
_PATHS = {
    "done": (("approve", "pending", "approved"), ("process", "approved", "processing"),
             ("finish", "processing", "done")),
    "processing": (("approve", "pending", "approved"), ("process", "approved", "processing")),
    "approved": (("approve", "pending", "approved"),),
    "rejected": (("reject", "pending", "rejected"),),
    "withdrawn": (("withdraw", "pending", "withdrawn"),),
    "pending": (),
}  # fmt: skip
_COLUMNS = {
    "batches": "id code code_key school title standard background glasses bracket_policy fee_fen "
    "payment_methods takes created_at payer retention_days",
    "booths": "id name token_hash created_at seen_at group_name",
    "staff": "id name password_hash role is_active epoch created_at",
    "orders": "id batch_id code_hash state version revision masked_name masked_number last_four "
    "created_at pending_since roster_key class_name",
    "photos": "id order_id version photo_sha256 photo_bytes original_sha256 original_bytes "
    "original_media_type booth_id decoder shot_at received_at consent_version consent_at "
    "payment_reference staff_passed receipt_number report signature signature_valid reasons "
    "is_compared",
    "receipts": "token_hash order_id expires_at",
    "events": "at actor action order_id state_before state_after detail",
    "photo_prints": "photo_id photo_sha256 bits x y side",
    "print_keys": "batch_id key photo_id",
    "decisions": "photo_id staff_id at is_approved is_second_look spent_s",
    "second_looks": "photo_id first_by first_approved second_by second_approved done_at",
    "payments": "reference batch_id booth_id code_hash method state amount_fen vouched_by "
    "created_at settled_at",
    "ledger": "posting account amount_fen reference at",
    "review_days": " ".join(("day", "staff_id", *REVIEW_NUMBERS, *SPENT_NAMES)),
}
_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_FLUSH_ROWS = 2000
# Ids of what the demonstration has put in are below.
_FIRST_ID = 1000


def receipt_token(number: int) -> str:
    """Return the receipt token of the order of this number."""
    return f"bench-{number:026d}"


def fill(url: str, orders: int, seed: int = 7, now: datetime | None = None) -> None:
    """Fill a migrated PostgreSQL with a season's orders, and gather its statistics.

    Args:
        url: of the database; its user must be its owner and may set `session_replication_role`.
        orders: how many.
        seed: of the spread.
        now: the end of the season, UTC; None is now.
    """
    with psycopg.connect(url) as connection:
        definitions = _drop_indices(connection)
    with ExitStack() as stack:
        copies = {}
        for table, columns in _COLUMNS.items():
            connection = stack.enter_context(psycopg.connect(url))
            # No triggers and no foreign keys: what comes is consistent, and checked by nobody.
            connection.execute("SET session_replication_role = replica")
            names = ", ".join(columns.split())
            statement = f"COPY {table} ({names}) FROM STDIN"
            copies[table] = stack.enter_context(connection.cursor().copy(statement.encode()))
        season = _Season(random.Random(seed), orders, now or datetime.now(UTC))
        for rows in season.batches():
            for table, lines in rows.items():
                copies[table].write("".join(lines).encode())
    _finish(url, definitions)


def _drop_indices(connection: psycopg.Connection) -> list[str]:
    """Drop what only finds rows, and return the statements that make it again.

    A B-tree built by sorting is made several times faster than row by row.
    """
    tables = list(_COLUMNS)
    again, drops = [], []
    for definition, name in connection.execute(
        "SELECT pg_get_indexdef(indexrelid), indexrelid::regclass::text FROM pg_index "
        "WHERE indrelid = ANY(%s::regclass[]) AND NOT EXISTS "
        "(SELECT 1 FROM pg_constraint WHERE conindid = indexrelid)",
        [tables],
    ):
        again.append(definition)
        drops.append(f"DROP INDEX {name}")
    for table, name, definition in connection.execute(
        "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint "
        "WHERE contype = 'u' AND conrelid = ANY(%s::regclass[])",
        [tables],
    ):
        again.append(f"ALTER TABLE {table} ADD CONSTRAINT {name} {definition}")
        drops.append(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
    for statement in drops:
        connection.execute(statement.encode())
    return again


def _finish(url: str, definitions: list[str]) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("SET maintenance_work_mem = '512MB'")
        for statement in definitions:
            connection.execute(statement.encode())
        # The triggers that keep these were off.
        connection.execute(
            "INSERT INTO order_counts (batch_id, state, orders) "
            "SELECT batch_id, state, count(*) FROM orders GROUP BY batch_id, state"
        )
        for table, columns in _COLUMNS.items():
            if "id" in columns.split() and table != "orders":
                newest = sql.SQL("SELECT setval(%s, (SELECT max(id) FROM {}))")
                connection.execute(newest.format(sql.Identifier(table)), [f"{table}_id_seq"])
        connection.execute("VACUUM (ANALYZE, FREEZE)")


@dataclass
class _Season:
    """Makes the rows, batch by batch, as lines of COPY's text format."""

    random: random.Random
    orders: int
    now: datetime
    number: int = 0
    photo: int = _FIRST_ID
    rows: dict[str, list[str]] = field(default_factory=dict)
    days: dict[tuple[date, int], Counter[str]] = field(default_factory=dict)

    def batches(self) -> Iterator[dict[str, list[str]]]:
        """Return the lines of each table, some thousand orders at a time."""
        self.rows = {table: [] for table in _COLUMNS}
        self._people()
        reports = [_escaped(json.dumps(_report(seed))) for seed in range(16)]
        batch = _FIRST_ID
        # Which order comes when in the season is the batch's, so small seasons look like large.
        while self.number < self.orders:
            size = round(self.random.lognormvariate(0, SPREAD) * ORDERS_A_BATCH)
            size = max(1, min(size, LARGEST_BATCH, self.orders - self.number))
            fee = 2000 if batch % 2 else 0
            self._batch(batch, fee)
            own = random.Random(batch)
            for place in range(size):
                self._order(own, batch, place, fee, reports)
                if len(self.rows["orders"]) >= _FLUSH_ROWS:
                    yield self.rows
                    self.rows = {table: [] for table in _COLUMNS}
            batch += 1
        for (day, reviewer), numbers in self.days.items():
            names = (*REVIEW_NUMBERS, *SPENT_NAMES)
            self._line("review_days", day, reviewer, *(numbers[name] for name in names))
        yield self.rows

    def _people(self) -> None:
        at = _moment(self.now - SEASON)
        self.booths = max(10, self.orders // ORDERS_A_BOOTH)
        for booth in range(self.booths):
            self._line("booths", _FIRST_ID + booth, f"bench-{booth}", _sha(f"booth {booth}"), at,
                       _moment(self.now), "bench")  # fmt: skip
        for reviewer in range(REVIEWERS):
            self._line("staff", _FIRST_ID + reviewer, f"bench-{reviewer}", "!", "reviewer",
                       "f", 1, at)  # fmt: skip

    def _batch(self, batch: int, fee: int) -> None:
        rest, code = batch, ""
        for _ in range(6):
            rest, letter = divmod(rest, len(_LETTERS))
            code += _LETTERS[letter]
        methods = '["counter", "sandbox"]' if fee else '["waived"]'
        self._line("batches", batch, code, code, f"示范大学 {batch}", "2027 届本科毕业生", "chsi",
                   "blue", "forbid", "count", fee, methods, 4, _moment(self.now - SEASON),
                   "student", 180)  # fmt: skip

    def _order(
        self, own: random.Random, batch: int, place: int, fee: int, reports: list[str]
    ) -> None:
        number = self.number
        self.number += 1
        age = own.random()
        state = _state_at(age)
        came = self.now - SEASON * (1 - age)
        order = _sha(f"order {number}")[:16]
        code = _sha(f"code {number}")
        draw = own.random()
        versions = 3 if draw < 0.03 else 2 if draw < 0.12 else 1
        booth = _FIRST_ID + number % self.booths
        at = _moment(came)
        self._line("orders", order, batch, code, state, versions, versions, "张*",
                   f"2023****{place % 10000:04d}", f"{number % 10000:04d}", at, at, "",
                   f"{place // 40 % 80} 班")  # fmt: skip
        reference = ""
        if fee:
            reference = f"bench{number:011d}"
            self._line("payments", reference, batch, booth, code, "sandbox", "settled", fee, "",
                       at, at)  # fmt: skip
            for account, sign in (("sandbox", 1), ("fees", -1)):
                self._line("ledger", f"pay {reference}", account, sign * fee, reference, at)
        for version in range(1, versions + 1):
            self._version(own, order, batch, version, came, booth, reference, reports)
            before = r"\N" if version == 1 else "rejected"
            self._event(at, "booth:bench", "submit", order, before, "pending")
            if version < versions:
                self._event(at, "staff:bench", "reject", order, "pending", "rejected")
                self._decision(own, came, approved=False)
        self._line("receipts", _sha(receipt_token(number)), order,
                   _moment(self.now + timedelta(days=180)))  # fmt: skip
        for action, before, after in _PATHS[state]:
            self._event(at, "staff:bench", action, order, before, after)
            if action in ("approve", "reject"):
                self._decision(own, came, approved=action == "approve")

    def _version(
        self, own: random.Random, order: str, batch: int, version: int, came: datetime,
        booth: int, reference: str, reports: list[str],
    ) -> None:  # fmt: skip
        self.photo += 1
        photo, at = self.photo, _moment(came)
        sha = _sha(f"photo {photo}")
        original = _sha(f"original {photo}")
        self._line("photos", photo, order, version, sha, own.randrange(20_000, 60_000), original,
                   own.randrange(3_000_000, 6_000_000), "image/jpeg", booth, "payload", at, at,
                   "2027-1", at, reference, "f", f"{photo % 10000:04d}", reports[photo % 16],
                   sha, "t", "[]", "t")  # fmt: skip
        bits = own.getrandbits(64)
        if photo - _FIRST_ID <= PLANTED:
            return
        self._line("photo_prints", photo, sha, f"{bits:016x}", 240.0, 260.0, 180.0)
        for band in range(4):
            key = band << 16 | bits >> 16 * band & 0xFFFF
            self._line("print_keys", batch, key, photo)

    def _decision(self, own: random.Random, came: datetime, *, approved: bool) -> None:
        at = _moment(came)
        reviewer, other = (_FIRST_ID + (self.photo + n) % REVIEWERS for n in (0, 1))
        verdict, spent_s = "t" if approved else "f", round(own.lognormvariate(1.2, 0.5), 3)
        self._line("decisions", self.photo, reviewer, at, verdict, "f", spent_s)
        day = self.days.setdefault((day_of(came), reviewer), Counter())
        day.update({"decided": 1, "approved": int(approved), f"spent_{step_of(spent_s)}": 1})
        if own.random() < 0.02:
            done = own.random() < 0.9
            second = (other, verdict, at) if done else (r"\N",) * 3
            self._line("second_looks", self.photo, reviewer, verdict, *second)
            day["seen_twice"] += done

    def _event(self, at: str, actor: str, action: str, order: str, before: str, after: str) -> None:
        detail = f'{{"version": 1, "photo": "{_sha(order)}"}}'
        self._line("events", at, actor, action, order, before, after, detail)

    def _line(self, table: str, *values: object) -> None:
        self.rows[table].append("\t".join(map(str, values)) + "\n")


def _state_at(age: float) -> str:
    """Return the state of an order by its place in the season, 0 the oldest to 1."""
    for state, share in _BY_AGE:
        age -= share
        if age < 0:
            return state
    return "pending"


def _report(seed: int) -> dict[str, object]:
    """Return a report of the size a real one has: 5.6 KB."""
    own = random.Random(seed)
    return {
        "version": 1,
        "conforms": True,
        "remarks": [],
        "measurements": {f"measurement_{n}": own.random() for n in range(32)},
        "rules": {
            f"rule_of_guidance_{n}": {
                "verdict": "pass", "value": own.random(), "limit": round(own.random(), 2),
                "confidence": own.random(), "source": "photo",
            }
            for n in range(30)
        },
    }  # fmt: skip


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\")


def _moment(at: datetime) -> str:
    return at.replace(tzinfo=None).isoformat(" ")


def _sha(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
