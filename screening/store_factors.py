"""Rows of the second step, its recovery codes, and of sign-ins at an outside provider."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

import sqlalchemy as sa

from screening.errors import Conflict
from screening.records import Account
from screening.schema import account
from screening.schema_accounts import outside_link, outside_start, recovery_code, second_step
from screening.store_accounts import _account


@dataclass(frozen=True, slots=True, kw_only=True)
class Factor:
    """The second step of an account; not confirmed: begun and not in force."""

    secret: str | None = field(repr=False)  # None: sealed under a key that is not here
    confirmed_at: datetime | None
    codes_left: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OutsideStart:
    """What a sign-in at the provider was begun with."""

    issuer: str
    nonce: str = field(repr=False)
    verifier: str = field(repr=False)
    target: str


class Factors:
    def __init__(self, connection: sa.Connection) -> None:
        self._db = connection

    # --- second step

    def factor(self, account_id: int) -> Factor | None:
        row = self._db.execute(sa.select(second_step).where(second_step.c.account_id == account_id)).first()
        if row is None:
            return None
        unused = sa.select(sa.func.count()).where(
            recovery_code.c.account_id == account_id, recovery_code.c.used_at.is_(None)
        )
        return Factor(
            secret=row.secret, confirmed_at=row.confirmed_at, codes_left=int(self._db.scalar(unused) or 0)
        )

    def begin(self, account_id: int, secret: str, now: datetime) -> None:
        """A new secret, sealed, that waits for its first code. `Conflict` while one is in force."""
        mine = second_step.c.account_id == account_id
        self._db.execute(second_step.delete().where(mine & second_step.c.confirmed_at.is_(None)))
        if self._db.scalar(sa.select(second_step.c.account_id).where(mine)) is not None:
            raise Conflict("Langkah kedua akun ini sudah terpasang.")
        values = {"account_id": account_id, "secret": secret, "started_at": now, "last_step": 0}
        self._db.execute(second_step.insert().values(**values))

    def confirm(self, account_id: int, step: int, code_hashes: Iterable[str], now: datetime) -> None:
        mine = (second_step.c.account_id == account_id) & second_step.c.confirmed_at.is_(None)
        done = second_step.update().where(mine).values(confirmed_at=now, last_step=step)
        if not self._db.execute(done).rowcount:
            raise Conflict("Langkah kedua akun ini sudah terpasang.")
        self._db.execute(recovery_code.delete().where(recovery_code.c.account_id == account_id))
        rows = [{"account_id": account_id, "code_hash": one} for one in code_hashes]
        self._db.execute(recovery_code.insert(), rows)

    def use_step(self, account_id: int, step: int) -> bool:
        """Whether this step's code had not been used; it has been now, with all before it."""
        fresh = (second_step.c.account_id == account_id) & (second_step.c.last_step < step)
        done = second_step.update().where(fresh & second_step.c.confirmed_at.is_not(None))
        return bool(self._db.execute(done.values(last_step=step)).rowcount)

    def use_code(self, account_id: int, code_hash: str, now: datetime) -> bool:
        """Whether this recovery code was there and unused; it is used now."""
        chosen = (recovery_code.c.account_id == account_id) & (recovery_code.c.code_hash == code_hash)
        done = recovery_code.update().where(chosen & recovery_code.c.used_at.is_(None))
        return bool(self._db.execute(done.values(used_at=now)).rowcount)

    def reset(self, account_id: int) -> bool:
        """Takes the second step off; whether there was one."""
        self._db.execute(recovery_code.delete().where(recovery_code.c.account_id == account_id))
        gone = second_step.delete().where(second_step.c.account_id == account_id)
        return bool(self._db.execute(gone).rowcount)

    # --- outside provider

    def link(self, account_id: int, issuer: str, subject: str, now: datetime) -> None:
        """`Conflict` when the subject is somebody's already."""
        key = link_hash(issuer, subject)
        if self._db.scalar(sa.select(outside_link.c.account_id).where(outside_link.c.link_hash == key)):
            raise Conflict("Subjek itu sudah ditautkan ke sebuah akun.")
        values = {
            "link_hash": key,
            "issuer": issuer,
            "subject": subject,
            "account_id": account_id,
            "added_at": now,
        }
        self._db.execute(outside_link.insert().values(**values))

    def unlink(self, account_id: int) -> int:
        return self._db.execute(outside_link.delete().where(outside_link.c.account_id == account_id)).rowcount

    def linked(self, issuer: str, subject: str) -> Account | None:
        """The active account of an issuer's subject."""
        query = (
            sa.select(account)
            .join(outside_link, outside_link.c.account_id == account.c.id)
            .where(outside_link.c.link_hash == link_hash(issuer, subject), account.c.active.is_(True))
        )
        row = self._db.execute(query).first()
        return None if row is None else _account(row)

    def start(
        self,
        state_hash: str,
        browser_hash: str,
        told: OutsideStart,
        now: datetime,
        expires_at: datetime,
    ) -> None:
        self._db.execute(outside_start.delete().where(outside_start.c.expires_at <= now))
        values = {
            "state_hash": state_hash,
            "browser_hash": browser_hash,
            "issuer": told.issuer,
            "nonce": told.nonce,
            "verifier": told.verifier,
            "target": told.target,
            "expires_at": expires_at,
        }
        self._db.execute(outside_start.insert().values(**values))

    def take_start(self, state_hash: str, browser_hash: str, now: datetime) -> OutsideStart | None:
        """What this browser began with this state, once; None else."""
        chosen = (
            (outside_start.c.state_hash == state_hash)
            & (outside_start.c.browser_hash == browser_hash)
            & (outside_start.c.expires_at > now)
        )
        row = self._db.execute(sa.select(outside_start).where(chosen)).first()
        gone = self._db.execute(
            outside_start.delete().where(outside_start.c.state_hash == state_hash)
        ).rowcount
        if row is None or not gone:
            return None
        return OutsideStart(issuer=row.issuer, nonce=row.nonce, verifier=row.verifier, target=row.target)


def link_hash(issuer: str, subject: str) -> str:
    return hashlib.sha256(f"{issuer}\n{subject}".encode("utf-8", "surrogatepass")).hexdigest()
