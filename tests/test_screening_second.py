"""The blind second reading and the weekly sample: what is chosen, who reads it, what stands afterwards."""

from __future__ import annotations

import dataclasses
import os
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic import command
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from screening_material import BLOCKADE, CLASH, NOW, RECIPE, assessment, entry, fetched, listing

from api.cli import main
from models import Assessment, Document, read_labelled
from screening import (
    Account,
    Conflict,
    Decision,
    Desk,
    Invalid,
    NotFound,
    Refused,
    RejectReason,
    ReviewDraft,
    Role,
    Settings,
    Severity,
    Store,
)
from screening.agreement import Answer, Scale
from screening.labels import codes_of
from screening.sampling import (
    SIZE,
    Drawn,
    ElsewhereDraft,
    Kind,
    Teller,
    Verdict,
    clopper_pearson,
    draw,
    figure_of,
    kind_by_length,
    proportions,
    turn,
    week_bounds,
    week_of,
    weeks_over,
)
from screening.schema import incident
from screening.schema_second import reading_touch, sample_item, second_reading
from screening.second import FirstReview, check_answer, first_of, is_drawn, is_swapped, reader_for
from screening.store import _alembic

ACCEPT = Answer(decision=Decision.ACCEPT, issue="E1", form="F3", severity=Severity.WASPADA)


class Told:
    """A classifier whose answers the test gives by the title; what it does not name is not flagged."""

    def __init__(self, **by_title: Assessment) -> None:
        self.by_title = by_title

    def assess(self, documents: Sequence[Document]) -> list[Assessment]:
        calm = assessment(None, None, None, relevance=0.01, flagged=False)
        return [self.by_title.get(one.title.split()[0], calm) for one in documents]


Opened = Callable[..., Desk]


@pytest.fixture
def open_desk(store: Store, settings: Settings) -> Opened:
    """A desk with a share (all, unless told) and a classifier that flags what begins with Warga or Dua."""

    def opened(percent: int = 100, said: Assessment | None = None) -> Desk:
        flagged = said or assessment("E1", "F3")
        model: Any = Told(Warga=flagged, Dua=assessment("S5", "F6"))
        made = Desk(store, model, replace(settings, second_reading_percent=percent))
        made.set_up(NOW)
        return made

    return opened


def people(desk: Desk, *names: str, role: Role = Role.ANALYST) -> list[Account]:
    return [desk.create_account(name, role, "x", NOW, must_change=False) for name in names]


def incident_of(desk: Desk, key: str, title: str, text: str, name: str = "kabar") -> int:
    known = {one.name: one for one in desk.sources()}
    source = known.get(name) or desk.add_source(listing(name), NOW)
    before = {number for (number,) in rows(desk, sa.select(incident.c.id))}
    desk.take(fetched(source, entry(key, title, text)), NOW)
    (made,) = {number for (number,) in rows(desk, sa.select(incident.c.id))} - before
    return int(made)


def rows(desk: Desk, query: sa.Select[Any]) -> list[Any]:
    with desk._store.reading() as books:
        return list(books.second._db.execute(query).all())


def decided(desk: Desk, number: int, account: Account, **more: Any) -> None:
    seen = desk.incident(number, NOW).incident.review_id
    values = {"decision": Decision.ACCEPT, "seen_review_id": seen} | more
    desk.review(ReviewDraft(incident_id=number, **values), account, NOW + timedelta(minutes=1))


# --- the choice


def test_the_share_that_is_read_twice_is_the_one_asked_for_and_grows_without_changing() -> None:
    numbers = range(1, 20_001)
    tenth = {n for n in numbers if is_drawn(n, 10)}
    assert 0.09 < len(tenth) / len(numbers) < 0.11
    assert tenth <= {n for n in numbers if is_drawn(n, 25)}
    assert not any(is_drawn(n, 0) for n in numbers)
    assert all(is_drawn(n, 100) for n in numbers)


def first(
    decision: Decision = Decision.ACCEPT, level: Severity = Severity.SIAGA, number: int = 1
) -> FirstReview:
    reason = RejectReason.OLD if decision is Decision.REJECT else None
    return FirstReview(review_id=number, answer=Answer(decision=decision, reason=reason), level=level, at=NOW)


def test_a_rejected_emergency_is_always_read_again_and_nothing_else_is_at_a_share_of_none() -> None:
    rejected = first(Decision.REJECT, Severity.DARURAT, number=2)
    assert first_of([first(), rejected], 7, 0) == rejected
    assert first_of([first(Decision.REJECT)], 7, 0) is None
    assert first_of([first(level=Severity.DARURAT)], 7, 0) is None
    assert first_of([first(), first(number=3)], 7, 100) == first()
    assert first_of([], 7, 100) is None


@given(
    loads=st.dictionaries(st.integers(1, 9), st.integers(0, 3), max_size=6),
    barred=st.sets(st.integers(1, 9)),
    number=st.integers(1, 10_000),
)
def test_the_reader_is_one_of_the_least_laden_that_had_no_part_in_it(
    loads: dict[int, int], barred: set[int], number: int
) -> None:
    chosen = reader_for(number, loads, barred)
    free = {one: load for one, load in loads.items() if one not in barred}
    assert (chosen is None) == (not free)
    if chosen is not None:
        assert free[chosen] == min(free.values())


def test_equal_loads_do_not_make_one_reader_read_everything() -> None:
    chosen = Counter(reader_for(number, {1: 0, 2: 0, 3: 0}, ()) for number in range(3_000))
    assert min(chosen.values()) > 900


