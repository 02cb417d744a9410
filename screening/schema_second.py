"""Tables of second readings, of the weekly samples and of incidents learnt of from elsewhere."""

from __future__ import annotations

import sqlalchemy as sa

from screening.schema import Code, Moment, Reason, Words, _id, _to, metadata

# Incidents that a second person reads blind. `first_*` is what stood with the first decision, whatever the
# machine says later; `reader_id` is who has it to read, `seen_before` what that reader says of it,
# `touched_at` when it had opened the incident; without `touch_noted` (older) nobody knows whether it had.
second_reading = sa.Table(
    "second_reading",
    metadata,
    _id(),
    _to("incident", unique=True),
    _to("review", "first_review_id"),
    sa.Column("first_issue", Code),
    sa.Column("first_form", Code),
    sa.Column("first_severity", sa.Integer),
    sa.Column("first_place", Code),
    sa.Column("chosen_at", Moment, nullable=False),
    sa.Column("state", Code, nullable=False),
    _to("account", "reader_id", null=True),
    sa.Column("given_at", Moment),
    sa.Column("decision", Code),
    sa.Column("reason", Reason),
    sa.Column("issue", Code),
    sa.Column("form", Code),
    sa.Column("severity", sa.Integer),
    sa.Column("place_code", Code),
    sa.Column("note", Words, nullable=False),
    sa.Column("seen_before", sa.Boolean, nullable=False),
    sa.Column("differs", sa.Boolean, nullable=False),
    sa.Column("answered_at", Moment, index=True),
    sa.Column("touched_at", Moment),
    sa.Column("touch_noted", sa.Boolean, nullable=False),
    sa.CheckConstraint("state IN ('menunggu', 'dijawab', 'batal')", name="state"),
    sa.CheckConstraint("decision IN ('terima', 'tolak', 'ragu')", name="decision"),
    sa.CheckConstraint(
        "(state = 'dijawab') = (decision IS NOT NULL) AND (decision IS NULL) = (answered_at IS NULL)",
        name="answered",
    ),
    sa.CheckConstraint("form <> 'F2' OR severity IS NULL OR severity <= 1", name="peaceful"),
    sa.Index("ix_second_reading_reader_id_state", "reader_id", "state"),
    sa.Index("ix_second_reading_state_differs", "state", "differs"),
)

# When an account that may yet come to read it blind opened the incident: first time only, and only while the
# reading waits. With the answer the reader's own moment goes to `touched_at`, and its rows are deleted.
reading_touch = sa.Table(
    "reading_touch",
    metadata,
    _id(),
    _to("second_reading", "reading_id"),
    _to("account"),
    sa.Column("at", Moment, nullable=False),
    sa.UniqueConstraint("reading_id", "account_id"),
)

# What a third person decided where two readings differ: an ordinary review, which stands.
adjudication = sa.Table(
    "adjudication",
    metadata,
    _id(),
    _to("second_reading", "reading_id", unique=True),
    _to("review"),
    sa.Column("at", Moment, nullable=False),
)

# A week's random sample of the items that were not flagged; `week` is ISO 8601 in WIB, such as 2026-W48.
sample_week = sa.Table(
    "sample_week",
    metadata,
    sa.Column("week", Code, primary_key=True),
    sa.Column("drawn_at", Moment, nullable=False),
    sa.Column("population", sa.Integer, nullable=False),
    sa.Column("size", sa.Integer, nullable=False),
)

sample_item = sa.Table(
    "sample_item",
    metadata,
    _id(),
    sa.Column("week", Code, sa.ForeignKey("sample_week.week", ondelete="RESTRICT"), nullable=False),
    _to("item", unique=True),
    sa.Column("kind", Code, nullable=False),
    sa.Column("position", sa.Integer, nullable=False),
    sa.Column("verdict", Code),
    _to("account", null=True),
    sa.Column("answered_at", Moment),
    sa.Column("promoted", sa.Boolean, nullable=False),  # a person made it a report of an incident
    sa.CheckConstraint("kind IN ('judul', 'ringkasan', 'teks')", name="kind"),
    sa.CheckConstraint("verdict IN ('ya', 'tidak', 'ragu', 'luar')", name="verdict"),
    sa.CheckConstraint("verdict = 'ya' OR NOT promoted", name="promoted"),
    sa.UniqueConstraint("week", "position"),
)

# Incidents the office learnt of from elsewhere first: codes only, no words that could name anybody.
learnt_elsewhere = sa.Table(
    "learnt_elsewhere",
    metadata,
    _id(),
    sa.Column("day", sa.Date, nullable=False, index=True),
    sa.Column("place_code", Code, nullable=False),
    sa.Column("issue", Code, nullable=False),
    sa.Column("teller", Code, nullable=False),
    _to("incident", null=True),
    _to("account"),
    sa.Column("noted_at", Moment, nullable=False),
    sa.Column("withdrawn_at", Moment),
    sa.CheckConstraint(
        "teller IN ('kepolisian', 'tni', 'pemda', 'kecamatan_desa', 'forum', 'media', 'media_sosial', "
        "'lembaga_lain')",
        name="teller",
    ),
)
