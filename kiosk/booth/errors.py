"""What stops a booth from starting. The message says what to do."""

from __future__ import annotations


class BoothError(Exception):
    """The booth cannot be put together as its settings ask."""
