"""The student's pages: Chinese and English."""

from __future__ import annotations

WORDS: dict[str, tuple[str, str]] = {
    # general
    "product": ("学历照片采集", "Degree photos"),
    "other_language": ("English", "中文"),
    # states
    "state_pending": ("待审核", "Waiting for review"),
    "state_withdrawn": ("已撤回", "Withdrawn"),
    "state_rejected": ("审核不通过", "Not accepted"),
    "state_approved": ("待处理", "Approved"),
    "state_processing": ("制作中", "In production"),
    "state_done": ("已完成", "Done"),
    "explain_pending": (
        "照片已收到，正在等待人工审核。审核前可以撤回。",
        "Your photo has arrived and waits for a person to look at it. Until then you may withdraw.",
    ),
    "explain_withdrawn": (
        "您已撤回这张照片。请到拍照亭重新拍摄。",
        "You have withdrawn this photo. Please have a new one taken at a booth.",
    ),
    "explain_rejected": (
        "这张照片没有通过审核。请看下面的原因，到拍照亭重新拍摄。",
        "This photo was not accepted. Please read why below, and have a new one taken at a booth.",
    ),
    "explain_approved": (
        "照片已通过审核并锁定，您无需再做任何事。",
        "Your photo is approved and locked. There is nothing more for you to do.",
    ),
    "explain_processing": ("照片正在制作。", "Your photo is in production."),
    "explain_done": ("照片已交付。", "Your photo has been handed over."),
    # the student's page
    "your_photo": ("您的照片", "Your photo"),
    "reasons": ("原因", "Reasons"),
    "school": ("学校", "School"),
    "batch": ("批次", "Batch"),
    "name": ("姓名", "Name"),
    "student_number": ("学号", "Student no."),
    "receipt_number": ("回执编号", "Receipt no."),
    "shot_at": ("拍摄时间", "Taken"),
    "received_at": ("收到时间", "Arrived"),
    "version": ("版本", "Version"),
    "withdraw": ("撤回照片", "Withdraw the photo"),
    "withdraw_sure": (
        "撤回后需要重新拍摄。确定撤回吗？",
        "You will need to have a new one taken. Withdraw this photo?",
    ),
    "withdraw_yes": ("确定撤回", "Yes, withdraw"),
    "link_private": (
        "请勿转发此页面的链接：拥有链接的人都能看到您的照片。",
        "Keep this page's link to yourself: whoever has it sees your photo.",
    ),
    # sandbox
    "sandbox": ("模拟支付", "Play-money payment"),
    "sandbox_text": (
        "这是演示用的模拟支付，不会产生真实费用。",
        "This is play money for demonstrations. Nothing is charged.",
    ),
    "sandbox_pay": ("支付", "Pay"),
    "sandbox_settled": ("支付成功，请看拍照亭的屏幕。", "Paid. Please look at the booth's screen."),
    "sandbox_closed": ("此支付已关闭。", "This payment was given up."),
}
