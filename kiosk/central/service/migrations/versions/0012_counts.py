"""Numbers of orders without counting, and indices for what read whole tables."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add them, and count once."""
    op.create_table(
        "order_counts",
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.Column("orders", sa.Integer(), nullable=False),
        _of_batch("order_counts"),
        sa.PrimaryKeyConstraint("state", "batch_id", name=op.f("order_counts_key")),
    )
    op.create_table(
        "order_count_changes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.Column("orders", sa.Integer(), nullable=False),
        _of_batch("order_count_changes"),
        sa.PrimaryKeyConstraint("id", name=op.f("order_count_changes_key")),
    )
    op.execute(
        "INSERT INTO order_counts (state, batch_id, orders) "
        "SELECT state, batch_id, count(*) FROM orders GROUP BY state, batch_id"
    )
    op.create_index("payments_of", "payments", ["batch_id", "code_hash"])
    op.create_index(op.f("print_keys_by_photo_id"), "print_keys", ["photo_id"])
    _partial("orders_leased", "orders", ["leased_until"], "leased_until IS NOT NULL")
    op.create_index("decisions_since", "decisions", ["at"])
    op.drop_index("jobs_due", "jobs")
    _partial("jobs_due", "jobs", ["due_at", "id"], "failed_at IS NULL")
    op.drop_index("second_looks_open", "second_looks")
    _partial("second_looks_open", "second_looks", ["id"], "done_at IS NULL")
    op.create_index("second_looks_done", "second_looks", ["done_at"])


def downgrade() -> None:
    """Remove them."""
    op.drop_index("second_looks_done", "second_looks")
    op.drop_index("second_looks_open", "second_looks")
    op.create_index("second_looks_open", "second_looks", ["done_at", "id"])
    op.drop_index("jobs_due", "jobs")
    op.create_index("jobs_due", "jobs", ["failed_at", "due_at", "id"])
    op.drop_index("decisions_since", "decisions")
    op.drop_index("orders_leased", "orders")
    op.drop_index(op.f("print_keys_by_photo_id"), "print_keys")
    op.drop_index("payments_of", "payments")
    op.drop_table("order_count_changes")
    op.drop_table("order_counts")


def _of_batch(table: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"{table}_batch_id_is_of_batches")
    return sa.ForeignKeyConstraint(["batch_id"], ["batches.id"], name=name)


def _partial(name: str, table: str, columns: list[str], where: str) -> None:
    condition = sa.text(where)
    op.create_index(name, table, columns, postgresql_where=condition, sqlite_where=condition)
