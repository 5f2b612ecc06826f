"""The student's page over real HTTP: the way back in, sending an original, mail, own data."""

from __future__ import annotations

import hashlib
import io
import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import requests
from central_browser import Browser, Form, account, order_of, send, state_of
from central_phone import Mailbox, eventually, original
from central_samples import jpeg, sha256
from central_server import RunningCentral
from PIL import Image, ImageFilter

from kiosk.central.contract import OrderState
from kiosk.central.service import staff
from kiosk.central.service.demo import prepare_demo

# Stands in for 'kiosk portrait' where the photo itself does not matter: the same call and answer.
_STAND_IN = """
import json, pathlib, sys
from PIL import Image
still, words = sys.argv[2], sys.argv[3:]
option = lambda name: pathlib.Path(words[words.index(name) + 1])
image = Image.open(still)
if min(image.getpixel((5, 5))) > 250:
    print(json.dumps({"photo": None, "key": "no_face"})); sys.exit(1)
image.resize((480, 640)).save(option("--out"), "JPEG", quality=85, dpi=(300, 300))
remark = {"key": "cut_off_bottom", "serious": True}
option("--report").write_text(json.dumps({"remarks": [remark], "rules": {}}))
print(json.dumps({"photo": str(option("--out")), "conforms": False})); sys.exit(1)
"""


@pytest.fixture(scope="module")
def mailbox(new_database: object) -> Iterator[Mailbox]:  # one for each database
    with Mailbox(refuse="nobody@") as box:
        yield box


@pytest.fixture(scope="module")
def central(
    tmp_path_factory: pytest.TempPathFactory,
    new_database: Callable[[], str | None],
    mailbox: Mailbox,
) -> Iterator[RunningCentral]:
    folder = tmp_path_factory.mktemp("central")
    demo = prepare_demo(folder / "service", database_url=new_database())
    stand_in = folder / "stand_in.py"
    stand_in.write_text(_STAND_IN)
    command = json.dumps([sys.executable, str(stand_in)])
    with demo.config_path.open("a") as config:
        config.write(f"review_undo_s = 0\ncode_failures = 3\nkiosk_command = {command}\n")
        config.write(f'[mail]\nhost = "127.0.0.1"\nport = {mailbox.port}\nsecurity = "none"\n')
        config.write('sender = "photos@school.example"\n')
    running = RunningCentral(demo).start()
    yield running
    assert running.stop() == 0


@pytest.fixture(scope="module")
def reviewer(central: RunningCentral) -> Browser:
    return account(central, "reviewer-of-uploads", staff.Role.REVIEWER)


def picture(seed: int) -> Image.Image:
    image = Image.open(io.BytesIO(jpeg(seed, 1500, 2000)))
    return image.filter(ImageFilter.GaussianBlur(3))


def upload(phone: Browser, path: str, data: bytes, **fields: str) -> requests.Response:
    page = phone.get(path)
    values = {"token": Form(page.text, f"{path}/upload").fields["token"], "consent": "yes"}
    return phone.session.post(
        f"{phone.base}{path}/upload",
        data=values | fields,
        files={"file": ("IMG_1.jpg", data, "image/jpeg")},
        timeout=30,
    )


def rejected(central: RunningCentral, reviewer: Browser, **changes: str):
    message = send(central, **changes)
    order = order_of(central, message)
    reviewer.submit(reviewer.get(f"/review/{order}"), f"/review/{order}/reject", reason=["eyes"])
    assert state_of(central, message) is OrderState.REJECTED
    return message, f"/r/{message.receipt_token}"


def test_an_original_is_made_into_a_photo_and_reviewed_as_sent_from_a_phone(
    central: RunningCentral, reviewer: Browser
) -> None:
    message, path = rejected(central, reviewer)
    phone = Browser(central)
    answer = upload(phone, path, original(picture(1)))
    assert answer.status_code == 200, answer.text
    eventually(lambda: "Waiting for review" in phone.get(path).text)
    order = order_of(central, message)
    page = reviewer.get(f"/review/{order}").text
    assert "Sent from a phone" in page
    assert "phone-upload" in page
    reviewer.submit(
        reviewer.get(f"/review/{order}"), f"/review/{order}/reject", f"/review/{order}/approve"
    )
    assert "Approved" in phone.get(path).text
    saved = phone.get(f"{path}/download")
    assert saved.headers["Content-Disposition"].startswith("attachment")
    with Image.open(io.BytesIO(saved.content)) as photo:
        assert photo.size == (480, 640)
    assert phone.get(path).text.count("upload-1") == 1  # what was agreed to on this page


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"Software": "Adobe Photoshop 25.0"}, "A program has changed this picture"),
        ({"Software": "美图秀秀"}, "A program has changed this picture"),
        ({"Make": "", "Model": ""}, "it is no original"),
        ({"Software": "Screenshot"}, "This is a screenshot"),
    ],
)
def test_what_is_no_original_is_refused_with_what_to_do(
    central: RunningCentral, reviewer: Browser, changes: dict[str, str], words: str
) -> None:
    _, path = rejected(central, reviewer)
    answer = upload(Browser(central), path, original(picture(2), **changes))
    assert words in answer.text
    assert "An original you sent · upload-1" in answer.text, "that was agreed to, too"
    assert "Not accepted" in answer.text


