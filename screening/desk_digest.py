"""The report of a window: what it is made of, read in few views, then built."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from screening.announced import Planned, planned_for
from screening.casework import DUE_SOON, FollowUpLine
from screening.desk_analyst import digest_materials
from screening.digest import build_digest
from screening.digest_agenda import agenda_in_order, follow_up_due, service_words, to_come
from screening.indicator_facts import Period, local_day
from screening.indicators import measured
from screening.records import AgendaEntry, Digest, Incident, Status
from screening.store import Books, Store
from screening.taxonomy import PROVINCE, Severity

_AHEAD_FROM = timedelta(days=30)
_ANNOUNCED_MOST, _FOLLOW_UPS_MOST, _COURSES_MOST = 100, 40, 60


def digest(store: Store, start: datetime, end: datetime, now: datetime, *, office: str, model: str) -> Digest:
    """Laporan Harian of [start, end), of the province (empty or 62) or of one regency.

    What is to come is told from the end of the window on; indicators are of the day (WIB) before it ends.
    """
    told = digest_materials(store, start, end, now)
    moment, code = min(end, now), office or PROVINCE
    yesterday = local_day(moment) - timedelta(days=1)
    period = Period(first=yesterday, last=yesterday)
    with store.reading() as books:
        papers = books.digests.papers([one.incident.id for one in told.materials])
        courses = _courses(books, [one.incident for one in told.materials], now)
        usual = books.digests.usual(start, code)
        agenda = _agenda(books, moment, office)
        history = books.histories.of(code, period)
    materials = [
        replace(
            one,
            incident=courses.get(one.incident.id, one.incident),
            papers=papers.get(one.incident.id, ()),
        )
        for one in told.materials
    ]
    return build_digest(
        materials,
        start=start,
        end=end,
        now=now,
        coverage=told.coverage,
        read_by_regency=told.read_by_regency,
        usual=usual,
        model=model,
        office=office,
        agenda=agenda,
        service=service_words(measured(history, code, period, now), yesterday),
    )


def _courses(books: Books, incidents: Sequence[Incident], now: datetime) -> dict[int, Incident]:
    """Incidents that are not new, with the changes of their course, the gravest first."""
    going = [one for one in incidents if one.status is not Status.NEW and one.severity > Severity.NONE]
    going.sort(key=lambda one: (-one.severity, -one.urgency, one.id))
    found = {}
    for one in going[:_COURSES_MOST]:
        # Level, place and decision stay those of the same view as all other lines.
        found[one.id] = replace(one, changes=books.incidents.one(one.id, now).changes)
    return found


def _agenda(books: Books, moment: datetime, office: str) -> list[AgendaEntry]:
    numbers = books.digests.to_come(moment - _AHEAD_FROM, moment, _ANNOUNCED_MOST)
    members = books.incidents.members(numbers)
    items = {row[0].id: row for row in books.items.some([one for every in members.values() for one in every])}
    found = []
    for number in numbers:
        reports = [items[one][0] for one in members.get(number, ())]
        # The newest report that names a day, because a day may be put off.
        reports.sort(key=lambda item: item.published, reverse=True)
        days = (
            planned_for(item.title, item.text, item.published) for item in reports if item.published <= moment
        )
        planned: Planned | None = next((day for day in days if day is not None), None)
        entry = to_come(books.incidents.one(number, moment), planned, moment)
        if entry is not None:
            found.append(entry)
    due: Sequence[FollowUpLine] = books.casework.listed(
        "open", office, moment, limit=_FOLLOW_UPS_MOST, due_before=moment + DUE_SOON
    ).lines
    return agenda_in_order([*found, *(follow_up_due(one, moment) for one in due)])
