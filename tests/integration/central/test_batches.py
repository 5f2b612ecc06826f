"""Batch managers: opening and changing batches, rosters, progress, QR and poster."""

from __future__ import annotations

import io

import pytest
import requests
from central_browser import Browser, account, send
from central_samples import sha256
from central_server import RunningCentral

from kiosk.central.service import rosters
from kiosk.central.service.staff import Role

GOOD = {
    "code": "AB12CD", "school": "第二大学", "title": "2027 届", "fee": "25.50",
    "payment_methods": "counter", "background": "white", "glasses": "allow_clear",
    "bracket_policy": "strip", "standard": "chsi", "payer": "school", "min_bytes": "20000",
    "max_bytes": "40000", "takes": "3", "retention_days": "90",
    "export_template": "{batch}-{seq}", "opens_at": "2020-03-01T08:00",
    "closes_at": "2099-06-30T18:00",
}  # fmt: skip
ROSTER = "学号,姓名,身份证后四位,班级\n"


@pytest.fixture(scope="module")
def central(own_central: RunningCentral) -> RunningCentral:
    return own_central


@pytest.fixture(scope="module")
def manager(central: RunningCentral) -> Browser:
    return account(central, "manager", Role.MANAGER)


def save(manager: Browser, path: str, **changes: str) -> requests.Response:
    page = manager.get(path)
    return manager.submit(page, path, **(GOOD | changes))


def upload(manager: Browser, code: str, name: str, data: bytes) -> requests.Response:
    page = manager.get(f"/batches/{code}")
    from central_browser import Form

    path = f"/batches/{code}/roster"
    return manager.session.post(
        manager.base + path,
        data=Form(page.text, path).fields,
        files={"file": (name, data)},
        timeout=30,
    )


def workbook(*rows: tuple[object, ...]) -> bytes:
    import openpyxl

    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_a_batch_is_opened_changed_and_told_to_booths(
    central: RunningCentral, manager: Browser
) -> None:
    done = save(manager, "/batches/new")
    assert done.url.endswith("/batches/AB12CD")
    told = central.client().batch("ab12cd")
    assert (told.school, told.fee_fen, told.background) == ("第二大学", 2550, "white")
    assert (told.glasses, told.bracket_policy, told.takes) == ("allow_clear", "strip", 3)
    assert (told.min_bytes, told.max_bytes, told.is_open) == (20_000, 40_000, True)
    form = manager.get("/batches/AB12CD/edit").text
    for text in ("2099-06-30T18:00", "{batch}-{seq}", 'value="25.50"', 'value="90"'):
        assert text in form
    save(manager, "/batches/AB12CD/edit", fee="0", closes_at="2021-01-01T00:00")
    told = central.client().batch("AB12CD")
    assert (told.fee_fen, told.is_open) == (0, False)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"code": "Z3K8F7"}, "already"),
        ({"code": "!"}, "Batch code"),
        ({"min_bytes": "50000"}, "50000"),
        ({"fee": "cheap"}, "cannot be read"),
        ({"fee": "inf"}, "cannot be read"),
        ({"background": "green"}, "Background"),
        ({"export_template": "{name}"}, "Names in the export"),
        ({"export_template": "always_the_same"}, "Names in the export"),
        ({"export_template": "../{seq}"}, "Names in the export"),
        ({"opens_at": "2099-07-01T00:00"}, "end before it begins"),
        ({"retention_days": "0"}, "Kept after"),
        ({"takes": "99999999999999"}, "Shots"),
    ],
)
def test_what_cannot_be_is_said_beside_what_was_typed(
    manager: Browser, changes: dict[str, str], said: str
) -> None:
    answer = save(manager, "/batches/new", **({"code": "NEW999"} | changes))
    assert answer.status_code == 422
    assert said in answer.text
    assert "第二大学" in answer.text, "nothing has to be typed again"


