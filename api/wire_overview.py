"""The overview as JSON."""

from __future__ import annotations

from typing_extensions import TypedDict  # pydantic needs this one before Python 3.12

from api.times import iso
from api.wire_casework import FollowUpListOut, follow_up_list_out
from screening import Announced, AreaState, Overview, Panel, Pressing


class AreaOut(TypedDict):
    """`severity` is the highest level of the incidents that are on, peaceful actions (`peaceful`) apart.

    `monitored` false: no source that carries news of it answered in 24 hours; with no incidents that is
    unknown, not calm. `within` false: outside what the asker's office may see, and nothing is counted.
    """

    code: str
    name: str
    severity: int
    severity_name: str
    incidents: int
    undecided: int
    peaceful: int
    monitored: bool
    sources: int
    within: bool


class RangeOut(TypedDict):
    mean: float
    low: int
    high: int


class DayOut(TypedDict):
    """`usual` is the 95 % range told by the days before; `answered` false: nobody looked on that day."""

    day: str
    opened: int
    usual: RangeOut | None
    answered: bool


class PanelOut(TypedDict):
    """`bidang` I, P, E, S, H, or F2: peaceful actions, protected and in no other panel."""

    bidang: str
    total: int
    days: list[DayOut]


class CrowdOut(TypedDict):
    low: int
    high: int | None


class AnnouncedOut(TypedDict):
    """A planned action: what is known, never a title or who calls for it. `date` is of WIB; may be null."""

    incident_id: int
    issue: str
    form: str
    protected: bool
    severity: int
    place_code: str | None
    place_name: str
    date: str | None
    time: str | None
    crowd: CrowdOut | None
    reports: int
    voices: int


class PressingOut(TypedDict):
    """`waiting_since` the incident has been published at its level; `due_at` null below SIAGA."""

    incident_id: int
    title: str
    severity: int
    severity_name: str
    place_code: str | None
    place_name: str
    why: str
    waiting_since: str | None
    waiting_minutes: int
    due_at: str | None
    overdue: bool


class OverviewOut(TypedDict):
    at: str | None
    areas: list[AreaOut]
    elsewhere: AreaOut
    panels: list[PanelOut]
    agenda: list[AnnouncedOut]
    agenda_later: int
    pressing: list[PressingOut]
    urgent: int
    overdue: int
    undecided: int
    sources: int
    sources_reached: int
    last_fetch_at: str | None
    follow_ups: FollowUpListOut


def overview_out(one: Overview) -> OverviewOut:
    return {
        "at": iso(one.at),
        "areas": [_area(area) for area in one.areas],
        "elsewhere": _area(one.elsewhere),
        "panels": [_panel(panel) for panel in one.panels],
        "agenda": [_announced(line) for line in one.agenda],
        "agenda_later": one.later,
        "pressing": [_pressing(line, one) for line in one.pressing],
        "urgent": one.urgent,
        "overdue": one.overdue,
        "undecided": one.undecided,
        "sources": one.sources,
        "sources_reached": one.reached,
        "last_fetch_at": iso(one.last_fetch_at),
        "follow_ups": follow_up_list_out(one.due, one.at),
    }


def _area(one: AreaState) -> AreaOut:
    return {
        "code": one.code,
        "name": one.name,
        "severity": int(one.level),
        "severity_name": one.level.name,
        "incidents": one.incidents,
        "undecided": one.undecided,
        "peaceful": one.peaceful,
        "monitored": one.monitored,
        "sources": one.sources,
        "within": one.within,
    }


def _panel(one: Panel) -> PanelOut:
    days: list[DayOut] = [
        {
            "day": day.day.isoformat(),
            "opened": day.opened,
            "usual": None
            if day.usual is None
            else {"mean": round(day.usual.mean, 3), "low": day.usual.low, "high": day.usual.high},
            "answered": day.answered,
        }
        for day in one.days
    ]
    return {"bidang": one.code, "total": one.total, "days": days}


def _announced(one: Announced) -> AnnouncedOut:
    incident, planned = one.incident, one.planned
    hour = None if planned is None or planned.hour is None else planned.hour.strftime("%H:%M")
    return {
        "incident_id": incident.id,
        "issue": incident.issue,
        "form": incident.form,
        "protected": one.protected,
        "severity": int(incident.severity),
        "place_code": incident.place_code,
        "place_name": incident.place_name,
        "date": None if planned is None else planned.day.isoformat(),
        "time": hour,
        "crowd": None if one.crowd is None else {"low": one.crowd.low, "high": one.crowd.high},
        "reports": incident.reports,
        "voices": incident.voices,
    }


def _pressing(one: Pressing, overview: Overview) -> PressingOut:
    incident = one.incident
    return {
        "incident_id": incident.id,
        "title": incident.title,
        "severity": int(incident.severity),
        "severity_name": incident.severity.name,
        "place_code": incident.place_code,
        "place_name": incident.place_name,
        "why": incident.severity_why,
        "waiting_since": iso(one.since),
        "waiting_minutes": max(0, int((overview.at - one.since).total_seconds() // 60)),
        "due_at": iso(one.due_at),
        "overdue": one.overdue,
    }
