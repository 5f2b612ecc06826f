"""The operating manual's table, row by row, as a booth, a phone and a browser see it over HTTP."""

from __future__ import annotations

import hashlib
import hmac
import io
import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import segno
from central_browser import Browser, Form, account, order_of, state_of
from central_phone import Mailbox, eventually, original
from central_samples import jpeg, sha256, submission
from central_server import RunningCentral
from PIL import Image

from hardware.sim.sitter import sprites
from kiosk.central.contract import OrderState, PaymentRequest, PaymentState
from kiosk.central.errors import CentralRefused
from kiosk.central.service import staff
from kiosk.central.service.demo import prepare_demo

CODE = "the capture code of Zhang"
CODE_HASH = hashlib.sha256(CODE.encode()).hexdigest()
BATCH = "Z3K8F7"
EMAIL = "zhang@mail.example"
JUDGED = {
    "rules": {
        "eyes_open": {"verdict": "pass", "value": 0.31, "limit": 0.2},
        "yaw": {"verdict": "hint", "value": 4.5, "limit": 5},
    },
    "remarks": [{"key": "declared_jewellery", "serious": False}],
}

# Makes a photo as 'kiosk portrait' does; codes and sheets are really read and made.
_KIOSK = """
import json, pathlib, subprocess, sys
words = sys.argv[1:]
if words[0] in ("codes", "print"):
    sys.exit(subprocess.run([sys.executable, "-m", "kiosk", *words]).returncode)
out, report = (pathlib.Path(words[words.index(n) + 1]) for n in ("--out", "--report"))
from PIL import Image
Image.open(words[1]).resize((480, 640)).save(out, "JPEG", quality=85, dpi=(300, 300))
report.write_text(json.dumps({"rules": {"eyes_open": {"verdict": "pass"}}}))
print(json.dumps({"photo": str(out), "conforms": True}))
"""


@pytest.fixture(scope="module")
def mailbox(new_database: object) -> Iterator[Mailbox]:  # one for each database
    with Mailbox() as box:
        yield box


@pytest.fixture(scope="module")
def central(
    tmp_path_factory: pytest.TempPathFactory,
    new_database: Callable[[], str | None],
    mailbox: Mailbox,
) -> Iterator[RunningCentral]:
    folder = tmp_path_factory.mktemp("central")
    demo = prepare_demo(folder / "service", database_url=new_database())
    (folder / "kiosk.py").write_text(_KIOSK)
    command = json.dumps([sys.executable, str(folder / "kiosk.py")])
    with Path(demo.config_path).open("a") as config:
        config.write(f"review_undo_s = 0\nkiosk_command = {command}\n")
        config.write(f'[mail]\nhost = "127.0.0.1"\nport = {mailbox.port}\nsecurity = "none"\n')
        config.write('sender = "photos@school.example"\n')
    running = RunningCentral(demo).start()
    yield running
    assert running.stop() == 0


