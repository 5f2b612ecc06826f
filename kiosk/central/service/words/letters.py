"""Letters to students: Chinese and English."""

from __future__ import annotations

WORDS: dict[str, tuple[str, str]] = {
    "colon": ("：", ": "),
    "letter_greeting": ("同学，您好！", "Dear student,"),
    "letter_way_back": (
        "如需查询详情，请打开以下页面，凭图像采集码和证件号码后四位进入：",
        "To see more, open this page with your capture code and the last four of your ID number:",
    ),
    "letter_automatic": (
        "本邮件由系统自动发送，请勿直接回复。如不再需要通知，可在照片页面清空邮箱地址。",
        (
            "This message was sent by a machine; replies are not read. To get no more of them, "
            "remove your e-mail address on your photo's page."
        ),
    ),
    "mail_approved_subject": ("您的学历照片已通过审核", "Your degree photo is approved"),
    "mail_rejected_subject": (
        "您的学历照片未通过审核，请重新拍摄",
        "Your degree photo was not accepted",
    ),
    "mail_done_subject": ("您的学历照片已交付学校", "Your degree photo was handed over"),
    "mail_photo_subject": ("您的学历照片", "Your degree photo"),
    "mail_photo_text": (
        "您申请发送的学历照片见附件，请妥善保存，勿做任何修改。",
        "The degree photo you asked for is attached. Keep it safe, and as it is.",
    ),
    "mail_prints_subject": ("照片冲印订单", "Prints"),
}
