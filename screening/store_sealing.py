"""Rows of sealed secrets: the mark that says which key a database belongs to, and every secret there is."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from screening.schema import account
from screening.schema_accounts import seal, second_step
from screening.schema_hooks import hook

_FIRST = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """One secret as it lies in the database; `place` is what it is sealed for."""

    place: str
    column: str
    row_id: int
    value: str = field(repr=False)
    named: str  # the account's name, the webhook's number: what a person must do something about


class Seals:
    def __init__(self, connection: sa.Connection) -> None:
        self._db = connection

    def sample(self) -> tuple[str, str] | None:
        """(mark of the key, something sealed under it), or None before the first secret."""
        row = self._db.execute(sa.select(seal).where(seal.c.id == _FIRST)).first()
        return None if row is None else (row.key_mark, row.sealed)

    def put_sample(self, mark: str, sealed: str, now: datetime) -> None:
        """The first one stands: of two machines that begin at once, one finds another's."""
        new = (postgresql if self._db.dialect.name == "postgresql" else sqlite).insert(seal)
        values = {"id": _FIRST, "key_mark": mark, "sealed": sealed, "at": now}
        self._db.execute(new.values(**values).on_conflict_do_nothing(index_elements=["id"]))

    def change_sample(self, mark: str, sealed: str, now: datetime) -> None:
        values = {"key_mark": mark, "sealed": sealed, "at": now}
        self._db.execute(seal.update().where(seal.c.id == _FIRST).values(**values))

    def every(self, *, lock: bool = False) -> list[Stored]:
        """All secrets, second steps first; of a webhook the one before too. `lock`: nobody changes them."""
        steps = (
            sa.select(second_step.c.account_id, second_step.c.secret, account.c.name)
            .join(account, account.c.id == second_step.c.account_id)
            .order_by(second_step.c.account_id)
        )
        found = [
            Stored(
                place=f"totp:{row.account_id}",
                column="secret",
                row_id=row.account_id,
                value=row.secret,
                named=row.name,
            )
            for row in self._db.execute(steps.with_for_update(of=second_step) if lock else steps)
        ]
        hooks = sa.select(hook.c.id, hook.c.secret, hook.c.old_secret).order_by(hook.c.id)
        for row in self._db.execute(hooks.with_for_update() if lock else hooks):
            for column in ("secret", "old_secret"):
                if value := getattr(row, column):
                    place, named = f"kait:{row.id}", str(row.id)
                    found.append(Stored(place=place, column=column, row_id=row.id, value=value, named=named))
        return found

    def put(self, one: Stored, value: str) -> None:
        table, key = (second_step, "account_id") if one.place.startswith("totp:") else (hook, "id")
        chosen = table.c[key] == one.row_id
        self._db.execute(table.update().where(chosen).values({one.column: value}))

    def overwrite_freed(self) -> None:
        """SQLite: what this transaction replaces is zeroed in the file, not only given free."""
        if self._db.dialect.name == "sqlite":
            self._db.exec_driver_sql("PRAGMA secure_delete = ON")
