"""The indicators of an office and a period, computed from facts about incidents, days and sources. Pure.

Nobody is counted: no fact here knows who decided. Fewer than `LEAST` cases give no figure, only their number;
what has no data yet says so. Every figure carries the cases it was made of.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date, datetime, timedelta

from screening.errors import Invalid
from screening.indicator_facts import (
    Case,
    CaseKind,
    Figure,
    FigureState,
    History,
    IncidentFacts,
    Measure,
    Period,
    Trace,
    local_day,
    midnight,
)
from screening.indicator_figures import bounded, case_of, count, ratio, share, standing, threats, times
from screening.indicator_terms import (
    BEFORE_DAYS,
    COHORT_DAYS,
    COVER_ARTICLES,
    COVER_OUTLETS,
    DEFINITIONS,
    NO_AUDIT,
    SLA_MINUTES,
    Definition,
    Unit,
)
from screening.indicators_quality import agreement, recall
from screening.indicators_reporting import answered, confirmed, followed_up, reported, taken_back
from screening.records import Decision, Status
from screening.taxonomy import (
    ISSUE_TERMS,
    NO_ISSUE,
    PROVINCE,
    REGENCIES,
    REGENCY_BY_CODE,
    RejectReason,
    Severity,
)

_REGENCY, _DISTRICT = 5, 8  # characters of a place code
_MINUTE, _HOUR = 60.0, 3_600.0


def check_office(code: str) -> str:
    """The place code of the province or a regency. `Invalid` for any other."""
    if code != PROVINCE and code not in REGENCY_BY_CODE:
        raise Invalid("Kantor harus 62 (provinsi) atau kode kabupaten/kota, misalnya 62.02.")
    return code


def measured(history: History, office: str, period: Period, now: datetime) -> tuple[Measure, ...]:
    """All indicators in the order of the registry."""
    told: list[Measure] = []
    for one in DEFINITIONS:
        how = _HOW.get(one.code)
        figures = how(history, office, period, now) if how and one.why_not is None else [_unmeasured(one)]
        told.append(Measure(definition=one, figures=tuple(figures)))
    return tuple(told)


# --- one function an indicator: (history, office, period, now) -> figures


def _detection(history: History, office: str, period: Period, now: datetime) -> list[Figure]:
    cases = [
        case_of(one, value=(one.stored - one.published).total_seconds() / _MINUTE)
        for one in standing(history)
        if one.published is not None and one.stored is not None and one.stored >= one.published
    ]
    return [times("", Unit.MINUTES, cases)]


def _review(history: History, office: str, period: Period, now: datetime) -> list[Figure]:
    every = standing(history)
    waits = [wait_of(one) for one in every if one.reviewed_at is not None]
    kept: list[Case] = []
    for one in every:
        limit = SLA_MINUTES.get(one.waited_at)
        if limit is None:
            continue
        due = one.detected_at + timedelta(minutes=limit)
        if one.reviewed_at is not None or due < now:
            kept.append(replace(wait_of(one), counts=one.reviewed_at is not None and one.reviewed_at <= due))
    waiting = [case_of(one, counts=True) for one in every if one.reviewed_at is None]
    figures = [
        times("", Unit.MINUTES, waits),
        share("batas", kept),
        count("menunggu", waiting, len(every)),
    ]
    for level in sorted(SLA_MINUTES, reverse=True):
        figures.append(times(f"l{level}", Unit.MINUTES, [one for one in waits if one.level == level]))
        figures.append(share(f"batas-l{level}", [one for one in kept if one.level == level]))
    figures.append(times("l1", Unit.MINUTES, [one for one in waits if one.level == Severity.INFORMASI]))
    return figures


def _resolved(history: History, office: str, period: Period, now: datetime) -> list[Figure]:
    cohort = timedelta(days=COHORT_DAYS)
    cases = []
    for one in threats(history):
        if one.detected_at + cohort > now:
            continue
        settled = one.settled_at is not None and one.settled_at <= one.detected_at + cohort
        cases.append(case_of(one, counts=settled and one.status is Status.CLOSED))
    return [share("", cases)]


def _precision(history: History, office: str, period: Period, now: datetime) -> list[Figure]:
    by_issue: dict[str, list[Case]] = {}
    for one in standing(history):
        if one.decision in (Decision.ACCEPT, Decision.REJECT) and one.reason is not RejectReason.DUPLICATE:
            case = case_of(one, counts=one.decision is Decision.ACCEPT)
            by_issue.setdefault(one.machine_issue, []).append(case)
    every = [case for cases in by_issue.values() for case in cases]
    figures = [bounded(share("", sorted(every, key=lambda case: case.id)))]
    codes = [term.code for term in (*ISSUE_TERMS, NO_ISSUE)]
    return figures + [bounded(share(code, by_issue[code])) for code in codes if code in by_issue]


def _sources(history: History, office: str, period: Period, now: datetime) -> list[Figure]:
    read = {(one.day, one.regency): one for one in history.days}
    cases: list[Case] = []
    for day in _days_over(history, period, now):
        for code in _regencies(office):
            one = read.get((day, code))
            articles, outlets = (one.articles, one.outlets) if one else (0, 0)
            cases.append(
                Case(
                    kind=CaseKind.DAY,
                    title=REGENCY_BY_CODE[code],
                    place_code=code,
                    at=midnight(day),
                    value=articles,
                    of=outlets,
                    counts=articles >= COVER_ARTICLES and outlets >= COVER_OUTLETS,
                )
            )
    unseen = [replace(case, counts=True) for case in cases if not case.value]
    answers = [
        Case(
            kind=CaseKind.SOURCE,
            id=one.source_id,
            title=one.name,
            value=one.good,
            of=one.good + one.failed,
        )
        for one in history.sources
    ]
    good, asked = (
        sum(one.good for one in history.sources),
        sum(one.good + one.failed for one in history.sources),
    )
    uptime = ratio(good, asked, "umpan", tuple(answers))
    return [share("", cases), count("tak-terpantau", unseen, len(cases)), uptime]


def _same_day(history: History, office: str, period: Period, now: datetime) -> list[Figure]:
    over = set(_days_over(history, period, now, since_first_fetch=False))
    by_day: dict[tuple[date, str], list[IncidentFacts]] = {}
    for one in standing(history):
        regency = (one.place_code or "")[:_REGENCY]
        day = local_day(one.detected_at)
        if regency in REGENCY_BY_CODE and day in over:
            by_day.setdefault((day, regency), []).append(one)
    cases = []
    for (day, regency), incidents in sorted(by_day.items()):
        end = midnight(day + timedelta(days=1))
        done = sum(one.reviewed_at is not None and one.reviewed_at < end for one in incidents)
        cases.append(
            Case(
                kind=CaseKind.DAY,
                title=REGENCY_BY_CODE[regency],
                place_code=regency,
                at=midnight(day),
                value=done,
                of=len(incidents),
                counts=done == len(incidents),
            )
        )
    return [share("", cases)]


def _ahead(history: History, office: str, period: Period, now: datetime) -> list[Figure]:
    by_district: dict[str, list[Trace]] = {}
    for trace in history.traces:
        by_district.setdefault(trace.district, []).append(trace)
    cases = []
    for one in threats(history):
        if one.severity < Severity.SIAGA:
            continue
        since = one.detected_at - timedelta(days=BEFORE_DAYS)
        before = [
            trace.detected_at
            for trace in by_district.get(_district(one.place_code), ())
            if since <= trace.detected_at < one.detected_at and trace.incident_id != one.id
        ]
        hours = (one.detected_at - min(before)).total_seconds() / _HOUR if before else None
        cases.append(case_of(one, value=hours, counts=bool(before)))
    return [share("", cases), times("waktu-dini", Unit.HOURS, [case for case in cases if case.counts])]


def _rights(history: History, office: str, period: Period, now: datetime) -> list[Figure]:
    # Also what was merged away: "ever" means ever.
    peaceful = [case_of(one, counts=one.raised) for one in history.incidents if one.peaceful or one.raised]
    audit = Figure(key="audit", unit=Unit.COUNT, state=FigureState.UNMEASURED, n=0, reason=NO_AUDIT)
    return [count("", peaceful, len(peaceful)), audit]


_HOW: dict[str, Callable[[History, str, Period, datetime], list[Figure]]] = {
    "IO-1": _detection,
    "IO-2": _review,
    "IO-3": reported,
    "IO-4": answered,
    "IO-5": followed_up,
    "IO-6": _resolved,
    "IO-7": _precision,
    "IO-8": recall,
    "IO-9": agreement,
    "IO-10": _sources,
    "IO-11": _same_day,
    "IO-12": confirmed,
    "IO-13": taken_back,
    "IO-14": _ahead,
    "IO-15": _rights,
}


def _regencies(office: str) -> tuple[str, ...]:
    return tuple(code for code, _ in REGENCIES) if office == PROVINCE else (office,)


def _days_over(
    history: History, period: Period, now: datetime, *, since_first_fetch: bool = True
) -> Iterable[date]:
    first = period.first
    if since_first_fetch:
        if history.since is None:
            return
        first = max(first, local_day(history.since))
    while first <= period.last and midnight(first + timedelta(days=1)) <= now:
        yield first
        first += timedelta(days=1)


def _district(code: str | None) -> str:
    return code[:_DISTRICT] if code is not None and len(code) >= _DISTRICT else ""


def wait_of(one: IncidentFacts) -> Case:
    minutes = None
    if one.reviewed_at is not None:
        minutes = (one.reviewed_at - one.detected_at).total_seconds() / _MINUTE
    return replace(case_of(one, value=minutes), level=one.waited_at)


def _unmeasured(one: Definition) -> Figure:
    return Figure(key="", unit=one.unit, state=FigureState.UNMEASURED, n=0, reason=one.why_not)
