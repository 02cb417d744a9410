"""The first schema: sources, items, incidents, reviews, accounts."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from screening.schema import Moment, Words

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "account",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False
        ),
        sa.Column("name", Words(), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("password_hash", Words(), nullable=False),
        sa.Column("must_change", sa.Boolean(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.CheckConstraint(
            "role IN ('operator', 'analis', 'supervisor', 'administrator')", name=op.f("ck_account_role")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account")),
        sa.UniqueConstraint("name", name=op.f("uq_account_name")),
    )
    op.create_table(
        "source",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False
        ),
        sa.Column("url", Words(), nullable=False),
        sa.Column("url_hash", sa.String(length=64), nullable=False),
        sa.Column("name", Words(), nullable=False),
        sa.Column("owner", Words(), nullable=False),
        sa.Column("area", Words(), nullable=False),
        sa.Column("tier", Words(), nullable=False),
        sa.Column("note", Words(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("etag", Words(), nullable=False),
        sa.Column("last_modified", Words(), nullable=False),
        sa.Column("added_at", Moment(), nullable=False),
        sa.Column("due_at", Moment(), nullable=False),
        sa.Column("last_try_at", Moment(), nullable=True),
        sa.Column("last_success_at", Moment(), nullable=True),
        sa.Column("last_reason", Words(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("items", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "state IN ('unverified', 'ok', 'failing', 'paused')", name=op.f("ck_source_state")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_source")),
        sa.UniqueConstraint("url_hash", name=op.f("uq_source_url_hash")),
    )
    op.create_index(op.f("ix_source_due_at"), "source", ["due_at"], unique=False)
    op.create_table(
        "api_key",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False
        ),
        sa.Column("name", Words(), nullable=False),
        sa.Column("key_hash", sa.String(length=64), nullable=False),
        sa.Column("account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("added_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_api_key_account_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_key")),
        sa.UniqueConstraint("key_hash", name=op.f("uq_api_key_key_hash")),
    )
    op.create_table(
        "fetch",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False
        ),
        sa.Column("source_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("reason", Words(), nullable=False),
        sa.Column("new", sa.Integer(), nullable=False),
        sa.Column("changed", sa.Integer(), nullable=False),
        sa.Column("same", sa.Integer(), nullable=False),
        sa.Column("body_bytes", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("seconds", sa.Float(), nullable=False),
        sa.CheckConstraint("state IN ('baru', 'tetap', 'gagal')", name=op.f("ck_fetch_state")),
        sa.ForeignKeyConstraint(
            ["source_id"], ["source.id"], name=op.f("fk_fetch_source_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fetch")),
    )
    op.create_index(op.f("ix_fetch_at"), "fetch", ["at"], unique=False)
    op.create_index(op.f("ix_fetch_source_id"), "fetch", ["source_id"], unique=False)
    op.create_table(
        "item",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False
        ),
        sa.Column("source_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("identity", sa.String(length=64), nullable=False),
        sa.Column("key", Words(), nullable=False),
        sa.Column("key_hash", sa.String(length=64), nullable=False),
        sa.Column("link", Words(), nullable=False),
        sa.Column("link_hash", sa.String(length=64), nullable=False),
        sa.Column("title", Words(), nullable=False),
        sa.Column("text", Words(), nullable=False),
        sa.Column("html", Words(), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("published", Moment(), nullable=False),
        sa.Column("published_raw", Words(), nullable=False),
        sa.Column("date_suspect", sa.Boolean(), nullable=False),
        sa.Column("first_seen", Moment(), nullable=False),
        sa.Column("last_changed", Moment(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["source_id"], ["source.id"], name=op.f("fk_item_source_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_item")),
        sa.UniqueConstraint("source_id", "identity", name=op.f("uq_item_source_id_identity")),
    )
    op.create_index(op.f("ix_item_first_seen"), "item", ["first_seen"], unique=False)
    op.create_index(op.f("ix_item_published"), "item", ["published"], unique=False)
    op.create_index("ix_item_source_id_key_hash", "item", ["source_id", "key_hash"], unique=False)
    op.create_index("ix_item_source_id_link_hash", "item", ["source_id", "link_hash"], unique=False)
    op.create_table(
        "sign_in",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("csrf", Words(), nullable=False),
        sa.Column("opened_at", Moment(), nullable=False),
        sa.Column("expires_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_sign_in_account_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_sign_in")),
    )
    op.create_index(op.f("ix_sign_in_expires_at"), "sign_in", ["expires_at"], unique=False)
    op.create_table(
        "assessment",
        sa.Column(
            "item_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("relevance", sa.Float(), nullable=False),
        sa.Column("flagged", sa.Boolean(), nullable=False),
        sa.Column("threshold", sa.Float(), nullable=False),
        sa.Column("issue", sa.String(length=16), nullable=True),
        sa.Column("form", sa.String(length=16), nullable=True),
        sa.Column("realis", sa.String(length=16), nullable=True),
        sa.Column("place_kind", sa.String(length=16), nullable=False),
        sa.Column("regency", sa.String(length=16), nullable=True),
        sa.Column("said", Words(), nullable=False),
        sa.Column("model", Words(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(
            ["item_id"], ["item.id"], name=op.f("fk_assessment_item_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("item_id", name=op.f("pk_assessment")),
    )
    op.create_index(
        "ix_assessment_flagged_relevance", "assessment", ["flagged", "relevance", "item_id"], unique=False
    )
    op.create_index("ix_assessment_regency", "assessment", ["regency"], unique=False)
    op.create_table(
        "incident",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False
        ),
        sa.Column("title", Words(), nullable=False),
        sa.Column("issue", sa.String(length=16), nullable=False),
        sa.Column("machine_form", sa.String(length=16), nullable=False),
        sa.Column("form", sa.String(length=16), nullable=False),
        sa.Column("realis", sa.String(length=16), nullable=False),
        sa.Column("severity", sa.Integer(), nullable=False),
        sa.Column("machine_severity", sa.Integer(), nullable=False),
        sa.Column("severity_rule", sa.String(length=16), nullable=False),
        sa.Column("severity_why", Words(), nullable=False),
        sa.Column("area", sa.String(length=16), nullable=False),
        sa.Column("place_code", sa.String(length=16), nullable=True),
        sa.Column("place_name", Words(), nullable=False),
        sa.Column("machine_place", sa.String(length=16), nullable=True),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("relevance", sa.Float(), nullable=False),
        sa.Column("reports", sa.Integer(), nullable=False),
        sa.Column("voices", sa.Integer(), nullable=False),
        sa.Column("first_published", Moment(), nullable=False),
        sa.Column("last_published", Moment(), nullable=False),
        sa.Column("detected_at", Moment(), nullable=False),
        sa.Column("lead_item_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("decision", sa.String(length=16), nullable=True),
        sa.Column("review_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("reviewed_by", Words(), nullable=False),
        sa.Column("reviewed_at", Moment(), nullable=True),
        sa.Column("is_open", sa.Boolean(), nullable=False),
        sa.Column("rank", sa.Float(), nullable=False),
        sa.CheckConstraint("area IN ('kalteng', 'luar', 'belum_jelas')", name=op.f("ck_incident_area")),
        sa.CheckConstraint("form <> 'F2' OR severity <= 1", name=op.f("ck_incident_peaceful")),
        sa.CheckConstraint("machine_severity BETWEEN 0 AND 4", name=op.f("ck_incident_machine_severity")),
        sa.CheckConstraint("severity BETWEEN 0 AND 4", name=op.f("ck_incident_severity")),
        sa.ForeignKeyConstraint(
            ["lead_item_id"], ["item.id"], name=op.f("fk_incident_lead_item_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incident")),
    )
    op.create_index(op.f("ix_incident_last_published"), "incident", ["last_published"], unique=False)
    op.create_index("ix_incident_queue", "incident", ["is_open", "area", "rank", "id"], unique=False)
    op.create_index("ix_incident_rank", "incident", ["rank", "id"], unique=False)
    op.create_table(
        "item_version",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False
        ),
        sa.Column("item_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("title", Words(), nullable=False),
        sa.Column("text", Words(), nullable=False),
        sa.Column("relevance", sa.Float(), nullable=False),
        sa.Column("flagged", sa.Boolean(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(
            ["item_id"], ["item.id"], name=op.f("fk_item_version_item_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_item_version")),
        sa.UniqueConstraint("item_id", "content_hash", name=op.f("uq_item_version_item_id_content_hash")),
    )
    op.create_table(
        "ledger",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False
        ),
        sa.Column("fetch_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("reason", sa.String(length=16), nullable=False),
        sa.Column("entries", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["fetch_id"], ["fetch.id"], name=op.f("fk_ledger_fetch_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger")),
        sa.UniqueConstraint("fetch_id", "reason", name=op.f("uq_ledger_fetch_id_reason")),
    )
    op.create_index(op.f("ix_ledger_at"), "ledger", ["at"], unique=False)
    op.create_index(op.f("ix_ledger_fetch_id"), "ledger", ["fetch_id"], unique=False)
    op.create_table(
        "incident_item",
        sa.Column(
            "item_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("incident_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("same_text_as", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("joined_at", Moment(), nullable=False),
        sa.Column("why", Words(), nullable=False),
        sa.ForeignKeyConstraint(
            ["incident_id"], ["incident.id"], name=op.f("fk_incident_item_incident_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["item_id"], ["item.id"], name=op.f("fk_incident_item_item_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["same_text_as"], ["item.id"], name=op.f("fk_incident_item_same_text_as"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("item_id", name=op.f("pk_incident_item")),
    )
    op.create_index(op.f("ix_incident_item_incident_id"), "incident_item", ["incident_id"], unique=False)
    op.create_table(
        "review",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False
        ),
        sa.Column("incident_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("decision", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.String(length=16), nullable=True),
        sa.Column("severity", sa.Integer(), nullable=True),
        sa.Column("form", sa.String(length=16), nullable=True),
        sa.Column("place_code", sa.String(length=16), nullable=True),
        sa.Column("note", Words(), nullable=False),
        sa.Column("account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("machine_severity", sa.Integer(), nullable=False),
        sa.CheckConstraint("decision <> 'tolak' OR reason IS NOT NULL", name=op.f("ck_review_reason")),
        sa.CheckConstraint("decision IN ('terima', 'tolak', 'ragu')", name=op.f("ck_review_decision")),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_review_account_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["incident_id"], ["incident.id"], name=op.f("fk_review_incident_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review")),
    )
    op.create_index(op.f("ix_review_incident_id"), "review", ["incident_id"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_review_incident_id"), table_name="review")
    op.drop_table("review")
    op.drop_index(op.f("ix_incident_item_incident_id"), table_name="incident_item")
    op.drop_table("incident_item")
    op.drop_index(op.f("ix_ledger_fetch_id"), table_name="ledger")
    op.drop_index(op.f("ix_ledger_at"), table_name="ledger")
    op.drop_table("ledger")
    op.drop_table("item_version")
    op.drop_index("ix_incident_rank", table_name="incident")
    op.drop_index("ix_incident_queue", table_name="incident")
    op.drop_index(op.f("ix_incident_last_published"), table_name="incident")
    op.drop_table("incident")
    op.drop_index("ix_assessment_regency", table_name="assessment")
    op.drop_index("ix_assessment_flagged_relevance", table_name="assessment")
    op.drop_table("assessment")
    op.drop_index(op.f("ix_sign_in_expires_at"), table_name="sign_in")
    op.drop_table("sign_in")
    op.drop_index("ix_item_source_id_link_hash", table_name="item")
    op.drop_index("ix_item_source_id_key_hash", table_name="item")
    op.drop_index(op.f("ix_item_published"), table_name="item")
    op.drop_index(op.f("ix_item_first_seen"), table_name="item")
    op.drop_table("item")
    op.drop_index(op.f("ix_fetch_source_id"), table_name="fetch")
    op.drop_index(op.f("ix_fetch_at"), table_name="fetch")
    op.drop_table("fetch")
    op.drop_table("api_key")
    op.drop_index(op.f("ix_source_due_at"), table_name="source")
    op.drop_table("source")
    op.drop_table("account")
