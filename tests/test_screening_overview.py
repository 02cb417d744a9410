"""The overview: its numbers are those of plain queries, peaceful actions stand apart, silence is not calm."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st
from screening_material import BLOCKADE, CLASH, NOW, RECIPE, entry, fetched, listing
from screening_material import incident as an_undecided

from feeds import Standing
from models import Count
from screening import (
    REGENCIES,
    Announced,
    Area,
    Decision,
    Desk,
    Incident,
    Overview,
    ReviewDraft,
    Role,
    Severity,
    Source,
    Status,
    StatusChange,
    Store,
)
from screening.announced import Planned, planned_for
from screening.overview import (
    DAYS,
    Tallied,
    agenda_of,
    areas_of,
    level_since,
    panels_of,
    pressing_of,
)
from screening.schema import assessment, incident, incident_item, review, source
from screening.taxonomy import BIDANG, ISSUE_TERMS, RejectReason
from screening.windows import WIB

PLACES = (None, "62", *(code for code, _ in REGENCIES), "62.02.05", "62.03.01", "62.71.01")
FORMS = ("F1", "F2", "F3", "F4", "F5", "F6", "F7", "F8")


def an_incident(**more: Any) -> Incident:
    """A SIAGA published 30 minutes ago, undecided."""
    at = NOW - timedelta(minutes=30)
    made = an_undecided(
        1,
        title="Dua kelompok bentrok",
        severity_rule="clash",
        first_published=at,
        last_published=at,
        urgency=50.0,
    )
    return replace(made, **more)


def a_change(minutes: float, severity: Severity) -> StatusChange:
    at = NOW - timedelta(minutes=minutes)
    return StatusChange(at=at, status=Status.NEW, severity=severity, why="", item_id=1)


def planted(desk: Desk, store: Store, count: int = 90) -> Source:
    """A source with that many incidents of every kind, made by a fixed dice."""
    dice = random.Random(7)
    where = desk.add_source(listing("kabar", owner="A"), NOW - timedelta(days=60))
    entries = [entry(f"r{n}", f"{RECIPE[0]} {n}", f"{RECIPE[1]} Porsi {n}.") for n in range(count)]
    desk.take(fetched(where, *entries), NOW)
    account = desk.create_account("penelaah", Role.ANALYST, "-", NOW)
    with store.writing() as books:
        db = books.overviews._db
        db.execute(incident_item.delete())
        db.execute(incident.delete())
        for number in db.scalars(sa.select(assessment.c.item_id)).all():
            form = dice.choice(FORMS)
            first = NOW - timedelta(minutes=dice.randrange(40 * 1440))
            decision = dice.choice([None, None, None, *Decision])
            code = dice.choice(PLACES)
            values = {
                "title": f"Peristiwa {number}",
                "issue": dice.choice(ISSUE_TERMS).code,
                "form": form,
                "realis": "A",
                "severity": dice.randrange(2) if form == "F2" else dice.randrange(5),
                "area": dice.choice([Area.KALTENG] * 6 + [Area.OUTSIDE]) if code else Area.UNKNOWN,
                "place_code": code,
                "status": dice.choice(list(Status)),
                "first_published": first,
                "last_published": first + timedelta(minutes=dice.randrange(1440)),
                "decision": decision,
                "is_open": decision in (None, Decision.UNSURE) or dice.random() < 0.2,
                "rank": dice.uniform(0, 1000),
                "merged_into": 1 if dice.random() < 0.1 else None,
            }
            filling = {
                "machine_form": form,
                "machine_severity": values["severity"],
                "severity_rule": "uji",
                "severity_why": "Sebab.",
                "place_name": "",
                "relevance": 0.9,
                "reports": 1,
                "voices": 1,
                "detected_at": NOW,
                "reviewed_by": "",
                "reviewed_at": NOW if decision else None,
                "lead_item_id": number,
            }
            made = db.execute(incident.insert().values(**values, **filling)).inserted_primary_key
            assert made is not None
            joined = {"item_id": number, "incident_id": made[0], "joined_at": NOW, "why": ""}
            db.execute(incident_item.insert().values(**joined))
            if decision is not None:
                kept = {
                    "incident_id": made[0],
                    "decision": decision,
                    "reason": "lainnya",
                    "note": "",
                    "at": NOW,
                }
                kept |= {"account_id": account.id, "machine_severity": 1}
                written = db.execute(review.insert().values(**kept)).inserted_primary_key
                assert written is not None
                marked = incident.update().where(incident.c.id == made[0])
                db.execute(marked.values(review_id=written[0], reviewed_by="penelaah"))
    return where


def every_row(store: Store) -> list[Any]:
    """All that is ours, read without the store's own queries."""
    with store.reading() as books:
        rows = books.overviews._db.execute(sa.text("SELECT id FROM incident")).all()
        plain = books.overviews._db.execute(sa.select(incident)).all()
    assert len(rows) == len(plain)
    return [row for row in plain if row.merged_into is None and row.area != "luar"]


