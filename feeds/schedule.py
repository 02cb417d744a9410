"""When a source is next due, and how ill a failing one is. Pure: the clock and the history are arguments."""

from __future__ import annotations

import enum
import hashlib
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from feeds.records import Failed, FailureKind, Outcome, Parsed

BASE_SECONDS: Final = 15 * 60
_SHORTEST: Final = 5 * 60
_LONGEST: Final = 24 * 3600
_TTL_LONGEST: Final = 6 * 3600
# A web server's cache setting says less about a newsroom than its own TTL, and is often a year by mistake.
_FRESH_LONGEST: Final = 3600
# WordPress says "hourly" of every site that never set it, which tells nothing of its newsroom.
_PERIOD_LONGEST: Final = 30 * 60
_JITTER: Final = 0.1

# The band of Media Cloud's rss-fetcher: of what a poll brings, a third to two thirds was there before.
_OVERLAP_LOW, _OVERLAP_HIGH, _OVERLAP_AIM = 0.33, 0.67, 0.5
_FASTER_MOST, _SLOWER_MOST = 0.5, 1.5

_HARD_STATUSES: Final = frozenset({401, 403, 404, 405, 406, 410, 451})
_TEMPORARY_STATUSES: Final = frozenset({408, 425, 429, 503})
_DEAD_AFTER_HARD: Final = timedelta(days=2)
_DEAD_AFTER_SOFT: Final = timedelta(days=7)
_GIVEN_UP_AFTER: Final = timedelta(days=30)
_FAILURES_LEAST: Final = 3


class FailureWeight(enum.StrEnum):
    """How much a failure says about the source: nothing yet, that it is ill, that it will not heal itself."""

    TEMPORARY = "sementara"
    SOFT = "lunak"
    HARD = "keras"


class Standing(enum.StrEnum):
    """How ill a source is; `DEAD` is still asked each day, `GIVEN_UP` is the only one that is not."""

    WELL = "sehat"
    AILING = "terganggu"
    DEAD = "mati"
    GIVEN_UP = "dihentikan"


def next_due(
    now: datetime,
    *,
    outcome: Outcome,
    interval_seconds: float = BASE_SECONDS,
    failures: int,
    ttl_seconds: int | None = None,
) -> datetime:
    """When to ask a source again after `outcome`.

    `failures` counts the failures in a row, this one included. Success waits `interval_seconds`, or the
    source's TTL (up to 6 h) or the outcome's Cache-Control (up to 1 h) when that is longer. Failure
    doubles the wait each time, up to 24 h, a hard one from four times the interval on and a temporary
    one up to 1 h only; a Retry-After is honoured when it is longer (up to 24 h). The result lies
    5 min .. 24 h ahead, moved by up to 10 % by the source's key, so that sources registered together do
    not come due together.
    """
    base = min(max(float(interval_seconds), _SHORTEST), _LONGEST)
    if isinstance(outcome, Failed):
        wait = base * 2.0 ** min(max(failures - 1, 0), 16)
        match failure_weight(outcome):
            case FailureWeight.HARD:
                wait = max(wait, 4 * base)
            case FailureWeight.TEMPORARY:
                wait = min(wait, max(base, 3600.0))
            case FailureWeight.SOFT:
                pass
        floor = float(outcome.retry_after_seconds or 0)
    else:
        wait = base
        ttl = min(max(ttl_seconds or 0, 0), _TTL_LONGEST)
        fresh = min(max(outcome.fresh_seconds or 0, 0), _FRESH_LONGEST)
        floor = float(max(ttl, fresh))
    wait = min(max(wait, _SHORTEST), _LONGEST)
    # Jitter only ever adds to what a server asked for, and never passes a day.
    moved = max(wait * (1.0 + _JITTER * _lean(outcome.source.key)), floor * (1.0 + _JITTER / 2), _SHORTEST)
    return now + timedelta(seconds=min(moved, _LONGEST))


def asked_wait(parsed: Parsed) -> int:
    """The seconds a document asks us to wait: its TTL (up to 6 h) or syn:updatePeriod (up to 30 min)."""
    ttl = min(max(parsed.ttl_seconds or 0, 0), _TTL_LONGEST)
    return max(ttl, min(max(parsed.update_seconds or 0, 0), _PERIOD_LONGEST))


def failure_weight(failed: Failed) -> FailureWeight:
    """How much one failure says about its source."""
    # The server asked for patience; that it answers at all is a sign of life.
    if failed.retry_after_seconds is not None or failed.status in _TEMPORARY_STATUSES:
        return FailureWeight.TEMPORARY
    if failed.status in _HARD_STATUSES or failed.kind is FailureKind.REFUSED:
        return FailureWeight.HARD
    return FailureWeight.SOFT


def standing(outcome: Outcome, *, failures: int, failing_since: datetime | None, now: datetime) -> Standing:
    """What a source is to be called after `outcome`.

    `failures` counts those in a row, this one included; `failing_since` is the time of the first of them
    (None: this one). Dead after two days of which the last failure is hard, or after seven of any; given
    up after 30 days. A source fails at least three times before it is called dead, so that a machine
    that was off over the holidays buries nobody. One success makes it well again.
    """
    if not isinstance(outcome, Failed):
        return Standing.WELL
    lasting = now - (failing_since or now)
    if failures < _FAILURES_LEAST:
        return Standing.AILING
    if lasting >= _GIVEN_UP_AFTER:
        return Standing.GIVEN_UP
    hard = failure_weight(outcome) is FailureWeight.HARD
    return Standing.DEAD if lasting >= (_DEAD_AFTER_HARD if hard else _DEAD_AFTER_SOFT) else Standing.AILING


def overlap(before: Iterable[str], after: Iterable[str]) -> float | None:
    """Which share of the keys of a poll was in the poll before it: 0 .. 1, None when either is empty."""
    old, new = frozenset(before), frozenset(after)
    return len(old & new) / len(new) if old and new else None


def adapted_interval(
    interval_seconds: float,
    shared: float | None,
    *,
    shortest_seconds: float = _SHORTEST,
    longest_seconds: float = _LONGEST,
) -> float:
    """The interval for the polls to come, from the `overlap` of the last two (1.0 after a 304).

    Between 33 and 67 % it stays. Outside it moves to where, at the pace of the last poll, half would be
    new, by no less than to a half and no more than to one and a half at once. `longest_seconds` is where
    an early warning puts how late it may hear of anything.
    """
    if shared is not None and not _OVERLAP_LOW <= shared <= _OVERLAP_HIGH:
        ratio = (1 - _OVERLAP_AIM) / max(1 - shared, 1e-6)
        interval_seconds *= min(max(ratio, _FASTER_MOST), _SLOWER_MOST)
    least = max(shortest_seconds, _SHORTEST)
    return min(max(interval_seconds, least), max(min(longest_seconds, _LONGEST), least))


def _lean(key: str) -> float:
    """A number in -1 .. 1 that is always the same for one key."""
    digest = hashlib.sha256(key.encode("utf-8", "replace")).digest()
    return int.from_bytes(digest[:4], "big") / 0x7FFFFFFF - 1.0
