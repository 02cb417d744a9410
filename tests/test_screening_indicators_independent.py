"""Every indicator of a random month, worked out a second time from whole tables by plain loops that share
nothing with the code (`indicator_ground.py`, `indicator_work.py`): the page and REST give the same numbers.
"""

# ruff: noqa: F401  fixtures are imported by name

from __future__ import annotations

from datetime import date, timedelta

import pytest
import sqlalchemy as sa
from api_fixtures import Clock, Web
from fastapi.testclient import TestClient
from indicator_ground import Numbers, agree, history, local_day, recomputed
from indicator_work import work
from test_api_indicators import page_numbers, rest_numbers

from api import create_app
from screening import DEFINITIONS, REGENCIES, Desk, FigureState, Period, schema

LATER = timedelta(days=9)  # reports of the month have had their seven days


@pytest.fixture(params=[3, 20])
def month(desk: Desk, database_url: str, request: pytest.FixtureRequest) -> Web:
    """Thirty days of incidents and of what people did about them, seen nine days after."""
    clock = Clock()
    with sa.create_engine(database_url).begin() as connection:
        history(connection, clock(), count=140, seed=request.param, span=30)
        work(connection, clock() + LATER, seed=request.param + 100)
    clock.forward(days=LATER.days)
    return Web(
        desk=desk, clock=clock, client=TestClient(create_app(desk, clock=clock), follow_redirects=False)
    )


@pytest.mark.parametrize("office", ["62", "62.02"])
def test_every_number_of_page_and_rest_is_what_plain_loops_give(
    month: Web, database_url: str, office: str
) -> None:
    last = local_day(month.clock())
    first = last - timedelta(days=39)
    with sa.create_engine(database_url).connect() as connection:
        wanted = recomputed(connection, office, first, last, month.clock())
    query = f"office={office}&from={first}&to={last}"
    answer = month.client.get(f"/api/v1/indicators?{query}", headers=month.key("uji")).json()
    found = rest_numbers(answer)
    assert found.keys() == wanted.keys()
    assert {key: (found[key], wanted[key]) for key in found if not agree(found[key], wanted[key])} == {}
    page = month.session("uji").get(f"/indikator?kantor={office}&dari={first}&sampai={last}")
    shown = page_numbers(page.text)
    assert {code for code, _ in shown} == {one.code for one in DEFINITIONS}
    for key, numbers in shown.items():
        if key in found:
            assert numbers == found[key][:2], key
    if office == "62":
        told = {code for (code, part), (value, *_) in found.items() if value is not None and not part}
        assert told == {one.code for one in DEFINITIONS} - {"IO-6"}  # its cohort is 90 days old


def test_the_month_has_every_case_that_a_definition_speaks_of(month: Web, database_url: str) -> None:
    """Else the comparison above would compare less than it says."""
    with sa.create_engine(database_url).connect() as connection:
        table = {one.name: connection.execute(sa.select(one)).all() for one in schema.metadata.sorted_tables}
    reported = {row.incident_id for row in table["memo"] if row.sent_at}
    undone = {row.review_id for row in table["retraction"]}
    assert undone
    assert any(row.merged_into and row.id in reported for row in table["incident"])
    assert any(row.form == "F2" and row.id in reported for row in table["incident"])
    assert any(row.first_review_id in undone for row in table["second_reading"]) is False
    assert {row.seen_before for row in table["second_reading"]} == {True, False}
    assert any(row.state == "dicabut" and row.sent_at is None for row in table["memo"])
    assert any(row.state == "batal" for row in table["follow_up"])
    assert any(row.letter is None for row in table["grade"])


def test_a_decision_taken_back_and_a_merger_are_counted_as_the_definition_says(month: Web) -> None:
    last = local_day(month.clock())
    period = Period(first=last - timedelta(days=39), last=last)
    made = {
        one.definition.code: one.figures
        for one in month.desk.indicators("62", period, month.clock()).measures
    }
    cases = {code: {case.id for case in figures[0].cases} for code, figures in made.items()}
    with month.desk._store.reading() as books:
        facts = {one.id: one for one in books.histories.of("62", period).incidents}
    merged = {one.id for one in facts.values() if one.merged}
    peaceful = {one.id for one in facts.values() if one.form == "F2"}
    assert merged and peaceful
    for code in ("IO-2", "IO-3", "IO-4", "IO-5", "IO-7", "IO-12"):
        assert not cases[code] & merged, code
    for code in ("IO-5", "IO-12", "IO-14"):
        assert not cases[code] & peaceful, code
    assert cases["IO-3"] & peaceful  # how fast the service is; no threat is counted
    assert not any(facts[number].reviewed_at is None for number in cases["IO-2"])


def test_under_five_cases_stay_not_enough_data_in_a_small_office(month: Web) -> None:
    last = local_day(month.clock())
    period = Period(first=last - timedelta(days=2), last=last)
    for code, _ in REGENCIES[-3:]:
        for measure in month.desk.indicators(code, period, month.clock()).measures:
            figure = measure.figures[0]
            if figure.n < 5 and measure.definition.code != "IO-15":
                assert figure.state is FigureState.FEW
                assert figure.value is None
