"""Rows about how sources fare: counts by piece of a day, ages of entries, who reported what was accepted."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import GenericFunction

from feeds import PageVisit
from screening.coverage import HISTORY, Tally, piece_of
from screening.health import FetchLine, Quality, Told
from screening.records import Decision, LedgerReason
from screening.schema import fetch, incident, incident_item, item, ledger, source, tally

# What piled up during an outage belongs to the days on which it was published, older things do not.
_CATCHING_UP = 3  # days
_RECENT, _EARLIER = timedelta(days=7), timedelta(days=35)
_CHUNK = 400
_ALWAYS, _NEVER = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)

Pieces = dict[int, dict[datetime, dict[str, int]]]


def _counting_up(insert: Callable[[sa.Table], Any]) -> sa.Insert:
    new = insert(tally)
    key = [tally.c.source_id, tally.c.since, tally.c.what]
    total = tally.c.total + new.excluded.total
    counting: sa.Insert = new.on_conflict_do_update(index_elements=key, set_={"total": total})
    return counting


# Written once: putting it together took longer than carrying it out.
_COUNT_UP = {"postgresql": _counting_up(postgresql.insert), "sqlite": _counting_up(sqlite.insert)}


class DaysBefore(GenericFunction[int]):
    """Whole days from the second moment to the first; what was later than the first is 0 days before."""

    type = sa.Integer()
    name = "days_before"
    inherit_cache = True


@compiles(DaysBefore, "sqlite")
def _on_sqlite(element: DaysBefore, compiler: Any, **more: Any) -> str:
    later, earlier = (compiler.process(part, **more) for part in element.clauses)
    return (
        f"((CAST(strftime('%s', {later}) AS INTEGER) - CAST(strftime('%s', {earlier}) AS INTEGER)) / 86400)"
    )


@compiles(DaysBefore, "postgresql")
def _on_postgresql(element: DaysBefore, compiler: Any, **more: Any) -> str:
    later, earlier = (compiler.process(part, **more) for part in element.clauses)
    seconds = f"(floor(extract(epoch from {later})) - floor(extract(epoch from {earlier})))"
    return f"CAST(trunc({seconds} / 86400) AS INTEGER)"


def count_up(db: sa.Connection, now: datetime, counts: Iterable[tuple[int, Mapping[str, int]]]) -> None:
    """Add these counts by source to those of the piece of a day that `now` lies in."""
    since = piece_of(now)
    rows = [
        {"source_id": source_id, "since": since, "what": what, "total": count}
        for source_id, whats in sorted(counts, key=lambda one: one[0])
        for what, count in sorted(whats.items())
        if count
    ]
    if rows:
        db.execute(_COUNT_UP[db.dialect.name], rows)


def counted_between(
    db: sa.Connection, start: datetime, end: datetime, names: type[StrEnum]
) -> dict[str, int]:
    """Counts of all sources by these names in [start, end).

    From the log of fetches, or, where that was pruned, from the pieces of a day that begin in [start, end).
    """
    if start >= log_starts(db):
        query = sa.select(ledger.c.reason, sa.func.sum(ledger.c.entries)).where(
            ledger.c.at >= start, ledger.c.at < end, ledger.c.reason.in_(list(names))
        )
        rows = db.execute(query.group_by(ledger.c.reason))
    else:
        pieces = sa.select(tally.c.what, sa.func.sum(tally.c.total)).where(
            tally.c.since >= start, tally.c.since < end, tally.c.what.in_(list(names))
        )
        rows = db.execute(pieces.group_by(tally.c.what))
    return {what: int(count) for what, count in rows}


def answered_between(db: sa.Connection, start: datetime, end: datetime) -> tuple[set[int], datetime | None]:
    """Sources with a good answer in [start, end), and the newest try in it; where the log was pruned by
    pieces of a day, as in `counted_between`.
    """
    if start >= log_starts(db):
        inside = (fetch.c.at >= start, fetch.c.at < end)
        good = sa.select(fetch.c.source_id).where(*inside, fetch.c.state != "gagal")
        newest = sa.select(sa.func.max(fetch.c.at)).where(*inside)
    else:
        inside = (tally.c.since >= start, tally.c.since < end)
        good = sa.select(tally.c.source_id).where(*inside, tally.c.what == Tally.GOOD)
        tried = tally.c.what.in_([Tally.GOOD, Tally.FAILED])
        newest = sa.select(sa.func.max(tally.c.since)).where(*inside, tried)
    return set(db.scalars(good.distinct())), db.scalar(newest)


def first_try(db: sa.Connection) -> datetime | None:
    """When anything was first asked for; where the log was pruned, the piece of the day."""
    first: datetime | None = db.scalar(sa.select(sa.func.min(tally.c.since)))
    logged: datetime | None = db.scalar(sa.select(sa.func.min(fetch.c.at)))
    return logged if logged is not None and first == piece_of(logged) else first


def log_starts(db: sa.Connection) -> datetime:
    """From when on the log of fetches is whole."""
    kept: datetime | None = db.scalar(sa.select(sa.func.min(fetch.c.at)))
    first: datetime | None = db.scalar(sa.select(sa.func.min(tally.c.since)))
    if first is None or (kept is not None and first == piece_of(kept)):
        return _ALWAYS
    return kept or _NEVER


class Tracks:
    def __init__(self, connection: sa.Connection) -> None:
        self._db = connection

    def pieces(self, start: datetime, source_id: int | None = None, names: Collection[str] = ()) -> Pieces:
        """Counts by source and piece of a day, of pieces that end after `start`; all, or those of `names`."""
        query = sa.select(tally.c.source_id, tally.c.since, tally.c.what, tally.c.total)
        query = query.where(tally.c.since >= piece_of(start), *_of(tally, source_id))
        if names:
            query = query.where(tally.c.what.in_(list(names)))
        found: Pieces = {}
        for number, since, what, total in self._db.execute(query):
            found.setdefault(number, {}).setdefault(since, {})[what] = total
        return found

    def ages(self, now: datetime, source_id: int | None = None) -> dict[int, dict[int, int]]:
        """Entries by source and whole days before the source's last good answer, if that was lately."""
        end = source.c.last_success_at
        age = _age(end)
        query = (
            sa.select(item.c.source_id, age, sa.func.count())
            .join(source, source.c.id == item.c.source_id)
            .where(
                end.is_not(None),
                age < HISTORY,
                item.c.first_seen >= now - timedelta(days=HISTORY + _CATCHING_UP),
                *_of(item, source_id),
            )
            .group_by(item.c.source_id, age)
        )
        return _by_source(self._db.execute(query))

    def ages_before(
        self, end: datetime, days: int, source_id: int | None = None
    ) -> dict[int, dict[int, int]]:
        """Entries by source and whole days before `end`."""
        age = _age(sa.literal(end, item.c.first_seen.type))
        query = (
            sa.select(item.c.source_id, age, sa.func.count())
            .where(item.c.first_seen >= end - timedelta(days=days + _CATCHING_UP), *_of(item, source_id))
            .group_by(item.c.source_id, age)
        )
        return _by_source(self._db.execute(query))

    def last_entries(self, source_id: int | None = None) -> dict[int, datetime]:
        """When the newest entry of each source arrived."""
        query = sa.select(item.c.source_id, sa.func.max(item.c.first_seen)).where(*_of(item, source_id))
        return {row[0]: row[1] for row in self._db.execute(query.group_by(item.c.source_id))}

    def statuses(self, source_ids: Sequence[int]) -> dict[int, int | None]:
        """The HTTP status of the last fetch of each."""
        found: dict[int, int | None] = {}
        for start in range(0, len(source_ids), _CHUNK):
            newest = (
                sa.select(sa.func.max(fetch.c.id))
                .where(fetch.c.source_id.in_(source_ids[start : start + _CHUNK]))
                .group_by(fetch.c.source_id)
            )
            query = sa.select(fetch.c.source_id, fetch.c.status).where(fetch.c.id.in_(newest))
            found |= {row[0]: row[1] for row in self._db.execute(query)}
        return found

    def qualities(self, now: datetime, source_id: int | None = None) -> dict[int, tuple[Quality, Quality]]:
        """Of the entries that arrived in the last 7 days, and in the 28 days before."""
        recent = sa.case((item.c.first_seen >= now - _RECENT, 1), else_=0)
        query = (
            sa.select(
                item.c.source_id,
                recent,
                sa.func.count(),
                _count_if(item.c.date_suspect == sa.false()),
                _count_if(item.c.text != ""),
                _count_if(item.c.link != ""),
            )
            .where(item.c.first_seen >= now - _EARLIER, *_of(item, source_id))
            .group_by(item.c.source_id, recent)
        )
        found: dict[int, tuple[Quality, Quality]] = {}
        for number, is_recent, entries, dated, texted, linked in self._db.execute(query):
            one = Quality(entries=entries, dated=dated, texted=texted, linked=linked)
            before = found.get(number, (Quality(), Quality()))
            found[number] = (one, before[1]) if is_recent else (before[0], one)
        return found

    def told(self, start: datetime) -> list[Told]:
        """Who reported the incidents that were detected since `start` and that an analyst accepted."""
        at = sa.case((item.c.date_suspect == sa.true(), item.c.first_seen), else_=item.c.published)
        query = (
            sa.select(incident_item.c.incident_id, item.c.source_id, sa.func.min(at))
            .join(incident, incident.c.id == incident_item.c.incident_id)
            .join(item, item.c.id == incident_item.c.item_id)
            .where(
                incident.c.decision == Decision.ACCEPT,
                incident.c.merged_into.is_(None),
                incident.c.detected_at >= start,
            )
            .group_by(incident_item.c.incident_id, item.c.source_id)
        )
        return [Told(incident_id=a, source_id=b, at=c) for a, b, c in self._db.execute(query)]

    def fetches(self, source_id: int, limit: int) -> tuple[FetchLine, ...]:
        """Newest first."""
        query = sa.select(fetch).where(fetch.c.source_id == source_id)
        rows = self._db.execute(query.order_by(fetch.c.at.desc(), fetch.c.id.desc()).limit(limit))
        return tuple(
            FetchLine(
                at=row.at,
                state=row.state,
                status=row.status,
                reason=row.reason,
                new=row.new,
                seconds=row.seconds,
            )
            for row in rows
        )

    def prune(self, before: datetime) -> int:
        """Forget the fetches before that moment, and their ledger; what they counted stays in `tally`."""
        old = sa.select(fetch.c.id).where(fetch.c.at < before)
        self._db.execute(ledger.delete().where(ledger.c.fetch_id.in_(old)))
        return self._db.execute(fetch.delete().where(fetch.c.at < before)).rowcount


