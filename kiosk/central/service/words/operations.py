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
    "need_silent": ("失去联系", "silent for"),
    "need_device": ("设备故障", "device fault"),
    "need_refused": ("被拒绝的照片", "photos refused"),
    "need_outbox": ("照片积压", "photos wait too long"),
    "need_disk": ("磁盘空间不足", "disk nearly full"),
    "need_uncalibrated": ("未校准", "not calibrated"),
    "need_calibration": ("校准已过期", "calibrated long ago"),
    "need_settings": ("设置无法使用", "cannot use its settings"),
    "need_settings_wait": ("尚未使用新设置", "does not use the newest settings yet"),
}
