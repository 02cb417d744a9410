"""The tables. No table, column or index here is about a person in the news (a test reads this and checks).

Times are aware UTC both ways; text is stored without NUL and lone surrogates, which PostgreSQL refuses.
Keys and links can be long and hostile, so indexes stand on their SHA-256 (`*_hash`), never on themselves.
"""

from __future__ import annotations

import functools
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
metadata = sa.MetaData(naming_convention=NAMES)


@functools.lru_cache(maxsize=256)  # the moment of a verb is in each row it writes
def _as_text(moment: datetime) -> str:
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds")


class Moment(sa.types.TypeDecorator[datetime]):
    """Aware UTC datetime: timestamptz on PostgreSQL, fixed-width text on SQLite, so it sorts as time."""

    impl = sa.String(26)
    cache_ok = True

    def load_dialect_impl(self, dialect: sa.Dialect) -> Any:
        if dialect.name == "postgresql":
            return dialect.type_descriptor(postgresql.TIMESTAMP(timezone=True))
        return dialect.type_descriptor(sa.String(26))

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> Any:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a naive time reached the store")
        return value.astimezone(UTC) if dialect.name == "postgresql" else _as_text(value)

    def process_result_value(self, value: Any, dialect: sa.Dialect) -> datetime | None:
        if value is None:
            return None
        if isinstance(value, datetime):
            return value.astimezone(UTC)
        return datetime.fromisoformat(value).replace(tzinfo=UTC)


class Words(sa.types.TypeDecorator[str]):
    """Text from outside, made storable on both databases."""

    impl = sa.Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: sa.Dialect) -> str | None:
        if value is None or (value.isascii() and "\x00" not in value):
            return value
        if "\x00" in value:
            value = value.replace("\x00", "\ufffd")
        return value.encode("utf-8", "replace").decode("utf-8") if not value.isascii() else value


Number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")  # only INTEGER is a rowid on SQLite
Code = sa.String(16)
# The longest reason has 19 characters; SQLite does not look at lengths, so its column stays as it was made.
Reason = sa.String(32).with_variant(sa.String(16), "sqlite")
Hash = sa.String(64)


def inserted_id(result: sa.CursorResult[Any]) -> int:
    """The id of the row an insert made."""
    key = result.inserted_primary_key
    if key is None:
        raise ValueError("the insert made no row")
    return int(key[0])


def _id() -> sa.Column[int]:
    return sa.Column("id", Number, primary_key=True, autoincrement=True)


def _of_item() -> sa.Column[int]:
    """The item a row belongs to, as (part of) its primary key."""
    return sa.Column(
        "item_id",
        Number,
        sa.ForeignKey("item.id", ondelete="RESTRICT"),
        primary_key=True,
        autoincrement=False,
    )


def _to(table: str, name: str = "", *, null: bool = False, **more: Any) -> sa.Column[int]:
    reference = sa.ForeignKey(f"{table}.id", ondelete="RESTRICT")
    return sa.Column(name or f"{table}_id", Number, reference, nullable=null, **more)


source = sa.Table(
    "source",
    metadata,
    _id(),
    sa.Column("url", Words, nullable=False),
    sa.Column("url_hash", Hash, nullable=False, unique=True),
    sa.Column("name", Words, nullable=False),
    sa.Column("owner", Words, nullable=False),
    sa.Column("area", Words, nullable=False),
    sa.Column("tier", Words, nullable=False),
    sa.Column("note", Words, nullable=False),
    sa.Column("state", Code, nullable=False),
    sa.Column("etag", Words, nullable=False),
    sa.Column("last_modified", Words, nullable=False),
    sa.Column("added_at", Moment, nullable=False),
    sa.Column("due_at", Moment, nullable=False, index=True),
    sa.Column("last_try_at", Moment),
    sa.Column("last_success_at", Moment),
    sa.Column("last_reason", Words, nullable=False),
    sa.Column("failures", sa.Integer, nullable=False),
    sa.Column("items", sa.Integer, nullable=False),
    sa.Column("interval_seconds", sa.Integer),  # learned from its overlaps; null: that of the settings
    sa.Column("asked_seconds", sa.Integer, nullable=False, server_default="0"),
    sa.Column("standing", Code, nullable=False, server_default="sehat"),
    sa.Column("failing_since", Moment),
    sa.Column("moved_to", Words, nullable=False, server_default=""),  # waits for an operator's consent
    sa.Column("former_urls", Words, nullable=False, server_default=""),  # one a line: registered no more
    sa.Column("claimed_until", Moment),
    sa.Column("claimed_by", Code, nullable=False, server_default=""),
    sa.CheckConstraint("state IN ('unverified', 'ok', 'failing', 'paused')", name="state"),
)

