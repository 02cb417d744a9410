"""The whole database copied, counted, hashed and put back, whatever its schema: the SQL behind `backup.py`.

Works on the tables that are there, not on those this version knows, so that an older or newer backup can be
told apart and checked by the same rule.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from screening.errors import Conflict, Invalid

VERSION_TABLE = "alembic_version"
KEPT_SCHEMA = "dini_sebelum_pulih"  # where PostgreSQL's old tables wait until the restored ones are checked
_ROWS = 1_000
_LOCKED_SECONDS = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class TableSum:
    """What one table holds: how many rows, and the SHA-256 of all of them in the order of their key."""

    rows: int
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Contents:
    """A database at one moment."""

    revision: str
    tables: dict[str, TableSum]


def contents(connection: sa.Connection) -> Contents:
    """Read in the transaction of the caller. `Invalid` when no schema of ours is there."""
    inspector = sa.inspect(connection)
    names = sorted(inspector.get_table_names())
    if VERSION_TABLE not in names:
        raise Invalid("Basis data ini belum berisi Dini. Jalankan: dini start")
    revision = str(connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar() or "")
    return Contents(revision=revision, tables={name: _sum(connection, inspector, name) for name in names})


def key_mark(connection: sa.Connection) -> str:
    """Of the key that opens the secrets in here; empty when there are none, or none are sealed yet."""
    if "seal" not in sa.inspect(connection).get_table_names():
        return ""
    return str(connection.exec_driver_sql("SELECT key_mark FROM seal").scalar() or "")


def is_empty(connection: sa.Connection) -> bool:
    """No table holds a row, the schema's own number apart."""
    names = sa.inspect(connection).get_table_names()
    quote = connection.dialect.identifier_preparer.quote
    return not any(
        connection.exec_driver_sql(f"SELECT 1 FROM {quote(name)} LIMIT 1").first()  # noqa: S608  our tables
        for name in names
        if name != VERSION_TABLE
    )


def _sum(connection: sa.Connection, inspector: sa.Inspector, name: str) -> TableSum:
    """Each row as a line of JSON: columns by name, times in UTC, bytes in hex."""
    quote = connection.dialect.identifier_preparer.quote
    columns = sorted(inspector.get_columns(name), key=lambda one: one["name"])
    key = inspector.get_pk_constraint(name)["constrained_columns"] or [one["name"] for one in columns]
    text = {one["name"] for one in columns if isinstance(one["type"], sa.String)}
    # Bytewise order: a collation differs from one cluster to the next, and so would the hash.
    collate = ' COLLATE "C"' if connection.dialect.name == "postgresql" else ""
    order = ", ".join(f"{quote(part)}{collate if part in text else ''}" for part in key)
    listed = ", ".join(quote(one["name"]) for one in columns)
    statement = f"SELECT {listed} FROM {quote(name)} ORDER BY {order}"  # noqa: S608  names of our tables
    digest, rows = hashlib.sha256(), 0
    # On the statement alone: set on the connection, the next statement would get a server-side cursor too.
    found = connection.execute(sa.text(statement), execution_options={"yield_per": _ROWS})
    for row in found:
        line = json.dumps([_plain(value) for value in row], ensure_ascii=True, separators=(",", ":"))
        digest.update(line.encode("ascii") + b"\n")
        rows += 1
    return TableSum(rows=rows, sha256=digest.hexdigest())


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, (bytes, memoryview)):
        return {"hex": bytes(value).hex()}
    if value is None or isinstance(value, (str, int, float, bool)):
        return value
    return {"text": str(value)}


# --- SQLite


def copy_sqlite(source: Path, target: Path) -> None:
    """One consistent moment of a database that others are writing to."""
    with _sqlite(source) as live, _sqlite(target) as copy:
        live.backup(copy)
        # A file of its own: no -wal beside it is needed to read the copy.
        copy.execute("PRAGMA journal_mode=DELETE")


def put_sqlite(copy: Path, target: Path) -> None:
    """The copy becomes the content of the database, in one transaction. `Conflict` while somebody writes."""
    began = time.monotonic()

    def watch(status: int, _left: int, _all: int) -> None:
        if status in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED) and (
            time.monotonic() - began > _LOCKED_SECONDS
        ):
            raise TimeoutError

    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with _sqlite(copy) as source, _sqlite(target) as live:
        try:
            live.execute("PRAGMA journal_mode=WAL")
            source.backup(live, progress=watch, sleep=0.1)
            live.execute("PRAGMA journal_mode=WAL")
        except (TimeoutError, sqlite3.OperationalError):
            raise Conflict(
                "Basis data sedang dipakai. Hentikan dini serve dan dini worker lebih dulu."
            ) from None


def sqlite_broken(path: Path) -> bool:
    """Whether SQLite itself finds the file damaged."""
    try:
        with _sqlite(path) as connection:
            return bool(connection.execute("PRAGMA integrity_check").fetchall() != [("ok",)])
    except sqlite3.DatabaseError:
        return True


@contextmanager
def reading_sqlite(path: Path) -> Iterator[sa.Connection]:
    engine = sa.create_engine(f"sqlite:///{path}", hide_parameters=True)
    try:
        with engine.connect() as connection:
            yield connection
    finally:
        engine.dispose()


@contextmanager
def _sqlite(path: Path) -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(path, timeout=_LOCKED_SECONDS, isolation_level=None)
    try:
        yield connection
    finally:
        connection.close()


# --- PostgreSQL


def export_snapshot(connection: sa.Connection) -> str:
    """The view of this transaction for `pg_dump --snapshot`: what is hashed here is what it dumps."""
    return str(connection.exec_driver_sql("SELECT pg_export_snapshot()").scalar_one())


def server_major(connection: sa.Connection) -> int:
    return int(str(connection.exec_driver_sql("SHOW server_version_num").scalar_one())) // 10_000


def others_connected(connection: sa.Connection) -> int:
    """Connections of the same user to the same database, our own apart."""
    return int(
        connection.exec_driver_sql(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
            "AND usename = current_user AND pid <> pg_backend_pid()"
        ).scalar_one()
    )


def schema_name(connection: sa.Connection) -> str:
    return str(connection.exec_driver_sql("SELECT current_schema()").scalar_one())


def kept_aside(connection: sa.Connection) -> bool:
    """Whether the tables of a restore that did not end are still aside."""
    query = sa.text("SELECT 1 FROM pg_namespace WHERE nspname = :name")
    return connection.execute(query, {"name": KEPT_SCHEMA}).first() is not None


def set_aside(connection: sa.Connection, schema: str) -> None:
    """Everything of the schema waits under another name, and an empty one takes its place."""
    quote = connection.dialect.identifier_preparer.quote
    connection.exec_driver_sql(f"ALTER SCHEMA {quote(schema)} RENAME TO {KEPT_SCHEMA}")
    connection.exec_driver_sql(f"CREATE SCHEMA {quote(schema)}")


def bring_back(connection: sa.Connection, schema: str) -> None:
    """What was set aside is in its place again; what was put there goes."""
    quote = connection.dialect.identifier_preparer.quote
    connection.exec_driver_sql(f"DROP SCHEMA IF EXISTS {quote(schema)} CASCADE")
    connection.exec_driver_sql(f"ALTER SCHEMA {KEPT_SCHEMA} RENAME TO {quote(schema)}")


def forget_aside(connection: sa.Connection) -> None:
    connection.exec_driver_sql(f"DROP SCHEMA {KEPT_SCHEMA} CASCADE")
