"""Refusals a browser may meet; others show their English message."""

from __future__ import annotations

WORDS: dict[str, tuple[str, str]] = {
    # refusals a browser may meet; others show their English message
    "error_receipt_unknown": (
        "此链接无效。如果刚刚完成拍摄，请过一分钟再试；也可以用图像采集码查询。",
        (
            "This link opens no photo. If yours was just taken, try again in a minute, or find it "
            "with your capture code."
        ),
    ),
    "error_receipt_expired": (
        "此链接已过期。请用图像采集码和证件号码后四位重新查询。",
        (
            "This link has expired. Find your photo with your capture code and the last four of "
            "your ID number."
        ),
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
    "error_title": ("操作未完成", "That did not work"),
    "error_title_404": ("页面无法打开", "This page cannot be opened"),
    "error_title_405": ("页面无法打开", "This page cannot be opened"),
    "error_title_410": ("链接已过期", "This link has expired"),
    "error_title_413": ("文件过大", "The file is too large"),
    "error_title_429": ("请稍后再试", "Please wait"),
    "error_title_500": ("服务暂时不可用", "The service has a fault"),
    "error_title_503": ("服务暂时不可用", "The service is not available now"),
    "error_method_not_allowed": ("没有这个页面。", "There is no such page."),
    "error_bad_request": (
        "提交的内容无法识别，请返回重试。",
        "What was sent cannot be read. Go back and try again.",
    ),
    "error_message_malformed": (
        "提交的内容不完整或有误，请返回检查后重试。",
        "Something is missing or wrong in what was sent. Go back, check it and try again.",
    ),
    "error_too_large": (
        "提交的文件过大，请换一张较小的照片。",
        "The file is too large. Please choose a smaller one.",
    ),
    "error_original_too_large": (
        "照片文件过大，请换一张较小的原图。",
        "The picture is too large. Please choose a smaller original.",
    ),
    "error_original_pixels": (
        "照片像素过高，请用手机的普通拍照模式重新拍摄。",
        "The picture has too many pixels. Take it in your camera's usual mode.",
    ),
    "error_mails_many": (
        "今天发送次数已达上限，请明天再试，或直接保存照片。",
        "It was sent often enough today. Try again tomorrow, or save the photo here.",
    ),
    "error_payment_unknown": ("没有这笔付款。", "There is no such payment."),
    "error_order_unknown": ("没有这个订单。", "There is no such order."),
    "error_database_unavailable": (
        "系统繁忙或正在维护，请过一分钟再试。",
        "The service is busy or being looked after. Please try again in a minute.",
    ),
    "error_storage_unavailable": (
        "暂时无法读取照片，请过一分钟再试。",
        "Photos cannot be read now. Please try again in a minute.",
    ),
    "error_storage_full": (
        "暂时无法接收照片，请稍后再试。",
        "No photos can be taken in now. Please try again later.",
    ),
    "error_not_migrated": ("系统正在维护，请稍后再试。", "The service is being looked after."),
    "error_file_missing": (
        "照片文件暂时无法打开，请联系学校。",
        "The photo's file cannot be opened. Please tell your school.",
    ),
    "error_file_damaged": (
        "照片文件已损坏，请联系学校。",
        "The photo's file is damaged. Please tell your school.",
    ),
    "staff_passed": ("工作人员已查看并放行", "Booth staff looked at it and let it pass"),
    "error_code_wrong": ("6 位数字不正确。", "The six digits are not right."),
    "error_staff_password": ("密码太短，至少 8 个字符。", "The password is too short: 8 or more."),
    "error_staff_name": (
        "账号只能用字母、数字、点和连字符。",
        "Use letters, digits, dots and hyphens for the name.",
    ),
    "error_staff_school": ("学校名称太长。", "The school's name is too long."),
    "error_staff_school_role": (
        "只有批次管理员可以限定学校。请清空学校，或把角色改为批次管理员。",
        "Only a batch manager can be one school's. Leave the school empty, or choose that role.",
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
