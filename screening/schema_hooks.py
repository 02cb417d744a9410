"""The tables of webhooks: who is told, what of, and how each telling fares.

An event is written in the transaction of the change it tells, with what was true then; its body is made of
that once, before it is sent for the first time. A delivery is one event to one hook, under the event's id
however often it is tried.
"""

from __future__ import annotations

import sqlalchemy as sa

from screening.schema import Code, Moment, Words, _id, _to, metadata

hook = sa.Table(
    "hook",
    metadata,
    _id(),
    sa.Column("url", Words, nullable=False),
    sa.Column("office", Code, nullable=False),
    sa.Column("kinds", Words, nullable=False),  # with commas
    sa.Column("secret", Words, nullable=False),  # sealed; read again to sign
    sa.Column("old_secret", Words, nullable=False),  # signs too until `old_until`; empty: none
    sa.Column("old_until", Moment),
    sa.Column("state", Code, nullable=False),
    sa.Column("why", Words, nullable=False),
    sa.Column("failing_since", Moment),
    _to("account", null=True),  # none: by command
    sa.Column("at", Moment, nullable=False),
    sa.CheckConstraint("state IN ('aktif', 'jeda', 'mati')", name="state"),
)

hook_event = sa.Table(
    "hook_event",
    metadata,
    _id(),
    sa.Column("message_id", sa.String(40), nullable=False, unique=True),
    sa.Column("kind", sa.String(32), nullable=False),
    _to("incident", null=True),
    sa.Column("seq", sa.Integer),  # 1, 2, ... for each incident
    sa.Column("occasion", sa.String(64), unique=True),  # what has no incident and happens once
    sa.Column("offices", Words, nullable=False),  # whom it concerns, with commas
    sa.Column("facts", Words, nullable=False),
    sa.Column("body", Words, nullable=False),  # empty until composed
    sa.Column("at", Moment, nullable=False, index=True),
    sa.CheckConstraint("(incident_id IS NULL) = (seq IS NULL)", name="seq"),
    sa.UniqueConstraint("incident_id", "seq"),
)

hook_delivery = sa.Table(
    "hook_delivery",
    metadata,
    _id(),
    _to("hook"),
    _to("hook_event", "event_id", index=True),
    _to("incident", null=True),
    sa.Column("state", Code, nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("owed_at", Moment, nullable=False),
    sa.Column("first_try_at", Moment),
    sa.Column("next_try_at", Moment, nullable=False),
    sa.Column("claimed_until", Moment),
    sa.Column("status", sa.Integer),  # what the other side answered last
    sa.Column("reason", Words, nullable=False),
    sa.Column("delivered_at", Moment),
    sa.CheckConstraint("state IN ('menunggu', 'terkirim', 'gagal', 'batal')", name="state"),
    sa.UniqueConstraint("hook_id", "event_id"),
    sa.Index("ix_hook_delivery_hook_id_state_next_try_at", "hook_id", "state", "next_try_at"),
    sa.Index("ix_hook_delivery_hook_id_incident_id_state", "hook_id", "incident_id", "state"),
)
