"""Supervisors are told at once: owed in the very transaction that lifts an incident to SIAGA or DARURAT."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from screening.post import alarming
from screening.store import Books
from screening.taxonomy import Severity


def tell_urgent(books: Books, incident_ids: Collection[int], now: datetime) -> int:
    """Owe a message for each of these that is alarming and not told of yet; how many messages."""
    told = 0
    for one in books.incidents.at_least(Severity.SIAGA, incident_ids, now):
        if alarming(one, now):
            told += books.post.owe_urgent(one, now)
    return told
