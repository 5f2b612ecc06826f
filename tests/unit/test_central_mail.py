"""Mail through a real SMTP server: put off, refused for good, and what is in it."""

from __future__ import annotations

from email.message import EmailMessage
from pathlib import Path

import pytest
from central_phone import Mailbox

from kiosk.central.service import mail
from kiosk.central.service.errors import ServiceError
from kiosk.central.service.jobs import JobFailed
from kiosk.central.service.mail_settings import MailSettings


def message(to: str = "student@mail.example") -> EmailMessage:
    made = EmailMessage()
    made["To"], made["Subject"] = to, "您的学历照片"
    made.set_content("已通过审核")
    return made


def settings(port: int) -> MailSettings:
    return MailSettings(
        host="127.0.0.1", port=port, security="none", sender="p@s.example", time_out_s=5
    )


def test_what_the_server_puts_off_is_tried_again_and_arrives() -> None:
    with Mailbox(failures=1) as box:
        with pytest.raises(JobFailed):
            mail.send(settings(box.port), Path(), message())
        mail.send(settings(box.port), Path(), message())
        (arrived,) = box.messages
    assert arrived["Subject"] == "您的学历照片"
    assert arrived["From"] == "p@s.example"
    assert arrived["Auto-Submitted"] == "auto-generated"
    assert arrived.get_content().strip() == "已通过审核"


def test_an_address_refused_for_good_is_not_tried_again() -> None:
    with Mailbox(refuse="nobody@") as box, pytest.raises(mail.UndeliverableAddress):
        mail.send(settings(box.port), Path(), message("nobody@mail.example"))


def test_no_server_is_a_job_for_later_and_names_nobody() -> None:
    with Mailbox() as box:
        port = box.port
    with pytest.raises(JobFailed) as failed:
        mail.send(settings(port), Path(), message())
    assert "student" not in str(failed.value)


@pytest.mark.parametrize(
    "text",
    ["", "a", "a@b", "@b.example", "a@b.example\nBcc: c@d.example", "a b@c.example", "<a@b.c>"],
)
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(ServiceError):
        mail.check_address(text)


def test_an_address_is_taken() -> None:
    assert mail.check_address(" li.hua@stu.example.edu.cn ") == "li.hua@stu.example.edu.cn"
