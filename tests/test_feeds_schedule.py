"""When a source is next due."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

import pytest
from feeds_ground import NOW
from hypothesis import given, settings
from hypothesis import strategies as st

from feeds import (
    Failed,
    FailureKind,
    FailureWeight,
    FeedSource,
    NotModified,
    Standing,
    adapted_interval,
    failure_weight,
    next_due,
    overlap,
    standing,
)

SOURCE = FeedSource(key="kabar", url="https://uji.example/")
FINE = NotModified(source=SOURCE, seconds=0.1)


def failed(
    kind: FailureKind = FailureKind.TIMEOUT, *, status: int | None = None, retry: int | None = None
) -> Failed:
    return Failed(source=SOURCE, kind=kind, reason="x", status=status, retry_after_seconds=retry)


def minutes(
    outcome: Failed | NotModified, failures: int = 0, ttl: int | None = None, every: float = 900
) -> float:
    due = next_due(NOW, outcome=outcome, interval_seconds=every, failures=failures, ttl_seconds=ttl)
    return (due - NOW).total_seconds() / 60


def test_an_unchanged_source_waits_its_interval_within_a_tenth() -> None:
    assert 13.5 <= minutes(FINE) <= 16.5


def test_failures_double_the_wait_up_to_a_day() -> None:
    waits = [minutes(failed(), failures=n) for n in range(1, 12)]
    assert waits == sorted(waits)
    assert waits[1] == pytest.approx(2 * waits[0])
    assert waits[3] == pytest.approx(8 * waits[0])
    assert 0.9 * 24 * 60 <= waits[-1] <= 24 * 60


def test_retry_after_is_honoured_and_never_past_a_day() -> None:
    assert 120 <= minutes(failed(status=429, retry=7200), failures=1) <= 132
    assert minutes(failed(status=429, retry=86400), failures=1) == 24 * 60
    assert minutes(failed(status=429, retry=60), failures=1) >= 13.5


def test_a_long_ttl_is_kept_to_six_hours_and_a_zero_one_changes_nothing() -> None:
    assert 60 <= minutes(FINE, ttl=3600) <= 66
    assert 360 <= minutes(FINE, ttl=10**9) <= 396
    assert minutes(FINE, ttl=0) == minutes(FINE)


@pytest.mark.parametrize("outcome", [failed(status=404), failed(status=410), failed(FailureKind.REFUSED)])
def test_what_will_not_heal_soon_waits_an_hour_from_the_first(outcome: Failed) -> None:
    assert 54 <= minutes(outcome, failures=1) <= 66


def test_sources_registered_together_come_due_apart_and_always_at_the_same_lean() -> None:
    dues = {
        next_due(NOW, outcome=NotModified(source=FeedSource(key=str(n), url=""), seconds=0), failures=0)
        for n in range(100)
    }
    assert len(dues) > 90
    assert minutes(FINE) == minutes(FINE)


@settings(max_examples=200, deadline=None)
@given(
    st.floats(0, 10**9), st.integers(0, 10**6), st.none() | st.integers(-(10**12), 10**12), st.booleans(),
    st.none() | st.integers(60, 86400),
)  # fmt: skip
def test_the_next_time_lies_between_five_minutes_and_a_day(
    every: float, failures: int, ttl: int | None, broken: bool, retry: int | None
) -> None:
    outcome = failed(retry=retry) if broken else FINE
    due = next_due(NOW, outcome=outcome, interval_seconds=every, failures=failures, ttl_seconds=ttl)
    assert timedelta(minutes=5) <= due - NOW <= timedelta(hours=24)


def test_cache_control_is_kept_to_an_hour_and_a_longer_ttl_wins() -> None:
    assert 30 <= minutes(replace(FINE, fresh_seconds=1800)) <= 33
    assert 60 <= minutes(replace(FINE, fresh_seconds=365 * 86400)) <= 66
    assert minutes(replace(FINE, fresh_seconds=0)) == minutes(FINE)
    assert 120 <= minutes(replace(FINE, fresh_seconds=1800), ttl=7200) <= 132


def test_a_server_that_asks_for_patience_is_asked_again_within_the_hour() -> None:
    assert minutes(failed(status=503), failures=9) <= 66
    assert minutes(failed(status=500), failures=9) > 12 * 60


@pytest.mark.parametrize(
    ("outcome", "weight"),
    [
        (failed(status=429), FailureWeight.TEMPORARY),
        (failed(status=503), FailureWeight.TEMPORARY),
        (failed(status=403, retry=600), FailureWeight.TEMPORARY),
        (failed(FailureKind.TIMEOUT), FailureWeight.SOFT),
        (failed(FailureKind.NET_ERROR), FailureWeight.SOFT),
        (failed(FailureKind.HTTP_ERROR, status=500), FailureWeight.SOFT),
        (failed(FailureKind.NOT_A_FEED, status=200), FailureWeight.SOFT),
        (failed(FailureKind.HTTP_ERROR, status=404), FailureWeight.HARD),
        (failed(FailureKind.HTTP_ERROR, status=410), FailureWeight.HARD),
        (failed(FailureKind.REFUSED), FailureWeight.HARD),
    ],
)
def test_a_failure_is_weighed_by_what_it_says_of_the_source(outcome: Failed, weight: FailureWeight) -> None:
    assert failure_weight(outcome) is weight


@pytest.mark.parametrize(
    ("outcome", "failures", "days", "called"),
    [
        (FINE, 0, 40, Standing.WELL),
        (failed(), 1, 0, Standing.AILING),
        (failed(status=404), 9, 1.9, Standing.AILING),
        (failed(status=404), 9, 2, Standing.DEAD),
        (failed(), 50, 6.9, Standing.AILING),
        (failed(), 50, 7, Standing.DEAD),
        (failed(), 50, 29.9, Standing.DEAD),
        (failed(), 50, 30, Standing.GIVEN_UP),
        (failed(status=404), 2, 60, Standing.AILING),
    ],
)
def test_a_source_is_called_dead_late_and_given_up_after_thirty_days(
    outcome: Failed | NotModified, failures: int, days: float, called: Standing
) -> None:
    since = NOW - timedelta(days=days)
    assert standing(outcome, failures=failures, failing_since=since, now=NOW) is called


def test_a_dead_source_is_asked_each_day_for_thirty_days_and_then_no_more() -> None:
    now, failures, asked_dead = NOW, 0, []
    while True:
        failures += 1
        called = standing(failed(status=404), failures=failures, failing_since=NOW, now=now)
        if called is Standing.GIVEN_UP:
            break
        if called is Standing.DEAD:
            asked_dead.append(now)
        now = next_due(now, outcome=failed(status=404), failures=failures)
    assert timedelta(days=30) <= now - NOW <= timedelta(days=31)
    gaps = [b - a for a, b in pairwise(asked_dead)]
    assert len(gaps) >= 25
    assert all(timedelta(hours=12) <= gap <= timedelta(hours=24) for gap in gaps)


def test_the_overlap_of_two_polls_is_the_share_of_the_later_that_was_known() -> None:
    assert overlap(["a", "b"], ["b", "c"]) == 0.5
    assert overlap(["a"], ["a", "b", "c", "d"]) == 0.25
    assert overlap([], ["a"]) is None
    assert overlap(["a"], []) is None


def test_between_a_third_and_two_thirds_the_interval_stays() -> None:
    for shared in (None, 0.33, 0.5, 0.67):
        assert adapted_interval(1800, shared) == 1800


def test_all_new_halves_the_interval_and_nothing_new_lengthens_it_by_half() -> None:
    assert adapted_interval(1800, 0.0) == 900
    assert adapted_interval(1800, 1.0) == 2700
    assert adapted_interval(400, 0.0) == 300
    assert adapted_interval(80_000, 1.0) == 86_400
    assert adapted_interval(3000, 1.0, longest_seconds=3600) == 3600


@pytest.mark.parametrize("per_hour", [0.5, 3.0, 20.0, 100.0])
def test_a_steady_feed_of_twenty_settles_in_the_band_or_at_a_bound(per_hour: float) -> None:
    seconds = 900.0
    for _ in range(60):
        new = min(per_hour * seconds / 3600, 20.0)
        seconds = adapted_interval(seconds, 1 - new / 20)
    share = 1 - min(per_hour * seconds / 3600, 20.0) / 20
    assert 0.33 <= share <= 0.67 or seconds in (300.0, 86_400.0)


@given(st.floats(0, 10**9), st.none() | st.floats(0, 1), st.floats(-10, 10**6), st.floats(-10, 10**6))
def test_an_interval_lies_between_five_minutes_and_a_day(
    every: float, shared: float | None, least: float, most: float
) -> None:
    found = adapted_interval(every, shared, shortest_seconds=min(least, 86_400), longest_seconds=most)
    assert 300 <= found <= 86_400
