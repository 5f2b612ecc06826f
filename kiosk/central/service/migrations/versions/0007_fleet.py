"""Enrolment by a code, heartbeats, groups of booths and their settings."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add them."""
    with op.batch_alter_table("booths") as booths:
        booths.add_column(sa.Column("group_name", sa.String(40), server_default="", nullable=False))
        booths.add_column(sa.Column("enrol_hash", sa.String(64), nullable=True))
        booths.add_column(sa.Column("enrol_until", sa.DateTime(), nullable=True))
        booths.add_column(sa.Column("heartbeat", sa.JSON(), nullable=True))
        booths.add_column(sa.Column("heartbeat_at", sa.DateTime(), nullable=True))
        booths.add_column(
            sa.Column("heartbeat_number", sa.BigInteger(), server_default="0", nullable=False)
        )
        booths.create_unique_constraint(op.f("booths_enrol_hash_unique"), ["enrol_hash"])
    op.create_table(
        "booth_settings",
        sa.Column("scope", sa.String(60), nullable=False),
        sa.Column("settings", sa.JSON(), nullable=False),
        sa.Column("changed_at", sa.DateTime(), nullable=False),
        sa.Column("changed_by", sa.String(60), nullable=False),
        sa.PrimaryKeyConstraint("scope", name=op.f("booth_settings_key")),
    )


def downgrade() -> None:
    """Remove them."""
    op.drop_table("booth_settings")
    with op.batch_alter_table("booths") as booths:
        booths.drop_constraint(op.f("booths_enrol_hash_unique"), type_="unique")
        for column in (
            "heartbeat_number", "heartbeat_at", "heartbeat", "enrol_until", "enrol_hash",
            "group_name",
        ):  # fmt: skip
            booths.drop_column(column)
