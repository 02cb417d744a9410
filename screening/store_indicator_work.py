"""Rows of what people did, for the indicators: papers, follow-ups, grades, samples. No query reads who."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter, defaultdict
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from models import mask_names
from screening.agreement import Pair
from screening.casework import FollowUpState
from screening.indicator_facts import Learnt, Paper, Period, SampleRead, SampleWeek, Work
from screening.memo import StepKind
from screening.records import Area, Decision
from screening.sampling import Verdict, week_bounds
from screening.schema import assessment, incident, incident_item, item, memo, memo_step, review
from screening.schema_casework import follow_up, grade
from screening.schema_second import learnt_elsewhere, sample_item, sample_week, second_reading
from screening.store_reviews import stands
from screening.store_second import SecondReadings
from screening.taxonomy import PROVINCE

_JUDGED = (Verdict.YES, Verdict.NO, Verdict.OUTSIDE)
_CONFIRMED = (1, 2)


def of_office(office: str) -> tuple[sa.ColumnElement[bool], ...]:
    """Incidents of an office: the province has all that are not placed outside it."""
    if office == PROVINCE:
        return (incident.c.area != Area.OUTSIDE,)
    inside = incident.c.place_code.startswith(f"{office}.", autoescape=True)
    return (incident.c.area == Area.KALTENG, sa.or_(incident.c.place_code == office, inside))


def papers(db: sa.Connection, chosen: sa.Select[Any]) -> list[Paper]:
    """Papers sent about these incidents or about what was merged into them, in the order they were sent."""
    query = (
        sa.select(memo.c.id, memo.c.subject, memo.c.sent_at, memo.c.incident_id, _home().label("home"))
        .join(incident, incident.c.id == memo.c.incident_id)
        .where(memo.c.sent_at.is_not(None), _home().in_(chosen))
        .order_by(memo.c.sent_at, memo.c.id)
    )
    rows = db.execute(query).all()
    if not rows:
        return []
    sent = query.with_only_columns(memo.c.id).order_by(None)
    about = query.with_only_columns(memo.c.incident_id).order_by(None)
    answered: dict[int, datetime] = {}
    taken_back: set[int] = set()
    steps = sa.select(memo_step.c.memo_id, memo_step.c.kind, memo_step.c.at)
    for number, kind, at in db.execute(steps.where(memo_step.c.memo_id.in_(sent))):
        if kind == StepKind.RESPONSE:
            answered[number] = min(at, answered.get(number, at))
        elif kind in (StepKind.CORRECTED, StepKind.WITHDRAWN):
            taken_back.add(number)
    decided: dict[int, list[datetime]] = defaultdict(list)
    decisions = sa.select(review.c.incident_id, review.c.at).where(review.c.incident_id.in_(about), stands())
    for number, at in db.execute(decisions.order_by(review.c.at)):
        decided[number].append(at)
    found = []
    for row in rows:
        before = decided[row.incident_id]
        place = bisect_right(before, row.sent_at)
        found.append(
            Paper(
                id=row.id,
                subject=mask_names(row.subject),
                incident_id=row.home,
                sent_at=row.sent_at,
                decided_at=before[place - 1] if place else None,
                answered_at=answered.get(row.id),
                taken_back=row.id in taken_back,
            )
        )
    return found


def work(db: sa.Connection, chosen: sa.Select[Any]) -> dict[int, Work]:
    """By incident its follow-ups and the grade that stands, with those of what was merged into it."""
    begun: dict[int, list[datetime]] = defaultdict(list)
    answered: dict[int, list[datetime]] = defaultdict(list)
    measures = (
        sa.select(_home().label("home"), follow_up.c.at, follow_up.c.responded_at, follow_up.c.state)
        .join(incident, incident.c.id == follow_up.c.incident_id)
        .where(_home().in_(chosen))
    )
    for number, at, responded_at, state in db.execute(measures):
        if state != FollowUpState.CANCELLED:
            begun[number].append(at)
        if responded_at is not None:
            answered[number].append(responded_at)
    confirmed: dict[int, bool] = {}
    grades = (
        sa.select(_home().label("home"), grade.c.letter, grade.c.information, grade.c.channel)
        .join(incident, incident.c.id == grade.c.incident_id)
        .where(_home().in_(chosen))
        .order_by(grade.c.id)
    )
    for number, letter, information, channel in db.execute(grades):
        # The newest one stands; without a letter it put the machine's grade back.
        confirmed[number] = letter is not None and information in _CONFIRMED and channel != ""
    return {
        number: Work(
            followed_up=tuple(begun[number]),
            answered=tuple(answered[number]),
            confirmed=confirmed.get(number, False),
        )
        for number in {*begun, *answered, *confirmed}
    }


def samples(db: sa.Connection, office: str, period: Period) -> tuple[list[SampleRead], list[SampleWeek]]:
    """(items of the samples that were judged, of all offices; their weeks, which begin in the period)."""
    drawn = {
        row.week: row.population
        for row in db.execute(sa.select(sample_week.c.week, sample_week.c.population))
        if period.start <= week_bounds(row.week)[0] < period.end
    }
    if not drawn:
        return [], []
    query = (
        sa.select(sample_item, item.c.title, assessment.c.regency)
        .join(item, item.c.id == sample_item.c.item_id)
        .outerjoin(assessment, assessment.c.item_id == item.c.id)
        .where(sample_item.c.week.in_(sorted(drawn)), sample_item.c.verdict.in_(_JUDGED))
        .order_by(sample_item.c.week, sample_item.c.position)
    )
    rows = db.execute(query).all()
    told = Counter(row.week for row in rows)
    weeks = [
        SampleWeek(week=week, population=population, told=told[week], accepted=_accepted(db, office, week))
        for week, population in sorted(drawn.items())
    ]
    read = [
        SampleRead(
            item_id=row.item_id,
            title=mask_names(row.title) if office in (PROVINCE, row.regency) else "",
            week=row.week,
            regency=row.regency,
            answered_at=row.answered_at,
            relevant=row.verdict == Verdict.YES,
        )
        for row in rows
    ]
    return read, weeks


def learnt(db: sa.Connection, office: str, period: Period) -> list[Learnt]:
    """What was learnt from elsewhere first, by the time it was noted, unless the note was withdrawn."""
    query = sa.select(learnt_elsewhere).where(
        learnt_elsewhere.c.noted_at >= period.start,
        learnt_elsewhere.c.noted_at < period.end,
        learnt_elsewhere.c.withdrawn_at.is_(None),
    )
    if office != PROVINCE:
        query = query.where(learnt_elsewhere.c.place_code == office)
    return [
        Learnt(
            id=row.id,
            incident_id=row.incident_id,
            issue=row.issue,
            place_code=row.place_code,
            at=row.noted_at,
        )
        for row in db.execute(query.order_by(learnt_elsewhere.c.id))
    ]


def pairs(db: sa.Connection, office: str, period: Period) -> list[Pair]:
    """Second readings answered in the period of incidents of the office, newest first."""
    ours = (
        sa.select(second_reading.c.id)
        .join(incident, incident.c.id == second_reading.c.incident_id)
        .where(
            second_reading.c.answered_at >= period.start,
            second_reading.c.answered_at < period.end,
            *of_office(office),
        )
    )
    here = set(db.scalars(ours))
    every = SecondReadings(db).pairs_between(period.start, period.end)
    return [one for one in every if one.reading_id in here]


def _accepted(db: sa.Connection, office: str, week: str) -> int:
    """Items of the week in accepted incidents of the office that the machine itself brought up."""
    start, end = week_bounds(week)
    promoted = sa.select(sample_item.c.id).where(
        sample_item.c.item_id == item.c.id, sample_item.c.promoted.is_(True)
    )
    query = (
        sa.select(sa.func.count())
        .select_from(incident_item)
        .join(item, item.c.id == incident_item.c.item_id)
        .join(incident, incident.c.id == incident_item.c.incident_id)
        .where(
            item.c.first_seen >= start,
            item.c.first_seen < end,
            incident.c.decision == Decision.ACCEPT,
            *of_office(office),
            ~promoted.exists(),
        )
    )
    return db.scalar(query) or 0


def _home() -> sa.ColumnElement[int]:
    return sa.func.coalesce(incident.c.merged_into, incident.c.id)
