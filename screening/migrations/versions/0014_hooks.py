"""Webhooks: hooks, their events, and the delivery of each event to each hook.

Revision ID: 0014
Revises: 0013
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

from screening.schema import Moment, Words

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "hook",
        sa.Column("id", _NUMBER, autoincrement=True, nullable=False),
        sa.Column("url", Words(), nullable=False),
        sa.Column("office", sa.String(length=16), nullable=False),
        sa.Column("kinds", Words(), nullable=False),
        sa.Column("secret", Words(), nullable=False),
        sa.Column("old_secret", Words(), nullable=False),
        sa.Column("old_until", Moment(), nullable=True),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("why", Words(), nullable=False),
        sa.Column("failing_since", Moment(), nullable=True),
        sa.Column("account_id", _NUMBER, nullable=True),
        sa.Column("at", Moment(), nullable=False),
        sa.CheckConstraint("state IN ('aktif', 'jeda', 'mati')", name=op.f("ck_hook_state")),
        _to("hook", "account"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hook")),
    )
    op.create_table(
        "hook_event",
        sa.Column("id", _NUMBER, autoincrement=True, nullable=False),
        sa.Column("message_id", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("incident_id", _NUMBER, nullable=True),
        sa.Column("seq", sa.Integer(), nullable=True),
        sa.Column("occasion", sa.String(length=64), nullable=True),
        sa.Column("offices", Words(), nullable=False),
        sa.Column("facts", Words(), nullable=False),
        sa.Column("body", Words(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.CheckConstraint("(incident_id IS NULL) = (seq IS NULL)", name=op.f("ck_hook_event_seq")),
        _to("hook_event", "incident"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hook_event")),
        sa.UniqueConstraint("incident_id", "seq", name=op.f("uq_hook_event_incident_id_seq")),
        sa.UniqueConstraint("message_id", name=op.f("uq_hook_event_message_id")),
        sa.UniqueConstraint("occasion", name=op.f("uq_hook_event_occasion")),
    )
    op.create_index("ix_hook_event_at", "hook_event", ["at"], unique=False)
    op.create_table(
        "hook_delivery",
        sa.Column("id", _NUMBER, autoincrement=True, nullable=False),
        sa.Column("hook_id", _NUMBER, nullable=False),
        sa.Column("event_id", _NUMBER, nullable=False),
        sa.Column("incident_id", _NUMBER, nullable=True),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("owed_at", Moment(), nullable=False),
        sa.Column("first_try_at", Moment(), nullable=True),
        sa.Column("next_try_at", Moment(), nullable=False),
        sa.Column("claimed_until", Moment(), nullable=True),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("reason", Words(), nullable=False),
        sa.Column("delivered_at", Moment(), nullable=True),
        sa.CheckConstraint(
            "state IN ('menunggu', 'terkirim', 'gagal', 'batal')", name=op.f("ck_hook_delivery_state")
        ),
        _to("hook_delivery", "hook"),
        _to("hook_delivery", "hook_event", "event_id"),
        _to("hook_delivery", "incident"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hook_delivery")),
        sa.UniqueConstraint("hook_id", "event_id", name=op.f("uq_hook_delivery_hook_id_event_id")),
    )
    for columns in (["event_id"], ["hook_id", "state", "next_try_at"], ["hook_id", "incident_id", "state"]):
        op.create_index(f"ix_hook_delivery_{'_'.join(columns)}", "hook_delivery", columns, unique=False)


def downgrade() -> None:
    for table in ("hook_delivery", "hook_event", "hook"):
        op.drop_table(table)


def _to(table: str, other: str, column: str = "") -> Any:
    column = column or f"{other}_id"
    name = op.f(f"fk_{table}_{column}")
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=name, ondelete="RESTRICT")
