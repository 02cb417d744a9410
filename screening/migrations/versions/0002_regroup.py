"""Merging and splitting of incidents, and the clues by which the linking finds candidates."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa
from alembic import op

from screening.linking import LONGEST
from screening.schema import Moment, Words
from screening.store_links import write_clues

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column("incident", sa.Column("merged_into", _NUMBER, nullable=True))
    op.create_index(
        "ix_incident_place_code_last_published", "incident", ["place_code", "last_published"], unique=False
    )
    op.create_table(
        "clue",
        sa.Column("item_id", _NUMBER, autoincrement=False, nullable=False),
        sa.Column("mark", _NUMBER, autoincrement=False, nullable=False),
        sa.Column("weight", sa.Float(), nullable=False),
        sa.Column("published", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name=op.f("fk_clue_item_id"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("item_id", "mark", name=op.f("pk_clue")),
    )
    op.create_index("ix_clue_mark_published", "clue", ["mark", "published"], unique=False)
    op.create_table(
        "regrouping",
        sa.Column("id", _NUMBER, autoincrement=True, nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("incident_id", _NUMBER, nullable=False),
        sa.Column("other_id", _NUMBER, nullable=False),
        sa.Column("items", Words(), nullable=False),
        sa.Column("account_id", _NUMBER, nullable=True),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("why", Words(), nullable=False),
        sa.CheckConstraint("kind IN ('gabung', 'pisah')", name=op.f("ck_regrouping_kind")),
        sa.ForeignKeyConstraint(
            ["incident_id"], ["incident.id"], name=op.f("fk_regrouping_incident_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["other_id"], ["incident.id"], name=op.f("fk_regrouping_other_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_regrouping_account_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_regrouping")),
    )
    op.create_index(op.f("ix_regrouping_incident_id"), "regrouping", ["incident_id"], unique=False)
    op.create_index(op.f("ix_regrouping_other_id"), "regrouping", ["other_id"], unique=False)
    _clues_of_running_stories()


def downgrade() -> None:
    op.drop_index(op.f("ix_regrouping_other_id"), table_name="regrouping")
    op.drop_index(op.f("ix_regrouping_incident_id"), table_name="regrouping")
    op.drop_table("regrouping")
    op.drop_index("ix_clue_mark_published", table_name="clue")
    op.drop_table("clue")
    op.drop_index("ix_incident_place_code_last_published", table_name="incident")
    op.drop_column("incident", "merged_into")


def _clues_of_running_stories() -> None:
    """What was linked before has no clues; older stories than these are never asked for."""
    connection = op.get_bind()
    item = sa.table(
        "item",
        sa.column("id", _NUMBER),
        sa.column("title", Words()),
        sa.column("text", Words()),
        sa.column("published", Moment()),
    )
    linked = sa.table("incident_item", sa.column("item_id", _NUMBER))
    joined = item.join(linked, linked.c.item_id == item.c.id)
    newest = connection.execute(sa.select(sa.func.max(item.c.published)).select_from(joined)).scalar()
    if newest is None:
        return
    query = sa.select(item.c.id, item.c.title, item.c.text, item.c.published).select_from(joined)
    for row in connection.execute(
        query.where(item.c.published >= newest - LONGEST - timedelta(days=1))
    ).all():
        write_clues(connection, row.id, row.title, row.text, row.published)
