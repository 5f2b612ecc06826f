"""The pages of operations: Chinese and English."""

from __future__ import annotations

WORDS: dict[str, tuple[str, str]] = {
    "need_person": ("台需要处理", "need a person"),
    "all_well": ("全部正常", "all is well"),
    "code_once": (
        "一次性注册码，24 小时内有效，只显示这一次：",
        "One-time code, good for a day, shown this once:",
    ),
    "revoked": ("已停用", "revoked"),
    "revoke": ("停用", "Revoke"),
    "heard": ("最近联系", "Heard of"),
    "outbox": ("待发送", "unsent"),
    "disk": ("磁盘可用", "disk free"),
    "calibrated": ("校准于", "calibrated"),
    "new_code": ("新注册码", "New code"),
    "new_booth": ("新增拍照亭", "New booth"),
    "booth_name": ("名称（小写字母、数字、连字符）", "Name (small letters, digits, hyphens)"),
    "booth_group": ("分组（可空）", "Group (may be empty)"),
    "booth_settings": ("下发设置", "Settings for booths"),
    "booth_settings_text": (
        "每行一项 TOML；后者优先：all、group 名称、booth 名称。拍照亭自行检查并回报。",
        "TOML, one a line. A booth's own wins over its group's, that over 'all'.",
    ),
    "scope": ("范围", "For"),
    "push": ("下发", "Push"),
    "need_never": ("尚无状态报告", "no heartbeat yet"),
    "need_key_unknown": (
        "检测报告的签名密钥不是登记的密钥。请现场核查设备，确认无误后用新注册码重新登记。密钥",
        (
            "signs its reports with another key than the one it was enrolled with. Look at the "
            "machine; if all is right, enrol it anew with a new code. Key"
        ),
    ),
    "need_key_of_another": (
        "与另一拍照亭使用同一签名密钥，磁盘可能是复制的。请删除 report.key 后重新登记。对方",
        (
            "signs its reports with the key of another booth: its disk may be a copy. Remove "
            "report.key there and enrol it anew. The other"
        ),
    ),
    "need_silent": ("失去联系", "silent for"),
    "need_device": ("设备故障", "device fault"),
    "need_refused": ("被拒绝的照片", "photos refused"),
    "need_outbox": ("照片积压", "photos wait too long"),
    "need_disk": ("磁盘空间不足", "disk nearly full"),
    "need_uncalibrated": ("未校准", "not calibrated"),
    "need_calibration": ("校准已过期", "calibrated long ago"),
    "need_settings": ("设置无法使用", "cannot use its settings"),
    "need_settings_wait": ("尚未使用新设置", "does not use the newest settings yet"),
    # versions on their way out
    "rollouts": ("版本发布", "Versions"),
    "rollout_new": ("发布新版本", "Roll a version out"),
    "rollout_text": (
        "按阶段发布：每行一个百分比，可在前面写分组，如 pilot 100。多台退回或失联时自动停止。",
        (
            "In stages: one percentage a line, with a group before it if wished, as in: pilot 100. "
            "It stops by itself when several booths go back or fall silent."
        ),
    ),
    "rollout_version": ("版本号", "Version"),
    "rollout_stages": ("阶段", "Stages"),
    "rollout_begin": ("开始发布", "Begin"),
    "rollout_halt": ("停止", "Halt"),
    "rollout_halted": ("已停止", "Halted"),
    "rollout_finished": ("已完成", "Finished"),
    "rollout_stage": ("阶段", "Stage"),
    "rollout_all": ("所有拍照亭", "all booths"),
    "rollout_not_offered": ("未轮到", "not its turn yet"),
    "rollout_offered": ("已下发", "offered"),
    "rollout_on_trial": ("试运行", "on trial"),
    "rollout_committed": ("已采用", "committed"),
    "rollout_went_back": ("已退回", "went back"),
    "rollout_silent": ("失联", "silent"),
    "error_rollout_running": (
        "另一版本正在发布，请先停止。",
        "Another version is on its way: halt it first.",
    ),
    "error_rollout_again": (
        "此版本已发布过，请使用新版本号。",
        "This version was rolled out before: publish under a new one.",
    ),
    "error_rollout_stages": (
        "版本号或阶段不正确。",
        "These are no version and stages.",
    ),
    # what cannot be done
    "error_booth_name": (
        "名称只能用小写字母、数字和连字符，最多 40 个。",
        "Use small letters, digits and hyphens for the name, at most 40.",
    ),
    "error_booth_group": (
        "分组只能用小写字母、数字和连字符，最多 40 个。",
        "Use small letters, digits and hyphens for the group, at most 40.",
    ),
    "error_booth_exists": (
        "此名称已有拍照亭；需要时请为它生成新注册码。",
        "There is a booth of this name already. Give it a new code if it needs one.",
    ),
    "error_booth_missing": ("没有这个拍照亭。", "There is no such booth."),
    "error_booth_settings": (
        "设置格式有误：每行一项，写成 section.field = 值（TOML）。",
        "These are no settings: write section.field = value, one a line, as TOML.",
    ),
    "error_alert_unknown": ("此警报已结束。", "This alert does not stand any more."),
    "error_support_unknown": ("此诊断包已不再保留。", "This support bundle is not kept any more."),
    "error_rollout_unknown": ("此版本不在发布中。", "This version is not on its way."),
    "booth_search": ("查找拍照亭或分组", "Search booths or groups"),
    "no_booths_found": ("没有找到这样的拍照亭。", "No booth is called so."),
    "further_booths": ("更多拍照亭", "Further booths"),
    "more_of_these": ("另有", "Besides:"),
    "error_staff_unknown": ("没有这个账号。", "There is no such account."),
}
