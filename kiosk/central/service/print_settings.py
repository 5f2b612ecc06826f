"""Settings of prints: the table ``[prints]``."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field


class PrintSettings(BaseModel):
    """How much may be ordered, and when an order of prints moves on by itself."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    sheets_most: int = Field(20, ge=1, le=500, description="sheets in one order of prints")
    open_most: int = Field(5, ge=1, le=100, description="orders of prints a student has under way")
    addresses_most: int = Field(5, ge=1, le=50, description="addresses a student keeps")
    unpaid_days: int = Field(7, ge=1, le=90, description="unpaid ones are cancelled after, days")
    received_days: int = Field(
        15, ge=1, le=90, description="those sent or laid out count as received after, days"
    )
    address_days: int = Field(
        30, ge=0, le=365, description="their address is forgotten so long after their end, days"
    )
