"""Taking an incident in hand, letting it go, taking it over openly."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from screening.holding import LEASE, check_claim, check_release, live
from screening.journal import Journal
from screening.records import Account, Holding, HoldingEnd
from screening.store import Books, Store


class Holdings:
    """Notices to colleagues: nobody is kept from deciding by one."""

    def __init__(self, store: Store, journal: Journal) -> None:
        self._store = store
        self._journal = journal

    def claim(self, incident_id: int, account: Account, now: datetime) -> Holding:
        """In one's hands for half an hour from now, again or anew. `Conflict` while a colleague has it."""
        with self._store.writing(linking=False) as books:
            current = self._current(books, incident_id, now)
            check_claim(current, account, now)
            if not books.hands.renew(incident_id, account.id, now, now + LEASE):
                books.hands.end(incident_id, HoldingEnd.EXPIRED, now)
                books.hands.take(incident_id, account.id, now, now + LEASE)
                books.audit.record(now, account.id, "insiden.tangani", f"insiden:{incident_id}")
            return books.hands.live([incident_id], now)[incident_id]

    def release(self, incident_id: int, account: Account, now: datetime) -> None:
        """`Conflict` unless it is in one's own hands."""
        with self._store.writing(linking=False) as books:
            check_release(self._current(books, incident_id, now), account, now)
            books.hands.end(incident_id, HoldingEnd.RELEASED, now)
            books.audit.record(now, account.id, "insiden.lepas", f"insiden:{incident_id}")

    def take_over(self, incident_id: int, account: Account, now: datetime) -> Holding:
        """From whoever has it, openly: the record says so. In nobody's hands it is a claim."""
        with self._store.writing(linking=False) as books:
            held = live(self._current(books, incident_id, now), now)
            if held is None or held.account_id != account.id:
                books.hands.end(incident_id, HoldingEnd.TAKEN_OVER, now)
                books.hands.take(incident_id, account.id, now, now + LEASE)
                books.audit.record(now, account.id, "insiden.ambil_alih", f"insiden:{incident_id}")
                self._journal.event("incident_taken_over", incident=incident_id, account_id=account.id)
            return books.hands.live([incident_id], now)[incident_id]

    def of(self, incident_ids: Sequence[int], now: datetime) -> dict[int, Holding]:
        """Who has each of these at this moment."""
        with self._store.reading() as books:
            return books.hands.live(incident_ids, now)

    def _current(self, books: Books, incident_id: int, now: datetime) -> Holding | None:
        # The incident's row is the queue in which two claims of one incident wait for each other.
        books.incidents.lock(incident_id, now)
        return books.hands.live([incident_id], now).get(incident_id)