fetch = sa.Table(
    "fetch",
    metadata,
    _id(),
    _to("source"),
    sa.Column("at", Moment, nullable=False, index=True),
    sa.Column("state", Code, nullable=False),
    sa.Column("status", sa.Integer),
    sa.Column("reason", Words, nullable=False),
    sa.Column("new", sa.Integer, nullable=False),
    sa.Column("changed", sa.Integer, nullable=False),
    sa.Column("same", sa.Integer, nullable=False),
    sa.Column("body_bytes", Number, nullable=False),
    sa.Column("seconds", sa.Float, nullable=False),
    sa.CheckConstraint("state IN ('baru', 'tetap', 'gagal')", name="state"),
    sa.Index("ix_fetch_source_id_at", "source_id", "at"),
)

ledger = sa.Table(
    "ledger",
    metadata,
    _id(),
    _to("fetch", index=True),
    sa.Column("at", Moment, nullable=False, index=True),
    sa.Column("reason", Code, nullable=False),
    sa.Column("entries", sa.Integer, nullable=False),
    sa.UniqueConstraint("fetch_id", "reason"),
)

# Fetches and the ledger counted by source and piece of a day (from 00.00 and from 15.00 WIB); kept for good.
tally = sa.Table(
    "tally",
    metadata,
    _to("source", primary_key=True, autoincrement=False),
    sa.Column("since", Moment, primary_key=True),
    sa.Column("what", Code, primary_key=True),
    sa.Column("total", Number, nullable=False),
    sa.Index("ix_tally_since", "since"),
)

item = sa.Table(
    "item",
    metadata,
    _id(),
    _to("source"),
    sa.Column("identity", Hash, nullable=False),
    sa.Column("key", Words, nullable=False),
    sa.Column("key_hash", Hash, nullable=False),
    sa.Column("link", Words, nullable=False),
    sa.Column("link_hash", Hash, nullable=False),
    sa.Column("title", Words, nullable=False),
    sa.Column("text", Words, nullable=False),
    sa.Column("html", Words, nullable=False),
    sa.Column("content_hash", Hash, nullable=False),
    sa.Column("published", Moment, nullable=False, index=True),
    sa.Column("published_raw", Words, nullable=False),
    sa.Column("date_suspect", sa.Boolean, nullable=False),
    sa.Column("first_seen", Moment, nullable=False, index=True),
    sa.Column("last_changed", Moment, nullable=False, index=True),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("text_from", Code, nullable=False, server_default="feed"),
    # Of what the feed itself brought, where the page of the article gave the text; empty: content_hash.
    sa.Column("feed_hash", Hash, nullable=False, server_default=""),
    sa.Column("page_tries", sa.Integer, nullable=False, server_default="0"),
    sa.Column("correction", Code),
    sa.Column("pruned_at", Moment),  # its raw words are gone by the retention clock or on request
    sa.UniqueConstraint("source_id", "identity"),
    sa.Index("ix_item_content_hash", "content_hash"),
    sa.Index("ix_item_pruned_at_first_seen", "pruned_at", "first_seen"),
    # Whole enough to count a source's days without reading its texts.
    sa.Index("ix_item_source_id_first_seen", "source_id", "first_seen", "published", "date_suspect"),
    sa.Index("ix_item_source_id_key_hash", "source_id", "key_hash"),
    sa.Index("ix_item_source_id_link_hash", "source_id", "link_hash"),
)

item_version = sa.Table(
    "item_version",
    metadata,
    _id(),
    _to("item"),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("content_hash", Hash, nullable=False),
    sa.Column("title", Words, nullable=False),
    sa.Column("text", Words, nullable=False),
    sa.Column("relevance", sa.Float, nullable=False),
    sa.Column("flagged", sa.Boolean, nullable=False),
    sa.Column("at", Moment, nullable=False),
    sa.UniqueConstraint("item_id", "content_hash"),
)

assessment = sa.Table(
    "assessment",
    metadata,
    _of_item(),
    sa.Column("relevance", sa.Float, nullable=False),
    sa.Column("flagged", sa.Boolean, nullable=False),
    sa.Column("threshold", sa.Float, nullable=False),
    sa.Column("issue", Code),
    sa.Column("form", Code),
    sa.Column("realis", Code),
    sa.Column("place_kind", Code, nullable=False),
    sa.Column("regency", Code),
    sa.Column("said", Words, nullable=False),  # the whole assessment as JSON: what an analyst is shown
    sa.Column("model", Words, nullable=False),
    sa.Column("at", Moment, nullable=False),
    sa.Index("ix_assessment_flagged_relevance", "flagged", "relevance", "item_id"),
    sa.Index("ix_assessment_regency", "regency"),
)

