"""Counts by source and piece of a day, so that the log of fetches can be pruned; indexes by source."""

from __future__ import annotations

from collections import Counter
from datetime import datetime

import sqlalchemy as sa
from alembic import op

from screening.coverage import piece_of
from screening.schema import Moment

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_BATCH = 1_000


def upgrade() -> None:
    op.create_table(
        "tally",
        sa.Column("source_id", _NUMBER, autoincrement=False, nullable=False),
        sa.Column("since", Moment(), nullable=False),
        sa.Column("what", sa.String(length=16), nullable=False),
        sa.Column("total", _NUMBER, nullable=False),
        sa.ForeignKeyConstraint(
            ["source_id"], ["source.id"], name=op.f("fk_tally_source_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("source_id", "since", "what", name=op.f("pk_tally")),
    )
    op.create_index("ix_tally_since", "tally", ["since"], unique=False)
    op.create_index(
        "ix_item_source_id_first_seen",
        "item",
        ["source_id", "first_seen", "published", "date_suspect"],
        unique=False,
    )
    op.create_index("ix_fetch_source_id_at", "fetch", ["source_id", "at"], unique=False)
    op.drop_index("ix_fetch_source_id", table_name="fetch")
    _count_what_is_there()


def downgrade() -> None:
    op.create_index("ix_fetch_source_id", "fetch", ["source_id"], unique=False)
    op.drop_index("ix_fetch_source_id_at", table_name="fetch")
    op.drop_index("ix_item_source_id_first_seen", table_name="item")
    op.drop_index("ix_tally_since", table_name="tally")
    op.drop_table("tally")


def _count_what_is_there() -> None:
    connection = op.get_bind()
    fetch = sa.table(
        "fetch",
        sa.column("id"),
        sa.column("source_id"),
        sa.column("at", Moment()),
        sa.column("state"),
        sa.column("new"),
        sa.column("changed"),
    )
    ledger = sa.table("ledger", sa.column("fetch_id"), sa.column("reason"), sa.column("entries"))
    tally = sa.table(
        "tally",
        sa.column("source_id"),
        sa.column("since", Moment()),
        sa.column("what"),
        sa.column("total"),
    )
    counts: Counter[tuple[int, datetime, str]] = Counter()
    query = sa.select(fetch.c.source_id, fetch.c.at, fetch.c.state, fetch.c.new, fetch.c.changed)
    for row in connection.execute(query):
        since = piece_of(row.at)
        counts[row.source_id, since, "gagal" if row.state == "gagal" else "berhasil"] += 1
        counts[row.source_id, since, "baru"] += row.new
        counts[row.source_id, since, "diubah"] += row.changed
    joined = sa.select(fetch.c.source_id, fetch.c.at, ledger.c.reason, ledger.c.entries).join_from(
        ledger, fetch, fetch.c.id == ledger.c.fetch_id
    )
    for source_id, at, reason, entries in connection.execute(joined):
        counts[source_id, piece_of(at), reason] += entries
    rows = [
        {"source_id": source_id, "since": since, "what": what, "total": count}
        for (source_id, since, what), count in counts.items()
        if count
    ]
    for start in range(0, len(rows), _BATCH):
        connection.execute(tally.insert(), rows[start : start + _BATCH])
