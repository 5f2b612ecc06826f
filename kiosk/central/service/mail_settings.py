"""How mail is sent: the table ``[mail]`` of ``central.toml``."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class MailSettings(BaseModel):
    """How mail is sent; without `host` none is, and students are not asked for addresses."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    host: str = Field("", description="SMTP server; empty: no mail is sent")
    port: int = Field(465, ge=1, le=65_535, description="its port")
    security: Literal["tls", "starttls", "none"] = Field(
        "tls", description="tls (465), starttls (587), or none on a trusted network only"
    )
    user: str = Field("", description="name to sign in with; empty: none")
    password_file: Path | None = Field(None, description="file that holds the password")
    sender: str = Field("", description="From address; empty: the user")
    time_out_s: float = Field(30.0, gt=0, le=600, description="for each step, seconds")
    ca_file: Path | None = Field(None, description="certificates to trust; default: the system's")
