"""The pages in a real headless Chromium: review by keyboard only, the student's page on a phone."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from central_samples import jpeg, sha256, submission
from central_server import RunningCentral, start_central

from kiosk.central.contract import OrderState, Submission

PHONE = {"width": 390, "height": 844}
DESK = {"width": 1440, "height": 900}
LANGUAGES = {"zh": "zh-CN", "en": "en-GB"}
REPORT = {
    "rules": {
        "eyes_open": {"verdict": "pass", "value": 0.31, "limit": 0.2},
        "yaw": {"verdict": "fail", "value": 6.31, "limit": 5},
        "light_even": {"verdict": "hint", "value": 0.18, "limit": 0.15},
        "shoulders_level": {"verdict": "unknown"},
        "of_a_newer_version": {"verdict": "pass"},
        "broken": "no rule at all",
    },
    "remarks": [
        {"key": "crown_missed", "serious": True, "value": 120.0, "limit": 110.0, "by": 10.0},
        {"key": "eyes_near_limit", "serious": False, "value": None},
        {"key": "rule_yaw", "serious": True},
        "no remark at all",
    ],
}


@pytest.fixture(scope="module")
def central(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningCentral]:
    running = start_central(tmp_path_factory.mktemp("central"))
    yield running
    running.stop()


@pytest.fixture
def screenshots(tmp_path: Path) -> Path:
    """Where pictures of the pages go: a folder of choice, or the test's own."""
    folder = Path(os.environ.get("KIOSK_SCREENSHOTS") or tmp_path)
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def send(central: RunningCentral, seed: int) -> Submission:
    photo, original = jpeg(seed), jpeg(seed + 500, 960, 1280)
    message = submission(
        photo,
        original,
        code_hash=sha256(b"%d" % seed),
        report=REPORT,
        receipt_number=f"{seed:04d}",
        staff_passed=True,
    )
    central.client().submit(message, photo, original)
    return message


def state_of(central: RunningCentral, message: Submission) -> OrderState:
    answer = central.client().find_submission(message)
    assert answer is not None
    return answer.state


def opened(chromium: Any, language: str, viewport: dict[str, int]) -> Any:
    """A page that fails the test on any error a browser reports, blocked content included."""
    context = chromium.new_context(locale=LANGUAGES[language], viewport=viewport)
    page = context.new_page()
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("console", lambda line: problems.append(line.text) if line.type == "error" else None)
    page.problems = problems
    return page


def fits(page: Any) -> bool:
    return bool(
        page.evaluate(
            "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
        )
    )


def log_in(page: Any, central: RunningCentral) -> None:
    page.goto(central.address + "/review")
    page.wait_for_function("document.activeElement.name === 'name'")
    page.keyboard.type(central.demo.reviewer_name)
    page.keyboard.press("Tab")
    page.keyboard.type(central.demo.reviewer_password)
    page.keyboard.press("Enter")
    page.wait_for_selector("header nav")


def press_and_wait(page: Any, key: str) -> None:
    before = page.url
    page.keyboard.press(key)
    page.wait_for_url(lambda url: url != before)


def test_a_reviewer_needs_no_mouse(
    chromium: Any, central: RunningCentral, screenshots: Path
) -> None:
    first, second, third = (send(central, seed) for seed in (1, 2, 3))
    page = opened(chromium, "zh", DESK)
    log_in(page, central)
    page.screenshot(path=screenshots / "queue.png")
    press_and_wait(page, "n")
    assert page.locator(".checks li").nth(0).inner_text().startswith("头顶"), "doubtful first"
    assert page.locator(".checks li", has_text="左右转头").count() == 1
    assert page.locator("#photo").evaluate("p => [p.naturalWidth, p.clientWidth]") == [480, 480]
    assert page.locator(".original img").evaluate("p => p.naturalWidth") == 960

    page.keyboard.press("l")
    assert page.locator("#lines").is_visible()
    page.screenshot(path=screenshots / "review.png")
    page.keyboard.press("Enter")  # no reason chosen
    assert "1–9" in page.locator("#note").inner_text()
    assert state_of(central, first) is OrderState.PENDING
    page.keyboard.press("a")
    page.wait_for_function("document.body.innerText.includes('0002')")
    assert state_of(central, first) is OrderState.APPROVED

    page.keyboard.press("2")
    page.keyboard.press("7")
    page.keyboard.press("a")  # reasons are chosen: not approved by a slip
    assert state_of(central, second) is OrderState.PENDING
    page.screenshot(path=screenshots / "review-reasons.png")
    page.keyboard.press("Escape")
    assert page.locator("input[name=reason]:checked").count() == 0
    page.keyboard.press("2")
    press_and_wait(page, "Enter")
    assert state_of(central, second) is OrderState.REJECTED
    assert "0003" in page.inner_text("body")

    fourth = send(central, 4)
    press_and_wait(page, "n")
    assert "0004" in page.inner_text("body"), "the third was given back"
    press_and_wait(page, "a")
    press_and_wait(page, "a")
    assert state_of(central, third) is state_of(central, fourth) is OrderState.APPROVED
    assert "全部审核完毕" in page.inner_text("main")
    assert page.problems == []
    page.context.close()
    assert all((screenshots / f"{n}.png").stat().st_size > 10_000 for n in ("queue", "review"))


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_student_withdraws_on_a_phone(
    chromium: Any, central: RunningCentral, screenshots: Path, language: str
) -> None:
    message = send(central, 10 if language == "zh" else 11)
    page = opened(chromium, language, PHONE)
    page.goto(f"{central.address}/r/{message.receipt_token}")
    assert page.locator("img.own").evaluate("p => p.naturalWidth") == 480
    page.screenshot(path=screenshots / f"receipt-{language}.png", full_page=True)
    assert fits(page)
    page.locator("details.withdraw summary").click()
    page.locator("details.withdraw button").click()
    page.wait_for_selector(".state.withdrawn")
    assert state_of(central, message) is OrderState.WITHDRAWN
    assert page.problems == []
    page.context.close()


