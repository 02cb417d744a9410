"""Rows that the indicators are computed from; reads only. No query here looks at who decided."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from screening.coverage import Tally
from screening.indicator_facts import (
    DayRead,
    History,
    IncidentFacts,
    Period,
    SourceAnswers,
    Trace,
)
from screening.indicator_terms import BEFORE_DAYS
from screening.records import Decision, Status
from screening.schema import assessment, incident, incident_item, item, review, source, tally
from screening.store_health import DaysBefore, first_try
from screening.store_indicator_work import learnt, of_office, pairs, papers, samples, work
from screening.store_reviews import stands
from screening.taxonomy import NO_ISSUE, PROVINCE, RejectReason, Severity

_DISTRICT = 8


class Histories:
    def __init__(self, connection: sa.Connection) -> None:
        self._db = connection

    def of(self, office: str, period: Period) -> History:
        """Of the province: all but incidents placed outside it, also those without a regency."""
        chosen = sa.select(incident.c.id).where(
            *_detected(period.start, period.end), *of_office(office), incident.c.merged_into.is_(None)
        )
        read, weeks = samples(self._db, office, period)
        return History(
            incidents=self._incidents(office, period),
            traces=self._traces(office, period),
            days=self._days(office, period),
            sources=self._answers(period),
            since=first_try(self._db),
            papers=papers(self._db, chosen),
            work=work(self._db, chosen),
            samples=read,
            weeks=weeks,
            learnt=learnt(self._db, office, period),
            pairs=pairs(self._db, office, period),
        )

    def _incidents(self, office: str, period: Period) -> list[IncidentFacts]:
        chosen = sa.select(incident.c.id).where(*_detected(period.start, period.end), *of_office(office))
        newest = review.alias("newest")
        query = (
            sa.select(incident, newest.c.reason)
            .outerjoin(newest, newest.c.id == incident.c.review_id)
            .where(*_detected(period.start, period.end), *of_office(office))
            .order_by(incident.c.detected_at, incident.c.id)
        )
        # One query each, put together here: joined in SQL they took SQLite nine times as long.
        reports = self._by_incident(_reports(chosen))
        first = self._by_incident(_first_reviews(chosen))
        ever = self._by_incident(_peaceful_reviews(chosen))
        return [
            _facts(row, reports.get(row.id), first.get(row.id), ever.get(row.id))
            for row in self._db.execute(query)
        ]

    def _by_incident(self, query: sa.Select[Any]) -> dict[int, Any]:
        return {row.incident_id: row for row in self._db.execute(query)}

    def _traces(self, office: str, period: Period) -> list[Trace]:
        """Incidents of INFORMASI and WASPADA with a district, from 30 days before the period on."""
        query = sa.select(incident.c.id, incident.c.place_code, incident.c.detected_at).where(
            *_detected(period.start - timedelta(days=BEFORE_DAYS), period.end),
            *of_office(office),
            incident.c.merged_into.is_(None),
            incident.c.severity.in_([Severity.INFORMASI, Severity.WASPADA]),
            incident.c.realis.in_(["A", "R"]),
            incident.c.issue != NO_ISSUE.code,
            incident.c.form != "F2",
            sa.or_(incident.c.decision.is_(None), incident.c.decision != Decision.REJECT),
            sa.func.length(incident.c.place_code) >= _DISTRICT,
        )
        return [
            Trace(incident_id=number, district=code[:_DISTRICT], detected_at=at)
            for number, code, at in self._db.execute(query)
        ]

    def _days(self, office: str, period: Period) -> list[DayRead]:
        last = sa.literal(period.end - timedelta(seconds=1), item.c.first_seen.type)
        age = DaysBefore(last, item.c.first_seen)
        outlet = sa.case((source.c.owner != "", source.c.owner), else_=source.c.name)
        query = (
            sa.select(age, assessment.c.regency, sa.func.count(), sa.func.count(outlet.distinct()))
            .select_from(item)
            .join(assessment, assessment.c.item_id == item.c.id)
            .join(source, source.c.id == item.c.source_id)
            .where(
                item.c.first_seen >= period.start,
                item.c.first_seen < period.end,
                assessment.c.regency.is_not(None) if office == PROVINCE else assessment.c.regency == office,
            )
            .group_by(age, assessment.c.regency)
        )
        return [
            DayRead(
                day=period.last - timedelta(days=days),
                regency=regency,
                articles=articles,
                outlets=outlets,
            )
            for days, regency, articles, outlets in self._db.execute(query)
        ]

    def _answers(self, period: Period) -> list[SourceAnswers]:
        def total(what: Tally) -> sa.ColumnElement[int]:
            return sa.func.sum(sa.case((tally.c.what == what, tally.c.total), else_=0))

        query = (
            sa.select(source.c.id, source.c.name, total(Tally.GOOD), total(Tally.FAILED))
            .join(tally, tally.c.source_id == source.c.id)
            .where(
                tally.c.since >= period.start,
                tally.c.since < period.end,
                tally.c.what.in_([Tally.GOOD, Tally.FAILED]),
            )
            .group_by(source.c.id, source.c.name)
            .order_by(source.c.id)
        )
        return [
            SourceAnswers(source_id=number, name=name, good=int(good), failed=int(bad))
            for number, name, good, bad in self._db.execute(query)
        ]


def _detected(start: datetime, end: datetime) -> tuple[sa.ColumnElement[bool], ...]:
    return (incident.c.detected_at >= start, incident.c.detected_at < end)


def _reports(chosen: sa.Select[Any]) -> sa.Select[Any]:
    """By incident: when its first report came, the earliest trustworthy publication, the first settlement."""
    trusted = sa.and_(
        item.c.date_suspect == sa.false(),
        item.c.published >= source.c.added_at,  # older news could not be found in time by anybody
        item.c.published <= item.c.first_seen,
    )
    return (
        sa.select(
            incident_item.c.incident_id,
            sa.func.min(item.c.first_seen).label("stored"),
            sa.func.min(sa.case((trusted, item.c.published))).label("published"),
            sa.func.min(sa.case((assessment.c.form == "F8", item.c.published))).label("settled_at"),
        )
        .join(item, item.c.id == incident_item.c.item_id)
        .join(source, source.c.id == item.c.source_id)
        .join(assessment, assessment.c.item_id == item.c.id)
        .where(incident_item.c.incident_id.in_(chosen))
        .group_by(incident_item.c.incident_id)
    )


def _first_reviews(chosen: sa.Select[Any]) -> sa.Select[Any]:
    lowest = (
        sa.select(sa.func.min(review.c.id))
        .where(review.c.incident_id.in_(chosen), stands())
        .group_by(review.c.incident_id)
    )
    return sa.select(
        review.c.incident_id,
        review.c.at.label("first_at"),
        review.c.machine_severity.label("seen_level"),
    ).where(review.c.id.in_(lowest))


def _peaceful_reviews(chosen: sa.Select[Any]) -> sa.Select[Any]:
    """By incident with a decision F2: the highest level that such a decision gave (0: none by name)."""
    return (
        sa.select(
            review.c.incident_id,
            sa.func.max(sa.func.coalesce(review.c.severity, 0)).label("peaceful_level"),
        )
        .where(review.c.form == "F2", review.c.incident_id.in_(chosen), stands())
        .group_by(review.c.incident_id)
    )


def _facts(row: Any, reports: Any, first: Any, ever: Any) -> IncidentFacts:
    levels = [ever.peaceful_level if ever else 0]
    levels += [row.severity] if row.form == "F2" else []
    levels += [row.machine_severity] if row.machine_form == "F2" else []
    return IncidentFacts(
        id=row.id,
        title=row.title,
        issue=row.issue,
        machine_issue=row.machine_issue,
        form=row.form,
        realis=row.realis,
        severity=Severity(row.severity),
        machine_severity=Severity(row.machine_severity),
        place_code=row.place_code,
        status=Status(row.status),
        merged=row.merged_into is not None,
        detected_at=row.detected_at,
        published=reports.published if reports else None,
        stored=reports.stored if reports else None,
        reviewed_at=first.first_at if first else None,
        seen_level=Severity(first.seen_level) if first else None,
        decision=None if row.decision is None else Decision(row.decision),
        reason=None if row.reason is None else RejectReason(row.reason),
        settled_at=reports.settled_at if reports else None,
        peaceful="F2" in (row.form, row.machine_form) or ever is not None,
        raised=max(levels) > Severity.INFORMASI,
    )
