"""The day as people in China count it. China has one time zone and no summer time."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone

CHINA = timezone(timedelta(hours=8))


def day_of(at: datetime) -> date:
    """Return the day in China of a moment."""
    return at.astimezone(CHINA).date()
