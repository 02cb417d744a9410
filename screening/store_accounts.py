"""Rows of accounts, sign-ins and API keys; only hashes of secrets come here."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from screening.errors import Conflict, NotFound
from screening.records import Account, Role, Session
from screening.schema import account, api_key, inserted_id, sign_in


class Accounts:
    def __init__(self, connection: sa.Connection) -> None:
        self._db = connection

    def add(self, name: str, role: Role, password_hash: str, now: datetime, must_change: bool) -> Account:
        if self.named(name) is not None:
            raise Conflict(f"Akun {name} sudah ada.")
        values = {
            "name": name,
            "role": role,
            "password_hash": password_hash,
            "must_change": must_change,
            "active": True,
            "created_at": now,
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

    def set_password(self, account_id: int, password_hash: str) -> None:
        """The new hash; every open sign-in of the account ends."""
        self.one(account_id)
        values = {"password_hash": password_hash, "must_change": False}
        self._db.execute(account.update().where(account.c.id == account_id).values(**values))
        self._db.execute(sign_in.delete().where(sign_in.c.account_id == account_id))

    def open_session(
        self, token_hash: str, account_id: int, csrf: str, now: datetime, expires_at: datetime
    ) -> None:
        self._db.execute(sign_in.delete().where(sign_in.c.expires_at <= now))
        values = {
            "token_hash": token_hash,
            "account_id": account_id,
            "csrf": csrf,
            "opened_at": now,
            "expires_at": expires_at,
        }
        self._db.execute(sign_in.insert().values(**values))

    def session(self, token_hash: str, now: datetime) -> Session | None:
        query = (
            sa.select(account, sign_in.c.csrf, sign_in.c.expires_at)
            .join(account, account.c.id == sign_in.c.account_id)
            .where(sign_in.c.token_hash == token_hash, sign_in.c.expires_at > now, account.c.active.is_(True))
        )
        row = self._db.execute(query).first()
        return (
            None if row is None else Session(account=_account(row), csrf=row.csrf, expires_at=row.expires_at)
        )

    def close_session(self, token_hash: str) -> None:
        self._db.execute(sign_in.delete().where(sign_in.c.token_hash == token_hash))

    def add_key(self, name: str, key_hash: str, account_id: int, now: datetime) -> None:
        self.one(account_id)
        values = {"name": name, "key_hash": key_hash, "account_id": account_id, "added_at": now}
        self._db.execute(api_key.insert().values(**values))

    def key_account(self, key_hash: str) -> Account | None:
        query = (
            sa.select(account)
            .join(api_key, api_key.c.account_id == account.c.id)
            .where(api_key.c.key_hash == key_hash, account.c.active.is_(True))
        )
        row = self._db.execute(query).first()
        return None if row is None else _account(row)


def _account(row: Any) -> Account:
    return Account(
        id=row.id,
        name=row.name,
        role=Role(row.role),
        password_hash=row.password_hash,
        must_change=row.must_change,
        active=row.active,
        created_at=row.created_at,
    )