def is_on(row: Any) -> bool:
    running = row.decision == "terima" and row.status != "selesai"
    return bool(row.severity and (row.is_open or (running and row.last_published >= NOW - timedelta(days=7))))


def told(one: Any) -> tuple[int, int, int, int]:
    return (int(one.level), one.incidents, one.undecided, one.peaceful)


def test_what_stands_in_each_area_is_what_plain_counting_finds(desk: Desk, store: Store) -> None:
    planted(desk, store)
    found = desk.overview(NOW)
    rows = [row for row in every_row(store) if is_on(row)]
    assert [one.code for one in found.areas] == [code for code, _ in REGENCIES]
    for one in (*found.areas, found.elsewhere):
        here = [
            row
            for row in rows
            if ((row.place_code or "").startswith(one.code) and (one.code != "62" or row.place_code == "62"))
            or (one.code == "62" and row.place_code is None)
        ]
        threats = [row for row in here if row.form != "F2"]
        assert told(one) == (
            max((row.severity for row in threats), default=0),
            len(threats),
            sum(bool(row.is_open) for row in threats),
            len(here) - len(threats),
        ), one.code
    assert sum(one.peaceful for one in found.areas) > 0


def test_the_days_of_each_panel_are_what_plain_counting_finds(desk: Desk, store: Store) -> None:
    planted(desk, store)
    found = desk.overview(NOW)
    counted: Counter[tuple[str, date]] = Counter()
    for row in every_row(store):
        if row.severity and (row.decision != "tolak" or row.is_open):
            code = "F2" if row.form == "F2" else row.issue[0]
            counted[code, row.first_published.astimezone(WIB).date()] += 1
    today = NOW.astimezone(WIB).date()
    assert [panel.code for panel in found.panels] == [*(term.code for term in BIDANG), "F2"]
    for panel in found.panels:
        assert [day.day for day in panel.days] == [today - timedelta(days=n) for n in range(DAYS - 1, -1, -1)]
        assert [day.opened for day in panel.days] == [counted[panel.code, day.day] for day in panel.days]
    assert sum(panel.total for panel in found.panels) > 20


def test_midnight_belongs_to_the_day_that_begins(desk: Desk, store: Store) -> None:
    planted(desk, store, 2)
    midnight = datetime.combine(NOW.astimezone(WIB).date(), time(), tzinfo=WIB)
    with store.writing() as books:
        db = books.overviews._db
        numbers = db.scalars(sa.select(incident.c.id).order_by(incident.c.id)).all()
        same = {"issue": "E1", "form": "F3", "severity": 2, "is_open": True, "decision": None}
        same |= {"area": "kalteng", "merged_into": None}
        for number, at in zip(numbers, (midnight, midnight - timedelta(seconds=1)), strict=True):
            values = same | {"first_published": at, "last_published": at}
            db.execute(incident.update().where(incident.c.id == number).values(**values))
    panel = next(one for one in desk.overview(NOW).panels if one.code == "E")
    assert [day.opened for day in panel.days[-2:]] == [1, 1]


