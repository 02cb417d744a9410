"""Rows that only the report asks for: papers on its incidents, what is to come, what is usual; reads only."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa

from screening.digest import LIKELY
from screening.digest_lines import PaperNote
from screening.memo import MemoState, fields_in
from screening.records import Area, Decision, Status
from screening.schema import incident, incident_item, item, memo, memo_version
from screening.store_health import DaysBefore, first_try
from screening.store_indicator_work import of_office
from screening.taxonomy import Severity

_CHUNK = 400
_DAYS = 7


class DigestRows:
    def __init__(self, connection: sa.Connection) -> None:
        self._db = connection

    def papers(self, incident_ids: Sequence[int]) -> dict[int, tuple[PaperNote, ...]]:
        """By incident its papers that were not withdrawn, newest first, with those of what it took in."""
        home = sa.func.coalesce(incident.c.merged_into, incident.c.id)
        query = (
            sa.select(home.label("home"), memo.c.kind, memo.c.sent_at, memo_version.c.fields)
            .join(incident, incident.c.id == memo.c.incident_id)
            .join(
                memo_version,
                sa.and_(memo_version.c.memo_id == memo.c.id, memo_version.c.version == memo.c.version),
            )
            .where(memo.c.state != MemoState.WITHDRAWN)
            .order_by(memo.c.id.desc())
        )
        found: dict[int, list[PaperNote]] = defaultdict(list)
        for start in range(0, len(incident_ids), _CHUNK):
            for row in self._db.execute(query.where(home.in_(incident_ids[start : start + _CHUNK]))):
                advice = fields_in(row.fields).advice
                found[row.home].append(PaperNote(kind=row.kind, sent_at=row.sent_at, advice=advice))
        return {number: tuple(papers) for number, papers in found.items()}

    def to_come(self, since: datetime, until: datetime, limit: int) -> list[int]:
        """Incidents that announce an action or threaten one (F4), reported since then, newest first."""
        query = sa.select(incident.c.id).where(
            incident.c.merged_into.is_(None),
            incident.c.area != Area.OUTSIDE,
            sa.or_(incident.c.realis == "R", incident.c.form == "F4", incident.c.realis == "T"),
            incident.c.status != Status.CLOSED,
            incident.c.first_published <= until,
            incident.c.last_published >= since,
            sa.or_(
                incident.c.decision.is_(None),
                incident.c.decision != Decision.REJECT,
                incident.c.is_open == sa.true(),
            ),
        )
        newest = query.order_by(incident.c.last_published.desc(), incident.c.id.desc())
        return list(self._db.scalars(newest.limit(limit)))

    def usual(self, start: datetime, office: str) -> tuple[tuple[Severity, float], ...]:
        """Mean of the incidents reported on each of the 7 days before, by level, as the report counts them;
        empty when nothing was fetched a week before.
        """
        first, week = first_try(self._db), start - timedelta(days=_DAYS)
        if first is None or first > week:
            return ()
        # A second less, so that what was published at the edge belongs to the day that then began.
        edge = sa.literal(start - timedelta(seconds=1), item.c.published.type)
        age = DaysBefore(edge, item.c.published)
        query = (
            sa.select(incident.c.severity, age, incident.c.id)
            .join(incident_item, incident_item.c.incident_id == incident.c.id)
            .join(item, item.c.id == incident_item.c.item_id)
            .where(
                item.c.published >= week,
                item.c.published < start,
                incident.c.form != "F2",
                incident.c.merged_into.is_(None),
                incident.c.area != Area.OUTSIDE,
                *of_office(office),
                sa.or_(
                    sa.and_(incident.c.decision.is_(None), incident.c.relevance >= LIKELY),
                    incident.c.decision != Decision.REJECT,
                ),
            )
            .distinct()
        )
        counts = Counter(Severity(level) for level, _age, _number in self._db.execute(query))
        return tuple((level, counts[level] / _DAYS) for level in sorted(Severity, reverse=True) if level > 0)
