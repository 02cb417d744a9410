"""Rows for the overview: incidents that are on by place, opened by day, planned, pressing; who reports."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa

from screening.overview import PEACEFUL, STILL_ON, Clock, Tallied
from screening.records import Area, Decision, Sight, Status
from screening.schema import assessment, incident, item
from screening.store_health import DaysBefore
from screening.store_offices import seen
from screening.taxonomy import Severity

_OURS = (incident.c.merged_into.is_(None), incident.c.area != Area.OUTSIDE)
_PEACEFUL = incident.c.form == PEACEFUL


class Overviews:
    def __init__(self, connection: sa.Connection) -> None:
        self._db = connection

    def tallied(self, now: datetime, sight: Sight) -> list[Tallied]:
        """What is on: open, or accepted, not settled and reported in the last seven days."""
        peaceful = sa.case((_PEACEFUL, 1), else_=0)
        undecided = sa.case((incident.c.is_open == sa.true(), 1), else_=0)
        keys = (incident.c.place_code, incident.c.severity, peaceful, undecided)
        query = sa.select(*keys, sa.func.count()).where(
            *_OURS, *seen(sight), _on(now), incident.c.severity > 0
        )
        return [
            Tallied(
                place=place,
                severity=Severity(level),
                peaceful=bool(calm),
                undecided=bool(waits),
                incidents=int(count),
            )
            for place, level, calm, waits, count in self._db.execute(query.group_by(*keys))
        ]

    def opened(self, before: datetime, days: int, sight: Sight) -> dict[str, dict[int, int]]:
        """Incidents by bidang (or F2) and whole days that their first report was before a day's end.

        Not counted: rejected ones unless they rose since, without a level, outside, merged into another.
        """
        # A second less, so that what was published at midnight belongs to the day that then began.
        age = DaysBefore(sa.literal(before, incident.c.first_published.type), incident.c.first_published)
        group = sa.case((_PEACEFUL, PEACEFUL), else_=sa.func.substr(incident.c.issue, 1, 1))
        query = (
            sa.select(group, age, sa.func.count())
            .where(*_OURS, *seen(sight), _stands(), incident.c.severity > 0)
            .where(incident.c.first_published >= before - timedelta(days=days))
            .where(incident.c.first_published <= before, age < days)
            .group_by(group, age)
        )
        found: dict[str, dict[int, int]] = {}
        for code, days_before, count in self._db.execute(query):
            found.setdefault(code, {})[int(days_before)] = int(count)
        return found

    def planned(self, since: datetime, limit: int, sight: Sight) -> list[int]:
        """Incidents that announce something, reported since then, newest first."""
        query = sa.select(incident.c.id).where(
            *_OURS,
            *seen(sight),
            _stands(),
            incident.c.realis == "R",
            incident.c.status != Status.CLOSED,
            incident.c.last_published >= since,
        )
        newest = query.order_by(incident.c.last_published.desc(), incident.c.id.desc())
        return list(self._db.scalars(newest.limit(limit)))

    def pressing(self, limit: int, sight: Sight) -> list[int]:
        """The first open incidents of the queue that have a level, peaceful ones apart."""
        query = sa.select(incident.c.id).where(*_waiting(Severity.INFORMASI, sight))
        return list(
            self._db.scalars(query.order_by(incident.c.rank.desc(), incident.c.id.desc()).limit(limit))
        )

    def urgent(self, sight: Sight) -> list[Clock]:
        """Every undecided DARURAT and SIAGA."""
        columns = (incident.c.id, incident.c.severity, incident.c.first_published, incident.c.last_published)
        query = sa.select(*columns).where(*_waiting(Severity.SIAGA, sight)).order_by(incident.c.id)
        return [
            Clock(id=number, severity=Severity(level), first_published=first, last_published=last)
            for number, level, first, last in self._db.execute(query)
        ]

    def waiting(self, sight: Sight) -> int:
        """How many open incidents have a level, peaceful ones apart."""
        query = sa.select(sa.func.count()).select_from(incident).where(*_waiting(Severity.INFORMASI, sight))
        return self._db.scalar(query) or 0

    def carried(self, since: datetime) -> dict[str, set[int]]:
        """By regency the sources that brought news of it since then, flagged or not."""
        query = (
            sa.select(assessment.c.regency, item.c.source_id)
            .join(item, item.c.id == assessment.c.item_id)
            .where(assessment.c.regency.is_not(None), item.c.first_seen >= since)
            .distinct()
        )
        found: dict[str, set[int]] = {}
        for code, source_id in self._db.execute(query):
            found.setdefault(str(code), set()).add(source_id)
        return found


def _stands() -> sa.ColumnElement[bool]:
    """Not rejected, or open again because it rose since."""
    return sa.or_(
        incident.c.decision.is_(None), incident.c.decision != Decision.REJECT, incident.c.is_open == sa.true()
    )


def _on(now: datetime) -> sa.ColumnElement[bool]:
    accepted = sa.and_(
        incident.c.decision == Decision.ACCEPT,
        incident.c.status != Status.CLOSED,
        incident.c.last_published >= now - STILL_ON,
    )
    return sa.or_(incident.c.is_open == sa.true(), accepted)


def _waiting(least: Severity, sight: Sight) -> Sequence[sa.ColumnElement[bool]]:
    return (
        *_OURS,
        *seen(sight),
        incident.c.is_open == sa.true(),
        incident.c.severity >= int(least),
        incident.c.form != PEACEFUL,
    )
