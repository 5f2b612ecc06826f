"""Alerts and support bundles on the pages of operations and in their mail: Chinese and English."""

from __future__ import annotations

WORDS: dict[str, tuple[str, str]] = {
    "alerts": ("警报", "Alerts"),
    "alerts_none": ("目前没有警报。", "There are none now."),
    "alerts_none_over": ("还没有警报记录。", "None is over yet."),
    "alerts_history": ("警报记录", "Alerts that are over"),
    "alert_since": ("始于", "since"),
    "alert_until": ("至", "until"),
    "alert_acknowledge": ("由我处理", "I look after it"),
    "alert_acknowledged": ("处理人：", "looked after by"),
    "alert_key_unknown": (
        "检测报告的签名密钥不是登记的密钥",
        "signs its reports with a key that it was not enrolled with",
    ),
    "alert_key_of_another": (
        "检测报告使用了其他拍照亭的签名密钥",
        "signs its reports with the key of another booth",
    ),
    "alert_silent": ("失去联系", "silent for"),
    "alert_device": ("设备故障", "device fault"),
    "alert_restarts": ("相机反复重启", "camera restarts"),
    "alert_refused": ("有照片被拒绝", "photos refused"),
    "alert_outbox": ("照片积压", "photos wait too long"),
    "alert_calibration": ("未校准或校准过期", "not calibrated, or long ago"),
    "alert_disk": ("磁盘空间不足", "disk nearly full"),
    "alert_temperature": ("温度过高", "too hot"),
    "alert_under_voltage": ("供电电压过低", "under-voltage of the supply"),
    "alert_clock": ("时钟不准", "clock is off by"),
    "alert_rollout": ("版本发布已停止", "rollout halted"),
    "notice_raised": ("警报：", "alert:"),
    "notice_again": ("警报仍在：", "still:"),
    "notice_cleared": ("已恢复：", "over:"),
    "support": ("诊断包", "Support bundle"),
    "support_ask": ("索取诊断包", "Ask for a support bundle"),
    "support_waits": ("诊断包已索取，等待上传", "a support bundle is asked for"),
    "support_fetch": ("下载诊断包", "Support bundle of"),
    "temperature": ("温度", "temperature"),
    "clock_offset": ("时钟偏差", "clock off by"),
    "unsynchronised": ("时钟未同步", "clock not synchronised"),
}
