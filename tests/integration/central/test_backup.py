"""Backup while booths send photos, restored elsewhere by the scripts of docs/compose."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from central_browser import Browser, account, order_of, send
from central_server import RunningCentral
from sqlalchemy import create_engine, text

from kiosk.central.service.demo import DemoCentral, prepare_demo
from kiosk.central.service.settings import CentralServiceSettings, load_service_settings
from kiosk.central.service.staff import Role
from kiosk.central.service.tables import Base

SCRIPTS = Path(__file__).parents[3] / "docs" / "compose"
# Says when a booth was last heard of.
NOT_COMPARED = {"booths"}


def run(script: str, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [SCRIPTS / script, *arguments], check=False, capture_output=True, text=True, timeout=100
    )


def places(settings: CentralServiceSettings) -> tuple[str, Path, Path]:
    return (
        settings.resolved_database_url,
        settings.storage_path,
        settings.secret_key_path,
    )


def rows(url: str) -> dict[str, set[str]]:
    """Return every row of every table, as text."""
    if url.startswith("postgresql://"):
        url = url.replace("postgresql://", "postgresql+psycopg://", 1)
    engine = create_engine(url)
    with engine.connect() as connection:
        found = {
            name: {str(tuple(row)) for row in connection.execute(text(f"SELECT * FROM {name}"))}
            for name in Base.metadata.tables
            if name not in NOT_COMPARED
        }
    engine.dispose()
    return found


@pytest.fixture
def original(tmp_path: Path, new_database: Callable[[], str | None]) -> Any:
    demo = prepare_demo(tmp_path / "original", database_url=new_database())
    with demo.config_path.open("a") as settings:
        settings.write("jobs = false\n")  # rows stay as they were sent, to be compared
    running = RunningCentral(demo).start()
    yield running
    assert running.stop() == 0


@pytest.fixture
def elsewhere(
    tmp_path: Path, original: RunningCentral, request: pytest.FixtureRequest, database_kind: str
) -> DemoCentral:
    """Return the settings of another machine: an empty database, an empty folder, no key."""
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    config = folder / "central.toml"
    lines = ["port = 0", "sandbox = true"]
    if database_kind == "postgresql":
        lines.append(f'database_url = "{request.getfixturevalue("postgres").empty_database()}"')
    config.write_text("\n".join(lines) + "\n")
    old = original.demo
    return DemoCentral(
        config, old.booth_name, old.booth_token, old.reviewer_name, old.reviewer_password,
        old.batches,
    )  # fmt: skip


def test_all_is_there_again_and_goes_on(
    tmp_path: Path, original: RunningCentral, elsewhere: DemoCentral
) -> None:
    reviewer = account(original, "reviewer-1", Role.REVIEWER)
    before = [send(original, batch="N5W2Q8") for _ in range(3)]
    first = order_of(original, before[0])
    page = reviewer.get(f"/review/{first}")
    assert reviewer.submit(page, f"/review/{first}/reject", f"/review/{first}/approve").ok
    source = load_service_settings(original.demo.config_path)

    stop = threading.Event()

    def booth() -> None:
        while not stop.is_set():
            send(original, batch="N5W2Q8")

    sending = threading.Thread(target=booth)
    sending.start()
    backup = tmp_path / "backup"
    try:
        for _ in range(2):  # a second time into the same folder, as each night
            made = run("backup.sh", *places(source), backup)
            assert made.returncode == 0, made.stderr
    finally:
        stop.set()
        sending.join()
    now = rows(source.resolved_database_url)

    target = load_service_settings(elsewhere.config_path)
    restored = run("restore.sh", backup, *places(target))
    assert restored.returncode == 0, restored.stderr
    again = rows(target.resolved_database_url)
    assert again["orders"], "it holds something"
    for table, kept in again.items():
        assert kept <= now[table], f"{table}: a row that never was"
    assert len(again["receipts"]) >= len(before)
    assert_files(target)

    central = RunningCentral(elsewhere).start()
    try:
        assert central.get("/readyz").ok
        # A link that was printed before, a password, a key of a booth: all as they were.
        assert central.get(f"/r/{before[0].receipt_token}").ok
        assert Browser(central).log_in("reviewer-1", "a long password").ok
        assert order_of(central, before[1]) == order_of(original, before[1])
        assert order_of(central, send(central, batch="N5W2Q8"))
    finally:
        assert central.stop() == 0


def assert_files(settings: CentralServiceSettings) -> None:
    """Each file that a row names is there, whole."""
    url = settings.resolved_database_url.replace("postgresql://", "postgresql+psycopg://", 1)
    engine = create_engine(url)
    with engine.connect() as connection:
        named = connection.execute(text("SELECT photo_sha256, original_sha256 FROM photos")).all()
    engine.dispose()
    assert named
    for sha256 in {name for row in named for name in row}:
        content = (settings.storage_path / sha256[:2] / sha256).read_bytes()
        assert hashlib.sha256(content).hexdigest() == sha256


def test_nothing_is_restored_over_what_is_there(
    tmp_path: Path, original: RunningCentral, elsewhere: DemoCentral
) -> None:
    send(original)
    source = load_service_settings(original.demo.config_path)
    backup = tmp_path / "backup"
    assert run("backup.sh", *places(source), backup).returncode == 0
    before = rows(source.resolved_database_url)
    url, storage, key = places(source)
    target = load_service_settings(elsewhere.config_path)
    new_url, new_storage, new_key = places(target)
    for arguments in ((url, new_storage, new_key), (new_url, storage, new_key),
                      (new_url, new_storage, key)):  # fmt: skip
        refused = run("restore.sh", backup, *arguments)
        assert refused.returncode == 1
        assert "Nothing was changed" in refused.stderr
    assert rows(source.resolved_database_url) == before
    shutil.rmtree(new_storage, ignore_errors=True)
    (backup / "secret.key").unlink()
    assert "no whole backup" in run("restore.sh", backup, new_url, new_storage, new_key).stderr


def test_a_backup_that_fails_keeps_the_last_one(tmp_path: Path) -> None:
    into = tmp_path / "backup"
    into.mkdir()
    (into / "central.dump").write_text("the last one")
    key = tmp_path / "secret.key"
    key.write_bytes(b"k" * 32)
    gone = f"postgresql://nobody@/none?host={tmp_path}"
    failed = run("backup.sh", gone, "", key, into)
    assert failed.returncode != 0
    assert (into / "central.dump").read_text() == "the last one"
    assert run("backup.sh", "mysql://x", "", key, into).returncode == 2
    usage = run("backup.sh")
    assert usage.returncode == 2
    assert "usage: backup.sh" in usage.stderr