def test_the_five_are_the_first_of_the_queue_without_peaceful_actions(desk: Desk, store: Store) -> None:
    planted(desk, store)
    found = desk.overview(NOW)
    waiting = [row for row in every_row(store) if row.is_open and row.severity and row.form != "F2"]
    waiting.sort(key=lambda row: (-row.rank, -row.id))
    assert [one.incident.id for one in found.pressing] == [row.id for row in waiting[:5]]
    assert found.undecided == len(waiting)
    urgent = [row for row in waiting if row.severity >= 3]
    limit = {3: timedelta(minutes=60), 4: timedelta(minutes=15)}
    assert found.urgent == len(urgent) > 0
    assert found.overdue == sum(row.first_published + limit[row.severity] < NOW for row in urgent)


def test_an_area_is_monitored_by_sources_that_told_of_it_and_answered(desk: Desk, store: Store) -> None:
    where = planted(desk, store, 3)
    with store.writing() as books:
        books.overviews._db.execute(assessment.update().values(regency="62.03"))

    def seen(at: datetime) -> list[str]:
        return [one.code for one in desk.overview(at).areas if one.monitored]

    assert seen(NOW) == ["62.03"]
    assert seen(NOW + timedelta(hours=24)) == ["62.03"]
    assert seen(NOW + timedelta(hours=24, seconds=1)) == []
    later = NOW + timedelta(days=31)
    desk.take(fetched(where, entry("lain", "Harga cabai turun di pasar")), later)
    assert seen(later) == []  # it answers, but has told nothing of any regency for 30 days


def test_coverage_counts_the_sources_that_are_asked(desk: Desk, store: Store) -> None:
    planted(desk, store, 1)
    other = desk.add_source(listing("lain"), NOW)
    found = desk.overview(NOW)
    assert (found.sources, found.reached, found.last_fetch_at) == (2, 1, NOW)
    desk.pause_source(other.id, True, NOW)
    assert desk.overview(NOW).sources == 1


def test_an_empty_desk_knows_nothing_and_says_so(desk: Desk) -> None:
    found = desk.overview(NOW)
    assert len(found.areas) == 14
    assert not any(one.monitored or one.incidents for one in found.areas)
    assert not any(day.answered for panel in found.panels for day in panel.days)
    assert found.pressing == found.agenda == ()
    assert found.last_fetch_at is None


def test_an_accepted_incident_stays_on_until_it_is_settled_and_a_rejected_one_goes(desk: Desk) -> None:
    account = desk.create_account("penelaah", Role.ANALYST, "-", NOW)
    where = desk.add_source(listing("kabar", owner="A"), NOW)
    desk.take(fetched(where, entry("c", *CLASH), entry("b", *BLOCKADE)), NOW)

    def levels(at: datetime = NOW) -> dict[str, int]:
        return {one.code: int(one.level) for one in desk.overview(at).areas if one.level}

    before = desk.overview(NOW)
    assert levels() == {"62.02": 3, "62.07": 2}
    by_level = {one.incident.severity: one.incident.id for one in before.pressing}
    desk.review(ReviewDraft(incident_id=by_level[Severity.SIAGA], decision=Decision.ACCEPT), account, NOW)
    assert levels() == {"62.02": 3, "62.07": 2}
    assert desk.overview(NOW).urgent == 0
    assert levels(NOW + timedelta(days=8)) == {"62.07": 2}
    no = ReviewDraft(
        incident_id=by_level[Severity.WASPADA], decision=Decision.REJECT, reason=RejectReason.OTHER, note="x"
    )
    desk.review(no, account, NOW)
    assert levels() == {"62.02": 3}