incident = sa.Table(
    "incident",
    metadata,
    _id(),
    sa.Column("title", Words, nullable=False),
    sa.Column("issue", Code, nullable=False),
    sa.Column("machine_form", Code, nullable=False),
    sa.Column("form", Code, nullable=False),
    sa.Column("realis", Code, nullable=False),
    sa.Column("severity", sa.Integer, nullable=False),
    sa.Column("machine_severity", sa.Integer, nullable=False),
    sa.Column("severity_rule", Code, nullable=False),
    sa.Column("severity_why", Words, nullable=False),
    sa.Column("area", Code, nullable=False),
    sa.Column("place_code", Code),
    sa.Column("place_name", Words, nullable=False),
    sa.Column("machine_place", Code),
    sa.Column("status", Code, nullable=False),
    sa.Column("relevance", sa.Float, nullable=False),
    sa.Column("reports", sa.Integer, nullable=False),
    sa.Column("voices", sa.Integer, nullable=False),
    sa.Column("first_published", Moment, nullable=False),
    sa.Column("last_published", Moment, nullable=False, index=True),
    sa.Column("detected_at", Moment, nullable=False),
    sa.Column("lead_item_id", Number, sa.ForeignKey("item.id", ondelete="RESTRICT"), nullable=False),
    sa.Column("decision", Code),
    sa.Column("review_id", Number),
    sa.Column("reviewed_by", Words, nullable=False),
    sa.Column("reviewed_at", Moment),
    sa.Column("is_open", sa.Boolean, nullable=False),
    sa.Column("rank", sa.Float, nullable=False),
    sa.Column("merged_into", Number),  # the incident that took this one's reports over; it has none itself
    # SQLite adds a filled column to a table only with a default, so the fresh schema has the same one.
    sa.Column("machine_issue", Code, nullable=False, server_default="N"),
    sa.CheckConstraint("severity BETWEEN 0 AND 4", name="severity"),
    sa.CheckConstraint("machine_severity BETWEEN 0 AND 4", name="machine_severity"),
    # The rights rule stands in the database too: a peaceful action is never above INFORMASI.
    sa.CheckConstraint("form <> 'F2' OR severity <= 1", name="peaceful"),
    sa.CheckConstraint("area IN ('kalteng', 'luar', 'belum_jelas')", name="area"),
    sa.Index("ix_incident_queue", "is_open", "area", "rank", "id"),
    # Whole enough for the queue's counts, and what came since a moment.
    sa.Index(
        "ix_incident_counts",
        "is_open",
        "area",
        "severity",
        "merged_into",
        "issue",
        "place_code",
        "status",
        "id",
    ),
    sa.Index("ix_incident_detected_at", "detected_at", "is_open", "area"),
    sa.Index("ix_incident_rank", "rank", "id"),
    sa.Index("ix_incident_place_code_last_published", "place_code", "last_published"),
    sa.Index("ix_incident_merged_into", "merged_into"),
    sa.Index("ix_incident_reviewed_at", "reviewed_at"),
)

incident_item = sa.Table(
    "incident_item",
    metadata,
    _of_item(),
    _to("incident", index=True),
    _to("item", "same_text_as", null=True),
    sa.Column("joined_at", Moment, nullable=False, index=True),
    sa.Column("why", Words, nullable=False),
)

# Which regencies see an incident; the province sees all. Kept with every change of its reports and place.
incident_office = sa.Table(
    "incident_office",
    metadata,
    sa.Column(
        "incident_id",
        Number,
        sa.ForeignKey("incident.id", ondelete="RESTRICT"),
        primary_key=True,
        autoincrement=False,
    ),
    sa.Column("office", Code, primary_key=True),
    sa.Column("why", Code, nullable=False),
    sa.CheckConstraint("why IN ('tempat', 'laporan')", name="why"),
    sa.Index("ix_incident_office_office", "office", "incident_id"),
)

# The most telling words of a linked report as hashes (names masked before): how the linking finds candidates.
clue = sa.Table(
    "clue",
    metadata,
    _of_item(),
    sa.Column("mark", Number, primary_key=True, autoincrement=False),
    sa.Column("weight", sa.Float, nullable=False),
    sa.Column("published", Moment, nullable=False),
    sa.Index("ix_clue_mark_published", "mark", "published"),
)

