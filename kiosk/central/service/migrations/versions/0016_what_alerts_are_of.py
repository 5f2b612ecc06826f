"""Alerts say what is wrong with a device by one word, beside the driver's own."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add it."""
    op.add_column("alerts", sa.Column("what", sa.String(40), server_default="", nullable=False))


def downgrade() -> None:
    """Remove it."""
    op.drop_column("alerts", "what")
