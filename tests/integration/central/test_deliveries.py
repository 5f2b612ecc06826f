"""Deliveries over real HTTP: packed once, the same to the byte, resumed, confirmed; then purged."""

from __future__ import annotations

import csv
import io
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import openpyxl
import pytest
from central_browser import Browser, account, order_of, send, state_of
from central_samples import sha256
from central_server import RunningCentral

from kiosk.central.contract import OrderState
from kiosk.central.service import retention, staff
from kiosk.central.service.context import open_service
from kiosk.central.service.settings import load_service_settings

BATCH = "Z3K8F7"
PATH = f"/batches/{BATCH}/deliveries"


@pytest.fixture(scope="module")
def central(own_central: RunningCentral) -> RunningCentral:
    return own_central


def test_from_approved_to_delivered_and_removed(central: RunningCentral) -> None:
    reviewer = account(central, "r", staff.Role.REVIEWER)
    manager = account(central, "m", staff.Role.MANAGER)
    messages = [send(central) for _ in range(3)]
    waiting = send(central)
    for message in messages:
        order = order_of(central, message)
        page = reviewer.get(f"/review/{order}")
        reviewer.submit(page, f"/review/{order}/reject", f"/review/{order}/approve")
    assert reviewer.get(PATH).status_code == 403
    page = manager.submit(manager.get(PATH), PATH)
    assert {state_of(central, m) for m in messages} == {OrderState.PROCESSING}
    assert state_of(central, waiting) is OrderState.PENDING
    (link,) = {part.split('"')[0] for part in page.text.split('href="') if ".zip" in part[:90]}

    whole = manager.get(link)
    assert manager.get(link).content == whole.content, "the same to the byte"
    assert int(whole.headers["Content-Length"]) == len(whole.content)
    with zipfile.ZipFile(io.BytesIO(whole.content)) as packed:
        assert packed.testzip() is None
        table = packed.read("manifest.csv")
        rows = list(csv.DictReader(io.StringIO(table.decode("utf-8-sig"))))
        assert table.startswith(b"\xef\xbb\xbf"), "spreadsheets open it"
        assert len(rows) == 3
        for row in rows:
            assert sha256(packed.read(row["file"])) == row["sha256"]
            assert row["file"] == f"{BATCH}_{int(row['seq']):04d}_{row['code_hash'][:8]}.jpg"
    names = {m.photo_sha256 for m in messages}
    assert {row["sha256"] for row in rows} == names
    assert "011X" not in table.decode(), "no ID number anywhere"

    half = len(whole.content) // 2
    rest = manager.session.get(
        manager.base + link,
        headers={"Range": f"bytes={half}-", "If-Range": whole.headers["ETag"]},
        timeout=30,
    )
    assert rest.status_code == 206
    assert whole.content[:half] + rest.content == whole.content
    parts_of_the_file(manager, link, len(whole.content))
    bad = upload(manager, "proofs.csv", b"file,result\nnobody.jpg,passed\n")
    assert bad.status_code == 422
    assert "nobody.jpg" in bad.text
    book = openpyxl.Workbook()
    book.active.append(["文件", "结果", "说明"])
    book.active.append([rows[0]["file"], "通过", ""])
    book.active.append([rows[1]["file"], "不通过", "姓名不符"])
    out = io.BytesIO()
    book.save(out)
    assert "2 noted" in upload(manager, "proofs.xlsx", out.getvalue()).text

    confirm = link.removesuffix(".zip") + "/confirm"
    manager.submit(manager.get(PATH), confirm)
    assert {state_of(central, m) for m in messages} == {OrderState.DONE}
    saved = Browser(central).get(f"/r/{messages[0].receipt_token}/download")
    assert sha256(saved.content) == messages[0].photo_sha256
    manager.submit(manager.get(PATH), PATH)
    assert manager.get(PATH).text.count(".zip") == 1, "nothing new is nothing to deliver"
    purged_after_its_time(central, messages[0].receipt_token)
    is_said_to_be_gone(manager, link)


def is_said_to_be_gone(manager: Browser, link: str) -> None:
    gone = manager.get(link)
    assert gone.status_code == 410, "it is said, instead of a file that breaks off"
    assert "no longer kept" in gone.text


def parts_of_the_file(manager: Browser, link: str, size: int) -> None:
    for text, status in (("bytes=-100", 206), ("bytes=5-5", 206), ("bytes=99999999-", 416)):
        answer = manager.session.get(manager.base + link, headers={"Range": text}, timeout=30)
        assert answer.status_code == status, text
    assert answer.headers["Content-Range"] == f"bytes */{size}"


def upload(manager: Browser, name: str, data: bytes):
    page = manager.get(PATH)
    token = page.text.split(f'{PATH}/proofs"><input type="hidden" name="token" value="')[1]
    return manager.session.post(
        f"{manager.base}{PATH}/proofs",
        data={"token": token.split('"')[0]},
        files={"file": (name, data)},
        timeout=30,
    )


def purged_after_its_time(central: RunningCentral, link: str) -> None:
    ahead = timedelta(days=181)
    settings = load_service_settings(Path(central.demo.config_path))
    early = open_service(settings)
    assert retention.purge(early) == []
    early.database.close()
    late = open_service(settings, lambda: datetime.now(UTC) + ahead)
    planned = retention.purge(late, dry_run=True)
    assert [(one.batch, one.delivered) for one in planned] == [(BATCH, 3)]
    assert retention.purge(late) == planned
    assert retention.purge(late) == [], "what is gone is not counted twice"
    late.database.close()
    assert Browser(central).get(f"/r/{link}").status_code == 404
