"""Orders, photos, payments, receipts, booths, staff, and the audit log that only grows."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "batches",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(8), nullable=False),
        sa.Column("code_key", sa.String(8), nullable=False),
        sa.Column("school", sa.String(200), nullable=False),
        sa.Column("title", sa.String(200), nullable=False),
        sa.Column("standard", sa.String(40), nullable=False),
        sa.Column("background", sa.String(10), nullable=False),
        sa.Column("glasses", sa.String(20), nullable=False),
        sa.Column("bracket_policy", sa.String(10), nullable=False),
        sa.Column("fee_fen", sa.Integer(), nullable=False),
        sa.Column("payment_methods", sa.JSON(), nullable=False),
        sa.Column("min_bytes", sa.Integer(), nullable=True),
        sa.Column("max_bytes", sa.Integer(), nullable=True),
        sa.Column("takes", sa.Integer(), nullable=False),
        sa.Column("opens_at", sa.DateTime(), nullable=True),
        sa.Column("closes_at", sa.DateTime(), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("batches_key")),
        sa.UniqueConstraint("code_key", name=op.f("batches_code_key_unique")),
    )
    op.create_table(
        "booths",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(40), nullable=False),
        sa.Column("token_hash", sa.String(64), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("revoked_at", sa.DateTime(), nullable=True),
        sa.Column("seen_at", sa.DateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("booths_key")),
        sa.UniqueConstraint("name", name=op.f("booths_name_unique")),
        sa.UniqueConstraint("token_hash", name=op.f("booths_token_hash_unique")),
    )
    op.create_table(
        "login_failures",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("subject", sa.String(100), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("login_failures_key")),
    )
    op.create_index(op.f("login_failures_by_at"), "login_failures", ["at"], unique=False)
    op.create_index(op.f("login_failures_by_subject"), "login_failures", ["subject"], unique=False)
    op.create_table(
        "staff",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(40), nullable=False),
        sa.Column("password_hash", sa.String(200), nullable=False),
        sa.Column("role", sa.String(40), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("staff_key")),
        sa.UniqueConstraint("name", name=op.f("staff_name_unique")),
    )
    op.create_table(
        "orders",
        sa.Column("id", sa.String(16), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.Column("code_hash", sa.String(64), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("masked_name", sa.String(100), nullable=False),
        sa.Column("masked_number", sa.String(100), nullable=False),
        sa.Column("last_four", sa.String(8), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("pending_since", sa.DateTime(), nullable=False),
        sa.Column("leased_by", sa.Integer(), nullable=True),
        sa.Column("leased_until", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["batches.id"], name=op.f("orders_batch_id_is_of_batches")
        ),
        sa.ForeignKeyConstraint(
            ["leased_by"], ["staff.id"], name=op.f("orders_leased_by_is_of_staff")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("orders_key")),
        sa.UniqueConstraint("batch_id", "code_hash", name=op.f("orders_batch_id_code_hash_unique")),
    )
    op.create_index("orders_queue", "orders", ["state", "pending_since", "id"], unique=False)
    op.create_table(
        "payments",
        sa.Column("reference", sa.String(32), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.Column("booth_id", sa.Integer(), nullable=False),
        sa.Column("code_hash", sa.String(64), nullable=False),
        sa.Column("method", sa.String(40), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("amount_fen", sa.Integer(), nullable=False),
        sa.Column("vouched_by", sa.String(100), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("settled_at", sa.DateTime(), nullable=True),
        sa.Column("closed_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["batches.id"], name=op.f("payments_batch_id_is_of_batches")
        ),
        sa.ForeignKeyConstraint(
            ["booth_id"], ["booths.id"], name=op.f("payments_booth_id_is_of_booths")
        ),
        sa.PrimaryKeyConstraint("reference", name=op.f("payments_key")),
    )
    op.create_table(
        "events",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("actor", sa.String(100), nullable=False),
        sa.Column("action", sa.String(40), nullable=False),
        sa.Column("order_id", sa.String(16), nullable=True),
        sa.Column("state_before", sa.String(40), nullable=True),
        sa.Column("state_after", sa.String(40), nullable=True),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["order_id"], ["orders.id"], name=op.f("events_order_id_is_of_orders")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("events_key")),
    )
    op.create_index(op.f("events_by_order_id"), "events", ["order_id"], unique=False)
    op.create_table(
        "photos",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("order_id", sa.String(16), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("photo_sha256", sa.String(64), nullable=False),
        sa.Column("photo_bytes", sa.Integer(), nullable=False),
        sa.Column("original_sha256", sa.String(64), nullable=False),
        sa.Column("original_bytes", sa.Integer(), nullable=False),
        sa.Column("original_media_type", sa.String(40), nullable=False),
        sa.Column("booth_id", sa.Integer(), nullable=False),
        sa.Column("decoder", sa.String(40), nullable=False),
        sa.Column("shot_at", sa.DateTime(), nullable=False),
        sa.Column("received_at", sa.DateTime(), nullable=False),
        sa.Column("consent_version", sa.String(40), nullable=False),
        sa.Column("consent_at", sa.DateTime(), nullable=False),
        sa.Column("payment_reference", sa.String(32), nullable=False),
        sa.Column("staff_passed", sa.Boolean(), nullable=False),
        sa.Column("receipt_number", sa.String(40), nullable=False),
        sa.Column("report", sa.JSON(), nullable=False),
        sa.Column("signature", sa.String(128), nullable=False),
        sa.Column("signature_valid", sa.Boolean(), nullable=True),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["booth_id"], ["booths.id"], name=op.f("photos_booth_id_is_of_booths")
        ),
        sa.ForeignKeyConstraint(
            ["order_id"], ["orders.id"], name=op.f("photos_order_id_is_of_orders")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("photos_key")),
        sa.UniqueConstraint("order_id", "version", name=op.f("photos_order_id_version_unique")),
        sa.UniqueConstraint("photo_sha256", name=op.f("photos_photo_sha256_unique")),
    )
    op.create_table(
        "receipts",
        sa.Column("token_hash", sa.String(64), nullable=False),
        sa.Column("order_id", sa.String(16), nullable=False),
        sa.Column("expires_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["order_id"], ["orders.id"], name=op.f("receipts_order_id_is_of_orders")
        ),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("receipts_key")),
    )
    op.create_index(op.f("receipts_by_order_id"), "receipts", ["order_id"], unique=False)
    _protect_events()


def downgrade() -> None:
    """Remove them."""
    _unprotect_events()
    op.drop_index(op.f("receipts_by_order_id"), table_name="receipts")
    op.drop_table("receipts")
    op.drop_table("photos")
    op.drop_index(op.f("events_by_order_id"), table_name="events")
    op.drop_table("events")
    op.drop_table("payments")
    op.drop_index("orders_queue", table_name="orders")
    op.drop_table("orders")
    op.drop_table("staff")
    op.drop_index(op.f("login_failures_by_subject"), table_name="login_failures")
    op.drop_index(op.f("login_failures_by_at"), table_name="login_failures")
    op.drop_table("login_failures")
    op.drop_table("booths")
    op.drop_table("batches")


def _protect_events() -> None:
    """Let the database itself refuse to change or remove a line of the audit log."""
    if op.get_bind().dialect.name == "sqlite":
        for change in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER events_no_{change.lower()} BEFORE {change} ON events "
                "BEGIN SELECT RAISE(ABORT, 'the audit log only grows'); END"
            )
    elif op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE FUNCTION events_only_grow() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION 'the audit log only grows'; END $$"
        )
        op.execute(
            "CREATE TRIGGER events_no_change BEFORE UPDATE OR DELETE ON events "
            "FOR EACH ROW EXECUTE FUNCTION events_only_grow()"
        )


def _unprotect_events() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for change in ("update", "delete"):
            op.execute(f"DROP TRIGGER events_no_{change}")
    elif op.get_bind().dialect.name == "postgresql":
        op.execute("DROP TRIGGER events_no_change ON events")
        op.execute("DROP FUNCTION events_only_grow")
