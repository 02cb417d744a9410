"""Incidents made one and taken apart: by the machine while nobody decided, by hand for good."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import pytest
import sqlalchemy as sa
from screening_material import NOW, assessment, entry, fetched, listing

from models import Assessment, Classifier, Count, Document, Facts, Place, PlaceKind
from screening import (
    Account,
    Conflict,
    Decision,
    Desk,
    Invalid,
    NotFound,
    QueueFilter,
    RejectReason,
    ReviewDraft,
    Role,
    Settings,
    Severity,
    Status,
    Store,
)
from screening.linking import mergers
from screening.records import Area
from screening.schema import clue, regrouping

BAAMANG = Place(kind=PlaceKind.REGENCY, code="62.02.05", regency="62.02", name="Kecamatan Baamang")
FIRST = ("Warga Jaga Dermaga Lanting Tua", "Nelayan berkumpul di dermaga lanting tua sejak subuh.")
SECOND = ("Kelotok Pemasok Solar Ditahan", "Kelotok pemasok solar ditahan kerumunan nelayan hingga sore.")
BRIDGE = (
    "Dermaga Lanting Tua dan Kelotok Solar",
    "Nelayan di dermaga lanting tua menahan kelotok pemasok solar sejak subuh.",
)


class Told:
    """A classifier whose answers the test gives: what is linked here is decided by words, not by a model."""

    def __init__(self, said: Assessment) -> None:
        self.said = said

    def assess(self, documents: Sequence[Document]) -> list[Assessment]:
        return [self.said for _ in documents]


@pytest.fixture
def told(store: Store, settings: Settings) -> Desk:
    said = assessment("E4", "F3", place=BAAMANG, facts=Facts(blockade=True))
    classifier: Classifier = Told(said)  # type: ignore[assignment]
    made = Desk(store, classifier, settings)
    made.set_up(NOW)
    made.add_source(listing("a", owner="A"), NOW)
    return made


@pytest.fixture
def analyst(told: Desk) -> Account:
    return told.create_account("rina", Role.ANALYST, "x", NOW)


def arrive(desk: Desk, *stories: tuple[str, str], hours: float = 1.0) -> None:
    (source,) = desk.sources()
    known = sum(one.items for one in desk.sources())
    entries = [entry(f"k{known + n}", title, text, hours=hours) for n, (title, text) in enumerate(stories)]
    desk.take(fetched(source, *entries), NOW)


def ids(desk: Desk) -> list[int]:
    return sorted(line.incident.id for line in desk.queue(QueueFilter(state="all"), NOW).lines)


def items_of(desk: Desk, number: int) -> list[int]:
    return sorted(one.item.id for one in desk.incident(number, NOW).reports)


def test_a_report_that_ties_two_incidents_makes_them_one_under_the_older_number(told: Desk) -> None:
    arrive(told, FIRST)
    arrive(told, SECOND)
    older, younger = ids(told)
    arrive(told, BRIDGE)
    assert ids(told) == [older]
    assert told.incident(younger, NOW).incident.id == older
    view = told.incident(older, NOW)
    assert view.incident.reports == len(view.reports) == 3
    (done,) = view.regroupings
    assert (done.kind, done.incident_id, done.other_id, done.account) == ("gabung", older, younger, "")


def test_the_order_of_arrival_does_not_decide_which_reports_end_together(told: Desk) -> None:
    arrive(told, BRIDGE, SECOND, FIRST)
    assert len(ids(told)) == 1


def test_what_a_person_reviewed_the_machine_does_not_merge(told: Desk, analyst: Account) -> None:
    arrive(told, FIRST)
    arrive(told, SECOND)
    older, younger = ids(told)
    told.review(ReviewDraft(incident_id=younger, decision=Decision.ACCEPT), analyst, NOW)
    arrive(told, BRIDGE)
    assert ids(told) == [older, younger]
    assert sum(len(items_of(told, number)) for number in (older, younger)) == 3


def test_merging_by_hand_moves_all_reports_and_is_written_down(told: Desk, analyst: Account) -> None:
    arrive(told, FIRST)
    arrive(told, SECOND)
    one, two = ids(told)
    merged = told.merge(two, one, analyst, NOW)
    assert (merged.id, merged.reports) == (two, 2)
    assert ids(told) == [two]
    assert told.incident(one, NOW).incident.id == two
    (done,) = told.incident(two, NOW).regroupings
    assert (done.kind, done.incident_id, done.other_id, done.account) == ("gabung", two, one, "rina")


def test_a_split_stays_split_whatever_comes_after(told: Desk, analyst: Account) -> None:
    arrive(told, FIRST, SECOND, BRIDGE)
    (number,) = ids(told)
    moved = items_of(told, number)[1:2]
    kept, new = told.split(number, moved, analyst, NOW)
    assert (kept.id, kept.reports, new.reports) == (number, 2, 1)
    assert items_of(told, new.id) == moved
    arrive(told, (f"{BRIDGE[0]} Lagi", BRIDGE[1]))
    assert ids(told) == [number, new.id]
    assert set(moved) <= set(items_of(told, new.id))


def test_a_merge_by_hand_keeps_the_review_on_top(told: Desk, analyst: Account) -> None:
    arrive(told, FIRST)
    arrive(told, SECOND)
    one, two = ids(told)
    draft = ReviewDraft(incident_id=one, decision=Decision.ACCEPT, severity=Severity.SIAGA)
    told.review(draft, analyst, NOW)
    merged = told.merge(one, two, analyst, NOW)
    assert (merged.severity, merged.decision, merged.reports) == (Severity.SIAGA, Decision.ACCEPT, 2)


def test_a_merged_incident_takes_no_review_and_no_second_merge(told: Desk, analyst: Account) -> None:
    arrive(told, FIRST)
    arrive(told, SECOND)
    one, two = ids(told)
    told.merge(one, two, analyst, NOW)
    with pytest.raises(Conflict):
        told.review(ReviewDraft(incident_id=two, decision=Decision.ACCEPT), analyst, NOW)
    with pytest.raises(Conflict):
        told.merge(one, two, analyst, NOW)
    with pytest.raises(Invalid):
        told.merge(one, one, analyst, NOW)
    with pytest.raises(NotFound):
        told.merge(one, 999, analyst, NOW)


def test_a_split_needs_some_but_not_all_reports(told: Desk, analyst: Account) -> None:
    arrive(told, FIRST, BRIDGE)
    (number,) = ids(told)
    every = items_of(told, number)
    for wrong in ([], every, [*every[:1], 999]):
        with pytest.raises(Invalid):
            told.split(number, wrong, analyst, NOW)


def test_every_merge_leaves_the_books_whole(told: Desk, analyst: Account, database_url: str) -> None:
    arrive(told, FIRST)
    arrive(told, SECOND)
    one, two = ids(told)
    told.merge(one, two, analyst, NOW)
    told.split(one, items_of(told, one)[:1], analyst, NOW)
    engine = sa.create_engine(database_url)
    with engine.connect() as connection:
        kinds = list(connection.scalars(sa.select(regrouping.c.kind).order_by(regrouping.c.id)))
    engine.dispose()
    assert kinds == ["gabung", "pisah"]
    assert sum(told.incident(number, NOW).incident.reports for number in ids(told)) == 2


def test_the_clues_hold_hashes_and_nobody_s_name(told: Desk, database_url: str) -> None:
    arrive(told, ("Dermaga Ditutup, Kata Sutrisno Wibowo (45)", "Sutrisno Wibowo (45) menutup dermaga."))
    arrive(told, ("Sutrisno Wibowo (45) Buka Warung", "Sutrisno Wibowo (45) membuka warung kopi."))
    engine = sa.create_engine(database_url)
    with engine.connect() as connection:
        rows = connection.execute(sa.select(clue.c.item_id, clue.c.mark)).all()
    engine.dispose()
    marks = [{mark for item, mark in rows if item == number} for number in sorted({row[0] for row in rows})]
    assert len(marks) == 2 and not marks[0] & marks[1]


def test_a_place_that_was_at_siaga_lifts_what_follows_by_one(told: Desk, analyst: Account) -> None:
    arrive(told, FIRST, hours=200)
    (first,) = ids(told)
    draft = ReviewDraft(incident_id=first, decision=Decision.ACCEPT, severity=Severity.SIAGA)
    told.review(draft, analyst, NOW)
    arrive(told, ("Gudang Pupuk Digembok Karyawan", "Karyawan menggembok gudang pupuk menagih tunjangan."))
    second = told.incident(ids(told)[1], NOW).incident
    assert (second.machine_severity, second.area) == (Severity.SIAGA, Area.KALTENG)
    assert second.severity_rule.endswith("+L") and "90 hari" in second.severity_why
    told.review(
        ReviewDraft(incident_id=first, decision=Decision.REJECT, reason=RejectReason.OLD, seen_review_id=1),
        analyst,
        NOW,
    )
    arrive(told, ("Pintu Air Dirantai", "Petani merantai pintu air karena giliran tak dibagi."), hours=0.5)
    third = told.incident(ids(told)[2], NOW).incident
    assert third.machine_severity is Severity.WASPADA


def test_a_settled_clash_that_stays_quiet_comes_down_with_the_next_collect(
    store: Store, settings: Settings
) -> None:
    clash = assessment("S5", "F6", place=BAAMANG, facts=Facts(clash=True, injured=Count(low=1, high=1)))
    model = Told(clash)
    desk = Desk(store, model, settings)  # type: ignore[arg-type]
    desk.set_up(NOW)
    desk.add_source(listing("a", owner="A"), NOW)
    arrive(desk, FIRST, hours=30)
    model.said = assessment("S5", "F8", place=BAAMANG, facts=Facts(settled=True))
    arrive(desk, BRIDGE, hours=2)
    (number,) = ids(desk)
    (source,) = desk.sources()
    desk.pause_source(source.id, True, NOW)
    eased = desk.incident(number, NOW).incident
    assert (eased.status, eased.severity) == (Status.EASING, Severity.WASPADA)
    desk.collect(NOW + timedelta(hours=60))
    assert desk.incident(number, NOW).incident.severity is Severity.WASPADA
    desk.collect(NOW + timedelta(hours=71))
    closed = desk.incident(number, NOW).incident
    assert (closed.status, closed.severity) == (Status.CLOSED, Severity.INFORMASI)
    assert "72 jam" in closed.severity_why


def test_two_known_districts_stay_two_incidents() -> None:
    assert mergers({1: "62.02.05", 2: "62.02.06", 3: ""}, 2) == (2, (3,))
    assert mergers({1: "62.02.05", 2: "", 3: "62.02.05"}, 3) == (1, (2, 3))
    assert mergers({4: ""}, 9) == (4, ())
    assert mergers({}, 9) == (9, ())
