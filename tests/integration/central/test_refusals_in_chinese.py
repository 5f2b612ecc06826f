"""Staff who work in Chinese are told in Chinese what cannot be done."""

from __future__ import annotations

import re

import pytest
import requests
from central_browser import Browser, Form, account, send
from central_server import RunningCentral

from kiosk.central.service.staff import Role

BATCH = "Z3K8F7"
DELIVERIES = f"/batches/{BATCH}/deliveries"
ENGLISH = re.compile(r"[A-Za-z]{3,} [a-z]{2,}")


@pytest.fixture(scope="module")
def central(own_central: RunningCentral) -> RunningCentral:
    return own_central


@pytest.fixture(scope="module")
def staff(central: RunningCentral) -> Browser:
    browser = account(central, "chinese", Role.ADMIN)
    browser.session.headers["Accept-Language"] = "zh-CN,zh;q=0.9"
    return browser


def alert(answer: requests.Response) -> str:
    """What the page says is wrong, without what it marks as English."""
    assert 400 <= answer.status_code < 500, answer.text
    found = re.search(r'role="alert">(.*?)</(?:p|div)>\s*<', answer.text, re.DOTALL)
    assert found is not None, "nothing is said"
    told = re.sub(r'<span[^>]*lang="en">.*?</span>', "", found[1])
    return re.sub(r"<[^>]+>", " ", told).strip()


@pytest.mark.parametrize(
    ("page", "action", "values", "told"),
    [
        ("/batches/new", "", {"code": BATCH, "school": "x", "title": "y"}, "已被使用"),
        ("/batches/new", "", {"code": "NEWONE", "school": "x", "title": "y", "takes": "101"},
         "最多拍摄次数: 填写有误"),
        ("/batches/new", "", {"code": "NEWONE", "school": "x", "title": "y", "fee": "ten"},
         "费用或日期无法识别"),
        ("/batches/new", "", {"code": "NEWONE", "school": "x", "title": "y",
         "opens_at": "2027-05-02T08:00", "closes_at": "2027-05-01T08:00"}, "结束时间早于开始时间"),
        ("/fleet", "/fleet/add", {"name": "booth-1"}, "已有拍照亭"),
        ("/fleet", "/fleet/add", {"name": "Booth 1"}, "小写字母"),
        ("/fleet", "/fleet/settings", {"scope": "all", "text": "no toml"}, "设置格式有误"),
        ("/fleet", "/fleet/settings", {"scope": "moon", "text": "a.b = 1"}, "设置格式有误"),
        ("/rollouts", "", {"version": "1.0", "stages": "many"}, "版本号或阶段不正确"),
        ("/staff", "", {"name": "a b", "role": "reviewer"}, "账号只能用"),
        ("/staff", "", {"name": "chinese", "role": "reviewer"}, "已存在"),
    ],
)  # fmt: skip
def test_a_form_that_cannot_be_saved_says_why(
    staff: Browser, page: str, action: str, values: dict[str, str], told: str
) -> None:
    said = alert(staff.submit(staff.get(page), action or page, **values))
    assert told in said
    assert ENGLISH.search(said) is None


def test_wrong_rows_of_proof_results_are_named(central: RunningCentral, staff: Browser) -> None:
    message = send(central)
    answer = central.client().find_submission(message)
    assert answer is not None
    page = f"/review/{answer.order}"
    staff.submit(staff.get(page), f"{page}/reject", f"{page}/approve")
    made = staff.submit(staff.get(DELIVERIES), DELIVERIES)
    token = Form(made.text, f"{DELIVERIES}/proofs").fields["token"]
    for table, told in {
        "文件,结果\n别人.jpg,通过\n": "行号 2 · 别人.jpg：不在已交付的照片中",
        "名称,好坏\na,b\n": "",
    }.items():
        read = staff.session.post(
            f"{staff.base}{DELIVERIES}/proofs", data={"token": token},
            files={"file": ("results.csv", table.encode(), "text/csv")},
            timeout=30,
        )  # fmt: skip
        if told:
            said = alert(read)
            assert told in said
            assert ENGLISH.search(said) is None
        else:
            assert read.status_code == 422
            assert "第一行应包含列名" in read.text


def test_a_list_that_is_none_says_how_it_should_look(staff: Browser) -> None:
    token = Form(staff.get(f"/batches/{BATCH}").text, f"/batches/{BATCH}/roster").fields["token"]
    answer = staff.session.post(
        f"{staff.base}/batches/{BATCH}/roster", data={"token": token},
        files={"file": ("list.pdf", b"%PDF-1.4", "application/pdf")}, timeout=30,
    )  # fmt: skip
    said = alert(answer)
    assert "学号、姓名、身份证后四位、班级" in said
    assert ENGLISH.search(said) is None
