"""Migrations of the central backend's database (Alembic)."""
