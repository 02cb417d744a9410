"""Second readings, what a third person decided, weekly samples, incidents learnt of from elsewhere."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from screening.schema import Moment, Words

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_CODE = sa.String(length=16)
_REASON = sa.String(length=32).with_variant(sa.String(length=16), "sqlite")


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        # Two reasons are longer than 16 characters, which only PostgreSQL minds.
        op.alter_column("review", "reason", type_=sa.String(length=32))
    op.create_table(
        "second_reading",
        sa.Column("id", _NUMBER, autoincrement=True, nullable=False),
        sa.Column("incident_id", _NUMBER, nullable=False),
        sa.Column("first_review_id", _NUMBER, nullable=False),
        sa.Column("first_issue", _CODE, nullable=True),
        sa.Column("first_form", _CODE, nullable=True),
        sa.Column("first_severity", sa.Integer(), nullable=True),
        sa.Column("first_place", _CODE, nullable=True),
        sa.Column("chosen_at", Moment(), nullable=False),
        sa.Column("state", _CODE, nullable=False),
        sa.Column("reader_id", _NUMBER, nullable=True),
        sa.Column("given_at", Moment(), nullable=True),
        sa.Column("decision", _CODE, nullable=True),
        sa.Column("reason", _REASON, nullable=True),
        sa.Column("issue", _CODE, nullable=True),
        sa.Column("form", _CODE, nullable=True),
        sa.Column("severity", sa.Integer(), nullable=True),
        sa.Column("place_code", _CODE, nullable=True),
        sa.Column("note", Words(), nullable=False),
        sa.Column("seen_before", sa.Boolean(), nullable=False),
        sa.Column("differs", sa.Boolean(), nullable=False),
        sa.Column("answered_at", Moment(), nullable=True),
        sa.CheckConstraint("state IN ('menunggu', 'dijawab', 'batal')", name=op.f("ck_second_reading_state")),
        sa.CheckConstraint(
            "decision IN ('terima', 'tolak', 'ragu')", name=op.f("ck_second_reading_decision")
        ),
        sa.CheckConstraint(
            "(state = 'dijawab') = (decision IS NOT NULL) AND (decision IS NULL) = (answered_at IS NULL)",
            name=op.f("ck_second_reading_answered"),
        ),
        sa.CheckConstraint(
            "form <> 'F2' OR severity IS NULL OR severity <= 1", name=op.f("ck_second_reading_peaceful")
        ),
        _to("second_reading", "incident_id", "incident"),
        _to("second_reading", "first_review_id", "review"),
        _to("second_reading", "reader_id", "account"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_second_reading")),
        sa.UniqueConstraint("incident_id", name=op.f("uq_second_reading_incident_id")),
    )
    op.create_index("ix_second_reading_answered_at", "second_reading", ["answered_at"], unique=False)
    op.create_index(
        "ix_second_reading_reader_id_state", "second_reading", ["reader_id", "state"], unique=False
    )
    op.create_index("ix_second_reading_state_differs", "second_reading", ["state", "differs"], unique=False)
    op.create_table(
        "adjudication",
        sa.Column("id", _NUMBER, autoincrement=True, nullable=False),
        sa.Column("reading_id", _NUMBER, nullable=False),
        sa.Column("review_id", _NUMBER, nullable=False),
        sa.Column("at", Moment(), nullable=False),
        _to("adjudication", "reading_id", "second_reading"),
        _to("adjudication", "review_id", "review"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_adjudication")),
        sa.UniqueConstraint("reading_id", name=op.f("uq_adjudication_reading_id")),
    )
    op.create_table(
        "sample_week",
        sa.Column("week", _CODE, nullable=False),
        sa.Column("drawn_at", Moment(), nullable=False),
        sa.Column("population", sa.Integer(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("week", name=op.f("pk_sample_week")),
    )
    op.create_table(
        "sample_item",
        sa.Column("id", _NUMBER, autoincrement=True, nullable=False),
        sa.Column("week", _CODE, nullable=False),
        sa.Column("item_id", _NUMBER, nullable=False),
        sa.Column("kind", _CODE, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("verdict", _CODE, nullable=True),
        sa.Column("account_id", _NUMBER, nullable=True),
        sa.Column("answered_at", Moment(), nullable=True),
        sa.Column("promoted", sa.Boolean(), nullable=False),
        sa.CheckConstraint("kind IN ('judul', 'ringkasan', 'teks')", name=op.f("ck_sample_item_kind")),
        sa.CheckConstraint("verdict IN ('ya', 'tidak', 'ragu', 'luar')", name=op.f("ck_sample_item_verdict")),
        sa.CheckConstraint("verdict = 'ya' OR NOT promoted", name=op.f("ck_sample_item_promoted")),
        sa.ForeignKeyConstraint(
            ["week"], ["sample_week.week"], name=op.f("fk_sample_item_week"), ondelete="RESTRICT"
        ),
        _to("sample_item", "item_id", "item"),
        _to("sample_item", "account_id", "account"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sample_item")),
        sa.UniqueConstraint("item_id", name=op.f("uq_sample_item_item_id")),
        sa.UniqueConstraint("week", "position", name=op.f("uq_sample_item_week_position")),
    )
    op.create_table(
        "learnt_elsewhere",
        sa.Column("id", _NUMBER, autoincrement=True, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("place_code", _CODE, nullable=False),
        sa.Column("issue", _CODE, nullable=False),
        sa.Column("teller", _CODE, nullable=False),
        sa.Column("incident_id", _NUMBER, nullable=True),
        sa.Column("account_id", _NUMBER, nullable=False),
        sa.Column("noted_at", Moment(), nullable=False),
        sa.Column("withdrawn_at", Moment(), nullable=True),
        sa.CheckConstraint(
            "teller IN ('kepolisian', 'tni', 'pemda', 'kecamatan_desa', 'forum', 'media', 'media_sosial', "
            "'lembaga_lain')",
            name=op.f("ck_learnt_elsewhere_teller"),
        ),
        _to("learnt_elsewhere", "incident_id", "incident"),
        _to("learnt_elsewhere", "account_id", "account"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_learnt_elsewhere")),
    )
    op.create_index("ix_learnt_elsewhere_day", "learnt_elsewhere", ["day"], unique=False)


def downgrade() -> None:
    for table in ("learnt_elsewhere", "sample_item", "sample_week", "adjudication", "second_reading"):
        op.drop_table(table)


def _to(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}")
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=name, ondelete="RESTRICT")
