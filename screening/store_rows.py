"""Many rows at once, as fast as either database takes them."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import sqlite

_SQLITE = sqlite.dialect()
_Bind = Callable[[Any], Any] | None


def numbered(db: sa.Connection, table: sa.Table, rows: Sequence[dict[str, Any]]) -> list[int]:
    """Inserts these rows as `poured` does; their new ids, in the same order."""
    if db.dialect.name != "sqlite":
        # RETURNING alone does not promise the order.
        insert = table.insert().returning(table.c.id, sort_by_parameter_order=True)
        return [int(number) for number in db.scalars(insert, rows)]
    # There the promise costs a statement a row; the one writer may as well number them as SQLite would.
    last = db.scalar(sa.select(sa.func.max(table.c.id))) or 0
    numbers = list(range(last + 1, last + 1 + len(rows)))
    poured(db, table, [{"id": number, **row} for number, row in zip(numbers, rows, strict=True)])
    return numbers


def poured(db: sa.Connection, table: sa.Table, rows: Sequence[dict[str, Any]]) -> None:
    """Inserts these rows, all with the same columns, which need no default made in Python.

    On SQLite past SQLAlchemy's way with each value, which took longer than the inserting.
    """
    if not rows:
        return
    if db.dialect.name != "sqlite":
        db.execute(table.insert(), rows)
        return
    statement, columns = _pouring(table, tuple(sorted(rows[0])))
    db.exec_driver_sql(
        statement,
        [tuple([row[name] if bind is None else bind(row[name]) for name, bind in columns]) for row in rows],
    )


@functools.lru_cache(maxsize=32)
def _pouring(table: sa.Table, names: tuple[str, ...]) -> tuple[str, tuple[tuple[str, _Bind], ...]]:
    """The statement for SQLite; its columns in order, with what makes a value of ours one of its own."""
    compiled = table.insert().compile(dialect=_SQLITE, column_keys=list(names))
    order = [column.key for column in table.c if column.key in names]
    return str(compiled), tuple((name, _bind_of(table.c[name].type)) for name in order)


def _bind_of(kind: sa.types.TypeEngine[Any]) -> _Bind:
    if isinstance(kind, sa.types.TypeDecorator):
        return functools.partial(kind.process_bind_param, dialect=_SQLITE)
    return kind.dialect_impl(_SQLITE).bind_processor(_SQLITE)
