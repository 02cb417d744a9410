"""The audit trail, append-only by triggers and hash-chained.

Revision ID: 0008
Revises: 0007
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from screening.schema import Moment

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_SQLITE = (
    """CREATE TRIGGER audit_next BEFORE INSERT ON audit
WHEN NEW.seq IS NOT (SELECT coalesce(max(seq), 0) + 1 FROM audit)
  OR NEW.previous IS NOT coalesce((SELECT hash FROM audit ORDER BY seq DESC LIMIT 1),
    '0000000000000000000000000000000000000000000000000000000000000000')
BEGIN SELECT RAISE(ABORT, 'jejak audit hanya dapat ditambah'); END""",
    """CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit
BEGIN SELECT RAISE(ABORT, 'jejak audit hanya dapat ditambah'); END""",
    """CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit
WHEN NOT EXISTS (
  SELECT 1 FROM audit AS later WHERE later.what = 'jejak.pangkas' AND later.seq > OLD.seq
  AND CAST(later.subject AS INTEGER) >= OLD.seq AND substr(OLD.at, 1, 10) < date(later.at, '-365 days'))
BEGIN SELECT RAISE(ABORT, 'jejak audit hanya dapat ditambah'); END""",
)
_POSTGRESQL = (
    """CREATE OR REPLACE FUNCTION audit_guard() RETURNS trigger LANGUAGE plpgsql AS $guard$
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NEW.seq = (SELECT coalesce(max(seq), 0) + 1 FROM audit)
       AND NEW.previous = coalesce((SELECT hash FROM audit ORDER BY seq DESC LIMIT 1),
    '0000000000000000000000000000000000000000000000000000000000000000') THEN
      RETURN NEW;
    END IF;
  ELSIF TG_OP = 'DELETE' THEN
    IF EXISTS (
      SELECT 1 FROM audit AS later WHERE later.what = 'jejak.pangkas' AND later.seq > OLD.seq
      AND CASE WHEN later.what = 'jejak.pangkas' THEN CAST(later.subject AS bigint) END >= OLD.seq
      AND OLD.at < later.at - interval '365 days') THEN
      RETURN OLD;
    END IF;
  END IF;
  RAISE EXCEPTION 'jejak audit hanya dapat ditambah';
END
$guard$""",
    """CREATE TRIGGER audit_rows BEFORE INSERT OR UPDATE OR DELETE ON audit
FOR EACH ROW EXECUTE FUNCTION audit_guard()""",
    """CREATE TRIGGER audit_whole BEFORE TRUNCATE ON audit
FOR EACH STATEMENT EXECUTE FUNCTION audit_guard()""",
)


def upgrade() -> None:
    op.create_table(
        "audit",
        sa.Column("seq", _NUMBER, autoincrement=False, nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("account_id", _NUMBER, nullable=True),
        sa.Column("what", sa.String(length=40), nullable=False),
        sa.Column("subject", sa.String(length=80), nullable=False),
        sa.Column("detail", sa.String(length=200), nullable=False),
        sa.Column("previous", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_audit")),
    )
    op.create_index("ix_audit_at", "audit", ["at"], unique=False)
    op.create_index("ix_audit_what_seq", "audit", ["what", "seq"], unique=False)
    op.create_index("ix_audit_account_id_seq", "audit", ["account_id", "seq"], unique=False)
    op.create_index("ix_audit_subject_seq", "audit", ["subject", "seq"], unique=False)
    connection = op.get_bind()
    for statement in _SQLITE if connection.dialect.name == "sqlite" else _POSTGRESQL:
        connection.exec_driver_sql(statement)


def downgrade() -> None:
    op.drop_table("audit")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION audit_guard()")
