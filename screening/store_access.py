"""Rows of API keys, of sessions as their owners see them, of wrong tries and of known browsers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from screening.access import DEVICES, ApiKey, Limit, Scope, SessionLine, Stage
from screening.errors import Conflict, NotFound
from screening.schema import account, api_key, inserted_id, sign_in
from screening.schema_accounts import attempt, known_device
from screening.store_accounts import _account

_KEPT = timedelta(hours=1)
_HANDLE = 16


class Access:
    def __init__(self, connection: sa.Connection) -> None:
        self._db = connection

    # --- keys

    def add_key(  # noqa: PLR0917  the columns of a row
        self,
        name: str,
        key_hash: str,
        account_id: int,
        scopes: Iterable[Scope],
        now: datetime,
        expires_at: datetime,
    ) -> int:
        values = {
            "name": name,
            "key_hash": key_hash,
            "account_id": account_id,
            "added_at": now,
            "scopes": " ".join(sorted(scopes)),
            "expires_at": expires_at,
            "used_on": "",
        }
        return inserted_id(self._db.execute(api_key.insert().values(**values)))

    def key(self, key_hash: str) -> ApiKey | None:
        row = self._db.execute(_keys().where(api_key.c.key_hash == key_hash)).first()
        return None if row is None else _key(row)

    def one_key(self, key_id: int) -> ApiKey:
        row = self._db.execute(_keys().where(api_key.c.id == key_id)).first()
        if row is None:
            raise NotFound("Kunci itu tidak ada.")
        return _key(row)

    def every_key(self) -> list[ApiKey]:
        """All keys, newest first, revoked and ended ones too."""
        return [_key(row) for row in self._db.execute(_keys().order_by(api_key.c.id.desc()))]

    def used(self, key_id: int, day: date) -> None:
        self._db.execute(api_key.update().where(api_key.c.id == key_id).values(used_on=day.isoformat()))

    def revoke(self, key_id: int, now: datetime) -> None:
        """`NotFound`, or `Conflict` when it was revoked before."""
        self.one_key(key_id)
        chosen = (api_key.c.id == key_id) & api_key.c.revoked_at.is_(None)
        if not self._db.execute(api_key.update().where(chosen).values(revoked_at=now)).rowcount:
            raise Conflict("Kunci itu sudah dicabut.")

    # --- sessions

    def sessions(self, account_id: int, now: datetime) -> list[SessionLine]:
        """Open sessions of an account, the last used first."""
        query = sa.select(sign_in).where(
            sign_in.c.account_id == account_id, sign_in.c.expires_at > now, sign_in.c.reached == Stage.FULL
        )
        found = [
            SessionLine(
                handle=row.token_hash[:_HANDLE],
                opened_at=row.opened_at,
                seen_at=row.seen_at or row.opened_at,
                expires_at=row.expires_at,
                browser=row.browser,
            )
            for row in self._db.execute(query)
        ]
        return sorted(found, key=lambda one: one.seen_at, reverse=True)

    def seen(self, token_hash: str, now: datetime) -> None:
        self._db.execute(sign_in.update().where(sign_in.c.token_hash == token_hash).values(seen_at=now))

    def end_session(self, account_id: int, handle: str) -> int:
        """How many sessions of this account went: one or none."""
        chosen = (sign_in.c.account_id == account_id) & (
            sa.func.substr(sign_in.c.token_hash, 1, _HANDLE) == handle
        )
        return self._db.execute(sign_in.delete().where(chosen)).rowcount

    def end_sessions(self, account_id: int, but: str = "") -> int:
        """All sessions of an account, but that with this token's hash; how many."""
        chosen = (sign_in.c.account_id == account_id) & (sign_in.c.token_hash != but)
        return self._db.execute(sign_in.delete().where(chosen)).rowcount

    # --- tries

    def full(self, limits: Sequence[Limit], now: datetime) -> bool:
        """Whether one of these has been tried as often as it may."""
        return any(self._hits(one, now) >= one.most for one in limits)

    def hit(self, limits: Sequence[Limit], now: datetime) -> None:
        """One more try of each."""
        self._db.execute(attempt.delete().where(attempt.c.minute < now - _KEPT))
        for one in limits:
            chosen = _minute(one, now)
            if not self._db.execute(attempt.update().where(chosen).values(hits=attempt.c.hits + 1)).rowcount:
                values = {"key_hash": one.key_hash, "minute": _cut(now), "hits": 1}
                self._db.execute(attempt.insert().values(**values))

    def unhit(self, limits: Sequence[Limit], now: datetime) -> None:
        """The try was a right one: it does not count."""
        for one in limits:
            chosen = _minute(one, now) & (attempt.c.hits > 0)
            self._db.execute(attempt.update().where(chosen).values(hits=attempt.c.hits - 1))

    def forget(self, limit: Limit) -> None:
        self._db.execute(attempt.delete().where(attempt.c.key_hash == limit.key_hash))

    def hold_tries(self) -> None:
        """Two workers that count at once must not both find the last place free."""
        if self._db.dialect.name == "postgresql":
            self._db.execute(sa.select(sa.func.pg_advisory_xact_lock(0x44494E54)))

    def _hits(self, limit: Limit, now: datetime) -> int:
        query = sa.select(sa.func.coalesce(sa.func.sum(attempt.c.hits), 0)).where(
            attempt.c.key_hash == limit.key_hash, attempt.c.minute > now - limit.within
        )
        return int(self._db.scalar(query) or 0)

    # --- known browsers

    def knows(self, token_hash: str, account_id: int, now: datetime) -> bool:
        query = sa.select(sa.literal(1)).where(
            known_device.c.token_hash == token_hash,
            known_device.c.account_id == account_id,
            known_device.c.until > now,
        )
        return self._db.scalar(query) is not None

    def know(self, token_hash: str, account_id: int, now: datetime, until: datetime) -> None:
        """Remember a browser; ended ones of everybody and the oldest of this account go."""
        mine = known_device.c.account_id == account_id
        self._db.execute(
            known_device.delete().where(
                (known_device.c.until <= now) | (mine & (known_device.c.token_hash == token_hash))
            )
        )
        oldest = sa.select(known_device.c.token_hash).where(mine).order_by(known_device.c.since.desc())
        over = list(self._db.scalars(oldest.offset(DEVICES - 1)))
        if over:
            self._db.execute(known_device.delete().where(mine & known_device.c.token_hash.in_(over)))
        values = {"token_hash": token_hash, "account_id": account_id, "since": now, "until": until}
        self._db.execute(known_device.insert().values(**values))

    def forget_devices(self, account_id: int, but: str = "") -> None:
        chosen = (known_device.c.account_id == account_id) & (known_device.c.token_hash != but)
        self._db.execute(known_device.delete().where(chosen))


def _keys() -> sa.Select[Any]:
    """Keys with the columns of their account; those both have are under `key_*`."""
    return sa.select(
        account,
        api_key.c.id.label("key_id"),
        api_key.c.name.label("key_name"),
        api_key.c.scopes,
        api_key.c.added_at,
        api_key.c.expires_at,
        api_key.c.used_on,
        api_key.c.revoked_at,
    ).join(account, account.c.id == api_key.c.account_id)


def _key(row: Any) -> ApiKey:
    return ApiKey(
        id=row.key_id,
        name=row.key_name,
        account=_account(row),
        scopes=frozenset(Scope(one) for one in row.scopes.split()),
        added_at=row.added_at,
        expires_at=row.expires_at,
        used_on=date.fromisoformat(row.used_on) if row.used_on else None,
        revoked_at=row.revoked_at,
    )


def _cut(now: datetime) -> datetime:
    return now.replace(second=0, microsecond=0)


def _minute(limit: Limit, now: datetime) -> sa.ColumnElement[bool]:
    return (attempt.c.key_hash == limit.key_hash) & (attempt.c.minute == _cut(now))
