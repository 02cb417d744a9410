"""What becomes of incidents that are reported on: IO-3, IO-4, IO-5, IO-12 and IO-13. Pure.

An incident is reported when its first paper (LI, LA) leaves the house, whatever becomes of that paper.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from screening.indicator_facts import Case, CaseKind, Figure, History, Paper, Period, Work
from screening.indicator_figures import case_of, share, standing, threats, times
from screening.indicator_terms import ANSWER_DAYS, FOLLOW_UP_DAYS, Unit
from screening.taxonomy import Severity

_MINUTE, _HOUR = 60.0, 3_600.0
_NOTHING = Work()


def reported(history: History, office: str, period: Period, now: datetime) -> list[Figure]:
    """IO-3. What was sent without a decision has no time to tell."""
    first = _first_papers(history)
    cases = [
        case_of(one, value=(paper.sent_at - paper.decided_at).total_seconds() / _MINUTE)
        for one in standing(history)
        if (paper := first.get(one.id)) is not None and paper.decided_at is not None
    ]
    return [times("", Unit.MINUTES, cases)]


def answered(history: History, office: str, period: Period, now: datetime) -> list[Figure]:
    """IO-4."""
    first = _first_papers(history)
    allowed = timedelta(days=ANSWER_DAYS)
    waits, ripe = [], []
    for one in standing(history):
        if one.id not in first:
            continue
        sent = first[one.id].sent_at
        at = _answer(history, one.id, sent)
        if at is not None:
            waits.append(case_of(one, value=(at - sent).total_seconds() / _HOUR))
        if sent + allowed <= now:
            silent = at is None or at > sent + allowed
            ripe.append(case_of(one, value=waits[-1].value if at else None, counts=silent))
    return [times("", Unit.HOURS, waits), share("tanpa-tanggapan", ripe)]


def followed_up(history: History, office: str, period: Period, now: datetime) -> list[Figure]:
    """IO-5."""
    first = _first_papers(history)
    cases = []
    for one in threats(history):
        if one.severity < Severity.WASPADA or one.id not in first:
            continue
        sent = first[one.id].sent_at
        until = sent + timedelta(days=FOLLOW_UP_DAYS)
        if until > now:
            continue
        begun = min(history.work.get(one.id, _NOTHING).followed_up, default=None)
        told = _answer(history, one.id, sent)
        cases.append(case_of(one, counts=any(at is not None and at <= until for at in (begun, told))))
    return [share("", cases)]


def confirmed(history: History, office: str, period: Period, now: datetime) -> list[Figure]:
    """IO-12."""
    cases = [
        case_of(one, counts=history.work.get(one.id, _NOTHING).confirmed)
        for one in threats(history)
        if one.severity >= Severity.SIAGA
    ]
    return [share("", cases)]


def taken_back(history: History, office: str, period: Period, now: datetime) -> list[Figure]:
    """IO-13; its unit is the paper, since one incident may have several."""
    found = {one.id: one for one in standing(history)}
    cases = [
        Case(
            kind=CaseKind.PAPER,
            id=paper.id,
            title=paper.subject,
            place_code=found[paper.incident_id].place_code,
            at=paper.sent_at,
            level=found[paper.incident_id].severity,
            counts=paper.taken_back,
        )
        for paper in history.papers
        if paper.incident_id in found
    ]
    return [share("", cases)]


def _first_papers(history: History) -> dict[int, Paper]:
    """By incident the paper that was sent first."""
    first: dict[int, Paper] = {}
    for paper in sorted(history.papers, key=lambda one: (one.sent_at, one.id), reverse=True):
        first[paper.incident_id] = paper
    return first


def _answer(history: History, incident_id: int, sent: datetime) -> datetime | None:
    """The first response since then: to any paper on the incident, or of the owner of a follow-up."""
    told = [paper.answered_at for paper in history.papers if paper.incident_id == incident_id]
    owners = history.work.get(incident_id, _NOTHING).answered
    return min((at for at in (*told, *owners) if at is not None and at >= sent), default=None)
