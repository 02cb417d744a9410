"""Notes, grades and follow-ups: what is asked of each, what stands, and where it is told."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
from alembic import command
from screening_material import BLOCKADE, CLASH, NOW, entry, fetched, incident, listing
from test_screening_digest import build, material

from screening import (
    OWNERS,
    Account,
    Channel,
    Conflict,
    Decision,
    Desk,
    FollowUp,
    FollowUpDraft,
    FollowUpState,
    Grade,
    GradeDraft,
    Invalid,
    NotFound,
    QueueFilter,
    ReviewDraft,
    Role,
    Severity,
    Step,
    StepDraft,
    Store,
    digest_text,
)
from screening.casework import check_follow_up, check_grade, check_note, check_step, masked
from screening.casework_words import grade_words, last_act
from screening.digest_lines import urgent_text
from screening.schema_casework import grade
from screening.store import _alembic

DUE = NOW + timedelta(hours=30)


def graded(letter: str | None = "C", information: int | None = 1, **more: object) -> Grade:
    base = Grade(
        id=1,
        incident_id=1,
        letter=letter,
        information=information,
        channel=Channel.POLICE,
        obtained="Telepon piket polres.",
        obtained_at=NOW - timedelta(hours=1),
        machine="C3",
        account="analis",
        at=NOW,
    )
    return replace(base, **more)  # type: ignore[arg-type]


def measure(
    number: int = 1, *, due: datetime = DUE, state: str = "direncanakan", outcome: str = ""
) -> FollowUp:
    first = Step(
        id=number * 10,
        state=FollowUpState.PLANNED,
        outcome="",
        responded=False,
        due_at=None,
        account="analis",
        at=NOW - timedelta(days=2),
    )
    last = replace(first, id=number * 10 + 1, state=FollowUpState(state), outcome=outcome)
    return FollowUp(
        id=number,
        incident_id=1,
        what="Pertemukan kedua kelompok di kantor kecamatan.",
        owner="Pemerintah kecamatan",
        due_at=due,
        state=FollowUpState(state),
        responded_at=None,
        account="analis",
        at=NOW - timedelta(days=2),
        steps=(first, last),
    )


CONFIRMED = GradeDraft(
    incident_id=1,
    letter="B",
    information=1,
    channel=Channel.POLICE,
    obtained="Telepon piket polres.",
    obtained_at=NOW - timedelta(hours=2),
)
MEASURE = FollowUpDraft(incident_id=1, what="Mediasi di kecamatan.", owner="Dinas Sosial", due_at=DUE)


@pytest.mark.parametrize(
    ("lacking", "says"),
    [
        ({"channel": None}, "di luar media"),
        ({"obtained": "  "}, "bagaimana dan kapan"),
        ({"obtained_at": None}, "bagaimana dan kapan"),
        ({"obtained_at": NOW + timedelta(minutes=1)}, "masa depan"),
        ({"obtained_at": NOW - timedelta(days=900)}, "masa lalu"),
        ({"information": 0}, "1 sampai 6"),
        ({"information": 7}, "1 sampai 6"),
        ({"letter": "G"}, "A sampai F"),
        ({"obtained": "x" * 4_001}, "paling panjang"),
    ],
)
def test_confirmed_needs_an_institution_outside_the_media_and_how_and_when(
    lacking: dict[str, object], says: str
) -> None:
    check_grade(CONFIRMED, None, NOW)
    with pytest.raises(Invalid, match=says):
        check_grade(replace(CONFIRMED, **lacking), None, NOW)  # type: ignore[arg-type]


@pytest.mark.parametrize("information", [2, 3, 4, 6])
def test_other_values_need_no_institution(information: int) -> None:
    check_grade(GradeDraft(incident_id=1, letter="C", information=information), None, NOW)


def test_denied_needs_words_on_who_denied_it() -> None:
    denied = GradeDraft(incident_id=1, letter="C", information=5)
    with pytest.raises(Invalid, match="dibantah"):
        check_grade(denied, None, NOW)
    check_grade(replace(denied, obtained="Pemerintah desa memastikan tidak ada kejadian."), None, NOW)


def test_a_grade_made_on_an_old_page_is_refused_and_nothing_can_be_withdrawn_twice() -> None:
    with pytest.raises(Conflict):
        check_grade(CONFIRMED, graded(), NOW)
    withdrawn = GradeDraft(incident_id=1, seen_grade_id=1)
    check_grade(withdrawn, graded(), NOW)
    with pytest.raises(Invalid):
        check_grade(withdrawn, graded(None, None), NOW)


@pytest.mark.parametrize("text", ["", "  \n ", "x" * 4_001])
def test_an_empty_or_endless_note_is_refused(text: str) -> None:
    with pytest.raises(Invalid):
        check_note(text)


@pytest.mark.parametrize(
    ("lacking", "says"),
    [
        ({"what": " "}, "Tulis tindak lanjut"),
        ({"owner": ""}, "unit atau lembaga"),
        ({"owner": "x" * 161}, "paling panjang"),
        ({"owner": "Kepala Dinas Sosial Sutrisno Wibowo"}, "bukan orang"),
        ({"due_at": None}, "Isi tenggat"),
        ({"due_at": NOW}, "masa depan"),
        ({"due_at": NOW + timedelta(days=367)}, "satu tahun"),
        ({"state": FollowUpState.DONE}, "direncanakan atau berjalan"),
    ],
)
def test_a_follow_up_needs_a_measure_an_institution_and_a_time_limit_ahead(
    lacking: dict[str, object], says: str
) -> None:
    with pytest.raises(Invalid, match=says):
        check_follow_up(replace(MEASURE, **lacking), NOW)  # type: ignore[arg-type]


@pytest.mark.parametrize("owner", OWNERS)
def test_no_institution_that_the_form_offers_is_taken_for_a_person(owner: str) -> None:
    assert check_follow_up(replace(MEASURE, owner=f" {owner} "), NOW).owner == owner


@pytest.mark.parametrize(
    ("state", "found", "outcome", "says"),
    [
        (FollowUpState.DONE, "berjalan", "", "hasilnya"),
        (FollowUpState.CANCELLED, "berjalan", "", "hasilnya"),
        (FollowUpState.GOING, "selesai", "", "membuka kembali"),
        (FollowUpState.GOING, "berjalan", "", "Belum ada yang berubah"),
    ],
)
def test_a_step_says_what_changed_and_a_closing_one_its_outcome(
    state: FollowUpState, found: str, outcome: str, says: str
) -> None:
    draft = StepDraft(follow_up_id=1, state=state, outcome=outcome, seen_step_id=11)
    with pytest.raises(Invalid, match=says):
        check_step(draft, measure(state=found), NOW)
    assert check_step(replace(draft, outcome="Kedua pihak sepakat."), measure(state=found), NOW).outcome


def test_a_step_on_an_old_page_is_refused_and_a_finished_measure_counts_as_answered() -> None:
    draft = StepDraft(
        follow_up_id=1, state=FollowUpState.DONE, outcome="Sudah dipertemukan.", seen_step_id=11
    )
    assert check_step(draft, measure(state="berjalan"), NOW).responded
    with pytest.raises(Conflict):
        check_step(replace(draft, seen_step_id=10), measure(), NOW)


def test_late_is_what_is_open_past_its_time_limit_only() -> None:
    assert measure(due=NOW - timedelta(minutes=1)).is_late(NOW)
    assert not measure(due=NOW - timedelta(minutes=1), state="selesai").is_late(NOW)
    assert not measure(due=NOW).is_late(NOW)


def test_the_digest_line_takes_the_grade_of_a_person_and_says_who_confirmed_it() -> None:
    one = material(incident(1))
    assert "nilai sumber F6" in build(one).decide[0].text
    line = build(replace(one, grade=graded())).decide[0]
    assert line.confirmation == "C1"
    assert "nilai sumber C1, dikonfirmasi Kepolisian" in line.text
    assert "dibantah menurut petugas" in grade_words(graded(information=5, channel=None))
    assert "dikonfirmasi petugas dari sumber di luar media" in urgent_text(replace(one, grade=graded()))
    assert "belum diverifikasi di lapangan" in urgent_text(one)


def test_a_line_that_waits_for_a_decision_names_owner_time_limit_and_last_act() -> None:
    one = material(incident(1, decision=Decision.ACCEPT))
    assert "menunggu tindak lanjut" in build(one).decide[0].text
    late = measure(due=NOW - timedelta(hours=1), state="berjalan", outcome="Undangan dikirim.")
    text = build(replace(one, follow_ups=(late, measure(2)))).decide[0].text
    assert "menunggu tindak lanjut" not in text
    assert "penanggung jawab Pemerintah kecamatan" in text
    assert "(LEWAT TENGGAT)" in text
    assert "tindak terakhir: berjalan (Undangan dikirim)" in text
    assert "dan 1 tindak lanjut lain" in text
    assert text in digest_text(build(replace(one, follow_ups=(late, measure(2)))))


def test_names_are_masked_where_casework_leaves_its_page() -> None:
    spoken = "Camat Sutrisno Wibowo memanggil kedua kelompok."
    one = replace(measure(state="selesai", outcome=spoken), what=spoken)
    assert "Sutrisno" not in last_act([one], NOW)
    shown = masked(one)
    assert "Sutrisno" not in shown.what + shown.last.outcome
    assert "memanggil kedua kelompok" in shown.what


# --- on both databases


@pytest.fixture
def analyst(desk: Desk) -> Account:
    return desk.create_account("analis-1", Role.ANALYST, "hash", NOW)


@pytest.fixture
def two(desk: Desk) -> tuple[int, int]:
    source = desk.add_source(listing("satu", owner="Grup Satu"), NOW)
    desk.take(fetched(source, entry("c", *CLASH), entry("b", *BLOCKADE)), NOW)
    found = {one.incident.place_code[:5]: one.incident.id for one in lines(desk) if one.incident.place_code}
    return found["62.02"], found["62.07"]


def lines(desk: Desk) -> list:  # type: ignore[type-arg]
    return list(desk.queue(QueueFilter(state="all"), NOW).lines)


def test_notes_grades_and_follow_ups_are_kept_with_who_and_when(
    desk: Desk, analyst: Account, two: tuple[int, int]
) -> None:
    number, _ = two
    later = NOW + timedelta(minutes=5)
    desk.casework.write_note(number, " Kecamatan memastikan jalan dibuka. ", analyst, NOW)
    desk.casework.write_note(number, "Posko didirikan.", analyst, later)
    first = desk.casework.of(number, NOW)
    assert [one.text for one in first.notes] == ["Posko didirikan.", "Kecamatan memastikan jalan dibuka."]
    assert {(one.account, one.incident_id) for one in first.notes} == {("analis-1", number)}
    assert (first.code, first.machine, first.standing) == ("F6", "F6", None)

    desk.casework.set_grade(replace(CONFIRMED, incident_id=number), analyst, later)
    seen = desk.casework.of(number, NOW)
    assert (seen.code, seen.machine) == ("B1", "F6")
    with pytest.raises(Conflict):
        desk.casework.set_grade(replace(CONFIRMED, incident_id=number), analyst, later)
    desk.casework.set_grade(GradeDraft(incident_id=number, seen_grade_id=seen.grade_id), analyst, later)
    after = desk.casework.of(number, NOW)
    assert (after.code, after.standing, len(after.grades)) == ("F6", None, 2)
    with pytest.raises(NotFound):
        desk.casework.write_note(999, "x", analyst, NOW)


def test_what_is_done_is_in_the_audit_trail_without_its_words(
    desk: Desk, store: Store, analyst: Account, two: tuple[int, int]
) -> None:
    number, _ = two
    desk.casework.write_note(number, "Kata rahasia catatan", analyst, NOW)
    desk.casework.set_grade(replace(CONFIRMED, incident_id=number), analyst, NOW)
    opened = desk.casework.open_follow_up(replace(MEASURE, incident_id=number), analyst, NOW)
    desk.casework.step(
        StepDraft(
            follow_up_id=opened.id, state=FollowUpState.GOING, outcome="Rapat.", seen_step_id=opened.last.id
        ),
        analyst,
        NOW,
    )
    with store.reading() as books:
        rows = [row for row in books.audit.every() if row.subject == f"insiden:{number}"]
    assert [row.what for row in rows] == ["catatan.tulis", "nilai.tetapkan", "tindak.buat", "tindak.catat"]
    assert all(row.account_id == analyst.id for row in rows)
    assert not any("rahasia" in row.detail for row in rows)


def test_the_database_too_refuses_confirmed_without_an_institution(
    store: Store, desk: Desk, analyst: Account, two: tuple[int, int]
) -> None:
    values = {
        "incident_id": two[0],
        "letter": "A",
        "information": 1,
        "channel": "",
        "obtained": "kata media",
        "obtained_at": NOW,
        "machine": "F6",
        "account_id": analyst.id,
        "at": NOW,
    }
    with pytest.raises(sa.exc.IntegrityError), store.writing() as books:
        books.casework._db.execute(grade.insert().values(**values))


def test_a_follow_up_runs_from_planned_to_done_and_each_step_stays(
    desk: Desk, analyst: Account, two: tuple[int, int]
) -> None:
    number, _ = two
    opened = desk.casework.open_follow_up(replace(MEASURE, incident_id=number), analyst, NOW)
    assert (opened.state, opened.responded_at, len(opened.steps)) == (FollowUpState.PLANNED, None, 1)
    answered, moved = NOW + timedelta(hours=3), DUE + timedelta(days=1)
    going = desk.casework.step(
        StepDraft(
            follow_up_id=opened.id,
            state=FollowUpState.GOING,
            responded=True,
            due_at=moved,
            seen_step_id=opened.last.id,
        ),
        analyst,
        answered,
    )
    assert (going.state, going.responded_at, going.due_at) == (FollowUpState.GOING, answered, moved)
    with pytest.raises(Conflict):
        desk.casework.step(
            StepDraft(
                follow_up_id=opened.id,
                state=FollowUpState.CANCELLED,
                outcome="Batal.",
                seen_step_id=opened.last.id,
            ),
            analyst,
            answered,
        )
    done = desk.casework.step(
        StepDraft(
            follow_up_id=opened.id,
            state=FollowUpState.DONE,
            outcome="Kedua pihak sepakat.",
            seen_step_id=going.last.id,
        ),
        analyst,
        answered + timedelta(days=1),
    )
    assert done.responded_at == answered  # the first response stands
    assert [step.state.value for step in done.steps] == ["direncanakan", "berjalan", "selesai"]
    assert not done.is_open
    assert desk.casework.of(number, NOW).follow_ups == (done,)


def test_open_follow_ups_are_listed_by_time_limit_late_first_and_by_regency(
    desk: Desk, analyst: Account, two: tuple[int, int]
) -> None:
    clash, blockade = two
    soon, late = DUE, NOW + timedelta(hours=1)
    desk.casework.open_follow_up(replace(MEASURE, incident_id=clash, due_at=soon), analyst, NOW)
    second = desk.casework.open_follow_up(replace(MEASURE, incident_id=blockade, due_at=late), analyst, NOW)
    now = NOW + timedelta(hours=2)
    every = desk.casework.follow_ups(now)
    assert [one.follow_up.incident_id for one in every.lines] == [blockade, clash]
    assert (every.total, every.late) == (2, 1)
    here = desk.casework.follow_ups(now, office="62.02")
    assert [one.follow_up.incident_id for one in here.lines] == [clash]
    assert [one.follow_up.id for one in desk.casework.follow_ups(now, state="late").lines] == [second.id]
    assert desk.casework.follow_ups(now, state="closed").total == 0
    assert len(desk.casework.follow_ups(now, limit=1, offset=1).lines) == 1
    with pytest.raises(Invalid):
        desk.casework.follow_ups(now, state="apa")


def test_the_overview_has_what_is_due_within_72_hours_or_late(
    desk: Desk, analyst: Account, two: tuple[int, int]
) -> None:
    clash, blockade = two
    near = desk.casework.open_follow_up(replace(MEASURE, incident_id=clash), analyst, NOW)
    far = replace(MEASURE, incident_id=blockade, due_at=NOW + timedelta(hours=73))
    desk.casework.open_follow_up(far, analyst, NOW)
    due = desk.overview(NOW).due
    assert [one.follow_up.id for one in due.lines] == [near.id]
    assert (due.total, due.late) == (1, 0)
    assert desk.overview(NOW + timedelta(hours=50)).due.late == 1


def test_casework_goes_along_when_incidents_are_merged(
    desk: Desk, analyst: Account, two: tuple[int, int]
) -> None:
    stays, goes = two
    desk.casework.write_note(goes, "Catatan yang ikut pindah.", analyst, NOW)
    desk.casework.set_grade(replace(CONFIRMED, incident_id=goes), analyst, NOW)
    desk.casework.open_follow_up(replace(MEASURE, incident_id=goes), analyst, NOW)
    desk.merge(stays, goes, analyst, NOW)
    seen = desk.casework.of(stays, NOW)
    assert (len(seen.notes), seen.code, len(seen.follow_ups)) == (1, "B1", 1)
    assert desk.casework.of(goes, NOW) == seen
    (line,) = desk.casework.follow_ups(NOW).lines
    assert (line.follow_up.incident_id, line.place_code) == (
        stays,
        desk.incident(stays, NOW).incident.place_code,
    )
    with pytest.raises(Conflict):
        desk.casework.write_note(goes, "terlambat", analyst, NOW)
    (opened,) = seen.follow_ups
    step = StepDraft(
        follow_up_id=opened.id, state=FollowUpState.GOING, outcome="Rapat.", seen_step_id=opened.last.id
    )
    assert desk.casework.step(step, analyst, NOW).state is FollowUpState.GOING


def test_what_was_graded_or_is_followed_up_the_machine_merges_no_more(
    desk: Desk, store: Store, analyst: Account, two: tuple[int, int]
) -> None:
    with store.reading() as books:
        assert set(books.links.free(two)) == set(two)
    desk.casework.set_grade(replace(CONFIRMED, incident_id=two[0]), analyst, NOW)
    desk.casework.open_follow_up(replace(MEASURE, incident_id=two[1]), analyst, NOW)
    with store.reading() as books:
        assert books.links.free(two) == {}


def test_the_digest_and_the_urgent_message_read_grade_and_follow_up(
    desk: Desk, analyst: Account, two: tuple[int, int]
) -> None:
    number, _ = two
    desk.review(
        ReviewDraft(incident_id=number, decision=Decision.ACCEPT, severity=Severity.SIAGA), analyst, NOW
    )
    desk.casework.set_grade(replace(CONFIRMED, incident_id=number), analyst, NOW)
    desk.casework.open_follow_up(replace(MEASURE, incident_id=number), analyst, NOW)
    told = desk.digest(NOW - timedelta(days=1), NOW + timedelta(minutes=1), NOW)
    (line,) = [one for one in told.decide if one.incident.id == number]
    assert line.confirmation == "B1"
    assert "penanggung jawab Dinas Sosial" in line.text


def test_the_indicators_get_first_follow_up_first_response_and_first_confirmation(
    desk: Desk, store: Store, analyst: Account, two: tuple[int, int]
) -> None:
    number, other = two
    desk.casework.set_grade(GradeDraft(incident_id=number, letter="C", information=2), analyst, NOW)
    opened = desk.casework.open_follow_up(replace(MEASURE, incident_id=number), analyst, NOW)
    later = NOW + timedelta(hours=5)
    seen = desk.casework.of(number, NOW)
    draft = replace(CONFIRMED, incident_id=number, seen_grade_id=seen.grade_id)
    desk.casework.set_grade(draft, analyst, later)
    step = StepDraft(
        follow_up_id=opened.id, state=FollowUpState.GOING, responded=True, seen_step_id=opened.last.id
    )
    desk.casework.step(step, analyst, later)
    with store.reading() as books:
        facts = books.casework.facts([number, other])
    assert (facts[number].followed_up_at, facts[number].answered_at) == (NOW, later)
    assert facts[number].graded_at == later  # a 2 without an institution behind it is no confirmation
    assert (facts[other].followed_up_at, facts[other].answered_at, facts[other].graded_at) == (None,) * 3


def test_a_database_with_incidents_is_migrated_and_casework_works_on_it(
    desk: Desk, analyst: Account, two: tuple[int, int], database_url: str
) -> None:
    engine = sa.create_engine(database_url)
    with engine.begin() as connection:
        config = _alembic()
        config.attributes["connection"] = connection
        command.downgrade(config, "0009")
        assert not {"note", "grade", "follow_up", "follow_up_step"} & set(
            sa.inspect(connection).get_table_names()
        )
        command.upgrade(config, "head")
    engine.dispose()
    desk.casework.write_note(two[0], "Setelah pemutakhiran.", analyst, NOW)
    assert len(desk.casework.of(two[0], NOW).notes) == 1
