"""Runs migrations on the connection that `kiosk.central.service.database` hands in."""

from __future__ import annotations

from alembic import context

from kiosk.central.service.tables import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,  # SQLite changes a table by copying it
)
with context.begin_transaction():
    context.run_migrations()
