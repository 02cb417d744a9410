"""Indicators: worked out a second time from whole tables, small numbers withheld, nobody counted."""

from __future__ import annotations

import ast
import inspect
from datetime import date, timedelta

import pytest
import sqlalchemy as sa
from indicator_ground import Numbers, agree, history, local_day, recomputed, wilson
from indicator_work import work
from screening_material import NOW

import screening.store_indicators
from screening import REGENCIES, CaseKind, Desk, Figure, FigureState, Invalid, NotFound, Period, Store, Unit
from screening.indicator_figures import nearest_rank
from screening.indicator_page import PAGE, main, written
from screening.indicator_terms import DEFINITIONS, REGISTRY_VERSION

TODAY = local_day(NOW)
WHOLE = Period(first=TODAY - timedelta(days=160), last=TODAY)
PERIODS = (WHOLE, Period(first=TODAY - timedelta(days=44), last=TODAY - timedelta(days=3)))


@pytest.fixture
def told(desk: Desk, database_url: str) -> Desk:
    """The desk with a history of 150 days behind it."""
    with sa.create_engine(database_url).begin() as connection:
        history(connection, NOW)
        work(connection, NOW)
    return desk


def numbers(figure: Figure) -> Numbers:
    return figure.value, figure.p90, figure.numerator, figure.n


@pytest.mark.parametrize("office", ["62", "62.02", "62.07", "62.71", "62.13"])
def test_every_indicator_is_what_whole_tables_give(told: Desk, database_url: str, office: str) -> None:
    measured = set()
    for period in PERIODS:
        with sa.create_engine(database_url).begin() as connection:
            wanted = recomputed(connection, office, period.first, period.last, NOW)
        made = told.indicators(office, period, NOW)
        found = {
            (one.definition.code, figure.key): numbers(figure)
            for one in made.measures
            for figure in one.figures
            if figure.state is not FigureState.UNMEASURED
        }
        assert found.keys() == wanted.keys()
        assert {key: (found[key], wanted[key]) for key in found if not agree(found[key], wanted[key])} == {}
        measured |= {key for key, (value, *_) in found.items() if value is not None}
    if office == "62":
        codes = {code for code, part in measured if not part}
        assert codes == {one.code for one in DEFINITIONS if one.why_not is None}


def test_the_precision_has_the_wilson_interval(told: Desk) -> None:
    figures = told.indicator("IO-7", "62", WHOLE, NOW).measures[0].figures
    assert len(figures) > 1
    for one in figures:
        assert one.numerator is not None
        low, high = wilson(one.numerator, one.n)
        assert (one.low, one.high) == (pytest.approx(low), pytest.approx(high))


def test_a_number_opens_the_cases_that_it_counts(told: Desk) -> None:
    for measure in told.indicators("62", WHOLE, NOW).measures:
        for one in measure.figures:
            if one.state is FigureState.UNMEASURED:
                assert (one.cases, one.value, one.n) == ((), None, 0)
                assert one.reason is not None
            elif any(case.kind is CaseKind.SOURCE for case in one.cases):
                assert sum(case.value or 0 for case in one.cases) == one.numerator
                assert sum(case.of or 0 for case in one.cases) == one.n
            elif one.key in ("tak-terpantau", "menunggu"):
                assert len(one.cases) == one.numerator
            else:
                assert len(one.cases) == one.n
                hits = sum(case.counts is True for case in one.cases)
                assert one.numerator in (None, hits)


def test_under_five_cases_give_their_number_and_no_value(told: Desk) -> None:
    seen = set()
    for code, _ in REGENCIES:
        for measure in told.indicators(code, PERIODS[1], NOW).measures:
            for one in measure.figures:
                if one.unit is not Unit.COUNT:
                    assert (one.state is FigureState.MEASURED) == (one.n >= 5)
                    assert (one.value is None) == (one.state is not FigureState.MEASURED)
                    seen.add(one.state)
    assert seen == {FigureState.MEASURED, FigureState.FEW}


def test_a_peaceful_action_raised_by_a_decision_is_told(told: Desk) -> None:
    figure = told.indicator("IO-15", "62", WHOLE, NOW).measures[0].figures[0]
    assert figure.value == 1
    assert [case.id for case in figure.cases if case.counts] == [44]


def test_province_counts_incidents_without_a_regency_and_none_from_outside(told: Desk, store: Store) -> None:
    with store.reading() as books:
        every = books.histories.of("62", WHOLE).incidents
        parts = [books.histories.of(code, WHOLE).incidents for code, _ in REGENCIES]
    placed = {one.id for part in parts for one in part}
    assert placed < {one.id for one in every}
    assert not any(one.id % 13 == 0 for one in every)
    assert all((one.place_code or "62") == "62" for one in every if one.id not in placed)


def test_an_empty_desk_measures_nothing(desk: Desk) -> None:
    for measure in desk.indicators("62", WHOLE, NOW).measures:
        for one in measure.figures:
            assert one.state in (FigureState.FEW, FigureState.UNMEASURED), (measure.definition.code, one.key)
            assert one.value is None


def test_no_query_reads_who_decided() -> None:
    tree = ast.parse(inspect.getsource(screening.store_indicators))
    names = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    names |= {node.name for node in ast.walk(tree) if isinstance(node, ast.alias)}
    assert "machine_severity" in names
    assert not names & {"account_id", "account", "reviewed_by", "sign_in", "api_key"}


def test_office_and_period_are_checked(desk: Desk) -> None:
    for office in ("", "62.99", "63", "62.02.05", "62%"):
        with pytest.raises(Invalid):
            desk.indicators(office, WHOLE, NOW)
    with pytest.raises(NotFound):
        desk.indicator("IO-16", "62", WHOLE, NOW)
    for last in (date(2026, 1, 1), date(2027, 2, 2)):
        with pytest.raises(Invalid):
            Period(first=date(2026, 2, 1), last=last)


def test_p90_is_a_case_and_not_a_blend() -> None:
    assert nearest_rank([5.0, 1.0, 9.0, 2.0, 7.0], 0.9) == 9.0
    assert nearest_rank([float(n) for n in range(1, 11)], 0.9) == 9.0


def test_the_registry_is_whole_and_its_page_is_written_from_it(capsys: pytest.CaptureFixture[str]) -> None:
    assert [one.code for one in DEFINITIONS] == [f"IO-{n}" for n in range(1, 16)]
    for one in DEFINITIONS:
        texts = [one.name, one.meaning, one.formula, one.numerator, one.denominator, one.left_out, one.source]
        assert all(text.id and text.en for text in texts)
        assert one.version
    assert PAGE.read_text(encoding="utf-8") == written()
    assert main([]) == 0
    assert REGISTRY_VERSION in capsys.readouterr().out
    assert main(["--else"]) == 2
