"""Who has an incident in hand, decisions undone, many at once, words, topics, views; on both databases."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
import sqlalchemy as sa
from screening_material import BLOCKADE, CLASH, NOW, entry, fetched, listing

from screening import (
    Account,
    Conflict,
    Decision,
    Desk,
    HoldingEnd,
    Invalid,
    NotFound,
    Outcome,
    PostKind,
    PostState,
    QueueFilter,
    Refused,
    RejectReason,
    ReviewDraft,
    Role,
    Severity,
    Store,
)
from screening.schema import review, wording
from screening.watching import HISTORY, check_topic, plain_words
from screening.watching import wording as worded

SOON = NOW + timedelta(minutes=5)


@pytest.fixture
def people(desk: Desk) -> dict[str, Account]:
    names = {"satu": Role.ANALYST, "dua": Role.ANALYST, "atasan": Role.SUPERVISOR}
    return {name: desk.create_account(name, role, "x", NOW) for name, role in names.items()}


@pytest.fixture
def clash(desk: Desk) -> int:
    return told(desk, "bentrok", *CLASH)


def told(desk: Desk, key: str, title: str, text: str, *, tier: str = "") -> int:
    """The incident that one report opens."""
    source = desk.add_source(listing(key, tier=tier), NOW)
    desk.take(fetched(source, entry(key, title, text)), NOW)
    return max(line.incident.id for line in desk.queue(QueueFilter(), NOW).lines)


def decide(desk: Desk, number: int, account: Account, *, at: float = 0, **more: object) -> int:
    """The id of the review that now stands, decided on what stands now."""
    moment = NOW + timedelta(minutes=at)
    seen = desk.incident(number, moment).incident.review_id
    values = {"decision": Decision.ACCEPT, "seen_review_id": seen} | more
    after = desk.review(ReviewDraft(incident_id=number, **values), account, moment)  # type: ignore[arg-type]
    assert after.review_id is not None
    return after.review_id


# --- in whose hands


def test_a_claim_is_seen_by_all_and_lasts_half_an_hour(
    desk: Desk, people: dict[str, Account], clash: int
) -> None:
    made = desk.holdings.claim(clash, people["satu"], NOW)
    assert made.until == NOW + timedelta(minutes=30)
    (line,) = desk.queue(QueueFilter(), NOW).lines
    assert line.holding == made
    assert desk.holdings.of([clash], made.until - timedelta(seconds=1)) == {clash: made}
    assert desk.holdings.of([clash], made.until) == {}
    (past,) = desk.incident(clash, made.until).holdings
    assert (past.why, past.ended_at) == (HoldingEnd.EXPIRED, made.until)


def test_claiming_again_renews_and_a_colleague_waits_or_takes_over(
    desk: Desk, people: dict[str, Account], clash: int
) -> None:
    desk.holdings.claim(clash, people["satu"], NOW)
    assert desk.holdings.claim(clash, people["satu"], SOON).since == NOW
    with pytest.raises(Conflict, match="sedang ditangani satu"):
        desk.holdings.claim(clash, people["dua"], SOON)
    with pytest.raises(Conflict, match="bukan Anda"):
        desk.holdings.release(clash, people["dua"], SOON)
    assert desk.holdings.take_over(clash, people["dua"], SOON).account == "dua"
    now, before = desk.incident(clash, SOON).holdings
    assert (before.account, before.why, before.ended_at) == ("satu", HoldingEnd.TAKEN_OVER, SOON)
    assert now.why is None
    desk.holdings.release(clash, people["dua"], SOON)
    assert desk.holdings.of([clash], SOON) == {}
    with pytest.raises(Conflict, match="siapa pun"):
        desk.holdings.release(clash, people["dua"], SOON)


def test_whose_time_ran_out_is_written_so_when_the_next_one_claims(
    desk: Desk, people: dict[str, Account], clash: int
) -> None:
    desk.holdings.claim(clash, people["satu"], NOW)
    later = NOW + timedelta(hours=1)
    desk.holdings.claim(clash, people["dua"], later)
    now, before = desk.incident(clash, later).holdings
    assert (before.why, before.ended_at) == (HoldingEnd.EXPIRED, NOW + timedelta(minutes=30))
    assert now.account == "dua"


def test_anybody_may_decide_and_a_decision_ends_the_claim(
    desk: Desk, people: dict[str, Account], clash: int
) -> None:
    desk.holdings.claim(clash, people["satu"], NOW)
    decide(desk, clash, people["dua"])
    (held,) = desk.incident(clash, NOW).holdings
    assert held.why is HoldingEnd.DECIDED


def test_two_who_claim_at_once_are_one_holder(desk: Desk, people: dict[str, Account], clash: int) -> None:
    gate, outcomes = threading.Barrier(2), []

    def claim(name: str) -> None:
        gate.wait()
        try:
            outcomes.append(desk.holdings.claim(clash, people[name], NOW).account)
        except Conflict:
            outcomes.append("")

    racers = [threading.Thread(target=claim, args=(name,)) for name in ("satu", "dua")]
    for one in racers:
        one.start()
    for one in racers:
        one.join()
    assert sorted(outcomes)[0] == "" and len(set(outcomes)) == 2
    assert len(desk.incident(clash, NOW).holdings) == 1


def test_there_is_no_claim_on_what_is_not_there_or_was_merged(desk: Desk, people: dict[str, Account]) -> None:
    first, second = told(desk, "a", *CLASH), told(desk, "b", *BLOCKADE)
    desk.holdings.claim(second, people["satu"], NOW)
    desk.merge(first, second, people["satu"], NOW)
    assert desk.holdings.of([second], NOW) == {}
    with pytest.raises(NotFound):
        desk.holdings.claim(99, people["satu"], NOW)
    with pytest.raises(Conflict, match="digabung"):
        desk.holdings.claim(second, people["satu"], NOW)


# --- taken back


def test_an_undone_decision_leaves_the_incident_as_it_was(
    desk: Desk, people: dict[str, Account], clash: int
) -> None:
    before = desk.incident(clash, SOON).incident
    number = decide(desk, clash, people["satu"], severity=Severity.WASPADA, issue="P1", place_code="62.07")
    assert desk.incident(clash, SOON).incident != before
    desk.decisions.undo(number, people["satu"], SOON)
    view = desk.incident(clash, SOON)
    assert view.incident == before
    assert [one.incident.id for one in desk.queue(QueueFilter(), SOON).lines] == [clash]
    (kept,) = view.reviews
    assert (kept.id, kept.retracted_by, kept.retracted_at) == (number, "satu", SOON)


def test_the_decision_before_stands_again(desk: Desk, people: dict[str, Account], clash: int) -> None:
    first = decide(desk, clash, people["satu"], severity=Severity.WASPADA)
    stood = desk.incident(clash, SOON).incident
    second = decide(
        desk, clash, people["dua"], at=1, decision=Decision.REJECT, reason=RejectReason.NOT_AN_ISSUE
    )
    desk.decisions.undo(second, people["dua"], SOON)
    after = desk.incident(clash, SOON).incident
    assert after == stood
    assert (after.review_id, after.reviewed_by, after.reviewed_at) == (first, "satu", NOW)


def test_only_the_newest_decision_that_stands_can_be_undone_and_once(
    desk: Desk, people: dict[str, Account], clash: int
) -> None:
    first = decide(desk, clash, people["satu"])
    second = decide(desk, clash, people["satu"], at=1, decision=Decision.UNSURE)
    with pytest.raises(Conflict, match="diputuskan lagi"):
        desk.decisions.undo(first, people["satu"], SOON)
    desk.decisions.undo(second, people["satu"], SOON)
    with pytest.raises(Conflict, match="sudah dibatalkan"):
        desk.decisions.undo(second, people["satu"], SOON)
    with pytest.raises(NotFound):
        desk.decisions.undo(second + 10, people["satu"], SOON)


def test_one_undoes_ones_own_for_a_quarter_of_an_hour_and_those_above_always(
    desk: Desk, people: dict[str, Account], clash: int
) -> None:
    number = decide(desk, clash, people["satu"])
    with pytest.raises(Refused, match="pengambil putusan"):
        desk.decisions.undo(number, people["dua"], SOON)
    late = NOW + timedelta(minutes=15, seconds=1)
    with pytest.raises(Refused, match="15 menit"):
        desk.decisions.undo(number, people["satu"], late)
    assert desk.decisions.undoable(people["satu"], late - timedelta(seconds=2)) is not None
    assert desk.decisions.undoable(people["satu"], late) is None
    assert desk.decisions.undoable(people["dua"], SOON) is None
    assert desk.decisions.undo(number, people["atasan"], late + timedelta(days=2)).decision is None


def test_reports_that_came_meanwhile_stay_when_a_decision_is_undone(
    desk: Desk, people: dict[str, Account], clash: int
) -> None:
    number = decide(desk, clash, people["satu"])
    source = desk.add_source(listing("kedua"), NOW)
    desk.take(fetched(source, entry("ulang", *CLASH, hours=0.5)), SOON)
    after = desk.decisions.undo(number, people["satu"], SOON)
    assert (after.reports, after.decision) == (2, None)


def test_digest_and_indicators_follow_an_undone_decision(
    desk: Desk, people: dict[str, Account], clash: int
) -> None:
    from screening import Period

    window = (NOW - timedelta(hours=12), NOW + timedelta(hours=1))
    day = Period(first=NOW.date(), last=NOW.date())

    def seen() -> tuple[object, object]:
        later = NOW + timedelta(minutes=30)
        digest, measured = desk.digest(*window, later), desk.indicators("62", day, later)
        return digest.rejected, [figure for one in measured.measures for figure in one.figures]

    before = seen()
    number = decide(
        desk, clash, people["satu"], at=1, decision=Decision.REJECT, reason=RejectReason.FALSE_REPORT
    )
    assert seen() != before
    desk.decisions.undo(number, people["satu"], SOON)
    assert seen() == before


def test_an_urgent_message_dropped_for_a_rejection_is_owed_again_when_that_is_undone(
    desk: Desk, people: dict[str, Account]
) -> None:
    desk.add_recipient("62", "jaga@contoh.example", list(PostKind), NOW)
    clash = told(desk, "gawat", *CLASH)
    decide(desk, clash, people["satu"], severity=Severity.DARURAT)
    number = decide(
        desk, clash, people["satu"], at=1, decision=Decision.REJECT, reason=RejectReason.FALSE_REPORT
    )
    owed = [one for one in desk.dispatches(NOW - HISTORY, SOON) if one.kind is PostKind.URGENT]
    assert owed
    for one in owed:
        assert desk.urgent_words(one, SOON) == ""
        desk.drop_dispatch(one, "Ditolak.")
    desk.decisions.undo(number, people["satu"], SOON)
    states = {one.state for one in desk.dispatches(NOW - HISTORY, SOON) if one.kind is PostKind.URGENT}
    assert PostState.WAITING in states


# --- sent again, and many at once


def test_the_same_decision_sent_again_counts_as_done_and_is_kept_once(
    desk: Desk, people: dict[str, Account], clash: int
) -> None:
    draft = ReviewDraft(incident_id=clash, decision=Decision.ACCEPT, note="dicek")
    first = desk.review(draft, people["satu"], NOW)
    again = desk.review(draft, people["satu"], SOON)
    assert again.review_id == first.review_id
    assert len(desk.incident(clash, SOON).reviews) == 1
    with pytest.raises(Conflict):
        desk.review(draft, people["dua"], SOON)
    other = ReviewDraft(incident_id=clash, decision=Decision.ACCEPT, note="lain")
    with pytest.raises(Conflict):
        desk.review(other, people["satu"], SOON)


def test_of_many_decisions_each_stands_for_itself(desk: Desk, people: dict[str, Account]) -> None:
    first, second = told(desk, "a", *CLASH), told(desk, "b", *BLOCKADE)
    decide(desk, second, people["dua"])
    drafts = [ReviewDraft(incident_id=number, decision=Decision.UNSURE) for number in (first, second, 999)]
    done, late, missing = desk.decisions.many(drafts, people["satu"], SOON)
    assert (done.outcome, done.review_id) == (
        Outcome.DONE,
        desk.incident(first, SOON).incident.review_id,
    )
    assert (late.outcome, missing.outcome) == (Outcome.CONFLICT, Outcome.MISSING)
    assert "dua" in late.detail and late.title
    with pytest.raises(Invalid, match="dua kali"):
        desk.decisions.many([drafts[0], drafts[0]], people["satu"], SOON)
    with pytest.raises(Invalid):
        desk.decisions.many([], people["satu"], SOON)


# --- words, topics, views


def test_words_are_found_whole_masked_and_by_phrase(desk: Desk, people: dict[str, Account]) -> None:
    clash, blockade = told(desk, "a", *CLASH), told(desk, "b", *BLOCKADE)

    def found(words: str) -> set[int]:
        return {line.incident.id for line in desk.queue(QueueFilter(words=words), NOW).lines}

    assert found("bentrok") == {clash}
    assert found("PEMUDA bentrok") == {clash}
    assert found("bentr") == set()
    assert found("plasma") == {blockade}
    assert found("100% _") == set()
    with pytest.raises(Invalid, match="Nama orang"):
        found("budi santoso")


@pytest.mark.parametrize(
    "title", ["alert(4)", "banjir(12)", "jilid(3) tambang", "blokade (tahap 2)", "pasal 4(2)", "UU 9/1998"]
)
def test_a_number_in_brackets_that_is_no_age_makes_no_name(title: str) -> None:
    assert check_topic(title, title)[0] == title


@pytest.mark.parametrize(
    "title", ["Budi (34)", "budi (34)", "budi(34)", "Budi(34)", "Jonlis (34)", "jonlis (34)", "BS (34)"]
)
def test_a_name_with_its_age_is_still_refused(title: str) -> None:
    with pytest.raises(Invalid, match="Nama orang"):
        check_topic("Pantauan", title)


def test_filters_by_course_tier_and_hands(desk: Desk, people: dict[str, Account]) -> None:
    clash, blockade = told(desk, "a", *CLASH, tier="A"), told(desk, "b", *BLOCKADE, tier="B")
    desk.holdings.claim(clash, people["satu"], NOW)

    def found(**more: object) -> set[int]:
        flt = QueueFilter(account_id=people["satu"].id, **more)  # type: ignore[arg-type]
        page = desk.queue(flt, NOW)
        assert page.total == len(page.lines)
        return {line.incident.id for line in page.lines}

    assert found(tier="A") == {clash}
    assert found(held="mine") == {clash}
    assert found(held="free") == {blockade}
    assert desk.pulses.tiers() == ["A", "B"]


def test_a_topic_is_tried_on_history_marks_lines_and_filters(desk: Desk, people: dict[str, Account]) -> None:
    clash, _ = told(desk, "a", *CLASH), told(desk, "b", *BLOCKADE)
    trial = desk.topics.trial("Pemuda", "kelompok pemuda\nbentrok", NOW)
    assert (trial.count, trial.of, [one.id for one in trial.newest]) == (1, 2, [clash])
    assert not trial.too_many
    added = desk.topics.add("Pemuda", "kelompok pemuda, bentrok", people["satu"], NOW)
    marks = {line.incident.id: line.topics for line in desk.queue(QueueFilter(), NOW).lines}
    assert marks[clash] == ("Pemuda",)
    assert [line.incident.id for line in desk.queue(QueueFilter(topic_id=added.id), NOW).lines] == [clash]
    assert desk.topics.trial("Nanti", "bentrok", NOW + timedelta(days=31)).of == 0
    with pytest.raises(Conflict):
        desk.topics.add("Pemuda", "bentrok", people["satu"], NOW)
    desk.topics.remove(added.id, people["satu"], NOW)
    assert desk.topics.all() == ()
    with pytest.raises(NotFound):
        desk.queue(QueueFilter(topic_id=added.id), NOW)


@pytest.mark.parametrize(
    "words", ["Budi Santoso", "budi santoso", "pupuk\nBudi Santoso", "", " , ", "a", "x" * 200]
)
def test_no_person_and_nothing_empty_can_be_watched(
    desk: Desk, people: dict[str, Account], words: str
) -> None:
    with pytest.raises(Invalid):
        desk.topics.add("Topik", words, people["satu"], NOW)


def test_what_matches_a_fifth_of_all_is_too_much() -> None:
    from screening.watching import too_many

    assert too_many(21, 100)
    assert not too_many(20, 21)
    assert not too_many(21, 106)


def test_saved_views_are_an_accounts_own(desk: Desk, people: dict[str, Account]) -> None:
    satu, dua = people["satu"], people["dua"]
    desk.views.keep("Siaga", "tingkat=3", satu, NOW)
    desk.views.keep("Siaga", "tingkat=4", satu, NOW)
    (view,) = desk.views.of(satu)
    assert view.query == "tingkat=4"
    assert desk.views.of(dua) == ()
    with pytest.raises(NotFound):
        desk.views.remove(view.id, dua, NOW)
    for number in range(11):
        desk.views.keep(f"Lagi {number}", "", satu, NOW)
    with pytest.raises(Invalid, match="Paling banyak"):
        desk.views.keep("Terlalu", "", satu, NOW)
    desk.views.remove(view.id, satu, NOW)
    assert len(desk.views.of(satu)) == 11


def test_a_phrase_is_not_found_across_two_sentences_nor_a_masked_name() -> None:
    words = worded("Warga portal jalan", ["Truk tertahan", "Kata Budi Santoso, jalan ditutup"])
    assert " portal jalan " in words
    assert " jalan truk " not in words
    assert "budi" not in words and " nama " not in words
    assert plain_words("Ke-2 _x_ É") == " ke 2 x é "


def test_an_older_database_gets_the_words_of_its_incidents(
    desk: Desk, store: Store, people: dict[str, Account]
) -> None:
    from screening.store_wording import write_all

    told(desk, "a", *CLASH)
    told(desk, "b", *BLOCKADE)
    with store.writing() as books:
        connection = books.wordings._db
        before = connection.execute(sa.select(wording).order_by(wording.c.incident_id)).all()
        connection.execute(wording.delete())
        assert write_all(connection) == 2
        after = connection.execute(sa.select(wording).order_by(wording.c.incident_id)).all()
    assert after == before


# --- the pulse


def test_the_pulse_tells_what_came_and_how_shown_lines_stand(desk: Desk, people: dict[str, Account]) -> None:
    clash = told(desk, "a", *CLASH)
    quiet = desk.pulses.at(QueueFilter(), NOW, [clash], NOW)
    assert quiet.arrived == 0
    source = desk.add_source(listing("b"), NOW)
    desk.take(fetched(source, entry("b", *BLOCKADE)), SOON)
    desk.holdings.claim(clash, people["dua"], SOON)
    number = decide(desk, clash, people["satu"], at=6)
    desk.holdings.claim(clash, people["dua"], NOW + timedelta(minutes=7))
    pulse = desk.pulses.at(QueueFilter(), NOW, [clash, 999], NOW + timedelta(minutes=8))
    assert pulse.arrived == 1
    (line,) = pulse.lines
    assert (line.is_open, line.decision, line.review_id, line.reviewed_by) == (
        False,
        Decision.ACCEPT,
        number,
        "satu",
    )
    assert line.holding is not None and line.holding.account == "dua"
    assert sum(count for _, count in pulse.counts) == 1


def test_reviews_are_only_added_to(desk: Desk, store: Store, people: dict[str, Account], clash: int) -> None:
    number = decide(desk, clash, people["satu"])
    with store.reading() as books:
        before = books.incidents._db.execute(sa.select(review)).all()
    desk.decisions.undo(number, people["satu"], SOON)
    with store.reading() as books:
        assert books.incidents._db.execute(sa.select(review)).all() == before