def test_who_stands_as_a_varies_by_reading_and_is_stable() -> None:
    swapped = [is_swapped(number) for number in range(1_000)]
    assert 400 < sum(swapped) < 600
    assert swapped == [is_swapped(number) for number in range(1_000)]


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (Answer(decision=Decision.REJECT), "alasan"),
        (replace(ACCEPT, reason=RejectReason.OLD), "hanya untuk penolakan"),
        (Answer(decision=Decision.REJECT, reason=RejectReason.OTHER), "catatan"),
        (replace(ACCEPT, issue=None), "usulan mesin"),
        (replace(ACCEPT, severity=None), "usulan mesin"),
        (replace(ACCEPT, severity=Severity.NONE), "tidak relevan"),
        (replace(ACCEPT, issue="X9"), "isu"),
        (replace(ACCEPT, form="F9"), "bentuk"),
        (replace(ACCEPT, place_code="31.71"), "wilayah"),
        (replace(ACCEPT, note="x" * 2_001), "2000"),
    ],
)
def test_an_incomplete_or_unknown_answer_is_refused_in_words(answer: Answer, words: str) -> None:
    with pytest.raises(Invalid, match=words):
        check_answer(answer)


def test_a_peaceful_action_above_informasi_is_refused_in_a_second_reading_too() -> None:
    with pytest.raises(Refused, match="9/1998"):
        check_answer(replace(ACCEPT, form="F2", severity=Severity.WASPADA))
    check_answer(replace(ACCEPT, form="F2", severity=Severity.INFORMASI))


# --- the reading


def test_a_decided_incident_goes_to_an_analyst_who_had_no_part_in_it(open_desk: Opened) -> None:
    desk = open_desk()
    ani, holder, reader = people(desk, "penelaah-1", "penelaah-2", "penelaah-3")
    people(desk, "kepala", role=Role.SUPERVISOR)
    number = incident_of(desk, "b", *BLOCKADE)
    desk.holdings.claim(number, holder, NOW)
    desk.holdings.release(number, holder, NOW)
    decided(desk, number, ani)
    assert desk.second.waiting(ani).readings == ()
    assert desk.second.waiting(holder).readings == ()
    (line,) = desk.second.waiting(reader).readings
    assert line.mine and line.incident_id == number
    assert desk.second.waiting(reader).total == 1


def test_what_the_first_reader_decided_is_kept_as_it_stood_then(open_desk: Opened) -> None:
    desk = open_desk()
    ani, budi = people(desk, "penelaah-1", "penelaah-2")
    number = incident_of(desk, "b", *BLOCKADE)
    decided(desk, number, ani, issue="E2", severity=Severity.SIAGA)
    (row,) = rows(desk, sa.select(second_reading))
    assert (row.first_issue, row.first_form, row.first_severity) == ("E2", "F3", 3)
    assert (row.first_place, row.reader_id, row.state) == ("62.02", budi.id, "menunggu")


def test_choosing_again_changes_nothing_and_a_second_decision_is_no_second_reading(open_desk: Opened) -> None:
    desk = open_desk()
    ani, _budi, cici = people(desk, "penelaah-1", "penelaah-2", "penelaah-3")
    number = incident_of(desk, "b", *BLOCKADE)
    decided(desk, number, ani)
    before = rows(desk, sa.select(second_reading))
    decided(desk, number, cici, decision=Decision.REJECT, reason=RejectReason.OLD)
    assert desk.second.choose_due(NOW + timedelta(hours=1)) == 0
    assert rows(desk, sa.select(second_reading)) == before


def test_at_a_share_of_none_only_a_rejected_emergency_is_read_twice(open_desk: Opened) -> None:
    desk = open_desk(percent=0)
    ani, budi = people(desk, "penelaah-1", "penelaah-2")
    number = incident_of(desk, "b", *BLOCKADE)
    decided(desk, number, ani, severity=Severity.DARURAT)
    assert desk.second.waiting(budi).readings == ()
    decided(desk, number, ani, decision=Decision.REJECT, reason=RejectReason.FALSE_REPORT)
    assert [one.incident_id for one in desk.second.waiting(budi).readings] == [number]


@pytest.mark.parametrize("reason", RejectReason)
def test_every_reason_fits_the_columns_of_both_databases(open_desk: Opened, reason: RejectReason) -> None:
    desk = open_desk()
    ani, budi = people(desk, "penelaah-1", "penelaah-2")
    number = incident_of(desk, "b", *BLOCKADE)
    decided(desk, number, ani, decision=Decision.REJECT, reason=reason, note="Lihat berkas.")
    (line,) = desk.second.waiting(budi).readings
    same = Answer(decision=Decision.REJECT, reason=reason, note="Lihat berkas.")
    assert desk.second.answer(line.id, same, budi, NOW) is False
    assert desk.incident(number, NOW).reviews[0].reason is reason


def test_an_unsure_decision_is_no_decision_yet(open_desk: Opened) -> None:
    desk = open_desk()
    ani, budi = people(desk, "penelaah-1", "penelaah-2")
    number = incident_of(desk, "b", *BLOCKADE)
    decided(desk, number, ani, decision=Decision.UNSURE)
    assert desk.second.waiting(budi).readings == ()


def test_the_blind_view_shows_the_reports_of_that_time_and_no_word_of_machine_or_colleague(
    open_desk: Opened,
) -> None:
    desk = open_desk()
    ani, budi = people(desk, "penelaah-1", "penelaah-2")
    number = incident_of(desk, "b", *BLOCKADE)
    decided(desk, number, ani, note="Sudah dicek lewat telepon kantor.")
    later = BLOCKADE[1] + " Portal dijaga bergantian sampai malam."
    source = desk.add_source(listing("lain"), NOW)
    desk.take(fetched(source, entry("b2", BLOCKADE[0], later)), NOW + timedelta(hours=2))
    assert len(desk.incident(number, NOW).reports) == 2
    (line,) = desk.second.waiting(budi).readings
    view = desk.second.reading(line.id, budi)
    assert [one.item.text for one in view.reports] == [BLOCKADE[1]]
    told = repr(dataclasses.asdict(view))
    whole = desk.incident(number, NOW)
    for secret in (
        "penelaah-1",
        "telepon",
        whole.incident.severity_why,
        whole.incident.urgency_why,
        "relevance",
    ):
        assert secret not in told


