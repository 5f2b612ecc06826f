"""The tables by subject. A change to them goes with a migration in ``migrations/versions``."""

from __future__ import annotations

from kiosk.central.service.tables.accounts import LoginFailure, Staff
from kiosk.central.service.tables.base import Base, UtcDateTime, Word, partial_index
from kiosk.central.service.tables.batches import EXPORT_TEMPLATE, Batch
from kiosk.central.service.tables.booths import Booth, BoothSettings
from kiosk.central.service.tables.copies import Likeness, PhotoPrint, PrintKey
from kiosk.central.service.tables.jobs import Job
from kiosk.central.service.tables.orders import Event, Order, Photo, Receipt
from kiosk.central.service.tables.payments import Payment
from kiosk.central.service.tables.reviews import Decision, SecondLook, review_days

__all__ = [
    "EXPORT_TEMPLATE",
    "Base",
    "Batch",
    "Booth",
    "BoothSettings",
    "Decision",
    "Event",
    "Job",
    "Likeness",
    "LoginFailure",
    "Order",
    "Payment",
    "Photo",
    "PhotoPrint",
    "PrintKey",
    "Receipt",
    "SecondLook",
    "Staff",
    "UtcDateTime",
    "Word",
    "partial_index",
    "review_days",
]
