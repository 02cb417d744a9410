"""The outbox at work: mailboxes, the digests that are owed, and what is taken to be sent."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from screening.desk_analyst import material
from screening.digest_lines import urgent_text
from screening.errors import Invalid, NotFound
from screening.post import (
    Dispatch,
    PostKind,
    Recipient,
    asked,
    check_mailbox,
    check_office,
    edges_due,
    withdrawn,
)
from screening.store import Store


def add_recipient(
    store: Store, office: str, mailbox: str, kinds: frozenset[PostKind], now: datetime
) -> Recipient:
    if not kinds:
        raise Invalid("Sebutkan sedikitnya satu jenis: digest atau urgent.")
    with store.writing() as books:
        added = books.post.add(check_office(office), check_mailbox(mailbox), kinds, now)
        books.audit.record(now, None, "penerima.tambah", f"kantor:{office}", ",".join(sorted(kinds)))
        return added


def owe_due_digests(store: Store, now: datetime) -> int:
    """The scheduled digests of the last 24 hours that a mailbox has not been promised yet."""
    with store.reading() as books:
        owed = [edge for edge in edges_due(now) if books.post.owes_digest(edge[1])]
    if not owed:
        return 0
    with store.writing() as books:
        return sum(books.post.owe_digest(start, end, now) for start, end in owed)


def ask_digest(store: Store, office: str, start: datetime, end: datetime, now: datetime) -> list[int]:
    """Ids of the dispatches made; `NotFound` when no mailbox of the office (or of any) gets digests."""
    if office:
        check_office(office)
    with store.writing() as books:
        chosen = books.post.recipients(office, PostKind.DIGEST)
        if not chosen:
            raise NotFound("Belum ada kotak surat penerima laporan. Tambahkan: dini mail add KANTOR ALAMAT")
        books.audit.record(now, None, "laporan.kirim", f"kantor:{office or 'semua'}", f"surat={len(chosen)}")
        return books.post.owe_asked(chosen, asked(end, now), start, end, now)


def claim(store: Store, now: datetime, only: Sequence[int] | None) -> Dispatch | None:
    with store.reading() as books:
        if not books.post.due(now):
            return None
    with store.writing(linking=False) as books:
        return books.post.claim(now, only)


def urgent_words(store: Store, one: Dispatch, now: datetime) -> str:
    """The text of an urgent dispatch; empty when a person has made it no alarm before it could be sent."""
    if one.incident_id is None:
        raise ValueError("a digest has no incident")
    told = material(store, one.incident_id, now)
    return "" if withdrawn(told.incident) else urgent_text(told)
