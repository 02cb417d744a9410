"""What the desk misses and how alike its readings are: IO-8 and IO-9. Pure.

Of a weekly sample a regency's share is read off its own items. Misses are estimated for any office in the
same way: its relevant items in the sample, each for as many items of the week as it stands for.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from screening.agreement import Scale, figures_of, value_on
from screening.indicator_facts import Case, CaseKind, Figure, FigureState, History, Period
from screening.indicator_figures import bounded, count, share
from screening.indicator_terms import LEAST, Unit
from screening.taxonomy import PROVINCE

# The indicator itself is the agreement on the issue; its parts are the other scales.
_SCALES = (
    (Scale.ISSUE, ""),
    (Scale.SEVERITY, "tingkat"),
    (Scale.FORM, "bentuk"),
    (Scale.RELEVANCE, "relevansi"),
)


def recall(history: History, office: str, period: Period, now: datetime) -> list[Figure]:
    """IO-8."""
    here = [one for one in history.samples if office in (PROVINCE, one.regency)]
    cases = [
        Case(
            kind=CaseKind.ITEM,
            id=one.item_id,
            title=one.title,
            place_code=one.regency,
            at=one.answered_at,
            counts=one.relevant,
        )
        for one in here
    ]
    told = bounded(share("", cases))
    stands_for = {week.week: week.population / week.told for week in history.weeks if week.told}
    missed = sum(stands_for[one.week] for one in here if one.relevant)
    # Only weeks whose sample was read say what share was caught.
    accepted = sum(week.accepted for week in history.weeks if week.told)
    enough = told.n >= LEAST
    state = FigureState.MEASURED if enough else FigureState.FEW
    estimate = replace(told, key="terlewat", unit=Unit.COUNT, state=state, low=None, high=None)
    caught = replace(estimate, key="tertangkap", unit=Unit.PERCENT, numerator=None)
    known = enough and accepted + missed > 0
    elsewhere = [
        Case(
            kind=CaseKind.INCIDENT if one.incident_id else CaseKind.NOTE,
            id=one.incident_id or one.id,
            title=one.issue,
            place_code=one.place_code,
            at=one.at,
            counts=True,
        )
        for one in history.learnt
    ]
    return [
        told,
        replace(estimate, value=missed if enough else None),
        replace(
            caught,
            state=FigureState.MEASURED if known else FigureState.FEW,
            value=100 * accepted / (accepted + missed) if known else None,
        ),
        count("dari-tempat-lain", elsewhere, len(elsewhere)),
    ]


def agreement(history: History, office: str, period: Period, now: datetime) -> list[Figure]:
    """IO-9: Krippendorff's alpha of the pairs whose second reader had not seen the first answer."""
    blind = [one for one in history.pairs if not one.seen_before]
    figures = {one.scale: one for one in figures_of(blind)}
    told = []
    for scale, key in _SCALES:
        cases = []
        for one in blind:
            first, second = value_on(one.first, scale), value_on(one.second, scale)
            if first is not None and second is not None:
                cases.append(
                    Case(
                        kind=CaseKind.INCIDENT,
                        id=one.incident_id,
                        title=one.title,
                        at=one.answered_at,
                        counts=first == second,
                    )
                )
        alpha = figures[scale].alpha
        few = Figure(key=key, unit=Unit.ALPHA, state=FigureState.FEW, n=alpha.units, cases=tuple(cases))
        if alpha.units >= LEAST and alpha.value is not None:
            few = replace(few, state=FigureState.MEASURED, value=alpha.value, low=alpha.low, high=alpha.high)
        told.append(few)
    return told