account = sa.Table(
    "account",
    metadata,
    _id(),
    sa.Column("name", Words, nullable=False, unique=True),
    sa.Column("role", Code, nullable=False),
    sa.Column("password_hash", Words, nullable=False),
    sa.Column("must_change", sa.Boolean, nullable=False),
    sa.Column("active", sa.Boolean, nullable=False),
    sa.Column("created_at", Moment, nullable=False),
    sa.Column("office", Code, nullable=False, server_default="62"),  # 62, or a regency's code
    sa.CheckConstraint(
        "role IN ('operator', 'analis', 'supervisor', 'administrator', 'auditor')", name="role"
    ),
)

review = sa.Table(
    "review",
    metadata,
    _id(),
    _to("incident", index=True),
    sa.Column("decision", Code, nullable=False),
    sa.Column("reason", Reason),
    sa.Column("severity", sa.Integer),
    sa.Column("form", Code),
    sa.Column("place_code", Code),
    sa.Column("note", Words, nullable=False),
    _to("account"),
    sa.Column("at", Moment, nullable=False),
    sa.Column("machine_severity", sa.Integer, nullable=False),
    sa.Column("issue", Code),
    sa.CheckConstraint("decision IN ('terima', 'tolak', 'ragu')", name="decision"),
    sa.CheckConstraint("decision <> 'tolak' OR reason IS NOT NULL", name="reason"),
)

# Incidents made one or taken apart, by the machine (no account) or by hand; append-only.
regrouping = sa.Table(
    "regrouping",
    metadata,
    _id(),
    sa.Column("kind", Code, nullable=False),
    _to("incident", index=True),
    _to("incident", "other_id", index=True),
    sa.Column("items", Words, nullable=False),  # ids of the reports that moved, with commas
    _to("account", null=True),
    sa.Column("at", Moment, nullable=False, index=True),
    sa.Column("why", Words, nullable=False),
    sa.CheckConstraint("kind IN ('gabung', 'pisah')", name="kind"),
)

# An undone decision: the review stays where it is, and counts no more.
retraction = sa.Table(
    "retraction",
    metadata,
    _id(),
    _to("review", unique=True),
    _to("account"),
    sa.Column("at", Moment, nullable=False, index=True),
)

# Who has an incident in hand: a notice to colleagues, never a lock. A row is renewed and ended, not removed.
_LIVE = sa.text("ended_at IS NULL")
holding = sa.Table(
    "holding",
    metadata,
    _id(),
    _to("incident", index=True),
    _to("account"),
    sa.Column("since", Moment, nullable=False),
    sa.Column("until", Moment, nullable=False),
    sa.Column("ended_at", Moment),
    sa.Column("why", Code),
    sa.CheckConstraint("why IN ('dilepas', 'habis', 'diputus', 'diambil_alih')", name="why"),
    sa.CheckConstraint("(ended_at IS NULL) = (why IS NULL)", name="ended"),
    sa.Index("uq_holding_live", "incident_id", unique=True, sqlite_where=_LIVE, postgresql_where=_LIVE),
)

# An incident's masked title and evidence sentences as lower-case words, each between spaces: whole words
# are found by LIKE, and nobody's by their name.
wording = sa.Table(
    "wording",
    metadata,
    _to("incident", primary_key=True, autoincrement=False),
    sa.Column("words", Words, nullable=False),
)

saved_view = sa.Table(
    "saved_view",
    metadata,
    _id(),
    _to("account"),
    sa.Column("title", Words, nullable=False),
    sa.Column("query", Words, nullable=False),
    sa.Column("added_at", Moment, nullable=False),
    sa.UniqueConstraint("account_id", "title"),
)

watch_topic = sa.Table(
    "watch_topic",
    metadata,
    _id(),
    sa.Column("title", Words, nullable=False, unique=True),
    sa.Column("words", Words, nullable=False),  # alternatives, one a line
    _to("account"),
    sa.Column("added_at", Moment, nullable=False),
    sa.Column("office", Code, nullable=False, server_default="62"),  # whose topic it is
)

sign_in = sa.Table(
    "sign_in",
    metadata,
    sa.Column("token_hash", Hash, primary_key=True),
    _to("account", index=True),
    sa.Column("csrf", Words, nullable=False),
    sa.Column("opened_at", Moment, nullable=False),
    sa.Column("expires_at", Moment, nullable=False, index=True),
    sa.Column("seen_at", Moment),
    sa.Column("reached", Code, nullable=False, server_default="penuh"),
    sa.Column("browser", Words, nullable=False, server_default=""),
)

