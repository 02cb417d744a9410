"""How sources fare as JSON: the health of all, one with its days and fetches, and a preview."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field
from typing_extensions import TypedDict  # pydantic needs this one before Python 3.12

from api.times import iso
from api.wire import source_out
from api.wire_shapes import CountOut, SourceOut
from screening import (
    WORTH_DAYS,
    FetchLine,
    Preview,
    PreviewEntry,
    Quality,
    SourceDay,
    SourceHealth,
    SourceView,
    Usual,
)


class UsualOut(TypedDict):
    """Entries of 24 hours of this weekday: the mean and the 95 % predictive range."""

    mean: float
    low: int
    high: int


class QualityOut(TypedDict):
    """Shares 0 to 1 of `entries` with a date that can be, a text, a link; null when there are none."""

    entries: int
    date: float | None
    text: float | None
    link: float | None


class WorthOut(TypedDict):
    """Accepted incidents of the last `days` days: reported, had before all others, had alone."""

    days: int
    accepted: int
    first: int
    alone: int


class HealthOut(TypedDict):
    """`entries_24h` came in the 24 hours before the last good answer; `why` and `notes` are Indonesian."""

    condition: str
    alarm: bool
    why: str
    notes: list[str]
    entries_24h: int
    usual: UsualOut | None
    last_entry_at: str | None
    quality: QualityOut
    worth: WorthOut


class SourceHealthOut(SourceOut):
    health: HealthOut


class SourceHealthListOut(TypedDict):
    """All of them: `next_cursor` is always empty, in the envelope of every list."""

    items: list[SourceHealthOut]
    next_cursor: str


class SourceDayOut(TypedDict):
    """A calendar day (WIB). `seen` = `queued` + the sum of `ledger`; an entry is seen at each fetch."""

    day: str
    entries: int
    usual: UsualOut | None
    answers: int
    failures: int
    seen: int
    queued: int
    ledger: list[CountOut]


class FetchOut(TypedDict):
    at: str | None
    state: str
    status: int | None
    reason: str
    new: int
    seconds: float


class SourceViewOut(SourceHealthOut):
    """Days oldest first, fetches newest first."""

    days: list[SourceDayOut]
    fetches: list[FetchOut]


class PreviewEntryOut(TypedDict):
    title: str
    link: str
    published: str | None
    dated: bool
    characters: int


class FoundOut(TypedDict):
    url: str
    name: str
    note: str


class PreviewOut(TypedDict):
    """Either entries, or `failure` in words and what feeds a home page has (`found`)."""

    url: str
    final_url: str
    title: str
    kind: str
    entries: list[PreviewEntryOut]
    total: int
    quality: QualityOut
    warnings: list[str]
    failure: str
    found: list[FoundOut]


class PreviewIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    url: str = Field(min_length=1, max_length=2_000)


def source_health_out(one: SourceHealth) -> SourceHealthOut:
    return {**source_out(one.source), "health": health_out(one)}


def source_view_out(view: SourceView) -> SourceViewOut:
    return {
        **source_health_out(view.health),
        "days": [source_day_out(one) for one in view.days],
        "fetches": [fetch_out(one) for one in view.fetches],
    }


def health_out(one: SourceHealth) -> HealthOut:
    return {
        "condition": one.condition.value,
        "alarm": one.alarm,
        "why": one.why,
        "notes": list(one.notes),
        "entries_24h": one.entries,
        "usual": usual_out(one.usual),
        "last_entry_at": iso(one.last_entry_at),
        "quality": quality_out(one.quality),
        "worth": {
            "days": WORTH_DAYS,
            "accepted": one.worth.accepted,
            "first": one.worth.first,
            "alone": one.worth.alone,
        },
    }


def usual_out(one: Usual | None) -> UsualOut | None:
    return None if one is None else {"mean": round(one.mean, 2), "low": one.low, "high": one.high}


def quality_out(one: Quality) -> QualityOut:
    date, text, link = (round(share, 4) if one.entries else None for share in one.shares())
    return {"entries": one.entries, "date": date, "text": text, "link": link}


def source_day_out(one: SourceDay) -> SourceDayOut:
    return {
        "day": one.day.isoformat(),
        "entries": one.entries,
        "usual": usual_out(one.usual),
        "answers": one.good,
        "failures": one.failed,
        "seen": one.seen,
        "queued": one.queued,
        "ledger": [{"code": why.value, "count": count} for why, count in one.ledger],
    }


def fetch_out(one: FetchLine) -> FetchOut:
    return {
        "at": iso(one.at),
        "state": one.state,
        "status": one.status,
        "reason": one.reason,
        "new": one.new,
        "seconds": round(one.seconds, 3),
    }


def preview_out(one: Preview) -> PreviewOut:
    return {
        "url": one.url,
        "final_url": one.final_url,
        "title": one.title,
        "kind": one.kind,
        "entries": [preview_entry_out(each) for each in one.entries],
        "total": one.total,
        "quality": quality_out(one.quality),
        "warnings": list(one.warnings),
        "failure": one.failure,
        "found": [{"url": each.url, "name": each.name, "note": each.note} for each in one.found],
    }


def preview_entry_out(one: PreviewEntry) -> PreviewEntryOut:
    return {
        "title": one.title,
        "link": one.link,
        "published": iso(one.published),
        "dated": one.dated,
        "characters": one.characters,
    }
