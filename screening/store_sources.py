"""Rows of sources, fetches and the ledger of what was set aside."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from feeds import SourceListing
from screening.errors import Conflict, NotFound
from screening.records import LedgerReason, Source, SourceState
from screening.schema import fetch, inserted_id, ledger, source

REGISTERED = "Alamat itu sudah terdaftar."


class Sources:
    def __init__(self, connection: sa.Connection) -> None:
        self._db = connection

    def all(self) -> tuple[Source, ...]:
        rows = self._db.execute(sa.select(source).order_by(source.c.name, source.c.id))
        return tuple(_source(row) for row in rows)

    def one(self, source_id: int) -> Source:
        row = self._db.execute(sa.select(source).where(source.c.id == source_id)).first()
        if row is None:
            raise NotFound("Sumber itu tidak ada.")
        return _source(row)

    def urls(self) -> set[str]:
        return set(self._db.scalars(sa.select(source.c.url)))

    def notes(self) -> dict[int, str]:
        return {row.id: row.note for row in self._db.execute(sa.select(source.c.id, source.c.note))}

    def due(self, now: datetime) -> tuple[Source, ...]:
        """Sources whose time has come, the longest waiting first."""
        query = sa.select(source).where(source.c.due_at <= now, source.c.state != SourceState.PAUSED)
        return tuple(_source(row) for row in self._db.execute(query.order_by(source.c.due_at, source.c.id)))

    def add(self, listing: SourceListing, now: datetime) -> Source:
        """`Conflict` when the address is there already."""
        digest = _hash(listing.url)
        if self._db.scalar(sa.select(source.c.id).where(source.c.url_hash == digest)) is not None:
            raise Conflict(REGISTERED)
        values = {
            "url": listing.url,
            "url_hash": digest,
            "name": listing.name.strip() or listing.url,
            "owner": listing.owner.strip(),
            "area": listing.area.strip(),
            "tier": listing.tier.strip(),
            "note": listing.note.strip(),
            "state": SourceState.UNVERIFIED,
            "etag": "",
            "last_modified": "",
            "added_at": now,
            "due_at": now,
            "last_reason": "",
            "failures": 0,
            "items": 0,
        }
        result = self._db.execute(source.insert().values(**values))
        return self.one(inserted_id(result))

    def pause(self, source_id: int, paused: bool, now: datetime) -> Source:
        before = self.one(source_id)
        if paused:
            state = SourceState.PAUSED
        elif before.state is not SourceState.PAUSED:
            state = before.state
        elif before.failures:
            state = SourceState.FAILING
        else:
            state = SourceState.OK if before.last_success_at else SourceState.UNVERIFIED
        due = before.due_at if paused else now
        self._db.execute(source.update().where(source.c.id == source_id).values(state=state, due_at=due))
        return self.one(source_id)

    def lock(self, source_id: int) -> Source:
        """The row, held until the transaction ends, so that two collects of one source take turns."""
        query = sa.select(source).where(source.c.id == source_id)
        row = self._db.execute(query.with_for_update()).first()
        if row is None:
            raise NotFound("Sumber itu tidak ada.")
        return _source(row)

    def succeeded(
        self,
        before: Source,
        *,
        now: datetime,
        due_at: datetime,
        reason: str,
        new_items: int = 0,
        validators: tuple[str, str] | None = None,
        moved_to: str = "",
    ) -> Source:
        """Record a good answer; `validators` (ETag, Last-Modified) only with a stored document."""
        values: dict[str, Any] = {
            "due_at": due_at,
            "last_try_at": now,
            "last_success_at": now,
            "last_reason": reason,
            "failures": 0,
            "items": before.items + new_items,
        }
        if before.state is not SourceState.PAUSED:
            values["state"] = SourceState.OK
        if validators is not None:
            values["etag"], values["last_modified"] = validators
        if moved_to and moved_to != before.url:
            digest = _hash(moved_to)
            if self._db.scalar(sa.select(source.c.id).where(source.c.url_hash == digest)) is None:
                values["url"], values["url_hash"] = moved_to, digest
        self._db.execute(source.update().where(source.c.id == before.id).values(**values))
        return self.one(before.id)

    def failed(self, before: Source, *, now: datetime, due_at: datetime, reason: str) -> Source:
        values: dict[str, Any] = {
            "due_at": due_at,
            "last_try_at": now,
            "last_reason": reason,
            "failures": before.failures + 1,
        }
        if before.state is SourceState.OK:
            values["state"] = SourceState.FAILING
        self._db.execute(source.update().where(source.c.id == before.id).values(**values))
        return self.one(before.id)

    def record_fetch(
        self,
        source_id: int,
        *,
        now: datetime,
        state: str,
        status: int | None,
        reason: str,
        counts: tuple[int, int, int],
        body_bytes: int,
        seconds: float,
        dropped: Sequence[tuple[LedgerReason, int]],
    ) -> None:
        """One line of a fetch with its ledger; `counts` is (new, changed, same)."""
        values = {
            "source_id": source_id,
            "at": now,
            "state": state,
            "status": status,
            "reason": reason,
            "new": counts[0],
            "changed": counts[1],
            "same": counts[2],
            "body_bytes": body_bytes,
            "seconds": seconds,
        }
        number = inserted_id(self._db.execute(fetch.insert().values(**values)))
        rows = [
            {"fetch_id": number, "at": now, "reason": why, "entries": count}
            for why, count in dropped
            if count
        ]
        if rows:
            self._db.execute(ledger.insert(), rows)

    def ledger_between(self, start: datetime, end: datetime) -> dict[LedgerReason, int]:
        """Entries set aside by reason in [start, end)."""
        query = (
            sa.select(ledger.c.reason, sa.func.sum(ledger.c.entries))
            .where(ledger.c.at >= start, ledger.c.at < end)
            .group_by(ledger.c.reason)
        )
        return {LedgerReason(reason): int(count) for reason, count in self._db.execute(query)}

    def fetched_between(self, start: datetime, end: datetime) -> tuple[set[int], datetime | None]:
        """Sources that answered in [start, end), and the newest try in it."""
        good = sa.select(fetch.c.source_id).where(
            fetch.c.at >= start, fetch.c.at < end, fetch.c.state != "gagal"
        )
        newest = sa.select(sa.func.max(fetch.c.at)).where(fetch.c.at >= start, fetch.c.at < end)
        return set(self._db.scalars(good.distinct())), self._db.scalar(newest)

    def first_fetch(self) -> datetime | None:
        first: datetime | None = self._db.scalar(sa.select(sa.func.min(fetch.c.at)))
        return first


def _source(row: Any) -> Source:
    return Source(
        id=row.id,
        url=row.url,
        name=row.name,
        owner=row.owner,
        area=row.area,
        tier=row.tier,
        state=SourceState(row.state),
        etag=row.etag,
        last_modified=row.last_modified,
        added_at=row.added_at,
        due_at=row.due_at,
        last_try_at=row.last_try_at,
        last_success_at=row.last_success_at,
        last_reason=row.last_reason,
        failures=row.failures,
        items=row.items,
    )


def _hash(url: str) -> str:
    return hashlib.sha256(url.encode("utf-8", "replace")).hexdigest()
