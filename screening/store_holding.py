"""Rows of who has an incident in hand: renewed and ended, never removed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from screening.records import Holding, HoldingEnd
from screening.schema import account, holding

_CHUNK = 400


class Hands:
    def __init__(self, connection: sa.Connection) -> None:
        self._db = connection

    def live(self, incident_ids: Sequence[int], now: datetime) -> dict[int, Holding]:
        """Who has each of these in hand at this moment."""
        found: dict[int, Holding] = {}
        for start in range(0, len(incident_ids), _CHUNK):
            chosen = holding.c.incident_id.in_(incident_ids[start : start + _CHUNK])
            query = _rows().where(chosen, holding.c.ended_at.is_(None), holding.c.until > now)
            for row in self._db.execute(query):
                found[row.incident_id] = _holding(row, now)
        return found

    def history(self, incident_id: int, now: datetime) -> tuple[Holding, ...]:
        """Everybody who had it, newest first; whose time ran out is shown so, ended or not."""
        query = _rows().where(holding.c.incident_id == incident_id).order_by(holding.c.id.desc())
        return tuple(_holding(row, now) for row in self._db.execute(query))

    def take(self, incident_id: int, account_id: int, now: datetime, until: datetime) -> None:
        """A new holding; the one before must have been ended."""
        values = {"incident_id": incident_id, "account_id": account_id, "since": now, "until": until}
        self._db.execute(holding.insert().values(**values))

    def renew(self, incident_id: int, account_id: int, now: datetime, until: datetime) -> bool:
        """Whether it was in the hands of this account, and now stays there until then."""
        mine = (
            holding.c.incident_id == incident_id,
            holding.c.account_id == account_id,
            holding.c.ended_at.is_(None),
            holding.c.until > now,
        )
        return self._db.execute(holding.update().where(*mine).values(until=until)).rowcount > 0

    def end(self, incident_id: int, why: HoldingEnd, now: datetime) -> None:
        """Nobody has it from now on; one whose time had run out ended then, by itself."""
        open_one = sa.and_(holding.c.incident_id == incident_id, holding.c.ended_at.is_(None))
        self._db.execute(
            holding.update()
            .where(open_one, holding.c.until <= now)
            .values(ended_at=holding.c.until, why=HoldingEnd.EXPIRED)
        )
        self._db.execute(holding.update().where(open_one).values(ended_at=now, why=why))


def _rows() -> sa.Select[Any]:
    return sa.select(holding, account.c.name.label("account_name")).join(
        account, account.c.id == holding.c.account_id
    )


def _holding(row: Any, now: datetime) -> Holding:
    ended, why = row.ended_at, HoldingEnd(row.why) if row.why else None
    if ended is None and row.until <= now:
        ended, why = row.until, HoldingEnd.EXPIRED
    return Holding(
        incident_id=row.incident_id,
        account_id=row.account_id,
        account=row.account_name,
        since=row.since,
        until=row.until,
        ended_at=ended,
        why=why,
    )
