"""Whether the reader of a second reading had opened the incident before: noted from now on.

Of readings chosen before this revision nobody knows, so they are counted neither as opened nor as unopened.

Revision ID: 0018
Revises: 0017
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from screening.schema import Moment

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column("second_reading", sa.Column("touched_at", Moment(), nullable=True))
    op.add_column(
        "second_reading", sa.Column("touch_noted", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    op.create_table(
        "reading_touch",
        sa.Column("id", _NUMBER, autoincrement=True, nullable=False),
        sa.Column("reading_id", _NUMBER, nullable=False),
        sa.Column("account_id", _NUMBER, nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(
            ["reading_id"],
            ["second_reading.id"],
            name=op.f("fk_reading_touch_reading_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_reading_touch_account_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reading_touch")),
        sa.UniqueConstraint("reading_id", "account_id", name=op.f("uq_reading_touch_reading_id_account_id")),
    )


def downgrade() -> None:
    op.drop_table("reading_touch")
    for column in ("touch_noted", "touched_at"):
        op.drop_column("second_reading", column)
