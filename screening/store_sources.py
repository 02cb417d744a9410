"""Rows of sources, fetches and the ledger of what was set aside."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from feeds import PageVisit, SourceListing, Standing
from screening.errors import Conflict, NotFound
from screening.records import LedgerReason, Source, SourceState
from screening.schema import Moment, fetch, inserted_id, ledger, source
from screening.store_health import answered_between, count_up, counted_between, first_try, tallies
from screening.upkeep import Upkeep

# Written once: for each answer of a source, putting these together took longer than carrying them out.
_ONE = sa.select(source).where(source.c.id == sa.bindparam("of"))
_LOCK = _ONE.with_for_update()
_CHANGE = source.update().where(source.c.id == sa.bindparam("of")).returning(*source.c)
_RELEASE = (
    source.update()
    .where(source.c.id.in_(sa.bindparam("of", expanding=True)), source.c.claimed_by == sa.bindparam("by"))
    .values(claimed_until=None, claimed_by="")
)
_CLAIM = (
    source.update()
    .where(
        source.c.id.in_(
            sa.select(source.c.id)
            .where(
                source.c.id == sa.bindparam("of"),
                sa.or_(source.c.claimed_until.is_(None), source.c.claimed_until <= sa.bindparam("now")),
                source.c.last_try_at.is_not_distinct_from(sa.bindparam("seen", type_=Moment)),
            )
            .with_for_update(skip_locked=True)
        )
    )
    .returning(*source.c)
)
_FETCH = fetch.insert()

REGISTERED = "Alamat itu sudah terdaftar."


class Sources:
    def __init__(self, connection: sa.Connection) -> None:
        self._db = connection

    def all(self) -> tuple[Source, ...]:
        rows = self._db.execute(sa.select(source).order_by(source.c.name, source.c.id))
        return tuple(_source(row) for row in rows)

    def one(self, source_id: int) -> Source:
        row = self._db.execute(_ONE, {"of": source_id}).first()
        if row is None:
            raise NotFound("Sumber itu tidak ada.")
        return _source(row)

    def urls(self) -> set[str]:
        """Addresses that are registered, and those that sources have moved away from."""
        rows = self._db.execute(sa.select(source.c.url, source.c.former_urls)).all()
        return {url for row in rows for url in (row.url, *row.former_urls.split("\n")) if url}

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
        """Paused or active again; what failed for so long that it was given up starts anew."""
        before = self.one(source_id)
        values: dict[str, Any] = {"due_at": before.due_at if paused else now}
        if paused:
            values["state"] = SourceState.PAUSED
        elif before.state is not SourceState.PAUSED:
            values["state"] = before.state
        elif before.failures:
            values |= {"state": SourceState.FAILING, "failing_since": None, "standing": Standing.AILING}
            values["failures"] = 1
        else:
            values["state"] = SourceState.OK if before.last_success_at else SourceState.UNVERIFIED
        self._db.execute(source.update().where(source.c.id == source_id).values(**values))
        return self.one(source_id)

    def accept_move(self, source_id: int, address: str, now: datetime) -> Source:
        """The address it moved to becomes its own; `Conflict` when it is another's, or not this one."""
        before = self.one(source_id)
        if not before.moved_to:
            raise Conflict("Sumber ini tidak pindah alamat.")
        if before.moved_to != address:
            raise Conflict("Alamat barunya sudah berubah lagi. Muat ulang halaman.")
        digest = _hash(address)
        if self._db.scalar(sa.select(source.c.id).where(source.c.url_hash == digest)) is not None:
            raise Conflict("Alamat barunya sudah terdaftar sebagai sumber lain; jeda sumber ini saja.")
        values: dict[str, Any] = {"url": address, "url_hash": digest, "moved_to": "", "due_at": now}
        # Validators belong to an address: the new one is read whole once.
        values |= {"etag": "", "last_modified": ""}
        values["former_urls"] = source.c.former_urls + f"{before.url}\n"
        self._db.execute(source.update().where(source.c.id == source_id).values(**values))
        return self.one(source_id)

    def claim(self, seen: Source, worker: str, now: datetime, until: datetime) -> Source | None:
        """The source as it is now, ours until `until`; None when somebody has it, or had it since `seen`.

        One statement, so that of several workers one gets it: PostgreSQL skips a row that another is just
        taking, SQLite has one writer at a time. A worker that dies holds its source until the lease ends.
        """
        values = {"claimed_until": until, "claimed_by": worker}
        row = self._db.execute(
            _CLAIM, {"of": seen.id, "now": now, "seen": seen.last_try_at, **values}
        ).first()
        return None if row is None else _source(row)

    def release(self, source_ids: Sequence[int], worker: str) -> None:
        """Give back what this worker holds of these; a claim that has passed to another stays."""
        self._db.execute(_RELEASE, {"of": list(source_ids), "by": worker})

    def lock(self, source_id: int) -> Source:
        """The row, held until the transaction ends, so that two collects of one source take turns."""
        row = self._db.execute(_LOCK, {"of": source_id}).first()
        if row is None:
            raise NotFound("Sumber itu tidak ada.")
        return _source(row)

    def succeeded(
        self,
        before: Source,
        upkeep: Upkeep,
        *,
        now: datetime,
        new_items: int = 0,
        validators: tuple[str, str] | None = None,
        moved_to: str | None = None,
    ) -> Source:
        """Record a good answer; `validators` (ETag, Last-Modified) only with a stored document.

        `moved_to` is where the answer came from by permanent redirects (empty: from the address asked), None
        when it does not tell; the address itself changes by `accept_move` alone.
        """
        values = _kept(upkeep, now) | {
            "last_success_at": now,
            "failures": 0,
            "items": before.items + new_items,
        }
        # What the machine put to rest is awake again; what a person paused stays paused.
        if before.state is not SourceState.PAUSED or before.standing is Standing.GIVEN_UP:
            values["state"] = SourceState.OK
        if validators is not None:
            values["etag"], values["last_modified"] = validators
        if moved_to is not None:
            values["moved_to"] = moved_to if moved_to != before.url else ""
        return self._changed(before.id, values)

    def failed(self, before: Source, upkeep: Upkeep, *, now: datetime) -> Source:
        values = _kept(upkeep, now) | {"failures": before.failures + 1}
        if upkeep.rests:
            values["state"] = SourceState.PAUSED
        elif before.state is SourceState.OK:
            values["state"] = SourceState.FAILING
        return self._changed(before.id, values)

    def _changed(self, source_id: int, values: dict[str, Any]) -> Source:
        return _source(self._db.execute(_CHANGE, {"of": source_id, **values}).one())

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
        dropped: Sequence[tuple[LedgerReason | PageVisit, int]],
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
        number = inserted_id(self._db.execute(_FETCH, values))
        rows = [
            {"fetch_id": number, "at": now, "reason": why, "entries": count}
            for why, count in dropped
            if count
        ]
        if rows:
            self._db.execute(ledger.insert(), rows)
        count_up(self._db, source_id, now, tallies(state, counts, dropped))

    def ledger_between(self, start: datetime, end: datetime) -> dict[LedgerReason, int]:
        """Entries set aside by reason in [start, end)."""
        counted = counted_between(self._db, start, end, LedgerReason)
        return {LedgerReason(reason): count for reason, count in counted.items()}

    def pages_between(self, start: datetime, end: datetime) -> dict[PageVisit, int]:
        """What came of the article pages asked for in [start, end)."""
        counted = counted_between(self._db, start, end, PageVisit)
        return {PageVisit(reason): count for reason, count in counted.items()}

    def fetched_between(self, start: datetime, end: datetime) -> tuple[set[int], datetime | None]:
        """Sources that answered in [start, end), and the newest try in it."""
        return answered_between(self._db, start, end)

    def first_fetch(self) -> datetime | None:
        return first_try(self._db)


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
        interval_seconds=row.interval_seconds,
        asked_seconds=row.asked_seconds,
        standing=Standing(row.standing),
        failing_since=row.failing_since,
        moved_to=row.moved_to,
    )


def _kept(upkeep: Upkeep, now: datetime) -> dict[str, Any]:
    return {
        "due_at": upkeep.due_at,
        "last_try_at": now,
        "last_reason": upkeep.reason,
        "interval_seconds": upkeep.interval_seconds,
        "asked_seconds": upkeep.asked_seconds,
        "standing": upkeep.standing,
        "failing_since": upkeep.failing_since,
    }


def _hash(url: str) -> str:
    return hashlib.sha256(url.encode("utf-8", "replace")).hexdigest()