def tallies(
    state: str, counts: tuple[int, int, int], dropped: Sequence[tuple[LedgerReason | PageVisit, int]]
) -> dict[str, int]:
    """What one fetch adds to the coverage; `counts` is (new, changed, same), the last is in the ledger."""
    found = {Tally.FAILED.value if state == "gagal" else Tally.GOOD.value: 1}
    found |= {Tally.NEW.value: counts[0], Tally.CHANGED.value: counts[1]}
    for why, count in dropped:
        found[why.value] = found.get(why.value, 0) + count
    return found


def _of(table: sa.Table, source_id: int | None) -> tuple[sa.ColumnElement[bool], ...]:
    return () if source_id is None else (table.c.source_id == source_id,)


def _by_source(rows: Iterable[Any]) -> dict[int, dict[int, int]]:
    found: dict[int, dict[int, int]] = {}
    for number, days, count in rows:
        found.setdefault(number, {})[days] = count
    return found


def _count_if(condition: sa.ColumnElement[bool]) -> sa.ColumnElement[int]:
    return sa.func.sum(sa.case((condition, 1), else_=0))


def _age(end: sa.ColumnElement[Any]) -> sa.ColumnElement[int]:
    in_time = sa.and_(
        item.c.date_suspect == sa.false(),
        item.c.published <= item.c.first_seen,
        DaysBefore(item.c.first_seen, item.c.published) < _CATCHING_UP,
    )
    return DaysBefore(end, sa.case((in_time, item.c.published), else_=item.c.first_seen))