@pytest.mark.parametrize("language", ["zh", "en"])
def test_prints_are_ordered_on_a_phone(
    chromium: Any, central: RunningCentral, screenshots: Path, language: str
) -> None:
    manager = opened(chromium, language, DESK)
    log_in(manager, central)
    manager.goto(central.address + "/batches/Z3K8F7/prints")
    manager.check("input[name=is_offered]")
    manager.fill("input[name=price]", "15")
    manager.fill("input[name=shipping]", "8")
    manager.check("input[name=payment_methods][value=sandbox]")
    manager.click("main button.main")
    message = send(central, 30 if language == "zh" else 31)
    answer = central.client().find_submission(message)
    assert answer is not None
    manager.goto(f"{central.address}/review/{answer.order}")
    press_and_wait(manager, "a")

    page = opened(chromium, language, PHONE)
    page.goto(f"{central.address}/r/{message.receipt_token}/addresses")
    fields = {"recipient": "张三", "phone": "138 0013 8000", "region": "浙江省杭州市西湖区"}
    for name, value in {**fields, "street": "示范路 1 号 2 幢 301"}.items():
        page.fill(f"input[name={name}]", value)
    page.click("form button.main")
    page.goto(f"{central.address}/r/{message.receipt_token}/prints")
    assert page.locator("#order button.main").is_disabled(), "nothing is chosen yet"
    page.fill("input[name=sheets_one-inch]", "2")
    assert page.locator("#order .total").inner_text().endswith("¥38.00")
    page.screenshot(path=screenshots / f"prints-{language}.png", full_page=True)
    assert fits(page)
    page.click("#order button.main")
    page.wait_for_selector(".print-ordered")
    page.click("button[value=sandbox]")
    page.click(".pay-code ~ p a.main")
    page.click("main button.main")
    page.wait_for_selector(".notice.good")
    page.goto(f"{central.address}/r/{message.receipt_token}/prints")
    page.click(".rows a")
    page.wait_for_selector(".state.print-paid")
    page.screenshot(path=screenshots / f"print-order-{language}.png", full_page=True)
    assert fits(page)
    assert page.problems == manager.problems == []
    page.context.close()
    manager.context.close()


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("viewport", [PHONE, DESK], ids=["phone", "desk"])
def test_pages_fit_their_screen(
    chromium: Any,
    central: RunningCentral,
    screenshots: Path,
    language: str,
    viewport: dict[str, int],
) -> None:
    message = send(central, 20)
    page = opened(chromium, language, viewport)
    log_in(page, central)
    answer = central.client().find_submission(message)
    assert answer is not None
    for name, path in {
        "queue": "/review",
        "review": f"/review/{answer.order}",
        "batches": "/batches",
        "batch": "/batches/Z3K8F7",
        "batch-form": "/batches/new",
        "prints-terms": "/batches/Z3K8F7/prints",
        "prints-queue": "/prints",
        "start": "/b/Z3K8F7",
        "fleet": "/fleet",
        "staff": "/staff",
        "account": "/account",
        "figures": "/review/figures",
    }.items():
        page.goto(central.address + path)
        kind = "phone" if viewport is PHONE else "desk"
        page.screenshot(path=screenshots / f"{name}-{language}-{kind}.png", full_page=True)
        assert fits(page), f"{name} is wider than the screen"
    assert page.problems == []
    page.context.close()