def test_a_peaceful_plan_is_told_with_its_day_and_without_a_title(desk: Desk, store: Store) -> None:
    where = desk.add_source(listing("kabar", owner="A"), NOW)
    text = (
        "KUALA KAPUAS - Ratusan warga akan menggelar aksi damai di halaman kantor bupati, Kabupaten Kapuas, "
        "pada Rabu (25/11/2026) pukul 09.00 WIB untuk menyampaikan tuntutan plasma. Panitia sudah memberi "
        "tahu kepolisian."
    )
    desk.take(fetched(where, entry("r", "Warga Akan Gelar Aksi Damai Tuntut Plasma", text)), NOW)
    with store.writing() as books:
        values = {"realis": "R", "form": "F2", "severity": 1}
        changed = books.overviews._db.execute(incident.update().values(**values)).rowcount
    assert changed == 1
    found = desk.overview(NOW)
    (line,) = found.agenda
    assert line.planned == Planned(day=date(2026, 11, 25), hour=time(9, 0))
    assert line.protected
    assert found.pressing == ()
    assert all(one.level is Severity.NONE for one in found.areas)
    assert [one.peaceful for one in found.areas if one.code == "62.03"] == [1]
    assert desk.overview(NOW + timedelta(days=3)).agenda == ()


# --- deciding


@given(
    st.lists(
        st.builds(
            Tallied,
            place=st.sampled_from(PLACES),
            severity=st.sampled_from(
                [Severity.INFORMASI, Severity.WASPADA, Severity.SIAGA, Severity.DARURAT]
            ),
            peaceful=st.booleans(),
            undecided=st.booleans(),
            incidents=st.integers(1, 9),
        )
    )
)
def test_no_peaceful_action_ever_gives_an_area_a_level(tallied: list[Tallied]) -> None:
    areas, elsewhere = areas_of(tallied, {})
    every = (*areas, elsewhere)
    assert sum(one.incidents + one.peaceful for one in every) == sum(one.incidents for one in tallied)
    calm = [one for one in tallied if one.peaceful]
    assert areas_of(calm, {})[0] == tuple(
        replace(one, level=Severity.NONE, incidents=0, undecided=0) for one in areas
    )


@pytest.mark.parametrize(
    ("severity", "minutes", "late"),
    [
        (Severity.DARURAT, 14, False),
        (Severity.DARURAT, 16, True),
        (Severity.SIAGA, 59, False),
        (Severity.SIAGA, 61, True),
        (Severity.WASPADA, 9000, False),
    ],
)
def test_darurat_has_fifteen_minutes_and_siaga_sixty(severity: Severity, minutes: int, late: bool) -> None:
    at = NOW - timedelta(minutes=minutes)
    (one,) = pressing_of([an_incident(severity=severity, first_published=at)], NOW)
    assert one.overdue is late
    assert (one.due_at is None) == (severity < Severity.SIAGA)


def test_the_clock_of_what_rose_starts_with_the_report_that_raised_it() -> None:
    first = NOW - timedelta(days=2)
    calm = a_change(2000, Severity.WASPADA)
    rose = an_incident(first_published=first, changes=(calm, a_change(20, Severity.SIAGA)))
    assert level_since(rose) == NOW - timedelta(minutes=20)
    assert not pressing_of([rose], NOW)[0].overdue
    again = (a_change(300, Severity.DARURAT), a_change(200, Severity.SIAGA), a_change(10, Severity.SIAGA))
    assert level_since(an_incident(changes=(calm, *again))) == NOW - timedelta(minutes=300)
    assert level_since(an_incident(first_published=first, changes=(calm,))) == first


def a_plan(number: int, planned: Planned | None, hours_old: float = 1.0) -> Announced:
    made = an_incident(id=number, last_published=NOW - timedelta(hours=hours_old))
    return Announced(incident=made, planned=planned, crowd=Count(low=10, high=99))


def test_the_agenda_has_the_next_72_hours_soonest_first_and_counts_the_rest() -> None:
    # NOW is 09.00 WIB of Tuesday the 24th, so the agenda ends at 09.00 of Friday the 27th.
    lines = [
        a_plan(1, Planned(day=date(2026, 11, 23))),
        a_plan(2, Planned(day=date(2026, 11, 27), hour=time(8, 0))),
        a_plan(3, Planned(day=date(2026, 11, 27), hour=time(10, 0))),
        a_plan(4, Planned(day=date(2026, 11, 24))),
        a_plan(5, Planned(day=date(2026, 11, 28))),
        a_plan(6, None, hours_old=71),
        a_plan(7, None, hours_old=73),
    ]
    soon, later = agenda_of(lines, NOW)
    assert [one.incident.id for one in soon] == [4, 2, 6]
    assert later == 2