def test_nobody_else_reads_or_answers_it_and_an_answer_is_given_once(open_desk: Opened) -> None:
    desk = open_desk()
    ani, budi, cici = people(desk, "penelaah-1", "penelaah-2", "penelaah-3")
    number = incident_of(desk, "b", *BLOCKADE)
    decided(desk, number, ani)
    mine, other = (budi, cici) if desk.second.waiting(budi).readings else (cici, budi)
    (line,) = desk.second.waiting(mine).readings
    for stranger in (ani, other):
        with pytest.raises(NotFound):
            desk.second.reading(line.id, stranger)
        with pytest.raises(NotFound):
            desk.second.answer(line.id, ACCEPT, stranger, NOW)
    with pytest.raises(Conflict):
        desk.second.take(line.id, other, NOW)
    assert desk.second.answer(line.id, ACCEPT, mine, NOW) is False
    with pytest.raises(NotFound):
        desk.second.answer(line.id, ACCEPT, mine, NOW)
    assert desk.second.waiting(mine).readings == ()


def test_while_it_waits_its_reader_may_not_see_the_incident_nor_its_items(open_desk: Opened) -> None:
    desk = open_desk()
    ani, budi = people(desk, "penelaah-1", "penelaah-2")
    number = incident_of(desk, "b", *BLOCKADE)
    decided(desk, number, ani)
    item = desk.incident(number, NOW).reports[0].item.id
    (line,) = desk.second.waiting(budi).readings
    assert desk.second.blind(budi.id) == {number: line.id}
    assert desk.second.blind_reading(budi.id, incident_id=number) == line.id
    assert desk.second.blind_reading(budi.id, item_id=item) == line.id
    assert desk.second.blind_reading(budi.id, incident_id=number + 1) is None
    assert desk.second.blind_reading(ani.id, incident_id=number) is None
    desk.second.answer(line.id, ACCEPT, budi, NOW)
    assert desk.second.blind(budi.id) == {}
    assert desk.second.blind_reading(budi.id, incident_id=number) is None


def test_the_incident_stays_closed_to_its_reader_under_every_number_it_has(open_desk: Opened) -> None:
    desk = open_desk()
    ani, budi = people(desk, "penelaah-1", "penelaah-2")
    number = incident_of(desk, "b", *BLOCKADE)
    other = incident_of(desk, "c", *CLASH, name="lain")
    decided(desk, number, ani)
    (line,) = desk.second.waiting(budi).readings
    desk.merge(other, number, ani, NOW)
    for asked in (number, other):
        assert desk.second.blind_reading(budi.id, incident_id=asked) == line.id
    desk.second.choose_due(NOW)
    assert desk.second.waiting(budi).readings == ()
    assert [row.state for row in rows(desk, sa.select(second_reading))] == ["batal"]


def test_an_undone_decision_takes_its_reading_back_and_a_new_one_begins_it_anew(open_desk: Opened) -> None:
    desk = open_desk()
    ani, budi = people(desk, "penelaah-1", "penelaah-2")
    number = incident_of(desk, "b", *BLOCKADE)
    decided(desk, number, ani)
    review = desk.incident(number, NOW).incident.review_id
    assert review is not None
    desk.decisions.undo(review, ani, NOW + timedelta(minutes=2))
    desk.second.choose_due(NOW + timedelta(minutes=3))
    assert desk.second.waiting(budi).readings == ()
    decided(desk, number, ani, decision=Decision.REJECT, reason=RejectReason.OLD)
    (row,) = rows(desk, sa.select(second_reading))
    assert (row.state, row.reader_id, row.first_issue) == ("menunggu", budi.id, None)
    assert row.first_review_id > review


def test_without_another_analyst_it_waits_for_a_supervisor_to_take_it(open_desk: Opened) -> None:
    desk = open_desk()
    (ani,) = people(desk, "penelaah-1")
    (kepala,) = people(desk, "kepala", role=Role.SUPERVISOR)
    number = incident_of(desk, "b", *BLOCKADE)
    decided(desk, number, ani)
    (line,) = desk.second.waiting(kepala).readings
    assert not line.mine and desk.second.waiting(kepala).total == 0
    assert desk.second.waiting(ani).readings == ()
    with pytest.raises(Refused):
        desk.second.take(line.id, ani, NOW)
    desk.second.take(line.id, kepala, NOW)
    desk.second.take(line.id, kepala, NOW)
    assert desk.second.waiting(kepala).total == 1


def test_a_reading_is_handed_on_to_the_next_and_after_a_week_to_everybody(open_desk: Opened) -> None:
    desk = open_desk()
    ani, budi, cici = people(desk, "penelaah-1", "penelaah-2", "penelaah-3")
    number = incident_of(desk, "b", *BLOCKADE)
    decided(desk, number, ani)
    had, has = (budi, cici) if desk.second.waiting(budi).readings else (cici, budi)
    (line,) = desk.second.waiting(had).readings
    desk.second.hand_on(line.id, had, NOW)
    assert desk.second.waiting(had).readings == ()
    assert desk.second.waiting(has).total == 1
    desk.second.choose_due(NOW + timedelta(days=8))
    assert [one.mine for one in desk.second.waiting(had).readings] == [False]
    assert [one.mine for one in desk.second.waiting(has).readings] == [False]


