"""Agreement of two readings: the published examples, the interval, and codes taken for one another."""

from __future__ import annotations

from collections import Counter
from dataclasses import fields
from datetime import UTC, datetime
from itertools import permutations, product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from screening.agreement import (
    FEW,
    Agreement,
    Alpha,
    Answer,
    CodeLine,
    Metric,
    Pair,
    Scale,
    ScaleFigure,
    agreement_of,
    alpha_of,
    alpha_within,
    differs_on,
)
from screening.records import Decision
from screening.taxonomy import RejectReason, Severity

AT = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
ACCEPT, REJECT, UNSURE = Decision.ACCEPT, Decision.REJECT, Decision.UNSURE

# Krippendorff (2011), "Computing Krippendorff's Alpha-Reliability", University of Pennsylvania: its data sets
# A (binary, two observers), B (nominal, two observers) and C (four observers, missing data), one string a row
# an observer, a dot for a missing value.
BINARY = ("0100000010", "1110010000")
NOMINAL = ("aabbdcccedda", "babbbccceddd")
MISSING = ("123321412...", "1233224125.3", ".3332342251.", "12332441251.")


def columns(rows: tuple[str, ...]) -> list[list[str | None]]:
    return [[None if value == "." else value for value in unit] for unit in zip(*rows, strict=True)]


@pytest.mark.parametrize(
    ("rows", "metric", "published"),
    [
        (BINARY, Metric.NOMINAL, 0.095),
        (NOMINAL, Metric.NOMINAL, 0.692),
        (MISSING, Metric.NOMINAL, 0.743),
        (MISSING, Metric.ORDINAL, 0.815),
    ],
)
def test_alpha_is_that_of_the_published_examples(
    rows: tuple[str, ...], metric: Metric, published: float
) -> None:
    order = sorted({value for row in rows for value in row} - {"."})
    found = alpha_of(columns(rows), metric, order)
    assert found is not None and round(found, 3) == published


def plain_alpha(units: list[list[int]], ordinal: bool) -> float | None:
    """The same by its definition, pair by pair, without matrices."""
    told = [unit for unit in units if len(unit) > 1]
    marginal = Counter(value for unit in told for value in unit)
    n = marginal.total()

    def apart(one: int, other: int) -> float:
        if one == other:
            return 0.0
        if not ordinal:
            return 1.0
        low, high = sorted((one, other))
        between = sum(count for value, count in marginal.items() if low <= value <= high)
        return (between - (marginal[low] + marginal[high]) / 2) ** 2

    observed = sum(sum(apart(a, b) for a, b in permutations(unit, 2)) / (len(unit) - 1) for unit in told) / (
        n or 1
    )
    expected = sum(marginal[a] * marginal[b] * apart(a, b) for a, b in product(marginal, marginal))
    return None if not expected else 1 - observed / (expected / (n * (n - 1)))


@given(
    units=st.lists(st.lists(st.integers(0, 4), max_size=4), max_size=12),
    ordinal=st.booleans(),
)
def test_alpha_is_what_its_definition_says_for_any_values(units: list[list[int]], ordinal: bool) -> None:
    found = alpha_of(units, Metric.ORDINAL if ordinal else Metric.NOMINAL, range(5))
    wanted = plain_alpha(units, ordinal)
    assert (found is None) == (wanted is None)
    if found is not None and wanted is not None:
        assert found == pytest.approx(wanted, abs=1e-9)


def test_alpha_of_values_that_never_vary_is_not_defined_rather_than_perfect() -> None:
    assert alpha_of([("terima", "terima")] * 20) is None
    assert alpha_within([("terima", "terima")] * 20) == Alpha(value=None, low=None, high=None, units=20)
    assert alpha_within([]) == Alpha(value=None, low=None, high=None, units=0)


def test_the_interval_holds_the_value_shrinks_with_units_and_is_the_same_every_time() -> None:
    generator = np.random.default_rng(1)
    widths = []
    for n in (20, 400):
        first = generator.integers(0, 3, n)
        second = np.where(generator.random(n) < 0.8, first, generator.integers(0, 3, n))
        units = [(int(a), int(b)) for a, b in zip(first, second, strict=True)]
        found = alpha_within(units)
        assert found == alpha_within(units)
        assert found.value is not None and found.low is not None and found.high is not None
        assert found.low <= found.value <= found.high
        widths.append(found.high - found.low)
    assert widths[1] < widths[0] / 2


def test_a_value_outside_the_order_is_a_bug_and_not_a_silent_loss() -> None:
    with pytest.raises(ValueError, match="order"):
        alpha_of([(1, 9)], Metric.ORDINAL, range(5))


