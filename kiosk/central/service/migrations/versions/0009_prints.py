"""Prints: what batches offer, addresses, orders of prints, and payments for them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add them."""
    op.create_table(
        "batch_prints",
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.Column("is_offered", sa.Boolean(), nullable=False),
        sa.Column("price_fen", sa.Integer(), nullable=False),
        sa.Column("shipping_fen", sa.Integer(), nullable=False),
        sa.Column("pickup", sa.String(200), nullable=False),
        sa.Column("payment_methods", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["batches.id"], name=op.f("batch_prints_batch_id_is_of_batches")
        ),
        sa.PrimaryKeyConstraint("batch_id", name=op.f("batch_prints_key")),
    )
    op.create_table(
        "addresses",
        sa.Column("id", sa.String(16), nullable=False),
        sa.Column("order_id", sa.String(16), nullable=False),
        sa.Column("sealed", sa.String(2000), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["order_id"], ["orders.id"], name=op.f("addresses_order_id_is_of_orders")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("addresses_key")),
    )
    op.create_index(op.f("addresses_by_order_id"), "addresses", ["order_id"])
    op.create_table(
        "print_orders",
        sa.Column("id", sa.String(16), nullable=False),
        sa.Column("order_id", sa.String(16), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("lines", sa.JSON(), nullable=False),
        sa.Column("delivery", sa.String(40), nullable=False),
        sa.Column("address_sealed", sa.String(2000), nullable=False),
        sa.Column("pickup", sa.String(200), nullable=False),
        sa.Column("price_fen", sa.Integer(), nullable=False),
        sa.Column("shipping_fen", sa.Integer(), nullable=False),
        sa.Column("payment_reference", sa.String(32), nullable=False),
        sa.Column("carrier", sa.String(40), nullable=False),
        sa.Column("tracking", sa.String(40), nullable=False),
        sa.Column("reason", sa.String(200), nullable=False),
        sa.Column("repeats", sa.String(16), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("changed_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["order_id"], ["orders.id"], name=op.f("print_orders_order_id_is_of_orders")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("print_orders_key")),
    )
    op.create_index(op.f("print_orders_by_order_id"), "print_orders", ["order_id"])
    op.create_index("print_orders_queue", "print_orders", ["state", "changed_at", "id"])
    # Not by a foreign key: SQLite would copy the whole table for one.
    op.add_column("payments", sa.Column("print_order_id", sa.String(16), nullable=True))
    op.create_index(op.f("payments_by_print_order_id"), "payments", ["print_order_id"])


def downgrade() -> None:
    """Remove them."""
    op.drop_index(op.f("payments_by_print_order_id"), table_name="payments")
    op.drop_column("payments", "print_order_id")
    for table in ("print_orders", "addresses", "batch_prints"):
        op.drop_table(table)
