"""Copies of photos, reviewers' decisions, second looks."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    with op.batch_alter_table("photos") as table:
        table.add_column(
            sa.Column("is_compared", sa.Boolean(), server_default=sa.false(), nullable=False)
        )
    op.create_index(op.f("orders_by_code_hash"), "orders", ["code_hash"], unique=False)
    op.create_table(
        "photo_prints",
        sa.Column("photo_id", sa.Integer(), nullable=False),
        sa.Column("photo_sha256", sa.String(64), nullable=False),
        sa.Column("bits", sa.String(16), nullable=False),
        sa.Column("x", sa.Double(), nullable=False),
        sa.Column("y", sa.Double(), nullable=False),
        sa.Column("side", sa.Double(), nullable=False),
        _of("photo_prints", "photo_id", "photos"),
        sa.PrimaryKeyConstraint("photo_id", name=op.f("photo_prints_key")),
    )
    op.create_table(
        "print_keys",
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("photo_id", sa.Integer(), nullable=False),
        _of("print_keys", "batch_id", "batches"),
        _of("print_keys", "photo_id", "photos"),
        sa.PrimaryKeyConstraint("batch_id", "key", "photo_id", name=op.f("print_keys_key")),
    )
    op.create_table(
        "likenesses",
        sa.Column("photo_id", sa.Integer(), nullable=False),
        sa.Column("other_id", sa.Integer(), nullable=False),
        sa.Column("score", sa.Double(), nullable=False),
        _of("likenesses", "photo_id", "photos"),
        _of("likenesses", "other_id", "photos"),
        sa.PrimaryKeyConstraint("photo_id", "other_id", name=op.f("likenesses_key")),
    )
    op.create_index(op.f("likenesses_by_other_id"), "likenesses", ["other_id"], unique=False)
    op.create_table(
        "decisions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("photo_id", sa.Integer(), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("is_approved", sa.Boolean(), nullable=False),
        sa.Column("is_second_look", sa.Boolean(), nullable=False),
        sa.Column("spent_s", sa.Double(), nullable=True),
        sa.Column("undone_at", sa.DateTime(), nullable=True),
        _of("decisions", "photo_id", "photos"),
        _of("decisions", "staff_id", "staff"),
        sa.PrimaryKeyConstraint("id", name=op.f("decisions_key")),
    )
    op.create_index("decisions_of", "decisions", ["staff_id", "at"], unique=False)
    op.create_index(op.f("decisions_by_photo_id"), "decisions", ["photo_id"], unique=False)
    op.create_table(
        "second_looks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("photo_id", sa.Integer(), nullable=False),
        sa.Column("first_by", sa.Integer(), nullable=False),
        sa.Column("first_approved", sa.Boolean(), nullable=False),
        sa.Column("second_by", sa.Integer(), nullable=True),
        sa.Column("second_approved", sa.Boolean(), nullable=True),
        sa.Column("leased_by", sa.Integer(), nullable=True),
        sa.Column("leased_until", sa.DateTime(), nullable=True),
        sa.Column("done_at", sa.DateTime(), nullable=True),
        _of("second_looks", "photo_id", "photos"),
        _of("second_looks", "first_by", "staff"),
        _of("second_looks", "second_by", "staff"),
        sa.PrimaryKeyConstraint("id", name=op.f("second_looks_key")),
        sa.UniqueConstraint("photo_id", name=op.f("second_looks_photo_id_unique")),
    )
    op.create_index("second_looks_open", "second_looks", ["done_at", "id"], unique=False)


def downgrade() -> None:
    """Remove them."""
    for table in ("second_looks", "decisions", "likenesses", "print_keys", "photo_prints"):
        op.drop_table(table)
    op.drop_index(op.f("orders_by_code_hash"), table_name="orders")
    with op.batch_alter_table("photos") as photos:
        photos.drop_column("is_compared")


def _of(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"{table}_{column}_is_of_{other}")
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=name)
