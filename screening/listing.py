"""What other tools list and take out: filters, the order of a list, the place to go on from. Pure.

One form of cursor for every list: what the list is ordered by, an underscore, the row's id. A row that is
added or changes between two pages neither repeats another nor makes one be left out.
"""

from __future__ import annotations

import enum
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from screening.errors import Invalid
from screening.post import EDGES
from screening.records import (
    EVERYTHING,
    Area,
    Correction,
    Decision,
    Incident,
    QueueFilter,
    Report,
    Sight,
)
from screening.taxonomy import PROVINCE, REGENCY_BY_CODE, Severity
from screening.windows import WIB, window_at

SETTLED = timedelta(hours=72)  # after this much silence an easing incident is closed, which is a change too
PAGE = 200
_MOMENT = "%Y-%m-%dT%H:%M:%S.%fZ"
_CURSOR = re.compile(r"([0-9TZ:.e+-]{1,40})_([0-9]{1,18})")
_STATES = ("open", "done", "all")


class IncidentOrder(enum.StrEnum):
    """`published`: newest report first. `changed`: oldest change first, to follow on from. `urgency`."""

    PUBLISHED = "published"
    CHANGED = "changed"
    URGENCY = "urgency"


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentFilter:
    """Which incidents, in which order; None and empty mean all. Moments are aware UTC, [since, until).

    `office` is the province (62, or empty) or a regency, which has the incidents placed in it. `merged` also
    lists those whose reports went into another, so that a copy elsewhere can follow.
    """

    state: str = "all"
    decision: Decision | None = None
    severity_min: Severity | None = None
    issue: str | None = None
    form: str | None = None
    place_code: str | None = None
    area: Area | None = None
    office: str = ""
    detected_since: datetime | None = None
    detected_until: datetime | None = None
    updated_since: datetime | None = None
    updated_until: datetime | None = None
    merged: bool = False
    queue: QueueFilter | None = None  # what the queue's page shows; its cursor and limit do not count
    order: IncidentOrder = IncidentOrder.PUBLISHED
    after: str = ""
    limit: int = 50
    sight: Sight = EVERYTHING


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """An incident in a list: when it last changed, what it was merged into, and its lead report's source."""

    incident: Incident
    changed_at: datetime
    merged_into: int | None
    source_name: str
    link: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedPage:
    lines: tuple[Listed, ...]
    next_cursor: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemFilter:
    """Which stored items; `since`, `until` bound when they were first seen. `oldest_first` to follow on."""

    flagged: bool | None = None
    issue: str | None = None
    form: str | None = None
    regency: str | None = None
    source_id: int | None = None
    since: datetime | None = None
    until: datetime | None = None
    oldest_first: bool = False
    after: str = ""
    limit: int = 50
    sight: Sight = EVERYTHING


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedItem:
    """An item in a list: title and excerpt masked, and never its text."""

    id: int
    title: str
    excerpt: str
    source_id: int
    source_name: str
    link: str
    published: datetime
    first_seen: datetime
    last_changed: datetime
    version: int
    correction: Correction | None
    relevance: float
    flagged: bool
    issue: str | None
    form: str | None
    realis: str | None
    regency: str | None
    incident_id: int | None
    same_text_as: int | None
    model: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemPage:
    lines: tuple[ListedItem, ...]
    next_cursor: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """The whole judgement of one item; every text in it is masked, spans count in the raw text."""

    report: Report
    incident_id: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Rows taken out: at most a cap of `total`, in the order asked for."""

    rows: tuple[Listed, ...]
    total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """An accepted incident as a feed tells it, with its sentence and its sources, oldest first."""

    listed: Listed
    accepted_at: datetime
    text: str
    sources: tuple[tuple[str, str, datetime], ...]  # (name, link, published)


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestWindow:
    """A digest that was due for an office, and how many of its mailboxes have it or still wait for it."""

    office: str
    start: datetime
    end: datetime
    sent: int
    waiting: int


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowPage:
    lines: tuple[DigestWindow, ...]
    next_cursor: str


def due_windows(now: datetime, days: int) -> tuple[tuple[datetime, datetime], ...]:
    """The windows whose edge (06.30 or 15.00 WIB) lies in the last `days` days, newest first; UTC."""
    today = now.astimezone(WIB).date()
    edges = [
        datetime.combine(today - timedelta(days=back), edge, tzinfo=WIB)
        for back in range(days + 1)
        for edge in sorted(EDGES, reverse=True)
    ]
    return tuple(window_at(one) for one in edges if now - timedelta(days=days) < one <= now)


def cursor_of(key: datetime | float | int, number: int) -> str:
    if isinstance(key, datetime):
        return f"{key.astimezone(UTC).strftime(_MOMENT).rjust(27, '0')}_{number}"
    return f"{key!r}_{number}"


def read_moment_cursor(text: str) -> tuple[datetime, int]:
    """(moment, id); `Invalid` when it is no cursor of a list ordered by time."""
    key, number = _parts(text)
    try:
        return datetime.strptime(key, _MOMENT).replace(tzinfo=UTC), number
    except ValueError:
        raise _unknown() from None


def read_number_cursor(text: str) -> tuple[float, int]:
    """(number, id); `Invalid` when it is no cursor of a list ordered by a number."""
    key, number = _parts(text)
    try:
        return float(key), number
    except ValueError:
        raise _unknown() from None


def check_filter(flt: IncidentFilter) -> None:
    """`Invalid` on a state or office there is none of."""
    if flt.state not in _STATES:
        raise Invalid(f"Keadaan harus salah satu dari {', '.join(_STATES)}.")
    if flt.office not in ("", PROVINCE) and flt.office not in REGENCY_BY_CODE:
        raise Invalid("Kode kantor tidak dikenal.")


def check_span(since: datetime | None, until: datetime | None) -> None:
    if since is not None and until is not None and since >= until:
        raise Invalid("Awal rentang waktu harus sebelum akhirnya.")


def last(lines: Sequence[object], limit: int) -> bool:
    """Whether `limit + 1` rows were asked for and no more than `limit` came."""
    return len(lines) <= limit


def _parts(text: str) -> tuple[str, int]:
    found = _CURSOR.fullmatch(text)
    if found is None:
        raise _unknown()
    return found.group(1), int(found.group(2))


def _unknown() -> Invalid:
    return Invalid("Penanda halaman tidak dikenal.")
