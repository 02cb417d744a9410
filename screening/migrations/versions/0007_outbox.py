"""Mailboxes of offices, and what is owed and sent to them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from screening.schema import Moment, Words

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "recipient",
        sa.Column("id", _NUMBER, autoincrement=True, nullable=False),
        sa.Column("office", sa.String(length=16), nullable=False),
        sa.Column("mailbox", Words(), nullable=False),
        sa.Column("digest", sa.Boolean(), nullable=False),
        sa.Column("urgent", sa.Boolean(), nullable=False),
        sa.Column("added_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recipient")),
        sa.UniqueConstraint("office", "mailbox", name=op.f("uq_recipient_office_mailbox")),
    )
    op.create_table(
        "outbox",
        sa.Column("id", _NUMBER, autoincrement=True, nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("office", sa.String(length=16), nullable=False),
        sa.Column("mailbox", Words(), nullable=False),
        sa.Column("occasion", sa.String(length=64), nullable=False),
        sa.Column("since", Moment(), nullable=True),
        sa.Column("until", Moment(), nullable=True),
        sa.Column("incident_id", _NUMBER, nullable=True),
        sa.Column("level", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("next_try_at", Moment(), nullable=False),
        sa.Column("last_error", Words(), nullable=False),
        sa.Column("sent_at", Moment(), nullable=True),
        sa.Column("message_id", Words(), nullable=False),
        sa.Column("subject", Words(), nullable=False),
        sa.Column("text", Words(), nullable=False),
        sa.Column("attachment", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint("kind IN ('digest', 'urgent')", name=op.f("ck_outbox_kind")),
        sa.CheckConstraint(
            "state IN ('menunggu', 'terkirim', 'batal', 'gagal')", name=op.f("ck_outbox_state")
        ),
        sa.ForeignKeyConstraint(
            ["incident_id"], ["incident.id"], name=op.f("fk_outbox_incident_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
        sa.UniqueConstraint(
            "kind",
            "office",
            "occasion",
            "mailbox",
            name=op.f("uq_outbox_kind_office_occasion_mailbox"),
        ),
    )
    op.create_index("ix_outbox_state_next_try_at", "outbox", ["state", "next_try_at"], unique=False)
    op.create_index("ix_outbox_incident_id", "outbox", ["incident_id"], unique=False)
    op.create_index("ix_outbox_until", "outbox", ["until"], unique=False)
    op.create_index("ix_outbox_created_at", "outbox", ["created_at"], unique=False)


def downgrade() -> None:
    op.drop_table("outbox")
    op.drop_table("recipient")
