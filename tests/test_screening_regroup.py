"""Incidents made one and taken apart: by the machine while nobody decided, by hand for good."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from itertools import count, permutations
from typing import Any

import hypothesis
import pytest
import sqlalchemy as sa
from hypothesis import example, given
from hypothesis import strategies as st
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
from screening.schema import clue, incident_item, item, regrouping

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


def desk_of(store: Store, settings: Settings, model: object) -> Desk:
    made = Desk(store, model, settings)  # type: ignore[arg-type]
    made.set_up(NOW)
    made.add_source(listing("a", owner="A"), NOW)
    return made


@pytest.fixture
def told(store: Store, settings: Settings) -> Desk:
    said = assessment("E4", "F3", place=BAAMANG, facts=Facts(blockade=True))
    classifier: Classifier = Told(said)  # type: ignore[assignment]
    return desk_of(store, settings, classifier)


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
    assert (eased.status, eased.severity) == (Status.EASING, Severity.SIAGA)
    desk.collect(NOW + timedelta(hours=60))
    assert desk.incident(number, NOW + timedelta(hours=80)).incident.severity is Severity.SIAGA
    desk.collect(NOW + timedelta(hours=71))
    closed = desk.incident(number, NOW + timedelta(hours=71)).incident
    assert (closed.status, closed.severity) == (Status.CLOSED, Severity.WASPADA)
    assert "72 jam" in closed.severity_why
    assert [one.status for one in closed.changes] == [Status.NEW, Status.EASING, Status.CLOSED]
    assert closed.changes[-1].item_id is None and "72 jam" in closed.changes[-1].why


def test_two_known_districts_stay_two_incidents() -> None:
    assert mergers({1: "62.02.05", 2: "62.02.06", 3: ""}, 2) == (2, (3,))
    assert mergers({1: "62.02.05", 2: "", 3: "62.02.05"}, 3) == (1, (2, 3))
    assert mergers({4: ""}, 9) == (4, ())
    assert mergers({}, 9) == (9, ())


def test_two_regencies_stay_two_incidents_and_a_district_goes_with_its_regency() -> None:
    assert mergers({1: "62.02", 2: "62.07"}, 2) == (2, ())
    assert mergers({1: "62.02", 2: "62.02.05", 3: "62.02.06"}, 1) == (1, (2,))
    assert mergers({1: "", 2: "62.02", 3: "62.07"}, 1) == (1, (2,))


PROVINCE = Place(kind=PlaceKind.PROVINCE, code="62", name="Kalimantan Tengah")
HANAU = Place(kind=PlaceKind.REGENCY, code="62.07", regency="62.07", name="Kab. Seruyan")
KOTIM = Place(kind=PlaceKind.REGENCY, code="62.02", regency="62.02", name="Kab. Kotawaringin Timur")


@pytest.mark.parametrize("vague", [Place(kind=PlaceKind.UNKNOWN), PROVINCE], ids=["none", "province"])
@pytest.mark.parametrize("order", list(permutations((KOTIM, HANAU, None))))
def test_a_reprint_without_a_clear_place_never_makes_two_regencies_one(
    store: Store, settings: Settings, vague: Place, order: tuple[Place | None, ...]
) -> None:
    model = Told(assessment())
    desk = desk_of(store, settings, model)
    for place in order:
        model.said = assessment("E4", "F3", place=place or vague, facts=Facts(blockade=True))
        arrive(desk, BRIDGE)
    numbers = ids(desk)
    assert len(numbers) == 2
    regencies = [
        {one.assessment.place.regency for one in desk.incident(number, NOW).reports} - {None}
        for number in numbers
    ]
    assert sorted(map(sorted, regencies)) == [["62.02"], ["62.07"]]


def test_a_calm_that_is_not_flagged_joins_and_is_not_set_aside_but_opens_nothing(
    store: Store, settings: Settings
) -> None:
    model = Told(assessment("S5", "F6", place=BAAMANG, facts=Facts(clash=True)))
    desk = desk_of(store, settings, model)
    arrive(desk, BRIDGE, hours=24 * 6)
    model.said = assessment("S5", "F0", "C", place=BAAMANG, flagged=False)
    arrive(desk, ("Kapolsek Pastikan Dermaga Lanting Tua Kondusif", BRIDGE[1]), hours=2)
    (number,) = ids(desk)
    view = desk.incident(number, NOW)
    assert (view.incident.status, len(view.reports), view.incident.voices) == (Status.EASING, 2, 1)
    assert view.incident.changes[-1].item_id == view.reports[-1].item.id
    assert desk.set_aside(None, 10, 0) == ()
    arrive(desk, ("Kapolsek Pastikan Pelabuhan Sungai Ijum Terkendali", "Kapal penumpang berlayar."), hours=1)
    assert ids(desk) == [number] and len(desk.set_aside(None, 10, 0)) == 1


@pytest.mark.parametrize("decision", [Decision.ACCEPT, Decision.REJECT])
def test_a_decided_incident_comes_back_with_the_reason_only_when_its_level_rose(
    store: Store, settings: Settings, decision: Decision
) -> None:
    model = Told(assessment("E4", "F3", place=BAAMANG, facts=Facts(blockade=True)))
    desk = desk_of(store, settings, model)
    analyst = desk.create_account("rina", Role.ANALYST, "x", NOW)
    arrive(desk, BRIDGE, hours=30)
    (number,) = ids(desk)
    reason = RejectReason.OLD if decision is Decision.REJECT else None
    desk.review(ReviewDraft(incident_id=number, decision=decision, reason=reason), analyst, NOW)
    arrive(desk, ("Solar di Dermaga", BRIDGE[1]), hours=2)
    assert desk.queue(QueueFilter(), NOW).lines == ()
    assert desk.incident(number, NOW).incident.risen_why == ""

    model.said = assessment("S5", "F6", place=BAAMANG, facts=Facts(clash=True, injured=Count(low=1, high=1)))
    arrive(
        desk, ("Kelotok Pemasok Solar Diserang di Dermaga Lanting Tua", BRIDGE[1] + " Lalu bentrok."), hours=1
    )
    (line,) = desk.queue(QueueFilter(), NOW).lines
    told = f"Naik dari WASPADA ke SIAGA sejak keputusan {decision.value} Selasa 24/11 09.00 WIB"
    assert line.incident.id == number and line.incident.risen_why == told
    assert line.incident.urgency_why.startswith(told)
    assert "Tingkat naik dari WASPADA ke SIAGA" in desk.incident(number, NOW).incident.changes[-1].why

    draft = ReviewDraft(incident_id=number, decision=Decision.ACCEPT, seen_review_id=1)
    desk.review(draft, analyst, NOW)
    arrive(desk, ("Dermaga Lagi", BRIDGE[1] + " Lalu bentrok."), hours=0.5)
    assert desk.queue(QueueFilter(), NOW).lines == ()


def test_a_rise_that_eased_before_anybody_looked_still_waits_for_a_decision(
    store: Store, settings: Settings
) -> None:
    model = Told(assessment("E4", "F3", place=BAAMANG, facts=Facts(blockade=True)))
    desk = desk_of(store, settings, model)
    analyst = desk.create_account("rina", Role.ANALYST, "x", NOW)
    arrive(desk, BRIDGE, hours=30)
    (number,) = ids(desk)
    desk.review(ReviewDraft(incident_id=number, decision=Decision.ACCEPT), analyst, NOW)
    model.said = assessment("S5", "F6", place=BAAMANG, facts=Facts(clash=True, injured=Count(low=1, high=1)))
    arrive(desk, ("Kelotok Pemasok Solar Diserang di Dermaga Lanting Tua", SECOND[1]), hours=-10)
    model.said = assessment("E4", "F8", place=BAAMANG, facts=Facts(settled=True))
    arrive(desk, ("Nelayan Dermaga Lanting Tua dan Pemasok Solar Berdamai", SECOND[1]), hours=-20)
    (source,) = desk.sources()
    desk.pause_source(source.id, True, NOW)
    later = NOW + timedelta(hours=100)
    desk.collect(later)
    (line,) = desk.queue(QueueFilter(), later).lines
    assert (line.incident.status, line.incident.severity) == (Status.CLOSED, Severity.WASPADA)
    assert line.incident.risen_why.startswith("Sempat naik di atas WASPADA sejak keputusan terima")


PLACES = (BAAMANG, KOTIM, HANAU, PROVINCE, Place(kind=PlaceKind.UNKNOWN))
STORIES = (
    FIRST,
    SECOND,
    BRIDGE,
    ("Dermaga Lanting Tua Kembali Dijaga", f"{FIRST[1]} Kelotok pemasok belum lewat."),
    ("Nelayan dan Pemasok Solar Berdamai", "Nelayan dan pemasok solar di dermaga lanting tua berdamai."),
    ("Situasi Dermaga Lanting Tua Terkendali", "Nelayan pulang, kelotok pemasok solar lewat lagi."),
)
MOVES = st.one_of(
    st.tuples(st.just("datang"), st.integers(0, 5), st.integers(0, 4), st.integers(0, 240)),
    st.tuples(st.just("gabung"), st.integers(0, 9), st.integers(0, 9)),
    st.tuples(st.just("pisah"), st.integers(0, 9), st.integers(1, 62)),
    st.tuples(st.just("telaah"), st.integers(0, 9)),
)


class Placed:
    """Places each story as the move says (its key is the link's last part)."""

    def __init__(self) -> None:
        self.said: dict[str, Assessment] = {}

    def assess(self, documents: Sequence[Document]) -> list[Assessment]:
        return [self.said[one.url] for one in documents]


def homes(engine: sa.Engine, items: Sequence[int]) -> dict[int, int]:
    """Incident by item, of those that are linked."""
    query = sa.select(incident_item.c.item_id, incident_item.c.incident_id)
    with engine.connect() as connection:
        rows = connection.execute(query.where(incident_item.c.item_id.in_(items))).all()
    return {row[0]: row[1] for row in rows}


def newest(engine: sa.Engine) -> int:
    with engine.connect() as connection:
        return int(connection.scalar(sa.select(sa.func.max(item.c.id))) or 0)


def groups(home: dict[int, int], numbers: set[int]) -> dict[int, set[int]]:
    return {number: {item for item, at in home.items() if at == number} for number in numbers}


def test_whatever_arrives_what_a_person_merged_split_or_decided_stays_as_it_is(
    store: Store, settings: Settings, database_url: str
) -> None:
    model = Placed()
    desk = desk_of(store, settings, model)
    analyst = desk.create_account("rina", Role.ANALYST, "x", NOW)
    (source,) = desk.sources()
    season, engine = count(), sa.create_engine(database_url)

    @example([("datang", 0, 0, 9), ("datang", 1, 0, 8), ("telaah", 0), ("datang", 2, 0, 7)])
    @example(
        [("datang", 0, 0, 9), ("datang", 2, 0, 8), ("pisah", 0, 1), ("datang", 2, 4, 7), ("datang", 0, 0, 6)]
    )
    @given(st.lists(MOVES, min_size=4, max_size=14))
    @hypothesis.settings(max_examples=25, deadline=None)
    def play(moves: list[tuple[Any, ...]]) -> None:
        # Each play has a season of its own, so that no report of an earlier one is in reach.
        start = NOW + timedelta(days=60 * next(season))
        items: list[int] = []
        held: set[int] = set()  # incidents that a person has touched
        for step, (kind, *what) in enumerate(moves):
            before = homes(engine, items)
            alive = sorted(set(before.values()))
            if kind == "datang":
                story, place, hours = what
                key = f"{start:%Y%m%d}-{step}"
                one = replace(
                    entry(key, *STORIES[story]),
                    published=start + timedelta(hours=hours),
                    text=STORIES[story][1],
                )
                flagged = story < 5
                form = ("F3", "F3", "F6", "F3", "F8", "F0")[story]
                model.said[one.link] = assessment("E4", form, place=PLACES[place], flagged=flagged)
                old = newest(engine)
                desk.take(fetched(source, one), start + timedelta(days=20))
                after = homes(engine, items)
                assert groups(after, held) == groups(before, held)
                together = {frozenset(each) for each in groups(after, set(after.values())).values()}
                assert all(
                    any(each <= whole for whole in together) for each in groups(before, set(alive)).values()
                ), "the machine took an incident apart"
                items += [number for number in (newest(engine),) if number != old]
            elif len(alive) >= 2 and kind == "gabung":
                into, other = (alive[number % len(alive)] for number in what)
                if into != other:
                    desk.merge(into, other, analyst, start)
                    held = (held - {other}) | {into}
                    assert groups(homes(engine, items), {into})[into] == {
                        item for item, at in before.items() if at in (into, other)
                    }
            elif alive and kind == "pisah":
                origin = alive[what[0] % len(alive)]
                members = sorted(item for item, at in before.items() if at == origin)
                chosen = [item for bit, item in enumerate(members) if what[1] >> bit & 1]
                if 0 < len(chosen) < len(members):
                    _kept, new = desk.split(origin, chosen, analyst, start)
                    held |= {origin, new.id}
                    assert groups(homes(engine, items), {new.id})[new.id] == set(chosen)
            elif alive and kind == "telaah":
                number = alive[what[0] % len(alive)]
                seen = desk.incident(number, start).incident.review_id
                draft = ReviewDraft(incident_id=number, decision=Decision.ACCEPT, seen_review_id=seen)
                desk.review(draft, analyst, start)
                held.add(number)

    play()
    engine.dispose()
