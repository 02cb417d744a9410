"""Who has an incident in hand, undone decisions, the words of incidents, saved views and watch topics."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from screening.schema import Moment, Words
from screening.store_wording import write_all

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_LIVE = sa.text("ended_at IS NULL")
_COUNTED = ["is_open", "area", "severity", "merged_into", "issue", "place_code", "status", "id"]


def upgrade() -> None:
    op.create_table(
        "retraction",
        sa.Column("id", _NUMBER, autoincrement=True, nullable=False),
        sa.Column("review_id", _NUMBER, nullable=False),
        sa.Column("account_id", _NUMBER, nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(
            ["review_id"], ["review.id"], name=op.f("fk_retraction_review_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_retraction_account_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_retraction")),
        sa.UniqueConstraint("review_id", name=op.f("uq_retraction_review_id")),
    )
    op.create_table(
        "holding",
        sa.Column("id", _NUMBER, autoincrement=True, nullable=False),
        sa.Column("incident_id", _NUMBER, nullable=False),
        sa.Column("account_id", _NUMBER, nullable=False),
        sa.Column("since", Moment(), nullable=False),
        sa.Column("until", Moment(), nullable=False),
        sa.Column("ended_at", Moment(), nullable=True),
        sa.Column("why", sa.String(length=16), nullable=True),
        sa.CheckConstraint(
            "why IN ('dilepas', 'habis', 'diputus', 'diambil_alih')", name=op.f("ck_holding_why")
        ),
        sa.CheckConstraint("(ended_at IS NULL) = (why IS NULL)", name=op.f("ck_holding_ended")),
        sa.ForeignKeyConstraint(
            ["incident_id"], ["incident.id"], name=op.f("fk_holding_incident_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_holding_account_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_holding")),
    )
    op.create_index(op.f("ix_holding_incident_id"), "holding", ["incident_id"], unique=False)
    op.create_index(
        "uq_holding_live",
        "holding",
        ["incident_id"],
        unique=True,
        sqlite_where=_LIVE,
        postgresql_where=_LIVE,
    )
    op.create_table(
        "wording",
        sa.Column("incident_id", _NUMBER, autoincrement=False, nullable=False),
        sa.Column("words", Words(), nullable=False),
        sa.ForeignKeyConstraint(
            ["incident_id"], ["incident.id"], name=op.f("fk_wording_incident_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("incident_id", name=op.f("pk_wording")),
    )
    op.create_table(
        "saved_view",
        sa.Column("id", _NUMBER, autoincrement=True, nullable=False),
        sa.Column("account_id", _NUMBER, nullable=False),
        sa.Column("title", Words(), nullable=False),
        sa.Column("query", Words(), nullable=False),
        sa.Column("added_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_saved_view_account_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_view")),
        sa.UniqueConstraint("account_id", "title", name=op.f("uq_saved_view_account_id_title")),
    )
    op.create_table(
        "watch_topic",
        sa.Column("id", _NUMBER, autoincrement=True, nullable=False),
        sa.Column("title", Words(), nullable=False),
        sa.Column("words", Words(), nullable=False),
        sa.Column("account_id", _NUMBER, nullable=False),
        sa.Column("added_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_watch_topic_account_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_watch_topic")),
        sa.UniqueConstraint("title", name=op.f("uq_watch_topic_title")),
    )
    op.create_index("ix_incident_counts", "incident", _COUNTED, unique=False)
    op.create_index("ix_incident_detected_at", "incident", ["detected_at", "is_open", "area"], unique=False)
    write_all(op.get_bind())


def downgrade() -> None:
    op.drop_index("ix_incident_detected_at", table_name="incident")
    op.drop_index("ix_incident_counts", table_name="incident")
    for table in ("watch_topic", "saved_view", "wording", "holding", "retraction"):
        op.drop_table(table)
