"""When a source is next due."""

from __future__ import annotations

from datetime import timedelta

import pytest
from feeds_ground import NOW
from hypothesis import given, settings
from hypothesis import strategies as st

from feeds import Failed, FailureKind, FeedSource, NotModified, next_due

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
