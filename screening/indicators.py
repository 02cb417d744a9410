"""The indicators of an office and a period, computed from facts about incidents, days and sources. Pure.

Nobody is counted: no fact here knows who decided. Fewer than `LEAST` cases give no figure, only their number;
what has no data yet says so. Every figure carries the cases it was made of.
"""

from __future__ import annotations

import enum
import math
import statistics
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta

from screening.errors import Invalid
from screening.indicator_terms import (
    BEFORE_DAYS,
    COHORT_DAYS,
    COVER_ARTICLES,
    COVER_OUTLETS,
    DEFINITIONS,
    LEAST,
    NO_AUDIT,
    SLA_MINUTES,
    Both,
    Definition,
    Unit,
)
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
from screening.windows import WIB

PERIOD_DAYS = 366
_REGENCY, _DISTRICT = 5, 8  # characters of a place code
_MINUTE, _HOUR = 60.0, 3_600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """Whole days in WIB, both ends in it. `Invalid` when turned round or longer than 366 days."""

    first: date
    last: date

    def __post_init__(self) -> None:
        if not timedelta(0) <= self.last - self.first < timedelta(days=PERIOD_DAYS):
            raise Invalid(f"Periode harus urut dan paling lama {PERIOD_DAYS} hari.")

    @property
    def start(self) -> datetime:
        return _midnight(self.first)

    @property
    def end(self) -> datetime:
        return _midnight(self.last + timedelta(days=1))


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentFacts:
    """What the indicators ask of one incident detected in the period; `title` is masked.

    `published` is the earliest trustworthy time of its reports, `stored` when its first report came;
    `reviewed_at` and `seen_level` are of the first decision, `decision` and `reason` of the newest;
    `settled_at` is the first report of a settlement (F8), `raised` whether F2 was ever above INFORMASI.
    """

    id: int
    title: str
    issue: str
    machine_issue: str
    form: str
    realis: str
    severity: Severity
    machine_severity: Severity
    place_code: str | None
    status: Status
    merged: bool
    detected_at: datetime
    published: datetime | None
    stored: datetime | None
    reviewed_at: datetime | None
    seen_level: Severity | None
    decision: Decision | None
    reason: RejectReason | None
    settled_at: datetime | None
    peaceful: bool
    raised: bool

    @property
    def waited_at(self) -> Severity:
        """The machine's level while it waited: at the first decision, or now."""
        return self.machine_severity if self.seen_level is None else self.seen_level


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """An incident that stood in a district before: what a later one may have been warned of by."""

    incident_id: int
    district: str
    detected_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class DayRead:
    """Articles stored on a day (WIB) about a regency, and how many outlets they are from."""

    day: date
    regency: str
    articles: int
    outlets: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceAnswers:
    source_id: int
    name: str
    good: int
    failed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """Everything the indicators of an office and a period are computed from; `since`: the first fetch."""

    incidents: Sequence[IncidentFacts]
    traces: Sequence[Trace]
    days: Sequence[DayRead]
    sources: Sequence[SourceAnswers]
    since: datetime | None


class FigureState(enum.StrEnum):
    MEASURED = "terukur"
    FEW = "kurang"  # "tidak cukup data"
    UNMEASURED = "belum"  # "belum diukur"


