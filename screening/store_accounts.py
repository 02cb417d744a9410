"""Rows of accounts and sign-ins; only hashes of secrets come here."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from screening.errors import Conflict, NotFound
from screening.records import Account, Role, Session
from screening.schema import account, inserted_id, sign_in
from screening.schema_accounts import known_device


class Accounts:
    def __init__(self, connection: sa.Connection) -> None:
        self._db = connection

    def add(  # noqa: PLR0917  a row's columns
        self, name: str, role: Role, password_hash: str, now: datetime, must_change: bool, office: str
    ) -> Account:
        if self.named(name) is not None:
            raise Conflict(f"Akun {name} sudah ada.")
        values = {
            "name": name,
            "role": role,
            "password_hash": password_hash,
            "must_change": must_change,
            "active": True,
            "created_at": now,
            "office": office,
        }
        number = inserted_id(self._db.execute(account.insert().values(**values)))
        return self.one(number)

    def one(self, account_id: int) -> Account:
        row = self._db.execute(sa.select(account).where(account.c.id == account_id)).first()
        if row is None:
            raise NotFound("Akun itu tidak ada.")
        return _account(row)

    def named(self, name: str) -> Account | None:
        row = self._db.execute(sa.select(account).where(account.c.name == name)).first()
        return None if row is None else _account(row)

    def of_name(self, name: str) -> Account:
        found = self.named(name)
        if found is None:
            raise NotFound(f"Akun {name} tidak ada.")
        return found

    def all(self, office: str = "") -> tuple[Account, ...]:
        """By name; of one office, or all."""
        query = sa.select(account).order_by(account.c.name)
        if office:
            query = query.where(account.c.office == office)
        return tuple(_account(row) for row in self._db.execute(query))

    def change(self, account_id: int, values: Mapping[str, object]) -> Account:
        """Other rights or another password: every open sign-in ends, so that none keeps the old ones."""
        self._db.execute(account.update().where(account.c.id == account_id).values(**values))
        self._begin_anew(account_id)
        return self.one(account_id)

    def set_password(self, account_id: int, password_hash: str) -> None:
        """The new hash; every open sign-in of the account ends, and no browser is known any more."""
        self.one(account_id)
        values = {"password_hash": password_hash, "must_change": False}
        self._db.execute(account.update().where(account.c.id == account_id).values(**values))
        self._begin_anew(account_id)

    def _begin_anew(self, account_id: int) -> None:
        """Nobody is signed in, and who knew the old password may sit at any browser that was known."""
        self._db.execute(sign_in.delete().where(sign_in.c.account_id == account_id))
        self._db.execute(known_device.delete().where(known_device.c.account_id == account_id))

    def open_session(
        self,
        token_hash: str,
        account_id: int,
        csrf: str,
        now: datetime,
        expires_at: datetime,
        *,
        stage: str = "penuh",
        browser: str = "",
    ) -> None:
        self._db.execute(sign_in.delete().where(sign_in.c.expires_at <= now))
        values = {
            "token_hash": token_hash,
            "account_id": account_id,
            "csrf": csrf,
            "opened_at": now,
            "expires_at": expires_at,
            "seen_at": now,
            "reached": stage,
            "browser": browser,
        }
        self._db.execute(sign_in.insert().values(**values))

    def session(self, token_hash: str, now: datetime) -> Session | None:
        query = (
            sa.select(
                account,
                sign_in.c.csrf,
                sign_in.c.expires_at,
                sign_in.c.opened_at,
                sign_in.c.seen_at,
                sign_in.c.reached,
            )
            .join(account, account.c.id == sign_in.c.account_id)
            .where(sign_in.c.token_hash == token_hash, sign_in.c.expires_at > now, account.c.active.is_(True))
        )
        row = self._db.execute(query).first()
        if row is None:
            return None
        return Session(
            account=_account(row),
            csrf=row.csrf,
            expires_at=row.expires_at,
            seen_at=row.seen_at or row.opened_at,
            stage=row.reached,
        )

    def close_session(self, token_hash: str) -> int | None:
        """The account whose session this ended; None when there was no such session."""
        chosen = sign_in.c.token_hash == token_hash
        account_id = self._db.scalar(sa.select(sign_in.c.account_id).where(chosen))
        self._db.execute(sign_in.delete().where(chosen))
        return account_id


def _account(row: Any) -> Account:
    return Account(
        id=row.id,
        name=row.name,
        role=Role(row.role),
        password_hash=row.password_hash,
        must_change=row.must_change,
        active=row.active,
        created_at=row.created_at,
        office=row.office,
    )
