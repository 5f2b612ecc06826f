"""The student's pages: Chinese and English."""

from __future__ import annotations

WORDS: dict[str, tuple[str, str]] = {
    # general
    "product": ("学历照片采集", "Degree photos"),
    "other_language": ("English", "中文"),
    # states
    "state_started": ("待上传", "Waiting for your photo"),
    "state_pending": ("待审核", "Waiting for review"),
    "state_withdrawn": ("已撤回", "Withdrawn"),
    "state_rejected": ("审核不通过", "Not accepted"),
    "state_approved": ("待处理", "Approved"),
    "state_processing": ("制作中", "In production"),
    "state_done": ("已完成", "Done"),
    "explain_started": (
        "请上传照片，或到拍照亭拍摄。",
        "Please send your photo, or have it taken at a booth.",
    ),
    "explain_pending": (
        "照片已收到，正在等待人工审核。审核前可以撤回。",
        "Your photo has arrived and waits for a person to look at it. Until then you may withdraw.",
    ),
    "explain_withdrawn": (
        "您已撤回照片。请重新拍摄后再次提交。",
        "You have withdrawn your photo. Please have a new one taken.",
    ),
    "explain_rejected": (
        "照片未通过审核。请根据下列原因重新拍摄后再次提交。",
        "Your photo was not accepted. Please read why below, and have a new one taken.",
    ),
    "explain_approved": (
        "照片已通过审核，不能再更改。请等待学校统一处理。",
        "Your photo is approved and cannot be changed any more. Your school goes on from here.",
    ),
    "explain_processing": (
        "照片已进入制作，完成后将交付学校。",
        "Your photo is in production. It goes to your school when it is ready.",
    ),
    "explain_done": (
        "照片已交付学校。请按学校通知，在学信网核对本人照片。",
        "Your photo was handed over to your school. When told to, check it on CHSI (chsi.com.cn).",
    ),
    "fee_still_open": (
        "拍摄费用尚未支付，请先完成付款。",
        "The fee for your photo is still to be paid.",
    ),
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
    # the student's page: sending an original
    "upload_title": ("用手机上传照片", "Send a photo from your phone"),
    "upload_text": (
        "不能到拍照亭时，可以上传手机拍摄的原图。系统会自动裁剪并更换背景，再由人工审核。",
        (
            "If you cannot come to a booth, send a photo taken with your phone. It gets the "
            "official size and background by itself, and is then looked at by a person."
        ),
    ),
    "upload_rule_1": (
        "请他人拍摄，不要自拍；背景为纯色墙面。",
        "Have somebody take it, before a plain wall.",
    ),
    "upload_rule_2": (
        "正对镜头，头发到胸口都在画面内。",
        "Face the camera; hair to chest in the picture.",
    ),
    "upload_rule_3": (
        "光线均匀，双眼自然睁开，嘴自然闭合，露出双耳。",
        "Even light, eyes open, mouth closed, both ears visible.",
    ),
    "upload_rule_4": (
        "必须是相机原图：不要美颜、滤镜、截图或翻拍。",
        "The camera's own file: no filter, no screenshot, no photo of a photo.",
    ),
    "upload_rule_5": (
        "从聊天软件保存的图片不是原图，请从相册选择。",
        "A picture saved from a chat is not the original: choose it from your album.",
    ),
    "upload_file": ("拍照或从相册选择", "Take a photo or choose one"),
    "upload_preview": ("所选照片", "The chosen photo"),
    "upload_frame": (
        "脸应在框内，眼睛靠近虚线。",
        "Face inside the frame, eyes near the dashed line.",
    ),
    "upload_consent": (
        "我同意为制作和审核学历照片处理这张照片及其拍摄信息。",
        "I agree that this photo and its camera data are used to make and review my degree photo.",
    ),
    "upload_send": ("提交审核", "Send for review"),
    "upload_being_made": (
        "照片已收到，正在制作，请稍候。",
        "Your photo has arrived and is being made. This page looks again by itself.",
    ),
    "upload_refused": ("这张照片不能使用", "This photo cannot be used"),
    "rule_upload": ("手机上传", "Sent from a phone"),
    "upload_kind": ("请选择 JPEG 原图。", "Please choose a JPEG."),
    "upload_edited": (
        "照片经过软件处理。请选择未经美颜或修图的原图。",
        "A program has changed this picture. Choose the original, without filters.",
    ),
    "upload_screenshot": (
        "这是截图。请选择相机原图。",
        "This is a screenshot. Choose the original.",
    ),
    "upload_no_camera_data": (
        "图片缺少拍摄信息，不是原图。请从相册选择相机直接拍摄的照片。",
        "The picture lacks its camera's data, so it is no original. Choose it from your album.",
    ),
    "upload_thumbnail_differs": (
        "图片与其缩略图不一致，可能经过裁剪或修改。请选择原图。",
        "The picture and its own thumbnail differ: it was cropped or changed. Choose the original.",
    ),
    "upload_too_small": (
        "图片太小。请选择原图，而不是压缩后的图片。",
        "The picture is too small. Choose the original, not a reduced copy.",
    ),
    "upload_too_old": ("照片拍摄于一年以前，请重新拍摄。", "The photo is too old. Take a new one."),
    "upload_used_before": (
        "这张照片已经使用过，请重新拍摄。",
        "This photo was used already. Take a new one.",
    ),
    "upload_came_too_late": (
        "制作完成前已提交了其他照片。",
        "Another photo had come in before this one was made.",
    ),
    "upload_no_face": ("照片中没有找到人脸。", "No face was found in the photo."),
    "upload_no_photo": (
        "无法用这张照片制作学历照片，请按要求重新拍摄。",
        "No degree photo can be made of this picture. Take another one as described.",
    ),
    "rule_upload_size_differs": ("尺寸与拍摄信息不符", "Its size is not what its camera wrote"),
    "rule_upload_shot_in_future": ("拍摄时间在未来", "Its camera's clock is ahead"),
    "rule_upload_maybe_print_or_screen": (
        "疑似翻拍照片或屏幕",
        "May be a photo of a print or a screen",
    ),
    # the student's page: download, mail, own data
    "download": ("保存照片", "Save the photo"),
    "send_photo": ("发送到邮箱", "Send it to my e-mail"),
    "report": ("检测结果", "What was checked"),
    "own_verdict_pass": ("合格", "passes"),
    "own_verdict_hint": ("待人工确认", "a person looks"),
    "own_verdict_fail": ("不合格", "fails"),
    "own_upload": ("用手机上传", "Sent from a phone"),
    "own_matte_without_plate": ("背景为自动更换", "Background replaced automatically"),
    "own_stand_in_without_profile": ("由备用相机拍摄", "Taken by the stand-in camera"),
    "own_background_unseen": ("背景", "Background"),
    "own_declared_make_up": ("您已说明：化了妆", "You said: make-up"),
    "own_declared_coloured_lenses": ("您已说明：戴美瞳", "You said: coloured lenses"),
    "own_declared_jewellery": ("您已说明：戴饰物", "You said: jewellery"),
    "own_declared_covered_ears": (
        "您已说明：头发遮耳或遮眼",
        "You said: hair over ears or eyes",
    ),
    "mail_title": ("邮件通知", "News by e-mail"),
    "mail_label": ("电子邮箱", "E-mail address"),
    "mail_text": (
        "审核有结果时发邮件通知您。留空并保存即可取消。",
        "You are told when your photo was judged. Save an empty field to stop.",
    ),
    "own_data": ("我的数据", "My data"),
    "consents": ("授权记录", "What you agreed to"),
    "erase_text": (
        "将删除您的照片、原图、姓名、学号、地址等全部信息，且不能恢复。",
        "Your photos, their originals, name, numbers and addresses are removed, for good.",
    ),
    "erase_sure": ("我确定要删除", "I am sure"),
    "erase_yes": ("删除我的数据", "Remove my data"),
    "erased": ("已删除", "Removed"),
    "erased_text": (
        "您的数据已删除。需要时可到拍照亭重新拍摄。",
        "Your data is removed. You may have a new photo taken at any time.",
    ),
    "error_erase_locked": (
        "照片已通过审核，正在交付学校。交付后可以删除；在此之前请联系学校。",
        (
            "The photo is approved and on its way to your school. It can be removed once "
            "delivered; before that ask the school."
        ),
    ),
    "error_upload_not_now": (
        "现在不能上传：待审核的照片请先撤回，已通过的照片已锁定。",
        "No new photo now: withdraw a waiting one first; an approved one is locked.",
    ),
    "error_upload_waiting": (
        "上一张照片仍在制作，请稍候。",
        "Your last photo is still being made.",
    ),
    "error_uploads_too_many": (
        "今天上传次数过多，请明天再试或到拍照亭拍摄。",
        "Too many photos today. Try again tomorrow, or go to a booth.",
    ),
    "error_no_file": ("请选择一张照片。", "Choose a picture first."),
    "error_consent": ("未经您同意，不会接收照片。", "Without your consent nothing is taken."),
    "error_original_unreadable": ("这不是完整的 JPEG 图片。", "This is not a whole JPEG picture."),
    "error_not_approved": ("照片尚未通过审核。", "The photo is not approved yet."),
    "error_email": ("邮箱地址不正确。", "This is not an e-mail address."),
    "error_batch_closed": ("批次已结束，请联系学校。", "The batch is closed. Ask the school."),
    # the way back in
    "my_title": ("查询我的照片", "Find my photo"),
    "my_text": (
        "用图像采集码和身份证件号码后四位打开您的页面。",
        "Open your page with your capture code and the last four of your ID number.",
    ),
    "my_picture": ("图像采集码（截图或照片）", "Your capture code (screenshot or photo)"),
    "my_code": ("或粘贴图像采集码内容", "Or the code's text"),
    "my_four": ("证件号码后四位", "Last four of your ID number"),
    "my_open": ("打开", "Open"),
    "my_note": (
        "图像采集码的图片仅用于识别，不会保存。",
        "The picture of the code is read and not kept.",
    ),
    "error_code_or_four_wrong": (
        "没有与之相符的照片。请核对；刚拍摄的照片请过一分钟再试。",
        "No order fits these. Check both; a photo just taken may need a minute to arrive.",
    ),
    "error_too_many_codes": (
        "尝试次数过多，请几分钟后再试。",
        "Too many tries. Wait a few minutes, then try again.",
    ),
    "error_code_missing": (
        "请选择图像采集码的图片，或粘贴其内容。",
        "Choose a picture of the code, or type it.",
    ),
    "error_code_unreadable": ("图片中没有可识别的二维码。", "No code can be read in this picture."),
    "error_code_reader": (
        "暂时不能识别图片，请输入内容。",
        "Pictures cannot be read now. Type the code.",
    ),
    "method_wechat": ("微信支付", "WeChat Pay"),
    "method_alipay": ("支付宝", "Alipay"),
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
