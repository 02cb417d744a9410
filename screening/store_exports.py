"""Rows for what leaves Dini: incidents and items page by page, when they last changed, what was accepted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import GenericFunction

from screening.listing import (
    SETTLED,
    IncidentFilter,
    IncidentOrder,
    ItemFilter,
    check_filter,
    check_span,
    cursor_of,
    last,
    read_moment_cursor,
    read_number_cursor,
)
from screening.post import PostKind, PostState
from screening.records import Area, Decision, Sight, Status
from screening.schema import (
    Moment,
    assessment,
    incident,
    incident_item,
    item,
    outbox,
    regrouping,
    retraction,
    review,
    source,
)
from screening.store_offices import HOME, seen, seen_items
from screening.store_queue import queue_wheres
from screening.taxonomy import PROVINCE

_CHUNK = 400  # well under the bound-variable limit of either database
_SPAN = timedelta(hours=1)  # in which a follower mostly finds what is new
_WIDER = 4
OPENING = 1_200  # characters of a text from which its excerpt is made


class Settled(GenericFunction[datetime]):
    """The moment an easing incident with its last report then is closed by silence."""

    type = Moment()
    name = "settled"
    inherit_cache = True


@compiles(Settled, "sqlite")
def _settled_on_sqlite(element: Settled, compiler: Any, **more: Any) -> str:
    (moment,) = (compiler.process(part, **more) for part in element.clauses)
    # Rounded up to whole seconds in the width of a stored moment, so that it sorts and compares as one.
    hours = int(SETTLED / timedelta(hours=1))
    return f"(strftime('%Y-%m-%dT%H:%M:%S', {moment}, '+{hours} hours', '+1 second') || '.000000')"


@compiles(Settled, "postgresql")
def _settled_on_postgresql(element: Settled, compiler: Any, **more: Any) -> str:
    (moment,) = (compiler.process(part, **more) for part in element.clauses)
    hours = int(SETTLED / timedelta(hours=1))
    return f"(date_trunc('second', {moment}) + interval '{hours} hours 1 second')"


class Listings:
    def __init__(self, connection: sa.Connection) -> None:
        self._db = connection

    def incidents(self, flt: IncidentFilter, now: datetime) -> tuple[list[Any], str]:
        """(rows of id, changed_at, merged_into, link, source_name; cursor of the next page or empty)."""
        # The page by itself first, along its index; what is told of each line then costs a page, not a table.
        by_change = flt.order is IncidentOrder.CHANGED
        page = self._oldest_changes(flt, now) if by_change else self._newest(flt, now)
        more, page = not last(page, flt.limit), page[: flt.limit]
        cursor = cursor_of(page[-1].sort_key, page[-1].id) if more else ""
        return self.told([row.id for row in page], now), cursor

    def _newest(self, flt: IncidentFilter, now: datetime) -> list[Any]:
        """(id, sort_key) of a page and one more, along an index of the incidents."""
        urgency = flt.order is IncidentOrder.URGENCY
        key: sa.ColumnElement[Any] = incident.c.rank if urgency else incident.c.last_published
        query = sa.select(incident.c.id, key.label("sort_key")).where(*self._wheres(flt, now))
        if flt.after:
            value, number = (read_number_cursor if urgency else read_moment_cursor)(flt.after)
            bound = sa.literal(value, key.type)
            query = query.where(sa.or_(key < bound, sa.and_(key == bound, incident.c.id < number)))
        return list(self._db.execute(query.order_by(key.desc(), incident.c.id.desc()).limit(flt.limit + 1)))

    def _oldest_changes(self, flt: IncidentFilter, now: datetime) -> list[Any]:
        """(id, sort_key) of a page and one more, by when each last changed.

        No row holds that moment, so time is walked in spans that grow: what happened in one is found by
        index, and only for those incidents the moment is worked out.
        """
        wheres = self._wheres(replace(flt, updated_since=None, updated_until=None), now)
        after = read_moment_cursor(flt.after) if flt.after else None
        begun = self._db.scalar(sa.select(sa.func.min(incident.c.detected_at)))
        if begun is None:
            return []
        bounds = (begun, flt.updated_since, after[0] if after else None)
        start, span, page = max(one for one in bounds if one is not None), _SPAN, list[Any]()
        while len(page) <= flt.limit:
            end = start + span if now - start > span else None
            moved = self._happened(start, end, now)
            told = sa.select(incident.c.id, self._changed(now).label("sort_key"))
            told = told.where(incident.c.id.in_(moved), *wheres)
            # Kept apart, or the moment is worked out for incidents that nothing happened to.
            known = told.cte("known").prefix_with("MATERIALIZED")
            query = sa.select(known)
            query = query if end is None else query.where(known.c.sort_key < end)
            if flt.updated_until is not None:
                query = query.where(known.c.sort_key < flt.updated_until)
            if after is not None:
                beyond = sa.and_(known.c.sort_key == after[0], known.c.id > after[1])
                query = query.where(sa.or_(known.c.sort_key > after[0], beyond))
            query = query.order_by(known.c.sort_key, known.c.id).limit(flt.limit + 1 - len(page))
            page += self._db.execute(query)
            if end is None:
                break
            start, span = end, span * _WIDER
        return page

    def count(self, flt: IncidentFilter, now: datetime) -> int:
        query = sa.select(sa.func.count()).select_from(incident).where(*self._wheres(flt, now))
        return self._db.scalar(query) or 0

    def accepted(self, office: str, limit: int, now: datetime, sight: Sight) -> list[Any]:
        """The last accepted incidents, newest acceptance first: rows as of `incidents`, and `accepted_at`."""
        query = (
            sa.select(incident.c.id)
            .where(
                incident.c.merged_into.is_(None),
                incident.c.decision == Decision.ACCEPT,
                incident.c.area != Area.OUTSIDE,
                *_of_office(office),
                *seen(sight),
            )
            .order_by(incident.c.reviewed_at.desc(), incident.c.id.desc())
            .limit(limit)
        )
        return self.told(list(self._db.scalars(query)), now)

    def told(self, numbers: Sequence[int], now: datetime) -> list[Any]:
        """The rows of these incidents, in this order."""
        query = (
            sa.select(
                incident.c.id,
                self._changed(now).label("changed_at"),
                incident.c.merged_into,
                incident.c.reviewed_at.label("accepted_at"),
                item.c.link,
                source.c.name.label("source_name"),
            )
            .join(item, item.c.id == incident.c.lead_item_id)
            .join(source, source.c.id == item.c.source_id)
        )
        found: dict[int, Any] = {}
        for start in range(0, len(numbers), _CHUNK):
            chosen = incident.c.id.in_(numbers[start : start + _CHUNK])
            found |= {row.id: row for row in self._db.execute(query.where(chosen))}
        return [found[number] for number in numbers]

    def items(self, flt: ItemFilter) -> tuple[list[Any], str]:
        """(rows of an item's list with its text's opening, cursor of the next page or empty)."""
        check_span(flt.since, flt.until)
        left_out = ("text", "html", "key", "published_raw")
        query = (
            sa.select(
                *(column for column in item.c if column.name not in left_out),
                sa.func.substr(item.c.text, 1, OPENING).label("opening"),
                source.c.name.label("source_name"),
                assessment.c.relevance,
                assessment.c.flagged,
                assessment.c.issue,
                assessment.c.form,
                assessment.c.realis,
                assessment.c.regency,
                assessment.c.model,
                incident_item.c.incident_id,
                incident_item.c.same_text_as,
            )
            .join(source, source.c.id == item.c.source_id)
            .join(assessment, assessment.c.item_id == item.c.id)
            .outerjoin(incident_item, incident_item.c.item_id == item.c.id)
        )
        query = query.where(*seen_items(flt.sight, item.c.id))
        # Items are numbered as they are seen, so the order of ids is that of the first sight.
        for column, value in (
            (assessment.c.flagged, flt.flagged),
            (assessment.c.issue, flt.issue),
            (assessment.c.form, flt.form),
            (assessment.c.regency, flt.regency),
            (item.c.source_id, flt.source_id),
        ):
            if value is not None:
                query = query.where(column == value)
        if flt.since is not None:
            query = query.where(item.c.first_seen >= flt.since)
        if flt.until is not None:
            query = query.where(item.c.first_seen < flt.until)
        if flt.after:
            _moment, number = read_moment_cursor(flt.after)
            query = query.where(item.c.id > number if flt.oldest_first else item.c.id < number)
        query = query.order_by(item.c.id.asc() if flt.oldest_first else item.c.id.desc())
        rows = list(self._db.execute(query.limit(flt.limit + 1)))
        cursor = (
            "" if last(rows, flt.limit) else cursor_of(rows[flt.limit - 1].first_seen, rows[flt.limit - 1].id)
        )
        return rows[: flt.limit], cursor

    def posted(self, start: datetime, end: datetime) -> dict[tuple[str, datetime], tuple[int, int]]:
        """(sent, waiting) mailboxes by office and end of a digest's window in (start, end]."""
        columns = (outbox.c.office, outbox.c.until, outbox.c.state)
        query = sa.select(*columns, sa.func.count().label("n")).where(
            outbox.c.kind == PostKind.DIGEST, outbox.c.until > start, outbox.c.until <= end
        )
        found: dict[tuple[str, datetime], tuple[int, int]] = {}
        for office, until, state, count in self._db.execute(query.group_by(*columns)):
            sent, waiting = found.get((office, until), (0, 0))
            sent += count if state == PostState.SENT else 0
            waiting += count if state == PostState.WAITING else 0
            found[office, until] = (sent, waiting)
        return found

    def _changed(self, now: datetime) -> sa.ColumnElement[datetime]:
        """When an incident last changed: found, reported again, decided, regrouped, or closed by silence.

        An undone decision is a change too. Derived from its reports, reviews and regroupings, each found by
        the incident's index; what it is derived from is never later than the commit, so a follower should
        ask again from a little before.
        """
        closed = Settled(incident.c.last_published)
        silent = sa.case(
            (sa.and_(incident.c.status == Status.CLOSED, closed <= now), closed), else_=incident.c.detected_at
        )
        joined = sa.select(sa.func.max(incident_item.c.joined_at)).where(
            incident_item.c.incident_id == incident.c.id
        )
        edited = (
            sa.select(sa.func.max(item.c.last_changed))
            .join(incident_item, incident_item.c.item_id == item.c.id)
            .where(incident_item.c.incident_id == incident.c.id)
        )
        moves = [
            sa.select(sa.func.max(regrouping.c.at)).where(side == incident.c.id)
            for side in (regrouping.c.incident_id, regrouping.c.other_id)
        ]
        undone = sa.select(sa.func.max(retraction.c.at)).join(review, review.c.id == retraction.c.review_id)
        undone = undone.where(review.c.incident_id == incident.c.id)
        told = [incident.c.reviewed_at, *(one.scalar_subquery() for one in (joined, edited, undone, *moves))]
        every = [sa.func.coalesce(one, incident.c.detected_at) for one in told]
        newest = sa.func.greatest if self._db.dialect.name == "postgresql" else sa.func.max
        return newest(incident.c.detected_at, silent, *every, type_=Moment())

    def _happened(self, start: datetime, end: datetime | None, now: datetime) -> sa.CompoundSelect[Any]:
        """Ids of incidents that one of the moments of `_changed` lies in [start, end) for, each by index."""

        def within(moment: sa.ColumnElement[datetime]) -> sa.ColumnElement[bool]:
            return moment >= start if end is None else sa.and_(moment >= start, moment < end)

        one = incident.alias("one")
        closed = Settled(one.c.last_published)
        reported = sa.select(incident_item.c.incident_id)
        edited = reported.join(item, item.c.id == incident_item.c.item_id)
        undone = sa.select(review.c.incident_id).join(retraction, retraction.c.review_id == review.c.id)
        return sa.union(
            *(sa.select(one.c.id).where(within(moment)) for moment in (one.c.detected_at, one.c.reviewed_at)),
            sa.select(one.c.id).where(
                one.c.status == Status.CLOSED,
                one.c.last_published >= start - SETTLED - timedelta(seconds=1),
                sa.true() if end is None else one.c.last_published < end - SETTLED,
                closed <= now,
                within(closed),
            ),
            reported.where(within(incident_item.c.joined_at)),
            edited.where(within(item.c.last_changed)),
            undone.where(within(retraction.c.at)),
            *(
                sa.select(side).where(within(regrouping.c.at))
                for side in (regrouping.c.incident_id, regrouping.c.other_id)
            ),
        )

    def _wheres(self, flt: IncidentFilter, now: datetime) -> list[sa.ColumnElement[bool]]:
        check_filter(flt)
        check_span(flt.detected_since, flt.detected_until)
        check_span(flt.updated_since, flt.updated_until)
        wheres: list[sa.ColumnElement[bool]] = [*_of_office(flt.office), *seen(flt.sight, HOME)]
        if not flt.merged:
            wheres.append(incident.c.merged_into.is_(None))
        if flt.state != "all":
            wheres.append(incident.c.is_open == (sa.true() if flt.state == "open" else sa.false()))
        if flt.severity_min is not None:
            wheres.append(incident.c.severity >= int(flt.severity_min))
        if flt.queue is not None:
            wheres += queue_wheres(self._db, flt.queue, now)
        for column, value in (
            (incident.c.decision, flt.decision),
            (incident.c.issue, flt.issue),
            (incident.c.form, flt.form),
            (incident.c.area, flt.area),
        ):
            if value is not None:
                wheres.append(column == value)
        if flt.place_code:
            wheres.append(_under(flt.place_code))
        if flt.detected_since is not None:
            wheres.append(incident.c.detected_at >= flt.detected_since)
        if flt.detected_until is not None:
            wheres.append(incident.c.detected_at < flt.detected_until)
        if flt.updated_since is not None:
            wheres.append(incident.c.id.in_(self._happened(flt.updated_since, None, now)))
        if flt.updated_until is not None:
            wheres.append(incident.c.id.not_in(self._happened(flt.updated_until, None, now)))
        return wheres


def _of_office(office: str) -> Sequence[sa.ColumnElement[bool]]:
    return () if office in ("", PROVINCE) else (_under(office),)


def _under(code: str) -> sa.ColumnElement[bool]:
    under = incident.c.place_code.startswith(f"{code}.", autoescape=True)
    return sa.or_(incident.c.place_code == code, under)
