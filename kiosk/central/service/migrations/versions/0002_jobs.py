"""Background jobs, and finding the row of a stored original."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table and the index."""
    op.create_table(
        "jobs",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.Column("key", sa.String(100), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("due_at", sa.DateTime(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("taken_by", sa.String(16), nullable=True),
        sa.Column("taken_until", sa.DateTime(), nullable=True),
        sa.Column("failed_at", sa.DateTime(), nullable=True),
        sa.Column("error", sa.String(500), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("jobs_key")),
        sa.UniqueConstraint("key", name=op.f("jobs_key_unique")),
    )
    op.create_index("jobs_due", "jobs", ["failed_at", "due_at", "id"], unique=False)
    op.create_index(op.f("photos_by_original_sha256"), "photos", ["original_sha256"], unique=False)


def downgrade() -> None:
    """Remove them."""
    op.drop_index(op.f("photos_by_original_sha256"), table_name="photos")
    op.drop_index("jobs_due", table_name="jobs")
    op.drop_table("jobs")
