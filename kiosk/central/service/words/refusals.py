"""Refusals a browser may meet; others show their English message."""

from __future__ import annotations

WORDS: dict[str, tuple[str, str]] = {
    # refusals a browser may meet; others show their English message
    "error_receipt_unknown": (
        "此链接无效。如果刚刚拍摄，请过一分钟再试。",
        "This link opens no order. If your photo was just taken, try again in a minute.",
    ),
    "error_receipt_expired": (
        "此链接已过期。请向学校咨询照片情况。",
        "This link has expired. Please ask the school about your photo.",
    ),
    "error_order_locked": (
        "照片已通过审核并锁定，不能再更改。",
        "The photo is approved and locked: it cannot be changed any more.",
    ),
    "error_order_withdrawn": ("照片已撤回。", "The photo was withdrawn."),
    "error_order_rejected": ("照片已被判为不通过。", "The photo was rejected already."),
    "error_order_leased": (
        "其他审核员正在审核这张照片，请看下一张。",
        "Another reviewer is looking at this photo. Take the next one.",
    ),
    "error_photo_replaced": (
        "学生已提交新照片，请重新查看。",
        "A newer photo has come in. Please look at the new one.",
    ),
    "error_form_expired": (
        "页面已过期，请重新打开再试。",
        "The page is too old. Open it again and try once more.",
    ),
    "error_login_wrong": ("账号或密码不正确。", "Name or password is wrong."),
    "error_too_many_logins": (
        "密码错误次数过多，请几分钟后再试。",
        "Too many wrong passwords. Try again in a few minutes.",
    ),
    "error_reasons": ("请至少选择一个原因。", "Choose at least one reason."),
    "error_not_found": ("没有这个页面。", "There is no such page."),
    "error_not_allowed": ("您的账号没有此权限。", "Your account may not do this."),
    "error_internal": (
        "服务出现故障，已记录。请稍后再试。",
        "Something went wrong here; it has been noted. Please try again later.",
    ),
    "error_title": ("无法完成", "That did not work"),
    "staff_passed": ("工作人员已查看并放行", "Booth staff looked at it and let it pass"),
    "error_code_wrong": ("6 位数字不正确。", "The six digits are not right."),
    "error_staff_password": ("密码太短，至少 8 个字符。", "The password is too short: 8 or more."),
    "error_staff_name": (
        "账号只能用字母、数字、点和连字符。",
        "Use letters, digits, dots and hyphens for the name.",
    ),
    "error_staff_exists": ("此账号已存在。", "There is such an account already."),
    "error_last_admin": (
        "至少要保留一名系统管理员。",
        "At least one administrator has to stay.",
    ),
    "error_undo_late": (
        "已不能撤销。如有误，请告知批次管理员。",
        "This can no longer be taken back. Tell the batch's manager if it was wrong.",
    ),
    "error_look_done": ("这张照片已经复核。", "This was judged already."),
    "error_roster_gone": (
        "预览已失效，请重新上传。",
        "This preview is gone. Upload the file again.",
    ),
}