def said(decision: Decision = ACCEPT, issue: str = "E1", severity: int = 2, form: str = "F3") -> Answer:
    if decision is REJECT:
        return Answer(decision=decision, reason=RejectReason.OLD)
    return Answer(decision=decision, issue=issue, severity=Severity(severity), form=form)


def pair(
    number: int, first: Answer, second: Answer, *, seen_before: bool = False, touched: bool | None = False
) -> Pair:
    return Pair(
        reading_id=number,
        incident_id=number,
        title=f"Peristiwa {number}",
        first=first,
        second=second,
        seen_before=seen_before,
        touched=touched,
        answered_at=AT,
    )


@pytest.mark.parametrize(
    ("first", "second", "scales"),
    [
        (said(), said(), ()),
        (said(), said(form="F1"), ()),
        (said(), said(REJECT), (Scale.RELEVANCE,)),
        (said(), said(UNSURE), (Scale.RELEVANCE,)),
        (said(REJECT), Answer(decision=REJECT, reason=RejectReason.DUPLICATE), ()),
        (said(), said(issue="E2", severity=3), (Scale.ISSUE, Scale.SEVERITY)),
    ],
)
def test_a_third_reader_is_asked_when_relevance_issue_or_level_differ(
    first: Answer, second: Answer, scales: tuple[Scale, ...]
) -> None:
    assert differs_on(first, second) == scales
    assert differs_on(second, first) == scales


def figure(found: Agreement, scale: Scale) -> ScaleFigure:
    return next(one for one in found.figures if one.scale is scale)


def test_codes_are_compared_only_where_both_called_the_incident_relevant() -> None:
    pairs = [pair(1, said(), said()), pair(2, said(), said(REJECT)), pair(3, said(), said(UNSURE))]
    found = agreement_of(pairs)
    assert figure(found, Scale.RELEVANCE).alpha.units == 2
    assert figure(found, Scale.ISSUE).alpha.units == 2  # unsure with an issue still compares the issue
    assert [one.reading_id for one in found.differing] == [2, 3]


def test_a_reader_who_had_seen_the_first_answer_is_counted_and_not_measured() -> None:
    found = agreement_of([pair(1, said(), said()), pair(2, said(), said(issue="S5"), seen_before=True)])
    assert (found.pairs, found.seen_before) == (1, 1)
    assert figure(found, Scale.ISSUE).alpha.units == 1
    assert [one.reading_id for one in found.differing] == [2]


def test_pairs_whose_reader_had_opened_the_incident_or_may_have_are_measured_with_all_and_not_apart() -> None:
    pairs = [
        pair(1, said(), said()),
        pair(2, said(issue="H1"), said(issue="H1")),
        pair(3, said(), said(issue="S5"), touched=True),
        pair(4, said(), said(), touched=None),
        pair(5, said(), said(), seen_before=True),
    ]
    found = agreement_of(pairs)
    assert (found.pairs, found.untouched, found.touched, found.touch_unknown) == (4, 2, 1, 1)
    apart = next(one for one in found.untouched_figures if one.scale is Scale.ISSUE)
    assert (figure(found, Scale.ISSUE).alpha.units, apart.alpha.units) == (4, 2)
    assert apart.alpha.value == 1 > (figure(found, Scale.ISSUE).alpha.value or 0)
    assert agreement_of(pairs[:2]).untouched_figures == agreement_of(pairs[:2]).figures
    assert agreement_of(pairs[2:]).untouched_figures[0].alpha.units == 0


def test_the_table_of_codes_says_what_was_taken_for_what_whoever_read_first() -> None:
    pairs = [
        pair(1, said(), said()),
        pair(2, said(), said(issue="E2")),
        pair(3, said(issue="E2"), said()),
        pair(4, said(issue="S5"), said(issue="H1")),
    ]
    codes = {line.code: line for line in figure(agreement_of(pairs), Scale.ISSUE).codes}
    assert codes["E1"] == CodeLine(code="E1", same=1, different=2, taken_for=(("E2", 2),))
    assert codes["H1"].taken_for == (("S5", 1),)


def test_a_small_number_of_units_is_marked() -> None:
    assert figure(agreement_of([pair(1, said(), said())]), Scale.ISSUE).alpha.few
    many = [pair(n, said(), said(issue="E2" if n % 2 else "E1")) for n in range(FEW)]
    assert not figure(agreement_of(many), Scale.ISSUE).alpha.few


def test_no_record_of_agreement_has_a_field_for_a_reader() -> None:
    for record in (Answer, Pair, Alpha, CodeLine, ScaleFigure, Agreement):
        names = {field.name for field in fields(record)}
        assert not names & {"account", "account_id", "reader", "reader_id", "by", "name", "reviewed_by"}
