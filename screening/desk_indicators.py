"""The supervisor's indicators: read once, in one view, then computed."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from screening.errors import NotFound
from screening.indicator_facts import Indicators, Measure, Period
from screening.indicator_terms import DEFINITION_BY_CODE
from screening.indicators import check_office, measured
from screening.store import Store


def indicators(store: Store, office: str, period: Period, now: datetime) -> Indicators:
    """All indicators of an office (62, or a regency's code). `Invalid` for another code."""
    code = check_office(office)
    with store.reading() as books:
        history = books.histories.of(code, period)
    return Indicators(office=code, period=period, at=now, measures=measured(history, code, period, now))


def indicator(store: Store, code: str, office: str, period: Period, now: datetime) -> Indicators:
    """One of them with all its rows. `NotFound` when the registry has no such code."""
    if code not in DEFINITION_BY_CODE:
        raise NotFound("Indikator itu tidak ada.")
    every = indicators(store, office, period, now)
    chosen: tuple[Measure, ...] = tuple(one for one in every.measures if one.definition.code == code)
    return replace(every, measures=chosen)
