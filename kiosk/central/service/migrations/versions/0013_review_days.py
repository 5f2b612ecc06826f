"""Reviewers' figures by day, and indices for the list of batches."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

_NUMBERS = ("decided", "approved", "undone", "seen_twice", "differing")
_STEPS = 26
# Between steps of a tenth of a decade: 1.12, 1.41, 1.78 … seconds.
_BOUNDS = [10 ** ((step + 0.5) / 10) for step in range(_STEPS - 1)]


def upgrade() -> None:
    """Add them, and count once."""
    names = (*_NUMBERS, *(f"spent_{step}" for step in range(_STEPS)))
    op.create_table(
        "review_days",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=False, server_default="0") for name in names),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["staff.id"], name=op.f("review_days_staff_id_is_of_staff")
        ),
        sa.PrimaryKeyConstraint("day", "staff_id", name=op.f("review_days_key")),
    )
    op.execute(_count())
    op.create_index("review_days_of", "review_days", ["staff_id", "day"])
    op.create_index(op.f("order_counts_by_batch_id"), "order_counts", ["batch_id"])
    op.create_index(op.f("batches_by_created_at"), "batches", ["created_at"])


def downgrade() -> None:
    """Remove them."""
    op.drop_index(op.f("batches_by_created_at"), "batches")
    op.drop_index(op.f("order_counts_by_batch_id"), "order_counts")
    op.drop_table("review_days")


def _count() -> str:
    standing = "undone_at IS NULL"
    sums = {
        "decided": _sum(f"is_decision AND {standing}"),
        "approved": _sum(f"is_decision AND {standing} AND is_approved"),
        "undone": _sum("is_decision AND undone_at IS NOT NULL"),
        "seen_twice": _sum("NOT is_decision"),
        "differing": _sum("NOT is_decision AND is_approved <> second_approved"),
    }
    for step in range(_STEPS):
        within = [f"spent_s >= {_BOUNDS[step - 1]!r}"] if step else []
        within += [f"spent_s < {_BOUNDS[step]!r}"] if step < _STEPS - 1 else []
        sums[f"spent_{step}"] = _sum(" AND ".join([standing, *within]))
    return (
        f"INSERT INTO review_days (staff_id, day, {', '.join(sums)}) "  # noqa: S608 - all ours
        f"SELECT staff_id, {_day()}, {', '.join(sums.values())} FROM ("
        "SELECT staff_id, at, TRUE AS is_decision, is_approved, NULL AS second_approved, "
        "undone_at, spent_s FROM decisions WHERE NOT is_second_look UNION ALL "
        "SELECT first_by, done_at, FALSE, first_approved, second_approved, NULL, NULL "
        "FROM second_looks WHERE done_at IS NOT NULL) AS both_kinds GROUP BY 1, 2"
    )


def _sum(condition: str) -> str:
    return f"sum(CASE WHEN {condition} THEN 1 ELSE 0 END)"


def _day() -> str:
    """Return the day in China, eight hours ahead of what is stored."""
    if op.get_bind().dialect.name == "sqlite":
        return "date(at, '+8 hours')"
    return "CAST(at + INTERVAL '8 hours' AS date)"
