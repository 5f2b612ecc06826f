"""What can go wrong with support bundles."""

from __future__ import annotations


class SupportError(Exception):
    """No support bundle could be made or sent; the booth itself goes on."""
