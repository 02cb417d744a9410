"""How often a source is asked and how well it is, learned from its answers and stored with them."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from screening_material import NOW, RECIPE, entry, failed, fetched, listing

from feeds import Failed, FailureKind, FeedSource, Fetched, NotModified, Standing
from screening import Desk, Source, SourceState
from screening.upkeep import Upkeep, after_failure, after_success, shared_part

BASE = 900
KNOWN = Source(id=1, url="https://satu.example/feed", name="satu", added_at=NOW, due_at=NOW, items=10)
FEED = FeedSource(key="1", url=KNOWN.url)


def unchanged(source: Source, *, fresh: int | None = None) -> NotModified:
    return NotModified(
        source=FeedSource(key=str(source.id), url=source.url), seconds=0.1, fresh_seconds=fresh
    )


def answered(status: int, *, retry: int | None = None) -> Failed:
    return Failed(
        source=FEED,
        kind=FailureKind.HTTP_ERROR,
        reason="Server bermasalah.",
        status=status,
        retry_after_seconds=retry,
    )


def good(shared: float | None, source: Source = KNOWN) -> Upkeep:
    outcome = unchanged(source)
    return after_success(source, outcome, shared=shared, base_seconds=BASE, reason="", now=NOW)


def bad(outcome: Failed, source: Source = KNOWN, now: datetime = NOW) -> Upkeep:
    return after_failure(source, outcome, base_seconds=BASE, now=now)


def test_a_busy_source_is_asked_more_often_and_a_quiet_one_less_within_bounds() -> None:
    assert [good(shared).interval_seconds for shared in (0.0, 0.5, 1.0, None)] == [450, 900, 1350, 900]
    busy = quiet = KNOWN
    for _ in range(9):
        busy = replace(busy, interval_seconds=good(0.0, busy).interval_seconds)
        quiet = replace(quiet, interval_seconds=good(1.0, quiet).interval_seconds)
    assert (busy.interval_seconds, quiet.interval_seconds) == (300, 1800)


def test_the_overlap_is_told_only_of_a_source_with_history() -> None:
    assert shared_part(replace(KNOWN, items=0), ["a"], []) is None
    assert shared_part(KNOWN, ["a", "b"], []) == 0.0
    assert shared_part(KNOWN, ["a", "b"], ["b"]) == 0.5
    assert shared_part(KNOWN, [], []) is None


def test_failing_is_retried_ever_less_often_and_rests_after_thirty_days() -> None:
    source, now, tries, calls = KNOWN, NOW, [NOW], []
    while True:
        upkeep = bad(answered(500), source, now)
        calls.append(upkeep.standing)
        if upkeep.rests:
            break
        source = replace(source, failures=source.failures + 1, failing_since=upkeep.failing_since)
        now = upkeep.due_at
        tries.append(now)
    gaps = [later - earlier for earlier, later in pairwise(tries)]
    assert gaps == sorted(gaps) and gaps[0] < timedelta(minutes=20) and gaps[-1] > timedelta(hours=20)
    assert timedelta(days=30) <= now - NOW <= timedelta(days=31)
    assert list(dict.fromkeys(calls)) == [Standing.AILING, Standing.DEAD, Standing.GIVEN_UP]
    assert "30 hari" in upkeep.reason and "Aktifkan" in upkeep.reason


def test_a_server_that_asks_for_patience_gets_it_and_is_no_patient() -> None:
    upkeep = bad(answered(429, retry=7200))
    assert timedelta(hours=2) <= upkeep.due_at - NOW <= timedelta(hours=2, minutes=12)
    hours = [(bad(answered(status), replace(KNOWN, failures=9)).due_at - NOW) for status in (503, 500)]
    assert hours[0] <= timedelta(minutes=66) < hours[1]


def test_gone_rests_at_once_and_says_why() -> None:
    upkeep = bad(answered(410))
    assert upkeep.rests and upkeep.standing is Standing.GIVEN_UP and "410" in upkeep.reason
    assert not bad(answered(404)).rests


# --- stored ------------------------------------------------------------------------------------------


@pytest.fixture
def source(desk: Desk) -> Source:
    return desk.add_source(listing("satu"), NOW)


def document(source: Source, *numbers: int, ttl: int | None = None, period: int | None = None) -> Fetched:
    entries = [
        entry(f"r{n}", f"{RECIPE[0]} bagian {n} {'abcdefgh'[n % 8]}", f"{RECIPE[1]} {n}") for n in numbers
    ]
    found = fetched(source, *entries)
    return replace(found, parsed=replace(found.parsed, ttl_seconds=ttl, update_seconds=period))


def minutes(desk: Desk, source: Source, now: datetime) -> float:
    return (desk.source(source.id).due_at - now).total_seconds() / 60


def test_the_interval_is_learned_from_what_was_stored_and_kept_with_it(desk: Desk, source: Source) -> None:
    desk.take(document(source, *range(6)), NOW)
    assert desk.source(source.id).interval_seconds == BASE, "a first document tells nothing of the pace"
    desk.take(document(source, *range(6, 12)), NOW + timedelta(hours=1))
    assert desk.source(source.id).interval_seconds == 450
    desk.take(unchanged(source), NOW + timedelta(hours=2))
    after = desk.source(source.id)
    assert after.interval_seconds == 675
    assert 0.9 * 675 / 60 <= minutes(desk, source, NOW + timedelta(hours=2)) <= 1.1 * 675 / 60


def test_what_a_document_asks_is_honoured_clamped_and_still_counts_after_a_304(
    desk: Desk, source: Source
) -> None:
    desk.take(document(source, 1, ttl=7200), NOW)
    assert 120 <= minutes(desk, source, NOW) <= 132
    desk.take(unchanged(source), NOW)
    assert 120 <= minutes(desk, source, NOW) <= 132
    desk.take(document(source, 2, period=86_400), NOW)
    assert 30 <= minutes(desk, source, NOW) <= 33
    desk.take(document(source, 3, ttl=10**9), NOW)
    assert 360 <= minutes(desk, source, NOW) <= 396
    desk.take(unchanged(source, fresh=10**9), NOW)
    assert minutes(desk, source, NOW) <= 396


def test_thirty_days_of_failing_pause_a_source_and_a_person_or_an_answer_wakes_it(
    desk: Desk, source: Source
) -> None:
    desk.take(document(source, 1), NOW)
    for day in range(31):
        desk.take(failed(source), NOW + timedelta(days=day))
    after = desk.source(source.id)
    assert (after.state, after.standing) == (SourceState.PAUSED, Standing.GIVEN_UP)
    assert after.failing_since == NOW and "Dijeda setelah 30 hari" in after.last_reason
    later = NOW + timedelta(days=40)
    assert desk.collect(later, due_only=True).sources == 0
    digest = desk.digest(later - timedelta(days=1), later, later)
    assert (digest.coverage.sources, digest.coverage.failing) == (1, ("satu",)), "a hole stays in the report"
    awake = desk.pause_source(source.id, False, later)
    assert (awake.state, awake.failures, awake.standing) == (SourceState.FAILING, 1, Standing.AILING)
    desk.take(failed(source), later)
    assert desk.source(source.id).state is SourceState.FAILING, "thirty days more"
    desk.take(document(source, 2), later)
    well = desk.source(source.id)
    assert (well.state, well.standing, well.failing_since) == (SourceState.OK, Standing.WELL, None)


def test_what_a_person_paused_stays_paused_whatever_a_check_brings(desk: Desk, source: Source) -> None:
    desk.pause_source(source.id, True, NOW)
    desk.take(document(source, 1), NOW)
    assert desk.source(source.id).state is SourceState.PAUSED


def test_a_source_that_is_gone_is_paused_with_words_and_comes_back_with_its_next_answer(
    desk: Desk, source: Source
) -> None:
    gone = replace(answered(410), source=FeedSource(key=str(source.id), url=source.url))
    line = desk.take(gone, NOW)
    after = desk.source(source.id)
    assert after.state is SourceState.PAUSED and after.at_rest and "410" in line.reason == after.last_reason
    desk.take(document(source, 1), NOW + timedelta(days=1))
    assert desk.source(source.id).state is SourceState.OK
