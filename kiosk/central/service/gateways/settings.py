"""Accounts at payment providers: the tables ``[wechat]`` and ``[alipay]`` of ``central.toml``."""

from __future__ import annotations

from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field


class WeChatSettings(BaseModel):
    """A merchant's account at WeChat Pay, API v3, with the platform's public key."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    app_id: str = Field(description="appid the merchant is bound to")
    merchant: str = Field(description="mchid")
    serial: str = Field(description="serial number of the merchant's certificate")
    private_key_file: Path = Field(description="the merchant's private key, PEM")
    platform_key_file: Path = Field(description="WeChat Pay's public key, PEM")
    platform_key_id: str = Field(description="its id, PUB_KEY_ID_…")
    api_key_file: Path = Field(description="file that holds the 32 characters of the API v3 key")
    url: str = Field("https://api.mch.weixin.qq.com", description="the provider's address")
    minutes: int = Field(5, ge=1, le=120, description="a payment may be paid so long")
    h5: bool = Field(
        default=False,
        description="the merchant may use H5, and public_url's host is registered for it",
    )


class AlipaySettings(BaseModel):
    """An application at Alipay that signs with RSA2."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    app_id: str = Field(description="the application's id")
    private_key_file: Path = Field(description="the application's private key, PEM")
    platform_key_file: Path = Field(description="Alipay's public key, PEM")
    url: str = Field("https://openapi.alipay.com/gateway.do", description="the provider's address")
    minutes: int = Field(5, ge=1, le=120, description="a payment may be paid so long")
    wap: bool = Field(
        default=False, description="the application may use alipay.trade.wap.pay on phones"
    )
