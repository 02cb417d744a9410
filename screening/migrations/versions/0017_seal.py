"""Secrets are sealed under a key outside the database: which key that is, and room for what is sealed.

What lies in the clear is sealed at the start that follows, where the key is at hand.

Revision ID: 0017
Revises: 0016
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from screening.schema import Moment, Words

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "seal",
        sa.Column("id", _NUMBER, autoincrement=False, nullable=False),
        sa.Column("key_mark", sa.String(length=16), nullable=False),
        sa.Column("sealed", Words(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_seal")),
    )
    # SQLite holds no one to a length, and making the table anew would leave its secrets in freed pages.
    if op.get_bind().dialect.name == "postgresql":
        op.alter_column("second_step", "secret", type_=sa.String(length=512))


def downgrade() -> None:
    op.drop_table("seal")
