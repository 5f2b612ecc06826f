"""The words of the pages, Chinese and English."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal

Language = Literal["zh", "en"]

_WORDS: dict[str, tuple[str, str]] = {
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
    # staff pages
    "staff": ("工作人员登录", "Staff sign-in"),
    "user_name": ("账号", "Name"),
    "password": ("密码", "Password"),
    "log_in": ("登录", "Sign in"),
    "log_out": ("退出", "Sign out"),
    "review": ("审核", "Review"),
    "batches": ("批次进度", "Batches"),
    "queue_waiting": ("待审核照片", "Photos waiting"),
    "queue_others": ("其他人正在审核", "With other reviewers"),
    "queue_oldest": ("最早收到", "Oldest since"),
    "queue_empty": ("全部审核完毕", "Everything is reviewed"),
    "queue_empty_text": ("新照片到达后会出现在这里。", "New photos will appear here."),
    "start": ("开始审核", "Start reviewing"),
    "next_in_line": ("队列", "Next in line"),
    "is_leased": ("审核中", "being reviewed"),
    "photo": ("照片", "Photo"),
    "original": ("原图", "Original"),
    "checks": ("检测结果", "Measured checks"),
    "checks_pass": ("项合格", "pass"),
    "no_checks": ("没有检测结果", "No checks came with this photo"),
    "verdict_fail": ("不合格", "fails"),
    "verdict_hint": ("可疑", "doubtful"),
    "verdict_unknown": ("未测", "not measured"),
    "verdict_pass": ("合格", "passes"),
    "limit": ("限值", "limit"),
    "approve": ("通过", "Approve"),
    "reject": ("不通过", "Reject"),
    "skip": ("下一张", "Next"),
    "lines": ("标准线", "Lines"),
    "reject_reasons": ("不通过的原因", "Reasons to reject"),
    "keys": (
        "键盘：a 通过 · 1–9 选择原因 · Enter 不通过 · Esc 清除 · n 下一张 · l 标准线",
        "Keys: a approve · 1–9 reasons · Enter reject · Esc clear · n next · l lines",
    ),
    "choose_reason": ("请先选择原因（1–9）。", "Choose a reason first (1–9)."),
    "clear_first": (
        "已选择原因：Enter 不通过，Esc 清除后再通过。",
        "Enter rejects, Esc clears the reasons.",
    ),
    "leased_by_other": (
        "其他审核员正在审核这张照片。",
        "Another reviewer is looking at this photo.",
    ),
    "decided": ("此照片已有结果，无需审核。", "This photo is not waiting for a review."),
    "earlier": ("以前的版本", "Earlier versions"),
    "booth": ("拍照亭", "Booth"),
    "file_size": ("文件", "File"),
    "signature": ("拍照亭签名", "Signature"),
    "signature_good": ("有效", "valid"),
    "signature_bad": ("不符", "does not fit"),
    "signature_none": ("无", "none"),
    "fee": ("费用", "Fee"),
    "fee_none": ("免费", "none"),
    "fee_open": ("未结清", "not settled"),
    "fee_settled": ("已结清", "settled"),
    "back_to_queue": ("返回队列", "Back to the queue"),
    "total": ("合计", "Total"),
    "process_all": ("全部转入制作", "All into production"),
    "finish_all": ("全部完成", "All done"),
    "open_until": ("截止", "Open until"),
    "open": ("开放中", "open"),
    "closed": ("已关闭", "closed"),
    "no_batches": ("还没有批次。", "There is no batch yet."),
    "home": ("首页", "Home"),
    # sandbox
    "sandbox": ("模拟支付", "Play-money payment"),
    "sandbox_text": (
        "这是演示用的模拟支付，不会产生真实费用。",
        "This is play money for demonstrations. Nothing is charged.",
    ),
    "sandbox_pay": ("支付", "Pay"),
    "sandbox_settled": ("支付成功，请看拍照亭的屏幕。", "Paid. Please look at the booth's screen."),
    "sandbox_closed": ("此支付已关闭。", "This payment was given up."),
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
    # remarks of the report
    "rule_crown_missed": ("头顶位置超出范围", "crown out of range"),
    "rule_eyes_missed": ("眼睛位置超出范围", "eyes out of range"),
    "rule_face_width_missed": ("脸宽超出范围", "face width out of range"),
    "rule_centre_missed": ("人像不居中", "not centred"),
    "rule_crown_near_limit": ("头顶位置接近限值", "crown near the limit"),
    "rule_eyes_near_limit": ("眼睛位置接近限值", "eyes near the limit"),
    "rule_face_width_near_limit": ("脸宽接近限值", "face width near the limit"),
    "rule_centre_near_limit": ("居中接近限值", "centring near the limit"),
    "rule_size_missed": ("像素尺寸不符", "size in pixels"),
    "rule_not_24_bit": ("不是 24 位彩色", "not 24-bit colour"),
    "rule_dpi_missed": ("分辨率不符", "resolution"),
    "rule_file_too_large": ("文件过大（字节）", "file too large, bytes"),
    "rule_file_too_small": ("文件过小（字节）", "file too small, bytes"),
    "rule_quality_too_low": ("压缩质量过低", "JPEG quality too low"),
    "rule_background_off": ("背景颜色偏差", "background colour off"),
    "rule_background_unseen": ("背景未能检查", "background not checked"),
    "rule_matte_without_plate": ("未用空景抠像，请看边缘", "cut out without plate: see outline"),
    "rule_stand_in_without_profile": (
        "备用相机拍摄，未单独校准",
        "taken by the stand-in camera, not calibrated",
    ),
    "rule_enlarged": ("由原图放大", "enlarged from the original"),
    "rule_face_not_found": ("未找到人脸", "no face found"),
    "rule_geometry_unknown": ("头部位置未能测量", "head not measured"),
    # rules of the report
    "rule_one_face": ("只有一张脸", "one face"),
    "rule_centred": ("居中", "centred"),
    "rule_distance": ("距离", "distance"),
    "rule_head_height": ("头部高度", "head height"),
    "rule_roll": ("头部倾斜", "head tilt"),
    "rule_yaw": ("左右转头", "head turn"),
    "rule_pitch": ("抬头低头", "head nod"),
    "rule_shoulders_level": ("双肩水平", "shoulders level"),
    "rule_eyes_open": ("双眼睁开", "eyes open"),
    "rule_gaze_forward": ("平视镜头", "gaze forward"),
    "rule_mouth_closed": ("嘴巴闭合", "mouth closed"),
    "rule_background_clear": ("背景干净", "background clear"),
    "rule_light_even": ("光线均匀", "light even"),
    "rule_exposure": ("曝光", "exposure"),
    "rule_sharp": ("清晰", "sharp"),
    "rule_no_other_person": ("没有他人", "nobody else"),
    "rule_clothes_distinct": ("衣服与背景分明", "clothes unlike the background"),
    "rule_clothes_not_blue": ("蓝底不穿蓝衣", "no blue clothes on blue"),
    "rule_clothes_plain": ("衣服素色", "plain clothes"),
    "rule_no_straps": ("肩膀盖住", "shoulders covered"),
    "rule_hair_off_eyes": ("头发不挡眼睛", "hair off the eyes"),
    "rule_ears_visible": ("双耳露出", "ears visible"),
    "rule_no_earrings": ("没有耳饰", "no earrings"),
    "rule_no_necklace": ("没有项链", "no necklace"),
    "rule_no_teeth": ("没有露齿", "no teeth"),
    "rule_neutral_expression": ("表情自然", "natural expression"),
    "rule_nothing_behind": ("身后无物品", "nothing behind"),
    "rule_no_backdrop_shadow": ("背景无阴影", "no shadow on the backdrop"),
    "rule_no_face_shadow": ("脸上无阴影", "no shadow on the face"),
    "rule_no_hot_spots": ("脸上无反光", "no shine"),
    "rule_no_red_eye": ("没有红眼", "no red eye"),
    "rule_noise": ("噪点", "noise"),
    "rule_compression": ("压缩痕迹", "compression"),
}

WORDS: Mapping[str, tuple[str, str]] = MappingProxyType(_WORDS)


def say(key: str, language: Language) -> str:
    """Return the words of a key in a language."""
    return WORDS[key][0 if language == "zh" else 1]


def rule_name(rule: str, language: Language) -> str:
    """Return a rule's name in words; an unknown rule's own name."""
    key = f"rule_{rule}"
    return say(key, language) if key in WORDS else rule.replace("_", " ")
