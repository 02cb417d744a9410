"""What lies beside an incident on its page: casework, similar incidents, the map, and one history of all."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from fastapi import Request

from api.auth import Visitor, doors, now_of
from api.maps import area_map
from api.times import WIB
from screening import (
    CHANNEL_NAMES,
    INFORMATION_TERMS,
    LETTER_TERMS,
    OWNERS,
    STATE_NAMES,
    Casework,
    IncidentView,
    StatusChange,
)
from screening.taxonomy import REGENCY_BY_CODE


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """A line of the history. `kind` says which record `what` is; `change` is what a report brought."""

    at: datetime
    kind: str
    what: Any
    change: StatusChange | None = None


def docket_of(request: Request, visitor: Visitor, view: IncidentView) -> dict[str, Any]:
    """The names the casework parts of the incident page use."""
    desk, now = doors(request).desk, now_of(request)
    casework = desk.casework.of(view.incident.id, now)
    around = area_map(view.incident.place_code or "")
    return {
        "casework": casework,
        "similar": desk.casework.similar(view.incident.id, now, visitor.sight),
        "area_map": around,
        "near": ", ".join(REGENCY_BY_CODE[code] for code in around.neighbours) if around else "",
        "events": history(view, casework),
        **codes(),
    }


def codes() -> dict[str, Any]:
    """What forms and lists of casework name."""
    return {
        "LETTER_TERMS": LETTER_TERMS,
        "INFORMATION_TERMS": INFORMATION_TERMS,
        "CHANNEL_NAMES": CHANNEL_NAMES,
        "STATE_NAMES": STATE_NAMES,
        "OWNERS": OWNERS,
        "typed_moment": typed_moment,
    }


def typed_moment(moment: datetime | None) -> str:
    """A moment as the value of a `datetime-local` field, in WIB."""
    return "" if moment is None else moment.astimezone(WIB).strftime("%Y-%m-%dT%H:%M")


def history(view: IncidentView, casework: Casework) -> tuple[Event, ...]:
    """All that happened to an incident, newest first; of one moment what was told last comes first."""
    return tuple(sorted(_events(view, casework), key=lambda one: one.at)[::-1])


def _events(view: IncidentView, casework: Casework) -> Iterator[Event]:
    brought = {change.item_id: change for change in view.incident.changes if change.item_id}
    for report in sorted(view.reports, key=lambda one: (one.item.published, one.item.id)):
        change = brought.pop(report.item.id, None)
        yield Event(at=report.item.published, kind="laporan", what=report, change=change)
    shown = {id(change) for change in brought.values()}
    for change in view.incident.changes:
        if not change.item_id or id(change) in shown:
            yield Event(at=change.at, kind="status", what=change, change=change)
    for regrouped in reversed(view.regroupings):
        yield Event(at=regrouped.at, kind="kelompok", what=regrouped)
    for held in reversed(view.holdings):
        yield Event(at=held.since, kind="pegang", what=held)
        if held.ended_at is not None:
            yield Event(at=held.ended_at, kind="lepas", what=held)
    for review in reversed(view.reviews):
        yield Event(at=review.at, kind="putusan", what=review)
        if review.retracted_at is not None:
            yield Event(at=review.retracted_at, kind="batal", what=review)
    for grade in reversed(casework.grades):
        yield Event(at=grade.at, kind="nilai", what=grade)
    for one in casework.follow_ups:
        for step in one.steps:
            yield Event(at=step.at, kind="tindak", what=(one, step))
    for note in reversed(casework.notes):
        yield Event(at=note.at, kind="catatan", what=note)