class CaseKind(enum.StrEnum):
    INCIDENT = "insiden"
    SOURCE = "sumber"
    DAY = "hari"


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One case behind a figure. `counts`: in the numerator (None: there is none); `value` is in the unit."""

    kind: CaseKind
    id: int = 0
    title: str = ""
    place_code: str | None = None
    at: datetime | None = None
    level: Severity | None = None
    value: float | None = None
    counts: bool | None = None
    of: int | None = None  # of a source: fetches; of a day: outlets


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One number. `key` is empty for the indicator itself, else names its part.

    `value` is a median, a share in percent or a count; `numerator` stands with shares and counts; `n` is the
    number of cases (denominator); `low` and `high` bound a share (95 %, Wilson).
    """

    key: str
    unit: Unit
    state: FigureState
    n: int
    cases: tuple[Case, ...] = ()
    value: float | None = None
    p90: float | None = None
    numerator: int | None = None
    low: float | None = None
    high: float | None = None
    reason: Both | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """An indicator of an office and a period; the first figure is the indicator itself."""

    definition: Definition
    figures: tuple[Figure, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Indicators:
    office: str
    period: Period
    at: datetime
    measures: tuple[Measure, ...]


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


def wilson(hits: int, n: int) -> tuple[float, float]:
    """95 % score interval of a share (Wilson 1927), 0 to 1."""
    z = 1.959963984540054
    share, room = hits / n, z * z / n
    middle = (share + room / 2) / (1 + room)
    half = z / (1 + room) * math.sqrt(share * (1 - share) / n + room / (4 * n))
    return max(0.0, middle - half), min(1.0, middle + half)


def nearest_rank(values: Sequence[float], share: float) -> float:
    """The smallest of the values that at least this share of them does not exceed: a case, not a blend."""
    return sorted(values)[max(0, math.ceil(share * len(values)) - 1)]


# --- one function an indicator: (history, office, period, now) -> figures


def _detection(history: History, office: str, period: Period, now: datetime) -> list[Figure]:
    cases = [
        _case(one, value=(one.stored - one.published).total_seconds() / _MINUTE)
        for one in _standing(history)
        if one.published is not None and one.stored is not None and one.stored >= one.published
    ]
    return [_times("", Unit.MINUTES, cases)]


def _review(history: History, office: str, period: Period, now: datetime) -> list[Figure]:
    every = _standing(history)
    waits = [_wait(one) for one in every if one.reviewed_at is not None]
    kept: list[Case] = []
    for one in every:
        limit = SLA_MINUTES.get(one.waited_at)
        if limit is None:
            continue
        due = one.detected_at + timedelta(minutes=limit)
        if one.reviewed_at is not None or due < now:
            kept.append(replace(_wait(one), counts=one.reviewed_at is not None and one.reviewed_at <= due))
    waiting = [_case(one, counts=True) for one in every if one.reviewed_at is None]
    figures = [
        _times("", Unit.MINUTES, waits),
        _share("batas", kept),
        _count("menunggu", waiting, len(every)),
    ]
    for level in sorted(SLA_MINUTES, reverse=True):
        figures.append(_times(f"l{level}", Unit.MINUTES, [one for one in waits if one.level == level]))
        figures.append(_share(f"batas-l{level}", [one for one in kept if one.level == level]))
    figures.append(_times("l1", Unit.MINUTES, [one for one in waits if one.level == Severity.INFORMASI]))
    return figures


def _resolved(history: History, office: str, period: Period, now: datetime) -> list[Figure]:
    cohort = timedelta(days=COHORT_DAYS)
    cases = []
    for one in _threats(history):
        if one.detected_at + cohort > now:
            continue
        settled = one.settled_at is not None and one.settled_at <= one.detected_at + cohort
        cases.append(_case(one, counts=settled and one.status is Status.CLOSED))
    return [_share("", cases)]


def _precision(history: History, office: str, period: Period, now: datetime) -> list[Figure]:
    by_issue: dict[str, list[Case]] = {}
    for one in _standing(history):
        if one.decision in (Decision.ACCEPT, Decision.REJECT) and one.reason is not RejectReason.DUPLICATE:
            case = _case(one, counts=one.decision is Decision.ACCEPT)
            by_issue.setdefault(one.machine_issue, []).append(case)
    every = [case for cases in by_issue.values() for case in cases]
    figures = [_bounded(_share("", sorted(every, key=lambda case: case.id)))]
    codes = [term.code for term in (*ISSUE_TERMS, NO_ISSUE)]
    return figures + [_bounded(_share(code, by_issue[code])) for code in codes if code in by_issue]


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
                    at=_midnight(day),
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
    uptime = _ratio(good, asked, "umpan", tuple(answers))
    return [_share("", cases), _count("tak-terpantau", unseen, len(cases)), uptime]


def _same_day(history: History, office: str, period: Period, now: datetime) -> list[Figure]:
    over = set(_days_over(history, period, now, since_first_fetch=False))
    by_day: dict[tuple[date, str], list[IncidentFacts]] = {}
    for one in _standing(history):
        regency = (one.place_code or "")[:_REGENCY]
        day = _day(one.detected_at)
        if regency in REGENCY_BY_CODE and day in over:
            by_day.setdefault((day, regency), []).append(one)
    cases = []
    for (day, regency), incidents in sorted(by_day.items()):
        midnight = _midnight(day + timedelta(days=1))
        done = sum(one.reviewed_at is not None and one.reviewed_at < midnight for one in incidents)
        cases.append(
            Case(
                kind=CaseKind.DAY,
                title=REGENCY_BY_CODE[regency],
                place_code=regency,
                at=_midnight(day),
                value=done,
                of=len(incidents),
                counts=done == len(incidents),
            )
        )
    return [_share("", cases)]


def _ahead(history: History, office: str, period: Period, now: datetime) -> list[Figure]:
    by_district: dict[str, list[Trace]] = {}
    for trace in history.traces:
        by_district.setdefault(trace.district, []).append(trace)
    cases = []
    for one in _threats(history):
        if one.severity < Severity.SIAGA:
            continue
        since = one.detected_at - timedelta(days=BEFORE_DAYS)
        before = [
            trace.detected_at
            for trace in by_district.get(_district(one.place_code), ())
            if since <= trace.detected_at < one.detected_at and trace.incident_id != one.id
        ]
        hours = (one.detected_at - min(before)).total_seconds() / _HOUR if before else None
        cases.append(_case(one, value=hours, counts=bool(before)))
    return [_share("", cases), _times("waktu-dini", Unit.HOURS, [case for case in cases if case.counts])]


def _rights(history: History, office: str, period: Period, now: datetime) -> list[Figure]:
    # Also what was merged away: "ever" means ever.
    peaceful = [_case(one, counts=one.raised) for one in history.incidents if one.peaceful or one.raised]
    audit = Figure(key="audit", unit=Unit.COUNT, state=FigureState.UNMEASURED, n=0, reason=NO_AUDIT)
    return [_count("", peaceful, len(peaceful)), audit]


_HOW: dict[str, Callable[[History, str, Period, datetime], list[Figure]]] = {
    "IO-1": _detection,
    "IO-2": _review,
    "IO-6": _resolved,
    "IO-7": _precision,
    "IO-10": _sources,
    "IO-11": _same_day,
    "IO-14": _ahead,
    "IO-15": _rights,
}


# --- which cases


def _standing(history: History) -> list[IncidentFacts]:
    return [one for one in history.incidents if not one.merged]


def _threats(history: History) -> list[IncidentFacts]:
    return [
        one
        for one in _standing(history)
        if one.realis in ("A", "R")
        and one.issue != NO_ISSUE.code
        and one.form != "F2"
        and one.decision is not Decision.REJECT
    ]


def _regencies(office: str) -> tuple[str, ...]:
    return tuple(code for code, _ in REGENCIES) if office == PROVINCE else (office,)


def _days_over(
    history: History, period: Period, now: datetime, *, since_first_fetch: bool = True
) -> Iterable[date]:
    first = period.first
    if since_first_fetch:
        if history.since is None:
            return
        first = max(first, _day(history.since))
    while first <= period.last and _midnight(first + timedelta(days=1)) <= now:
        yield first
        first += timedelta(days=1)


def _district(code: str | None) -> str:
    return code[:_DISTRICT] if code is not None and len(code) >= _DISTRICT else ""


def _day(moment: datetime) -> date:
    return moment.astimezone(WIB).date()


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=WIB).astimezone(UTC)


