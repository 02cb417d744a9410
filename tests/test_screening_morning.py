"""The morning's report: agenda, rumours, course, advice and service, from what people and reports said."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time, timedelta

import pytest
from screening_material import BLOCKADE, NOW, entry, fetched, incident, listing
from test_screening_digest import build, ids, material

from screening import (
    AgendaKind,
    Desk,
    FollowUpDraft,
    QueueFilter,
    Role,
    Severity,
    Status,
    digest_text,
    window_at,
)
from screening.announced import Planned
from screening.digest import AGENDA_LIMIT
from screening.digest_agenda import agenda_in_order, to_come, when_words
from screening.digest_lines import PaperNote, line_of
from screening.memo import MemoKind
from screening.records import AgendaEntry, StatusChange

TODAY = date(2026, 11, 24)  # NOW is 09.00 WIB of it


def planned(**more: object) -> AgendaEntry | None:
    day = Planned(day=more.pop("day", TODAY), hour=more.pop("hour", None))  # type: ignore[arg-type]
    return to_come(incident(1, realis="R", form="F2", **more), day, NOW)


def test_the_agenda_has_what_is_announced_for_the_next_72_hours() -> None:
    assert planned() is not None
    assert planned(day=TODAY + timedelta(days=3), hour=time(8)) is not None
    assert planned(day=TODAY + timedelta(days=3), hour=time(10)) is None
    assert planned(day=TODAY + timedelta(days=4)) is None
    assert planned(day=TODAY - timedelta(days=1)) is None
    assert planned(hour=time(8)) is None  # it is nine


def test_an_action_without_a_day_is_told_while_fresh_and_a_threat_is_not() -> None:
    fresh = incident(1, realis="R", form="F2")
    told = to_come(fresh, None, NOW)
    assert told is not None and told.protected
    assert when_words(told) == "hari belum disebut"
    assert to_come(replace(fresh, last_published=NOW - timedelta(days=4)), None, NOW) is None
    threat = incident(2, realis="T", form="F4")
    assert to_come(threat, None, NOW) is None
    limit = to_come(threat, Planned(day=TODAY), NOW)
    assert limit is not None and limit.kind is AgendaKind.DEADLINE and not limit.protected


def test_the_agenda_is_sorted_and_its_rest_is_counted() -> None:
    one = to_come(incident(1, realis="R"), Planned(day=TODAY), NOW)
    assert one is not None
    late = replace(one, day=TODAY + timedelta(days=2))
    open_day = replace(one, day=None)
    assert agenda_in_order([open_day, late, one]) == [one, late, open_day]
    digest = build(material(incident(1)), agenda=[one] * (AGENDA_LIMIT + 3))
    assert (len(digest.agenda), digest.agenda_more) == (AGENDA_LIMIT, 3)
    assert "dan 3 lainnya" in digest_text(digest)


def test_rumours_stand_apart_unless_they_wait_for_a_decision() -> None:
    digest = build(
        material(incident(1, issue="S7", severity=Severity.INFORMASI)),
        material(incident(2, realis="B", severity=Severity.WASPADA, status=Status.EASING)),
        material(incident(3, issue="S7")),
        material(incident(4, severity=Severity.INFORMASI)),
    )
    assert ids(digest.decide) == [3]
    assert ids(digest.rumours) == [2, 1]
    assert ids(digest.other) == [4]
    assert "RUMOR" in digest_text(digest)


def test_more_than_five_decisions_are_counted_in_words() -> None:
    digest = build(*[material(incident(number)) for number in range(1, 9)])
    assert digest.decide_more == 3
    assert "Dan 3 lainnya" in digest_text(digest)


def test_a_change_of_course_is_told_with_its_reason() -> None:
    changes = (
        StatusChange(
            at=NOW - timedelta(hours=3), status=Status.EASING, severity=Severity.SIAGA,
            why="Keadaan dilaporkan terkendali.", item_id=1,
        ),
    )  # fmt: skip
    eased = incident(1, status=Status.EASING, changes=changes)
    line = line_of(material(eased))
    assert line.change.startswith("mereda sejak Selasa 24/11 06.00 WIB: Keadaan dilaporkan terkendali.")
    assert line_of(material(replace(eased, status=Status.NEW))).change == ""


def test_advice_is_of_people_and_a_machine_never_gives_any() -> None:
    one = material(incident(1))
    assert line_of(one).advice == ""
    assert "Saran: belum ada." in digest_text(build(one))
    papers = (
        PaperNote(kind="LA", sent_at=None, advice=""),
        PaperNote(kind="LI", sent_at=NOW - timedelta(hours=1), advice="Mediasi dipimpin camat"),
    )
    advised = line_of(replace(one, papers=papers))
    assert advised.advice == "Mediasi dipimpin camat"
    assert advised.sent == "LI dikirim Selasa 24/11 08.00 WIB"


def test_the_difference_to_the_usual_is_told_with_its_sign() -> None:
    usual = ((Severity.SIAGA, 2.5),)
    assert "SIAGA 1 (rata-rata 7 hari 2,5; selisih −1,5)" in digest_text(
        build(material(incident(1)), usual=usual)
    )


@pytest.mark.parametrize("office", ["", "62.07"])
def test_the_desk_tells_follow_ups_advice_and_service_in_the_report(desk: Desk, office: str) -> None:
    source = desk.add_source(listing("kabar"), NOW)
    desk.take(fetched(source, entry("1", *BLOCKADE)), NOW)
    account = desk.create_account("petugas", Role.ANALYST, "x", NOW, must_change=False)
    one = desk.queue(QueueFilter(), NOW).lines[0].incident
    due = NOW + timedelta(hours=20)
    desk.casework.open_follow_up(
        FollowUpDraft(incident_id=one.id, what="Mediasi plasma", owner="Dinas Perkebunan", due_at=due),
        account,
        NOW,
    )
    paper = desk.memos.open(MemoKind.INFORMATION, one.id, account, NOW)
    view = desk.memos.view(paper.id, NOW)
    fields = replace(view.fields, advice="Undang kedua pihak ke kecamatan.")
    desk.memos.save(paper.id, fields, view.versions[0].version, account, NOW)
    digest = desk.digest(*window_at(NOW), NOW, office)
    line = next(line for line in digest.decide if line.incident.id == one.id)
    assert "Dinas Perkebunan" in line.act
    assert line.advice == "Undang kedua pihak ke kecamatan"
    told = [entry for entry in digest.agenda if entry.kind is AgendaKind.FOLLOW_UP]
    assert [entry.incident_id for entry in told] == [one.id]
    assert "Mediasi plasma" in told[0].text
    assert digest.service.startswith("Kinerja layanan Senin 23/11")
    other = desk.digest(*window_at(NOW), NOW, "62.01")
    assert not other.agenda and not other.decide
