"""When an item's raw words went, holds that keep them, and requests about what is kept.

Revision ID: 0015
Revises: 0014
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from screening.schema import Moment, Words

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column("item", sa.Column("pruned_at", Moment(), nullable=True))
    op.create_index("ix_item_pruned_at_first_seen", "item", ["pruned_at", "first_seen"], unique=False)
    op.create_table(
        "legal_hold",
        sa.Column("id", _NUMBER, autoincrement=True, nullable=False),
        sa.Column("incident_id", _NUMBER, nullable=False),
        sa.Column("reason", Words(), nullable=False),
        sa.Column("placed_by", _NUMBER, nullable=False),
        sa.Column("placed_at", Moment(), nullable=False),
        sa.Column("lifted_by", _NUMBER, nullable=True),
        sa.Column("lifted_at", Moment(), nullable=True),
        sa.Column("lift_reason", Words(), nullable=False),
        sa.ForeignKeyConstraint(
            ["incident_id"], ["incident.id"], name=op.f("fk_legal_hold_incident_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["placed_by"], ["account.id"], name=op.f("fk_legal_hold_placed_by"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["lifted_by"], ["account.id"], name=op.f("fk_legal_hold_lifted_by"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_legal_hold")),
    )
    op.create_index("ix_legal_hold_incident_id", "legal_hold", ["incident_id"], unique=False)
    op.create_table(
        "privacy_request",
        sa.Column("id", _NUMBER, autoincrement=True, nullable=False),
        sa.Column("reference", sa.String(length=16), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("received_at", Moment(), nullable=False),
        sa.Column("due_at", Moment(), nullable=False),
        sa.Column("concern", Words(), nullable=False),
        sa.Column("link", Words(), nullable=False),
        sa.Column("incident_id", _NUMBER, nullable=True),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("answer", Words(), nullable=False),
        sa.Column("basis", Words(), nullable=False),
        sa.Column("answered_at", Moment(), nullable=True),
        sa.Column("account_id", _NUMBER, nullable=True),
        sa.CheckConstraint(
            "kind IN ('koreksi', 'akses', 'hapus', 'hak_jawab')", name=op.f("ck_privacy_request_kind")
        ),
        sa.CheckConstraint(
            "state IN ('diterima', 'diproses', 'dijawab', 'ditolak')", name=op.f("ck_privacy_request_state")
        ),
        sa.CheckConstraint(
            "(state IN ('dijawab', 'ditolak')) = (answered_at IS NOT NULL)",
            name=op.f("ck_privacy_request_answered"),
        ),
        sa.ForeignKeyConstraint(
            ["incident_id"], ["incident.id"], name=op.f("fk_privacy_request_incident_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_privacy_request_account_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_privacy_request")),
        sa.UniqueConstraint("reference", name=op.f("uq_privacy_request_reference")),
    )
    op.create_index("ix_privacy_request_incident_id", "privacy_request", ["incident_id"], unique=False)
    op.create_index("ix_privacy_request_state_due_at", "privacy_request", ["state", "due_at"], unique=False)


def downgrade() -> None:
    op.drop_table("privacy_request")
    op.drop_table("legal_hold")
    op.drop_index("ix_item_pruned_at_first_seen", table_name="item")
    op.drop_column("item", "pruned_at")
