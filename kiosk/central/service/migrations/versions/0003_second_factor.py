"""A second factor for staff accounts."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns."""
    with op.batch_alter_table("staff") as table:
        table.add_column(sa.Column("totp_sealed", sa.String(300), nullable=True))
        table.add_column(sa.Column("totp_step", sa.Integer(), nullable=True))


def downgrade() -> None:
    """Remove them."""
    with op.batch_alter_table("staff") as table:
        table.drop_column("totp_step")
        table.drop_column("totp_sealed")