def test_a_roster_is_looked_at_before_it_counts_and_then_sorts_by_class(
    central: RunningCentral, manager: Browser
) -> None:
    send(
        central, batch="N5W2Q8", masked_name="李*", masked_number="20******17", last_four="123X",
        code_hash=sha256(b"roster 1"),
    )  # fmt: skip
    rows = ROSTER + (
        "2023000017,李雷,123x,软件一班\n"
        "2023000018,韩梅梅,0001,软件二班\n"
        "2023000018,韩梅梅,0001,软件二班\n"
        ",无名,0001,软件二班\n"
        "2023000019,张三,12345,软件二班\n"
    )
    page = upload(manager, "N5W2Q8", "roster.csv", rows.encode("gb18030"))
    assert page.status_code == 200
    for said in ("Row 4", "the same as another row", "Row 5", "Row 6", "软件一班"):
        assert said in page.text
    assert "软件一班" not in manager.get("/batches/N5W2Q8").text, "nothing counts yet"
    done = manager.submit(page, "/batches/N5W2Q8/roster/confirm")
    assert "软件一班: 1 / 1" in done.text
    assert "软件二班: 0 / 1" in done.text
    send(
        central, batch="N5W2Q8", masked_name="韩**", masked_number="20******18",
        last_four="0001", code_hash=sha256(b"roster 2"),
    )  # fmt: skip
    assert "软件二班: 1 / 1" in manager.get("/batches/N5W2Q8").text
    again = manager.submit(page, "/batches/N5W2Q8/roster/confirm")
    assert again.status_code == 409


def test_a_workbook_serves_as_well(manager: Browser) -> None:
    data = workbook(
        ("Class", "Name", "Student number", "Last four"),
        ("A", "Li Lei", 2023000017.0, "０１２Ｘ"),
        ("B", None, 2023000018, 1234),
        (None, None, None, None),
    )
    page = upload(manager, "Z3K8F7", "roster.xlsx", data)
    assert "Good rows: <b>1</b> · Wrong rows: <b>1</b>" in page.text


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("x.xlsx", b"PK not a workbook", "cannot be read"),
        ("x.xlsx", b"not a workbook", "XLSX"),
        ("x.csv", b"\0\1\2\3", "neither"),
        ("x.csv", "学号,姓名\n1,2".encode(), "身份证后四位"),
        ("x.csv", b"", "lacks"),
        ("x.csv", ROSTER.encode() + b"x" * 200_000, "Line 2 cannot be read"),
        ("x.xlsx", workbook(("Class", "Name"))[:700] + b"\xff" * 4000, "cannot be read"),
    ],
)
def test_what_is_no_roster_is_said_to_be_none(
    manager: Browser, name: str, data: bytes, said: str
) -> None:
    page = upload(manager, "Z3K8F7", name, data)
    assert page.status_code == 422
    assert said in page.text
    assert "Traceback" not in page.text


def test_a_workbook_with_a_damaged_part_is_said_to_be_one(manager: Browser) -> None:
    data = bytearray(workbook(("Class", "Name", "Student number", "Last four"), *[["x"] * 4] * 90))
    for place in range(600, len(data) - 600, 40):
        data[place] ^= 0x55
    page = upload(manager, "Z3K8F7", "x.xlsx", bytes(data))
    assert page.status_code == 422
    assert "cannot be read" in page.text


def test_line_ends_of_every_program_will_do(manager: Browser) -> None:
    rows = (ROSTER + "2023000017,李雷,123x,软件一班\n").replace("\n", "\r")
    assert "Good rows: <b>1</b>" in upload(manager, "Z3K8F7", "mac.csv", rows.encode()).text


def test_a_workbook_that_was_formatted_to_its_last_column_is_read_as_far_as_it_is_filled() -> None:
    """Row by row as wide as it says it would take gigabytes."""
    widest = ["Student number", "Name", *[None] * 16_381, " "]
    rows = list(rosters.table_rows("x.xlsx", workbook(widest, *[[f"2023{n}"] for n in range(90)])))
    assert rows[0][:2] == ("Student number", "Name")
    assert rows[90][0] == "202389"
    assert max(map(len, rows)) <= 64


def test_an_enormous_roster_is_refused(manager: Browser) -> None:
    assert upload(manager, "Z3K8F7", "x.csv", b"x" * 6_000_000).status_code == 413


def test_the_qr_code_and_the_poster_hold_the_batchs_code(manager: Browser) -> None:
    svg = manager.get("/batches/Z3K8F7/qr.svg")
    assert svg.headers["Content-Type"].startswith("image/svg+xml")
    assert b"<path" in svg.content
    pdf = manager.get("/batches/Z3K8F7/poster.pdf")
    assert pdf.content.startswith(b"%PDF")
    # Pillow embeds the page as one JPEG: it is read back as a booth's camera would see it.
    import zxingcpp
    from PIL import Image

    start = pdf.content.index(b"\xff\xd8\xff")
    picture = Image.open(io.BytesIO(pdf.content[start:]))
    assert [code.text for code in zxingcpp.read_barcodes(picture)] == ["Z3K8F7"]
