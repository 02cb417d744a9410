"""What an answer makes of its source: how often it is asked, how ill it is called, whether it rests. Pure.

The interval follows Media Cloud's overlap rule between a third of and twice the interval of the settings:
asking in vain costs a 304, and an early warning must not hear of anything later than that.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from feeds import (
    Failed,
    Fetched,
    NotModified,
    Standing,
    adapted_interval,
    asked_wait,
    next_due,
    overlap,
    standing,
)
from screening.records import Source

_FASTEST, _SLOWEST = 1 / 3, 2.0
_GONE = 410


@dataclass(frozen=True, slots=True, kw_only=True)
class Upkeep:
    """How a source goes on; `reason` in words. `rests` when the machine asks no more until a person does."""

    due_at: datetime
    interval_seconds: int
    asked_seconds: int
    standing: Standing
    failing_since: datetime | None
    reason: str
    rests: bool = False


def shared_part(source: Source, keys: Collection[str], known: Collection[str]) -> float | None:
    """The share of a document's entries that was stored before; None for the first document of a source."""
    if not source.items:
        return None
    return overlap(known, keys) if known else 0.0 if keys else None


def after_success(
    source: Source,
    outcome: Fetched | NotModified,
    *,
    shared: float | None,
    base_seconds: int,
    reason: str,
    now: datetime,
) -> Upkeep:
    """After a document or a 304 (nothing in it is new: `shared` is 1)."""
    interval = _interval(source, shared, base_seconds)
    # A 304 says nothing of the TTL: that of the document it stands for still counts.
    asked = asked_wait(outcome.parsed) if isinstance(outcome, Fetched) else source.asked_seconds
    due = next_due(now, outcome=outcome, interval_seconds=interval, failures=0, ttl_seconds=asked)
    return Upkeep(
        due_at=due,
        interval_seconds=round(interval),
        asked_seconds=asked,
        standing=Standing.WELL,
        failing_since=None,
        reason=reason,
    )


def after_failure(source: Source, outcome: Failed, *, base_seconds: int, now: datetime) -> Upkeep:
    """After a failure: retried ever less often, given up after 30 days; 410 Gone rests at once."""
    failures, since = source.failures + 1, source.failing_since or now
    interval = _interval(source, None, base_seconds)
    due = next_due(now, outcome=outcome, interval_seconds=interval, failures=failures)
    called = standing(outcome, failures=failures, failing_since=since, now=now)
    reason = outcome.reason
    if outcome.status == _GONE:
        called = Standing.GIVEN_UP
        reason = f"{reason} Dijeda: jawaban 410 berarti umpan ini dihapus sumbernya; cari alamat barunya."
    elif called is Standing.GIVEN_UP:
        reason = f"{reason} Dijeda setelah {(now - since).days} hari gagal; Aktifkan untuk mencoba lagi."
    return Upkeep(
        due_at=due,
        interval_seconds=round(interval),
        asked_seconds=source.asked_seconds,
        standing=called,
        failing_since=since,
        reason=reason,
        rests=called is Standing.GIVEN_UP,
    )


def _interval(source: Source, shared: float | None, base_seconds: int) -> float:
    return adapted_interval(
        float(source.interval_seconds or base_seconds),
        shared,
        shortest_seconds=base_seconds * _FASTEST,
        longest_seconds=base_seconds * _SLOWEST,
    )
