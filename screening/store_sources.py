"""Rows of sources, fetches and the ledger of what was set aside."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from feeds import PageVisit, SourceListing, Standing
from screening.errors import Conflict, NotFound
from screening.records import LedgerReason, Source, SourceState
from screening.schema import fetch, inserted_id, ledger, source
from screening.store_health import answered_between, count_up, counted_between, first_try, tallies
from screening.store_rows import numbered, poured

# Written once: for each answer of a source, putting these together took longer than carrying them out.
_ONE = sa.select(source).where(source.c.id == sa.bindparam("of"))
_SOME = sa.select(source).where(source.c.id.in_(sa.bindparam("of", expanding=True)))
# In one order, so that two workers who want the same rows wait for each other in turn.
_LOCK = _SOME.order_by(source.c.id).with_for_update()
_MINE = source.c.claimed_by == sa.bindparam("by")
_ANSWERED = (
    source.update()
    .where(source.c.id == sa.bindparam("of"))
    .values(
        claimed_until=sa.case((_MINE, sa.null()), else_=source.c.claimed_until),
        claimed_by=sa.case((_MINE, ""), else_=source.c.claimed_by),
    )
)
_CHANGING = (
    *("state", "etag", "last_modified", "due_at", "last_try_at", "last_success_at", "last_reason"),
    *("failures", "items", "interval_seconds", "asked_seconds", "standing", "failing_since", "moved_to"),
)
_RELEASE = (
    source.update()
    .where(source.c.id.in_(sa.bindparam("of", expanding=True)), source.c.claimed_by == sa.bindparam("by"))
    .values(claimed_until=None, claimed_by="")
)
_FREE = (
    _SOME.where(sa.or_(source.c.claimed_until.is_(None), source.c.claimed_until <= sa.bindparam("now")))
    .order_by(source.c.id)
    .with_for_update(skip_locked=True)
)
_CLAIM = source.update().where(source.c.id.in_(sa.bindparam("of", expanding=True)))

REGISTERED = "Alamat itu sudah terdaftar."


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One answer of a source: what it leaves in the books. `counts` is (new, changed, same)."""

    after: Source
    state: str
    status: int | None
    seconds: float
    counts: tuple[int, int, int] = (0, 0, 0)
    body_bytes: int = 0
    dropped: Sequence[tuple[LedgerReason | PageVisit, int]] = ()


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

    def some(self, source_ids: Sequence[int]) -> dict[int, Source]:
        """`NotFound` when one is missing."""
        return _all_of(source_ids, self._db.execute(_SOME, {"of": list(source_ids)}))

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

    def claim(self, seen: Sequence[Source], worker: str, now: datetime, until: datetime) -> dict[int, Source]:
        """Those of them that are ours until `until`, as they are now; not what somebody has, or had since.

        Of several workers one gets a source: PostgreSQL holds the rows and skips what another is just
        taking, SQLite has one writer at a time. A worker that dies holds its source until the lease ends.
        """
        tried = {one.id: one.last_try_at for one in seen}
        rows = self._db.execute(_FREE, {"of": list(tried), "now": now})
        free = {row.id: _source(row) for row in rows if row.last_try_at == tried[row.id]}
        if free:
            values = {"claimed_until": until, "claimed_by": worker}
            self._db.execute(_CLAIM, {"of": list(free), **values})
        return free

    def release(self, source_ids: Sequence[int], worker: str) -> None:
        """Give back what this worker holds of these; a claim that has passed to another stays."""
        self._db.execute(_RELEASE, {"of": list(source_ids), "by": worker})

    def release_all(self, worker: str) -> None:
        """Give back everything this worker holds."""
        mine = source.c.claimed_by == worker
        self._db.execute(source.update().where(mine).values(claimed_until=None, claimed_by=""))

    def lock(self, source_ids: Sequence[int]) -> dict[int, Source]:
        """The rows, held until the transaction ends, so that two collects of one source take turns."""
        return _all_of(source_ids, self._db.execute(_LOCK, {"of": list(source_ids)}))

    def answered(self, answers: Sequence[Answer], worker: str, now: datetime) -> None:
        """The sources as these answers leave them, given back if this worker holds them; a line of each
        fetch, with its ledger and counts.
        """
        changed = [
            {"of": one.after.id, "by": worker, **{name: getattr(one.after, name) for name in _CHANGING}}
            for one in answers
        ]
        self._db.execute(_ANSWERED, changed)
        told: list[Answer] = []
        plain: list[dict[str, Any]] = []
        for one in answers:
            if any(count for _, count in one.dropped):
                told.append(one)
            else:
                plain.append(_fetch_row(one, now))
        poured(self._db, fetch, plain)
        if told:
            numbers = numbered(self._db, fetch, [_fetch_row(one, now) for one in told])
            kept_back = [
                {"fetch_id": number, "at": now, "reason": why, "entries": count}
                for number, one in zip(numbers, told, strict=True)
                for why, count in one.dropped
                if count
            ]
            poured(self._db, ledger, kept_back)
        count_up(
            self._db,
            now,
            [(one.after.id, tallies(one.state, one.counts, one.dropped)) for one in answers],
        )

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


def _all_of(source_ids: Sequence[int], rows: Iterable[Any]) -> dict[int, Source]:
    found = {row.id: _source(row) for row in rows}
    if len(found) < len(set(source_ids)):
        raise NotFound("Sumber itu tidak ada.")
    return found


def _fetch_row(answer: Answer, now: datetime) -> dict[str, Any]:
    return {
        "source_id": answer.after.id,
        "at": now,
        "state": answer.state,
        "status": answer.status,
        "reason": answer.after.last_reason,
        "new": answer.counts[0],
        "changed": answer.counts[1],
        "same": answer.counts[2],
        "body_bytes": answer.body_bytes,
        "seconds": answer.seconds,
    }


def _hash(url: str) -> str:
    return hashlib.sha256(url.encode("utf-8", "replace")).hexdigest()
