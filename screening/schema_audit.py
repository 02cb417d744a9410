"""The audit trail's table, with the triggers that keep it append-only for any program that connects.

A row goes on at the tail only; none is updated; none is deleted but those older than a year that a later row
`jejak.pangkas` names (the retention clock). Who may drop triggers may still do anything: that is what the
hash chain and the heads outside are for.
"""

from __future__ import annotations

import sqlalchemy as sa

from screening.schema import Hash, Moment, Number, metadata

# Who did what, append-only and hash-chained; no foreign key, as it outlives what it tells of.
audit = sa.Table(
    "audit",
    metadata,
    sa.Column("seq", Number, primary_key=True, autoincrement=False),
    sa.Column("at", Moment, nullable=False, index=True),
    sa.Column("account_id", Number),
    sa.Column("what", sa.String(40), nullable=False),
    sa.Column("subject", sa.String(80), nullable=False),
    sa.Column("detail", sa.String(200), nullable=False),
    sa.Column("previous", Hash, nullable=False),
    sa.Column("hash", Hash, nullable=False),
    sa.Index("ix_audit_what_seq", "what", "seq"),
    sa.Index("ix_audit_account_id_seq", "account_id", "seq"),
    sa.Index("ix_audit_subject_seq", "subject", "seq"),
)

GUARDS: dict[str, tuple[str, ...]] = {
    "sqlite": (
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
    ),
    "postgresql": (
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
    ),
}
TRIGGERS = {
    "sqlite": ("audit_next", "audit_no_update", "audit_no_delete"),
    "postgresql": ("audit_rows", "audit_whole"),
}


@sa.event.listens_for(audit, "after_create")
def _arm(_table: sa.Table, connection: sa.Connection, **_more: object) -> None:
    for statement in GUARDS[connection.dialect.name]:
        connection.exec_driver_sql(statement)
