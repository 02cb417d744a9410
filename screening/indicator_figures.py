"""Which incidents a figure is made of, and how medians, shares and counts become one. Pure."""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence
from dataclasses import replace

from screening.indicator_facts import Case, CaseKind, Figure, FigureState, History, IncidentFacts
from screening.indicator_terms import LEAST, Unit
from screening.records import Decision
from screening.taxonomy import NO_ISSUE


def standing(history: History) -> list[IncidentFacts]:
    return [one for one in history.incidents if not one.merged]


def threats(history: History) -> list[IncidentFacts]:
    return [
        one
        for one in standing(history)
        if one.realis in ("A", "R")
        and one.issue != NO_ISSUE.code
        and one.form != "F2"
        and one.decision is not Decision.REJECT
    ]


def case_of(one: IncidentFacts, *, value: float | None = None, counts: bool | None = None) -> Case:
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


def times(key: str, unit: Unit, cases: Sequence[Case]) -> Figure:
    values = [case.value for case in cases if case.value is not None]
    few = Figure(key=key, unit=unit, state=FigureState.FEW, n=len(values), cases=tuple(cases))
    if len(values) < LEAST:
        return few
    median, p90 = statistics.median(values), nearest_rank(values, 0.9)
    return replace(few, state=FigureState.MEASURED, value=median, p90=p90)


def share(key: str, cases: Sequence[Case]) -> Figure:
    return ratio(sum(case.counts is True for case in cases), len(cases), key, tuple(cases))


def ratio(hits: int, n: int, key: str, cases: tuple[Case, ...]) -> Figure:
    few = Figure(key=key, unit=Unit.PERCENT, state=FigureState.FEW, n=n, numerator=hits, cases=cases)
    return few if n < LEAST else replace(few, state=FigureState.MEASURED, value=100 * hits / n)


def bounded(share: Figure) -> Figure:
    if share.state is not FigureState.MEASURED or share.numerator is None:
        return share
    low, high = wilson(share.numerator, share.n)
    return replace(share, low=100 * low, high=100 * high)


def count(key: str, cases: Sequence[Case], n: int) -> Figure:
    """A plain count: with any case at all it may be told, a single one is news."""
    hits = sum(case.counts is True for case in cases)
    state = FigureState.MEASURED if n else FigureState.FEW
    value = float(hits) if n else None
    return Figure(key=key, unit=Unit.COUNT, state=state, n=n, numerator=hits, value=value, cases=tuple(cases))


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