# --- the third person


def test_a_difference_goes_to_a_third_person_whose_decision_stands(open_desk: Opened) -> None:
    desk = open_desk()
    ani, budi, cici = people(desk, "penelaah-1", "penelaah-2", "penelaah-3")
    number = incident_of(desk, "b", *BLOCKADE)
    decided(desk, number, ani, severity=Severity.SIAGA)
    reader, third = (budi, cici) if desk.second.waiting(budi).readings else (cici, budi)
    (line,) = desk.second.waiting(reader).readings
    assert desk.second.answer(line.id, ACCEPT, reader, NOW) is True
    for party in (ani, reader):
        assert desk.second.waiting(party).disputes == ()
        with pytest.raises(Refused):
            desk.second.dispute(line.id, party)
    (dispute,) = desk.second.waiting(third).disputes
    assert dispute.reading_id == line.id
    view = desk.second.dispute(line.id, third)
    assert {one.severity for one in view.answers} == {Severity.SIAGA, Severity.WASPADA}
    assert view == desk.second.dispute(line.id, third)
    draft = ReviewDraft(
        incident_id=number,
        decision=Decision.ACCEPT,
        severity=Severity.WASPADA,
        seen_review_id=view.review_id,
    )
    with pytest.raises(Conflict):
        desk.second.decide_dispute(line.id, replace(draft, seen_review_id=None), third, NOW)
    after = desk.second.decide_dispute(line.id, draft, third, NOW)
    assert after.severity is Severity.WASPADA
    assert desk.incident(number, NOW).reviews[0].account == third.name
    with pytest.raises(Conflict):
        desk.second.decide_dispute(line.id, replace(draft, seen_review_id=after.review_id), third, NOW)
    assert desk.second.waiting(third).disputes == ()


def test_agreement_is_of_the_first_answers_whatever_the_third_person_decided(open_desk: Opened) -> None:
    desk = open_desk()
    ani, budi = people(desk, "penelaah-1", "penelaah-2")
    (kepala,) = people(desk, "kepala", role=Role.SUPERVISOR)
    number = incident_of(desk, "b", *BLOCKADE)
    decided(desk, number, ani, issue="E2", severity=Severity.WASPADA)
    (line,) = desk.second.waiting(budi).readings
    desk.second.answer(line.id, ACCEPT, budi, NOW)
    span = (NOW - timedelta(days=1), NOW + timedelta(days=1))
    before = desk.second.agreement(*span)
    view = desk.second.dispute(line.id, kepala)
    draft = ReviewDraft(
        incident_id=number, decision=Decision.ACCEPT, issue="E1", seen_review_id=view.review_id
    )
    desk.second.decide_dispute(line.id, draft, kepala, NOW)
    after = desk.second.agreement(*span)
    assert after.figures == before.figures
    (pair,) = after.differing
    assert (pair.first.issue, pair.second.issue) == ("E2", "E1")
    assert pair.settled is not None and pair.settled.issue == "E1"
    assert desk.second.agreement(*span, "62.02").pairs == 1
    assert desk.second.agreement(*span, "62.07").pairs == 0
    assert desk.second.agreement(span[1], span[1] + timedelta(days=1)).pairs == 0
    issue = next(one for one in before.figures if one.scale is Scale.ISSUE)
    assert (issue.alpha.units, issue.same) == (1, 0)


def touches(desk: Desk) -> set[tuple[int, datetime]]:
    return {(row.account_id, row.at) for row in rows(desk, sa.select(reading_touch))}


def agreed(desk: Desk) -> tuple[int, int, int, int]:
    found = desk.second.agreement(NOW - timedelta(days=1), NOW + timedelta(days=30))
    return found.pairs, found.untouched, found.touched, found.touch_unknown


def test_who_opened_an_incident_and_reads_it_blind_later_makes_a_touched_pair(open_desk: Opened) -> None:
    desk = open_desk()
    ani, budi = people(desk, "penelaah-1", "penelaah-2")
    (kepala,) = people(desk, "kepala", role=Role.SUPERVISOR)
    number = incident_of(desk, "b", *BLOCKADE)
    decided(desk, number, ani, issue="E2")
    (line,) = desk.second.waiting(budi).readings
    first = NOW + timedelta(hours=1)
    for hours in (1, 2):
        desk.second.opened(number, kepala, NOW + timedelta(hours=hours))
    assert touches(desk) == {(kepala.id, first)}
    desk.second.hand_on(line.id, budi, NOW + timedelta(hours=3))
    desk.second.take(line.id, kepala, NOW + timedelta(hours=4))
    desk.second.answer(line.id, ACCEPT, kepala, NOW + timedelta(hours=5))
    (row,) = rows(desk, sa.select(second_reading))
    assert (row.touched_at, row.reader_id) == (first, kepala.id)
    assert agreed(desk) == (1, 0, 1, 0)
    assert touches(desk) == set()
    assert desk.second.dispute(line.id, budi).touched is True


def test_an_account_that_opens_it_in_many_windows_at_once_is_noted_once(open_desk: Opened) -> None:
    desk = open_desk()
    ani, _budi = people(desk, "penelaah-1", "penelaah-2")
    (kepala,) = people(desk, "kepala", role=Role.SUPERVISOR)
    number = incident_of(desk, "b", *BLOCKADE)
    decided(desk, number, ani)
    with ThreadPoolExecutor(4) as windows:
        list(windows.map(lambda _: desk.second.opened(number, kepala, NOW), range(8)))
    assert touches(desk) == {(kepala.id, NOW)}


