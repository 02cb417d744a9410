"""Keys with scopes and an end, idle sessions, attempts, known browsers, second step, outside sign-in.

Keys that exist get what their account's role may do, and a year from this migration.

Revision ID: 0016
Revises: 0015
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
from alembic import op

from screening.schema import Moment, Words

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_PAST = "1970-01-01T00:00:00.000000"
_SCOPES = {
    "operator": "baca ekspor saring sumber",
    "analis": "baca ekspor saring telaah",
    "supervisor": "baca ekspor saring telaah",
    "administrator": "baca ekspor kait saring sumber telaah",
    "auditor": "baca ekspor saring",
}


def upgrade() -> None:
    op.add_column("api_key", sa.Column("scopes", Words(), nullable=False, server_default=""))
    op.add_column("api_key", sa.Column("expires_at", Moment(), nullable=False, server_default=_PAST))
    op.add_column("api_key", sa.Column("used_on", sa.String(length=10), nullable=False, server_default=""))
    op.add_column("api_key", sa.Column("revoked_at", Moment(), nullable=True))
    keys = sa.table(
        "api_key",
        sa.column("id", _NUMBER),
        sa.column("account_id", _NUMBER),
        sa.column("scopes", Words()),
        sa.column("expires_at", Moment()),
    )
    account = sa.table("account", sa.column("id", _NUMBER), sa.column("role", sa.String()))
    connection = op.get_bind()
    owned = sa.select(keys.c.id, account.c.role).join(account, account.c.id == keys.c.account_id)
    ends = datetime.now(UTC) + timedelta(days=365)
    for row in connection.execute(owned).all():
        given = {"scopes": _SCOPES.get(row.role, "baca ekspor"), "expires_at": ends}
        connection.execute(keys.update().where(keys.c.id == row.id).values(**given))

    op.add_column("sign_in", sa.Column("seen_at", Moment(), nullable=True))
    op.add_column(
        "sign_in", sa.Column("reached", sa.String(length=16), nullable=False, server_default="penuh")
    )
    op.add_column("sign_in", sa.Column("browser", Words(), nullable=False, server_default=""))
    op.create_index("ix_sign_in_account_id", "sign_in", ["account_id"], unique=False)

    op.create_table(
        "attempt",
        sa.Column("key_hash", sa.String(length=64), nullable=False),
        sa.Column("minute", Moment(), nullable=False),
        sa.Column("hits", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("key_hash", "minute", name=op.f("pk_attempt")),
    )
    op.create_index("ix_attempt_minute", "attempt", ["minute"], unique=False)
    op.create_table(
        "known_device",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("account_id", _NUMBER, autoincrement=False, nullable=False),
        sa.Column("since", Moment(), nullable=False),
        sa.Column("until", Moment(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_known_device_account_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("token_hash", "account_id", name=op.f("pk_known_device")),
    )
    op.create_index("ix_known_device_account_id", "known_device", ["account_id"], unique=False)
    op.create_index("ix_known_device_until", "known_device", ["until"], unique=False)
    op.create_table(
        "second_step",
        sa.Column("account_id", _NUMBER, autoincrement=False, nullable=False),
        sa.Column("secret", sa.String(length=64), nullable=False),
        sa.Column("started_at", Moment(), nullable=False),
        sa.Column("confirmed_at", Moment(), nullable=True),
        sa.Column("last_step", _NUMBER, nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_second_step_account_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_second_step")),
    )
    op.create_table(
        "recovery_code",
        sa.Column("account_id", _NUMBER, autoincrement=False, nullable=False),
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("used_at", Moment(), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_recovery_code_account_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("account_id", "code_hash", name=op.f("pk_recovery_code")),
    )
    op.create_table(
        "outside_link",
        sa.Column("link_hash", sa.String(length=64), nullable=False),
        sa.Column("issuer", Words(), nullable=False),
        sa.Column("subject", Words(), nullable=False),
        sa.Column("account_id", _NUMBER, nullable=False),
        sa.Column("added_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_outside_link_account_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("link_hash", name=op.f("pk_outside_link")),
    )
    op.create_index("ix_outside_link_account_id", "outside_link", ["account_id"], unique=False)
    op.create_table(
        "outside_start",
        sa.Column("state_hash", sa.String(length=64), nullable=False),
        sa.Column("browser_hash", sa.String(length=64), nullable=False),
        sa.Column("issuer", Words(), nullable=False),
        sa.Column("nonce", sa.String(length=64), nullable=False),
        sa.Column("verifier", sa.String(length=128), nullable=False),
        sa.Column("target", Words(), nullable=False),
        sa.Column("expires_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("state_hash", name=op.f("pk_outside_start")),
    )
    op.create_index("ix_outside_start_expires_at", "outside_start", ["expires_at"], unique=False)


def downgrade() -> None:
    for table in (
        "outside_start",
        "outside_link",
        "recovery_code",
        "second_step",
        "known_device",
        "attempt",
    ):
        op.drop_table(table)
    op.drop_index("ix_sign_in_account_id", table_name="sign_in")
    for column in ("browser", "reached", "seen_at"):
        op.drop_column("sign_in", column)
    for column in ("revoked_at", "used_on", "expires_at", "scopes"):
        op.drop_column("api_key", column)
