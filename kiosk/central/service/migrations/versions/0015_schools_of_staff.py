"""Managers of one school only."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add it; who is there already keeps all schools."""
    op.add_column("staff", sa.Column("school", sa.String(200), nullable=True))
    op.create_index("batches_by_school", "batches", ["school"])


def downgrade() -> None:
    """Remove it. Accounts of one school would have all then, so they are deactivated."""
    op.execute("UPDATE staff SET is_active = false, epoch = epoch + 1 WHERE school IS NOT NULL")
    op.drop_index("batches_by_school", table_name="batches")
    op.drop_column("staff", "school")
