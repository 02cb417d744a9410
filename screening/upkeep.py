"""What an answer makes of its source: how often it is asked, how ill it is called, whether it rests. Pure.

The interval follows Media Cloud's overlap rule between a third of and twice the interval of the settings:
asking in vain costs a 304, and an early warning must not hear of anything later than that.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

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
from screening.records import Source, SourceState

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


def succeeded(
    before: Source,
    upkeep: Upkeep,
    *,
    now: datetime,
    new_items: int = 0,
    validators: tuple[str, str] | None = None,
    moved_to: str | None = None,
) -> Source:
    """The source after a good answer; `validators` (ETag, Last-Modified) only with a stored document.

    `moved_to` is where the answer came from by permanent redirects (empty: from the address asked), None
    when it does not tell; the address itself changes by a person's consent alone.
    """
    values: dict[str, Any] = {"last_success_at": now, "failures": 0, "items": before.items + new_items}
    # What the machine put to rest is awake again; what a person paused stays paused.
    if before.state is not SourceState.PAUSED or before.standing is Standing.GIVEN_UP:
        values["state"] = SourceState.OK
    if validators is not None:
        values["etag"], values["last_modified"] = map(_storable, validators)
    if moved_to is not None:
        values["moved_to"] = _storable(moved_to) if moved_to != before.url else ""
    return replace(before, **_kept(upkeep, now), **values)


def failed(before: Source, upkeep: Upkeep, *, now: datetime) -> Source:
    """The source after a failure."""
    state = before.state
    if upkeep.rests:
        state = SourceState.PAUSED
    elif before.state is SourceState.OK:
        state = SourceState.FAILING
    return replace(before, **_kept(upkeep, now), failures=before.failures + 1, state=state)


def _kept(upkeep: Upkeep, now: datetime) -> dict[str, Any]:
    return {
        "due_at": upkeep.due_at,
        "last_try_at": now,
        "last_reason": _storable(upkeep.reason),
        "interval_seconds": upkeep.interval_seconds,
        "asked_seconds": upkeep.asked_seconds,
        "standing": upkeep.standing,
        "failing_since": upkeep.failing_since,
    }


def _storable(text: str) -> str:
    # As the store will hold it: a server chooses its headers, and not all of that is text.
    return text.replace("\x00", "\ufffd").encode("utf-8", "replace").decode("utf-8")


def _interval(source: Source, shared: float | None, base_seconds: int) -> float:
    return adapted_interval(
        float(source.interval_seconds or base_seconds),
        shared,
        shortest_seconds=base_seconds * _FASTEST,
        longest_seconds=base_seconds * _SLOWEST,
    )
