"""What every fetch brought and where it went, counted by source and piece of a day. Pure.

The counts are kept for good, also when the log of fetches is pruned.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from screening.records import LedgerReason
from screening.usual import Usual, Window, fit, usual
from screening.windows import WIB

HISTORY = 56  # days that teach what is usual
HISTORY_LEAST = 7
_EDGE = 15  # hour of the day, WIB, at which a digest's window ends
# What a document held but not as a new or changed item; the other reasons are about stored items.
_NOT_TAKEN = (LedgerReason.SAME, LedgerReason.OVER_LIMIT, LedgerReason.DUPLICATE_KEY, LedgerReason.EMPTY)
_SET_ASIDE = (LedgerReason.BELOW_THRESHOLD, LedgerReason.OUTSIDE)


class Tally(enum.StrEnum):
    """What is counted by source and day beside the ledger's reasons."""

    GOOD = "berhasil"
    FAILED = "gagal"
    NEW = "baru"
    CHANGED = "diubah"


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceDay:
    """A calendar day (WIB): entries published, answers, and where everything that was seen went.

    `seen` = `queued` + the sum of `ledger`, all in entries a fetch; an entry is seen again at each fetch.
    """

    day: date
    entries: int
    usual: Usual | None
    good: int
    failed: int
    seen: int
    queued: int
    ledger: tuple[tuple[LedgerReason, int], ...]


def piece_of(moment: datetime) -> datetime:
    """The start of the piece of a day that counts are kept by: 00.00 or 15.00 WIB.

    So that a calendar day and a digest's window are both sums of whole pieces.
    """
    local = moment.astimezone(WIB)
    hour = _EDGE if local.hour >= _EDGE else 0
    return local.replace(hour=hour, minute=0, second=0, microsecond=0).astimezone(UTC)


def reached_ages(
    pieces: Mapping[datetime, Mapping[str, int]], end: datetime, days: int = HISTORY
) -> frozenset[int]:
    """Which of the 24-hour windows before `end` we know: answered at least as often as not, in the pieces
    of a day that they touch, and not before the first of these is over.
    """
    good = sorted(since for since, counts in pieces.items() if counts.get(Tally.GOOD))
    if not good:
        return frozenset()
    first = _after(good[0])
    found: set[int] = set()
    for age in range(days):
        start = end - timedelta(days=age + 1)
        if start < first:
            break
        touched, at = [], piece_of(start)
        while at < start + timedelta(days=1):
            touched.append(pieces.get(at, {}))
            at = _after(at)
        answered = sum(counts.get(Tally.GOOD, 0) for counts in touched)
        if answered and answered >= sum(counts.get(Tally.FAILED, 0) for counts in touched):
            found.add(age)
    return frozenset(found)


def days_of(
    pieces: Mapping[datetime, Mapping[str, int]], entries: Mapping[int, int], today: date, days: int
) -> tuple[SourceDay, ...]:
    """Calendar days up to `today`, oldest first; `entries` by age in days, 0 is today."""
    by_day: dict[date, dict[str, int]] = {}
    for since, counts in pieces.items():
        totals = by_day.setdefault(since.astimezone(WIB).date(), {})
        for what, count in counts.items():
            totals[what] = totals.get(what, 0) + count
    answered = {(today - day).days for day, counts in by_day.items() if counts.get(Tally.GOOD)}
    # Today is not over and the oldest day is one of catching up: neither tells what is usual.
    past = [Window(age=a, entries=entries.get(a, 0)) for a in answered - {0, max(answered, default=0)}]
    pace = fit(past) if len(past) >= HISTORY_LEAST else None
    found: list[SourceDay] = []
    for age in range(days - 1, -1, -1):
        day = today - timedelta(days=age)
        counts = by_day.get(day, {})
        taken = counts.get(Tally.NEW, 0) + counts.get(Tally.CHANGED, 0)
        found.append(
            SourceDay(
                day=day,
                entries=entries.get(age, 0),
                usual=usual(pace, age) if pace else None,
                good=counts.get(Tally.GOOD, 0),
                failed=counts.get(Tally.FAILED, 0),
                seen=taken + sum(counts.get(why, 0) for why in _NOT_TAKEN),
                queued=taken - sum(counts.get(why, 0) for why in _SET_ASIDE),
                ledger=tuple((why, counts[why]) for why in (*_NOT_TAKEN, *_SET_ASIDE) if counts.get(why)),
            )
        )
    return tuple(found)


def _after(since: datetime) -> datetime:
    """The piece after this one: the first has 15 hours, the second nine."""
    return piece_of(since + timedelta(hours=_EDGE))