def test_what_others_opened_touches_no_pair_and_is_not_kept(open_desk: Opened) -> None:
    desk = open_desk()
    ani, budi = people(desk, "penelaah-1", "penelaah-2")
    (kepala,) = people(desk, "kepala", role=Role.SUPERVISOR)
    (collector,) = people(desk, "pengelola", role=Role.OPERATOR)
    (auditor,) = people(desk, "pemeriksa", role=Role.AUDITOR)
    number = incident_of(desk, "b", *BLOCKADE)
    desk.second.opened(number, kepala, NOW)  # nothing waits yet
    assert touches(desk) == set()
    decided(desk, number, ani)
    for nobody in (ani, collector, auditor):
        desk.second.opened(number, nobody, NOW)
    assert touches(desk) == set()
    (line,) = desk.second.waiting(budi).readings
    desk.second.opened(number, kepala, NOW)
    desk.second.answer(line.id, replace(ACCEPT, issue="E2"), budi, NOW)
    assert agreed(desk) == (1, 1, 0, 0)
    desk.second.opened(number, kepala, NOW)
    desk.second.opened(number, budi, NOW)
    assert touches(desk) == set()
    assert desk.second.dispute(line.id, kepala).touched is False


def test_a_reader_who_hands_on_opens_and_takes_it_back_is_noted(open_desk: Opened) -> None:
    desk = open_desk()
    ani, budi = people(desk, "penelaah-1", "penelaah-2")
    number = incident_of(desk, "b", *BLOCKADE)
    decided(desk, number, ani)
    (line,) = desk.second.waiting(budi).readings
    desk.second.opened(number, budi, NOW)  # with the reading in hand the routes are closed
    assert touches(desk) == set()
    desk.second.hand_on(line.id, budi, NOW)
    desk.second.opened(number, budi, NOW)
    desk.second.take(line.id, budi, NOW)
    desk.second.answer(line.id, ACCEPT, budi, NOW)
    assert agreed(desk) == (1, 0, 1, 0)


def test_an_undone_decision_takes_what_was_noted_with_it(open_desk: Opened) -> None:
    desk = open_desk()
    ani, _budi = people(desk, "penelaah-1", "penelaah-2")
    (kepala,) = people(desk, "kepala", role=Role.SUPERVISOR)
    number = incident_of(desk, "b", *BLOCKADE)
    decided(desk, number, ani)
    desk.second.opened(number, kepala, NOW)
    review = desk.incident(number, NOW).incident.review_id
    assert review is not None and touches(desk) == {(kepala.id, NOW)}
    desk.decisions.undo(review, ani, NOW + timedelta(minutes=2))
    desk.second.choose_due(NOW + timedelta(minutes=3))
    assert touches(desk) == set()


def test_of_readings_chosen_before_it_was_noted_nobody_knows(open_desk: Opened, database_url: str) -> None:
    desk = open_desk()
    ani, budi = people(desk, "penelaah-1", "penelaah-2")
    (kepala,) = people(desk, "kepala", role=Role.SUPERVISOR)
    answered = incident_of(desk, "b", *BLOCKADE)
    decided(desk, answered, ani, issue="E2")
    (line,) = desk.second.waiting(budi).readings
    desk.second.answer(line.id, ACCEPT, budi, NOW)
    engine = sa.create_engine(database_url)
    with engine.begin() as connection:
        config = _alembic()
        config.attributes["connection"] = connection
        command.downgrade(config, "0017")
        command.upgrade(config, "head")
    engine.dispose()
    assert agreed(desk) == (1, 0, 0, 1)
    assert desk.second.dispute(line.id, kepala).touched is None
    later = incident_of(desk, "d", *CLASH)
    decided(desk, later, ani)
    (line,) = desk.second.waiting(budi).readings
    desk.second.answer(line.id, ACCEPT, budi, NOW)
    assert agreed(desk) == (2, 1, 0, 1)


def test_a_decision_that_was_undone_is_in_no_agreement(open_desk: Opened) -> None:
    desk = open_desk()
    ani, budi = people(desk, "penelaah-1", "penelaah-2")
    number = incident_of(desk, "b", *BLOCKADE)
    decided(desk, number, ani)
    review = desk.incident(number, NOW).incident.review_id
    (line,) = desk.second.waiting(budi).readings
    desk.second.answer(line.id, ACCEPT, budi, NOW)
    span = (NOW - timedelta(days=1), NOW + timedelta(days=1))
    assert desk.second.agreement(*span).pairs == 1
    assert review is not None
    desk.decisions.undo(review, ani, NOW + timedelta(minutes=2))
    assert desk.second.agreement(*span).pairs == 0


def test_every_step_is_in_the_audit_trail_and_none_tells_an_answer(open_desk: Opened) -> None:
    desk = open_desk()
    ani, budi = people(desk, "penelaah-1", "penelaah-2")
    number = incident_of(desk, "b", *BLOCKADE)
    decided(desk, number, ani)
    (line,) = desk.second.waiting(budi).readings
    desk.second.answer(line.id, replace(ACCEPT, issue="H3", note="rahasia"), budi, NOW)
    with desk._store.reading() as books:
        trail = [one for one in books.audit.every() if one.what.startswith("bacaan2")]
    assert [(one.what, one.account_id) for one in trail] == [
        ("bacaan2.pilih", None),
        ("bacaan2.jawab", budi.id),
    ]
    assert not any("rahasia" in one.detail or "H3" in one.detail for one in trail)


# --- the sample


