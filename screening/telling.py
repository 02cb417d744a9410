"""Webhooks are owed in the very transaction that changes an incident: it and its telling commit together."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime

from screening.hooks import happening
from screening.listing import Listed
from screening.store import Books


def tell_hooks(
    books: Books,
    touched: Collection[int],
    now: datetime,
    *,
    opened: Collection[int] = (),
    split: Mapping[int, int] | None = None,
) -> int:
    """Owe an event for each of these incidents of which something is to be told; how many events.

    `opened` are those made in this transaction, `split` says into which new one reports of one went. Call
    it last, when the incidents stand as they will be committed. Without any hook nothing is written.
    """
    numbers = sorted({*touched, *opened})
    hooks = books.hooks.listening() if numbers else ()
    if not hooks:
        return 0
    incidents = books.incidents.some(numbers, now)
    before = books.hooks.newest(numbers)
    told = 0
    for row in books.exports.told(numbers, now):
        last = before.get(row.id)
        after = Listed(
            incident=incidents[row.id],
            changed_at=row.changed_at,
            merged_into=row.merged_into,
            source_name=row.source_name,
            link=row.link,
        )
        found = happening(
            last,
            after,
            tuple(books.offices.of(row.id)),
            opened=row.id in opened,
            split_into=(split or {}).get(row.id),
            now=now,
        )
        if found is not None:
            books.hooks.tell(found, (last.seq or 0) + 1 if last is not None else 1, hooks, now)
            told += 1
    return told
