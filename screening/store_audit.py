"""The audit trail's rows: written at the end of the transaction that did the thing, read in order."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from screening.audit import GENESIS, AuditEntry, AuditFilter, AuditRow, entry_of, following
from screening.schema import account
from screening.schema_audit import audit

_LOCK = 0x44494E41  # "DINA": taken last of all locks, just before the tail is read
_PAGE = 5_000


class AuditBook:
    """What this transaction will say it did.

    Rows wait until the end of the transaction: the lock on the tail is then the last lock it takes and is
    held for a moment only, so that it can close no circle with the linking lock or with a row's.
    """

    def __init__(self, connection: sa.Connection) -> None:
        self._db = connection
        self._waiting: list[AuditEntry] = []

    def record(
        self, now: datetime, account_id: int | None, what: str, subject: str = "", detail: str = ""
    ) -> None:
        """One row, in the transaction of the change; `account_id` None for a command or a stranger.

        `what` is a verb as `catatan.tulis`, `subject` what it was done to as `insiden:12`, `detail` short
        codes: never names of persons in the news, secrets or texts. `ValueError` when `what` is no code.
        """
        self._waiting.append(entry_of(now, account_id, what, subject, detail))

    def close(self) -> None:
        """Writes what waits; called by the store just before it commits."""
        if not self._waiting:
            return
        self.hold_tail()
        tail = self.head()
        rows = []
        for one in self._waiting:
            row = following(tail, one)
            tail = (row.seq, row.hash)
            rows.append({name: getattr(row, name) for name in row.__slots__})
        self._db.execute(audit.insert(), rows)
        self._waiting.clear()

    def hold_tail(self) -> None:
        """Nobody else writes a row until this transaction ends; in a transaction that takes no lock after."""
        if self._db.dialect.name == "postgresql":
            self._db.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK)))

    def head(self) -> tuple[int, str]:
        """(seq, hash) of the newest row; (0, genesis) before the first."""
        query = sa.select(audit.c.seq, audit.c.hash).order_by(audit.c.seq.desc()).limit(1)
        row = self._db.execute(query).first()
        return (0, GENESIS) if row is None else (row.seq, row.hash)

    def total(self) -> int:
        return int(self._db.scalar(sa.select(sa.func.count()).select_from(audit)) or 0)

    def every(self) -> Iterator[AuditRow]:
        """All rows by seq, a page in memory at a time."""
        after: int | None = None
        while True:
            query = sa.select(audit).order_by(audit.c.seq).limit(_PAGE)
            if after is not None:
                query = query.where(audit.c.seq > after)
            page = self._db.execute(query).all()
            for row in page:
                yield _row(row)
            if len(page) < _PAGE:
                return
            after = page[-1].seq

    def some(self, wanted: AuditFilter, limit: int) -> list[AuditRow]:
        """Rows that pass the filter, newest first."""
        query = sa.select(audit).order_by(audit.c.seq.desc()).limit(limit)
        if wanted.since is not None:
            query = query.where(audit.c.at >= wanted.since)
        if wanted.until is not None:
            query = query.where(audit.c.at < wanted.until)
        if wanted.what:
            query = query.where(audit.c.what.startswith(wanted.what, autoescape=True))
        if wanted.subject:
            # A kind alone (`insiden:`) is a beginning; a number is meant whole: 1 is not 12.
            exact = not wanted.subject.endswith(":")
            column = audit.c.subject
            query = query.where(
                column == wanted.subject if exact else column.startswith(wanted.subject, autoescape=True)
            )
        if wanted.account_id is not None:
            query = query.where(audit.c.account_id == wanted.account_id)
        if wanted.office:
            own = sa.select(account.c.id).where(account.c.office == wanted.office)
            query = query.where(audit.c.account_id.in_(own))
        if wanted.before is not None:
            query = query.where(audit.c.seq < wanted.before)
        return [_row(row) for row in self._db.execute(query)]

    def verbs(self) -> tuple[str, ...]:
        """Every verb there is, by hops over the index, not by reading the rows."""
        found: list[str] = []
        step = sa.select(sa.func.min(audit.c.what))
        last = self._db.scalar(step)
        while last is not None:
            found.append(last)
            last = self._db.scalar(step.where(audit.c.what > last))
        return tuple(found)

    def account_names(self, account_ids: Collection[int]) -> dict[int, str]:
        query = sa.select(account.c.id, account.c.name).where(account.c.id.in_(account_ids))
        return {row.id: row.name for row in self._db.execute(query)}

    def newest_subject(self, what: str) -> str | None:
        """The subject of the newest row with this verb."""
        query = sa.select(audit.c.subject).where(audit.c.what == what).order_by(audit.c.seq.desc()).limit(1)
        return self._db.scalar(query)

    def spent(self, account_id: int, what: str, since: datetime) -> tuple[int, int]:
        """(exports, rows) an account took out since a moment: rows as `baris=N` in the detail."""
        query = sa.select(audit.c.detail).where(
            audit.c.account_id == account_id, audit.c.what == what, audit.c.at >= since
        )
        details = list(self._db.scalars(query))
        return len(details), sum(int(one.removeprefix("baris=")) for one in details)

    def cut_before(self, moment: datetime) -> tuple[int, str, int] | None:
        """(last seq to cut, its hash, how many go) of the beginning older than `moment`; None: nothing due.

        The newest row that is due stays: its own moment shows that all before it were due.
        """
        kept = self._db.scalar(sa.select(sa.func.min(audit.c.seq)).where(audit.c.at >= moment))
        newest = sa.select(audit.c.seq, audit.c.previous).order_by(audit.c.seq.desc()).limit(1)
        if kept is not None:
            newest = newest.where(audit.c.seq < kept)
        row = self._db.execute(newest).first()
        first = self._db.scalar(sa.select(sa.func.min(audit.c.seq)))
        if row is None or first is None or row.seq == first:
            return None
        return row.seq - 1, row.previous, row.seq - first

    def cut(self, upto: int) -> int:
        """Delete rows up to a seq that a row `jejak.pangkas` vouches for; how many. The triggers look too."""
        return self._db.execute(audit.delete().where(audit.c.seq <= upto)).rowcount


def _row(row: Any) -> AuditRow:
    return AuditRow(
        seq=row.seq,
        at=row.at,
        account_id=row.account_id,
        what=row.what,
        subject=row.subject,
        detail=row.detail,
        previous=row.previous,
        hash=row.hash,
    )
