"""The head of office's look at the province: everything of the overview, read in one view."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time, timedelta

from models import Count
from screening.announced import planned_for
from screening.casework import DUE_SOON
from screening.coverage import HISTORY, Tally
from screening.overview import (
    CARRIED_WITHIN,
    DAYS,
    DUE_LINES,
    PRESSING,
    SEEN_WITHIN,
    Announced,
    Overview,
    agenda_of,
    areas_of,
    panels_of,
    pressing_of,
)
from screening.records import EVERYTHING, Sight, SourceState
from screening.store import Books, Store
from screening.windows import WIB

_PLANNED_WITHIN = timedelta(days=30)
_PLANNED_MOST = 100
_SPAN = DAYS + HISTORY


def overview(store: Store, now: datetime, sight: Sight = EVERYTHING) -> Overview:
    today = now.astimezone(WIB).date()
    midnight = datetime.combine(today + timedelta(days=1), time(), tzinfo=WIB)
    with store.reading() as books:
        sources = books.sources.all()
        seen = {
            one.id
            for one in sources
            if one.last_success_at is not None and now - one.last_success_at <= SEEN_WITHIN
        }
        carried = books.overviews.carried(now - CARRIED_WITHIN)
        areas, elsewhere = areas_of(
            books.overviews.tallied(now, sight),
            {code: len(by & seen) for code, by in carried.items()},
            sight,
        )
        opened = books.overviews.opened(midnight - timedelta(seconds=1), _SPAN, sight)
        panels = panels_of(opened, _answered(books, midnight), today)
        agenda, later = agenda_of(_announced(books, now, sight), now)
        first = books.overviews.pressing(PRESSING, sight)
        pressing = pressing_of([books.incidents.one(number, now) for number in first], now)
        urgent = books.overviews.urgent(sight)
        # What may have risen within its time to act needs its reports read; all else is late for sure.
        late = {one.id for one in urgent if one.is_late(now)}
        doubtful = [one.id for one in urgent if one.id in late and one.may_have_risen(now)]
        late -= set(doubtful)
        risen = pressing_of([books.incidents.one(number, now) for number in doubtful], now)
        undecided = books.overviews.waiting(sight)
        due = books.casework.listed("open", "", now, limit=DUE_LINES, due_before=now + DUE_SOON, sight=sight)
    asked = [one for one in sources if one.state is not SourceState.PAUSED or one.at_rest]
    return Overview(
        at=now,
        areas=areas,
        elsewhere=elsewhere,
        panels=panels,
        agenda=agenda,
        later=later,
        pressing=pressing,
        urgent=len(urgent),
        overdue=len(late) + sum(one.overdue for one in risen),
        undecided=undecided,
        sources=len(asked),
        reached=sum(one.id in seen for one in asked),
        last_fetch_at=max((one.last_try_at for one in sources if one.last_try_at), default=None),
        due=due,
    )


def _answered(books: Books, midnight: datetime) -> set[int]:
    """Ages of calendar days on which any source answered; 0 is the day that ends at `midnight`."""
    pieces = books.tracks.pieces(midnight - timedelta(days=_SPAN), names=(Tally.GOOD,))
    last = (midnight - timedelta(days=1)).date()
    return {
        (last - since.astimezone(WIB).date()).days
        for by_piece in pieces.values()
        for since, counts in by_piece.items()
        if counts.get(Tally.GOOD)
    }


def _announced(books: Books, now: datetime, sight: Sight) -> Sequence[Announced]:
    numbers = books.overviews.planned(now - _PLANNED_WITHIN, _PLANNED_MOST, sight)
    members = books.incidents.members(numbers)
    rows = {row[0].id: row for row in books.items.some([one for every in members.values() for one in every])}
    found = []
    for number in numbers:
        told = [rows[one] for one in members.get(number, ())]
        told.sort(key=lambda row: row[0].published, reverse=True)
        # The newest report that names a day, because a day may be put off.
        days = (planned_for(item.title, item.text, item.published) for item, *_ in told)
        crowds = (said.facts.crowd for _item, _name, _owner, said, _twin in told)
        crowd: Count | None = next((one for one in crowds if one is not None), None)
        found.append(
            Announced(
                incident=books.incidents.one(number, now),
                planned=next((day for day in days if day is not None), None),
                crowd=crowd,
            )
        )
    return found
