"""Laporan Informasi and Laporan Atensi: papers, their versions, and what became of them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from screening.schema import Moment, Words

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "memo",
        sa.Column("id", _NUMBER, autoincrement=True, nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("incident_id", _NUMBER, nullable=False),
        sa.Column("office", sa.String(length=16), nullable=False),
        sa.Column("number", Words(), nullable=False),
        sa.Column("classification", sa.String(length=16), nullable=False),
        sa.Column("subject", Words(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("created_by", _NUMBER, nullable=False),
        sa.Column("sent_at", Moment(), nullable=True),
        sa.Column("sent_by", _NUMBER, nullable=True),
        sa.CheckConstraint("kind IN ('LI', 'LA')", name=op.f("ck_memo_kind")),
        sa.CheckConstraint("state IN ('draf', 'terkirim', 'dicabut')", name=op.f("ck_memo_state")),
        sa.CheckConstraint(
            "classification IN ('BIASA', 'TERBATAS', 'RAHASIA')", name=op.f("ck_memo_classification")
        ),
        sa.ForeignKeyConstraint(
            ["incident_id"], ["incident.id"], name=op.f("fk_memo_incident_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["created_by"], ["account.id"], name=op.f("fk_memo_created_by"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["sent_by"], ["account.id"], name=op.f("fk_memo_sent_by"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_memo")),
    )
    op.create_index("ix_memo_incident_id", "memo", ["incident_id"], unique=False)
    op.create_index("ix_memo_state_id", "memo", ["state", "id"], unique=False)
    op.create_index("ix_memo_sent_at", "memo", ["sent_at"], unique=False)
    op.create_table(
        "memo_version",
        sa.Column("id", _NUMBER, autoincrement=True, nullable=False),
        sa.Column("memo_id", _NUMBER, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("fields", Words(), nullable=False),
        sa.Column("findings", Words(), nullable=False),
        sa.Column("account_id", _NUMBER, nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(
            ["memo_id"], ["memo.id"], name=op.f("fk_memo_version_memo_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_memo_version_account_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_memo_version")),
        sa.UniqueConstraint("memo_id", "version", name=op.f("uq_memo_version_memo_id_version")),
    )
    op.create_table(
        "memo_step",
        sa.Column("id", _NUMBER, autoincrement=True, nullable=False),
        sa.Column("memo_id", _NUMBER, nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("recorded_at", Moment(), nullable=False),
        sa.Column("institutions", Words(), nullable=False),
        sa.Column("words", Words(), nullable=False),
        sa.Column("account_id", _NUMBER, nullable=False),
        sa.CheckConstraint(
            "kind IN ('terkirim', 'diralat', 'dicabut', 'tanggapan')", name=op.f("ck_memo_step_kind")
        ),
        sa.ForeignKeyConstraint(
            ["memo_id"], ["memo.id"], name=op.f("fk_memo_step_memo_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_memo_step_account_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_memo_step")),
    )
    op.create_index("ix_memo_step_memo_id", "memo_step", ["memo_id"], unique=False)


def downgrade() -> None:
    op.drop_table("memo_step")
    op.drop_table("memo_version")
    op.drop_table("memo")
