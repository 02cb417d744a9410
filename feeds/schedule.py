"""When a source is next due. Pure: the clock and the history are arguments."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from typing import Final

from feeds.records import Failed, FailureKind, Outcome

BASE_SECONDS: Final = 15 * 60
_SHORTEST: Final = 5 * 60
_LONGEST: Final = 24 * 3600
_TTL_LONGEST: Final = 6 * 3600
_JITTER: Final = 0.1
# A source that is gone, forbids us or is refused by the guard does not heal within the hour.
_SLOW_START: Final = frozenset({401, 403, 404, 410})


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
    source's TTL when that is longer (up to 6 h). Failure doubles the wait each time, up to 24 h; a
    Retry-After is honoured when it is longer (up to 24 h). The result lies 5 min .. 24 h ahead, moved
    by up to 10 % by the source's key, so that sources registered together do not come due together.
    """
    base = min(max(float(interval_seconds), _SHORTEST), _LONGEST)
    if isinstance(outcome, Failed):
        wait = base * 2.0 ** min(max(failures - 1, 0), 16)
        if outcome.status in _SLOW_START or outcome.kind is FailureKind.REFUSED:
            wait = max(wait, 4 * base)
        floor = float(outcome.retry_after_seconds or 0)
    else:
        wait, floor = base, float(min(max(ttl_seconds or 0, 0), _TTL_LONGEST))
    wait = min(max(wait, _SHORTEST), _LONGEST)
    # Jitter only ever adds to what a server asked for, and never passes a day.
    moved = max(wait * (1.0 + _JITTER * _lean(outcome.source.key)), floor * (1.0 + _JITTER / 2), _SHORTEST)
    return now + timedelta(seconds=min(moved, _LONGEST))


def _lean(key: str) -> float:
    """A number in -1 .. 1 that is always the same for one key."""
    digest = hashlib.sha256(key.encode("utf-8", "replace")).digest()
    return int.from_bytes(digest[:4], "big") / 0x7FFFFFFF - 1.0