api_key = sa.Table(
    "api_key",
    metadata,
    _id(),
    sa.Column("name", Words, nullable=False),
    sa.Column("key_hash", Hash, nullable=False, unique=True),
    _to("account"),
    sa.Column("added_at", Moment, nullable=False),
    sa.Column("scopes", Words, nullable=False, server_default=""),  # none: good for nothing
    sa.Column("expires_at", Moment, nullable=False, server_default="1970-01-01T00:00:00.000000"),
    sa.Column("used_on", sa.String(10), nullable=False, server_default=""),  # the day in WIB
    sa.Column("revoked_at", Moment),
)

# Mailboxes of offices, so that no row here is about a person either.
recipient = sa.Table(
    "recipient",
    metadata,
    _id(),
    sa.Column("office", Code, nullable=False),
    sa.Column("mailbox", Words, nullable=False),
    sa.Column("digest", sa.Boolean, nullable=False),
    sa.Column("urgent", sa.Boolean, nullable=False),
    sa.Column("added_at", Moment, nullable=False),
    sa.UniqueConstraint("office", "mailbox"),
)

outbox = sa.Table(
    "outbox",
    metadata,
    _id(),
    sa.Column("kind", Code, nullable=False),
    sa.Column("office", Code, nullable=False),
    sa.Column("mailbox", Words, nullable=False),
    sa.Column("occasion", sa.String(64), nullable=False),
    sa.Column("since", Moment),
    sa.Column("until", Moment),
    _to("incident", null=True),
    sa.Column("level", sa.Integer),
    sa.Column("state", Code, nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("created_at", Moment, nullable=False),
    sa.Column("next_try_at", Moment, nullable=False),
    sa.Column("last_error", Words, nullable=False),
    sa.Column("sent_at", Moment),
    sa.Column("message_id", Words, nullable=False),
    sa.Column("subject", Words, nullable=False),  # empty until composed
    sa.Column("text", Words, nullable=False),
    sa.Column("attachment", sa.LargeBinary),  # gone when sent
    sa.UniqueConstraint("kind", "office", "occasion", "mailbox"),
    sa.CheckConstraint("kind IN ('digest', 'urgent')", name="kind"),
    sa.CheckConstraint("state IN ('menunggu', 'terkirim', 'batal', 'gagal')", name="state"),
    sa.Index("ix_outbox_state_next_try_at", "state", "next_try_at"),
    sa.Index("ix_outbox_incident_id", "incident_id"),
    sa.Index("ix_outbox_until", "until"),
    sa.Index("ix_outbox_created_at", "created_at"),
)

# Laporan Informasi (LI) and Laporan Atensi (LA) about an incident; `version` is the newest of memo_version.
memo = sa.Table(
    "memo",
    metadata,
    _id(),
    sa.Column("kind", Code, nullable=False),
    _to("incident", index=True),
    sa.Column("office", Code, nullable=False),
    sa.Column("number", Words, nullable=False),  # of the office's agenda; empty in a draft
    sa.Column("classification", Code, nullable=False),
    sa.Column("subject", Words, nullable=False),
    sa.Column("state", Code, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("created_at", Moment, nullable=False),
    _to("account", "created_by"),
    sa.Column("sent_at", Moment, index=True),  # as the sender says, not when it was written down
    _to("account", "sent_by", null=True),
    sa.CheckConstraint("kind IN ('LI', 'LA')", name="kind"),
    sa.CheckConstraint("state IN ('draf', 'terkirim', 'dicabut')", name="state"),
    sa.CheckConstraint("classification IN ('BIASA', 'TERBATAS', 'RAHASIA')", name="classification"),
    sa.Index("ix_memo_state_id", "state", "id"),
)

# What people wrote, each saving a row; append-only. `findings` are the facts as sent, empty in a draft.
memo_version = sa.Table(
    "memo_version",
    metadata,
    _id(),
    _to("memo"),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("fields", Words, nullable=False),
    sa.Column("findings", Words, nullable=False),
    _to("account"),
    sa.Column("at", Moment, nullable=False),
    sa.UniqueConstraint("memo_id", "version"),
)

memo_step = sa.Table(
    "memo_step",
    metadata,
    _id(),
    _to("memo", index=True),
    sa.Column("kind", Code, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("at", Moment, nullable=False),
    sa.Column("recorded_at", Moment, nullable=False),
    sa.Column("institutions", Words, nullable=False),  # one a line
    sa.Column("words", Words, nullable=False),
    _to("account"),
    sa.CheckConstraint("kind IN ('terkirim', 'diralat', 'dicabut', 'tanggapan')", name="kind"),
)
