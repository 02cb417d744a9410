"""Offices: which an account belongs to, whose a watch topic is, which regencies see an incident; auditors.

Accounts and topics that exist belong to the province. Who sees an incident follows from its place and from
where its reports put the event; the same two statements as in `store_offices`.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_CODE = sa.String(length=16)
_OLD = "('operator', 'analis', 'supervisor', 'administrator')"
_NEW = "('operator', 'analis', 'supervisor', 'administrator', 'auditor')"
# By these one who follows changes finds what happened since a moment.
_MOMENTS = (
    ("incident", "reviewed_at"),
    ("incident_item", "joined_at"),
    ("item", "last_changed"),
    ("regrouping", "at"),
    ("retraction", "at"),
)

_PLACED = """
    INSERT INTO incident_office (incident_id, office, why)
    SELECT id, substr(place_code, 1, 5), 'tempat' FROM incident
    WHERE merged_into IS NULL AND area <> 'luar' AND place_code LIKE '62.__%'
"""
_TOLD = """
    INSERT INTO incident_office (incident_id, office, why)
    SELECT DISTINCT incident_item.incident_id, assessment.regency, 'laporan'
    FROM incident_item
    JOIN assessment ON assessment.item_id = incident_item.item_id
    JOIN incident ON incident.id = incident_item.incident_id
    WHERE incident.merged_into IS NULL AND incident.area <> 'luar' AND assessment.regency LIKE '62.__'
      AND NOT EXISTS (
        SELECT 1 FROM incident_office AS known
        WHERE known.incident_id = incident_item.incident_id AND known.office = assessment.regency
      )
"""


def upgrade() -> None:
    _roles(_OLD, _NEW)
    op.add_column("account", sa.Column("office", _CODE, nullable=False, server_default="62"))
    op.add_column("watch_topic", sa.Column("office", _CODE, nullable=False, server_default="62"))
    op.create_table(
        "incident_office",
        sa.Column("incident_id", _NUMBER, autoincrement=False, nullable=False),
        sa.Column("office", _CODE, nullable=False),
        sa.Column("why", _CODE, nullable=False),
        sa.CheckConstraint("why IN ('tempat', 'laporan')", name=op.f("ck_incident_office_why")),
        sa.ForeignKeyConstraint(
            ["incident_id"],
            ["incident.id"],
            name=op.f("fk_incident_office_incident_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("incident_id", "office", name=op.f("pk_incident_office")),
    )
    op.create_index("ix_incident_office_office", "incident_office", ["office", "incident_id"], unique=False)
    op.execute(_PLACED)
    op.execute(_TOLD)
    for table, column in _MOMENTS:
        op.create_index(f"ix_{table}_{column}", table, [column], unique=False)


def downgrade() -> None:
    for table, column in _MOMENTS:
        op.drop_index(f"ix_{table}_{column}", table_name=table)
    op.drop_table("incident_office")
    op.drop_column("watch_topic", "office")
    op.execute("UPDATE account SET role = 'operator', active = false WHERE role = 'auditor'")
    op.drop_column("account", "office")
    _roles(_NEW, _OLD)


def _roles(before: str, after: str) -> None:
    connection = op.get_bind()
    if connection.dialect.name == "postgresql":
        op.drop_constraint(op.f("ck_account_role"), "account", type_="check")
        op.create_check_constraint(op.f("ck_account_role"), "account", f"role IN {after}")
        return
    # SQLite changes a check only with the whole table, and a table that others point at cannot be dropped
    # while foreign keys hold; so its text is rewritten, the way SQLite's manual gives for this case.
    version = int(connection.exec_driver_sql("PRAGMA schema_version").scalar() or 0)
    connection.exec_driver_sql("PRAGMA writable_schema=ON")
    connection.exec_driver_sql(
        "UPDATE sqlite_master SET sql = replace(sql, ?, ?) WHERE type = 'table' AND name = 'account'",
        (before, after),
    )
    connection.exec_driver_sql(f"PRAGMA schema_version={version + 1}")
    connection.exec_driver_sql("PRAGMA writable_schema=OFF")