# --- figures


def _case(one: IncidentFacts, *, value: float | None = None, counts: bool | None = None) -> Case:
    return Case(
        kind=CaseKind.INCIDENT,
        id=one.id,
        title=one.title,
        place_code=one.place_code,
        at=one.detected_at,
        level=one.severity,
        value=value,
        counts=counts,
    )


def _wait(one: IncidentFacts) -> Case:
    minutes = None
    if one.reviewed_at is not None:
        minutes = (one.reviewed_at - one.detected_at).total_seconds() / _MINUTE
    return replace(_case(one, value=minutes), level=one.waited_at)


def _times(key: str, unit: Unit, cases: Sequence[Case]) -> Figure:
    values = [case.value for case in cases if case.value is not None]
    few = Figure(key=key, unit=unit, state=FigureState.FEW, n=len(values), cases=tuple(cases))
    if len(values) < LEAST:
        return few
    median, p90 = statistics.median(values), nearest_rank(values, 0.9)
    return replace(few, state=FigureState.MEASURED, value=median, p90=p90)


def _share(key: str, cases: Sequence[Case]) -> Figure:
    return _ratio(sum(case.counts is True for case in cases), len(cases), key, tuple(cases))


def _ratio(hits: int, n: int, key: str, cases: tuple[Case, ...]) -> Figure:
    few = Figure(key=key, unit=Unit.PERCENT, state=FigureState.FEW, n=n, numerator=hits, cases=cases)
    return few if n < LEAST else replace(few, state=FigureState.MEASURED, value=100 * hits / n)


def _bounded(share: Figure) -> Figure:
    if share.state is not FigureState.MEASURED or share.numerator is None:
        return share
    low, high = wilson(share.numerator, share.n)
    return replace(share, low=100 * low, high=100 * high)


def _count(key: str, cases: Sequence[Case], n: int) -> Figure:
    """A plain count: with any case at all it may be told, a single one is news."""
    hits = sum(case.counts is True for case in cases)
    state = FigureState.MEASURED if n else FigureState.FEW
    value = float(hits) if n else None
    return Figure(key=key, unit=Unit.COUNT, state=state, n=n, numerator=hits, value=value, cases=tuple(cases))


def _unmeasured(one: Definition) -> Figure:
    return Figure(key="", unit=one.unit, state=FigureState.UNMEASURED, n=0, reason=one.why_not)
