"""Folding an incident anew, and merging and splitting it by hand.

What a person merged or split is written down (append-only) and the machine never undoes it: such incidents,
and those with a decision, are left out of every merge it makes.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from screening.alarm import tell_urgent
from screening.course import QUIET
from screening.errors import Invalid, NotFound
from screening.holding import LEASE
from screening.incidents import Shape, shape
from screening.linking import Known
from screening.records import Account, HoldingEnd, Incident
from screening.store import Books, Store
from screening.telling import tell_hooks

_SETTLE = 200  # incidents settled in one transaction


def folded(
    books: Books, reports: Sequence[Known], same_texts: dict[int, int], incident_id: int | None, now: datetime
) -> Shape:
    """The machine's shape of these reports, with what stood at their place before."""
    first = shape(reports, same_texts, now=now)
    before = books.links.highest_before(incident_id, first.place_code, first.first_published)
    return shape(reports, same_texts, before=before, now=now) if before else first


def refold(books: Books, incident_id: int, now: datetime) -> None:
    """Take all reports of an incident together again; the newest review stays on top."""
    reports = books.incidents.knowns(books.incidents.item_ids(incident_id))
    same = books.incidents.same_texts(incident_id)
    made = folded(books, reports, same, incident_id, now)
    books.incidents.reshape(incident_id, made)
    books.wordings.write(incident_id, made.title, reports)


def merge(store: Store, into_id: int, from_id: int, account: Account, now: datetime) -> Incident:
    with store.writing() as books:
        if not all(books.offices.sees(account.sight, "insiden", one) for one in (into_id, from_id)):
            raise NotFound("Insiden itu tidak ada.")
        _both_there(books, into_id, from_id, now)
        books.links.merge(into_id, from_id, account_id=account.id, why="Digabung oleh analis.", now=now)
        books.audit.record(now, account.id, "insiden.gabung", f"insiden:{into_id}", f"dari:{from_id}")
        books.hands.end(from_id, HoldingEnd.DECIDED, now)
        books.hands.renew(into_id, account.id, now, now + LEASE)
        refold(books, into_id, now)
        tell_urgent(books, (into_id,), now)
        tell_hooks(books, (into_id, from_id), now)
        return books.incidents.one(into_id, now)


def split(
    store: Store, incident_id: int, item_ids: Sequence[int], account: Account, now: datetime
) -> tuple[Incident, Incident]:
    chosen = sorted(set(item_ids))
    with store.writing() as books:
        books.incidents.lock(incident_id, now)
        books.links.check_split(incident_id, chosen)
        reports = books.incidents.knowns(chosen)
        new = books.incidents.open(folded(books, reports, {}, incident_id, now), now)
        books.links.split(
            incident_id, new, chosen, account_id=account.id, why="Dipisah oleh analis.", now=now
        )
        books.audit.record(now, account.id, "insiden.pisah", f"insiden:{incident_id}", f"baru:{new}")
        books.hands.renew(incident_id, account.id, now, now + LEASE)
        refold(books, new, now)
        refold(books, incident_id, now)
        tell_urgent(books, (incident_id, new), now)
        tell_hooks(books, (incident_id,), now, opened=(new,), split={incident_id: new})
        return books.incidents.one(incident_id, now), books.incidents.one(new, now)


def settle(store: Store, now: datetime) -> int:
    """Bring down what was settled and has been quiet for 72 hours; how many came down."""
    with store.reading() as books:
        due = books.incidents.gone_quiet(now - QUIET)[:_SETTLE]
    if due:
        with store.writing() as books:
            for incident_id in due:
                refold(books, incident_id, now)
            tell_hooks(books, due, now)
    return len(due)


def _both_there(books: Books, into_id: int, from_id: int, now: datetime) -> None:
    if into_id == from_id:
        raise Invalid("Sebuah insiden tidak dapat digabung dengan dirinya sendiri.")
    for number in sorted((into_id, from_id)):
        # Always in this order, so that two people merging at once cannot wait for each other.
        books.incidents.lock(number, now)
