"""Notes, confirmation grades and follow-ups of incidents.

Revision ID: 0010
Revises: 0009
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

from screening.schema import Moment, Words

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_STATES = "state IN ('direncanakan', 'berjalan', 'selesai', 'batal')"


def upgrade() -> None:
    op.create_index("ix_incident_merged_into", "incident", ["merged_into"], unique=False)
    op.create_table(
        "note",
        sa.Column("id", _NUMBER, autoincrement=True, nullable=False),
        sa.Column("incident_id", _NUMBER, nullable=False),
        sa.Column("text", Words(), nullable=False),
        sa.Column("account_id", _NUMBER, nullable=False),
        sa.Column("at", Moment(), nullable=False),
        _to("note", "incident"),
        _to("note", "account"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_note")),
    )
    op.create_index("ix_note_incident_id", "note", ["incident_id"], unique=False)
    op.create_table(
        "grade",
        sa.Column("id", _NUMBER, autoincrement=True, nullable=False),
        sa.Column("incident_id", _NUMBER, nullable=False),
        sa.Column("letter", sa.String(length=16), nullable=True),
        sa.Column("information", sa.Integer(), nullable=True),
        sa.Column("channel", sa.String(length=16), nullable=False),
        sa.Column("obtained", Words(), nullable=False),
        sa.Column("obtained_at", Moment(), nullable=True),
        sa.Column("machine", sa.String(length=16), nullable=False),
        sa.Column("account_id", _NUMBER, nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.CheckConstraint("letter IN ('A', 'B', 'C', 'D', 'E', 'F')", name=op.f("ck_grade_letter")),
        sa.CheckConstraint("information BETWEEN 1 AND 6", name=op.f("ck_grade_information")),
        sa.CheckConstraint(
            "information <> 1 OR (channel <> '' AND obtained <> '' AND obtained_at IS NOT NULL)",
            name=op.f("ck_grade_confirmed"),
        ),
        _to("grade", "incident"),
        _to("grade", "account"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_grade")),
    )
    op.create_index("ix_grade_incident_id", "grade", ["incident_id"], unique=False)
    op.create_table(
        "follow_up",
        sa.Column("id", _NUMBER, autoincrement=True, nullable=False),
        sa.Column("incident_id", _NUMBER, nullable=False),
        sa.Column("what", Words(), nullable=False),
        sa.Column("owner", Words(), nullable=False),
        sa.Column("due_at", Moment(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("responded_at", Moment(), nullable=True),
        sa.Column("account_id", _NUMBER, nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.CheckConstraint(_STATES, name=op.f("ck_follow_up_state")),
        _to("follow_up", "incident"),
        _to("follow_up", "account"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_follow_up")),
    )
    op.create_index("ix_follow_up_incident_id", "follow_up", ["incident_id"], unique=False)
    op.create_index("ix_follow_up_state_due_at", "follow_up", ["state", "due_at"], unique=False)
    op.create_table(
        "follow_up_step",
        sa.Column("id", _NUMBER, autoincrement=True, nullable=False),
        sa.Column("follow_up_id", _NUMBER, nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("outcome", Words(), nullable=False),
        sa.Column("responded", sa.Boolean(), nullable=False),
        sa.Column("due_at", Moment(), nullable=True),
        sa.Column("account_id", _NUMBER, nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.CheckConstraint(_STATES, name=op.f("ck_follow_up_step_state")),
        _to("follow_up_step", "follow_up"),
        _to("follow_up_step", "account"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_follow_up_step")),
    )
    op.create_index("ix_follow_up_step_follow_up_id", "follow_up_step", ["follow_up_id"], unique=False)


def downgrade() -> None:
    for table in ("follow_up_step", "follow_up", "grade", "note"):
        op.drop_table(table)
    op.drop_index("ix_incident_merged_into", table_name="incident")


def _to(table: str, other: str) -> Any:
    column = f"{other}_id"
    name = op.f(f"fk_{table}_{column}")
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=name, ondelete="RESTRICT")
