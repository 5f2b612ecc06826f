"""Bring a booth into a known state, and prove it."""
