"""Keys that booths sign their reports with, and what a photo's signature is worth."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add them."""
    op.create_table(
        "report_keys",
        sa.Column("key", sa.String(44), nullable=False),
        sa.Column("booth_id", sa.Integer(), nullable=False),
        sa.Column("known_since", sa.DateTime(), nullable=False),
        sa.Column("retired_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["booth_id"], ["booths.id"], name=op.f("report_keys_booth_id_is_of_booths")
        ),
        sa.PrimaryKeyConstraint("key", name=op.f("report_keys_key")),
    )
    op.create_index("report_keys_by_booth_id", "report_keys", ["booth_id"])
    op.add_column(
        "photos",
        sa.Column("report_signature", sa.String(40), server_default="", nullable=False),
    )


def downgrade() -> None:
    """Remove them."""
    with op.batch_alter_table("photos") as table:
        table.drop_column("report_signature")
    op.drop_table("report_keys")
