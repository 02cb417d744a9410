"""Rows that the operator's figures are read from; reads only, and cheap at any size of the database."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import sqlalchemy as sa

from screening.post import PostKind, PostState
from screening.readiness import Work
from screening.records import Area, SourceState
from screening.schema import assessment, incident, outbox, source, tally
from screening.taxonomy import Severity


class Operating:
    def __init__(self, connection: sa.Connection) -> None:
        self._db = connection

    def work(self) -> Work:
        """How far collecting and the post have come."""
        asked = sa.select(sa.func.max(source.c.last_try_at), sa.func.min(source.c.due_at)).where(
            source.c.state != SourceState.PAUSED
        )
        last_try, oldest_due = self._db.execute(asked).one()
        query = (
            sa.select(outbox.c.kind, sa.func.min(outbox.c.created_at))
            .where(outbox.c.state == PostState.WAITING)
            .group_by(outbox.c.kind)
        )
        waiting = {PostKind(kind): since for kind, since in self._db.execute(query)}
        return Work(last_try=last_try, oldest_due=oldest_due, waiting=waiting)

    def queue(self) -> Mapping[Severity, int]:
        """Incidents that wait for a decision, by level, without those outside the province."""
        query = sa.select(incident.c.severity, sa.func.count()).where(
            incident.c.is_open == sa.true(), incident.c.area != Area.OUTSIDE, incident.c.merged_into.is_(None)
        )
        found = {
            Severity(level): int(count)
            for level, count in self._db.execute(query.group_by(incident.c.severity))
        }
        return {level: found.get(level, 0) for level in Severity}

    def oldest_urgent(self) -> datetime | None:
        """When the undecided SIAGA or DARURAT that waits longest was published first."""
        query = sa.select(sa.func.min(incident.c.first_published)).where(
            incident.c.is_open == sa.true(),
            incident.c.severity >= int(Severity.SIAGA),
            incident.c.area != Area.OUTSIDE,
            incident.c.merged_into.is_(None),
        )
        found: datetime | None = self._db.scalar(query)
        return found

    def outbox(self) -> Mapping[PostState, int]:
        query = sa.select(outbox.c.state, sa.func.count()).group_by(outbox.c.state)
        found = {PostState(state): int(count) for state, count in self._db.execute(query)}
        return {state: found.get(state, 0) for state in PostState}

    def counted(self, start: datetime | None, end: datetime | None) -> dict[str, int]:
        """What all fetches brought, by name, in the pieces of a day that begin in [start, end)."""
        query = sa.select(tally.c.what, sa.func.sum(tally.c.total)).group_by(tally.c.what)
        if start is not None:
            query = query.where(tally.c.since >= start)
        if end is not None:
            query = query.where(tally.c.since < end)
        return {what: int(total) for what, total in self._db.execute(query)}

    def assessments(self) -> Mapping[bool, int]:
        """Stored assessments, flagged and not."""
        query = sa.select(assessment.c.flagged, sa.func.count()).group_by(assessment.c.flagged)
        found = {bool(flagged): int(count) for flagged, count in self._db.execute(query)}
        return {flagged: found.get(flagged, 0) for flagged in (True, False)}

    def size(self) -> int:
        """Bytes of the database."""
        if self._db.dialect.name == "postgresql":
            return int(self._db.scalar(sa.select(sa.func.pg_database_size(sa.func.current_database()))) or 0)
        pages = self._db.exec_driver_sql("PRAGMA page_count").scalar_one()
        return int(pages) * int(self._db.exec_driver_sql("PRAGMA page_size").scalar_one())
