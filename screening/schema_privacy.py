"""Tables of legal holds and of requests about what is kept."""

from __future__ import annotations

import sqlalchemy as sa

from screening.schema import Code, Moment, Words, _id, _to, metadata

# The raw texts of an incident stay while a hold is on it, whatever the retention clock says.
legal_hold = sa.Table(
    "legal_hold",
    metadata,
    _id(),
    _to("incident", index=True),
    sa.Column("reason", Words, nullable=False),
    _to("account", "placed_by"),
    sa.Column("placed_at", Moment, nullable=False),
    _to("account", "lifted_by", null=True),
    sa.Column("lifted_at", Moment),
    sa.Column("lift_reason", Words, nullable=False),
)

# Correction, access, erasure and reply: what event it concerns and what came of it; who asked is not stored.
privacy_request = sa.Table(
    "privacy_request",
    metadata,
    _id(),
    sa.Column("reference", Code, nullable=False, unique=True),
    sa.Column("kind", Code, nullable=False),
    sa.Column("received_at", Moment, nullable=False),
    sa.Column("due_at", Moment, nullable=False),
    sa.Column("concern", Words, nullable=False),
    sa.Column("link", Words, nullable=False),
    _to("incident", null=True, index=True),
    sa.Column("state", Code, nullable=False),
    sa.Column("answer", Words, nullable=False),
    sa.Column("basis", Words, nullable=False),
    sa.Column("answered_at", Moment),
    _to("account", null=True),
    sa.CheckConstraint("kind IN ('koreksi', 'akses', 'hapus', 'hak_jawab')", name="kind"),
    sa.CheckConstraint("state IN ('diterima', 'diproses', 'dijawab', 'ditolak')", name="state"),
    sa.CheckConstraint("(state IN ('dijawab', 'ditolak')) = (answered_at IS NOT NULL)", name="answered"),
    sa.Index("ix_privacy_request_state_due_at", "state", "due_at"),
)