def test_a_week_runs_from_monday_midnight_in_wib() -> None:
    sunday = datetime(2026, 11, 22, 16, 59, tzinfo=UTC)  # 23.59 WIB
    assert week_of(sunday) == "2026-W47"
    assert week_of(sunday + timedelta(minutes=1)) == "2026-W48"
    assert week_bounds("2026-W48") == (
        datetime(2026, 11, 22, 17, tzinfo=UTC),
        datetime(2026, 11, 29, 17, tzinfo=UTC),
    )
    assert weeks_over(NOW)[-1] == "2026-W47" and len(weeks_over(NOW)) == 4
    assert week_bounds(week_of(datetime(2027, 1, 1, tzinfo=UTC)))[0].year == 2026
    for wrong in ("2026-W54", "2026", "x-W01", "2026-W0x"):
        with pytest.raises(Invalid):
            week_bounds(wrong)


@given(
    counts=st.fixed_dictionaries({kind: st.integers(0, 400) for kind in Kind}),
    size=st.integers(1, 100),
)
def test_the_sample_is_in_proportion_and_as_large_as_it_can_be(counts: dict[Kind, int], size: int) -> None:
    total = sum(counts.values())
    found = proportions(counts, size)
    assert sum(found.values()) == min(size, total)
    for kind, count in counts.items():
        assert found[kind] <= count
        assert abs(found[kind] - count * min(1, size / (total or 1))) < 1


def test_the_draw_is_the_same_whoever_draws_and_in_an_order_that_is_random() -> None:
    kinds = [Kind.TITLE, Kind.SUMMARY, Kind.TEXT]
    population = [(number, kinds[number % 3]) for number in range(1, 2_001)]
    drawn = draw("2026-W47", population)
    assert drawn == draw("2026-W47", reversed(population))
    assert len(drawn) == SIZE and [one.position for one in drawn] == list(range(SIZE))
    assert drawn != draw("2026-W46", population)
    numbers = [one.item_id for one in drawn]
    assert numbers != sorted(numbers)
    assert max(Counter(one.kind for one in drawn).values()) == 34
    assert draw("2026-W47", []) == []


def test_every_item_has_the_same_chance_to_be_drawn() -> None:
    population = [(number, Kind.TEXT) for number in range(40)]
    seen: Counter[int] = Counter()
    for week in range(1, 401):
        seen.update(one.item_id for one in draw(f"uji-{week}", population, size=10))
    assert min(seen.values()) > 70 and max(seen.values()) < 135  # 100 each, standard deviation 8.7


@pytest.mark.parametrize(
    ("hits", "n", "low", "high"),
    # Clopper and Pearson's exact limits, as printed by R's binom.test.
    [(0, 100, 0.0, 0.03622), (1, 100, 0.00025, 0.05446), (5, 100, 0.01643, 0.11284), (10, 10, 0.69150, 1.0)],
)
def test_the_bounds_of_a_share_are_the_exact_ones(hits: int, n: int, low: float, high: float) -> None:
    found = clopper_pearson(hits, n)
    assert (found.low, found.high) == (pytest.approx(low, abs=1e-5), pytest.approx(high, abs=1e-5))
    assert found.value == hits / n


def test_missed_and_recall_follow_from_the_share_and_its_bounds() -> None:
    answers = Counter({Verdict.YES: 2, Verdict.NO: 90, Verdict.OUTSIDE: 3, Verdict.UNSURE: 5})
    found = figure_of("2026-W47", population=1_000, size=100, answers=answers, accepted=30, undecided=4)
    share = clopper_pearson(2, 95)
    assert found.share == share and found.missed is not None and found.recall is not None
    assert found.missed.value == pytest.approx(2 / 95 * 1_000)
    assert found.missed.high == pytest.approx(share.high * 1_000)
    assert found.recall.value == pytest.approx(30 / (30 + 2 / 95 * 1_000))
    assert found.recall.low < found.recall.value < found.recall.high
    assert found.recall.low == pytest.approx(30 / (30 + share.high * 1_000))
    assert found.answered == 100


def test_a_week_read_whole_leaves_nothing_to_estimate_and_an_unread_one_says_nothing() -> None:
    whole = figure_of(
        "2026-W47",
        population=3,
        size=3,
        answers=Counter({Verdict.NO: 2, Verdict.YES: 1}),
        accepted=1,
        undecided=0,
    )
    assert whole.missed is not None and (whole.missed.low, whole.missed.high) == (1, 1)
    assert whole.recall is not None and (whole.recall.low, whole.recall.high) == (0.5, 0.5)
    unread = figure_of("2026-W47", population=3, size=3, answers=Counter(), accepted=1, undecided=0)
    assert unread.share is unread.missed is unread.recall is None
    nothing = figure_of(
        "2026-W47", population=3, size=3, answers=Counter({Verdict.NO: 3}), accepted=0, undecided=0
    )
    assert nothing.recall is None and nothing.share is not None


def test_two_people_at_once_are_shown_different_items() -> None:
    assert turn([5, 6, 7], 1) != turn([5, 6, 7], 2)
    assert turn([], 1) is None


WEEK_LATER = NOW + timedelta(days=7)


def sampled(desk: Desk) -> None:
    """One flagged and two calm items in a week that is over, and its sample."""
    source = desk.add_source(listing("kabar"), NOW)
    calm = (RECIPE[0], RECIPE[1])
    desk.take(
        fetched(source, entry("b", *BLOCKADE), entry("r", *calm), entry("t", "Jadwal Kapal Penyeberangan")),
        NOW,
    )
    desk.samples.draw_due(WEEK_LATER)


def span() -> tuple[datetime, datetime]:
    return NOW - timedelta(days=60), NOW + timedelta(days=60)


