"""Batch codes, capture codes, and reading them from pictures."""
