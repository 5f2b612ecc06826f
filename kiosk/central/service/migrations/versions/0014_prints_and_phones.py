"""Orders of prints by batch; payments made on the phone that shows the page."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add them."""
    op.add_column(
        "print_orders", sa.Column("batch_id", sa.Integer(), server_default="0", nullable=False)
    )
    op.execute(
        "UPDATE print_orders SET batch_id ="
        " (SELECT orders.batch_id FROM orders WHERE orders.id = print_orders.order_id)"
    )
    op.create_index(
        "print_orders_queue_of_batch", "print_orders", ["batch_id", "state", "changed_at", "id"]
    )
    op.add_column(
        "provider_payments",
        sa.Column("phone_url", sa.String(4000), server_default="", nullable=False),
    )


def downgrade() -> None:
    """Remove them."""
    op.drop_column("provider_payments", "phone_url")
    op.drop_index("print_orders_queue_of_batch", table_name="print_orders")
    op.drop_column("print_orders", "batch_id")