@pytest.mark.timeout(300)
def test_the_manual_row_by_row(  # noqa: PLR0915 - as many rows as the manual has
    central: RunningCentral, mailbox: Mailbox
) -> None:
    booth, phone = central.client(), Browser(central)
    reviewer = account(central, "reviewer-1", staff.Role.REVIEWER)
    manager = account(central, "manager-1", staff.Role.MANAGER)

    # scan the batch's QR code, batch code Z3K8F7
    assert "svg" in manager.get(f"/batches/{BATCH}/qr.svg").text
    batch = booth.batch(BATCH.lower())
    assert (batch.code, batch.fee_fen, batch.bracket_policy) == (BATCH, 2000, "count")

    # pay the fee (2.2)
    request = PaymentRequest(
        reference=CODE_HASH[:32],
        batch=BATCH,
        code_hash=CODE_HASH,
        method="sandbox",
        amount_fen=2000,
    )
    payment = booth.open_payment(request)
    assert payment.state is PaymentState.OPEN
    pay = payment.qr_text.removeprefix(central.address).partition("/sandbox")[2]
    phone.session.post(f"{central.address}/sandbox{pay}", timeout=30)
    assert booth.payment(payment.reference).state is PaymentState.SETTLED

    # scan the capture code, last four; the photo with its background and size (2.3)
    photo, still = jpeg(9_001), jpeg(9_002, 960, 1280)
    first = submission(
        photo, still, code_hash=CODE_HASH, last_four="6(7)", payment_reference=payment.reference,
        report=JUDGED, signature=signed(central, photo, still),
    )  # fmt: skip
    booth.submit(first, photo, still)
    link = f"/r/{first.receipt_token}"

    # photo rules: measured on the finished file, or put to the student and to the reviewer
    page = phone.get(link)
    for shown in ("eyes open", "head turn", "You said: jewellery"):
        assert shown in page.text
    order = order_of(central, first)
    page = reviewer.get(f"/review/{order}")
    assert "student says: jewellery" in page.text
    assert page.text.index("head turn") < page.text.index("eyes open"), "the doubtful first"

    # originals only: the original is kept beside the photo, and the booth signed both
    assert sha256(reviewer.get(f"/review/{order}/original/1").content) == first.original_sha256
    assert "<dt>Signature</dt><dd>valid</dd>" in page.text

    # register, one-tap login (2.1): the receipt's link; the code and last four as the way back in
    assert "Waiting for review" in phone.get(link).text
    picture = io.BytesIO()
    segno.make(CODE).save(picture, kind="png", scale=8, border=4)
    page = phone.get("/my")
    back_in = phone.session.post(
        f"{central.address}/my",
        data=Form(page.text, "/my").fields | {"last_four": "６（７）"},
        files={"picture": ("code.png", picture.getvalue(), "image/png")},
        timeout=60,
    )
    assert first.receipt_number in back_in.text

    # basic information comes back (2.2): masked, with school, batch and the fee
    page = phone.get(link)
    for shown in ("张*", "2023****0117", batch.school, batch.title, "settled"):
        assert shown in page.text
    phone.submit(page, f"{link}/contact", email=EMAIL)

    # withdraw while pending (2.4)
    assert "Withdrawn" in phone.submit(phone.get(link), f"{link}/withdraw").text

    # upload: album or camera, checked against the rules, frame as guide (2.3)
    page = phone.get(link)
    assert 'class="guide"' in page.text
    refused = send_original(phone, link, original(big(1), Software="Adobe Photoshop"))
    assert "A program has changed this picture" in refused
    picked = original(big(1))
    send_original(phone, link, picked)
    eventually(lambda: "Waiting for review" in phone.get(link).text)

    # rejected with reasons, upload again (2.5)
    page = reviewer.get(f"/review/{order}")
    assert "Sent from a phone" in page.text
    reviewer.submit(page, f"/review/{order}/reject", reason=["glasses"])
    page = phone.get(link)
    assert "Glasses not allowed" in page.text
    told = eventually(lambda: [m for m in mailbox.messages if "not accepted" in m["Subject"]])
    assert told[0]["To"] == EMAIL
    assert "used already" in send_original(phone, link, picked), "no photo twice"

    # or a retake at the booth instead
    photo, still = jpeg(9_003), jpeg(9_004, 960, 1280)
    retake = submission(photo, still, code_hash=CODE_HASH, last_four="6(7)")
    booth.submit(retake, photo, still)
    assert state_of(central, retake) is OrderState.PENDING

    # approved, and locked from then on (2.6)
    page = reviewer.get(f"/review/{order}")
    reviewer.submit(page, f"/review/{order}/reject", f"/review/{order}/approve")
    photo, still = jpeg(9_005), jpeg(9_006, 960, 1280)
    with pytest.raises(CentralRefused) as locked:
        booth.submit(submission(photo, still, code_hash=CODE_HASH), photo, still)
    assert locked.value.code == "order_locked"
    page = phone.get(link)
    assert f"{link}/withdraw" not in page.text
    assert f"{link}/upload" not in page.text
    eventually(lambda: [m for m in mailbox.messages if "is approved" in m["Subject"]])

    # download, save to the phone, send by e-mail (2.8)
    assert sha256(phone.get(f"{link}/download").content) == retake.photo_sha256
    phone.submit(page, f"{link}/send")
    mail = eventually(lambda: [m for m in mailbox.messages if [*m.iter_attachments()]])[0]
    (attached,) = mail.iter_attachments()
    assert sha256(attached.get_content()) == retake.photo_sha256

    # personal centre: addresses (2.7), prints ordered and paid (2.8)
    offer_prints(manager)
    page = phone.submit(
        phone.get(f"{link}/addresses"), f"{link}/addresses",
        recipient="张三", phone="13800138000", region="浙江省杭州市", street="示范路 1 号",
    )  # fmt: skip
    where = page.text.split("/addresses?edit=")[1][:16]
    wish = {"where": where, "sheets_one-inch": "1", "sheets_two-inch": "1"}
    page = phone.submit(phone.get(f"{link}/prints"), f"{link}/prints", **wish)
    assert "¥38.00" in page.text
    prints = page.url.removeprefix(phone.base + link)
    page = phone.submit(page, f"{link}{prints}/pay", method="sandbox")
    reference = page.text.split("/sandbox/pay/")[1][:32]
    phone.session.post(f"{central.address}/sandbox/pay/{reference}", timeout=30)

    # prints made, sent, followed and received; ordered again (2.9)
    assert prints in manager.get("/prints").text
    assert manager.get(f"{prints}/sheets.pdf").content.startswith(b"%PDF")
    page = manager.submit(manager.get(prints), f"{prints}/print")
    manager.submit(page, f"{prints}/ship", carrier="顺丰", tracking="SF1234567890")
    page = phone.get(f"{link}{prints}")
    assert "SF1234567890" in page.text
    told = eventually(lambda: [m for m in mailbox.messages if "Prints" in m["Subject"]])[0]
    assert "SF1234567890" in told.get_body(("plain",)).get_content()
    assert "示范路" not in told.get_body(("plain",)).get_content(), "mail is read by servers"
    page = phone.submit(page, f"{link}{prints}/receive")
    assert "You have received them" in page.text
    page = phone.get(f"{link}/prints?again={prints[-16:]}")
    page = phone.submit(page, f"{link}/prints", **wish)
    again = page.url.removeprefix(phone.base + link)
    assert again != prints
    phone.submit(page, f"{link}{again}/cancel")

    # no photo twice: the same picture, compressed anew, as another student's
    for student, quality in (("Qian", 92), ("Sun", 60)):
        copy = sitter("mei", quality)
        as_theirs = submission(
            copy, copy, batch="N5W2Q8", code_hash=sha256(student.encode()), last_four="0000"
        )
        booth.submit(as_theirs, copy, copy)
    page = f"/review/{order_of(central, as_theirs)}"
    eventually(lambda: "Another student&#39;s photo!" in reviewer.get(page).text)
    stolen = submission(copy, copy, batch="N5W2Q8", code_hash=sha256(b"Li"))
    with pytest.raises(CentralRefused) as twice:
        booth.submit(stolen, copy, copy)
    assert twice.value.code == "photo_used"

    # delivered to the school, and done
    deliveries = f"/batches/{BATCH}/deliveries"
    page = manager.submit(manager.get(deliveries), deliveries)
    export = page.text.split(f"{deliveries}/")[1].partition(".zip")[0]
    manager.submit(page, f"{deliveries}/{export}/confirm")
    assert "Done" in phone.get(link).text

    # what was agreed to, and the end: own data is removed
    assert "upload-1" in phone.get(link).text
    assert "Removed" in phone.submit(phone.get(link), f"{link}/erase").text
    assert phone.get(link).status_code == 404