def test_the_sample_of_a_week_is_drawn_once_and_holds_what_was_not_flagged(open_desk: Opened) -> None:
    desk = open_desk()
    sampled(desk)
    assert desk.samples.draw_due(WEEK_LATER + timedelta(hours=1)) == 0
    assert desk.samples.draw_due(NOW) == 0
    assert desk.samples.left() == 2
    (week,) = desk.samples.weeks(*span())
    assert (week.week, week.population, week.size, week.answered) == (week_of(NOW), 2, 2, 0)
    kinds = {row.kind for row in rows(desk, sa.select(sample_item))}
    assert kinds == {Kind.TITLE.value, Kind.SUMMARY.value}


def test_collecting_draws_what_is_due(open_desk: Opened) -> None:
    desk = open_desk()
    source = desk.add_source(listing("kabar"), NOW)
    desk.take(fetched(source, entry("r", *RECIPE)), NOW)
    desk.pause_source(source.id, True, NOW)
    desk.collect(WEEK_LATER, due_only=True)
    assert desk.samples.left() == 1


def test_a_sample_item_shows_nothing_of_what_the_machine_said(open_desk: Opened) -> None:
    desk = open_desk()
    (ani,) = people(desk, "penelaah-1")
    sampled(desk)
    view = desk.samples.view(ani, *span())
    assert view.item is not None
    names = {field.name for field in dataclasses.fields(view.item)}
    assert not names & {"relevance", "assessment", "flagged", "evidence", "reasons", "threshold"}


def test_an_answer_counts_once_its_author_may_change_it_and_nobody_else(open_desk: Opened) -> None:
    desk = open_desk()
    ani, budi = people(desk, "penelaah-1", "penelaah-2")
    sampled(desk)
    item = desk.samples.view(ani, *span()).item
    assert item is not None
    desk.samples.answer(item.id, Verdict.NO, ani, NOW)
    with pytest.raises(Conflict):
        desk.samples.answer(item.id, Verdict.YES, budi, NOW)
    with pytest.raises(NotFound):
        desk.samples.one(item.id, budi)
    assert desk.samples.view(ani, *span()).last == item.id
    desk.samples.answer(item.id, Verdict.UNSURE, ani, NOW)
    (week,) = desk.samples.weeks(*span())
    assert week.answers[Verdict.UNSURE] == 1 and week.answered == 1
    assert week.share is None
    other = desk.samples.view(budi, *span()).item
    assert other is not None and other.id != item.id
    with pytest.raises(NotFound):
        desk.samples.answer(10_000, Verdict.NO, ani, NOW)


def test_a_missed_item_becomes_an_incident_by_the_ordinary_way_and_stays_one(open_desk: Opened) -> None:
    facts = replace(assessment().facts, blockade=True)
    missed = assessment("E1", "F3", facts=facts, relevance=0.02, flagged=False)
    desk = open_desk(said=missed)
    (ani,) = people(desk, "penelaah-1")
    source = desk.add_source(listing("kabar"), NOW)
    desk.take(fetched(source, entry("b", *BLOCKADE)), NOW)
    desk.samples.draw_due(WEEK_LATER)
    item = desk.samples.view(ani, *span()).item
    assert item is not None
    with pytest.raises(Invalid):
        desk.samples.promote(item.id, ani, WEEK_LATER)
    desk.samples.answer(item.id, Verdict.YES, ani, WEEK_LATER)
    number = desk.samples.promote(item.id, ani, WEEK_LATER)
    assert desk.samples.promote(item.id, ani, WEEK_LATER) == number
    made = desk.incident(number, WEEK_LATER)
    assert made.incident.severity is Severity.WASPADA and made.incident.issue == "E1"
    assert made.reports[0].assessment.flagged is False  # what the machine said stays what it said
    after = BLOCKADE[1] + " Portal masih dijaga."
    desk.take(fetched(source, entry("b", BLOCKADE[0], after)), WEEK_LATER)
    assert desk.incident(number, WEEK_LATER).incident.severity is Severity.WASPADA
    with pytest.raises(Conflict):
        desk.samples.answer(item.id, Verdict.NO, ani, WEEK_LATER)
    (found,) = desk.samples.view(ani, *span()).found
    assert found.incident_id == number
    decided(desk, number, ani)
    (week,) = desk.samples.weeks(*span())
    assert (week.accepted, week.answers[Verdict.YES]) == (0, 1)


def test_a_missed_item_of_a_known_event_joins_its_incident(open_desk: Opened) -> None:
    missed = assessment("E1", "F3", relevance=0.02, flagged=False)
    desk = open_desk()
    (ani,) = people(desk, "penelaah-1")
    known = incident_of(desk, "b", *BLOCKADE)
    desk._intake._classifier.by_title["Portal"] = missed  # type: ignore[attr-defined]
    title = "Portal Jalan Kebun Hanau, Plasma Ditagih Warga"
    source = desk.add_source(listing("lain"), NOW)
    desk.take(fetched(source, entry("p", title, BLOCKADE[1])), NOW)
    home = desk.incident(known, NOW)
    if len(home.reports) == 1:  # else the linking followed up by itself
        desk.samples.draw_due(WEEK_LATER)
        item = desk.samples.view(ani, *span()).item
        assert item is not None
        desk.samples.answer(item.id, Verdict.YES, ani, NOW)
        assert desk.samples.promote(item.id, ani, NOW) == known
    assert len(desk.incident(known, NOW).reports) == 2


def test_recall_is_of_items_accepted_and_estimated_missed(open_desk: Opened) -> None:
    desk = open_desk()
    ani, budi = people(desk, "penelaah-1", "penelaah-2")
    sampled(desk)
    (number,) = (row.id for row in rows(desk, sa.select(incident.c.id)))
    assert [one.undecided for one in desk.samples.weeks(*span())] == [1]
    decided(desk, number, ani)
    for verdict in (Verdict.YES, Verdict.NO):
        item = desk.samples.view(budi, *span()).item
        assert item is not None
        desk.samples.answer(item.id, verdict, budi, NOW)
    (week,) = desk.samples.weeks(*span())
    assert (week.accepted, week.undecided) == (1, 0)
    assert week.recall is not None and week.recall.value == 0.5


