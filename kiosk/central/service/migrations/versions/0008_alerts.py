"""Alerts, and support bundles of booths."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add them."""
    op.create_table(
        "alerts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("subject", sa.String(120), nullable=False),
        sa.Column("detail", sa.String(300), nullable=False),
        sa.Column("bad_since", sa.DateTime(), nullable=False),
        sa.Column("raised_at", sa.DateTime(), nullable=True),
        sa.Column("told_at", sa.DateTime(), nullable=True),
        sa.Column("good_since", sa.DateTime(), nullable=True),
        sa.Column("cleared_at", sa.DateTime(), nullable=True),
        sa.Column("acknowledged_at", sa.DateTime(), nullable=True),
        sa.Column("acknowledged_by", sa.String(60), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("alerts_key")),
    )
    op.create_index("alerts_by_thing", "alerts", ["kind", "subject", "cleared_at"])
    op.create_index("alerts_standing", "alerts", ["cleared_at", "id"])
    op.create_table(
        "support_bundles",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("booth_id", sa.Integer(), nullable=False),
        sa.Column("request", sa.String(32), nullable=False),
        sa.Column("asked_at", sa.DateTime(), nullable=False),
        sa.Column("asked_by", sa.String(60), nullable=False),
        sa.Column("received_at", sa.DateTime(), nullable=True),
        sa.Column("sha256", sa.String(64), nullable=True),
        sa.Column("size", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["booth_id"], ["booths.id"], name=op.f("support_bundles_booth_id_is_of_booths")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("support_bundles_key")),
        sa.UniqueConstraint("request", name=op.f("support_bundles_request_unique")),
    )
    op.create_index(op.f("support_bundles_by_booth_id"), "support_bundles", ["booth_id"])


def downgrade() -> None:
    """Remove them."""
    op.drop_table("support_bundles")
    op.drop_table("alerts")
