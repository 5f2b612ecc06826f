"""Who pays, how deliveries are named, how long photos are kept; rosters and classes."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_TEMPLATE = "{batch}_{seq:04d}_{code_hash8}"


def upgrade() -> None:
    """Add them."""
    with op.batch_alter_table("batches") as batches:
        batches.add_column(
            sa.Column("payer", sa.String(40), server_default="student", nullable=False)
        )
        batches.add_column(
            sa.Column("export_template", sa.String(100), server_default=_TEMPLATE, nullable=False)
        )
        batches.add_column(
            sa.Column("retention_days", sa.Integer(), server_default="180", nullable=False)
        )
    with op.batch_alter_table("orders") as orders:
        orders.add_column(sa.Column("roster_key", sa.String(32), server_default="", nullable=False))
        orders.add_column(sa.Column("class_name", sa.String(60), server_default="", nullable=False))
    op.create_index("orders_progress", "orders", ["batch_id", "class_name", "state"], unique=False)
    op.create_table(
        "roster_entries",
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(32), nullable=False),
        sa.Column("class_name", sa.String(60), nullable=False),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["batches.id"], name=op.f("roster_entries_batch_id_is_of_batches")
        ),
        sa.PrimaryKeyConstraint("batch_id", "key", name=op.f("roster_entries_key")),
    )
    op.create_table(
        "roster_drafts",
        sa.Column("id", sa.String(16), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.Column("entries", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["batches.id"], name=op.f("roster_drafts_batch_id_is_of_batches")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("roster_drafts_key")),
    )


def downgrade() -> None:
    """Remove them."""
    op.drop_table("roster_drafts")
    op.drop_table("roster_entries")
    op.drop_index("orders_progress", table_name="orders")
    with op.batch_alter_table("orders") as orders:
        orders.drop_column("class_name")
        orders.drop_column("roster_key")
    with op.batch_alter_table("batches") as batches:
        for column in ("retention_days", "export_template", "payer"):
            batches.drop_column(column)
