"""Collectors: how often and by whom a source is asked, where texts came from, what sources corrected."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from screening.schema import Moment, Words

revision = "0005"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for column in (
        sa.Column("interval_seconds", sa.Integer(), nullable=True),
        sa.Column("asked_seconds", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("standing", sa.String(length=16), nullable=False, server_default="sehat"),
        sa.Column("failing_since", Moment(), nullable=True),
        sa.Column("moved_to", Words(), nullable=False, server_default=""),
        sa.Column("former_urls", Words(), nullable=False, server_default=""),
        sa.Column("claimed_until", Moment(), nullable=True),
        sa.Column("claimed_by", sa.String(length=16), nullable=False, server_default=""),
    ):
        op.add_column("source", column)
    for column in (
        sa.Column("text_from", sa.String(length=16), nullable=False, server_default="feed"),
        sa.Column("feed_hash", sa.String(length=64), nullable=False, server_default=""),
        sa.Column("page_tries", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("correction", sa.String(length=16), nullable=True),
    ):
        op.add_column("item", column)
    op.create_index("ix_item_content_hash", "item", ["content_hash"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_item_content_hash", table_name="item")
    for name in ("correction", "page_tries", "feed_hash", "text_from"):
        op.drop_column("item", name)
    for name in (
        "claimed_by",
        "claimed_until",
        "former_urls",
        "moved_to",
        "failing_since",
        "standing",
        "asked_seconds",
        "interval_seconds",
    ):
        op.drop_column("source", name)
