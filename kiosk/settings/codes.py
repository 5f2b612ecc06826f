"""Settings of code reading."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field, model_validator

from kiosk.settings.section import Section


class CodeSettings(Section):
    """How codes are read and decoded."""

    engine: Literal["zxing", "pyzbar"] = Field("zxing", description="QR engine asked first")
    thorough_every_frames: int = Field(
        4, ge=1, le=100, description="every so many frames the slow, thorough reading is tried"
    )
    votes_needed: int = Field(2, ge=1, le=20, description="frames that must agree on a text")
    votes_of_frames: int = Field(8, ge=1, le=100, description="of so many newest frames")
    forget_s: float = Field(
        3.0, ge=0.0, le=60.0, description="a code out of sight so many seconds is read anew"
    )
    batch_parameters: tuple[str, ...] = Field(
        ("batch", "batchcode", "tzm", "code"),
        description="URL parameters that may hold the batch code, the likeliest first",
    )
    decoders: tuple[str, ...] = Field(
        ("simulated", "opaque"), description="capture code decoders, asked in this order"
    )
    key_file: Path | None = Field(
        None, description="keys of the simulated capture code, relative to booth.data_directory"
    )
    longest_capture_code: int = Field(
        1024, ge=64, le=7089, description="characters a capture code may have"
    )
    payment_prefixes: tuple[str, ...] = Field(
        (
            "weixin://wxpay", "wxp://", "https://wx.tenpay.com", "https://payapp.weixin.qq.com",
            "https://qr.alipay.com", "alipays://", "alipay://", "https://qr.95516.com",
            "https://qr.chinaums.com", "https://mobile.alipay.com",
        ),
        description="how codes begin that are for paying somebody",
    )  # fmt: skip
    foreign_prefixes: tuple[str, ...] = Field(
        (
            "weixin://", "https://u.wechat.com", "https://weixin.qq.com", "https://qm.qq.com",
            "wifi:", "begin:vcard", "mecard:", "tel:", "smsto:", "mailto:", "geo:",
        ),
        description="how other codes begin that no capture code begins with",
    )  # fmt: skip

    @model_validator(mode="after")
    def _votes_can_be_won(self) -> CodeSettings:
        if self.votes_needed > self.votes_of_frames:
            raise ValueError("votes_needed must not be above votes_of_frames")
        return self