def test_small_old_used_and_broken_pictures_are_refused(
    central: RunningCentral, reviewer: Browser
) -> None:
    _, path = rejected(central, reviewer)
    phone = Browser(central)
    assert "too small" in upload(phone, path, original(picture(3).resize((600, 800)))).text
    assert "too old" in upload(phone, path, original(picture(3), days_old=500)).text
    assert upload(phone, path, b"GIF89a no picture").status_code == 422
    assert upload(phone, path, original(picture(3))[:90_000]).status_code == 422
    assert upload(phone, path, original(picture(3)), consent="").status_code == 422
    assert upload(phone, path, original(picture(3)), token="0" * 64).status_code == 403
    white = original(Image.new("RGB", (1500, 2000), "white"))
    upload(phone, path, white)
    eventually(lambda: "No face was found" in phone.get(path).text)


def test_an_upload_only_when_the_order_takes_a_photo(central: RunningCentral) -> None:
    message = send(central)
    phone, path = Browser(central), f"/r/{message.receipt_token}"
    page = phone.get(path)
    assert "/upload" not in page.text
    answer = phone.session.post(
        f"{phone.base}{path}/upload",
        data={"token": Form(page.text, f"{path}/withdraw").fields["token"], "consent": "yes"},
        files={"file": ("a.jpg", original(picture(4)), "image/jpeg")},
        timeout=30,
    )
    assert answer.status_code == 409
    other = phone.session.post(
        f"{phone.base}/r/{'x' * 32}/upload", files={"file": b"x"}, timeout=30
    )
    assert other.status_code == 404


def test_back_in_by_capture_code_and_last_four(central: RunningCentral) -> None:
    code = "a capture code of somebody"
    message = send(central, code_hash=hashlib.sha256(code.encode()).hexdigest(), last_four="6(7)")
    phone = Browser(central)
    page = phone.get("/my")
    wrong = phone.submit(page, "/my", code=code, last_four="1234")
    unknown = phone.submit(page, "/my", code="no such code", last_four="1234")
    assert wrong.status_code == unknown.status_code == 401
    assert wrong.text == unknown.text, "nobody learns which codes are known"
    right = phone.submit(phone.get("/my"), "/my", code=code, last_four=" 6（7）")
    assert message.receipt_number in right.text
    assert "/r/" in right.url
    assert message.receipt_token not in right.url
    for _ in range(2):
        phone.submit(page, "/my", code=code, last_four="0000")
    late = phone.submit(page, "/my", code=code, last_four="6(7)")
    assert late.status_code == 429
    assert int(late.headers["Retry-After"]) > 0


def test_mail_is_received_when_judged_and_the_photo_on_wish(
    central: RunningCentral, reviewer: Browser, mailbox: Mailbox
) -> None:
    message = send(central)
    phone, path = Browser(central), f"/r/{message.receipt_token}"
    for bad in ("no address", "a@b", "a b@c.example", "a@c.example\nBcc: x@y.example"):
        assert phone.submit(phone.get(path), f"{path}/contact", email=bad).status_code == 422
    phone.submit(phone.get(path), f"{path}/contact", email="student@mail.example")
    assert "student@mail.example" in phone.get(path).text
    order = order_of(central, message)
    reviewer.submit(reviewer.get(f"/review/{order}"), f"/review/{order}/reject", reason=["glasses"])
    told = eventually(lambda: [m for m in mailbox.messages if "student@" in m["To"]])[0]
    assert told["Subject"] == "Your degree photo was not accepted"
    text, page = (told.get_body((kind,)).get_content() for kind in ("plain", "html"))
    for part in (text, page):
        assert "Take the glasses off" in part
        assert "示范大学" in part
        assert f"{central.address}/my" in part
    assert "glasses" in text.lower()
    assert message.receipt_token not in text
    assert "student@" not in central.log


def test_own_data_is_removed_from_rows_and_storage(
    central: RunningCentral, reviewer: Browser
) -> None:
    message = send(central)
    phone, path = Browser(central), f"/r/{message.receipt_token}"
    page = phone.get(path)
    assert "2026-1" in page.text, "what was agreed to is shown"
    done = phone.submit(page, f"{path}/erase")
    assert "Removed" in done.text
    assert phone.get(path).status_code == 404
    storage = Path(central.demo.config_path.parent) / "storage"
    for name in (message.photo_sha256, message.original_sha256):
        eventually(lambda name=name: not (storage / name[:2] / name).exists())
    locked = send(central)
    order = order_of(central, locked)
    reviewer.submit(
        reviewer.get(f"/review/{order}"), f"/review/{order}/reject", f"/review/{order}/approve"
    )
    page = phone.get(f"/r/{locked.receipt_token}")
    assert f"/r/{locked.receipt_token}/erase" not in page.text


def test_another_students_link_opens_nothing_of_this_one(central: RunningCentral) -> None:
    mine, other = send(central), send(central)
    phone = Browser(central)
    token = Form(phone.get(f"/r/{mine.receipt_token}").text, f"/r/{mine.receipt_token}/withdraw")
    for action in ("withdraw", "erase", "contact", "send"):
        answer = phone.session.post(
            f"{phone.base}/r/{other.receipt_token}/{action}", data=token.fields, timeout=30
        )
        assert answer.status_code in (403, 404), action
    altered = other.receipt_token[:-1] + ("x" if other.receipt_token[-1] != "x" else "y")
    assert phone.get(f"/r/{altered}").status_code in (404, 410)
    assert sha256(phone.get(f"/r/{other.receipt_token}/photo").content) == other.photo_sha256
