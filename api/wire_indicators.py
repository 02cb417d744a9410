"""Indicators as JSON: the registry's definition beside each figure, and the cases behind one."""

from __future__ import annotations

from typing_extensions import TypedDict  # pydantic needs this one before Python 3.12

from api.figures import exact
from api.times import iso
from screening import REGISTRY_VERSION, Both, Case, Figure, Indicators, Measure


class BothOut(TypedDict):
    id: str
    en: str


class FigureOut(TypedDict):
    """`state`: terukur, kurang (fewer than five cases, no value), belum (not measured yet, with `reason`).

    `value` is a median, a share in percent or a count; `n` the number of cases; `low`, `high`: 95 %, Wilson.
    """

    part: str
    unit: str
    state: str
    n: int
    numerator: int | None
    value: float | None
    p90: float | None
    low: float | None
    high: float | None
    reason: BothOut | None


class IndicatorOut(TypedDict):
    code: str
    name: BothOut
    meaning: BothOut
    formula: BothOut
    unit: str
    numerator: BothOut
    denominator: BothOut
    left_out: BothOut
    data_from: BothOut
    version: str
    since: str
    list: str
    figures: list[FigureOut]


class IndicatorsOut(TypedDict):
    """Days are WIB, both in the period; `office` is 62 (the province) or a regency."""

    registry_version: str
    office: str
    first: str
    last: str
    generated_at: str | None
    items: list[IndicatorOut]


class CaseOut(TypedDict):
    """`counts`: in the numerator. `of`: fetches of a source; outlets or incidents of a day."""

    kind: str
    id: int | None
    title: str
    place_code: str | None
    at: str | None
    level: int | None
    value: float | None
    counts: bool | None
    of: int | None


class CasesOut(TypedDict):
    part: str
    total: int
    items: list[CaseOut]


class IndicatorCasesOut(TypedDict):
    registry_version: str
    office: str
    first: str
    last: str
    indicator: IndicatorOut
    cases: CasesOut


def both_out(text: Both) -> BothOut:
    return {"id": text.id, "en": text.en}


def figure_out(one: Figure) -> FigureOut:
    return {
        "part": one.key,
        "unit": one.unit.value,
        "state": one.state.value,
        "n": one.n,
        "numerator": one.numerator,
        "value": exact(one.value),
        "p90": exact(one.p90),
        "low": exact(one.low),
        "high": exact(one.high),
        "reason": both_out(one.reason) if one.reason else None,
    }


def indicator_out(made: Indicators, one: Measure) -> IndicatorOut:
    told = one.definition
    days = f"office={made.office}&from={made.period.first}&to={made.period.last}"
    return {
        "code": told.code,
        "name": both_out(told.name),
        "meaning": both_out(told.meaning),
        "formula": both_out(told.formula),
        "unit": told.unit.value,
        "numerator": both_out(told.numerator),
        "denominator": both_out(told.denominator),
        "left_out": both_out(told.left_out),
        "data_from": both_out(told.source),
        "version": told.version,
        "since": told.since.isoformat(),
        "list": f"/api/v1/indicators/{told.code}?{days}",
        "figures": [figure_out(each) for each in one.figures],
    }


def indicators_out(made: Indicators) -> IndicatorsOut:
    return {
        "registry_version": REGISTRY_VERSION,
        "office": made.office,
        "first": made.period.first.isoformat(),
        "last": made.period.last.isoformat(),
        "generated_at": iso(made.at),
        "items": [indicator_out(made, one) for one in made.measures],
    }


def cases_out(made: Indicators, chosen: Figure, offset: int, limit: int) -> IndicatorCasesOut:
    return {
        "registry_version": REGISTRY_VERSION,
        "office": made.office,
        "first": made.period.first.isoformat(),
        "last": made.period.last.isoformat(),
        "indicator": indicator_out(made, made.measures[0]),
        "cases": {
            "part": chosen.key,
            "total": len(chosen.cases),
            "items": [case_out(one) for one in chosen.cases[offset : offset + limit]],
        },
    }


def case_out(one: Case) -> CaseOut:
    return {
        "kind": one.kind.value,
        "id": one.id or None,
        "title": one.title,
        "place_code": one.place_code,
        "at": iso(one.at),
        "level": None if one.level is None else int(one.level),
        "value": exact(one.value),
        "counts": one.counts,
        "of": one.of,
    }
