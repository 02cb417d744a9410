"""The overview of a morning: where something is on, what is unusual, what is announced, what presses. Pure.

Peaceful actions (F2) are counted apart throughout: no level of an area, no count of a field and no line of
what presses is made of them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from models import Count
from screening.announced import Planned
from screening.casework import FollowUpPage
from screening.coverage import HISTORY, HISTORY_LEAST
from screening.records import EVERYTHING, Incident, Sight
from screening.taxonomy import BIDANG, REGENCIES, REGENCY_BY_CODE, Severity
from screening.usual import Usual, Window, fit, usual
from screening.windows import WIB

DAYS = 30
AHEAD = timedelta(hours=72)
SEEN_WITHIN = timedelta(hours=24)
CARRIED_WITHIN = timedelta(days=30)
STILL_ON = timedelta(days=7)
PRESSING = 5
DUE_LINES = 6
NONE_DUE = FollowUpPage(lines=(), total=0, late=0)
PEACEFUL = "F2"
# "Time to act" of the domain study, counted from publication.
TIME_TO_ACT = {Severity.DARURAT: timedelta(minutes=15), Severity.SIAGA: timedelta(minutes=60)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Tallied:
    """How many incidents that are on share these values; `place` a code of any depth or None."""

    place: str | None
    severity: Severity
    peaceful: bool
    undecided: bool
    incidents: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """An undecided DARURAT or SIAGA, by its first and newest report."""

    id: int
    severity: Severity
    first_published: datetime
    last_published: datetime

    def is_late(self, now: datetime) -> bool:
        return now > self.first_published + TIME_TO_ACT[self.severity]

    def may_have_risen(self, now: datetime) -> bool:
        """Whether a report of the time to act can have brought it to its level."""
        return now <= self.last_published + TIME_TO_ACT[self.severity]


@dataclass(frozen=True, slots=True, kw_only=True)
class AreaState:
    """One regency: `level` is the highest of its incidents that are on (peaceful ones apart).

    Monitored when one of the sources that carried news of it in 30 days answered in the last 24 hours;
    `sources` says how many did. Not monitored and nothing on is unknown, never calm.
    """

    code: str
    name: str
    level: Severity
    incidents: int
    undecided: int
    peaceful: int
    sources: int
    within: bool = True  # whether the asker's office may know of it; without, nothing of it is counted

    @property
    def monitored(self) -> bool:
        return self.sources > 0


@dataclass(frozen=True, slots=True, kw_only=True)
class DayCount:
    """A calendar day (WIB). `usual` is the 95 % range told by the days before it, None where too few are
    known; `answered` is False on a day without a good answer, whose zero says nothing.
    """

    day: date
    opened: int
    usual: Usual | None
    answered: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """Incidents by the day of their first report, oldest first: of one bidang, or (`F2`) peaceful actions."""

    code: str
    days: tuple[DayCount, ...]

    @property
    def total(self) -> int:
        return sum(one.opened for one in self.days)


@dataclass(frozen=True, slots=True, kw_only=True)
class Announced:
    """A planned action without its title, which may bear the name of who calls for it."""

    incident: Incident
    planned: Planned | None
    crowd: Count | None

    @property
    def protected(self) -> bool:
        return self.incident.form == PEACEFUL


@dataclass(frozen=True, slots=True, kw_only=True)
class Pressing:
    """An undecided incident; `since` it has been published at its level, `due_at` None below SIAGA."""

    incident: Incident
    since: datetime
    due_at: datetime | None
    overdue: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """`elsewhere` are incidents in the province without a regency, or of no clear place (code "62")."""

    at: datetime
    areas: tuple[AreaState, ...]
    elsewhere: AreaState
    panels: tuple[Panel, ...]
    agenda: tuple[Announced, ...]
    later: int  # planned beyond the 72 hours
    pressing: tuple[Pressing, ...]
    urgent: int  # undecided DARURAT and SIAGA, all of them
    overdue: int  # of these, past their time to act
    undecided: int  # all open incidents, peaceful ones apart
    sources: int
    reached: int  # of these, answered in the last 24 hours
    last_fetch_at: datetime | None
    due: FollowUpPage = NONE_DUE  # open follow-ups late or due within 72 hours, the first of them


def areas_of(
    tallied: Iterable[Tallied], sources: Mapping[str, int], sight: Sight = EVERYTHING
) -> tuple[tuple[AreaState, ...], AreaState]:
    """(the 14 in order of their codes, what has no regency). `sources` by regency code.

    A regency knows its own area, and of others what is shared with it.
    """
    by_code: dict[str, list[Tallied]] = {}
    for one in tallied:
        code = (one.place or "")[:5]
        by_code.setdefault(code if code in REGENCY_BY_CODE else "62", []).append(one)
    areas = tuple(
        _area(
            code,
            name,
            by_code.get(code, ()),
            sources.get(code, 0),
            within=sight.whole or code == sight.office or code in by_code,
        )
        for code, name in REGENCIES
    )
    return areas, _area("62", "", by_code.get("62", ()), max(sources.values(), default=0))


def panels_of(
    opened: Mapping[str, Mapping[int, int]], answered: Collection[int], today: date
) -> tuple[Panel, ...]:
    """One panel for each bidang and one for peaceful actions.

    `opened` by panel and age of the day (0 is today), `answered` the ages of days with a good answer.
    """
    codes = (*(term.code for term in BIDANG), PEACEFUL)
    return tuple(_panel(code, opened.get(code, {}), answered, today) for code in codes)


def agenda_of(announced: Iterable[Announced], now: datetime) -> tuple[tuple[Announced, ...], int]:
    """(what is announced for the next 72 hours or lately without a day, how many later), soonest first."""
    today, end = now.astimezone(WIB).date(), (now + AHEAD).astimezone(WIB)
    soon, later = [], 0
    for one in announced:
        if one.planned is None:
            if now - one.incident.last_published <= AHEAD:
                soon.append(one)
            continue
        day, hour = one.planned.day, one.planned.hour
        beyond = day > end.date() or (day == end.date() and hour is not None and hour > end.time())
        later += beyond
        if today <= day and not beyond:
            soon.append(one)
    return tuple(sorted(soon, key=_soonest)), later


def pressing_of(incidents: Sequence[Incident], now: datetime) -> tuple[Pressing, ...]:
    """Each with its clock, in the order given."""
    return tuple(_pressing(one, now) for one in incidents)


def level_since(incident: Incident) -> datetime:
    """When the report was published that brought the incident to its present level."""
    since = None
    for change in reversed(incident.changes):
        if change.severity < incident.severity:
            break
        since = change.at
    return since or incident.first_published


def _pressing(incident: Incident, now: datetime) -> Pressing:
    since, allowed = level_since(incident), TIME_TO_ACT.get(incident.severity)
    due_at = None if allowed is None else since + allowed
    return Pressing(
        incident=incident, since=since, due_at=due_at, overdue=due_at is not None and now > due_at
    )


def _area(
    code: str, name: str, tallied: Iterable[Tallied], sources: int, *, within: bool = True
) -> AreaState:
    every = list(tallied)
    threats = [one for one in every if not one.peaceful]
    return AreaState(
        code=code,
        name=name,
        level=max((one.severity for one in threats), default=Severity.NONE),
        incidents=sum(one.incidents for one in threats),
        undecided=sum(one.incidents for one in threats if one.undecided),
        peaceful=sum(one.incidents for one in every if one.peaceful),
        sources=sources if within else 0,
        within=within,
    )


def _panel(code: str, opened: Mapping[int, int], answered: Collection[int], today: date) -> Panel:
    # The first day with an answer brings what had piled up and today is not over: neither tells the usual.
    known = sorted(set(answered) - {0, max(answered, default=0)})
    days = []
    for age in range(DAYS - 1, -1, -1):
        past = [Window(age=one, entries=opened.get(one, 0)) for one in known if age < one <= age + HISTORY]
        # Peaceful actions have no usual range: many of them are not an alarm.
        told = len(past) >= HISTORY_LEAST and code != PEACEFUL
        days.append(
            DayCount(
                day=today - timedelta(days=age),
                opened=opened.get(age, 0),
                usual=usual(fit(past), age) if told else None,
                answered=age in answered,
            )
        )
    return Panel(code=code, days=tuple(days))


def _soonest(one: Announced) -> tuple[bool, date, str, int]:
    planned = one.planned
    if planned is None:
        return (True, date.max, "", -one.incident.id)
    return (False, planned.day, str(planned.hour or "99"), one.incident.id)
