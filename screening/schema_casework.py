"""The tables of casework, beside `schema.py` whose rules hold here too: no column is about a person.

All append-only; of a follow-up only what its newest step said is carried along.
"""

from __future__ import annotations

import sqlalchemy as sa

from screening.schema import Code, Moment, Words, metadata
from screening.schema import _id as own_id
from screening.schema import _to as to

note = sa.Table(
    "note",
    metadata,
    own_id(),
    to("incident", index=True),
    sa.Column("text", Words, nullable=False),
    to("account"),
    sa.Column("at", Moment, nullable=False),
)

grade = sa.Table(
    "grade",
    metadata,
    own_id(),
    to("incident", index=True),
    sa.Column("letter", Code),  # both null: the machine's grade stands again
    sa.Column("information", sa.Integer),
    sa.Column("channel", Code, nullable=False),  # kind of institution behind it; empty: media only
    sa.Column("obtained", Words, nullable=False),
    sa.Column("obtained_at", Moment),
    sa.Column("machine", Code, nullable=False),
    to("account"),
    sa.Column("at", Moment, nullable=False),
    sa.CheckConstraint("letter IN ('A', 'B', 'C', 'D', 'E', 'F')", name="letter"),
    sa.CheckConstraint("information BETWEEN 1 AND 6", name="information"),
    # Confirmed is what somebody outside the media said, never what many outlets repeat.
    sa.CheckConstraint(
        "information <> 1 OR (channel <> '' AND obtained <> '' AND obtained_at IS NOT NULL)", name="confirmed"
    ),
)

follow_up = sa.Table(
    "follow_up",
    metadata,
    own_id(),
    to("incident", index=True),
    sa.Column("what", Words, nullable=False),
    sa.Column("owner", Words, nullable=False),  # a unit or institution
    sa.Column("due_at", Moment, nullable=False),
    sa.Column("state", Code, nullable=False),
    sa.Column("responded_at", Moment),
    to("account"),
    sa.Column("at", Moment, nullable=False),
    sa.CheckConstraint("state IN ('direncanakan', 'berjalan', 'selesai', 'batal')", name="state"),
    sa.Index("ix_follow_up_state_due_at", "state", "due_at"),
)

follow_up_step = sa.Table(
    "follow_up_step",
    metadata,
    own_id(),
    to("follow_up", index=True),
    sa.Column("state", Code, nullable=False),
    sa.Column("outcome", Words, nullable=False),
    sa.Column("responded", sa.Boolean, nullable=False),
    sa.Column("due_at", Moment),  # a new time limit; null: as it was
    to("account"),
    sa.Column("at", Moment, nullable=False),
    sa.CheckConstraint("state IN ('direncanakan', 'berjalan', 'selesai', 'batal')", name="state"),
)
