"""A ready-made central backend for demonstrations and tests: batches, a booth, a reviewer."""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy.orm import Session

from kiosk.central.contract import BatchInfo
from kiosk.central.service import batches, booths, staff
from kiosk.central.service.context import utc_now
from kiosk.central.service.database import Database
from kiosk.central.service.settings import CentralServiceSettings, load_service_settings

FEE_BATCH = "Z3K8F7"
WAIVED_BATCH = "N5W2Q8"
CLOSED_BATCH = "C5UG16"
BOOTH = "booth-1"
REVIEWER = "reviewer"
_SCHOOL = "示范大学"


@dataclass(frozen=True, slots=True)
class DemoCentral:
    """What a demonstration needs to know.

    Attributes:
        config_path: settings file for ``kiosk central serve``.
        booth_name: as `booth_token` was issued for.
        booth_token: the booth's key.
        reviewer_name: an account that may do everything.
        reviewer_password: its password.
        batches: codes: one with a fee, one that is waived, one that is closed.
    """

    config_path: Path
    booth_name: str
    booth_token: str
    reviewer_name: str
    reviewer_password: str
    batches: tuple[str, ...]


def prepare_demo(
    folder: Path,
    *,
    booth: str = BOOTH,
    sandbox_settles_after_s: float | None = None,
    database_url: str | None = None,
) -> DemoCentral:
    """Make settings, database and accounts in a new folder.

    Args:
        folder: made when there is none; must not hold a central backend yet.
        booth: name of the booth to enrol.
        sandbox_settles_after_s: sandbox payments settle by themselves after; None: never.
        database_url: an empty database, None for a file in the folder.
    """
    folder.mkdir(parents=True, exist_ok=True)
    config = folder / "central.toml"
    lines = ["port = 0", "sandbox = true"]
    if sandbox_settles_after_s is not None:
        lines.append(f"sandbox_settles_after_s = {sandbox_settles_after_s}")
    if database_url is not None:
        lines.append(f"database_url = {json.dumps(database_url)}")
    config.write_text("\n".join(lines) + "\n", encoding="utf-8")
    settings = load_service_settings(config)
    return seed(settings, config, booth=booth)


def seed(settings: CentralServiceSettings, config: Path, *, booth: str = BOOTH) -> DemoCentral:
    """Put batches, a booth and an account into the database the settings name.

    Raises:
        ServiceError: some of them are there already.
    """
    password = secrets.token_urlsafe(12)
    now = utc_now()

    def work(session: Session) -> str:
        _add_batches(session, now)
        staff.add(session, REVIEWER, password, staff.Role.ADMIN, now)
        return booths.enrol(session, booth, now)

    database = Database(settings.resolved_database_url)
    database.migrate()
    token = database.write(work)
    database.close()
    codes = (FEE_BATCH, WAIVED_BATCH, CLOSED_BATCH)
    return DemoCentral(config, booth, token, REVIEWER, password, codes)


def _add_batches(session: Session, now: datetime) -> None:
    fee = BatchInfo(
        code=FEE_BATCH, school=_SCHOOL, title="2027 届本科毕业生",
        fee_fen=2000, payment_methods=("sandbox", "counter"),
    )  # fmt: skip
    waived = BatchInfo(code=WAIVED_BATCH, school=_SCHOOL, title="2027 届研究生")
    closed = BatchInfo(code=CLOSED_BATCH, school=_SCHOOL, title="2026 届本科毕业生")
    batches.add(session, fee, now)
    batches.add(session, waived, now)
    batches.add(session, closed, now, closes_at=now - timedelta(days=200))
