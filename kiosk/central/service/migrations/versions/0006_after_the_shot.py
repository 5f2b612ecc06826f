"""Students' uploads and mail, money at providers, deliveries, versions on their way out."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_ONLY_GROWS = "the ledger only grows"


def upgrade() -> None:
    """Make the tables."""
    _students()
    _money()
    op.create_table(
        "exports",
        _text("id", 16),
        _number("batch_id"),
        _moment("created_at"),
        _text("created_by", 60),
        sa.Column("rows", sa.JSON(), nullable=False),
        _moment("confirmed_at", nullable=True),
        _text("confirmed_by", 60),
        _of("exports", "batch_id", "batches.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("exports_key")),
    )
    op.create_index(op.f("exports_by_batch_id"), "exports", ["batch_id"])
    op.create_table(
        "proofs",
        _text("order_id", 16),
        _text("result", 40),
        _text("detail", 200),
        _moment("at"),
        _text("imported_by", 60),
        _of("proofs", "order_id", "orders.id"),
        sa.PrimaryKeyConstraint("order_id", name=op.f("proofs_key")),
    )
    op.create_table(
        "rollouts",
        _number("id"),
        _text("version", 40),
        sa.Column("stages", sa.JSON(), nullable=False),
        _number("stage"),
        _text("halted", 300),
        sa.Column("is_finished", sa.Boolean(), nullable=False),
        _moment("created_at"),
        _text("created_by", 60),
        sa.PrimaryKeyConstraint("id", name=op.f("rollouts_key")),
        sa.UniqueConstraint("version", name=op.f("rollouts_version_unique")),
    )
    op.create_table(
        "booth_releases",
        _number("booth_id"),
        _text("committed", 40),
        _text("on_trial", 40),
        sa.Column("refused", sa.JSON(), nullable=False),
        _text("offered", 40),
        _moment("told_at"),
        _of("booth_releases", "booth_id", "booths.id"),
        sa.PrimaryKeyConstraint("booth_id", name=op.f("booth_releases_key")),
    )


def downgrade() -> None:
    """Remove them."""
    for table in (
        "booth_releases", "rollouts", "proofs", "exports",
        "ledger", "refunds", "provider_payments", "phone_uploads", "contacts",
    ):  # fmt: skip
        op.drop_table(table)
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION ledger_only_grows()")


def _students() -> None:
    op.create_table(
        "contacts",
        _text("order_id", 16),
        _text("email", 254),
        _text("language", 2),
        _moment("created_at"),
        _of("contacts", "order_id", "orders.id"),
        sa.PrimaryKeyConstraint("order_id", name=op.f("contacts_key")),
    )
    op.create_table(
        "phone_uploads",
        _text("id", 16),
        _text("order_id", 16),
        _text("original_sha256", 64),
        _number("original_bytes"),
        _text("consent_version", 40),
        _moment("shot_at"),
        _moment("received_at"),
        _text("state", 40),
        sa.Column("findings", sa.JSON(), nullable=False),
        _number("photo_version", nullable=True),
        _moment("done_at", nullable=True),
        _of("phone_uploads", "order_id", "orders.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("phone_uploads_key")),
    )
    op.create_index("phone_uploads_of", "phone_uploads", ["order_id", "received_at"])
    op.create_index(op.f("phone_uploads_by_original_sha256"), "phone_uploads", ["original_sha256"])


def _money() -> None:
    op.create_table(
        "provider_payments",
        _text("reference", 32),
        _text("qr_text", 500),
        _text("transaction", 64),
        _moment("expires_at"),
        _moment("asked_at"),
        _of("provider_payments", "reference", "payments.reference"),
        sa.PrimaryKeyConstraint("reference", name=op.f("provider_payments_key")),
    )
    op.create_table(
        "refunds",
        _text("number", 32),
        _text("reference", 32),
        _number("amount_fen"),
        _text("reason", 80),
        _text("state", 40),
        _moment("requested_at"),
        _moment("done_at", nullable=True),
        _text("error", 200),
        _of("refunds", "reference", "payments.reference"),
        sa.PrimaryKeyConstraint("number", name=op.f("refunds_key")),
    )
    op.create_index(op.f("refunds_by_reference"), "refunds", ["reference"])
    op.create_index(op.f("refunds_by_state"), "refunds", ["state"])
    op.create_table(
        "ledger",
        _text("posting", 48),
        _text("account", 40),
        _number("amount_fen"),
        _text("reference", 32),
        _moment("at"),
        sa.PrimaryKeyConstraint("posting", "account", name=op.f("ledger_key")),
    )
    op.create_index("ledger_by_day", "ledger", ["at", "account"])
    op.create_index(op.f("ledger_by_reference"), "ledger", ["reference"])
    if op.get_bind().dialect.name == "sqlite":
        for change in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER ledger_no_{change.lower()} BEFORE {change} ON ledger "
                f"BEGIN SELECT RAISE(ABORT, '{_ONLY_GROWS}'); END"
            )
    elif op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE FUNCTION ledger_only_grows() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN RAISE EXCEPTION '{_ONLY_GROWS}'; END $$"
        )
        op.execute(
            "CREATE TRIGGER ledger_no_change BEFORE UPDATE OR DELETE ON ledger "
            "FOR EACH ROW EXECUTE FUNCTION ledger_only_grows()"
        )


def _text(name: str, length: int) -> sa.Column[Any]:
    return sa.Column(name, sa.String(length), nullable=False)


def _number(name: str, *, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.Integer(), nullable=nullable)


def _moment(name: str, *, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.DateTime(), nullable=nullable)


def _of(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"{table}_{column}_is_of_{other.partition('.')[0]}")
    return sa.ForeignKeyConstraint([column], [other], name=name)