def test_an_incident_learnt_elsewhere_is_noted_with_codes_only_and_can_be_withdrawn(
    open_desk: Opened,
) -> None:
    desk = open_desk()
    (ani,) = people(desk, "penelaah-1")
    known = incident_of(desk, "b", *BLOCKADE)
    draft = ElsewhereDraft(
        day=date(2026, 11, 23), place_code="62.07", issue="E1", teller=Teller.POLICE, incident_id=known
    )
    number = desk.samples.note_elsewhere(draft, ani, NOW)
    (noted,) = desk.samples.elsewhere(*span())
    assert (noted.id, noted.draft) == (number, draft)
    for wrong in (
        replace(draft, day=date(2026, 11, 25)),
        replace(draft, day=date(2024, 1, 1)),
        replace(draft, place_code="31.71"),
        replace(draft, issue="N"),
    ):
        with pytest.raises(Invalid):
            desk.samples.note_elsewhere(wrong, ani, NOW)
    with pytest.raises(NotFound):
        desk.samples.note_elsewhere(replace(draft, incident_id=9_999), ani, NOW)
    desk.samples.withdraw_elsewhere(number, ani, NOW)
    assert desk.samples.elsewhere(*span()) == ()
    with pytest.raises(NotFound):
        desk.samples.withdraw_elsewhere(number, ani, NOW)


def test_the_kind_of_an_item_is_told_by_the_length_of_its_text() -> None:
    assert [kind_by_length(n) for n in (0, 1, 500, 501)] == [
        Kind.TITLE,
        Kind.SUMMARY,
        Kind.SUMMARY,
        Kind.TEXT,
    ]
    assert Drawn(item_id=1, kind=Kind.TEXT, position=0).kind is Kind.TEXT


# --- labels for training


def test_decisions_readings_and_sample_answers_become_labels_and_the_rest_is_counted(
    open_desk: Opened,
) -> None:
    desk = open_desk()
    ani, budi = people(desk, "penelaah-1", "penelaah-2")
    accepted = incident_of(desk, "b", *BLOCKADE)
    rejected = incident_of(desk, "c", *CLASH, name="lain")
    calm = desk.add_source(listing("tenang"), NOW)
    desk.take(fetched(calm, entry("r", *RECIPE), entry("t", "Jadwal Kapal Penyeberangan")), NOW)
    decided(desk, accepted, ani, issue="E2", severity=Severity.SIAGA)
    decided(desk, rejected, ani, decision=Decision.REJECT, reason=RejectReason.OLD)
    readings = {one.incident_id: one.id for one in desk.second.waiting(budi).readings}
    same = replace(ACCEPT, issue="E2", severity=Severity.SIAGA)
    desk.second.answer(readings[accepted], same, budi, NOW)
    desk.second.answer(readings[rejected], ACCEPT, budi, NOW)
    desk.samples.draw_due(WEEK_LATER)
    for verdict in (Verdict.NO, Verdict.YES):
        item = desk.samples.view(ani, *span()).item
        assert item is not None
        desk.samples.answer(item.id, verdict, ani, NOW)
    found = desk.samples.labels(NOW)
    told = [(one.flag, one.issue, one.form, one.realis, one.severity, one.stratum) for one in found.rows]
    assert told == [(1, "E2", "F3", "A", 3, "dua_pembaca"), (0, "N", "F0", "A", 0, "sampel")]
    assert found.rows[0].text == BLOCKADE[1]
    assert dict(found.left_out) == {"menunggu putusan ketiga": 1, "sampel ya": 1}


@pytest.mark.parametrize(
    ("reason", "realis"),
    [
        (RejectReason.NOT_AN_ISSUE, "A"),
        (RejectReason.OLD, "H"),
        (RejectReason.CEREMONY, "C"),
        (RejectReason.FALSE_REPORT, "B"),
        (RejectReason.OUTSIDE, None),
        (RejectReason.DUPLICATE, None),
        (RejectReason.OTHER, None),
    ],
)
def test_a_rejection_teaches_only_where_its_reason_says_what_the_text_is(
    reason: RejectReason, realis: str | None
) -> None:
    codes = codes_of(Decision.REJECT, reason, issue="E1", form="F3", realis="A", severity=Severity.SIAGA)
    assert (codes is None) == (realis is None)
    if codes is not None:
        assert (codes.flag, codes.issue, codes.form, codes.severity) == (0, "N", "F0", 0)
        assert codes.realis == realis


def test_the_exported_file_is_read_by_the_training(
    open_desk: Opened, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = open_desk()
    (ani,) = people(desk, "penelaah-1")
    number = incident_of(desk, "b", *BLOCKADE)
    decided(desk, number, ani, issue="E2")
    for name in [name for name in os.environ if name.startswith("DINI_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("DINI_DATA", str(tmp_path))
    monkeypatch.setenv("DINI_DATABASE_URL", settings.database_url.replace("+psycopg", ""))
    target = tmp_path / "label.csv"
    done = CliRunner().invoke(main, ["labels", "export", "--out", str(target)])
    assert done.exit_code == 0, done.output
    assert "1 baris, 1 relevan" in done.output and "teks mentah" in done.output
    (example,) = read_labelled(target)
    assert (example.flag, example.issue, example.form, example.realis) == (True, "E2", "F3", "A")
    assert (example.document.title, example.document.text) == BLOCKADE
    assert example.group == f"insiden-{number}"