@pytest.mark.parametrize(
    ("text", "day", "hour"),
    [
        (
            "Warga akan berunjuk rasa pada Kamis (26/11/2026) pukul 09.30 WIB.",
            date(2026, 11, 26),
            time(9, 30),
        ),
        ("Buruh berencana mogok 30 November 2026.", date(2026, 11, 30), None),
        ("Mahasiswa bakal turun ke jalan besok, kata panitia.", date(2026, 11, 25), None),
        ("Aksi dijadwalkan lusa jam 8.", date(2026, 11, 26), time(8)),
        ("Warga akan menutup jalan pada Senin mendatang.", date(2026, 11, 30), None),
        ("Warga akan aksi 1/12, ujarnya, Selasa (24/11/2026).", date(2026, 12, 1), None),
        ("Massa akan datang lagi hari ini.", date(2026, 11, 24), None),
        ("Aksi akan digelar 3 Januari.", date(2027, 1, 3), None),
        ("Warga menutup jalan pada Kamis (26/11/2026).", None, None),
        ("Warga akan mengadu, katanya, Selasa (24/11/2026).", None, None),
        ("Warga akan menuntut ganti rugi 1.432 hektare sejak 2/3 lahan diambil 31/2.", None, None),
        ("Mereka akan kembali bila tidak ada jawaban.", None, None),
    ],
)
def test_the_day_of_a_plan_is_read_only_from_what_is_to_come(
    text: str, day: date | None, hour: time | None
) -> None:
    found = planned_for("Judul", text, NOW)
    assert (found.day if found else None, found.hour if found else None) == (day, hour)


@given(st.text(max_size=300))
def test_any_words_at_all_give_a_day_of_the_next_two_months_or_none(text: str) -> None:
    found = planned_for("akan", f"akan {text} 25/11", NOW)
    said = NOW.astimezone(WIB).date()
    assert found is None or said <= found.day <= said + timedelta(days=60)


def test_a_band_is_told_by_the_days_before_and_none_for_peaceful_actions() -> None:
    today = NOW.astimezone(WIB).date()
    steady = {"E": dict.fromkeys(range(1, 40), 4) | {0: 30, 5: 40}, "F2": dict.fromkeys(range(1, 40), 4)}
    panels = {one.code: one for one in panels_of(steady, set(range(40)), today)}
    before, on = panels["E"].days[-7], panels["E"].days[-6]
    assert on.opened == 40 and on.usual is not None and before.usual is not None
    assert on.usual.high < 15 and on.usual.low <= 4  # the day itself does not teach its own band
    assert all(day.usual is None for day in panels["F2"].days)
    # Seven days before it are the least, and the day itself is not one of them.
    short = panels_of(steady, set(range(10)), today)[2].days
    assert [day.usual is not None for day in short[-3:]] == [False, True, True]


def test_too_little_history_gives_no_band_and_unseen_days_teach_nothing() -> None:
    today = NOW.astimezone(WIB).date()
    young = panels_of({"E": {1: 3}}, set(range(8)), today)[2]
    assert all(day.usual is None for day in young.days)
    assert [day.answered for day in young.days] == [False] * 22 + [True] * 8
    seen = set(range(0, 60, 2))
    busy_when_seen = {"E": {age: (6 if age in seen else 0) for age in range(60)}}
    known = panels_of(busy_when_seen, seen, today)[2].days[-1].usual
    assert known is not None and known.low >= 1


def test_the_overview_has_no_room_for_a_title_of_a_plan_or_an_organiser() -> None:
    names = set(Announced.__dataclass_fields__) | set(Overview.__dataclass_fields__)
    assert not names & {"title", "organiser", "person", "name"}


def test_a_source_that_is_gone_still_counts_as_asked(desk: Desk, store: Store) -> None:
    where = planted(desk, store, 1)
    with store.writing() as books:
        gone = {"state": "paused", "standing": Standing.GIVEN_UP.value}
        books.overviews._db.execute(source.update().where(source.c.id == where.id).values(**gone))
    assert desk.overview(NOW).sources == 1
