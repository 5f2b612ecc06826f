"""Signed updates of a booth."""
