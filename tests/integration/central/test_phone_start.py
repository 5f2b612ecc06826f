"""A student who is at no booth begins on a phone: code, last four, fee, original, review."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Iterator
from datetime import timedelta

import pytest
import segno
from central_browser import Browser, Form, account
from central_phone import eventually, original
from central_samples import jpeg, sha256, submission
from central_server import RunningCentral
from PIL import Image
from sqlalchemy import select
from sqlalchemy.orm import Session
from typer.testing import CliRunner

from kiosk.central.contract import OrderState
from kiosk.central.service import batches, retention, staff
from kiosk.central.service.context import open_service
from kiosk.central.service.demo import FEE_BATCH, WAIVED_BATCH, prepare_demo
from kiosk.central.service.settings import load_service_settings
from kiosk.central.service.tables import Order
from kiosk.cli import codes

# Makes a photo as 'kiosk portrait' does, and keeps how it was asked; codes are really understood.
_KIOSK = """
import json, pathlib, runpy, sys
words = sys.argv[1:]
if words[0] == "codes":
    runpy.run_module("kiosk", run_name="__main__")
(pathlib.Path(__file__).parent / "asked.txt").write_text(" ".join(words[2:]))
out, report = (pathlib.Path(words[words.index(n) + 1]) for n in ("--out", "--report"))
from PIL import Image
Image.open(words[1]).resize((480, 640)).save(out, "JPEG", quality=85, dpi=(300, 300))
report.write_text(json.dumps({"rules": {"eyes_open": {"verdict": "pass"}}}))
print(json.dumps({"photo": str(out), "conforms": True}))
"""
STARTS = 8


@pytest.fixture(scope="module")
def central(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningCentral]:
    folder = tmp_path_factory.mktemp("central")
    demo = prepare_demo(folder / "service")
    (folder / "stand_in.py").write_text(_KIOSK)
    (folder / "booth.toml").write_text(
        f'[booth]\ndata_directory = "{folder}"\n[codes]\nkey_file = "codes.key"\n'
        'decoders = ["simulated", "opaque"]\n'
    )
    command = json.dumps([sys.executable, str(folder / "stand_in.py")])
    with demo.config_path.open("a") as config:
        config.write(f"kiosk_command = {command}\nbooth_config = '{folder / 'booth.toml'}'\n")
        config.write(f"review_undo_s = 0\nstarts_per_address = {STARTS}\n")
    running = RunningCentral(demo).start()
    yield running
    assert running.stop() == 0


@pytest.fixture(scope="module")
def code(central: RunningCentral) -> str:
    """A capture code of 张三, whose ID number ends in 6(7): made with the key of the booth."""
    key = central.demo.config_path.parents[1] / "codes.key"
    made = CliRunner().invoke(
        codes.app, ["issue", "2023110117", "张三", "A123456(7)", "--key-file", str(key)]
    )
    assert made.exit_code == 0, made.output
    return made.stdout.strip()


def begin(central: RunningCentral, batch: str, text: str, four: str) -> tuple[Browser, str, int]:
    phone = Browser(central)
    page = phone.get(f"/b/{batch}")
    answer = phone.submit(page, f"/b/{batch.upper()}", code=text, last_four=four)
    return phone, answer.url.removeprefix(central.address), answer.status_code


def upload(phone: Browser, link: str, data: bytes) -> int:
    token = Form(phone.get(link).text, f"{link}/upload").fields["token"]
    return phone.session.post(
        f"{phone.base}{link}/upload",
        data={"token": token, "consent": "yes"},
        files={"file": ("IMG_1.jpg", data, "image/jpeg")},
        timeout=30,
    ).status_code


def still(seed: int) -> bytes:
    return original(Image.open(io.BytesIO(jpeg(seed, 1500, 2000))))


def test_from_the_batch_to_the_review_without_a_booth(central: RunningCentral, code: str) -> None:
    phone, link, _ = begin(central, FEE_BATCH.lower(), code, "６（７）")
    page = phone.get(link).text
    assert "Waiting for your photo" in page
    assert "张*" in page, "what the code holds, masked, as at the booth"
    assert f"{link}/upload" not in page, "the fee comes first"
    paying = phone.submit(phone.get(f"{link}/fee"), f"{link}/fee", method="sandbox")
    reference = paying.text.split("/sandbox/pay/")[1][:32]
    phone.session.post(f"{central.address}/sandbox/pay/{reference}", timeout=30)
    assert phone.get(f"{link}/photo").status_code == 404
    assert upload(phone, link, still(71)) == 200
    eventually(lambda: "Waiting for review" in phone.get(link).text)
    page = phone.get(link).text
    assert "Receipt no." in page
    assert "upload-1" in page
    asked = (central.demo.config_path.parents[1] / "asked.txt").read_text()
    assert "--background blue --glasses forbid" in asked
    reviewer = account(central, "reviewer-of-phones", staff.Role.REVIEWER)
    assert "Sent from a phone" in reviewer.submit(reviewer.get("/review"), "/review/next").text
    # and back in, from the same page, by the same code
    again, back, _ = begin(central, FEE_BATCH, code, "6(7)")
    assert back != link
    assert "Waiting for review" in again.get(back).text


def test_a_picture_of_the_code_is_as_good(central: RunningCentral, code: str) -> None:
    picture = io.BytesIO()
    segno.make(code).save(picture, kind="png", scale=8, border=4)
    phone = Browser(central)
    answer = phone.session.post(
        f"{central.address}/b/{WAIVED_BATCH}",
        data=Form(phone.get(f"/b/{WAIVED_BATCH}").text, f"/b/{WAIVED_BATCH}").fields
        | {"last_four": "6(7)"},
        files={"picture": ("code.png", picture.getvalue(), "image/png")},
        timeout=60,
    )
    assert "Waiting for your photo" in answer.text
    assert "/upload" in answer.text, "nothing is to be paid in this batch"


def test_a_booth_may_take_the_photo_all_the_same(central: RunningCentral) -> None:
    text = "an opaque code of somebody"
    phone, link, _ = begin(central, WAIVED_BATCH, text, "011X")
    photo, original_ = jpeg(73), jpeg(74, 960, 1280)
    message = submission(
        photo, original_, batch=WAIVED_BATCH, code_hash=sha256(text.encode()), last_four="011X"
    )
    answer = central.client().submit(message, photo, original_)
    assert answer.state is OrderState.PENDING
    assert answer.version == 1
    assert "Waiting for review" in phone.get(link).text


def test_what_does_not_fit_begins_nothing(central: RunningCentral, code: str) -> None:
    assert begin(central, FEE_BATCH, code, "1234")[2] == 401
    assert begin(central, FEE_BATCH, FEE_BATCH, "1234")[2] == 422, "the batch's code is none"
    assert begin(central, FEE_BATCH, "", "1234")[2] == 422
    closed = Browser(central).get("/b/C5UG16")
    assert closed.status_code == 409
    assert "The batch is closed" in closed.text
    unknown = Browser(central).get("/b/ZZZZ99")
    assert unknown.status_code == 404
    assert "No batch has this code" in unknown.text
    asked = Browser(central).get(f"/b?code=%20{FEE_BATCH.lower()}")
    assert asked.url.endswith(f"/b/{FEE_BATCH}")


def test_a_batch_may_take_none_from_phones_and_counts_those_with_a_photo(
    central: RunningCentral,
) -> None:
    manager = account(central, "manager-of-phones", staff.Role.MANAGER)
    page = manager.get(f"/batches/{WAIVED_BATCH}")
    assert f"{central.address}/b/{WAIVED_BATCH}" in page.text
    assert "svg" in manager.get(f"/batches/{WAIVED_BATCH}/phone-qr.svg").text
    assert "<b>1</b><span>Shot</span>" in page.text, "one has a photo, one has only begun"
    form = manager.get(f"/batches/{WAIVED_BATCH}/edit")
    values = {"school": "示范大学", "title": "2027 届研究生", "payment_methods": ["waived"]}
    edit = f"/batches/{WAIVED_BATCH}/edit"
    assert manager.submit(form, edit, **values, phone_start="no").status_code == 200
    assert begin_status(central) == 409
    assert manager.submit(form, edit, **values, phone_start="yes").status_code == 200
    assert begin_status(central) == 200


def begin_status(central: RunningCentral) -> int:
    return Browser(central).get(f"/b/{WAIVED_BATCH}").status_code


def test_guessing_is_limited_by_address(central: RunningCentral, code: str) -> None:
    statuses = [begin(central, WAIVED_BATCH, code, "0000")[2] for _ in range(STARTS)]
    assert statuses[0] == 401
    assert statuses[-1] == 429


def test_who_only_began_is_forgotten_after_the_batch(central: RunningCentral) -> None:
    settings = load_service_settings(central.demo.config_path)
    service = open_service(settings)

    def close(session: Session) -> None:
        batch = batches.find(session, WAIVED_BATCH)
        batch.closes_at = service.clock() - timedelta(days=batch.retention_days + 1)

    service.database.write(close)
    assert [found.never_delivered for found in retention.purge(service)] == [1]
    assert retention.purge(service) == [], "once"
    begun = select(Order).where(Order.state == "started")
    assert all(
        (order.last_four, order.masked_name) == ("", "")
        for order in service.database.read(lambda session: session.scalars(begun).all())
    )
    service.database.close()