def test_a_student_who_cannot_come_begins_on_the_phone(central: RunningCentral) -> None:
    phone = Browser(central)
    page = phone.get("/b/N5W2Q8")  # from the batch's link
    page = phone.submit(page, "/b/N5W2Q8", code="the capture code of Li", last_four="011X")
    assert "Waiting for your photo" in page.text
    link = page.url.removeprefix(phone.base)
    send_original(phone, link, original(big(7)))
    eventually(lambda: "Waiting for review" in phone.get(link).text)


def signed(central: RunningCentral, photo: bytes, still: bytes) -> str:
    """As a booth signs what it shot."""
    both = (sha256(photo) + sha256(still)).encode()
    return hmac.new(central.demo.booth_token.encode(), both, hashlib.sha256).hexdigest()


def sitter(person: str, quality: int) -> bytes:
    """A rendered person on the official colour, as a JPEG of the standard's size."""
    person_only = Image.fromarray(sprites.load(person, "neutral").rgba.copy())
    photo = Image.new("RGBA", person_only.size, (100, 197, 255, 255))
    photo.alpha_composite(person_only)
    out = io.BytesIO()
    photo.convert("RGB").crop((80, 0, 880, 1066)).resize((480, 640)).save(
        out, "JPEG", quality=quality
    )
    return out.getvalue()


def offer_prints(manager: Browser) -> None:
    path = f"/batches/{BATCH}/prints"
    manager.submit(
        manager.get(path), path, is_offered="yes", price="15", shipping="8",
        pickup="", payment_methods=["sandbox"],
    )  # fmt: skip


def big(seed: int) -> Image.Image:
    return Image.open(io.BytesIO(jpeg(seed, 1500, 2000)))


def send_original(phone: Browser, link: str, data: bytes) -> str:
    token = Form(phone.get(link).text, f"{link}/upload").fields["token"]
    answer = phone.session.post(
        f"{phone.base}{link}/upload",
        data={"token": token, "consent": "yes"},
        files={"file": ("IMG_1.jpg", data, "image/jpeg")},
        timeout=30,
    )
    assert answer.status_code == 200, answer.text
    return answer.text
